//! Databases as people rent them: behind a pooler, with an authority of their own, with
//! few seats, with several hosts.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::free_port;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::neighbour::pooler;
use gatelet_tests::postgres::{Cluster, Database};
use gatelet_tests::visitor::Visitor;

fn asking_always(database: Database) -> Setup {
    Setup::new(Engine::Sqlite)
        .on(database)
        .without("database_host")
        .variable("session_fresh_seconds", "0")
}

/// So many requests, so many of them at once. How many were no 200.
fn failures(visitor: &Visitor, requests: u32, at_once: u32) -> u32 {
    let failed = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                for _ in 0..requests / at_once {
                    if visitor.get("/").send().status != 200 {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    failed.into_inner()
}

#[test]
fn behind_a_pooler_of_transactions_everybody_is_served() {
    let cluster = Cluster::start_new();
    let Some(pooler) = pooler::of_transactions(&cluster) else {
        return;
    };
    let database = cluster.database();
    let pooled = database.at("127.0.0.1", pooler.address().port());
    // Two programs, whose statements would have the same names.
    let first = asking_always(pooled.clone()).start();
    let second = asking_always(pooled.clone()).start();
    for gatelet in [&first, &second] {
        let (visitor, account) = signed_in(gatelet);
        assert_eq!(failures(&visitor, 200, 20), 0, "{}", gatelet.log());
        sign_out(&visitor).expect(303);
        account.sign_in(&gatelet.visitor(), "/").expect(303);
        let doctor = gatelet.setup().run(&["doctor"]);
        let told = String::from_utf8_lossy(&doctor.stdout);
        assert!(doctor.status.success(), "{told}");
    }
    // Nothing of one client is left for the next on the same connection. There are two,
    // and whoever asks while one is lent gets the other.
    const LEFT: &str = "SELECT current_setting('search_path') || '; ' || \
        current_setting('lock_timeout') FROM pg_sleep(0.5)";
    let left = || pooled.value(LEFT);
    std::thread::scope(|scope| {
        for client in [scope.spawn(left), scope.spawn(left)] {
            let left = client.join().expect("an answer");
            assert_eq!(left.as_deref(), Some("\"$user\", public; 0"));
        }
    });
    let locks = database.value("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'");
    assert_eq!(locks.as_deref(), Some("0"));
}

#[test]
fn a_server_of_an_authority_of_its_own_is_reached_by_each_sslmode_as_libpq_means_it() {
    let cluster = Cluster::start_new();
    let database = cluster.database();
    let (cluster, authority) = cluster.with_own_authority();
    let here = database.at("localhost", cluster.port());
    let by_address = database.at("127.0.0.1", cluster.port());
    let authority = format!("sslrootcert={}", authority.display());
    for reached in [
        here.clone(),
        here.with("sslmode=allow"),
        here.with("sslmode=require&channel_binding=require"),
        here.with(&format!("sslmode=verify-full&{authority}")),
        by_address.with(&format!("sslmode=verify-ca&{authority}")),
    ] {
        let query = reached
            .url
            .split_once('?')
            .map_or("", |(_, query)| query)
            .to_owned();
        let gatelet = asking_always(reached).start();
        signed_in(&gatelet).0.visit("/").send().expect(200);
        assert!(
            !gatelet.log().contains("WARN"),
            "{query}: {}",
            gatelet.log()
        );
    }
    for (refused, why) in [
        (here.with("sslmode=disable"), "pg_hba.conf"),
        (here.with("sslmode=verify-full"), "sslrootcert=/path"),
        (here.with("sslrootcert=system"), "sslrootcert=/path"),
        (
            by_address.with(&format!("sslmode=verify-full&{authority}")),
            "a certificate for the host",
        ),
        (here.with("sslmode=verify-full&sslrootcert=/none"), "/none"),
    ] {
        let log = asking_always(refused).refuse();
        let line = log.lines().last().unwrap_or_default();
        assert!(line.contains("database_url") && line.contains(why), "{log}");
    }
}

#[test]
fn twenty_seats_are_enough_for_many_visitors() {
    let cluster = Cluster::start_with(&["max_connections=20"]);
    let database = cluster.database();
    let gatelet = asking_always(database.clone()).start();
    let (visitor, _) = signed_in(&gatelet);
    assert_eq!(failures(&visitor, 300, 60), 0, "{}", gatelet.log());
    // Others take most of the seats for two seconds: theirs are waited for.
    std::thread::scope(|scope| {
        for _ in 0..15 {
            let database = &database;
            scope.spawn(|| {
                let _none_left = std::panic::catch_unwind(|| database.value("SELECT pg_sleep(2)"));
            });
        }
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(failures(&visitor, 60, 60), 0, "{}", gatelet.log());
    });
}

#[test]
fn of_several_hosts_the_one_that_answers_and_takes_writes_is_used() {
    let cluster = Cluster::start_new();
    let database = cluster.database();
    let (dead, port) = (free_port(), cluster.port());
    let address = format!("127.0.0.1:{port}");
    let url = database
        .url
        .replace(&address, &format!("127.0.0.1:{dead},{address}"));
    let several = database.by_url(url).with("target_session_attrs=read-write");
    let gatelet = asking_always(several).start();
    signed_in(&gatelet).0.visit("/").send().expect(200);
    let config = gatelet.setup().run(&["config"]);
    let told = String::from_utf8_lossy(&config.stdout);
    let follows = format!(
        "database_host = postgres://127.0.0.1:{dead}, postgres://127.0.0.1:{port} (follows from database_url"
    );
    assert!(told.contains(&follows), "{told}");
}

#[test]
fn what_no_waiting_mends_ends_the_start_at_once_with_one_line() {
    let cluster = Cluster::start_new();
    let database = cluster.database();
    let with = |from: &str, to: &str| database.by_url(database.url.replacen(from, to, 1));
    let password = database.url.split(['@', ':']).nth(2).expect("a password");
    for (wrong, why) in [
        (with(password, "wr0ng-secret"), "user and password"),
        (with(password, "wr0ng@wr0ng-secret"), "percent-encode"),
        (
            with("/gatelet_test", "/no_such_database"),
            "make the database",
        ),
        (database.with("unheard_of=1"), "unheard_of"),
    ] {
        let started = std::time::Instant::now();
        let log = asking_always(wrong).refuse();
        assert!(started.elapsed() < Duration::from_secs(20), "{log}");
        let about: Vec<_> = log
            .lines()
            .filter(|line| line.contains("database"))
            .collect();
        assert!(about.len() == 1 && about[0].contains(why), "{why}: {log}");
        assert!(!log.contains("wr0ng"), "{log}");
    }
    // A folder that is a file.
    let setup = Setup::new(Engine::Sqlite);
    std::fs::write(setup.folder().join("state"), "").expect("our folder");
    let log = setup.arguments(&["--state-dir", "state"]).refuse();
    assert!(log.contains("--state-dir"), "{log}");
}

/// A URL that works passes on each of its ways: as people set it, and as they kept it.
#[test]
fn what_the_components_may_reach_follows_from_the_url_alone() {
    let gatelet: Gatelet = asking_always(Database::fresh()).start();
    let account = Account::new("Ann");
    account.sign_up(&gatelet.visitor(), "/").expect(303);
    // One that is set counts, and what is to be set in its place covers what is needed.
    let database = gatelet.database().clone();
    let log = asking_always(database.clone())
        .variable("database_host", "postgres://db.example:1")
        .refuse();
    let mend = format!("set it to postgres://db.example:1, {}", database.host);
    assert!(log.contains(&mend), "{log}");
    let mended = format!("postgres://db.example:1, {}", database.host);
    asking_always(database)
        .variable("database_host", &mended)
        .start();
}
