//! A person with Chromium.

use gatelet_tests::account::Account;
use gatelet_tests::browser::{Person, Tab};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::cookie_name::plain;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::{IdentityProvider, PASSWORD};
use gatelet_tests::on_both_engines;
use gatelet_tests::upstream::Upstream;
use serde_json::json;

on_both_engines! {
    a_newcomer_signs_up_and_is_greeted_after_a_restart_too,
}

const SUBMIT: &str = "form:not([action='/auth/sign-out']) button[type=submit]";

fn fill_sign_in(tab: &Tab, account: &Account) {
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
}

fn sign_up(tab: &Tab, gatelet: &Gatelet, account: &Account) {
    tab.go(&format!("{}/auth/sign-up?return_to=/", gatelet.base_url()));
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
}

/// A browser writes what breaks the page's policy to its console.
#[track_caller]
fn expect_quiet(tab: &Tab) {
    let loud: Vec<String> = tab
        .console()
        .into_iter()
        .filter(|line| !line.starts_with("verbose:"))
        .filter(|line| !line.contains("the server responded with a status of"))
        .collect();
    assert!(loud.is_empty(), "{loud:?}");
}

fn a_newcomer_signs_up_and_is_greeted_after_a_restart_too(engine: Engine) {
    let mut gatelet = Setup::new(engine)
        .variable("session_fresh_seconds", "0")
        .start();
    let person = Person::new();
    let tab = person.tab();
    let account = Account::new("Ada Lovelace");

    tab.go(gatelet.base_url());
    assert!(
        tab.url().contains("/auth/sign-in?return_to="),
        "{}",
        tab.url()
    );
    tab.screenshot("sign-in");
    tab.submit("a[href^='/auth/sign-up']");
    tab.screenshot("sign-up");
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
    assert_eq!(tab.url(), format!("{}/", gatelet.base_url()));
    assert!(
        tab.text("h1").contains("Ada Lovelace"),
        "{}",
        tab.text("body")
    );
    tab.screenshot("demo");
    expect_quiet(&tab);

    gatelet.restart();
    tab.reload();
    assert!(tab.text("h1").contains("Ada Lovelace"));
    let session = person
        .cookies()
        .into_iter()
        .find(|cookie| {
            cookie["name"]
                .as_str()
                .is_some_and(|name| plain(name) == "gatelet")
        })
        .expect("signed in");
    assert_eq!(
        (&session["httpOnly"], &session["sameSite"]),
        (&json!(true), &json!("Lax"))
    );
    assert_eq!(tab.evaluate("document.cookie"), "", "no script reads it");
    tab.go(&format!("{}/auth/account", gatelet.base_url()));
    tab.screenshot("account");
}

#[test]
fn a_wrong_password_is_said_beside_its_field_and_the_address_stays() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let account = Account::new("Ada");
    sign_up(&Person::new().tab(), &gatelet, &account);
    let person = Person::new();
    let tab = person.tab();
    tab.go(&format!("{}/auth/sign-in", gatelet.base_url()));
    fill_sign_in(
        &tab,
        &Account {
            password: "not this one at all".into(),
            ..account.clone()
        },
    );
    assert_eq!(tab.status(), 401);
    assert_eq!(tab.value("#email"), account.email);
    assert_eq!(tab.value("#password"), "");
    assert_eq!(tab.evaluate("document.activeElement.id"), "password");
    assert!(
        tab.text("#password-fault").contains("wrong"),
        "{}",
        tab.text("body")
    );
    assert!(tab.title().starts_with("Error:"), "{}", tab.title());
    tab.screenshot("wrong-password");
    fill_sign_in(&tab, &account);
    assert!(tab.text("h1").contains("Ada"));
    expect_quiet(&tab);
}

