//! Who may see what: rules by path and method, organisations, one passphrase.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use gatelet_tests::account::{sign_out, signed_in};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::response::Response;
use gatelet_tests::secrets;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use http::Method;

through_both_doors! {
    rules_hold_by_path_and_method,
    what_is_moved_needs_the_right_to_both_paths,
    the_passphrase_opens_what_asks_for_it_and_tells_the_app_of_nobody,
    an_account_of_no_listed_organisation_ends_on_a_page_that_says_which_it_is,
}

const RULES: &str = "GET /public/* public; /org/* org acme.com; /pass/* passphrase; \
    /either/* passphrase or signed-in";
const PASSPHRASE: &str = "correct horse battery staple";
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$eZ8SueF3EIJEgtgpg1rLafWpNVv3dMTwc0KCOxG5CSg";
/// Of something else.
const OTHER_HASH: &str = "$argon2id$v=19$m=8192,t=3,p=2$CQkJCQkJCQkJCQkJCQkJCQ$9KOjHPDiu8/8ojzTJLTBfLrjWUoJ0ahCOXWMoY1gbkk";

fn ruled(upstream: &Upstream, door: Door) -> Gatelet {
    Setup::new(Engine::Sqlite)
        .upstream(upstream)
        .door(door)
        .variable("access_rules", RULES)
        .variable("passphrase_hash", HASH)
        .start()
}

/// Fills in the form; gives the answer to it.
fn show(visitor: &Visitor, passphrase: &str, return_to: &str) -> Response {
    let page = visitor
        .visit(&format!("/auth/passphrase?return_to={return_to}"))
        .send()
        .expect(200);
    let form = page.form("/auth/passphrase").fill("passphrase", passphrase);
    visitor.submit(&form, &page.url).send()
}

fn rules_hold_by_path_and_method(door: Door) {
    let upstream = Upstream::start();
    let gatelet = ruled(&upstream, door);
    let visitor = gatelet.visitor();
    for (method, target, status) in [
        (Method::GET, "/public/x", 200),
        (Method::HEAD, "/public/x", 200),
        (Method::POST, "/public/x", 401),
        (Method::OPTIONS, "/public/x", 401),
        (Method::GET, "/public", 401),
        (Method::GET, "/public/../pass/x", 401),
        (Method::GET, "/public/%2e%2e/pass/x", 401),
        (Method::GET, "/public//x", 401),
        (Method::GET, "/x", 401),
        (Method::GET, "/org/x", 401),
        (Method::GET, "/%6frg/x", 401),
        (Method::GET, "/PASS/x", 401),
    ] {
        let answer = visitor
            .request(method.clone(), "/")
            .exact_target(target)
            .send();
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{method} {target}: {}",
            answer.description()
        );
    }
    assert_eq!(upstream.seen().len(), 2, "nothing else arrived");
}

