//! Are places apart, and how do they come and go?

use std::time::Instant;

use super::{
    Database, ORIGIN, Subject, digest, identity,
    migrations::{newest, of_a_place},
    on_both_engines, proved,
    types::Error,
    user,
};

on_both_engines! {
    users_of_one_place_are_invisible_in_another
    dropping_a_place_leaves_the_others_alone
    a_place_that_was_dropped_is_not_brought_back_by_a_late_request
    the_main_tables_are_not_dropped
    migrating_a_place_a_thousand_times_does_it_once
    a_place_that_many_make_at_once_is_made_once
    a_place_that_cannot_be_made_leaves_nothing
    a_place_of_an_older_program_is_brought_up_to_date_at_first_use
    a_place_of_a_newer_program_is_neither_used_nor_dropped
    a_place_lists_no_origins_of_its_own
    a_place_is_named_as_both_engines_can
    the_check_of_a_place_takes_every_step_in_it
    expired_sessions_of_a_place_are_swept_there
}

fn users_of_one_place_are_invisible_in_another(store: Subject) {
    let mut store = store.at_new("a").at_new("b");
    // One person, in every place somebody else.
    for (number, schema) in ["", "a", "b"].into_iter().enumerate() {
        let mut ann = proved("ann");
        ann.id = format!("id-in-{schema}");
        ann.name = schema.into();
        let token = number as u8;
        store.at(schema).with_user(&ann);
        store.with_session(&ann, token);
        store
            .link(&ann, identity("google", "g"))
            .expect("a subject of its own here");
        assert!(
            store
                .spend("state".into(), digest(1), 1, 9)
                .expect("an answer")
        );
        store
            .grant_app(ann.email, format!("app-{schema}"), 1)
            .expect("a grant");
    }
    for (number, schema) in ["", "a", "b"].into_iter().enumerate() {
        store.at(schema);
        let found = store
            .find_by_email("ann@example.com".into())
            .expect("an answer");
        assert_eq!(found.expect("a user").user.name, schema);
        let found = store
            .find_linked(identity("google", "g"))
            .expect("an answer");
        assert_eq!(found.expect("a user").user.id, format!("id-in-{schema}"));
        for token in 0..3 {
            let found = store.resume_at(digest(token), ORIGIN.into(), 200, 500);
            let here = found.expect("an answer").is_some();
            assert_eq!(here, usize::from(token) == number, "{schema:?} {token}");
        }
        let grants = store.granted_apps().expect("an answer");
        assert_eq!(
            grants,
            [("ann@example.com".into(), format!("app-{schema}"))]
        );
        assert_eq!(store.count("auth_users"), 1);
    }
    // What ends in one place goes on in the others.
    assert_eq!(
        store
            .at("a")
            .end_all("id-in-a".into(), None)
            .expect("ended"),
        1
    );
    assert!(store.at("b").resume(2, 200).expect("an answer").is_some());
    assert!(store.at("").resume(0, 200).expect("an answer").is_some());
}

fn dropping_a_place_leaves_the_others_alone(store: Subject) {
    // By whose names a careless pattern would go too far.
    let others = ["", "a", "ab", "a_b", "a__auth", "a__b", "b"];
    let mut store = store;
    for schema in others.into_iter().filter(|schema| !schema.is_empty()) {
        store = store.at_new(schema);
    }
    for schema in others {
        store.at(schema).with_user(&user("ann"));
    }
    store.at("a").drop_place().expect("dropped");
    store
        .drop_place()
        .expect("dropping what is gone is no error");
    for schema in others.into_iter().filter(|schema| *schema != "a") {
        store.at(schema);
        assert_eq!(store.count("auth_users"), 1, "{schema:?}");
        let found = store
            .find_by_email("ann@example.com".into())
            .expect("an answer");
        assert!(found.is_some(), "{schema:?}");
    }
    assert!(tables_of(&store, "a").is_empty());

    // It may come back, and is another one.
    let mut store = store.at_new("a");
    let found = store
        .find_by_email("ann@example.com".into())
        .expect("an answer");
    assert!(found.is_none());
    store.with_user(&user("ann"));
}

