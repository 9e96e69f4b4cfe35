//! Session cookies that are not, or no longer, or not here.

use std::time::{SystemTime, UNIX_EPOCH};

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::response::Response;
use gatelet_tests::session_cookie::{SessionCookie, sign};
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use http::Method;
use url::Url;

through_both_doors! {
    a_forged_or_broken_cookie_lets_nobody_in,
    a_cookie_of_another_origin_is_refused,
    an_expired_cookie_is_refused,
    a_bad_copy_does_not_hide_the_good_cookie,
    hundreds_of_cookies_are_bounded_work,
    cookies_that_are_no_text_stay_beside_ours,
    a_stale_cookie_is_signed_anew_after_one_look_at_the_database,
    a_cookie_from_before_methods_were_written_is_a_stale_session,
    a_renewed_cookie_is_on_no_answer_that_a_shared_cache_keeps,
}

/// Signed in, with the signing key and the cookie taken apart.
struct Case {
    gatelet: Gatelet,
    upstream: Upstream,
    visitor: Visitor,
    account: Account,
    key: String,
    cookie: SessionCookie,
}

impl Case {
    fn new(door: Door, variables: &[(&str, &str)]) -> Self {
        let upstream = Upstream::start();
        let key = session_key("k1");
        let mut setup = Setup::new(Engine::Sqlite)
            .upstream(&upstream)
            .door(door)
            .variable("session_keys", &key);
        for (name, value) in variables {
            setup = setup.variable(name, value);
        }
        let gatelet = setup.start();
        let (visitor, account) = signed_in(&gatelet);
        let value = visitor.cookie("gatelet").expect("signed in").value;
        let cookie = SessionCookie::parse(&value);
        assert_eq!(
            cookie.signed_with(&key),
            value,
            "the format is the documented one"
        );
        Self {
            gatelet,
            upstream,
            visitor,
            account,
            key,
            cookie,
        }
    }

    /// Asks the app with this `Cookie` field.
    fn with(&self, cookies: &str) -> Response {
        self.visitor
            .get("/private")
            .without_cookies()
            .header("cookie", cookies)
            .send()
    }

