//! Signing in that takes a second step.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::authenticator::AuthenticatorApp;
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::printed_mail::PrintedLetter;
use gatelet_tests::response::Response;
use gatelet_tests::session_cookie::SessionCookie;
use gatelet_tests::visitor::Visitor;
use serde_json::json;

on_both_engines! {
    no_session_begins_before_the_second_step,
    a_code_works_once,
    recovery_codes_stand_in_for_the_app_once_each,
    where_it_is_required_one_is_set_up_before_the_first_session,
    a_first_step_is_good_for_one_session,
    whose_factors_an_operator_resets_signs_in_by_the_password_alone,
}

pub(super) const CODE: &str = "/auth/second-factor";
const APP: &str = "/auth/account/authenticator";
const PAPER: &str = "/auth/account/recovery-codes";

/// Sets one up, for somebody who has just signed in.
#[track_caller]
pub(super) fn set_up(visitor: &Visitor) -> AuthenticatorApp {
    let page = visitor
        .visit("/auth/account/authenticator?set_up=1")
        .send()
        .expect(200);
    let app = AuthenticatorApp::of_page(&page.text());
    app.wait_for_room();
    // Of the step before: that leaves the one of now for a sign-in.
    let form = page.form(APP).fill("code", &app.code(-1));
    visitor
        .submit(&form, &page.url)
        .send()
        .expect_redirect(PAPER);
    app
}

#[track_caller]
fn first_step(account: &Account, visitor: &Visitor) -> Response {
    let answer = account.sign_in(visitor, "/headers").expect_redirect(CODE);
    visitor.follow(answer).expect(200)
}

pub(super) fn second_step(visitor: &Visitor, page: &Response, code: &str) -> Response {
    let form = page.form(CODE).fill("code", code);
    visitor.submit(&form, &page.url).send()
}

pub(super) fn is_in(visitor: &Visitor) -> bool {
    visitor.get("/auth/session").send().json()["active"] == true
}

/// By which methods the session began.
#[track_caller]
fn amr(visitor: &Visitor) -> String {
    let cookie = visitor.cookie("gatelet").expect("signed in");
    SessionCookie::parse(&cookie.value).methods.expect("some").0
}

fn no_session_begins_before_the_second_step(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (first, account) = signed_in(&gatelet);
    let app = set_up(&first);

    let visitor = gatelet.visitor();
    let page = first_step(&account, &visitor);
    assert!(visitor.jar().get("gatelet").is_none());
    assert!(!is_in(&visitor));
    visitor.visit("/").send().expect(303);
    visitor.visit("/auth/account").send().expect(303);
    visitor.visit(PAPER).send().expect(303);

    for wrong in ["", "000000", "12345", "0123-4567-89ab-cdef", &app.code(-3)] {
        second_step(&visitor, &page, wrong).expect(401);
        assert!(!is_in(&visitor), "{wrong}");
    }
    // Those were five, and five there are.
    second_step(&visitor, &page, &app.code(0)).expect(429);
    assert!(!is_in(&visitor));

    let page = first_step(&account, &visitor);
    second_step(&visitor, &page, &app.code(0))
        .expect_redirect("/auth/continue?return_to=%2Fheaders");
    assert!(is_in(&visitor));
    assert_eq!(amr(&visitor), "pwd otp mfa");
    assert!(visitor.jar().get("gatelet-second-factor").is_none());
}

fn a_code_works_once(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (first, account) = signed_in(&gatelet);
    let app = set_up(&first);
    let visitors: Vec<_> = (0..4).map(|_| gatelet.visitor()).collect();
    let pages: Vec<_> = visitors
        .iter()
        .map(|one| first_step(&account, one))
        .collect();
    let code = app.code(0);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let steps: Vec<_> = visitors
            .iter()
            .zip(&pages)
            .map(|(visitor, page)| {
                scope.spawn(|| second_step(visitor, page, &code).status.as_u16())
            })
            .collect();
        steps
            .into_iter()
            .map(|step| step.join().expect("no failure"))
            .collect()
    });
    let got_in = statuses.iter().filter(|status| **status == 303).count();
    assert_eq!(got_in, 1, "{statuses:?}");
    assert_eq!(visitors.iter().filter(|one| is_in(one)).count(), 1);
}

