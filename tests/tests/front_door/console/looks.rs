//! Every page of the console in a browser: nothing is wrong with it for whoever reads it
//! otherwise, and it fits a small screen.

use gatelet_tests::account::Account;
use gatelet_tests::browser::{Person, Tab};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;

use super::{PAGES, setup};

#[track_caller]
fn inspect(tab: &Tab, name: &str) {
    for (width, scheme) in [(1280, "light"), (320, "light"), (320, "dark")] {
        tab.look(width, scheme);
        let faults = tab.accessibility_faults();
        assert!(faults.is_empty(), "{name}, {width}, {scheme}: {faults:#?}");
        let wide = tab.evaluate("document.documentElement.scrollWidth");
        assert!(
            wide.as_u64().is_some_and(|wide| wide <= u64::from(width)),
            "{name} is {wide} wide in {width}"
        );
        tab.screenshot(&format!("gallery/console{name}-{width}-{scheme}"));
    }
    tab.look(1280, "light");
}

fn pages_in(language: &str) {
    let gatelet = setup(Engine::Sqlite)
        .variable("languages", language)
        .start();
    let person = Person::new();
    let tab = person.tab();
    let go = |path: &str| tab.go(&format!("{}{path}", gatelet.base_url()));
    let account = Account::new("Ada Lovelace");
    go("/auth/sign-up");
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit("button[type=submit]");
    go("/auth/console");
    inspect(&tab, &format!("-{language}-member"));
    gatelet.setup().run(&["groups", "create", "admins"]);
    run(&gatelet, &["groups", "add", "admins", &account.email]);

    go("/auth/console/secrets");
    tab.fill("#name", "ANTHROPIC_API_KEY");
    tab.fill("#value", "hunter2-in-a-browser");
    tab.submit("form:has(#value) button");
    assert!(
        tab.url()
            .ends_with("/auth/console/secrets?done=secret-stored")
    );
    go("/auth/console/applications");
    tab.fill("#name", "web");
    tab.submit("form:has(#name) button");
    tab.fill("#as", "KEY_OF_WEB");
    tab.submit("form:has(#as) button");
    inspect(&tab, &format!("-{language}-application"));
    tab.fill(
        "#project",
        r#"{"version": 2, "secrets": ["ANTHROPIC_API_KEY", "MISSING"]}"#,
    );
    tab.submit("form:has(#project) button");
    inspect(&tab, &format!("-{language}-plan"));
    go("/auth/console/secrets");
    tab.fill("#asked", "ANTHROPIC_API_KEY");
    tab.submit("form:has(#asked) button");
    inspect(&tab, &format!("-{language}-link"));
    let link = tab.text("code.secret");
    tab.go(&link);
    inspect(&tab, &format!("-{language}-entry"));
    tab.submit("form:has(#value) button");
    inspect(&tab, &format!("-{language}-entry-fault"));
    tab.fill("#value", "hunter2-by-the-link");
    tab.submit("form:has(#value) button");
    inspect(&tab, &format!("-{language}-entered"));
    tab.go(&link);
    inspect(&tab, &format!("-{language}-void"));
    for page in [
        "/auth/console/secrets/ANTHROPIC_API_KEY",
        "/auth/console/secrets/ANTHROPIC_API_KEY/delete",
        "/auth/console/applications/web/remove",
    ] {
        go(page);
        inspect(&tab, &format!("-{language}{}", page.replace('/', "-")));
    }
    for page in PAGES {
        go(page);
        inspect(&tab, &format!("-{language}{}", page.replace('/', "-")));
    }
    // Pages that refuse something say so by their status, which browsers write down.
    let said = tab.console().into_iter();
    let said: Vec<_> = said
        .filter(|line| !line.contains("with a status of"))
        .collect();
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn every_page_is_good_for_everybody() {
    pages_in("en");
}

#[test]
fn and_from_right_to_left() {
    pages_in("ar");
}
