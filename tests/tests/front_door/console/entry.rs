//! A link is handed on, and a person enters the value.

use std::thread;

use gatelet_tests::cases::Engine;
use gatelet_tests::form::unescape;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::secrets;
use gatelet_tests::visitor::Visitor;

use super::{CONSOLE, admin, member_of, setup, started};

on_both_engines! {
    a_link_is_looked_at_as_often_as_one_likes_and_entered_once,
    whoever_is_signed_out_comes_back_to_the_link,
    of_two_at_once_one_stores_and_the_other_is_told,
    a_value_has_at_most_8192_bytes_and_is_not_shown_again,
    a_link_is_no_members_and_no_other_origins,
    a_link_says_whom_rotating_touches,
}

const TOO_LONG: &str = "Secret value must be ≤ 8192 bytes.";

/// The link that an admin makes for this secret; its token stands in no log.
#[track_caller]
fn link(admin: &Visitor, name: &str) -> String {
    let made = CONSOLE
        .submit(admin, "secrets", &[("act", "request"), ("asked", name)])
        .expect(201);
    let text = made.text();
    let from = text.find("<code class=\"secret\">").expect("a link") + 21;
    let link = unescape(text[from..].split('<').next().expect("its end"));
    let (path, token) = link.split_once("?token=").expect("a token");
    assert!(path.ends_with("/auth/console/enter"), "{link}");
    secrets::remember(token);
    link
}

/// The page of the link, filled in.
#[track_caller]
fn enter(visitor: &Visitor, page: &Response, value: &str) -> Response {
    let form = page.form("/auth/console/enter").fill("value", value);
    visitor.submit(&form, &page.url).send()
}

#[track_caller]
fn expect_void(answer: Response) {
    let answer = answer.expect(410);
    assert!(answer.says_code("secret.link_void"));
    assert!(!answer.text().contains("<form"));
}

fn a_link_is_looked_at_as_often_as_one_likes_and_entered_once(engine: Engine) {
    let gatelet = started(engine);
    let (asks, _) = admin(&gatelet);
    let (enters, account) = admin(&gatelet);
    let link = link(&asks, "API_KEY");
    let value = "hunter2-by-a-link";
    secrets::remember(value);
    for _ in 0..3 {
        gatelet.visitor().visit(&link).send().expect(303);
        enters.visit(&link).send().expect(200);
    }
    let page = enters.visit(&link).send().expect(200);
    let text = page.text();
    assert!(text.contains("API_KEY") && text.contains("not there yet"));
    assert!(text.contains("autocomplete=\"off\"") && text.contains("spellcheck=\"false\""));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "strict-origin");
    assert!(CONSOLE.shown(&asks, "requests").text().contains("Waits"));

    let entered = enter(&enters, &page, value).expect(200);
    assert!(entered.text().contains("It is stored"));
    assert!(!entered.text().contains(value));
    expect_void(enter(&enters, &page, "another-value"));
    expect_void(enters.visit(&link).send());
    let requests = CONSOLE.shown(&asks, "requests").text();
    assert!(requests.contains("Entered") && !requests.contains("Waits"));
    let list = CONSOLE.shown(&asks, "secrets").text();
    assert!(list.contains(&account.email) && !list.contains(value));
    let audit = CONSOLE.shown(&asks, "audit").text();
    for act in ["secret.requested", "secret.entered", "secret.entry_refused"] {
        assert!(audit.contains(act), "{act}: {audit}");
    }
    if engine == Engine::Postgres {
        let token = link.split_once('=').expect("a token").1;
        for kept in [value, token] {
            assert!(!gatelet.database().contains(kept), "{kept}");
        }
    }
}

fn whoever_is_signed_out_comes_back_to_the_link(engine: Engine) {
    let gatelet = started(engine);
    let (asks, account) = admin(&gatelet);
    let link = link(&asks, "API_KEY");
    let visitor = gatelet.visitor();
    let sent = visitor.visit(&link).send().expect(303);
    let sign_in = sent.header("location").to_owned();
    assert!(
        sign_in.starts_with("/auth/sign-in?return_to=%2Fauth%2Fconsole%2Fenter%3Ftoken%3D"),
        "{sign_in}"
    );
    let path = link.strip_prefix(gatelet.base_url()).expect("here");
    let page = visitor.follow(account.sign_in(&visitor, path)).expect(200);
    assert_eq!(page.url.as_str(), link);
    enter(&visitor, &page, "hunter2-after-signing-in").expect(200);
}

fn of_two_at_once_one_stores_and_the_other_is_told(engine: Engine) {
    let gatelet = started(engine);
    let ((one, _), (other, _)) = (admin(&gatelet), admin(&gatelet));
    for round in 0..3 {
        let link = link(&one, &format!("API_KEY_{round}"));
        let pages = [&one, &other].map(|visitor| (visitor, visitor.visit(&link).send()));
        let statuses: Vec<u16> = thread::scope(|scope| {
            let entered = pages.map(|(visitor, page)| {
                scope.spawn(move || enter(visitor, &page, "hunter2-at-once").status.as_u16())
            });
            let joined = entered.into_iter();
            joined
                .map(|thread| thread.join().expect("it ends"))
                .collect()
        });
        let stored = statuses.iter().filter(|status| **status == 200).count();
        let told = statuses.iter().filter(|status| **status == 410).count();
        assert_eq!((stored, told), (1, 1), "{statuses:?}");
    }
}