fn a_place_that_was_dropped_is_not_brought_back_by_a_late_request(store: Subject) {
    let mut store = store.at_new("a");
    store.with_user(&user("ann"));
    store.drop_place().expect("dropped");
    // An instance that knew it, one that did not, and one for a place that never was.
    assert!(matches!(store.resume(1, 200), Err(Error::Schema)));
    assert!(matches!(store.another().resume(1, 200), Err(Error::Schema)));
    assert!(matches!(
        store.another().at("never").resume(1, 200),
        Err(Error::Schema)
    ));
    assert!(matches!(
        store.register(user("bob"), "h".into()),
        Err(Error::Schema)
    ));
    assert!(tables_of(&store, "a").is_empty());
    assert!(tables_of(&store, "never").is_empty());
}

fn the_main_tables_are_not_dropped(mut store: Subject) {
    store.with_user(&user("ann"));
    let line = store.drop_place().expect_err("the main origin's");
    assert!(line.contains("main origin"), "{line}");
    assert_eq!(store.count("auth_users"), 1);
}

fn migrating_a_place_a_thousand_times_does_it_once(store: Subject) {
    let mut store = store.at_new("a");
    store.with_user(&user("ann"));
    let started = Instant::now();
    for now in 1..=1_000 {
        let report = store.migrate(now).expect("nothing to do");
        assert!(report.applied.is_empty(), "{now}");
        assert_eq!(Some(&report.version), of_a_place().last());
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    let last = store.value("SELECT MAX(applied_at) FROM auth_migrations");
    assert_eq!(last.as_deref(), Some("0"));
    assert_eq!(store.count("auth_migrations"), of_a_place().len() as u64);
    assert_eq!(store.count("auth_users"), 1);
}

fn a_place_that_many_make_at_once_is_made_once(store: Subject) {
    let applied: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|now| {
                let mut store = store.another();
                scope.spawn(move || store.at("a").migrate(now).expect("migrated").applied)
            })
            .collect();
        let threads = threads.into_iter();
        threads
            .flat_map(|thread| thread.join().expect("no panic"))
            .map(|migration| migration.version)
            .collect()
    });
    assert_eq!(applied, of_a_place(), "by one of them, in order");
}

fn a_place_that_cannot_be_made_leaves_nothing(mut store: Subject) {
    store.at("a");
    let in_the_way = match store.database() {
        Database::Postgres(_) => "CREATE SCHEMA \"a\"; CREATE TABLE auth_sessions (id BIGINT)",
        Database::MySql(_) | Database::Sqlite(_) => "CREATE TABLE auth_sessions (id BIGINT)",
    };
    store.execute(in_the_way);
    let line = store.migrate(1).expect_err("a table in the way");
    assert!(
        line.starts_with("the schema a could not be made: "),
        "{line}"
    );
    assert!(!line.contains('\n'), "{line}");
    assert_eq!(tables_of(&store, "a").len(), 1);
    assert!(matches!(store.resume(1, 200), Err(Error::Schema)));

    store.execute("DROP TABLE auth_sessions");
    let report = store.migrate(2).expect("mended");
    assert_eq!(report.applied.len(), of_a_place().len());
    store.with_user(&user("ann"));
}

fn a_place_of_an_older_program_is_brought_up_to_date_at_first_use(store: Subject) {
    let mut store = store.at_new("a");
    store.with_user(&user("ann"));
    store.execute("DROP TABLE auth_counters");
    store.execute("DROP TABLE auth_lockouts");
    store.execute("DROP TABLE auth_compatibility");
    store.execute(
        "DELETE FROM auth_migrations WHERE name IN ('counters', 'limits', 'compatibility')",
    );
    let mut fresh = store.another();
    let asked = fresh.admit(vec![super::limits::bucket(1, 1, 1, 60)], 1);
    assert!(asked.expect("an answer")[0].admitted);
    assert_eq!(fresh.count("auth_migrations"), of_a_place().len() as u64);
    assert_eq!(fresh.count("auth_users"), 1);
}

fn a_place_of_a_newer_program_is_neither_used_nor_dropped(store: Subject) {
    let mut store = store.at_new("a");
    store.with_user(&user("ann"));
    store.execute(
        "INSERT INTO auth_migrations (version, name, applied_at) VALUES (999, 'later', 1)",
    );
    store.execute("UPDATE auth_compatibility SET oldest_program = 999");
    for line in [
        store.migrate(1).map(drop).expect_err("newer"),
        store.drop_place().expect_err("newer"),
    ] {
        let newest = format!("newer than version {}", newest());
        assert!(line.contains(&newest), "{line}");
    }
    let mut fresh = store.another();
    assert!(matches!(fresh.resume(1, 200), Err(Error::Schema)));
    assert_eq!(store.count("auth_users"), 1);
    store.at("").ready().expect("the main tables are well");
}

