//! Sessions of WorkOS, in cookies that its own SDK seals.

use std::thread;
use std::time::{Duration, Instant};

use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::cookie_jar::Cookie;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;
use gatelet_tests::workos::{COOKIE, WorkOsApp};
use gatelet_tests::{on_both_engines, through_both_doors};
use serde_json::json;

use super::told;

through_both_doors! {
    who_signed_in_with_workos_is_known_to_the_app_and_nobody_else_is,
    a_sealed_cookie_that_is_wrong_in_any_way_is_nobodys,
}

on_both_engines! {
    a_token_that_has_run_out_is_refreshed_by_one_of_many_callers,
    a_session_that_was_revoked_ends_on_a_page,
}

fn started(engine: Engine, change: impl FnOnce(Setup) -> Setup) -> (Gatelet, WorkOsApp) {
    let app = WorkOsApp::start();
    let setup = app.behind(Setup::new(engine));
    (change(setup).start(), app)
}

fn sealed(visitor: &Visitor) -> String {
    visitor.cookie(COOKIE).expect("signed in").value
}

/// Brings this cookie and no copy of ours.
fn brings(visitor: &Visitor, value: &str) {
    visitor.change_jar(|jar| {
        let of = jar.cookies().first().cloned().expect("a cookie");
        jar.forget("gatelet");
        jar.put(Cookie {
            name: COOKIE.to_owned(),
            value: value.to_owned(),
            ..of
        });
    });
}

fn wait_for_the_end_of_a_token() {
    thread::sleep(Duration::from_millis(2100));
}

fn who_signed_in_with_workos_is_known_to_the_app_and_nobody_else_is(door: Door) {
    let (gatelet, app) = started(Engine::Sqlite, |setup| setup.door(door));
    let visitor = gatelet.visitor();
    let first = visitor.visit("/a").send();
    let first = first.expect_redirect("/auth/sign-in?return_to=%2Fa");
    let led = visitor.visit(first.header("location")).send();
    led.expect_redirect("/login?return_to=%2Fa");

    WorkOsApp::sign_in(&visitor, "Ann.Lee@example.com");
    let request = visitor.get("/a").header("x-forwarded-user", "other");
    let told = request.send().expect(200).json();
    for (name, value) in [
        ("x-forwarded-user", "user_AnnLee"),
        ("x-forwarded-email", "ann.lee@example.com"),
        ("x-forwarded-email-verified", "true"),
        ("x-forwarded-name", "Ann Lee"),
        ("x-forwarded-provider", "workos"),
        // Its own SDK takes the cookie too.
        ("sdk", "user_AnnLee"),
    ] {
        assert_eq!(told[name], value, "{told}");
    }
    let me = visitor.get("/api/v1/auth/me").send().expect(200).json();
    assert_eq!(me["user"]["id"], "user_AnnLee");
    let said = visitor.get("/auth/session").send().expect(200).json();
    assert_eq!(
        (&said["active"], &said["provider"]),
        (&true.into(), &"workos".into())
    );

    // Fresh, it costs no look-up; another's cookie, or none, is not judged by it.
    app.set(&json!({ "away": true }));
    super::told(&visitor);
    let ours = visitor.jar();
    app.set(&json!({ "away": false }));
    let other = gatelet.visitor();
    WorkOsApp::sign_in(&other, "ben@example.com");
    let bens = sealed(&other);
    visitor.change_jar(|jar| {
        *jar = ours;
        let mut cookie = jar.get(COOKIE).cloned().expect("hers");
        cookie.value = bens;
        jar.put(cookie);
    });
    assert_eq!(super::told(&visitor)["x-forwarded-user"], "user_ben");
    visitor.change_jar(|jar| jar.forget_one(COOKIE));
    visitor.get("/a").send().expect_denial(401, "session.none");
    assert_eq!(app.counts(), (0, 0));
}

fn a_sealed_cookie_that_is_wrong_in_any_way_is_nobodys(door: Door) {
    let (gatelet, app) = started(Engine::Sqlite, |setup| setup.door(door));
    let visitor = gatelet.visitor();
    WorkOsApp::sign_in(&visitor, "ann@example.com");
    brings(&visitor, &app.wrong("good", "ann@example.com"));
    assert_eq!(
        told(&visitor)["x-forwarded-user"],
        "user_ann",
        "all else is right"
    );
    for (kind, code) in [
        ("password", "session.expired"),
        ("version", "session.expired"),
        ("truncated", "session.invalid"),
        ("expired", "session.expired"),
        ("user", "session.expired"),
        ("client", "session.expired"),
        ("key", "session.expired"),
        ("none", "session.expired"),
        ("empty", "session.expired"),
        ("bomb", "session.invalid"),
    ] {
        brings(&visitor, &app.wrong(kind, "ann@example.com"));
        let answer = visitor.get("/a").send().expect(401);
        assert_eq!(answer.json()["error"], code, "{kind}");
        let open = visitor.get("/open").send().expect(200).json();
        assert!(open.get("x-forwarded-user").is_none(), "{kind}: {open}");
    }
    for value in ["", "x", "Fe26.2*", "Fe26.2*1*a*b*c**d*e~2"] {
        brings(&visitor, value);
        visitor.get("/a").send().expect(401);
    }
    assert_eq!(app.counts(), (0, 0), "none of them is worth an exchange");
    // Its own keys may change at any time.
    app.rotate_keys();
    brings(&visitor, &app.wrong("good", "ann@example.com"));
    told(&visitor);
}

