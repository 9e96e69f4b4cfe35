//! Signing up, in and out with a password.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::on_both_engines;
use gatelet_tests::process::processor_time;
use gatelet_tests::response::Response;
use gatelet_tests::session_cookie::SessionCookie;
use gatelet_tests::visitor::Visitor;
use sha2::{Digest as _, Sha256};

mod came_along;
mod switched_off;

on_both_engines! {
    sign_up_lands_on_the_app_which_greets_by_name,
    whoever_signed_up_can_sign_in_elsewhere,
    a_restart_logs_nobody_out,
    sign_out_ends_the_session_for_every_copy_of_the_cookie,
    a_second_account_for_an_address_is_refused,
    a_wrong_password_and_an_unknown_user_get_the_same_answer,
    many_sign_ins_at_once_all_get_in,
}

fn sign_up_lands_on_the_app_which_greets_by_name(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let visitor = gatelet.visitor();

    let turned_away = visitor.visit("/").send();
    let page = visitor.follow(turned_away).expect(200);
    assert!(page.url.path().starts_with("/auth/sign-in"), "{}", page.url);

    let account = Account::new("Ada <Lovelace> & Žofie");
    let answer = account
        .sign_up(&visitor, "/")
        .expect_redirect("/auth/continue");
    let greeting = visitor.follow(answer).expect(200).text();
    assert!(
        greeting.contains("Ada &#60;Lovelace&#62; &#38; Žofie")
            || greeting.contains("Ada &lt;Lovelace&gt; &amp; Žofie"),
        "{greeting}"
    );
    assert!(
        greeting.contains(&account.email) && greeting.contains("by password"),
        "{greeting}"
    );
}

fn whoever_signed_up_can_sign_in_elsewhere(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (first, account) = signed_in(&gatelet);
    let user = me(&first)["id"].clone();
    assert_eq!(user.as_str().map(str::len), Some(36), "a UUID: {user}");

    let elsewhere = gatelet.visitor();
    account
        .sign_in(&elsewhere, "/headers?a=1")
        .expect_redirect("/auth/continue?return_to=%2Fheaders%3Fa%3D1");
    assert_eq!(me(&elsewhere)["id"], user);

    // An address is the same in capitals and with blanks around it.
    let shouted = Account {
        email: format!(" {} ", account.email.to_uppercase()),
        ..account
    };
    let third = gatelet.visitor();
    shouted.sign_in(&third, "/").expect(303);
    assert_eq!(me(&third)["id"], user);
}

fn a_restart_logs_nobody_out(engine: Engine) {
    // Without freshness every request asks the database.
    let mut gatelet = Setup::new(engine)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let user = me(&visitor)["id"].clone();
    gatelet.restart();
    let greeting = visitor.visit("/").send().expect(200).text();
    assert!(greeting.contains(&account.name), "{greeting}");
    assert_eq!(me(&visitor)["id"], user);
}

fn sign_out_ends_the_session_for_every_copy_of_the_cookie(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    let thief = gatelet.visitor().with_cookies_of(&visitor);
    thief.visit("/").send().expect(200);

    let answer = sign_out(&visitor).expect(303);
    assert!(answer.header("location").starts_with("/auth/sign-in"));
    let left = visitor.jar();
    assert!(left.get("gatelet").is_none(), "{left:?}");
    visitor.visit("/").send().expect(303);
    assert_eq!(visitor.get("/auth/session").send().json()["active"], false);

    thief.visit("/").send().expect(303);
    assert_eq!(thief.get("/auth/session").send().json()["active"], false);
}

