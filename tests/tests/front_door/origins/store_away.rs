//! Which origins are served while the store is away? Those that are known, to those
//! who need not be looked up; nobody is told that a host is nobody's before the list
//! was ever read.

use std::time::{Duration, Instant};

use gatelet_tests::account::Account;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::postgres::Cluster;
use gatelet_tests::response::Response;
use gatelet_tests::session_cookie::SessionCookie;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;

use super::{preview, production_of};

through_both_doors! {
    known_origins_are_served_without_the_store_and_new_ones_come_with_it,
    before_the_list_was_read_an_unknown_host_is_asked_to_wait,
}

/// An instance that begins while the store is away knows the main origin alone, so
/// behind the door where instances read for themselves they are kept.
fn kept(setup: Setup, door: Door) -> Setup {
    setup.door(door).arguments(&[
        "--idle-instance-timeout",
        "10m",
        "--max-instance-reuse-count",
        "100000",
    ])
}

/// 503 with a time, or the test fails.
#[track_caller]
fn asked_to_wait(answer: Response) {
    let answer = answer.expect_denial(503, "store.unavailable");
    let seconds = answer.header("retry-after").parse::<u32>();
    let told = answer.description();
    assert!(
        seconds.is_ok_and(|seconds| (1..=60).contains(&seconds)),
        "{told}"
    );
}

fn with(visitor: &Visitor, cookie: &str) -> Response {
    let cookie = format!("gatelet={cookie}");
    let request = visitor.get("/x").without_cookies();
    request.header("cookie", &cookie).send()
}

#[track_caller]
fn until(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn known_origins_are_served_without_the_store_and_new_ones_come_with_it(door: Door) {
    let cluster = Cluster::start_new();
    let upstream = Upstream::start();
    let key = session_key("k1");
    let setup = Setup::new(Engine::Sqlite).on(cluster.database());
    let setup = production_of(setup)
        .variable("session_keys", &key)
        .upstream(&upstream);
    let mut gatelet: Gatelet = kept(setup, door).start();
    let (url, visitor) = preview(&gatelet, &["known"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&visitor, "/").expect(303);
    // In the first minute of an origin's life its sessions are looked up.
    let database = gatelet.database().clone();
    database.execute(
        "UPDATE auth_origins SET created_at = created_at - 3600; \
         UPDATE auth_origins_revision SET revision = revision + 1",
    );
    gatelet.restart();
    let fresh = visitor.cookie("gatelet").expect("signed in").value;
    let stale = SessionCookie::parse(&fresh);
    let stale = SessionCookie {
        issued_at: stale.issued_at - 3600,
        ..stale
    };
    let stale = stale.signed_with(&key);
    with(&visitor, &fresh).expect(200);
    with(&visitor, &stale).expect(200);
    let nobody = gatelet.visitor_at(&url.replace("known", "nobody"));
    nobody.get("/x").send().expect_denial(421, "origin.unknown");

    cluster.stop();
    // Longer than the list holds, so that it is looked for in vain.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(4) {
        with(&visitor, &fresh).expect(200);
        asked_to_wait(with(&visitor, &stale));
        nobody.get("/x").send().expect_denial(421, "origin.unknown");
        std::thread::sleep(Duration::from_millis(200));
    }
    let page = visitor
        .visit("/x")
        .without_cookies()
        .header("cookie", &format!("gatelet={stale}"))
        .send()
        .expect(503);
    assert!(
        page.header("content-type").starts_with("text/html"),
        "{}",
        page.description()
    );

    cluster.start();
    until("stale sessions are looked up again", || {
        with(&visitor, &stale).status.is_success()
    });
    let (_, late) = preview(&gatelet, &["late"]);
    account.sign_up(&late, "/").expect(303);
    late.get("/x").send().expect(200);
    with(&visitor, &fresh).expect(200);
}

fn before_the_list_was_read_an_unknown_host_is_asked_to_wait(door: Door) {
    let upstream = Upstream::start();
    let setup = Setup::new(Engine::Postgres).upstream(&upstream);
    let setup = production_of(setup).variable("public_paths", "/open");
    let mut gatelet = kept(setup, door).start();
    let (url, known) = preview(&gatelet, &["known"]);
    let nobody = gatelet.visitor_at(&url.replace("known", "nobody"));
    let database = gatelet.database().clone();
    // Everything but the list answers, so that it starts.
    database.execute("ALTER TABLE auth_origins_revision RENAME TO elsewhere");
    gatelet.restart();
    let main = gatelet.visitor();
    for _ in 0..3 {
        asked_to_wait(known.get("/open").send());
        asked_to_wait(nobody.get("/open").send());
        let page = nobody.visit("/auth/sign-in").send().expect(503);
        assert!(
            !page.header("retry-after").is_empty(),
            "{}",
            page.description()
        );
        main.get("/open").send().expect(200);
        std::thread::sleep(Duration::from_millis(700));
    }
    assert!(
        upstream.seen_at("/open").len() == 3,
        "nothing of theirs went on"
    );
    database.execute("ALTER TABLE elsewhere RENAME TO auth_origins_revision");
    until("the list is read", || {
        known.get("/open").send().status.is_success()
    });
    until("now it is known to be nobody's", || {
        nobody.get("/open").send().status.as_u16() == 421
    });
    main.get("/open").send().expect(200);
}
