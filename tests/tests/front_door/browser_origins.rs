//! A person with Chromium at several origins: production and its previews, and apps
//! that share one login.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gatelet_tests::account::Account;
use gatelet_tests::browser::{Person, Tab};
use gatelet_tests::cases::Engine;
use gatelet_tests::cookie_name::plain;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::{IdentityProvider, PASSWORD};
use gatelet_tests::upstream::Upstream;
use serde_json::{Value, json};
use url::Url;

const SUBMIT: &str = "form:not([action='/auth/sign-out']) button[type=submit]";

fn port_of(setup: &Setup) -> u16 {
    let port = Url::parse(setup.base_url()).expect("a URL").port();
    port.expect("a port of its own")
}

/// Makes a preview; its URL, once it is served.
#[track_caller]
fn preview(gatelet: &Gatelet, arguments: &[&str]) -> String {
    let arguments = [&["preview", "create"], arguments].concat();
    let output = gatelet.setup().run(&arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    let url = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let start = Instant::now();
    let visitor = gatelet.visitor();
    while visitor.get(&format!("{url}/headers")).send().status == 421 {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "still not served"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    url
}

/// From the sign-in page by the provider to the page that greets.
#[track_caller]
fn sign_in_with_provider(tab: &Tab, home: &str) {
    tab.go(home);
    tab.submit("a[href^='/auth/start/acme']");
    if tab.count("input[name=login]") > 0 {
        tab.fill("input[name=login]", "ada");
        tab.fill("input[name=password]", PASSWORD);
        tab.submit("form[action$='/login'] button");
    }
    if tab.count("form[action$='/allow']") > 0 {
        tab.submit("form[action$='/allow'] button");
    }
    assert_eq!(tab.url(), format!("{home}/"), "{}", tab.text("body"));
}

#[track_caller]
fn sign_up(tab: &Tab, home: &str, account: &Account) {
    tab.go(home);
    tab.submit("a[href^='/auth/sign-up']");
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
    assert_eq!(tab.url(), format!("{home}/"), "{}", tab.text("body"));
}

/// Who the origin takes the person for: id and address.
#[track_caller]
fn me(tab: &Tab, home: &str) -> (String, String) {
    tab.go(&format!("{home}/auth/me"));
    let said = tab.text("body");
    let me: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    let text = |name: &str| me[name].as_str().unwrap_or_default().to_owned();
    (text("id"), text("email"))
}

#[test]
fn one_browser_is_three_users_on_production_and_two_previews() {
    let provider = IdentityProvider::start();
    let setup = Setup::new(Engine::Postgres);
    let previews = format!("http://previews.localhost:{}", port_of(&setup));
    let setup = setup
        .variable("app_name", "shop")
        .variable("site_name", "Shop")
        .variable("preview_domain", &previews)
        .variable("origins_refresh_seconds", "1");
    let (setup, _) = setup.providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let main = gatelet.base_url().to_owned();
    let one = preview(&gatelet, &["feat/login"]);
    let two = preview(
        &gatelet,
        &["feat/cart", "--override", "site_name=Shop with a cart"],
    );

    let person = Person::new();
    let (at_main, at_one, at_two) = (person.tab(), person.tab(), person.tab());
    let tabs = [(&at_main, &main), (&at_one, &one), (&at_two, &two)];
    for (tab, home) in tabs {
        tab.go(home);
        assert!(
            tab.url().starts_with(&format!("{home}/auth/sign-in")),
            "nobody is signed in here yet: {}",
            tab.url()
        );
    }
    at_main.screenshot("origins-production-sign-in");
    at_one.screenshot("origins-preview-sign-in");
    at_two.screenshot("origins-other-preview-sign-in");

    // The provider knows production's redirect URI alone.
    sign_in_with_provider(&at_main, &main);
    sign_in_with_provider(&at_one, &one);
    let account = Account {
        email: "ada@example.com".to_owned(),
        ..Account::new("Ada with a password")
    };
    sign_up(&at_two, &two, &account);
    for ((tab, _), name) in tabs.iter().zip(["production", "preview", "other-preview"]) {
        tab.screenshot(&format!("origins-{name}-greets"));
    }

    let everybody: Vec<_> = tabs.iter().map(|(tab, home)| me(tab, home)).collect();
    let ids: BTreeSet<_> = everybody.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 3, "one person, three users: {everybody:?}");
    assert!(
        everybody
            .iter()
            .all(|(_, email)| email == "ada@example.com")
    );
    let hosts: BTreeSet<_> = person
        .cookies()
        .iter()
        .filter(|cookie| {
            cookie["name"]
                .as_str()
                .is_some_and(|name| plain(name) == "gatelet")
        })
        .map(|cookie| cookie["domain"].to_string())
        .collect();
    assert_eq!(
        hosts.len(),
        3,
        "a session each, for its host alone: {hosts:?}"
    );

    // In one profile, each stays who it is, whatever is visited in between.
    for _ in 0..2 {
        for ((tab, home), before) in tabs.iter().zip(&everybody) {
            assert_eq!(tab.go(home), 200);
            assert_eq!(me(tab, home), *before, "{home}");
        }
    }
    at_two.go(&two);
    assert!(at_two.text("h1").contains("Ada with a password"));

    at_one.go(&format!("{one}/auth/account"));
    at_one.screenshot("origins-preview-account");
    at_one.go(&format!("{one}/auth/sign-out"));
    at_one.screenshot("origins-preview-sign-out");
    at_one.submit("form[action='/auth/sign-out'] button[type=submit]");
    at_one.screenshot("origins-preview-signed-out");
    at_one.go(&one);
    assert!(at_one.url().contains("/auth/sign-in"), "{}", at_one.url());
    for ((tab, home), before) in [(tabs[0], &everybody[0]), (tabs[2], &everybody[2])] {
        assert_eq!(
            tab.go(home),
            200,
            "signing out elsewhere is no business of {home}"
        );
        assert_eq!(me(tab, home), *before, "{home}");
    }
}

/// `auth`, an app that shares its login, and one on the domain that does not.
fn apps(variables: &[(&str, &str)]) -> (Gatelet, impl Fn(&str) -> String + use<>) {
    let setup = Setup::new(Engine::Sqlite);
    let port = port_of(&setup);
    let url = move |name: &str| format!("http://{name}.stack.localhost:{port}");
    let app = |name: &str| {
        let values = json!({ "base_url": url(name), "app_name": name, "site_name": name });
        json!({ "name": name, "values": values })
    };
    let origins = json!([app("armory"), app("codex"), app("rogue")]).to_string();
    let setup = setup
        .variable("base_url", &url("auth"))
        .variable("cookie_domain", "stack.localhost")
        .variable("app_list", "armory, codex")
        .variable("origins", &origins);
    let setup = variables
        .iter()
        .fold(setup, |setup, (name, value)| setup.variable(name, value));
    (setup.start(), url)
}

#[test]
fn a_person_signs_in_once_for_two_apps_and_out_of_both() {
    let (_gatelet, url) = apps(&[]);
    let (auth, armory, codex) = (url("auth"), url("armory"), url("codex"));
    let person = Person::new();
    let tab = person.tab();
    let account = Account::new("Ada Lovelace");
    tab.go(&format!("{auth}/auth/sign-up?return_to={armory}/"));
    tab.screenshot("apps-sign-up");
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
    assert_eq!(tab.url(), format!("{armory}/"), "back at the app");
    assert!(tab.text("h1").contains("Ada Lovelace"));
    tab.screenshot("apps-armory");
    let other = person.tab();
    assert_eq!(other.go(&codex), 200);
    assert!(other.text("h1").contains("Ada Lovelace"), "signed in once");
    assert_eq!(me(&other, &codex), me(&person.tab(), &armory));

    other.go(&format!("{codex}/auth/sign-out"));
    other.submit("form[action='/auth/sign-out'] button[type=submit]");
    other.screenshot("apps-signed-out");
    tab.reload();
    assert!(tab.url().contains("/auth/sign-in"), "{}", tab.url());
}

#[test]
fn a_browser_lets_pages_of_listed_apps_ask_and_no_others() {
    // Its pages have no policy that forbids them to ask.
    let app = Upstream::start();
    let (_gatelet, url) = apps(&[("upstream", &app.url())]);
    let person = Person::new();
    let tab = person.tab();
    let account = Account::new("Ada Lovelace");
    let sign_up = |home: &str, account: &Account| {
        tab.go(&format!("{home}/auth/sign-up?return_to=/greet"));
        tab.fill("#name", &account.name);
        tab.fill("#email", &account.email);
        tab.fill("#password", &account.password);
        tab.submit(SUBMIT);
        assert_eq!(tab.url(), format!("{home}/greet"), "{}", tab.text("body"));
    };
    let ask = |from: &str, path: &str| {
        tab.go(&format!("{from}/greet"));
        tab.evaluate(&format!(
            "fetch('{}{path}', {{ credentials: 'include' }}).then((answer) => answer.json(), (error) => error.name)",
            url("auth")
        ))
    };
    sign_up(&url("auth"), &account);
    let answer = ask(&url("armory"), "/auth/check?app=armory");
    assert_eq!(answer["user"]["email"], account.email.as_str(), "{answer}");
    let refused = Value::from("TypeError");
    assert_eq!(ask(&url("armory"), "/auth/me"), refused);
    assert_eq!(ask(&url("rogue"), "/auth/check?app=armory"), refused);
    let elsewhere = Setup::new(Engine::Sqlite).upstream(&app).start();
    let home = elsewhere.base_url();
    sign_up(home, &Account::new("Mallory"));
    assert_eq!(ask(home, "/auth/check?app=armory"), refused);
}