#[test]
fn an_app_that_redirects_elsewhere_is_reached_by_a_form() {
    let app = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("upstream", &app.url())
        .start();
    let elsewhere = Upstream::start();
    let person = Person::new();
    let tab = person.tab();
    let account = Account::new("Ada");
    sign_up(&tab, &gatelet, &account);

    // The page that holds the form allows it to lead to this site alone.
    let port = elsewhere.address().port();
    let other = Person::new();
    let tab = other.tab();
    tab.go(&format!(
        "{}/auth/sign-in?return_to=/port/{port}",
        gatelet.base_url()
    ));
    fill_sign_in(&tab, &account);
    assert_eq!(tab.url(), format!("{}/headers", elsewhere.url()));
    expect_quiet(&tab);
    tab.back();
    assert!(!tab.url().contains("/auth/continue"), "{}", tab.url());
}

#[test]
fn after_sign_out_the_back_button_shows_nothing_of_the_account() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let account = Account::new("Ada Lovelace");
    let person = Person::new();
    let tab = person.tab();
    sign_up(&tab, &gatelet, &account);
    tab.go(&format!("{}/auth/account", gatelet.base_url()));
    assert!(tab.text("body").contains(&account.email));
    tab.go(gatelet.base_url());
    assert!(tab.text("h1").contains("Ada Lovelace"));
    tab.submit("a[href='/auth/sign-out']");
    tab.screenshot("sign-out");
    tab.submit("form[action='/auth/sign-out'] button[type=submit]");
    assert!(tab.url().contains("/auth/sign-in"), "{}", tab.url());
    assert!(
        tab.text("body").contains("signed out"),
        "{}",
        tab.text("body")
    );
    for _ in 0..3 {
        tab.back();
        let shown = tab.text("body");
        assert!(
            !shown.contains("Ada Lovelace") && !shown.contains(&account.email),
            "{}: {shown}",
            tab.url()
        );
    }
    tab.go(gatelet.base_url());
    assert!(tab.url().contains("/auth/sign-in"));
}

#[test]
fn two_tabs_sign_in_at_once_and_both_arrive() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let account = Account::new("Ada");
    sign_up(&Person::new().tab(), &gatelet, &account);
    let person = Person::new();
    let (one, two) = (person.tab(), person.tab());
    one.go(&format!("{}/headers", gatelet.base_url()));
    two.go(&format!("{}/?tab=two", gatelet.base_url()));
    for tab in [&one, &two] {
        assert!(tab.url().contains("/auth/sign-in"));
    }
    fill_sign_in(&one, &account);
    assert!(one.url().ends_with("/headers"), "{}", one.url());
    fill_sign_in(&two, &account);
    assert!(two.url().ends_with("/?tab=two"), "{}", two.url());
    one.reload();
    assert_eq!(one.status(), 200);
}

#[test]
fn a_person_signs_in_with_a_provider_after_consent() {
    let provider = IdentityProvider::start();
    let (setup, _) = Setup::new(Engine::Postgres).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let person = Person::new();
    let tab = person.tab();
    tab.go(gatelet.base_url());
    tab.screenshot("sign-in-with-provider");
    tab.submit("a[href^='/auth/start/acme']");
    assert!(tab.url().starts_with(provider.issuer()), "{}", tab.url());
    tab.fill("input[name=login]", "ada");
    tab.fill("input[name=password]", PASSWORD);
    tab.submit("form[action$='/login'] button");
    assert!(
        tab.text("body").contains("asks for"),
        "consent: {}",
        tab.text("body")
    );
    tab.submit("form[action$='/allow'] button");
    assert_eq!(tab.url(), format!("{}/", gatelet.base_url()));
    assert!(tab.text("h1").contains("Ada Lovelace"));
    // A reload of where it landed asks nobody again.
    provider.requests();
    tab.reload();
    assert!(tab.text("h1").contains("Ada Lovelace"));
    assert!(provider.requests().is_empty());
}

