//! What people see and change of their own account.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::on_both_engines;
use gatelet_tests::section::Section;
use gatelet_tests::session_cookie::SessionCookie;
use gatelet_tests::visitor::Visitor;

mod leaving;
mod linking;
mod sessions;
mod tokens;

on_both_engines! {
    every_page_of_an_account_is_for_whoever_is_signed_in,
    a_form_of_no_page_of_ours_changes_nothing,
    a_name_is_changed_at_once_and_everywhere,
    a_password_that_changes_signs_everybody_else_out,
    a_password_that_will_not_do_is_not_set,
    the_only_way_in_is_not_taken_away,
    what_happened_to_an_account_is_told_to_its_user,
    an_export_has_all_that_is_kept_and_nothing_that_lets_anybody_in,
}

const ACCOUNT: Section = Section("/auth/account");

const PAGES: [&str; 8] = [
    "/auth/account",
    "/auth/account/profile",
    "/auth/account/password",
    "/auth/account/sessions",
    "/auth/account/events",
    "/auth/account/tokens",
    "/auth/account/export",
    "/auth/account/delete",
];

/// Where every request asks the database.
pub(crate) fn started(engine: Engine) -> Gatelet {
    Setup::new(engine)
        .variable("session_fresh_seconds", "0")
        .start()
}

fn me(visitor: &Visitor) -> serde_json::Value {
    visitor.get("/auth/me").send().json()
}

fn is_in(visitor: &Visitor) -> bool {
    visitor.get("/auth/session").send().json()["active"] == true
}

fn token(visitor: &Visitor) -> Vec<u8> {
    let cookie = visitor.cookie("gatelet").expect("signed in");
    SessionCookie::parse(&cookie.value).token
}

fn every_page_of_an_account_is_for_whoever_is_signed_in(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    let nobody = gatelet.visitor();
    for page in PAGES {
        let encoded = page.replace('/', "%2F");
        nobody
            .visit(page)
            .send()
            .expect_redirect(&format!("/auth/sign-in?return_to={encoded}"));
        let text = visitor.visit(page).send().expect(200).text();
        let here = format!("href=\"{page}\" aria-current=\"page\"");
        assert!(text.contains(&here), "{page}: {text}");
        for other in PAGES {
            assert!(
                text.contains(&format!("href=\"{other}\"")),
                "{page}: {other}"
            );
        }
    }
    // Whoever signs in then is back where they wanted to go.
    account
        .sign_in(&nobody, "/auth/account/sessions")
        .expect_redirect("/auth/continue?return_to=%2Fauth%2Faccount%2Fsessions");
    // There is no provider to link, and nothing else that is not there.
    for page in ["providers", "passwords", "profile/", "Profile"] {
        visitor
            .visit(&format!("/auth/account/{page}"))
            .send()
            .expect(404);
    }
}

fn a_form_of_no_page_of_ours_changes_nothing(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    // With another session there is one to end.
    account.sign_in(&gatelet.visitor(), "/").expect(303);
    let before = me(&visitor);
    for page in PAGES[1..].iter().filter(|page| !page.ends_with("/events")) {
        let response = visitor.visit(page).send().expect(200);
        let form = response.form(page).fill("name", "Mallory");
        let form = form.fill("confirmation", &account.email);
        // Without a token, with another form's, and from another site.
        let sign_out = visitor.visit("/auth/sign-out").send();
        let other = sign_out.form("/auth/sign-out");
        let other = other.value("csrf").expect("a token");
        for form in [
            form.clone().without("csrf"),
            form.clone().fill("csrf", other),
        ] {
            visitor.submit(&form, &response.url).send().expect(403);
        }
        visitor
            .submit(&form, &response.url)
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site")
            .send()
            .expect(403);
    }
    assert_eq!(me(&visitor), before);
    for page in ["/auth/account", "/auth/account/events"] {
        let answer = visitor.request(http::Method::POST, page).send();
        answer.expect(405);
    }
}

fn a_name_is_changed_at_once_and_everywhere(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (visitor, _) = signed_in(&gatelet);
    let answer = ACCOUNT.submit(&visitor, "profile", &[("name", "  Ada   <King> ")]);
    ACCOUNT.expect_done(answer, "profile", "profile-saved");
    let page = visitor
        .visit("/auth/account/profile?done=profile-saved")
        .send()
        .expect(200);
    assert!(page.text().contains("Your profile is saved."));
    assert_eq!(
        page.form("/auth/account/profile").value("name"),
        Some("Ada <King>")
    );
    // The copy that the browser had would have been believed for a minute.
    assert_eq!(me(&visitor)["name"], "Ada <King>");
    let refused = ACCOUNT.submit(&visitor, "profile", &[("name", " ")]);
    let refused = refused.expect(422).text();
    assert!(
        refused.contains("Type your name.") && refused.contains("<title>Error: "),
        "{refused}"
    );
}