fn what_is_moved_needs_the_right_to_both_paths(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("access_rules", "/* public; /org/* signed-in")
        .start();
    let home = gatelet.base_url();
    let moved = |visitor: &Visitor, there: &str| {
        let method = Method::from_bytes(b"MOVE").expect("a method");
        let request = visitor.request(method, "/mine");
        request.header("destination", there).send()
    };
    let stranger = gatelet.visitor();
    let closed = format!("{home}/org/a");
    for there in [&*closed, "/org/a", "/org", "/x/../org/a", "org/a"] {
        moved(&stranger, there).expect_denial(401, "session.none");
    }
    assert!(upstream.seen().is_empty(), "nothing arrived");
    let told = |answer: Response| answer.expect(200).json()["headers"].to_string();
    let arrived = told(moved(&stranger, &format!("{home}/theirs")));
    assert!(
        arrived.contains(r#"["destination","/theirs"]"#),
        "{arrived}"
    );
    let (member, _) = signed_in(&gatelet);
    let arrived = told(moved(&member, &closed));
    assert!(arrived.contains(r#"["destination","/org/a"]"#), "{arrived}");
}

fn the_passphrase_opens_what_asks_for_it_and_tells_the_app_of_nobody(door: Door) {
    let upstream = Upstream::start();
    let mut gatelet = ruled(&upstream, door);
    let visitor = gatelet.visitor();
    visitor
        .visit("/pass/a?b=c")
        .send()
        .expect_redirect("/auth/passphrase?return_to=%2Fpass%2Fa%3Fb%3Dc");
    visitor
        .get("/pass/a")
        .send()
        .expect_denial(401, "access.passphrase");

    for (wrong, status) in [
        ("", 422),
        ("correct horse battery stapler", 401),
        (HASH, 401),
    ] {
        let answer = show(&visitor, wrong, "/pass/a").expect(status);
        assert!(answer.set_cookie("gatelet-passphrase=").is_none());
    }
    let page = visitor.visit("/auth/passphrase").send().expect(200);
    let form = page.form("/auth/passphrase").fill("passphrase", PASSPHRASE);
    let forged = form.clone().fill("csrf", "");
    let answer = visitor.submit(&forged, &page.url).send().expect(403);
    assert!(answer.set_cookie("gatelet-passphrase=").is_none());

    let answer = show(&visitor, PASSPHRASE, "/pass/a?b=c").expect(303);
    let app = visitor.follow(answer).expect(200);
    assert_eq!(app.url.path(), "/pass/a");
    let echo = visitor
        .get("/pass/a")
        .header("x-forwarded-user", "root")
        .header("x-forwarded-provider", "passphrase")
        .header("cookie", "theme=dark")
        .send()
        .expect(200)
        .json();
    let arrived = echo["headers"].to_string();
    assert!(arrived.contains(r#"["cookie","theme=dark"]"#), "{arrived}");
    for name in ["x-forwarded-user", "x-forwarded-provider", "passphrase"] {
        assert!(!arrived.contains(name), "{name}: {arrived}");
    }
    visitor.get("/either/a").send().expect(200);
    visitor.get("/x").send().expect_denial(401, "session.none");

    let page = visitor.visit("/auth/passphrase").send().expect(200);
    assert!(page.text().contains("Passphrase accepted"));
    let cookie = visitor.cookie("gatelet-passphrase").expect("the cookie");
    let stranger = gatelet.visitor();
    let showing = |value: &str| {
        let cookie = format!("gatelet-passphrase={value}");
        stranger.get("/pass/a").header("cookie", &cookie).send()
    };
    showing(&cookie.value).expect(200);
    showing(&format!("{}x", cookie.value)).expect_denial(401, "access.passphrase");

    // A new passphrase ends what the old one opened.
    gatelet.restart_with(&[("passphrase_hash", OTHER_HASH)]);
    visitor
        .get("/pass/a")
        .send()
        .expect_denial(401, "access.passphrase");
    gatelet.restart_with(&[("passphrase_hash", HASH)]);
    visitor.get("/pass/a").send().expect(200);
    let page = visitor.visit("/auth/passphrase").send().expect(200);
    let form = page.form("/auth/sign-out");
    visitor.submit(&form, &page.url).send().expect(303);
    visitor
        .get("/pass/a")
        .send()
        .expect_denial(401, "access.passphrase");
}

fn an_account_of_no_listed_organisation_ends_on_a_page_that_says_which_it_is(door: Door) {
    let upstream = Upstream::start();
    let gatelet = ruled(&upstream, door);
    let (visitor, account) = signed_in(&gatelet);
    visitor.get("/either/a").send().expect(200);
    let page = visitor.visit("/org/a?b=c").send().expect(403);
    let text = page.text();
    assert!(
        text.contains(&format!("You are signed in as {}.", account.email))
            && text.contains("href=\"/auth/sign-out?return_to=%2Forg%2Fa%3Fb%3Dc\""),
        "{text}"
    );
    visitor
        .get("/org/a")
        .send()
        .expect_denial(403, "access.org");
    // What servers on Windows, and others, take for the same place.
    for spelling in ["/org./a", "/org%20/a", "/org::$DATA/a"] {
        let answer = visitor.get("/").exact_target(spelling).send();
        answer.expect_denial(403, "access.org");
    }
    // What could be any path must pass every rule, and one asks for the passphrase.
    for any in ["/either/..%20/org/a", "/either/%EF%BC%8E%EF%BC%8E/org/a"] {
        let answer = visitor.get("/").exact_target(any).send();
        answer.expect_denial(401, "access.passphrase");
    }
    visitor.get("/either/v1:batch").send().expect(200);
    sign_out(&visitor).expect(303);
    visitor
        .visit("/org/a")
        .send()
        .expect_redirect("/auth/sign-in?return_to=%2Forg%2Fa");
}

/// Typed by a person and by a program, right and wrong.
#[test]
fn nothing_keeps_the_passphrase() {
    const WRONG: &str = "entirely wrong horse battery";
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Postgres)
        .upstream(&upstream)
        .variable("access_rules", RULES)
        .variable("passphrase_hash", HASH)
        .start();
    let (_, account) = signed_in(&gatelet);
    let mut kept = Vec::new();
    for typed in [WRONG, PASSPHRASE] {
        secrets::remember(typed);
        let right = typed == PASSPHRASE;
        let visitor = gatelet.visitor();
        let answer = show(&visitor, typed, "/pass/a").expect(if right { 303 } else { 401 });
        assert_eq!(answer.set_cookie("gatelet-passphrase=").is_some(), right);
        kept.push(("the answer to a person", said(&answer)));
        let page = visitor.follow(answer);
        kept.push(("the page after it", said(&page)));

        let visitor = gatelet.visitor();
        let page = visitor.visit("/auth/passphrase").send().expect(200);
        let form = page.form("/auth/passphrase").fill("passphrase", typed);
        let request = visitor.submit(&form, &page.url).without("accept");
        let request = request.without("sec-fetch-mode");
        let answer = request.header("accept", "application/json").send();
        let answer = answer.expect(if right { 303 } else { 401 });
        kept.push(("the answer to a program", said(&answer)));
        let cookies = format!("{:?}", visitor.jar());
        assert_eq!(visitor.jar().get("gatelet-passphrase").is_some(), right);
        kept.push(("the browser", cookies));
        if right {
            visitor.get("/pass/program").send().expect(200);
        }
    }
    let seen = upstream.seen();
    let there = |target: &str| seen.iter().any(|seen| seen.target == target);
    assert!(there("/pass/a") && there("/pass/program"), "{seen:?}");
    kept.push(("the app", format!("{seen:?}")));
    gatelet.wait_for_line(&["passphrase.wrong"]);
    gatelet.wait_for_line(&["GET /pass/program"]);
    kept.push(("the log", gatelet.log()));
    let database = gatelet.database();
    assert!(database.contains(&account.email), "it is the one in use");
    for spelling in [WRONG, PASSPHRASE]
        .iter()
        .flat_map(|typed| spellings(typed))
    {
        for (place, text) in &kept {
            assert!(!text.contains(&spelling), "{place}: {spelling}: {text}");
        }
        assert!(!database.contains(&spelling), "the database: {spelling}");
    }
}

/// As it is written where it is written at all, in whole or the first words of it.
fn spellings(typed: &str) -> Vec<String> {
    let (words, _) = typed.rsplit_once(' ').expect("some words");
    vec![
        words.to_owned(),
        words.replace(' ', "+"),
        words.replace(' ', "%20"),
        BASE64_STANDARD_NO_PAD.encode(typed)[..24].to_owned(),
    ]
}

/// All of an answer: its URL, its head, its body; what is base64 in its cookies in the
/// clear too.
fn said(answer: &Response) -> String {
    let cookies = answer.every("set-cookie").join(";");
    let parts = cookies.split(['.', ';', '=']);
    let decoded = parts.filter_map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    let decoded: Vec<_> = decoded
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    format!(
        "{} {:?} {} {decoded:?}",
        answer.url,
        answer.headers,
        answer.text()
    )
}

#[test]
fn without_a_passphrase_there_is_no_page_for_one() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    gatelet
        .visitor()
        .visit("/auth/passphrase")
        .send()
        .expect(404);
}

/// As the README says it is opened.
#[test]
fn a_preflight_reaches_the_app_where_a_rule_opens_it_and_nothing_else_does() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("access_rules", "OPTIONS /api/* public")
        .start();
    let visitor = gatelet.visitor();
    for (method, path, status) in [
        (Method::OPTIONS, "/api/x", 200),
        (Method::OPTIONS, "/x", 401),
        (Method::PUT, "/api/x", 401),
    ] {
        let request = visitor.request(method.clone(), path);
        let preflight = request
            .header("Origin", "https://other.example")
            .header("Access-Control-Request-Method", "PUT");
        let answer = preflight.send();
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
    }
}
