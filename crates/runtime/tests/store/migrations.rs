//! How does a database come to the schema that the program knows, from wherever
//! it is, and what if it is past that?

use std::{fs, path::Path};

use super::{Database, Subject, digest, identity, on_both_engines, types::Error, user};

on_both_engines! {
    a_migrated_database_has_nothing_to_do
}

/// As `on_both_engines`, on an empty database.
macro_rules! on_both_engines_from_nothing {
    ($($claim:ident)*) => {
        mod empty_sqlite {
            use crate::store::Database;
            $(#[test] fn $claim() { super::$claim(Database::sqlite()); })*
        }
        mod empty_postgres {
            use crate::store::Database;
            $(#[test] fn $claim() { super::$claim(Database::postgres()); })*
        }
    };
}

on_both_engines_from_nothing! {
    a_host_without_a_start_hook_gets_the_schema_at_first_use
    many_that_start_at_once_apply_each_migration_once
    rows_of_every_version_live_through_the_rest
    a_migration_that_fails_leaves_nothing_and_runs_when_mended
    a_newer_schema_is_refused_by_name
}

fn a_migrated_database_has_nothing_to_do(mut store: Subject) {
    let again = store.migrate(9).expect("nothing to do");
    assert!(again.applied.is_empty());
    assert_eq!(again.version, files().len() as u32);
    assert_eq!(
        store
            .value("SELECT MAX(applied_at) FROM auth_migrations")
            .as_deref(),
        Some("0")
    );
    store.ready().expect("ready");
}

fn a_host_without_a_start_hook_gets_the_schema_at_first_use(database: Database) {
    let mut store = Subject::unprepared(database);
    assert!(
        store
            .find_by_email("ann@example.com".into())
            .expect("an answer")
            .is_none()
    );
    assert_eq!(store.count("auth_migrations"), files().len() as u64);
    store.with_user(&user("ann"));
}

fn many_that_start_at_once_apply_each_migration_once(database: Database) {
    let reports: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|now| {
                let mut store = Subject::unprepared(database.clone());
                scope.spawn(move || store.migrate(now).expect("migrated"))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let mut applied: Vec<u32> = reports
        .iter()
        .flat_map(|report| &report.applied)
        .map(|one| one.version)
        .collect();
    applied.sort_unstable();
    assert_eq!(applied, (1..=files().len() as u32).collect::<Vec<_>>());
    assert!(
        reports
            .iter()
            .all(|report| report.version == files().len() as u32)
    );
}

fn rows_of_every_version_live_through_the_rest(first: Database) {
    for start in 1..=files().len() {
        let database = match &first {
            Database::Postgres(_) => Database::postgres(),
            Database::Sqlite(_) => Database::sqlite(),
        };
        let mut store = Subject::unprepared(database);
        bring_to(store.database(), start);
        seed(store.database(), start);

        let report = store.migrate(5).expect("migrated");
        let names: Vec<_> = report
            .applied
            .iter()
            .map(|one| one.version as usize)
            .collect();
        assert_eq!(
            names,
            (start + 1..=files().len()).collect::<Vec<_>>(),
            "from {start}"
        );

        let ann = store
            .find_by_email("ann@example.com".into())
            .expect("an answer");
        assert!(
            ann.is_some_and(|ann| ann.id == "id-of-ann" && ann.email_verified),
            "from {start}"
        );
        if start >= 2 {
            assert!(
                store
                    .find_linked(identity("google", "g"))
                    .expect("an answer")
                    .is_some()
            );
            assert!(
                store
                    .find_password("ann@example.com".into())
                    .expect("an answer")
                    .is_some()
            );
        }
        if start >= 3 {
            assert!(
                store.resume(1, 200).expect("an answer").is_some(),
                "from {start}"
            );
        }
        if start >= 4 {
            let again = store.spend("state".into(), digest(1), 200, 300);
            assert!(!again.expect("an answer"), "from {start}");
        }
        if start >= 5 {
            let origins = store.all_origins().expect("an answer");
            assert_eq!(origins.len(), 1, "from {start}");
            assert_eq!(origins[0].values, [("site_name".into(), "Docs".into())]);
        }
        if start >= 6 {
            let granted = store.is_granted("id-of-ann".into(), "wiki".into());
            assert!(granted.expect("an answer"), "from {start}");
        }
    }
}

fn a_migration_that_fails_leaves_nothing_and_runs_when_mended(database: Database) {
    let mut store = Subject::unprepared(database);
    // Somebody's own table stands in the way of the third.
    store.execute("CREATE TABLE auth_sessions_account (id BIGINT)");
    store.execute("CREATE TABLE auth_sessions (id BIGINT)");
    let line = store.migrate(1).expect_err("a table in the way");
    assert!(
        line.starts_with("migration 3 (sessions) failed: "),
        "{line}"
    );
    assert!(!line.contains('\n'), "{line}");
    assert_eq!(store.count("auth_migrations"), 2);
    assert!(matches!(store.ready(), Err(Error::Schema)));

    // This time it fails after the table: the table must not stay.
    store.execute("DROP TABLE auth_sessions");
    let line = store.migrate(1).expect_err("a table in the way");
    assert!(
        line.starts_with("migration 3 (sessions) failed: "),
        "{line}"
    );
    store.execute("CREATE TABLE auth_sessions (id BIGINT); DROP TABLE auth_sessions");

    store.execute("DROP TABLE auth_sessions_account");
    let report = store.migrate(2).expect("mended");
    assert_eq!(
        report
            .applied
            .iter()
            .map(|one| one.version)
            .collect::<Vec<_>>(),
        [3, 4, 5, 6]
    );
    store.ready().expect("ready");
}

fn a_newer_schema_is_refused_by_name(database: Database) {
    let store = Subject::on(database);
    let insert = "INSERT INTO auth_migrations (version, name, applied_at) VALUES (999, 'later', 1)";
    store.execute(insert);

    let mut store = store.another();
    let line = store.migrate(1).expect_err("a newer schema");
    assert!(line.contains("newer than version 6"), "{line}");
    assert!(matches!(store.ready(), Err(Error::Schema)));
    assert!(matches!(store.resume(1, 200), Err(Error::Schema)));
    assert!(matches!(
        store.register(user("ann"), "h".into()),
        Err(Error::Schema)
    ));
    assert_eq!(store.count("auth_users"), 0);
}

/// The migrations' texts and names, in order.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| {
            let path = entry.expect("readable").path();
            let stem = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let name = stem.split_once('_').expect("NNNN_name").1;
            let name = name.trim_end_matches(".main").to_owned();
            (stem, (name, fs::read_to_string(path).expect("text")))
        })
        .collect();
    files.sort();
    files.into_iter().map(|(_, file)| file).collect()
}