#[test]
fn what_stands_behind_the_hash_is_there_again_after_signing_in() {
    let provider = IdentityProvider::start();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let wanted = format!("{}/?a=1#/reports/5?tab=a&b=%C3%BC", gatelet.base_url());
    let account = Account::new("Ada");

    let person = Person::new();
    let tab = person.tab();
    tab.go(&wanted);
    // By a link, and by the form that it leads to.
    tab.submit("a[href^='/auth/sign-up']");
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
    assert_eq!(tab.url(), wanted);
    expect_quiet(&tab);

    let person = Person::new();
    let tab = person.tab();
    tab.go(&wanted);
    // Whatever is wrong at first.
    let wrong = Account {
        password: "not this one at all".into(),
        ..account.clone()
    };
    fill_sign_in(&tab, &wrong);
    assert_eq!(tab.status(), 401);
    fill_sign_in(&tab, &account);
    assert_eq!(tab.url(), wanted);

    let wanted = format!("{}/#/reports/5", gatelet.base_url());
    let person = Person::new();
    let tab = person.tab();
    tab.go(&wanted);
    tab.submit("a[href^='/auth/start/acme']");
    tab.fill("input[name=login]", "ada");
    tab.fill("input[name=password]", PASSWORD);
    tab.submit("form[action$='/login'] button");
    tab.submit("form[action$='/allow'] button");
    assert_eq!(tab.url(), wanted);
}

#[test]
fn a_person_says_no_at_the_provider_and_can_try_again() {
    let provider = IdentityProvider::start();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let tab = Person::new();
    let person = tab;
    let tab = person.tab();
    tab.go(&format!("{}/headers", gatelet.base_url()));
    tab.submit("a[href^='/auth/start/acme']");
    tab.submit("form[action$='/deny'] button");
    assert_eq!(tab.status(), 403);
    assert!(tab.url().starts_with(gatelet.base_url()), "{}", tab.url());
    assert!(
        tab.text("body").contains("oauth.denied"),
        "{}",
        tab.text("body")
    );
    tab.screenshot("denied");
    tab.submit("a.primary");
    assert!(
        tab.url().contains("/auth/sign-in?return_to="),
        "{}",
        tab.url()
    );
    expect_quiet(&tab);
}

#[test]
fn a_session_of_two_tabs_with_a_provider_survives_their_order() {
    let provider = IdentityProvider::start();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let person = Person::new();
    let (one, two) = (person.tab(), person.tab());
    for (tab, path) in [(&one, "/headers"), (&two, "/?tab=two")] {
        tab.go(&format!("{}{path}", gatelet.base_url()));
        tab.submit("a[href^='/auth/start/acme']");
    }
    for (tab, lands) in [(&two, "/?tab=two"), (&one, "/headers")] {
        if tab.count("input[name=login]") > 0 {
            tab.fill("input[name=login]", "ada");
            tab.fill("input[name=password]", PASSWORD);
            tab.submit("form[action$='/login'] button");
        }
        if tab.count("form[action$='/allow']") > 0 {
            tab.submit("form[action$='/allow'] button");
        }
        assert!(
            tab.url().ends_with(lands),
            "{} should be {lands}",
            tab.url()
        );
    }
}