    fn value(&self) -> String {
        self.cookie.signed_with(&self.key)
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
}

fn a_forged_or_broken_cookie_lets_nobody_in(door: Door) {
    let case = Case::new(door, &[]);
    case.with(&format!("gatelet={}", case.value())).expect(200);
    let arrived = case.upstream.seen().len();

    let good = case.value();
    let parts: Vec<&str> = good.split('.').collect();
    let swapped = |position: usize, with: &str| {
        let mut parts = parts.clone();
        parts[position] = with;
        parts.join(".")
    };
    // Some other text of the same letters.
    let turned = |text: &str| text.chars().rev().collect::<String>();
    let other_user = SessionCookie {
        user_id: "00000000-0000-4000-8000-000000000000".into(),
        ..case.cookie.clone()
    };
    let unknown_key = SessionCookie {
        key_id: "k9".into(),
        ..case.cookie.clone()
    };
    let zero_key = format!("k1:{}", "A".repeat(43));
    let mut padded = case.cookie.claims();
    padded.push(0);
    let padded = {
        use base64::Engine as _;
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(padded)
    };

    let mut forgeries = vec![
        ("nothing".to_owned(), String::new()),
        ("words".to_owned(), "hello".to_owned()),
        ("dots".to_owned(), "v1...".to_owned()),
        ("more dots".to_owned(), ".".repeat(1000)),
        ("another version".to_owned(), swapped(0, "v2")),
        ("no key id".to_owned(), swapped(1, "")),
        ("another key id".to_owned(), swapped(1, "k2")),
        ("a long key id".to_owned(), swapped(1, &"k".repeat(300))),
        ("no claims".to_owned(), swapped(2, "")),
        ("other claims under the old signature".to_owned(), {
            use base64::Engine as _;
            swapped(
                2,
                &base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(other_user.claims()),
            )
        }),
        ("no signature".to_owned(), swapped(3, "")),
        (
            "another signature".to_owned(),
            swapped(3, &turned(parts[3])),
        ),
        (
            "signed with another key".to_owned(),
            case.cookie.signed_with(&session_key("k1")),
        ),
        (
            "signed with zeroes".to_owned(),
            case.cookie.signed_with(&zero_key),
        ),
        (
            "signed with an unknown key".to_owned(),
            unknown_key.signed_with(&session_key("k9")),
        ),
        (
            "a known key under another id".to_owned(),
            unknown_key.signed_with(&case.key),
        ),
        (
            "well signed, claims too long".to_owned(),
            sign(&format!("v1.k1.{}", "A".repeat(4000)), &case.key),
        ),
        (
            "well signed, no claims".to_owned(),
            sign("v1.k1.", &case.key),
        ),
        (
            "well signed, something left over".to_owned(),
            sign(&format!("v1.k1.{padded}"), &case.key),
        ),
        (
            "well signed, a short token".to_owned(),
            SessionCookie {
                token: vec![1; 16],
                ..case.cookie.clone()
            }
            .signed_with(&case.key),
        ),
        (
            "well signed, no audience".to_owned(),
            SessionCookie {
                audience: String::new(),
                ..case.cookie.clone()
            }
            .signed_with(&case.key),
        ),
        (
            "well signed, times past the end of time".to_owned(),
            SessionCookie {
                good_seconds: u64::MAX,
                ..case.cookie.clone()
            }
            .signed_with(&case.key),
        ),
        ("base64 with padding".to_owned(), format!("{good}=")),
        ("quoted".to_owned(), format!("\"{good}\"")),
        ("percent-encoded".to_owned(), good.replace('.', "%2e")),
        ("16 KiB".to_owned(), "A".repeat(16 * 1024)),
        ("twice".to_owned(), format!("{good}.{good}")),
    ];
    for length in [1, 10, good.len() / 2, good.len() - 1] {
        forgeries.push((format!("cut to {length}"), good[..length].to_owned()));
    }
    for position in (0..good.len()).step_by(7) {
        let mut bytes = good.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        forgeries.push((
            format!("byte {position} changed"),
            String::from_utf8(bytes).expect("ASCII"),
        ));
    }
    for (what, value) in forgeries {
        let answer = case.with(&format!("gatelet={value}"));
        assert_eq!(
            answer.status.as_u16(),
            401,
            "{what}: {}",
            answer.description()
        );
        assert_eq!(answer.json()["error"], "session.invalid", "{what}");
    }
    let name = case.visitor.cookie("gatelet").expect("signed in").name;
    let name = name.as_bytes();
    for raw in [
        &[name, b"=\xff\xfe"].concat()[..],
        &[b"\xff=\xff; ", name].concat(),
        name,
        b"=; ;;=;",
        b";;;;;;",
        &[name, b"=;", name, b"="].concat(),
    ] {
        let answer = case
            .visitor
            .get("/private")
            .without_cookies()
            .header_bytes("cookie", raw)
            .send();
        assert_eq!(
            answer.status.as_u16(),
            401,
            "{raw:?}: {}",
            answer.description()
        );
    }
    // Names are told apart exactly.
    for name in [
        "Gatelet",
        "gatelet-",
        "__Host-gatelet",
        "__Secure-gatelet",
        "xgatelet",
        "gatelet2",
    ] {
        let answer = case.with(&format!("{name}={good}"));
        assert_eq!(
            answer.status.as_u16(),
            401,
            "{name}: {}",
            answer.description()
        );
    }
    assert_eq!(
        case.upstream.seen().len(),
        arrived,
        "nothing reached the app"
    );
}

fn a_cookie_of_another_origin_is_refused(door: Door) {
    let case = Case::new(door, &[]);
    for audience in [
        "https://localhost",
        "http://localhost",
        "http://elsewhere.example",
        &case.gatelet.base_url().to_uppercase(),
        &format!("{}/", case.gatelet.base_url()),
        &format!("{}.evil.example", case.gatelet.base_url()),
    ] {
        let foreign = SessionCookie {
            audience: audience.to_owned(),
            ..case.cookie.clone()
        };
        let answer = case.with(&format!("gatelet={}", foreign.signed_with(&case.key)));
        answer.expect_denial(401, "session.invalid");
    }

    // A second origin that shares keys and database, but not the domain.
    let upstream = Upstream::start();
    let other = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("session_keys", &case.key)
        .start();
    other
        .visitor()
        .get("/private")
        .header("cookie", &format!("gatelet={}", case.value()))
        .send()
        .expect_denial(401, "session.invalid");
    assert!(upstream.seen().is_empty());
}

fn an_expired_cookie_is_refused(door: Door) {
    let case = Case::new(door, &[]);
    let expired = SessionCookie {
        issued_at: now() - 1000,
        fresh_seconds: 2000,
        good_seconds: 999,
        ..case.cookie.clone()
    };
    let answer = case.with(&format!("gatelet={}", expired.signed_with(&case.key)));
    let answer = answer.expect_denial(401, "session.expired");
    // A browser has dropped it by now: its `Max-Age` is its time.
    assert_eq!(answer.set_cookie("gatelet"), None);
    // Fresh for longer than the setting allows is not fresh: the database decides.
    let stretched = SessionCookie {
        issued_at: now() - 1000,
        fresh_seconds: 100_000,
        token: vec![7; 32],
        ..case.cookie.clone()
    };
    let answer = case.with(&format!("gatelet={}", stretched.signed_with(&case.key)));
    answer.expect_denial(401, "session.expired");
}

fn a_bad_copy_does_not_hide_the_good_cookie(door: Door) {
    let case = Case::new(door, &[]);
    let good = case.value();
    let bad = case.cookie.signed_with(&session_key("k1"));
    for cookies in [
        format!("gatelet={bad}; gatelet={good}"),
        format!("gatelet={good}; gatelet={bad}"),
        format!("gatelet=; gatelet=nonsense; gatelet={good}; gatelet={bad}"),
        format!("a=1;gatelet={good};b=2"),
        format!("gatelet={good}; \u{e4}\u{f6}={bad}"),
    ] {
        let answer = case
            .visitor
            .get("/private")
            .without_cookies()
            .header("cookie", &cookies)
            .send();
        assert_eq!(
            answer.status.as_u16(),
            200,
            "{cookies}: {}",
            answer.description()
        );
    }
    let two_fields = case
        .visitor
        .get("/private")
        .without_cookies()
        .header("cookie", &format!("gatelet={bad}"))
        .header("cookie", &format!("gatelet={good}"))
        .send();
    two_fields.expect(200);
}

fn hundreds_of_cookies_are_bounded_work(door: Door) {
    let case = Case::new(door, &[]);
    let bad = case.cookie.signed_with(&session_key("k1"));
    let good = case.value();
    let arrived = case.upstream.seen().len();
    // Eight of ours are looked at, among two hundred and fifty-six of anybody's.
    for (before, many, says) in [
        (&*format!("gatelet={bad}; "), 7, "it is found"),
        (&format!("gatelet={bad}; "), 8, "session.invalid"),
        ("c=1; ", 255, "it is found"),
        ("c=1; ", 256, "session.none"),
        ("c=1; ", 3000, "session.none"),
    ] {
        let answer = case.with(&format!("{}gatelet={good}", before.repeat(many)));
        if says == "it is found" {
            answer.expect(200);
        } else {
            answer.expect_denial(401, says);
        }
    }
    assert_eq!(case.upstream.seen().len(), arrived + 2);
}

fn cookies_that_are_no_text_stay_beside_ours(door: Door) {
    let case = Case::new(door, &[]);
    // In Latin-1, as some servers set them and browsers send them back.
    let others = b"na\xefve=caf\xe9; b=2";
    case.visitor
        .get("/private")
        .without_cookies()
        .header("cookie", &format!("gatelet={}", case.value()))
        .header_bytes("cookie", others)
        .send()
        .expect(200);
    let seen = case.upstream.seen_at("/private");
    let arrived = &seen.last().expect("it arrived").headers["cookie"];
    assert_eq!(arrived.as_bytes(), others);
}

fn a_stale_cookie_is_signed_anew_after_one_look_at_the_database(door: Door) {
    let case = Case::new(door, &[]);
    let stale = SessionCookie {
        issued_at: now() - 600,
        fresh_seconds: 60,
        ..case.cookie.clone()
    };
    let answer = case
        .with(&format!("gatelet={}", stale.signed_with(&case.key)))
        .expect(200);
    let set = answer.set_cookie("gatelet=").expect("a new copy");
    let value = set["gatelet=".len()..].split(';').next().expect("a value");
    let renewed = SessionCookie::parse(value);
    assert_eq!(renewed.token, stale.token);
    assert_eq!(renewed.email, case.account.email);
    assert!(
        renewed.issued_at >= now() - 10 && renewed.fresh_seconds == 60,
        "{renewed:?}"
    );
    assert!(
        set.contains("; HttpOnly") && set.contains("; SameSite=Lax") && set.contains("; Path=/"),
        "{set}"
    );
    // While it is fresh nothing is set.
    let answer = case.with(&format!("gatelet={value}")).expect(200);
    assert!(
        answer.set_cookie("gatelet").is_none(),
        "{}",
        answer.description()
    );
    // What the row says counts, not what a stale copy says.
    let promoted = SessionCookie {
        email: "admin@example.com".into(),
        email_verified: true,
        ..stale
    };
    case.with(&format!("gatelet={}", promoted.signed_with(&case.key)))
        .expect(200);
    let seen = case.upstream.seen_at("/private");
    let last = &seen.last().expect("it arrived").headers;
    assert_eq!(last["x-forwarded-email"], case.account.email.as_str());
    assert_eq!(last["x-forwarded-email-verified"], "false");
}

/// A new release logs nobody out: the row knows what the cookie does not say.
fn a_cookie_from_before_methods_were_written_is_a_stale_session(door: Door) {
    let case = Case::new(door, &[]);
    let written = case.cookie.methods.clone().expect("methods");
    assert_eq!(written, ("pwd".to_owned(), 0));
    let before = SessionCookie {
        methods: None,
        email: "admin@example.com".into(),
        ..case.cookie.clone()
    };
    let cookie = format!("gatelet={}", before.signed_with(&case.key));
    let answer = case.with(&cookie).expect(200);
    let set = answer.set_cookie("gatelet=").expect("a new copy");
    let value = set["gatelet=".len()..].split(';').next().expect("a value");
    let renewed = SessionCookie::parse(value);
    assert_eq!(
        (&renewed.token, &renewed.user_id),
        (&before.token, &before.user_id)
    );
    assert_eq!(renewed.methods.expect("methods").0, "pwd");
    // What the row says counts: the store was asked, however fresh it was.
    let seen = case.upstream.seen_at("/private");
    let last = &seen.last().expect("it arrived").headers;
    assert_eq!(last["x-forwarded-email"], case.account.email.as_str());
}

fn a_renewed_cookie_is_on_no_answer_that_a_shared_cache_keeps(door: Door) {
    let case = Case::new(door, &[]);
    let ask = |cookies: &str, etag: Option<&str>| {
        let request = case.visitor.get("/cached").without_cookies();
        let request = request.header("cookie", cookies);
        match etag {
            Some(etag) => request.header("if-none-match", etag).send(),
            None => request.send(),
        }
    };
    let fresh = format!("gatelet={}", case.value());
    let stale = SessionCookie {
        issued_at: now() - 600,
        fresh_seconds: 60,
        ..case.cookie.clone()
    };
    let stale = format!("gatelet={}", stale.signed_with(&case.key));

    // What carries no cookie is cached as the app says.
    let untouched = ask(&fresh, None).expect(200);
    assert_eq!(untouched.set_cookie("gatelet="), None);
    let said = "public, max-age=600, s-maxage=900";
    assert_eq!(untouched.header("cache-control"), said);
    assert_eq!(untouched.header("cdn-cache-control"), "max-age=900");

    let renewed = ask(&stale, None).expect(200);
    assert!(renewed.set_cookie("gatelet=").is_some(), "{renewed:?}");
    assert_eq!(renewed.header("cache-control"), "private, max-age=600");
    assert_eq!(renewed.header("cdn-cache-control"), "");

    // A cache would add the cookie to what it has stored.
    let unmodified = ask(&stale, Some("\"one\"")).expect(304);
    assert_eq!(unmodified.set_cookie("gatelet"), None);
    assert_eq!(unmodified.header("cache-control"), said);

    let head = case
        .visitor
        .request(Method::HEAD, "/cached")
        .without_cookies();
    let head = head.header("cookie", &stale).send().expect(200);
    assert_eq!(head.set_cookie("gatelet"), None);
    assert_eq!(head.header("cache-control"), said);

    // One that ends with the answer is no better on a cached one.
    let gone = SessionCookie {
        token: vec![7; 32],
        issued_at: now() - 600,
        fresh_seconds: 60,
        ..case.cookie.clone()
    };
    let gone = format!("gatelet={}", gone.signed_with(&case.key));
    let refused = ask(&gone, None).expect(401);
    assert!(refused.set_cookie("gatelet=").is_some(), "{refused:?}");
    assert_eq!(refused.header("cache-control"), "no-store");
}

#[test]
fn concurrent_requests_with_a_stale_session_all_pass() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Postgres)
        .upstream(&upstream)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    std::thread::scope(|scope| {
        let requests: Vec<_> = (0..16)
            .map(|_| {
                let copy = gatelet.visitor().with_cookies_of(&visitor);
                scope.spawn(move || {
                    (0..10)
                        .map(|_| copy.get("/x").send().status.as_u16())
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for statuses in requests {
            assert_eq!(statuses.join().expect("no failure"), [200; 10]);
        }
    });
}

#[test]
fn rotating_the_signing_key_logs_nobody_out_until_the_old_one_goes() {
    let (old, new) = (session_key("k1"), session_key("k2"));
    let upstream = Upstream::start();
    let mut gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("session_keys", &old)
        .start();
    let (visitor, _) = signed_in(&gatelet);
    let kept = gatelet.visitor().with_cookies_of(&visitor);

    gatelet.restart_with(&[("session_keys", &format!("{new},{old}"))]);
    visitor.get("/x").send().expect(200);
    // A sign-in now is signed by the new key.
    let (newcomer, _) = signed_in(&gatelet);
    assert_eq!(
        SessionCookie::parse(&newcomer.cookie("gatelet").expect("in").value).key_id,
        "k2"
    );

    gatelet.restart_with(&[("session_keys", &new)]);
    newcomer.get("/x").send().expect(200);
    kept.get("/x").send().expect_denial(401, "session.invalid");
}

#[test]
fn revocation_is_complete_within_the_freshness_window() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Postgres)
        .upstream(&upstream)
        .variable("session_fresh_seconds", "2")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    visitor.get("/x").send().expect(200);
    gatelet.database().execute("DELETE FROM auth_sessions");
    std::thread::sleep(std::time::Duration::from_millis(3100));
    visitor
        .get("/x")
        .send()
        .expect_denial(401, "session.expired");
}

#[test]
fn idle_and_absolute_lifetimes_end_a_session() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Postgres)
        .upstream(&upstream)
        .variable("session_fresh_seconds", "0")
        .start();
    let past = now() - 1;
    for columns in [
        format!("idle_expires_at = {past}"),
        format!("idle_expires_at = {past}, expires_at = {past}"),
    ] {
        let (visitor, _) = signed_in(&gatelet);
        visitor.get("/x").send().expect(200);
        gatelet
            .database()
            .execute(&format!("UPDATE auth_sessions SET {columns}"));
        visitor
            .get("/x")
            .send()
            .expect_denial(401, "session.expired");
    }
}

