//! Where somebody is signed in, and where no longer.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::on_both_engines;

use super::{ACCOUNT, is_in, sha2_hex, started, token};

on_both_engines! {
    sessions_are_listed_by_what_people_know_them_by,
    a_session_is_ended_from_another,
    all_other_sessions_are_ended_and_this_one_stays,
    nobody_ends_somebody_elses_session,
    a_session_that_was_ended_sees_and_changes_nothing,
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn sessions_are_listed_by_what_people_know_them_by(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("session_fresh_seconds", "0")
        .variable("trusted_proxies", "127.0.0.1")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let elsewhere = gatelet.visitor();
    let page = elsewhere.visit("/auth/sign-in").send().expect(200);
    let form = page
        .form("/auth/sign-in")
        .fill("email", &account.email)
        .fill("password", &account.password);
    elsewhere
        .submit(&form, &page.url)
        .header("user-agent", FIREFOX)
        .header("x-forwarded-for", "198.51.100.7")
        .header("cf-ipcountry", "DE")
        .header("cf-ipcity", "<b>Berlin")
        .send()
        .expect(303);
    let text = ACCOUNT.shown(&visitor, "sessions").text();
    for part in [
        "Firefox on Linux",
        "198.51.100.7",
        "&#60;b&#62;Berlin, Germany",
        "This session",
        "Signed in with Password",
        "Last seen",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(text.matches("End session").count(), 1, "{text}");
}

/// The word on a place is a listed proxy's; of nobody else it is the visitor's own.
#[test]
fn a_place_that_a_visitor_claims_is_not_kept() {
    let gatelet = started(Engine::Sqlite);
    let (visitor, account) = signed_in(&gatelet);
    let elsewhere = gatelet.visitor();
    let page = elsewhere.visit("/auth/sign-in").send().expect(200);
    let form = page
        .form("/auth/sign-in")
        .fill("email", &account.email)
        .fill("password", &account.password);
    let answer = elsewhere
        .submit(&form, &page.url)
        .header("cf-ipcountry", "QZ");
    answer.send().expect(303);
    let text = ACCOUNT.shown(&visitor, "sessions").text();
    assert!(!text.contains("QZ"), "{text}");
}

fn a_session_is_ended_from_another(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    let (second, third) = (gatelet.visitor(), gatelet.visitor());
    account.sign_in(&second, "/").expect(303);
    account.sign_in(&third, "/").expect(303);
    let id = sha2_hex(&token(&second));
    let page = ACCOUNT.shown(&visitor, "sessions");
    let form = page.form_with("/auth/account/sessions", "session", &id);
    let answer = visitor.submit(&form, &page.url).send();
    ACCOUNT.expect_done(answer, "sessions", "session-ended");
    assert!(is_in(&visitor) && is_in(&third) && !is_in(&second));
    // Once more is no error.
    visitor.submit(&form, &page.url).send().expect(303);
    for id in ["", "x", &id[1..]] {
        let form = form.clone().fill("session", id);
        visitor.submit(&form, &page.url).send().expect(400);
    }
    let form = form.fill("act", "begin");
    visitor.submit(&form, &page.url).send().expect(400);
}

fn all_other_sessions_are_ended_and_this_one_stays(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    let (stranger, _) = signed_in(&gatelet);
    let others: Vec<_> = (0..3)
        .map(|_| {
            let other = gatelet.visitor();
            account.sign_in(&other, "/").expect(303);
            other
        })
        .collect();
    let answer = ACCOUNT.submit(&visitor, "sessions", &[("act", "end-others")]);
    ACCOUNT.expect_done(answer, "sessions", "others-ended");
    assert!(is_in(&visitor) && is_in(&stranger));
    assert!(others.iter().all(|other| !is_in(other)));
    let text = ACCOUNT.shown(&visitor, "sessions").text();
    assert!(!text.contains("End all other sessions"), "{text}");
}

fn nobody_ends_somebody_elses_session(engine: Engine) {
    let gatelet = started(engine);
    let ((ann, account), (bob, _)) = (signed_in(&gatelet), signed_in(&gatelet));
    let second = gatelet.visitor();
    account.sign_in(&second, "/").expect(303);
    let bob_sees = ACCOUNT.shown(&bob, "sessions").text();
    let (id, other) = (sha2_hex(&token(&ann)), sha2_hex(&token(&second)));
    assert!(!bob_sees.contains(&id) && !bob_sees.contains(&other));
    // Bob has a second session, and so a form; he puts Ann's id into it.
    let page = ACCOUNT.shown(&ann, "sessions");
    let form = page.form_with("/auth/account/sessions", "session", &other);
    let csrf = {
        let page = ACCOUNT.shown(&bob, "profile");
        page.form("/auth/account/profile")
            .value("csrf")
            .map(str::to_owned)
    };
    let with_anothers_token = form.clone().fill("csrf", &csrf.expect("a token"));
    bob.submit(&with_anothers_token, &page.url)
        .send()
        .expect(403);
    bob.submit(&form, &page.url).send().expect(403);
    assert!(is_in(&ann) && is_in(&second));
}

fn a_session_that_was_ended_sees_and_changes_nothing(engine: Engine) {
    // However fresh its cookie is.
    let gatelet = Setup::new(engine)
        .variable("session_fresh_seconds", "3600")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let ended = gatelet.visitor();
    account.sign_in(&ended, "/").expect(303);
    let page = ACCOUNT.shown(&ended, "profile");
    ACCOUNT
        .submit(&visitor, "sessions", &[("act", "end-others")])
        .expect(303);
    for page in [
        "profile", "sessions", "password", "tokens", "export", "delete",
    ] {
        let path = format!("/auth/account/{page}");
        let to = format!("/auth/sign-in?return_to={}", path.replace('/', "%2F"));
        ended.visit(&path).send().expect_redirect(&to);
    }
    let form = page.form("/auth/account/profile").fill("name", "Mallory");
    ended.submit(&form, &page.url).send().expect(303);
    let name = ACCOUNT
        .shown(&visitor, "profile")
        .form("/auth/account/profile");
    assert_eq!(name.value("name"), Some(account.name.as_str()));
}

/// Ten thousand of one account are a page like any other.
#[test]
fn a_page_of_ten_thousand_sessions_is_one_of_twenty() {
    let gatelet = started(Engine::Postgres);
    let (visitor, _) = signed_in(&gatelet);
    gatelet.database().execute(
        "INSERT INTO auth_sessions (token_digest, user_id, issuer, subject, provider, amr, \
         authenticated_at, audience, created_at, expires_at, idle_expires_at, idle_seconds) \
         SELECT sha256(convert_to(n::text, 'UTF8')), user_id, issuer, subject, provider, amr, \
         authenticated_at, audience, created_at - n / 3, expires_at, idle_expires_at, idle_seconds \
         FROM auth_sessions, generate_series(1, 10000) AS n",
    );
    gatelet.database().execute("ANALYZE auth_sessions");
    let plan = gatelet.database().value(
        "EXPLAIN (FORMAT JSON) SELECT token_digest FROM auth_sessions \
         WHERE user_id = (SELECT id FROM auth_users) AND expires_at > 1 AND idle_expires_at > 1 \
         AND (created_at, token_digest) < (9999999999, '\\xff') \
         ORDER BY created_at DESC, token_digest DESC LIMIT 21",
    );
    let plan = plan.expect("a plan");
    assert!(
        plan.contains("auth_sessions_of_user") && !plan.contains("\"Sort\""),
        "{plan}"
    );
    let page = ACCOUNT.shown(&visitor, "sessions");
    let text = page.text();
    assert!(text.matches("End session").count() <= 20);
    let next = text.split("<a href=\"").find_map(|rest| {
        let (href, after) = rest.split_once('"')?;
        after.contains(">Older sessions").then(|| href.to_owned())
    });
    let next = gatelet_tests::form::unescape(&next.expect("a next page"));
    let second = visitor.visit(&next).send().expect(200).text();
    assert_eq!(second.matches("End session").count(), 20);
    assert!(!second.contains("This session"));
    ACCOUNT
        .submit(&visitor, "sessions", &[("act", "end-others")])
        .expect(303);
    assert!(is_in(&visitor));
    let left = gatelet
        .database()
        .value("SELECT count(*)::text FROM auth_sessions");
    assert_eq!(left.as_deref(), Some("1"));
}