fn a_second_account_for_an_address_is_refused(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (_, account) = signed_in(&gatelet);
    let squatter = Account {
        email: account.email.to_uppercase(),
        ..Account::new("Squatter")
    };
    let visitor = gatelet.visitor();
    let answer = squatter.sign_up(&visitor, "/").expect(409);
    assert!(visitor.jar().get("gatelet").is_none());
    // What was typed stays, the password apart.
    let form = answer.form("/auth/sign-up");
    assert_eq!(form.value("name"), Some("Squatter"));
    assert_eq!(form.value("password"), Some(""));
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

fn a_wrong_password_and_an_unknown_user_get_the_same_answer(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (_, account) = signed_in(&gatelet);
    let wrong = Account {
        password: "entirely something else".to_owned(),
        ..account
    };
    let unknown = Account {
        email: "nobody@example.com".to_owned(),
        ..wrong.clone()
    };
    let answers = [&wrong, &unknown].map(|who| {
        let visitor = gatelet.visitor();
        let answer = who.sign_in(&visitor, "/").expect(401);
        assert!(visitor.jar().get("gatelet").is_none());
        comparable(&answer, &who.email)
    });
    assert_eq!(answers[0], answers[1]);
}

fn many_sign_ins_at_once_all_get_in(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (_, account) = signed_in(&gatelet);
    std::thread::scope(|scope| {
        let sign_ins: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| account.sign_in(&gatelet.visitor(), "/").status.as_u16()))
            .collect();
        for sign_in in sign_ins {
            assert_eq!(sign_in.join().expect("no failure"), 303);
        }
    });
}

#[test]
fn the_database_holds_neither_tokens_nor_passwords() {
    let gatelet = Gatelet::start(Engine::Postgres);
    let (visitor, account) = signed_in(&gatelet);
    let database = gatelet.database();
    assert!(
        database.contains(&account.email),
        "this is the database in use"
    );
    assert!(!database.contains(&account.password));
    assert!(database.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
    let cookie = visitor.cookie("gatelet").expect("signed in").value;
    let known_by = hex(&Sha256::digest(SessionCookie::parse(&cookie).token));
    assert!(database.contains(&known_by), "the session is there");
    for spelling in token(&visitor) {
        assert!(!database.contains(&spelling), "{spelling}");
    }
}

/// In what the server computes, which does not depend on what else the machine does. A hash
/// that is left out for one of them is most of what the other costs.
#[test]
fn both_password_answers_cost_the_same_work() {
    const TURNS: usize = 3;
    const EACH: usize = 8;
    let gatelet = Setup::new(Engine::Sqlite).variable("limits", "off").start();
    let (_, account) = signed_in(&gatelet);
    let wrong = Account {
        password: "entirely something else".to_owned(),
        ..account
    };
    let unknown = Account {
        email: "nobody@example.com".to_owned(),
        ..wrong.clone()
    };
    // The same form with nothing to hash.
    let empty = Account {
        password: String::new(),
        ..wrong.clone()
    };
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/sign-in").send();
    let work = |who: &Account, status: u16| {
        let form = page
            .form("/auth/sign-in")
            .fill("email", &who.email)
            .fill("password", &who.password);
        let before = processor_time(gatelet.id());
        for _ in 0..EACH {
            visitor.submit(&form, &page.url).send().expect(status);
        }
        processor_time(gatelet.id()) - before
    };
    let mut sums = [Duration::ZERO; 3];
    // Once before it counts: what is computed at first use is nobody's.
    for turn in 0..=TURNS {
        let took = [work(&wrong, 401), work(&unknown, 401), work(&empty, 422)];
        for (sum, took) in sums.iter_mut().zip(took).filter(|_| turn > 0) {
            *sum += took;
        }
    }
    let [wrong, unknown, empty] = sums;
    let told = format!("wrong {wrong:?}, unknown {unknown:?}, nothing to hash {empty:?}");
    assert!(empty * 2 < wrong, "a hash is what it costs: {told}");
    assert!(
        wrong.abs_diff(unknown) < (wrong - empty) / 2,
        "not a hash each: {told}"
    );
}

#[test]
fn poor_passwords_are_refused_beside_their_field() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let account = Account::new("Ada Lovelace");
    for password in [
        "",
        "short",
        "password",
        "12345678",
        "aaaaaaaaaaaa",
        account.email.as_str(),
        "with a \u{7} bell",
    ] {
        let visitor = gatelet.visitor();
        let who = Account {
            password: password.to_owned(),
            ..account.clone()
        };
        let answer = who.sign_up(&visitor, "/").expect(422);
        assert!(
            answer.text().contains("id=\"password-fault\""),
            "{password}: {}",
            answer.text()
        );
        assert_eq!(
            answer.form("/auth/sign-up").value("email"),
            Some(account.email.as_str())
        );
        assert!(visitor.jar().get("gatelet").is_none());
    }
}