#[test]
fn a_session_slides_while_it_is_used() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Postgres)
        .upstream(&upstream)
        .variable("session_fresh_seconds", "0")
        .variable("session_idle_seconds", "1000")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    let database = gatelet.database();
    database.execute(&format!(
        "UPDATE auth_sessions SET idle_expires_at = {}",
        now() + 5
    ));
    visitor.get("/x").send().expect(200);
    let until: u64 = database
        .value("SELECT idle_expires_at FROM auth_sessions")
        .and_then(|text| text.parse().ok())
        .expect("a time");
    assert!(until >= now() + 990, "{until}");
}

#[test]
fn cookies_follow_the_base_url() {
    let case = |base: &str, more: &[(&str, &str)]| {
        let mut setup = Setup::new(Engine::Sqlite).variable("base_url", base);
        for (name, value) in more {
            setup = setup.variable(name, value);
        }
        let gatelet = setup.start();
        let (visitor, _) = signed_in(&gatelet);
        visitor.visit("/").send().expect(200);
        let cookies = visitor.jar().cookies().to_vec();
        for cookie in &cookies {
            assert!(
                cookie.http_only
                    && cookie.same_site.as_deref() == Some("Lax")
                    && cookie.path == "/",
                "{cookie:?}"
            );
        }
        cookies
    };
    let secure = case("https://app.example.com", &[]);
    assert!(
        secure.iter().any(|cookie| cookie.name == "__Host-gatelet"),
        "{secure:?}"
    );
    assert!(
        secure.iter().all(|cookie| cookie.secure
            && !cookie.for_subdomains
            && cookie.name.starts_with("__Host-")),
        "{secure:?}"
    );

    let shared = case(
        "https://app.example.com",
        &[("cookie_domain", "example.com")],
    );
    let session = shared
        .iter()
        .find(|cookie| cookie.name == "__Secure-gatelet")
        .expect("the shared name");
    assert!(session.secure && session.for_subdomains && session.domain == "example.com");
    // What its form is known by is for the host alone: siblings neither read nor set it.
    let others: Vec<_> = shared.iter().filter(|own| *own != session).collect();
    assert!(
        others.iter().any(|own| own.name == "__Host-gatelet-csrf")
            && others
                .iter()
                .all(|own| own.name.starts_with("__Host-") && !own.for_subdomains),
        "{others:?}"
    );

    let insecure = case("http://app.example.com", &[("insecure_http", "allow")]);
    assert!(
        insecure
            .iter()
            .any(|cookie| cookie.name == "gatelet" && !cookie.secure),
        "{insecure:?}"
    );
}