#[test]
fn pages_work_without_scripts_by_keyboard_in_the_dark_and_on_a_small_screen() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let account = Account::new("Ada");
    let person = Person::with(&json!({
        "javaScriptEnabled": false, "colorScheme": "dark", "viewport": { "width": 320, "height": 640 },
    }));
    let tab = person.tab();
    sign_up(&tab, &gatelet, &account);
    assert!(
        tab.text("h1").contains("Ada"),
        "without scripts: {}",
        tab.text("body")
    );

    let person = Person::with(
        &json!({ "colorScheme": "dark", "viewport": { "width": 320, "height": 640 } }),
    );
    let tab = person.tab();
    for path in ["/auth/sign-in", "/auth/sign-up", "/auth/none"] {
        tab.go(&format!("{}{path}", gatelet.base_url()));
        let wide = tab.evaluate("document.documentElement.scrollWidth");
        assert!(
            wide.as_u64().is_some_and(|wide| wide <= 320),
            "{path} is {wide} wide"
        );
        let dark = tab.evaluate("getComputedStyle(document.body).backgroundColor");
        let shade: u32 = dark
            .as_str()
            .unwrap_or_default()
            .split(['(', ',', ')'])
            .filter_map(|part| part.trim().parse::<u32>().ok())
            .take(3)
            .sum();
        assert!(shade < 200, "{path} is {dark}");
        let unnamed = tab.evaluate("[...document.querySelectorAll('input:not([type=hidden])')].filter(input => !input.labels.length).length");
        assert_eq!(unnamed, 0, "{path}: every field has its label");
        assert_eq!(tab.evaluate("document.documentElement.lang"), "en");
        assert_eq!(
            tab.evaluate("document.querySelectorAll('h1').length"),
            1,
            "{path}"
        );
    }
    tab.screenshot("dark-narrow");
    tab.go(&format!("{}/auth/sign-in", gatelet.base_url()));
    // By keyboard alone: to the address, to the password, enter.
    tab.evaluate("document.activeElement.blur()");
    for _ in 0..6 {
        if tab.evaluate("document.activeElement.id") == "email" {
            break;
        }
        tab.press("Tab");
    }
    let ring = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert_ne!(ring, "none", "focus is visible");
    type_text(&tab, &account.email);
    tab.press("Tab");
    assert_eq!(tab.evaluate("document.activeElement.id"), "password");
    type_text(&tab, &account.password);
    tab.press("Enter");
    tab.wait("nav[aria-label=Account]");
    assert!(tab.text("h1").contains("Ada"));
}

/// A double click, or a password manager that sends the form too. The second answer is what a
/// browser shows: the address has an account, the code was used.
#[test]
fn a_form_is_sent_once_however_often_it_is_submitted() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("second_factor", "required")
        .start();
    let person = Person::new();
    let tab = person.tab();
    let account = Account::new("Ada");
    // Whether each of three is sent; before the third, somebody has gone and come back.
    let sent = |action: &str| {
        tab.evaluate(&format!(
            "const sent = [];
            addEventListener('submit', (event) => {{
                sent.push(!event.defaultPrevented);
                event.preventDefault();
            }});
            const button = document.querySelector('form[action=\"{action}\"] button');
            button.click();
            button.click();
            dispatchEvent(new PageTransitionEvent('pageshow', {{ persisted: true }}));
            button.click();
            sent"
        ))
    };
    let go = |path: &str| tab.go(&format!("{}{path}", gatelet.base_url()));
    for path in ["/auth/sign-in", "/auth/sign-up"] {
        go(path);
        assert_eq!(sent(path), json!([true, false, true]), "{path}");
    }

    go("/auth/sign-up?return_to=/headers");
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.evaluate(
        "const button = document.querySelector('form button');
        button.click();
        setTimeout(() => button.click(), 50);",
    );
    tab.wait_for_url("/auth/second-factor");
    tab.wait("#code");
    let asked = sent("/auth/second-factor");
    assert_eq!(asked, json!([true, false, true]), "to set one up");
    expect_quiet(&tab);
}

fn type_text(tab: &Tab, text: &str) {
    for character in text.chars() {
        tab.press(&if character == ' ' {
            "Space".to_owned()
        } else {
            character.to_string()
        });
    }
}

#[test]
fn an_app_with_a_websocket_and_events_works_in_a_browser() {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, Door::Gate);
    let person = Person::new();
    let tab = person.tab();
    sign_up(&tab, &gatelet, &Account::new("Ada"));
    tab.go(&format!("{}/greet", gatelet.base_url()));
    let said = tab.evaluate(
        "new Promise((done, failed) => { const socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket'); const all = []; \
         socket.onopen = () => socket.send('hello'); socket.onmessage = (event) => { all.push(event.data); if (all.length === 2) { socket.close(); done(all); } }; \
         socket.onerror = () => failed(new Error('the socket failed')); })",
    );
    assert_eq!(said[1], "hello");
    assert_eq!(
        said[0].as_str().map(str::len),
        Some(36),
        "it knows who: {said}"
    );
    let events = tab.evaluate(
        "new Promise((done) => { const source = new EventSource('/events/3/50'); const all = []; \
         source.onmessage = (event) => { all.push(event.data); if (all.length === 3) { source.close(); done(all); } }; })",
    );
    assert_eq!(events, json!(["event 0", "event 1", "event 2"]));
}