#[test]
fn malformed_addresses_are_refused_and_nothing_is_made() {
    let gatelet = Gatelet::start(Engine::Postgres);
    for email in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "ada@example.com,eve@evil.example",
        "ada@example.com\r\nBcc: eve@evil.example",
        "ada@example.com eve@evil.example",
        "<ada@example.com>",
        "ada@example..com",
        "ada@-example.com",
        "Ada <ada@example.com>",
        "ada@[127.0.0.1]",
        &format!("{}@example.com", "a".repeat(65)),
        &format!("ada@{}.com", "a".repeat(260)),
    ] {
        let visitor = gatelet.visitor();
        let who = Account {
            email: email.to_owned(),
            ..Account::new("Ada")
        };
        let answer = who.sign_up(&visitor, "/").expect(422);
        assert!(
            answer.text().contains("id=\"email-fault\""),
            "{email}: {}",
            answer.text()
        );
    }
    let users = || gatelet.database().value("SELECT count(*) FROM auth_users");
    assert_eq!(users().as_deref(), Some("0"));
    signed_in(&gatelet);
    assert_eq!(users().as_deref(), Some("1"));
}

#[test]
fn sign_out_by_a_link_is_a_question() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (visitor, _) = signed_in(&gatelet);
    visitor.visit("/auth/sign-out").send().expect(200);
    visitor.visit("/").send().expect(200);
}

#[test]
fn no_answer_of_the_api_holds_a_token() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (visitor, account) = signed_in(&gatelet);
    for path in ["/auth/session", "/auth/me"] {
        let answer = visitor.get(path).send().expect(200);
        assert!(answer.text().contains(&account.email));
        for spelling in token(&visitor) {
            assert!(!answer.text().contains(&spelling), "{}", answer.text());
        }
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let nobody = gatelet.visitor();
    nobody
        .get("/auth/me")
        .send()
        .expect_denial(401, "session.none");
    assert_eq!(
        nobody.get("/auth/session").send().expect(200).text().trim(),
        r#"{"active":false}"#
    );
}

/// The session's token, as it would be written where it was written: by itself, as a
/// database shows bytes, and within the cookie.
fn token(visitor: &Visitor) -> Vec<String> {
    let cookie = visitor.cookie("gatelet").expect("signed in").value;
    let token = SessionCookie::parse(&cookie).token;
    let parts = cookie.split('.').filter(|part| part.len() > 8);
    let mut spellings: Vec<_> = parts.map(str::to_owned).collect();
    assert_eq!(spellings.len(), 2, "what it says, and the signature");
    spellings.extend([hex(&token), BASE64_URL_SAFE_NO_PAD.encode(&token)]);
    spellings
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn me(visitor: &Visitor) -> serde_json::Value {
    visitor.get("/auth/me").send().expect(200).json()
}

/// An answer without what differs for a reason: the form's own token and the
/// address that was typed.
fn comparable(answer: &Response, email: &str) -> String {
    let text = answer.lasting_text().replace(email, "EMAIL");
    let names: Vec<_> = answer.headers.keys().map(|name| name.as_str()).collect();
    let fixed: Vec<_> = ["cache-control", "content-type", "content-security-policy"]
        .map(|name| answer.header(name))
        .into();
    format!("{} {names:?} {fixed:?}\n{text}", answer.status)
}
