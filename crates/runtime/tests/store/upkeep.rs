//! What do the operator's tools see and sweep?

use super::{
    Database, Subject, digest, on_both_engines_in_every_place, session, user, ways_in::some_session,
};

on_both_engines_in_every_place! {
    sweeping_takes_what_expired_and_no_more_than_asked
    a_sign_in_sweeps_a_little_now_and_then
    the_check_takes_every_step_and_leaves_nothing
}

fn sweeping_takes_what_expired_and_no_more_than_asked(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    for token in 1..=6 {
        let mut new = session(token);
        (new.expires_at, new.idle_expires_at) = match token {
            1..=3 => (300, 300),
            4 => (1_000, 300),
            _ => (301, 301),
        };
        store.sign_in(&ann, new).expect("a session");
    }
    assert!(
        store
            .spend("state".into(), digest(1), 100, 300)
            .expect("an answer")
    );
    assert!(
        store
            .spend("state".into(), digest(2), 100, 301)
            .expect("an answer")
    );

    for (bucket, window) in [(1, 200), (2, 201)] {
        let asked = store.admit(vec![super::limits::bucket(bucket, 1, 1, window)], 100);
        assert!(asked.expect("an answer")[0].admitted);
    }

    assert_eq!(store.sweep(299, 100).expect("swept"), 0);
    assert_eq!(store.sweep(300, 0).expect("swept"), 0);
    assert_eq!(store.sweep(300, 2).expect("swept"), 2);
    assert_eq!(store.sweep(300, 100).expect("swept"), 4);
    assert_eq!(store.sweep(300, 100).expect("swept"), 0);
    assert_eq!(store.count("auth_sessions"), 2);
    assert_eq!(store.count("auth_verifications"), 1);
    assert_eq!(store.count("auth_counters"), 1);
    assert!(
        !store
            .spend("state".into(), digest(2), 300, 900)
            .expect("an answer"),
        "still spent"
    );
}

/// On a host that does nothing but serve requests, nobody else does. Which kind's turn it
/// is the token's first byte says.
fn a_sign_in_sweeps_a_little_now_and_then(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    for _ in 0..530 {
        let mut new = some_session();
        (new.expires_at, new.idle_expires_at) = (300, 300);
        store.sign_in(&ann, new).expect("a session");
    }
    let spent = store.spend("state".into(), digest(1), 100, 300);
    assert!(spent.expect("an answer"));
    let asked = vec![
        super::limits::bucket(1, 1, 1, 200),
        super::limits::lockout(1),
    ];
    store.admit(asked, 100).expect("an answer");
    store.keep_link(super::links::link(1)).expect("kept");

    let later = |token| {
        let mut new = session(token);
        let now = 400_000;
        (new.created_at, new.expires_at, new.idle_expires_at) = (now, now + 600, now + 500);
        new
    };
    let left = |store: &Subject| {
        [
            "auth_sessions",
            "auth_verifications",
            "auth_counters",
            "auth_lockouts",
            "auth_links",
        ]
        .map(|table| store.count(table))
    };
    for (token, expected) in [
        (8, [531, 1, 1, 1, 1]),
        (80, [32, 1, 1, 1, 1]),
        (16, [33, 0, 1, 1, 1]),
        (32, [34, 0, 0, 1, 1]),
        (48, [35, 0, 0, 0, 1]),
        (64, [36, 0, 0, 0, 0]),
        (160, [7, 0, 0, 0, 0]),
    ] {
        store.sign_in(&ann, later(token)).expect("a session");
        assert_eq!(left(&store), expected, "{token}");
    }
}

fn the_check_takes_every_step_and_leaves_nothing(mut store: Subject) {
    let steps = store.check();
    let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).collect();
    let expected = ["connect", "server", "create", "write", "read", "clean up"];
    assert_eq!(names, expected);
    assert!(steps.iter().all(|step| step.error.is_none()), "{steps:?}");
    let server = match store.database() {
        Database::Postgres(_) => "PostgreSQL ",
        Database::MySql(_) => "MariaDB 1",
        Database::Sqlite(_) => "SQLite 3.",
    };
    assert!(steps[1].told.starts_with(server), "{steps:?}");
    let catalogue = match store.database() {
        Database::Postgres(_) => "pg_tables WHERE tablename",
        Database::MySql(_) => {
            "information_schema.tables WHERE table_schema = DATABASE() AND table_name"
        }
        Database::Sqlite(_) => "sqlite_master WHERE name",
    };
    let left = store
        .database()
        .count(&format!("{catalogue} LIKE '%auth_check%'"));
    assert_eq!(left, 0);
}