fn recovery_codes_stand_in_for_the_app_once_each(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (first, account) = signed_in(&gatelet);
    set_up(&first);
    let codes = paper(&first);
    assert_eq!(codes.len(), 10);
    let again = first.visit(PAPER).send().expect(200).text();
    assert!(!again.contains(&codes[0]), "shown once");

    let visitor = gatelet.visitor();
    let page = first_step(&account, &visitor);
    second_step(&visitor, &page, &codes[3].to_uppercase()).expect(303);
    assert!(is_in(&visitor));
    let left = visitor.visit(PAPER).send().expect(200).text();
    assert!(left.contains("<strong>9</strong>"), "{left}");

    let other = gatelet.visitor();
    let page = first_step(&account, &other);
    second_step(&other, &page, &codes[3]).expect(401);
    let new = paper(&first);
    second_step(&other, &page, &codes[4]).expect(401);
    assert!(!is_in(&other), "void");
    let page = first_step(&account, &other);
    second_step(&other, &page, &new[0]).expect(303);
}

/// Makes new ones.
#[track_caller]
pub(super) fn paper(visitor: &Visitor) -> Vec<String> {
    let page = visitor.visit(PAPER).send().expect(200);
    let shown = visitor
        .submit(&page.form(PAPER), &page.url)
        .send()
        .expect(200)
        .text();
    let codes = shown.split("<li><code>").skip(1);
    let codes = codes.filter_map(|rest| Some(rest.split_once('<')?.0.to_owned()));
    codes.collect()
}

fn where_it_is_required_one_is_set_up_before_the_first_session(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("second_factor", "required")
        .variable("site_name", "Acme")
        .start();
    let visitor = gatelet.visitor();
    let account = Account::new("Ann");
    let answer = account.sign_up(&visitor, "/headers").expect_redirect(CODE);
    let page = visitor.follow(answer).expect(200);
    assert!(!is_in(&visitor) && visitor.jar().get("gatelet").is_none());
    // An app that has another account of this site keeps both.
    AuthenticatorApp::expect_label(&page.text(), "Acme", &account.email);

    // The same by signing in, as somebody who left at this point would.
    let other = gatelet.visitor();
    let shown = first_step(&account, &other);
    assert!(shown.text().contains("class=\"secret\""));
    let again = second_step(&other, &shown, "000000").expect(401);
    assert!(!is_in(&other));
    // Whoever mistyped has the secret in the app by now.
    let code = |page: &Response| AuthenticatorApp::of_page(&page.text()).code(7);
    assert_eq!(code(&again), code(&shown));
    AuthenticatorApp::expect_label(&again.text(), "Acme", &account.email);

    let app = AuthenticatorApp::of_page(&page.text());
    app.wait_for_room();
    let codes = "/auth/account/recovery-codes?return_to=%2Fheaders";
    second_step(&visitor, &page, &app.code(-1)).expect_redirect(
        "/auth/continue?return_to=%2Fauth%2Faccount%2Frecovery-codes%3Freturn_to%3D%252Fheaders",
    );
    assert!(is_in(&visitor));
    // From the codes on to where Ann was going, before they are made and after.
    let onwards = "<a class=\"button\" href=\"/headers\">Continue</a>";
    let page = visitor.visit(codes).send().expect(200);
    assert!(page.text().contains(onwards), "{}", page.text());
    let made = visitor.submit(&page.form(PAPER), &page.url).send();
    assert!(made.expect(200).text().contains(onwards));

    // What the other browser was shown is void: there is one now.
    let mine = AuthenticatorApp::of_page(&shown.text());
    second_step(&other, &shown, &mine.code(0)).expect(401);
    assert!(!is_in(&other));

    let page = visitor.visit(APP).send().expect(200);
    let refused = visitor
        .submit(&page.form(APP), &page.url)
        .send()
        .expect(409);
    assert!(refused.text().contains("second_factor.required"));
}