/// As a program of that time would have left it.
fn bring_to(database: &Database, version: usize) {
    database.execute(
        "CREATE TABLE auth_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, \
         applied_at BIGINT NOT NULL)",
    );
    for (number, (name, text)) in (1..=version).zip(files()) {
        database.execute(&text);
        database.execute(&format!(
            "INSERT INTO auth_migrations VALUES ({number}, '{name}', 1)"
        ));
    }
}

/// A row in each table that there was.
fn seed(database: &Database, version: usize) {
    let bytes = match database {
        Database::Postgres(_) => format!("'\\x{}'", "01".repeat(32)),
        Database::Sqlite(_) => format!("x'{}'", "01".repeat(32)),
    };
    let rows = [
        "INSERT INTO auth_users (id, email, email_verified, name, created_at, updated_at) \
         VALUES ('id-of-ann', 'ann@example.com', TRUE, 'Ann', 100, 100)"
            .to_owned(),
        "INSERT INTO auth_accounts \
         (provider, subject, user_id, password_hash, created_at, updated_at) \
         VALUES ('google', 'g', 'id-of-ann', NULL, 100, 100), \
         ('password', 'id-of-ann', 'id-of-ann', 'h', 100, 100)"
            .to_owned(),
        format!(
            "INSERT INTO auth_sessions (token_digest, user_id, provider, subject, audience, \
             created_at, expires_at, idle_expires_at) VALUES ({bytes}, 'id-of-ann', 'google', \
             'g', 'https://app.example', 100, 1000, 500)"
        ),
        format!(
            "INSERT INTO auth_verifications (purpose, value_digest, created_at, expires_at) \
             VALUES ('state', {bytes}, 100, 300)"
        ),
        "INSERT INTO auth_origins (name, parent, kind, state, branch, settings, schema_name, \
         sealed_url, created_at, expires_at) VALUES ('docs', 'main', 'origin', 'ready', '', \
         '{\"site_name\":\"Docs\"}', '', '', 100, NULL)"
            .to_owned(),
        "INSERT INTO auth_app_grants (user_id, app, created_at) VALUES ('id-of-ann', 'wiki', 100)"
            .to_owned(),
    ];
    assert_eq!(
        rows.len(),
        files().len(),
        "a new migration needs a row of its own here"
    );
    for row in &rows[..version] {
        database.execute(row);
    }
}
