//! Users and sessions that a real Better Auth keeps, in its own tables on the same Postgres.

use std::time::{Duration, Instant};

use gatelet_tests::better_auth::{BetterAuthApp, Person, SECRET};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::cookie_jar::Cookie;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::through_both_doors;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::{Value, json};

mod pages;
mod set_ups;
mod tables;
mod workos;

through_both_doors! {
    who_signed_in_at_a_real_better_auth_is_known_to_the_app_and_nobody_else_is,
    half_a_cookie_of_better_auth_is_nobodys,
}

/// The name of its cookie over plain HTTP.
const TOKEN: &str = "better-auth.session_token";

/// A Gatelet on Postgres that asks each time, and what it stands before.
fn started(change: impl FnOnce(Setup) -> Setup, more: &Value) -> (Gatelet, BetterAuthApp) {
    let setup = Setup::new(Engine::Postgres);
    let database = setup.database().expect("a server").clone();
    let app = BetterAuthApp::start(&setup, &database, more);
    let setup = setup
        .variable("auth_backend", "better-auth")
        .variable("better_auth_secret", SECRET)
        .variable("upstream", app.url())
        .variable("public_paths", "/api/auth/*, /login, /logout, /open")
        .variable("sign_in_url", "/login?next={return_to}")
        .variable("session_fresh_seconds", "0");
    (change(setup).start(), app)
}

/// What the app is told of whoever asks.
#[track_caller]
fn told(visitor: &Visitor) -> Value {
    visitor.get("/a").send().expect(200).json()
}

#[track_caller]
fn is_nobody(visitor: &Visitor, code: &str) {
    visitor.get("/a").send().expect_denial(401, code);
    let session = visitor.get("/auth/session").send().expect(200).json();
    assert_eq!(session, json!({ "active": false }));
}

/// The value of Better Auth's cookie, and a way to bring another.
fn brings(visitor: &Visitor, name: &str, value: &str) {
    visitor.change_jar(|jar| {
        let of = jar.get(TOKEN).cloned().expect("a session");
        jar.put(Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            ..of
        });
    });
}

fn who_signed_in_at_a_real_better_auth_is_known_to_the_app_and_nobody_else_is(door: Door) {
    let (gatelet, app) = started(|setup| setup.door(door), &json!({}));
    let ann = app.sign_up("Ann Lee");
    let visitor = gatelet.visitor();

    // A person is led to where people sign in, and a program is told.
    let first = visitor.visit("/a?b=c").send();
    let first = first.expect_redirect("/auth/sign-in?return_to=%2Fa%3Fb%3Dc");
    let led = visitor.visit(first.header("location")).send();
    led.expect_redirect("/login?next=%2Fa%3Fb%3Dc");
    is_nobody(&visitor, "session.none");
    let session = visitor.get("/api/v1/auth/session").send().expect(200);
    assert_eq!(session.json(), json!({ "authenticated": false }));

    ann.sign_in(&visitor);
    let request = visitor
        .get("/a")
        .header("x-forwarded-user", "somebody-else")
        .header("x_forwarded_groups", "admins");
    let told = request.send().expect(200).json();
    let expected = [
        ("x-forwarded-user", ann.id.as_str()),
        ("x-forwarded-email", &ann.email),
        ("x-forwarded-email-verified", "false"),
        ("x-forwarded-name", "Ann Lee"),
        ("x-forwarded-provider", "better-auth"),
    ];
    for (name, value) in expected {
        assert_eq!(told[name], value, "{told}");
    }
    assert!(
        told["x-forwarded-groups"]
            .as_str()
            .is_none_or(str::is_empty)
    );
    let me = visitor.get("/auth/me").send().expect(200).json();
    assert_eq!(
        (&me["id"], &me["email"]),
        (&ann.id.as_str().into(), &ann.email.as_str().into())
    );
    let me = visitor.get("/api/v1/auth/me").send().expect(200).json();
    assert_eq!(
        (&me["authenticated"], &me["user"]["id"]),
        (&true.into(), &ann.id.as_str().into())
    );
    assert_eq!(me["session"]["providerId"], "better-auth");

    // Signing out there is the end of it here.
    Person::sign_out(&visitor);
    is_nobody(&visitor, "session.none");
}

