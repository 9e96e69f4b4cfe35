//! Letters with a link and a code: signing in by them, new passwords, proving addresses.

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::form::Form;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::on_both_engines;
use gatelet_tests::printed_mail::PrintedLetter;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;

mod browser;
mod change;
mod magic_link;
mod reset;
mod verification;

fn with_mail(engine: Engine) -> Setup {
    Setup::new(engine)
        .variable("mail_url", "log:")
        .variable("magic_link", "on")
}

/// Asks for a letter by the form of this page.
#[track_caller]
fn ask(visitor: &Visitor, page: &str, email: &str) -> Response {
    let asking = visitor.visit(page).send().expect(200);
    let path = page.split('?').next().unwrap_or(page);
    let form = asking.form(path).fill("email", email);
    visitor.submit(&form, &asking.url).send()
}

/// Opens a link and sends the form that it leads to, with these fields filled in.
#[track_caller]
pub(crate) fn follow(visitor: &Visitor, link: &str, fields: &[(&str, &str)]) -> Response {
    let page = visitor.visit(link).send().expect(200);
    send(visitor, &page, fields)
}

/// Sends the form of a page.
#[track_caller]
fn send(visitor: &Visitor, page: &Response, fields: &[(&str, &str)]) -> Response {
    let form = filled(page.form(""), fields);
    visitor.submit(&form, &page.url).send()
}

fn filled(form: Form, fields: &[(&str, &str)]) -> Form {
    fields.iter().fold(form, |form, (name, value)| {
        form.without(name).fill(name, value)
    })
}

fn me(visitor: &Visitor) -> serde_json::Value {
    visitor.get("/auth/me").send().expect(200).json()
}

fn is_signed_in(visitor: &Visitor) -> bool {
    let answer = visitor.get("/auth/session").send().expect(200).json();
    answer["active"] == true
}

/// A page says this code.
#[track_caller]
fn refused(answer: Response, status: u16, code: &str) {
    let answer = answer.expect(status);
    assert!(answer.says_code(code), "{}", answer.description());
}

/// What a visitor sees, without what differs for a reason.
fn comparable(answer: &Response, email: &str) -> String {
    let csrf = answer.form("").value("csrf").unwrap_or_default().to_owned();
    let text = answer.text().replace(&csrf, "CSRF").replace(email, "EMAIL");
    let names: Vec<_> = answer.headers.keys().map(|name| name.as_str()).collect();
    format!("{} {names:?}\n{text}", answer.status)
}

#[test]
fn without_a_mailer_no_page_offers_letters() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    for path in [
        "/auth/magic-link",
        "/auth/forgot-password",
        "/auth/reset-password",
        "/auth/verify-email",
    ] {
        visitor.visit(path).send().expect(404);
    }
    let page = visitor.visit("/auth/sign-in").send().expect(200).text();
    assert!(!page.contains("forgot-password") && !page.contains("magic-link"));
    let page = with_mail(Engine::Sqlite).start();
    let page = page
        .visitor()
        .visit("/auth/sign-in")
        .send()
        .expect(200)
        .text();
    assert!(page.contains("/auth/forgot-password") && page.contains("/auth/magic-link"));
}

#[test]
fn a_link_is_in_no_line_of_the_log_but_the_printed_letter() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    ask(&visitor, "/auth/magic-link", "ann@example.com").expect(200);
    let letter = PrintedLetter::latest(&gatelet, "magic-link", "ann@example.com");
    let link = letter.link();
    let page = visitor.visit(&link).send().expect(200);
    assert_eq!(page.header("referrer-policy"), "strict-origin");
    send(&visitor, &page, &[]).expect(303);
    visitor.visit(&link).send().expect(303);
    gatelet.visitor().visit(&link).send().expect(410);
    let (_, token) = link.split_once("token=").expect("a token");
    let log = gatelet.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains(token)).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let code = letter.code();
    let lines = log.lines().filter(|line| line.contains(&code)).count();
    assert_eq!(lines, 1);
}

#[test]
fn the_database_holds_neither_tokens_nor_codes() {
    let gatelet = with_mail(Engine::Postgres).start();
    let visitor = gatelet.visitor();
    ask(&visitor, "/auth/magic-link", "ann@example.com").expect(200);
    let letter = PrintedLetter::latest(&gatelet, "magic-link", "ann@example.com");
    let link = letter.link();
    let (_, token) = link.split_once("token=").expect("a token");
    let database = gatelet.database();
    assert!(database.contains("ann@example.com"));
    assert!(!database.contains(token));
    assert!(!database.contains(&letter.code().replace(' ', "")));
}

#[test]
fn addresses_that_would_reach_others_reach_nobody() {
    let gatelet = with_mail(Engine::Sqlite).start();
    for page in ["/auth/magic-link", "/auth/forgot-password"] {
        for email in [
            "ann@example.com,eve@evil.example",
            "ann@example.com\r\nBcc: eve@evil.example",
            "ann@example.com%0d%0aBcc:eve@evil.example",
            "Ann <ann@example.com>",
            "ann@example.com eve@evil.example",
            "",
        ] {
            let answer = ask(&gatelet.visitor(), page, email).expect(422);
            assert!(answer.text().contains("id=\"email-fault\""), "{email}");
        }
    }
    assert_eq!(PrintedLetter::all(&gatelet), []);
}

/// By the address that was typed, so that it tells nothing of who has it.
#[test]
fn an_address_gets_a_few_letters_an_hour_whoever_asks() {
    let gatelet = with_mail(Engine::Sqlite)
        .variable("sign_up", "closed")
        .start();
    for _ in 0..5 {
        let visitor = gatelet.visitor();
        ask(&visitor, "/auth/magic-link", "nobody@example.com").expect(200);
    }
    for spelling in ["nobody@example.com", " NOBODY@Example.COM "] {
        let answer = ask(&gatelet.visitor(), "/auth/forgot-password", spelling);
        refused(answer, 429, "limit.reached");
    }
    ask(&gatelet.visitor(), "/auth/magic-link", "else@example.com").expect(200);
}