#[test]
fn a_form_is_not_known_by_a_cookie_that_a_sibling_planted() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("base_url", "https://one.example.com")
        .variable("cookie_domain", "example.com")
        .start();
    let attacker = gatelet.visitor();
    let theirs = attacker.visit("/auth/sign-in").send().expect(200);
    let seed = attacker.cookie("__Host-gatelet-csrf").expect("one").value;
    let victim = gatelet.visitor();
    let sibling = Url::parse("https://evil.example.com/").expect("a URL");
    victim.change_jar(|jar| {
        let attributes = "Path=/; Domain=example.com; Secure";
        for name in ["__Secure-gatelet-csrf", "gatelet-csrf"] {
            assert!(jar.keep(&sibling, &format!("{name}={seed}; {attributes}")));
        }
        let host_only = format!("__Host-gatelet-csrf={seed}; {attributes}");
        assert!(!jar.keep(&sibling, &host_only), "no browser keeps it");
    });
    let form = theirs.form("/auth/sign-in");
    let form = form.fill("email", "a@example.com").fill("password", "x");
    let known = attacker.submit(&form, &theirs.url).send().expect(401);
    let wrong = known.text().contains("Email or password is wrong.");
    assert!(wrong, "{}", known.description());
    let refused = victim.submit(&form, &theirs.url).send().expect(403);
    assert!(
        refused.text().contains("This page was open too long."),
        "{}",
        refused.description()
    );
}