fn half_a_cookie_of_better_auth_is_nobodys(door: Door) {
    // Our copy of Ann's session is fresh all the while.
    let fresh = |setup: Setup| setup.door(door).variable("session_fresh_seconds", "60");
    let (gatelet, app) = started(fresh, &json!({}));
    let (ann, ben) = (app.sign_up("Ann"), app.sign_up("Ben"));
    let (anns, bens) = (gatelet.visitor(), gatelet.visitor());
    ann.sign_in(&anns);
    ben.sign_in(&bens);
    let value = |visitor: &Visitor| visitor.cookie(TOKEN).expect("signed in").value;
    let parts = |visitor: &Visitor| {
        let value = value(visitor);
        let (token, signature) = value.rsplit_once('.').expect("a signature");
        (token.to_owned(), signature.to_owned())
    };
    let ((ann_s, ann_signed), (ben_s, ben_signed)) = (parts(&anns), parts(&bens));
    assert_eq!(told(&anns)["x-forwarded-user"], ann.id);

    // It comes along, and is nothing beside any of these.
    for (cookie, why) in [
        (format!("{ann_s}.{ben_signed}"), "her token, his signature"),
        (format!("{ben_s}.{ann_signed}"), "his token, her signature"),
        (ann_s.clone(), "her token alone"),
        (format!("{ann_s}."), "no signature"),
        (format!(".{ann_signed}"), "no token"),
        (String::new(), "nothing"),
    ] {
        brings(&anns, TOKEN, &cookie);
        let answer = anns.get("/a").send().expect(401);
        assert_eq!(answer.json()["error"], "session.invalid", "{why}");
        let open = anns.get("/open").send().expect(200).json();
        assert!(open.get("x-forwarded-user").is_none(), "{why}: {open}");
    }
    // And beside his whole cookie she is he.
    brings(&anns, TOKEN, &value(&bens));
    assert_eq!(told(&anns)["x-forwarded-user"], ben.id);
    // What Better Auth keeps beside it is not looked at.
    anns.change_jar(|jar| jar.forget_one(TOKEN));
    is_nobody(&anns, "session.none");
}

#[test]
fn a_session_of_better_auth_costs_no_look_up_while_it_is_fresh_and_its_end_is_seen_within_it() {
    let fresh = |setup: Setup| setup.variable("session_fresh_seconds", "3");
    let (gatelet, app) = started(fresh, &json!({}));
    let ann = app.sign_up("Ann");
    let (visitor, other) = (gatelet.visitor(), gatelet.visitor());
    ann.sign_in(&visitor);
    ann.sign_in(&other);
    let began = Instant::now();
    told(&visitor);
    let database = gatelet.database();
    // Nobody can look anything up now.
    database.execute("ALTER TABLE \"session\" RENAME TO \"elsewhere\"");
    let answer = visitor.get("/a").send();
    if began.elapsed() < Duration::from_secs(3) {
        answer.expect(200);
    }
    other.get("/a").send().expect_denial(503, "store.schema");
    database.execute("ALTER TABLE \"elsewhere\" RENAME TO \"session\"");
    database.execute("DELETE FROM \"session\"");
    let deadline = Instant::now() + Duration::from_secs(10);
    let ended = loop {
        let answer = visitor.get("/a").send();
        if answer.status != 200 || Instant::now() > deadline {
            break answer;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    ended.expect_denial(401, "session.expired");
    assert!(visitor.cookie("gatelet").is_none(), "our copy goes along");
}

#[test]
fn a_session_that_has_run_out_or_is_of_somebody_banned_is_nobodys() {
    let (gatelet, app) = started(|setup| setup, &json!({}));
    let ann = app.sign_up("Ann");
    let visitor = gatelet.visitor();
    ann.sign_in(&visitor);
    told(&visitor);

    app.ban(&ann, None);
    is_nobody(&visitor, "session.expired");
    app.ban(&ann, Some(3600));
    is_nobody(&visitor, "session.expired");
    app.ban(&ann, Some(-5));
    assert_eq!(
        told(&visitor)["x-forwarded-user"],
        ann.id,
        "that ban is over"
    );
    app.unban(&ann);
    told(&visitor);

    let database = gatelet.database();
    let ends = |when: &str| {
        database.execute(&format!(
            "UPDATE \"session\" SET \"expiresAt\" = now() + interval '{when}'"
        ));
    };
    ends("-1 second");
    is_nobody(&visitor, "session.expired");
    ends("1 hour");
    let set = visitor.get("/a").send().expect(200).set_cookie("gatelet=");
    let set = set.expect("our copy");
    let age = set
        .split("Max-Age=")
        .nth(1)
        .and_then(|rest| rest.split(';').next());
    let age: u64 = age.expect("an age").parse().expect("seconds");
    assert!((3590..=3600).contains(&age), "no longer than theirs: {set}");
    // The row of a user who is gone.
    database.execute("DELETE FROM \"account\"; DELETE FROM \"session\"; DELETE FROM \"user\"");
    is_nobody(&visitor, "session.expired");
}

#[test]
fn roles_of_better_auth_are_groups_only_where_that_is_said() {
    let roles = |setup: Setup| {
        setup
            .variable("better_auth_roles", "groups")
            .variable("access_rules", "/staff/* group staff")
    };
    let (gatelet, app) = started(roles, &json!({}));
    let ann = app.sign_up("Ann");
    let visitor = gatelet.visitor();
    ann.sign_in(&visitor);
    visitor
        .get("/staff/a")
        .send()
        .expect_denial(403, "access.group");
    app.set_role(&ann, "staff,owners,Not a name");
    let answer = visitor.get("/staff/a").send().expect(200).json();
    assert_eq!(answer["x-forwarded-groups"], "owners,staff");
    // A group there is no office here.
    visitor.get("/auth/console").send().expect(404);
    visitor
        .request(Method::POST, "/auth/mcp")
        .send()
        .expect(404);
}