fn a_place_lists_no_origins_of_its_own(store: Subject) {
    let store = store.at_new("a");
    let mut tables = tables_of(&store, "a");
    tables.sort();
    let expected = [
        "access_tokens",
        "accounts",
        "app_grants",
        "authenticators",
        "compatibility",
        "counters",
        "events",
        "group_members",
        "groups",
        "invitation_apps",
        "invitation_groups",
        "invitations",
        "links",
        "lockouts",
        "migrations",
        "outbox",
        "passkeys",
        "recovery_codes",
        "sessions",
        "tenants",
        "users",
        "verifications",
    ];
    assert_eq!(tables, expected.map(|table| format!("auth_{table}")));
}

fn a_place_is_named_as_both_engines_can(mut store: Subject) {
    let long = "x".repeat(49);
    for schema in [
        "A",
        "a-b",
        "a\"; DROP TABLE auth_users; --",
        "1",
        "public",
        "pg_a",
        "sqlite_a",
        &long,
    ] {
        let line = store
            .at(schema)
            .migrate(1)
            .expect_err("no name of a schema");
        assert!(!line.contains('\n'), "{line}");
        assert!(store.drop_place().is_err(), "{schema:?}");
        assert!(
            matches!(store.resume(1, 200), Err(Error::Internal)),
            "{schema:?}"
        );
        assert_eq!(store.check().len(), 1, "{schema:?}");
    }
    let mut store = store.at_new(&"x".repeat(48));
    store.with_user(&user("ann"));
    store.drop_place().expect("dropped");
}

fn the_check_of_a_place_takes_every_step_in_it(mut store: Subject) {
    let steps = store.at("a").check();
    if let Database::Postgres(_) = store.database() {
        let last = steps.last().expect("a step");
        assert_eq!(last.name, "create", "no schema yet");
        assert!(last.error.is_some());
    } else {
        // A prefix of names, which need not be there before.
        assert!(steps.iter().all(|step| step.error.is_none()), "{steps:?}");
    }
    let mut store = store.at_new("a");
    let steps = store.check();
    let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).collect();
    let expected = ["connect", "server", "create", "write", "read", "clean up"];
    assert_eq!(names, expected);
    assert!(steps.iter().all(|step| step.error.is_none()), "{steps:?}");
    assert_eq!(tables_of(&store, "a").len(), 22);
}

fn expired_sessions_of_a_place_are_swept_there(store: Subject) {
    let mut store = store.at_new("a");
    for schema in ["", "a"] {
        let ann = user("ann");
        store.at(schema).with_user(&ann);
        store.with_session(&ann, 1);
    }
    assert_eq!(store.at("a").sweep(2_000, 10).expect("swept"), 1);
    assert_eq!(store.at("a").count("auth_sessions"), 0);
    assert_eq!(store.at("").count("auth_sessions"), 1);
}

/// The names of a schema's tables, whoever made them.
pub(super) fn tables_of(store: &Subject, schema: &str) -> Vec<String> {
    let database = store.database();
    let listed = match database {
        Database::Postgres(_) => database.value(&format!(
            "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = '{schema}'"
        )),
        Database::MySql(_) => database.value(&format!(
            "SELECT GROUP_CONCAT(SUBSTR(table_name, LENGTH('{schema}__') + 1)) \
             FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND table_name REGEXP '^{schema}__auth_' \
             AND INSTR(SUBSTR(table_name, LENGTH('{schema}__') + 1), '__') = 0"
        )),
        Database::Sqlite(_) => database.value(&format!(
            "SELECT group_concat(substr(name, length('{schema}__') + 1)) FROM sqlite_master \
             WHERE type = 'table' AND name GLOB '{schema}__auth_*' \
             AND instr(substr(name, length('{schema}__') + 1), '__') = 0"
        )),
    };
    let listed = listed.unwrap_or_default();
    let names = listed.split(',').filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[test]
fn a_hundred_places_share_the_connections_of_one() {
    let mut store = Subject::on(Database::postgres());
    for number in 0..100 {
        store
            .at(&format!("preview_{number}"))
            .migrate(1)
            .expect("a place");
        store.with_user(&user("ann"));
    }
    let connections = "SELECT COUNT(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let connections = store.database().value(connections).expect("a count");
    assert!(
        connections.parse::<u32>().expect("a number") <= 4,
        "{connections}"
    );
}