fn a_password_that_changes_signs_everybody_else_out(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    let elsewhere = gatelet.visitor();
    account.sign_in(&elsewhere, "/").expect(303);
    let thief = gatelet.visitor().with_cookies_of(&visitor);
    assert!(is_in(&elsewhere) && is_in(&thief));

    let before = token(&visitor);
    let new = Account::new("Ada Lovelace").password;
    let answer = ACCOUNT.submit(&visitor, "password", &[("act", "set"), ("password", &new)]);
    ACCOUNT.expect_done(answer, "password", "password-set");
    assert_ne!(token(&visitor), before, "another token");
    assert!(is_in(&visitor), "and signed in still");
    assert!(!is_in(&elsewhere), "not elsewhere");
    assert!(!is_in(&thief), "nor by a copy of the cookie from before");

    account.sign_in(&gatelet.visitor(), "/").expect(401);
    let changed = Account {
        password: new,
        ..account
    };
    changed.sign_in(&gatelet.visitor(), "/").expect(303);
}

fn a_password_that_will_not_do_is_not_set(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    for (typed, said) in [
        ("", "Type a password."),
        ("short", "Use at least 8 characters."),
        ("password123", "among the first that are guessed"),
        (account.email.as_str(), "is guessed first"),
    ] {
        let answer = ACCOUNT.submit(&visitor, "password", &[("act", "set"), ("password", typed)]);
        let text = answer.expect(422).text();
        assert!(text.contains(said), "{typed}: {text}");
        assert!(typed.is_empty() || !text.contains(&format!("\"{typed}\"")) || typed.contains('@'));
    }
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

fn the_only_way_in_is_not_taken_away(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    let page = ACCOUNT.shown(&visitor, "password");
    assert!(!page.text().contains("Remove the password"));
    let path = "/auth/account/password";
    let form = page.form(path).fill("act", "remove");
    let refused = visitor.submit(&form, &page.url).send().expect(409);
    assert!(refused.text().contains("<code>account.last_way_in</code>"));
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

fn what_happened_to_an_account_is_told_to_its_user(engine: Engine) {
    let gatelet = started(engine);
    let ((visitor, account), (stranger, _)) = (signed_in(&gatelet), signed_in(&gatelet));
    let wrong = Account {
        password: "not the password".into(),
        ..account
    };
    for _ in 0..2 {
        wrong.sign_in(&gatelet.visitor(), "/").expect(401);
    }
    ACCOUNT
        .submit(&visitor, "profile", &[("name", "Countess")])
        .expect(303);
    let text = ACCOUNT.shown(&visitor, "events").text();
    for words in [
        "Your profile was changed",
        "Somebody typed a wrong password",
        "2 times",
        "Your account was made",
        "You signed in",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let others = ACCOUNT.shown(&stranger, "events").text();
    assert!(!others.contains("Your profile was changed"), "{others}");
    assert!(!others.contains("wrong password"), "{others}");
}

fn an_export_has_all_that_is_kept_and_nothing_that_lets_anybody_in(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    let made = ACCOUNT.submit(
        &visitor,
        "tokens",
        &[("act", "create"), ("name", "Nightly"), ("days", "7")],
    );
    let secret = tokens::shown_once(&made.expect(201));
    let answer = ACCOUNT.submit(&visitor, "export", &[]).expect(200);
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"account.json\""
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    let export = answer.json();
    assert_eq!(export["user"]["email"], account.email.as_str());
    assert_eq!(export["user"]["id"], me(&visitor)["id"]);
    assert_eq!(export["accounts"][0]["provider"], "password");
    assert_eq!(export["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(export["accessTokens"][0]["name"], "Nightly");
    assert_eq!(export["recoveryCodesLeft"], 0);
    assert!(export["authenticator"].is_null() && export["passkeys"] == serde_json::json!([]));
    let events = export["events"].as_array().expect("a list");
    assert!(events.iter().any(|event| event["act"] == "token.made"));
    let text = answer.text();
    let digest: String = sha2_hex(&token(&visitor));
    for secret in ["argon2", account.password.as_str(), &secret, &digest] {
        assert!(!text.contains(secret), "{secret}");
    }
}

fn sha2_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What lets people in is not for whoever finds a browser signed in an hour later.
#[test]
fn pages_that_say_who_gets_in_ask_for_a_proof_of_a_short_while_ago() {
    let gatelet = started(Engine::Postgres);
    let (visitor, account) = signed_in(&gatelet);
    let stale = visitor.visit("/auth/account/password").send().expect(200);
    gatelet
        .database()
        .execute("UPDATE auth_sessions SET authenticated_at = authenticated_at - 601");
    for page in ["password", "tokens", "export", "delete"] {
        let path = format!("/auth/account/{page}");
        let encoded = path.replace('/', "%2F");
        visitor
            .visit(&path)
            .send()
            .expect_redirect(&format!("/auth/confirm?return_to={encoded}"));
    }
    // Nor does a form do anything that was open before.
    let form = stale
        .form("/auth/account/password")
        .fill("password", "another good one 7");
    visitor
        .submit(&form, &stale.url)
        .send()
        .expect_redirect("/auth/confirm?return_to=%2Fauth%2Faccount%2Fpassword");
    account.sign_in(&gatelet.visitor(), "/").expect(303);
    for page in ["profile", "sessions"] {
        ACCOUNT.shown(&visitor, page);
    }
}