#[test]
fn a_page_of_the_account_leads_nowhere_else() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (visitor, _) = signed_in(&gatelet);
    let onwards = |asked: &str| {
        let page = visitor.visit(&format!("{PAPER}{asked}")).send().expect(200);
        let text = page.text();
        let (_, link) = text.rsplit_once("<a class=\"button\" href=\"")?;
        Some(link.split('"').next().expect("a target").to_owned())
    };
    assert_eq!(onwards(""), None);
    assert_eq!(
        onwards("?return_to=%2Fheaders").as_deref(),
        Some("/headers")
    );
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
    ] {
        let asked = format!("?return_to={elsewhere}");
        assert_eq!(onwards(&asked).as_deref(), Some("/"), "{elsewhere}");
    }
}

fn a_first_step_is_good_for_one_session(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (first, account) = signed_in(&gatelet);
    let app = set_up(&first);
    let codes = paper(&first);
    let visitor = gatelet.visitor();
    let page = first_step(&account, &visitor);
    let copy = gatelet.visitor().with_cookies_of(&visitor);
    second_step(&visitor, &page, &app.code(0)).expect(303);
    second_step(&copy, &page, &codes[0]).expect(401);
    assert!(!is_in(&copy));

    // Another browser has no part in it, and neither has one whose password changed.
    let stranger = gatelet.visitor();
    second_step(&stranger, &page, &codes[1]).expect(401);
    let visitor = gatelet.visitor();
    let page = first_step(&account, &visitor);
    paper(&first);
    let gone = second_step(&visitor, &page, &codes[2]).expect(401);
    assert!(
        gone.text().contains("second_factor.gone"),
        "{}",
        gone.text()
    );
}