/// What would take the cookie's place reaches no browser by what is open already.
#[test]
fn a_stream_ends_with_its_token_and_leaves_the_exchange_to_the_next_request() {
    let upstream = Upstream::start();
    let change = |setup: Setup| {
        setup
            .upstream(&upstream)
            .variable("session_fresh_seconds", "1")
    };
    let (gatelet, app) = started(Engine::Sqlite, change);
    app.set(&json!({ "seconds": 5 }));
    let browser = Visitor::new(app.url());
    WorkOsApp::sign_in(&browser, "ann@example.com");
    let host = gatelet.base_url().trim_start_matches("http://");
    let request = |path: &str| {
        let seal = sealed(&browser);
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {COOKIE}={seal}\r\n\r\n")
    };
    let mut events = RawSocket::connect(gatelet.address());
    events.send(request("/events/600/100"));
    // Longer than it is believed without asking.
    let before = events.read_until("event 20");
    assert!(
        before.starts_with("HTTP/1.1 200 ") && before.contains("event 20"),
        "{before}"
    );
    let began = Instant::now();
    let rest = events.read_all();
    assert!(began.elapsed() < Duration::from_secs(15), "{rest}");
    assert!(!rest.ends_with("0\r\n\r\n"), "it did not end by itself");
    assert_eq!(app.counts(), (0, 0), "nothing was exchanged for it");

    app.set(&json!({ "seconds": 300 }));
    let mut again = RawSocket::connect(gatelet.address());
    again.send(request("/events/1/100"));
    let head = again.read_until("\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(
        head.contains(&format!("set-cookie: {COOKIE}=Fe26.2*")),
        "{head}"
    );
    assert_eq!(app.counts(), (1, 0));
}

/// Somebody who is signed in, and the cookie; the next token lasts.
fn whose_token_has_run_out(gatelet: &Gatelet, app: &WorkOsApp) -> (Visitor, String) {
    app.set(&json!({ "seconds": 2 }));
    let visitor = gatelet.visitor();
    WorkOsApp::sign_in(&visitor, "ann@example.com");
    told(&visitor);
    let before = sealed(&visitor);
    wait_for_the_end_of_a_token();
    app.set(&json!({ "seconds": 300 }));
    (visitor, before)
}

fn a_token_that_has_run_out_is_refreshed_by_one_of_many_callers(engine: Engine) {
    let (gatelet, app) = started(engine, |setup| setup);
    app.set(&json!({ "delay": 500 }));
    let (visitor, before) = whose_token_has_run_out(&gatelet, &app);
    let tabs: Vec<Visitor> = (0..6)
        .map(|_| gatelet.visitor().with_cookies_of(&visitor))
        .collect();
    let began = Instant::now();
    let after: Vec<String> = thread::scope(|scope| {
        let asked: Vec<_> = tabs
            .iter()
            .map(|tab| {
                scope.spawn(|| {
                    let told = told(tab);
                    // The app's own SDK has a cookie that is good, and exchanges nothing.
                    assert_eq!(told["x-forwarded-user"], "user_ann", "{told}");
                    assert_eq!(told["sdk"], "user_ann", "{told}");
                    sealed(tab)
                })
            })
            .collect();
        let done = asked
            .into_iter()
            .map(|tab| tab.join().expect("it is let in"));
        done.collect()
    });
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(app.counts(), (1, 0), "one of them exchanged it, once");
    assert!(after.iter().all(|one| *one == after[0] && *one != before));
    // A request that was under way with the cookie from before is followed.
    let late = gatelet.visitor().with_cookies_of(&visitor);
    told(&late);
    assert_eq!((sealed(&late), app.counts()), (after[0].clone(), (1, 0)));
    // And the next one needs nobody.
    app.set(&json!({ "away": true }));
    told(&tabs[0]);
}