fn a_value_has_at_most_8192_bytes_and_is_not_shown_again(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    let link = link(&visitor, "API_KEY");
    let page = visitor.visit(&link).send().expect(200);
    let marked = |bytes: usize| format!("hunter2-{}", "x".repeat(bytes - 8));
    for long in [marked(8_193), "ü".repeat(4_097), marked(200_000)] {
        let refused = enter(&visitor, &page, &long).expect(400).text();
        assert!(refused.contains(TOO_LONG), "{refused}");
        assert!(!refused.contains("hunter2") && !refused.contains("üü"));
    }
    let form = page
        .form("/auth/console/enter")
        .fill("value", &marked(8_193));
    let program = visitor.submit(&form, &page.url).without("accept");
    let program = program.without("sec-fetch-mode");
    let answer = program.header("accept", "application/json").send();
    let answer = answer.expect_denial(400, "secret.value_too_long");
    assert_eq!(answer.json()["message"], TOO_LONG);
    let empty = enter(&visitor, &page, "").expect(400).text();
    assert!(empty.contains("Secret value must not be empty."));
    // The link is as good as it was, and line ends count once.
    let lines = "a\r\n".repeat(4_096);
    enter(&visitor, &page, &lines).expect(200);
    let list = CONSOLE.shown(&visitor, "secrets").text();
    assert!(list.contains("API_KEY"));
}

fn a_link_is_no_members_and_no_other_origins(engine: Engine) {
    let setup = setup(engine);
    let port = port(&setup);
    let previews = format!("http://previews.localhost:{port}");
    let gatelet = setup
        .variable("preview_domain", &previews)
        .variable("app_name", "shop")
        .variable("origins_refresh_seconds", "1")
        .start();
    let (visitor, _) = admin(&gatelet);
    let (member, _) = member_of(&gatelet, "staff");
    let link = link(&visitor, "API_KEY");
    let refused = member.visit(&link).send().expect(403);
    assert!(!refused.text().contains("API_KEY"));

    let preview = gatelet_tests::commands::run(&gatelet, &["preview", "create", "one"]);
    let at_preview = gatelet.visitor_at(&preview);
    super::people::wait_until(|| at_preview.visit("/auth/sign-in").send().status == 200);
    let account = gatelet_tests::account::Account::new("Ada Lovelace");
    account.sign_up(&at_preview, "/").expect(303);
    let path = link.strip_prefix(gatelet.base_url()).expect("here");
    // Each component learns of origins by itself.
    super::people::wait_until(|| at_preview.visit("/auth/console").send().status != 421);
    for page in [path, "/auth/console", "/auth/mcp"] {
        let answer = at_preview.visit(page).send().expect(404);
        assert!(answer.says_code("page.not_found"), "{page}");
    }
    visitor.visit(&link).send().expect(200);
}

fn port(setup: &Setup) -> u16 {
    let url = url::Url::parse(setup.base_url()).expect("a URL");
    url.port().expect("a port of its own")
}

fn a_link_says_whom_rotating_touches(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    let put = [
        ("act", "put"),
        ("name", "API_KEY"),
        ("value", "hunter2-first"),
    ];
    CONSOLE.submit(&visitor, "secrets", &put).expect(303);
    CONSOLE
        .submit(&visitor, "applications", &[("name", "web")])
        .expect(303);
    let bind = [("act", "bind"), ("secret", "API_KEY"), ("as", "KEY_OF_WEB")];
    CONSOLE
        .submit(&visitor, "applications/web", &bind)
        .expect(303);
    let link = link(&visitor, "API_KEY");
    let page = visitor.visit(&link).send().expect(200);
    let text = page.text();
    assert!(text.contains("the new value") && text.contains("KEY_OF_WEB"));
    enter(&visitor, &page, "hunter2-second").expect(200);
    let application = CONSOLE.shown(&visitor, "applications/web").text();
    assert!(application.contains("The secret has changed since"));
    assert!(!application.contains("hunter2"));
}

#[test]
fn a_link_whose_time_is_over_stores_nothing() {
    let gatelet = started(Engine::Postgres);
    let (visitor, _) = admin(&gatelet);
    let link = link(&visitor, "API_KEY");
    let page = visitor.visit(&link).send().expect(200);
    gatelet
        .database()
        .execute("UPDATE auth_secret_requests SET created_at = 1, expires_at = 2");
    expect_void(enter(&visitor, &page, "hunter2-too-late"));
    expect_void(visitor.visit(&link).send());
    assert!(
        !CONSOLE
            .shown(&visitor, "secrets")
            .text()
            .contains(">API_KEY<")
    );
    let unknown = format!("/auth/console/enter?token={}", "A".repeat(43));
    for link in [
        unknown.as_str(),
        "/auth/console/enter",
        "/auth/console/enter?token=x",
    ] {
        expect_void(visitor.visit(link).send());
    }
}