/// Three a second for an hour, all at once.
#[test]
fn codes_cannot_be_guessed_however_often_signing_in_begins_anew() {
    let gatelet = Gatelet::start(Engine::Postgres);
    let (first, account) = signed_in(&gatelet);
    set_up(&first);
    let mut tried = 0;
    for _ in 0..4 {
        let visitor = gatelet.visitor();
        let page = first_step(&account, &visitor);
        for guess in 0..6 {
            let answer = second_step(&visitor, &page, &format!("{guess:06}"));
            match answer.status.as_u16() {
                401 => tried += 1,
                429 => {}
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!(tried, 10, "of twenty-four");
    let limited = gatelet.wait_for_line(&["request.limited", "second-factor"]);
    assert!(!limited.contains(&account.email), "{limited}");
}

#[test]
fn a_provider_sign_in_asks_for_the_second_step_too() {
    let provider = IdentityProvider::start();
    provider.add(
        "ada",
        json!({
            "email": "ada@example.com", "email_verified": true, "name": "Ada",
            "groups": ["web"],
        }),
    );
    let fields = json!({ "groups_claim": "groups", "scopes": "openid email profile groups" });
    let entries = [("acme", &provider, fields, json!({}))];
    let (setup, _) = Setup::new(Engine::Sqlite).providers_with(&entries);
    let gatelet = setup.start();
    let first = gatelet.visitor();
    let by_provider = |visitor: &Visitor| {
        let start = visitor
            .visit("/auth/start/acme?return_to=/headers")
            .send()
            .expect(303);
        let back = provider.sign_in(visitor, start.header("location"), "ada");
        visitor.visit(back.header("location")).send()
    };
    by_provider(&first).expect_redirect("/headers");
    let app = set_up(&first);
    let visitor = gatelet.visitor();
    let answer = by_provider(&visitor).expect_redirect(CODE);
    assert!(!is_in(&visitor));
    let page = visitor.follow(answer).expect(200);
    second_step(&visitor, &page, &app.code(0)).expect(303);
    assert_eq!(amr(&visitor), "fed otp mfa");
    // What the provider said is known after the second step as it was before.
    let me = visitor.get("/auth/me").send().expect(200).json();
    assert_eq!(me["groups"], json!(["acme:web"]));
}

#[test]
fn changing_a_factor_asks_again_who_it_is_after_ten_minutes() {
    let gatelet = Setup::new(Engine::Postgres)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    gatelet
        .database()
        .execute("UPDATE auth_sessions SET authenticated_at = authenticated_at - 601");
    let set_up = "/auth/account/authenticator?set_up=1";
    let asked = visitor.visit(set_up).send().expect(303);
    let location = asked.header("location").to_owned();
    assert!(
        location.starts_with("/auth/confirm?return_to="),
        "{location}"
    );
    let page = visitor.follow(asked).expect(200);
    let old = gatelet.visitor().with_cookies_of(&visitor);

    let wrong = page.form("/auth/confirm").fill("password", "not this one");
    visitor.submit(&wrong, &page.url).send().expect(401);
    visitor.visit(set_up).send().expect(303);
    let right = page
        .form("/auth/confirm")
        .fill("password", &account.password);
    let answer = visitor.submit(&right, &page.url).send().expect(303);
    assert!(
        answer
            .header("location")
            .starts_with("/auth/continue?return_to=")
    );
    visitor.visit(set_up).send().expect(200);
    assert!(!is_in(&old), "the session id is a new one");
}

#[test]
fn where_it_is_off_nobody_is_asked_and_there_are_no_such_pages() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("second_factor", "off")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    visitor.visit(APP).send().expect(404);
    visitor.visit(PAPER).send().expect(404);
}

#[test]
fn the_database_holds_no_secret_of_an_app_and_no_recovery_code() {
    let gatelet = Gatelet::start(Engine::Postgres);
    let (visitor, _) = signed_in(&gatelet);
    let page = visitor
        .visit("/auth/account/authenticator?set_up=1")
        .send()
        .expect(200);
    let html = page.text();
    let app = AuthenticatorApp::of_page(&html);
    let form = page.form(APP).fill("code", &app.code(0));
    visitor.submit(&form, &page.url).send().expect(303);
    let codes = paper(&visitor);
    let (_, rest) = html.split_once("class=\"secret\">").expect("a secret");
    let (secret, _) = rest.split_once('<').expect("its end");
    let secret = secret.replace(' ', "");
    let plain = codes.iter().map(|code| code.replace('-', ""));
    for leak in plain.chain(codes.clone()).chain([secret]) {
        assert!(!gatelet.database().contains(&leak));
        assert!(!gatelet.log().contains(&leak));
    }
}

#[test]
fn the_owner_is_told_of_a_second_factor_that_comes_or_goes() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("mail_url", "log:")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let told = || {
        let all = PrintedLetter::all(&gatelet);
        let to = |one: &&PrintedLetter| one.to == account.email && one.kind == "factors-changed";
        all.iter().filter(to).count()
    };
    // Not before anybody has proved the address.
    let link = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    let page = visitor.visit(&link).send().expect(200);
    visitor.submit(&page.form(""), &page.url).send().expect(303);
    let before = told();
    set_up(&visitor);
    let letter = PrintedLetter::latest(&gatelet, "factors-changed", &account.email);
    assert!(
        letter
            .lines
            .concat()
            .contains("An authenticator app was added"),
        "{letter:?}"
    );
    assert_eq!(told(), before + 1);
}

fn whose_factors_an_operator_resets_signs_in_by_the_password_alone(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("session_fresh_seconds", "0")
        .start();
    let (first, account) = signed_in(&gatelet);
    let app = set_up(&first);
    let visitor = gatelet.visitor();
    let page = first_step(&account, &visitor);
    let said = run(&gatelet, &["users", "reset-factors", &account.email]);
    assert!(said.contains("no second factor any more"), "{said}");
    assert!(!is_in(&first), "every session has ended");
    // What had begun is void.
    second_step(&visitor, &page, &app.code(0)).expect(401);
    assert!(!is_in(&visitor));
    account.sign_in(&visitor, "/").expect(303);
    assert!(is_in(&visitor));
    assert_eq!(amr(&visitor), "pwd");
    let said = run(&gatelet, &["users", "reset-factors", &account.email]);
    assert!(said.contains("had no second factor"), "{said}");
    let events = run(&gatelet, &["audit", "--json"]);
    assert!(events.contains("factors.reset"), "{events}");
}