/// What came of an exchange is for whoever brings the cookie before.
#[test]
fn a_copy_of_the_database_has_no_cookie_that_signs_in() {
    let (gatelet, app) = started(Engine::Postgres, |setup| setup);
    let (visitor, before) = whose_token_has_run_out(&gatelet, &app);
    told(&visitor);
    let after = sealed(&visitor);
    assert_ne!(after, before);
    let database = gatelet.database();
    assert!(!database.contains(&after) && !database.contains("Fe26.2*"));
    let kept = database.value("SELECT outcome FROM auth_refreshes");
    let kept = kept.expect("what came of it");
    let other = gatelet.visitor().with_cookies_of(&visitor);
    brings(&other, &kept);
    other.get("/a").send().expect(401);
    brings(&other, &before);
    told(&other);
    assert_eq!((sealed(&other), app.counts()), (after, (1, 0)));
}

fn a_session_that_was_revoked_ends_on_a_page(engine: Engine) {
    let (gatelet, app) = started(engine, |setup| setup);
    app.set(&json!({ "seconds": 2 }));
    let visitor = gatelet.visitor();
    WorkOsApp::sign_in(&visitor, "ann@example.com");
    told(&visitor);
    wait_for_the_end_of_a_token();

    // While WorkOS is away, nobody can say: that is no end.
    app.set(&json!({ "away": true }));
    visitor.get("/a").send().expect(503);
    assert_eq!(visitor.visit("/a").send().status, 503);
    app.set(&json!({ "away": false }));
    told(&visitor);

    wait_for_the_end_of_a_token();
    app.revoke();
    let first = visitor.visit("/a").send();
    let first = first.expect_redirect("/auth/sign-in?return_to=%2Fa");
    let page = visitor.visit(first.header("location")).send().expect(200);
    let text = page.text();
    assert!(
        text.contains("not good") && text.contains("href=\"/login?return_to=%2Fa\""),
        "{text}"
    );
    let (exchanges, refused) = app.counts();
    assert_eq!(refused, 1);
    for _ in 0..3 {
        visitor
            .get("/a")
            .send()
            .expect_denial(401, "session.expired");
    }
    assert_eq!(
        app.counts(),
        (exchanges, refused),
        "it is not asked about again"
    );
    WorkOsApp::sign_in(&visitor, "ann@example.com");
    told(&visitor);
}

#[test]
fn signing_out_ends_the_session_at_workos() {
    let (gatelet, app) = started(Engine::Sqlite, |setup| setup);
    let visitor = gatelet.visitor();
    WorkOsApp::sign_in(&visitor, "ann@example.com");
    told(&visitor);
    assert_eq!(app.live(), 1);
    let page = visitor
        .visit("/auth/sign-out?return_to=%2Fbye")
        .send()
        .expect(200);
    let form = page.form("/auth/sign-out");
    let onwards = visitor.submit(&form, &page.url).send().expect(200);
    let there = onwards.refresh().expect("it leads on").to_owned();
    let logout = format!(
        "{}/user_management/sessions/logout?session_id=session_",
        app.api()
    );
    assert!(there.starts_with(&logout), "{there}");
    assert!(
        there.contains("return_to=http%3A%2F%2Flocalhost"),
        "{there}"
    );
    for name in ["gatelet", COOKIE] {
        assert!(visitor.cookie(name).is_none(), "{name}");
    }
    let back = Visitor::new(app.api()).get(&there).send().expect(302);
    assert!(back.header("location").ends_with("/bye"));
    assert_eq!(app.live(), 0);
    visitor.get("/a").send().expect_denial(401, "session.none");
}

#[test]
fn doctor_says_whether_workos_knows_the_client() {
    let app = WorkOsApp::start();
    let setup = app.behind(Setup::new(Engine::Sqlite));
    let output = setup.run(&["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for line in [
        "✓ backend          workos: its sessions count",
        "✓ sign-out page    WorkOS ends the session",
        "has the client's keys",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let output = setup
        .variable("workos_client_id", "client_x")
        .run(&["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !output.status.success() && said.contains("is workos_client_id right?"),
        "{said}"
    );
    for name in [
        "workos_api_key",
        "workos_cookie_password",
        "workos_client_id",
    ] {
        let refused = app
            .behind(Setup::new(Engine::Sqlite))
            .without(name)
            .refuse();
        assert!(refused.contains(&format!("{name}: is")), "{refused}");
    }
}

#[test]
fn the_commands_of_the_readme_put_gatelet_in_front_of_workos() {
    let app = WorkOsApp::start();
    let setup = app.environment(Setup::new(Engine::Sqlite));
    super::set_ups::run_commands("workos", &setup, app.url());
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let page = visitor.visit("/a").send();
    let page = page.expect_redirect("/auth/sign-in?return_to=%2Fa");
    let page = visitor.visit(page.header("location")).send();
    page.expect_redirect("/login?returnTo=%2Fa");
    WorkOsApp::sign_in(&visitor, "ann@example.com");
    assert_eq!(told(&visitor)["x-forwarded-user"], "user_ann");
}