/// One look, the same words, and a way on where there is one.
#[test]
fn pages_of_the_gateway_are_of_the_house_of_the_sign_in_pages() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("site_name", "acme notes")
        .variable("access_rules", "/org/* org acme.com; /open/* public")
        .start();
    let person = Person::new();
    let tab = person.tab();
    let home = gatelet.base_url();

    // A form whose session has ended.
    tab.go(&format!("{home}/open/a"));
    let form = "document.body.innerHTML = \"<form method=post action=/orders><input name=x value=y><button type=submit>Send</button></form>\"";
    tab.evaluate(form);
    tab.submit("button[type=submit]");
    assert_eq!(tab.text("h1"), "Please sign in");
    assert!(
        tab.text("main")
            .contains("reload this page to send it again")
    );
    tab.screenshot("gateway-form-too-late");
    expect_quiet(&tab);

    // With another account, if there is one.
    let account = Account::new("Ada Lovelace");
    sign_up(&tab, &gatelet, &account);
    tab.go(&format!("{home}/org/a"));
    assert_eq!(tab.text("h1"), "Not with this account");
    assert!(tab.text("main").contains(&account.email));
    assert_eq!(tab.text("a.button"), "Use another account");
    tab.screenshot("gateway-org");
    expect_quiet(&tab);

    // At an address that is not served.
    tab.go(&home.replace("localhost", "127.0.0.1"));
    assert_eq!(tab.text("h1"), "Not found here");
    tab.screenshot("gateway-misdirected");
    expect_quiet(&tab);

    // Another one: connections to this app are kept, and answer for a while.
    let gone = Upstream::start();
    let away = Setup::new(Engine::Sqlite)
        .upstream(&gone)
        .variable("site_name", "acme notes")
        .variable("access_rules", "/open/* public")
        .start();
    drop(gone);
    tab.go(&format!("{}/open/a", away.base_url()));
    assert_eq!(tab.text("h1"), "The app does not answer");
    assert_eq!(tab.text("a.button"), "Try again");
    tab.screenshot("gateway-unreachable");
    expect_quiet(&tab);
}

/// From the first press of a key: past the navigation, to a field, and saved.
#[test]
fn an_account_is_changed_with_the_keyboard_alone() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let person = Person::new();
    let tab = person.tab();
    sign_up(&tab, &gatelet, &Account::new("Ada Lovelace"));
    tab.go(&format!("{}/auth/account", gatelet.base_url()));
    let focused = |what: &str| tab.evaluate(&format!("document.activeElement.{what}"));
    let until = |what: &str, wanted: &str| {
        for _ in 0..30 {
            if focused(what) == wanted {
                return;
            }
            tab.press("Tab");
        }
        panic!("no {wanted} is reached by keys");
    };
    until("textContent", "Profile");
    let ring = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert_ne!(ring, "none", "focus is visible");
    tab.press("Enter");
    tab.wait("form[action='/auth/account/profile']");
    tab.press("Tab");
    assert_eq!(focused("textContent"), "Skip to the page");
    let top = tab.evaluate("document.activeElement.getBoundingClientRect().top >= 0");
    assert_eq!(top, true, "it is seen where it has the focus");
    tab.press("Enter");
    until("id", "name");
    tab.press("Control+a");
    type_text(&tab, "Ada King");
    tab.press("Enter");
    tab.wait("[role=status]");
    assert_eq!(tab.text("[role=status]"), "Your profile is saved.");
    assert_eq!(tab.value("#name"), "Ada King");
    expect_quiet(&tab);
}