/// Cookies know no port.
#[test]
fn two_servers_at_two_ports_of_one_host_do_not_sign_each_other_out() {
    let (one, other) = (
        Gatelet::start(Engine::Sqlite),
        Gatelet::start(Engine::Sqlite),
    );
    let (visitor, _) = signed_in(&one);
    let at_other = other.visitor().with_cookies_of(&visitor);
    at_other.visit("/").send().expect(303);
    let account = Account::new("Zoe");
    account.sign_up(&at_other, "/").expect(303);
    let back = one.visitor().with_cookies_of(&at_other);
    back.visit("/").send().expect(200);
    at_other.visit("/").send().expect(200);
    let page = at_other.visit("/auth/sign-out").send().expect(200);
    let signed_out = at_other.submit(&page.form("/auth/sign-out"), &page.url);
    signed_out.send().expect(303);
    at_other.visit("/").send().expect(303);
    let back = one.visitor().with_cookies_of(&at_other);
    back.visit("/").send().expect(200);
}

#[test]
fn a_shared_cookie_domain_is_one_session_for_its_apps() {
    let (key, database) = (
        session_key("k1"),
        gatelet_tests::postgres::Database::fresh(),
    );
    let start = |host: &str| {
        Setup::new(Engine::Sqlite)
            .on(database.clone())
            .variable("session_keys", &key)
            .variable("base_url", &format!("https://{host}"))
            .variable("cookie_domain", "example.com")
            .start()
    };
    let (one, other) = (start("one.example.com"), start("other.example.com"));
    let (visitor, account) = signed_in(&one);
    let at_other = other.visitor().with_cookies_of(&visitor);
    let greeting = at_other.visit("/").send().expect(200).text();
    assert!(greeting.contains(&account.name), "{greeting}");
    // A host that only ends alike gets no cookie.
    let elsewhere = Setup::new(Engine::Sqlite)
        .variable("base_url", "https://evilexample.com")
        .start();
    elsewhere
        .visitor()
        .with_cookies_of(&visitor)
        .visit("/")
        .send()
        .expect(303);
}

#[test]
fn a_long_name_does_not_grow_the_cookie_past_what_browsers_keep() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    let account = Account {
        email: format!("{}@{}.example.com", "a".repeat(64), "b".repeat(60)),
        ..Account::new(&"Ж".repeat(80))
    };
    let answer = account.sign_up(&visitor, "/").expect(303);
    let set = answer.set_cookie("gatelet=").expect("signed in");
    assert!(set.len() <= 4096, "{}", set.len());
    visitor.visit("/").send().expect(200);
}
