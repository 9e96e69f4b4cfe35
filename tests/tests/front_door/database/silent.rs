//! A server that takes connections and never answers, and one that is away for long.

use std::time::{Duration, Instant};

use gatelet_tests::account::{sign_out, signed_in};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::Setup;
use gatelet_tests::postgres::Cluster;
use gatelet_tests::session_cookie::stale;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;

use super::expect_503;

through_both_doors! {
    a_server_that_falls_silent_keeps_nobody_waiting_and_is_back_without_a_restart,
    through_an_outage_sessions_are_believed_for_as_long_as_the_operator_says,
}

fn a_server_that_falls_silent_keeps_nobody_waiting_and_is_back_without_a_restart(door: Door) {
    let cluster = Cluster::start_new();
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .on(cluster.database())
        .upstream(&upstream)
        .variable("session_fresh_seconds", "0")
        .variable("public_paths", "/open")
        .door(door)
        .start();
    let (visitor, _) = signed_in(&gatelet);
    visitor.get("/x").send().expect(200);

    cluster.freeze();
    let asked = Instant::now();
    expect_503(visitor.get("/x").send(), "store.unavailable");
    assert!(
        asked.elapsed() < Duration::from_secs(11),
        "{:?}",
        asked.elapsed()
    );
    // From now on it is known: those who come are told at once.
    let asked = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| expect_503(visitor.get("/x").send(), "store.unavailable"));
        }
    });
    assert!(
        asked.elapsed() < Duration::from_secs(11),
        "{:?}",
        asked.elapsed()
    );
    let mut quick = 0;
    for _ in 0..20 {
        let asked = Instant::now();
        expect_503(visitor.get("/x").send(), "store.unavailable");
        quick += u32::from(asked.elapsed() < Duration::from_secs(1));
    }
    assert!(quick >= 10, "{quick} of 20 were told at once");
    // What needs no database is as quick as ever.
    for path in ["/open", "/health/live"] {
        let asked = Instant::now();
        visitor.get(path).send().expect(200);
        assert!(asked.elapsed() < Duration::from_secs(1), "{path}");
    }
    let told = gatelet.log();
    let lines = told
        .lines()
        .filter(|line| line.contains("WARN") || line.contains("ERROR"));
    assert!(lines.count() < 20, "{told}");

    cluster.thaw();
    let back = Instant::now();
    while visitor.get("/x").send().status != 200 {
        assert!(back.elapsed() < Duration::from_secs(8), "{}", gatelet.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn through_an_outage_sessions_are_believed_for_as_long_as_the_operator_says(door: Door) {
    let cluster = Cluster::start_new();
    let upstream = Upstream::start();
    let key = gatelet_tests::gatelet::session_key("k1");
    let gatelet = Setup::new(Engine::Sqlite)
        .on(cluster.database())
        .variable("session_keys", &key)
        .variable("session_grace_seconds", "7200")
        .upstream(&upstream)
        .door(door)
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let (gone, _) = signed_in(&gatelet);
    let ended = stale(&gone, &key);
    sign_out(&gone).expect(303);
    let copy = stale(&visitor, &key);
    let with = |cookie: &str| {
        let request = visitor.get("/x").without_cookies();
        request.header("cookie", cookie).send()
    };
    with(&ended).expect_denial(401, "session.expired");

    cluster.stop();
    let passed = with(&copy).expect(200);
    assert!(
        passed.header("set-cookie").is_empty(),
        "{}",
        passed.description()
    );
    // What it costs: that this one is over, only the database knows.
    with(&ended).expect(200);
    // The pages believe it too.
    let page = visitor
        .visit("/auth/account")
        .without_cookies()
        .header("cookie", &copy)
        .send()
        .expect(200);
    assert!(page.text().contains(&account.email), "{}", page.text());

    cluster.start();
    let back = Instant::now();
    while with(&ended).status != 401 {
        assert!(
            back.elapsed() < Duration::from_secs(20),
            "{}",
            gatelet.log()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    with(&copy).expect(200);
}

#[test]
fn whoever_signs_out_while_the_database_is_away_is_out_of_this_browser() {
    let cluster = Cluster::start_new();
    let key = gatelet_tests::gatelet::session_key("k1");
    let gatelet = Setup::new(Engine::Sqlite)
        .on(cluster.database())
        .variable("session_keys", &key)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, _) = signed_in(&gatelet);
    let copy = stale(&visitor, &key);
    cluster.stop();
    visitor.visit("/auth/sign-out").send().expect(200);
    let answer = sign_out(&visitor);
    assert_eq!(answer.status, 503, "{}", answer.description());
    let told = answer.text();
    assert!(
        told.contains("session.not_ended") && told.contains("href="),
        "{told}"
    );
    assert!(visitor.jar().get("gatelet").is_none(), "{told}");
    // And every page that cannot be made says how to go on.
    for path in ["/auth/account", "/auth/sign-in"] {
        let page = visitor
            .visit(path)
            .without_cookies()
            .header("cookie", &copy)
            .send()
            .expect(503);
        assert!(
            page.text().contains("class=\"button primary\""),
            "{}",
            page.text()
        );
        assert!(!page.header("retry-after").is_empty(), "{path}");
    }
}
