//! A browser comes to the sign-in with a session in it: its own, or somebody else's who
//! wants it to be used (session fixation). Whichever way leads in, that session ends.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;

on_both_engines! {
    a_sign_in_by_password_ends_the_session_that_came_along,
    a_sign_up_ends_the_session_that_came_along,
    a_sign_in_by_a_provider_ends_the_session_that_came_along,
}

/// The store is asked about every request, so that a session that is over is at once.
fn asking(engine: Engine) -> Setup {
    Setup::new(engine).variable("session_fresh_seconds", "0")
}

/// Somebody's browser with Mallory's session in it.
struct Planted {
    browser: Visitor,
    /// Mallory, who has kept a copy.
    mallory: Visitor,
}

fn planted(gatelet: &Gatelet) -> Planted {
    let (mallory, _) = signed_in(gatelet);
    mallory.visit("/").send().expect(200);
    // Before there was a session: the page of somebody who has one has no form.
    let browser = gatelet.visitor();
    browser.visit("/auth/sign-in").send().expect(200);
    let session = mallory.cookie("gatelet").expect("signed in");
    browser.change_jar(|jar| jar.put(session));
    assert_eq!(me(&browser), me(&mallory), "it is taken for Mallory");
    Planted { browser, mallory }
}

fn me(visitor: &Visitor) -> String {
    let me = visitor.get("/auth/me").send().expect(200).json();
    me["id"].as_str().expect("an id").to_owned()
}

/// Fills in a form that was opened in another tab, before there was a session.
fn typed(gatelet: &Gatelet, browser: &Visitor, page: &str, account: &Account) -> Response {
    let tab = gatelet.visitor();
    let opened = tab.visit(page).send().expect(200);
    let csrf = tab.cookie("gatelet-csrf").expect("it comes with the form");
    browser.change_jar(|jar| jar.put(csrf));
    let form = opened
        .form(page)
        .fill("name", &account.name)
        .fill("email", &account.email)
        .fill("password", &account.password);
    browser.submit(&form, &opened.url).send()
}

/// The browser is its owner's, and what Mallory holds is good for nothing.
#[track_caller]
fn expect_over(gatelet: &Gatelet, planted: &Planted, mallorys: &str, before: Option<&str>) {
    let Planted { browser, mallory } = planted;
    assert_ne!(me(browser), mallorys, "somebody else's now");
    let sessions = (browser.cookie("gatelet"), mallory.cookie("gatelet"));
    assert_ne!(sessions.0, sessions.1, "under a new token");
    if let Some(database) = gatelet.setup().database() {
        let kept = database.value(&sessions_of(mallorys));
        assert_eq!(before, Some("1"));
        assert_eq!(kept.as_deref(), Some("0"), "it is over where it was kept");
    }
    let refused = mallory.get("/headers").send();
    refused.expect_denial(401, "session.expired");
}

fn sessions_of(user: &str) -> String {
    format!("SELECT count(*) FROM auth_sessions WHERE user_id = '{user}'")
}

fn kept(gatelet: &Gatelet, user: &str) -> Option<String> {
    let database = gatelet.setup().database()?;
    database.value(&sessions_of(user))
}

fn a_sign_in_by_password_ends_the_session_that_came_along(engine: Engine) {
    let gatelet = asking(engine).start();
    let ada = Account::new("Ada Lovelace");
    ada.sign_up(&gatelet.visitor(), "/").expect(303);
    let planted = planted(&gatelet);
    let mallorys = me(&planted.mallory);
    let before = kept(&gatelet, &mallorys);
    // What does not let in ends nothing.
    let wrong = Account {
        password: "entirely something else".to_owned(),
        ..ada.clone()
    };
    typed(&gatelet, &planted.browser, "/auth/sign-in", &wrong).expect(401);
    assert_eq!(me(&planted.browser), mallorys);

    typed(&gatelet, &planted.browser, "/auth/sign-in", &ada).expect(303);
    expect_over(&gatelet, &planted, &mallorys, before.as_deref());
}

fn a_sign_up_ends_the_session_that_came_along(engine: Engine) {
    let gatelet = asking(engine).start();
    let planted = planted(&gatelet);
    let mallorys = me(&planted.mallory);
    let before = kept(&gatelet, &mallorys);
    let ada = Account::new("Ada Lovelace");
    typed(&gatelet, &planted.browser, "/auth/sign-up", &ada).expect(303);
    expect_over(&gatelet, &planted, &mallorys, before.as_deref());
}

fn a_sign_in_by_a_provider_ends_the_session_that_came_along(engine: Engine) {
    let provider = IdentityProvider::shared();
    let (setup, _) = asking(engine).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let planted = planted(&gatelet);
    let mallorys = me(&planted.mallory);
    let before = kept(&gatelet, &mallorys);
    let browser = &planted.browser;
    let start = browser.visit("/auth/start/acme?return_to=/").send();
    let location = start.expect(303).header("location").to_owned();
    let back = provider.sign_in(browser, &location, "ada");
    assert_eq!(me(browser), mallorys, "until the answer is judged");
    let landed = browser.visit(back.header("location")).send();
    landed.expect_redirect("/");
    expect_over(&gatelet, &planted, &mallorys, before.as_deref());
    let me = browser.get("/auth/me").send().expect(200).json();
    assert_eq!(me["email"], "ada@example.com");
}

/// Its own: who signs in twice in one browser has one session.
#[test]
fn a_second_sign_in_of_one_person_leaves_one_session() {
    let gatelet = asking(Engine::Postgres).start();
    let (visitor, account) = signed_in(&gatelet);
    let before = gatelet.visitor().with_cookies_of(&visitor);
    let user = me(&visitor);
    typed(&gatelet, &visitor, "/auth/sign-in", &account).expect(303);
    assert_eq!(kept(&gatelet, &user).as_deref(), Some("1"));
    assert_eq!(me(&visitor), user);
    let refused = before.get("/headers").send();
    refused.expect_denial(401, "session.expired");
}
