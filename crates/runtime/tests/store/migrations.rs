//! How does a database come to the schema that the program knows, from wherever
//! it is, and what if it is past that?

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    Database, Subject, digest, held::Held, identity, on_both_engines, origins::preview,
    types::Error, user,
};

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

/// On MySQL each change of the schema stands by itself, and no program is older than that:
/// it is not brought up from every version, and what fails goes on where it was.
mod empty_mysql {
    use crate::store::Database;

    macro_rules! from_nothing {
        ($($claim:ident)*) => {
            $(#[test] fn $claim() { super::$claim(Database::mysql()); })*
        };
    }

    from_nothing! {
        a_host_without_a_start_hook_gets_the_schema_at_first_use
        many_that_start_at_once_apply_each_migration_once
        a_migration_that_is_cut_short_goes_on_where_it_was
        a_newer_schema_is_refused_by_name
        a_program_goes_on_beside_a_newer_schema_that_lets_it
        whoever_only_looks_migrates_nothing
        whoever_writes_origins_migrates_nothing_that_others_could_not_live_with
    }
}

/// A table of somebody else's is in the way until it goes; what was made before stays made.
fn a_migration_that_is_cut_short_goes_on_where_it_was(database: Database) {
    let mut store = Subject::unprepared(database);
    store.execute("CREATE TABLE auth_accounts (id BIGINT)");
    let line = store.migrate(1).expect_err("a table in the way");
    assert!(
        line.starts_with("migration 2 (accounts) failed: "),
        "{line}"
    );
    assert_eq!(store.count("auth_migrations"), 1);
    store.execute("DROP TABLE auth_accounts");
    // As one that ended after its last statement and before it was written down.
    store.migrate(2).expect("mended");
    store.execute("DELETE FROM auth_migrations WHERE version = 24");
    let again = store.another().migrate(3).expect("done already");
    let applied: Vec<_> = again.applied.iter().map(|one| one.version).collect();
    assert_eq!(applied, [24]);
    store.with_user(&user("ann"));
}

on_both_engines_from_nothing! {
    a_host_without_a_start_hook_gets_the_schema_at_first_use
    many_that_start_at_once_apply_each_migration_once
    rows_of_every_version_live_through_the_rest
    tables_that_cannot_all_be_made_are_not_made
    a_migration_that_fails_leaves_nothing_and_runs_when_mended
    a_newer_schema_is_refused_by_name
    a_program_goes_on_beside_a_newer_schema_that_lets_it
    whoever_only_looks_migrates_nothing
    whoever_only_looks_sees_the_origins_of_older_tables
    whoever_writes_origins_migrates_nothing_that_others_could_not_live_with
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
            Database::MySql(_) => Database::mysql(),
            Database::Sqlite(_) => Database::sqlite(),
        };
        let mut store = Subject::unprepared(database);
        bring_to(store.database(), start, &rows(store.database()));

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

        let ann = store.found("ann@example.com").expect("a user").user;
        assert!(ann.id == "id-of-ann" && ann.email_verified, "from {start}");
        if start >= 2 {
            // The last is a provider's of the operator's own.
            for (provider, subject) in [("google", "g"), ("github", "h"), ("acme", "a")] {
                let found = store.find_linked(identity(provider, subject));
                let found = found.expect("an answer").expect("a user");
                assert_eq!(found.user.id, "id-of-ann", "{provider} from {start}");
                let vouched = found.vouched_email.as_deref();
                assert_eq!(vouched, Some("ann@example.com"), "{provider} from {start}");
            }
            let found = store.find_password("ann@example.com".into());
            assert_eq!(found.expect("an answer").expect("a user").hash, "h");
        }
        if start >= 3 {
            for (token, provider, amr) in [
                (1, "google", "fed"),
                (2, "password", "pwd"),
                (3, "acme", "fed"),
            ] {
                let found = store.resume(token, 200).expect("an answer");
                let found = found.unwrap_or_else(|| panic!("{provider} from {start}"));
                assert_eq!((&*found.provider, &*found.amr), (provider, amr));
                assert!(found.user.email_verified, "{provider} from {start}");
                assert_eq!((found.auth_time, found.created_at), (100, 100));
                assert_eq!((found.idle_expires_at, found.expires_at), (500, 1_000));
            }
        }
        if start >= 4 {
            let again = store.spend("state".into(), digest(1), 200, 300);
            assert!(!again.expect("an answer"), "from {start}");
        }
        if start >= 5 {
            let mut origins = store.all_origins().expect("an answer");
            origins.retain(|origin| origin.name == "docs");
            assert_eq!((origins.len(), origins[0].version), (1, 0), "from {start}");
            assert_eq!(origins[0].values, [("site_name".into(), "Docs".into())]);
        }
        if start >= 6 {
            let granted = store.is_granted("id-of-ann".into(), "wiki".into());
            assert!(granted.expect("an answer"), "from {start}");
        }
        if start >= 7 {
            let seen = store.found("bob@example.com").expect("a user").seen;
            assert_eq!((seen.revision, seen.sessions_begun), (3, 5), "from {start}");
        }
        if start >= 8 {
            let found = store.resume(4, 200).expect("an answer").expect("a session");
            assert_eq!(
                (&*found.amr, found.auth_time),
                ("pwd otp", 90),
                "from {start}"
            );
        }
        if start >= 9 {
            let found = store.find_linked(identity("corp", "c")).expect("an answer");
            assert_eq!(found.expect("a user").user.id, "id-of-bob", "from {start}");
        }
        if start >= 10 {
            let rule = super::limits::bucket(1, 5, 5, 60);
            let states = store.admit(vec![rule], 100).expect("an answer");
            assert!(states[0].admitted, "full, from {start}");
        }
        if start >= 16 {
            assert_eq!(store.count("auth_events"), 1, "from {start}");
        }
        if start >= 17 {
            let rule = super::limits::lockout(1);
            let states = store.admit(vec![rule], 100).expect("an answer");
            assert!(!states[0].admitted, "from {start}");
        }
        if start >= 11 {
            let found = store.find_linked(identity("corp", "c")).expect("an answer");
            let vouched = found.expect("a user").vouched_email;
            assert_eq!(vouched.as_deref(), Some("bob@example.com"), "from {start}");
        }
        if start >= 12 {
            assert_eq!(store.count("auth_tenants"), 1, "from {start}");
        }
        if start >= 13 {
            let mut origins = store.all_origins().expect("an answer");
            origins.retain(|origin| origin.name == "shop");
            assert_eq!(origins[0].version, 7, "from {start}");
        }
        if start >= 14 {
            let found = store.resume(5, 200).expect("an answer");
            let groups = found.unwrap_or_else(|| panic!("from {start}")).groups;
            let expected = match start {
                26.. => "acme:web,team",
                18.. => "team",
                _ => "",
            };
            assert_eq!(groups, expected, "from {start}");
        }
        if start >= 24 {
            for table in [
                "auth_authenticators",
                "auth_recovery_codes",
                "auth_passkeys",
            ] {
                assert_eq!(store.count(table), 1, "{table} from {start}");
            }
        }
        if start >= 25 {
            let found = store.find_request_by_token("default".into(), digest(1));
            assert!(found.expect("an answer").is_some(), "from {start}");
            let apps = store
                .list_applications("default".into())
                .expect("an answer");
            assert_eq!((&*apps[0].name, apps[0].variables), ("wiki", 1));
            let listed = store.list_secrets("default".into()).expect("an answer");
            assert_eq!((&*listed[0].name, listed[0].version), ("TOKEN", 3));
        }
        // Whoever was there goes on: every way in, and what hangs on it.
        if start >= 2 {
            let ann = user("ann");
            store.with_session(&ann, 101);
            store.with_linked_session(identity("acme", "a"), 102);
            let key = "SELECT issuer FROM auth_accounts WHERE subject = 'a'";
            assert_eq!(store.value(key).as_deref(), Some("https://acme.example"));
        }
        store.execute("DELETE FROM auth_users");
        for table in ["auth_accounts", "auth_sessions", "auth_app_grants"] {
            assert_eq!(store.count(table), 0, "{table} from {start}");
        }
    }
}

fn tables_that_cannot_all_be_made_are_not_made(database: Database) {
    let mut store = Subject::unprepared(database);
    store.execute("CREATE TABLE auth_sessions (id BIGINT)");
    let line = store.migrate(1).expect_err("a table in the way");
    assert!(
        line.starts_with("the tables could not be made: ") && line.contains("auth_sessions"),
        "{line}"
    );
    assert!(!line.contains('\n'), "{line}");
    assert!(matches!(store.ready(), Err(Error::Schema)));
    for table in ["auth_migrations", "auth_users"] {
        store.execute(&format!(
            "CREATE TABLE {table} (id BIGINT); DROP TABLE {table}"
        ));
    }

    store.execute("DROP TABLE auth_sessions");
    let report = store.migrate(2).expect("mended");
    assert_eq!(report.applied.len(), files().len());
    store.ready().expect("ready");
}

fn a_migration_that_fails_leaves_nothing_and_runs_when_mended(database: Database) {
    let mut store = Subject::unprepared(database);
    bring_to(store.database(), 2, &vec![String::new(); files().len()]);
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
        (3..=files().len() as u32).collect::<Vec<_>>()
    );
    store.ready().expect("ready");
}

/// As `pg_dump` holds every table while it reads: whoever comes to one waits behind the
/// migration, so it must not wait for long.
#[test]
fn a_migration_gives_way_to_whoever_uses_a_table() {
    let database = Database::postgres_with_tables("");
    let mut store = Subject::on(database.clone());
    store.execute("ALTER TABLE auth_sessions DROP COLUMN provider_session");
    store.execute("DELETE FROM auth_migrations WHERE version = 29");
    let backup = Held::begin(&database, "LOCK TABLE auth_sessions IN ACCESS SHARE MODE");
    let began = Instant::now();
    let line = store.another().migrate(1).expect_err("a table in use");
    assert!(line.contains("(SQLSTATE 55P03"), "{line}");
    assert!(began.elapsed() < Duration::from_secs(40), "{line}");
    backup.end("COMMIT");
    let applied = store.another().migrate(2).expect("free").applied;
    assert_eq!(applied.len(), 1);
    store.ready().expect("ready");
}

fn a_newer_schema_is_refused_by_name(database: Database) {
    let store = Subject::on(database);
    let insert = "INSERT INTO auth_migrations (version, name, applied_at) VALUES (999, 'later', 1)";
    store.execute(insert);
    store.execute("UPDATE auth_compatibility SET oldest_program = 999");

    let mut store = store.another();
    let line = store.migrate(1).expect_err("a newer schema");
    let newest = format!("newer than version {}", files().len());
    assert!(line.contains(&newest), "{line}");
    assert!(matches!(store.ready(), Err(Error::Schema)));
    assert!(matches!(store.resume(1, 200), Err(Error::Schema)));
    assert!(matches!(
        store.register(user("ann"), "h".into()),
        Err(Error::Schema)
    ));
    assert_eq!(store.count("auth_users"), 0);
}

/// What a program of a later version has applied, and the oldest one that can go on.
fn migrated_by_a_later_program(store: &Subject, oldest: &str) {
    store.execute(
        "INSERT INTO auth_migrations (version, name, applied_at) VALUES (999, 'later', 1)",
    );
    store.execute("ALTER TABLE auth_users ADD COLUMN pronouns TEXT");
    store.execute(&format!(
        "UPDATE auth_compatibility SET oldest_program = {oldest}"
    ));
}

fn a_program_goes_on_beside_a_newer_schema_that_lets_it(database: Database) {
    let mut store = Subject::on(database).at_new("a");
    let known = files().len();
    for place in ["", "a"] {
        migrated_by_a_later_program(store.at(place), &known.to_string());
    }
    for place in ["", "a"] {
        let mut store = store.another();
        store.at(place).with_user(&user("ann"));
        store.with_session(&user("ann"), 1);
        assert!(
            store.resume(1, 200).expect("an answer").is_some(),
            "{place}"
        );
        assert!(store.migrate(9).expect("nothing to do").applied.is_empty());
    }
    store.at("").ready().expect("ready");
    // One more, which it could not live with.
    for place in ["", "a"] {
        let oldest = (known + 1).to_string();
        store.at(place).execute(&format!(
            "UPDATE auth_compatibility SET oldest_program = {oldest}"
        ));
        let mut store = store.another();
        assert!(
            matches!(store.at(place).resume(1, 200), Err(Error::Schema)),
            "{place}"
        );
        let line = store.migrate(9).expect_err("too new");
        assert!(line.contains("newer than version"), "{line}");
    }
}

/// The tables as a program before `compatibility` left them.
fn older(database: Database) -> Subject {
    let store = Subject::on(database);
    store.execute("DROP TABLE auth_compatibility");
    store.execute("DELETE FROM auth_migrations WHERE name = 'compatibility'");
    store
}

fn whoever_only_looks_migrates_nothing(database: Database) {
    let mut nothing = Subject::unprepared(match &database {
        Database::Postgres(_) => Database::postgres(),
        Database::MySql(_) => Database::mysql(),
        Database::Sqlite(_) => Database::sqlite(),
    });
    assert!(nothing.all_origins().expect("an answer").is_empty());
    assert!(nothing.expired_origins(9, 9).expect("an answer").is_empty());
    assert!(nothing.granted_apps().expect("an answer").is_empty());
    let tables = match nothing.database() {
        Database::Postgres(_) => "SELECT COUNT(*) FROM pg_tables WHERE tablename LIKE 'auth%'",
        Database::MySql(_) => {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
        Database::Sqlite(_) => "SELECT COUNT(*) FROM sqlite_master",
    };
    assert_eq!(nothing.value(tables).as_deref(), Some("0"), "still nothing");

    let store = older(database);
    let before = store.count("auth_migrations");
    let mut newer = store.another();
    assert!(newer.all_origins().expect("an answer").is_empty());
    assert!(newer.expired_origins(9, 9).expect("an answer").is_empty());
    assert!(newer.granted_apps().expect("an answer").is_empty());
    assert_eq!(store.count("auth_migrations"), before);
}

fn whoever_only_looks_sees_the_origins_of_older_tables(database: Database) {
    let mut store = Subject::on(database);
    let kept = store.insert_origin(preview("a", Some(9)));
    assert!(kept.expect("an answer").is_none());
    store.execute(
        "DROP INDEX auth_origins_host; DROP INDEX auth_origins_own_schema; \
         ALTER TABLE auth_origins DROP COLUMN version; \
         ALTER TABLE auth_origins DROP COLUMN host; \
         ALTER TABLE auth_origins DROP COLUMN own_schema; \
         DELETE FROM auth_migrations WHERE name = 'origins_apart'",
    );
    let mut newer = store.another();
    for seen in [newer.all_origins(), newer.expired_origins(9, 9)] {
        let seen = seen.expect("an answer");
        assert_eq!((seen.len(), seen[0].version), (1, 0));
    }
}

fn whoever_writes_origins_migrates_nothing_that_others_could_not_live_with(database: Database) {
    let store = older(database);
    let before = store.count("auth_migrations");
    let mut newer = store.another();
    let refused = newer.insert_origin(preview("a", None));
    assert!(matches!(refused, Err(Error::Schema)));
    assert_eq!(store.count("auth_migrations"), before);
    newer.migrate(1).expect("what the operator says");
    assert!(
        newer
            .insert_origin(preview("a", None))
            .expect("an answer")
            .is_none()
    );
}

/// The version that this program knows.
pub(super) fn newest() -> u32 {
    files().len() as u32
}

/// The versions that a place of an origin's own has, in order.
pub(super) fn of_a_place() -> Vec<u32> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let is_mains = |version: &u32| {
        let mut names = fs::read_dir(&folder).expect("the folder").map(|entry| {
            let name = entry.expect("readable").file_name();
            name.to_string_lossy().into_owned()
        });
        names.any(|name| name.starts_with(&format!("{version:04}_")) && name.contains(".main."))
    };
    (1..=newest())
        .filter(|version| !is_mains(version))
        .collect()
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

/// As the programs up to that time would have left it, each with the rows that it
/// wrote.
fn bring_to(database: &Database, version: usize, rows: &[String]) {
    database.execute(
        "CREATE TABLE auth_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, \
         applied_at BIGINT NOT NULL)",
    );
    assert_eq!(
        rows.len(),
        files().len(),
        "a new migration needs rows of its own here"
    );
    for ((number, (name, text)), rows) in (1..=version).zip(files()).zip(rows) {
        database.execute(&text);
        database.execute(&format!(
            "INSERT INTO auth_migrations VALUES ({number}, '{name}', 1)"
        ));
        database.execute(rows);
    }
}

/// What each version brought, written as by a program of that version.
fn rows(database: &Database) -> Vec<String> {
    let bytes = |byte: u8| {
        let hexadecimal = format!("{byte:02x}").repeat(32);
        match database {
            Database::Postgres(_) => format!("'\\x{hexadecimal}'"),
            Database::MySql(_) | Database::Sqlite(_) => format!("x'{hexadecimal}'"),
        }
    };
    vec![
        "INSERT INTO auth_users (id, email, email_verified, name, created_at, updated_at) \
         VALUES ('id-of-ann', 'ann@example.com', TRUE, 'Ann', 100, 100)"
            .to_owned(),
        "INSERT INTO auth_accounts \
         (provider, subject, user_id, password_hash, created_at, updated_at) \
         VALUES ('google', 'g', 'id-of-ann', NULL, 100, 100), \
         ('github', 'h', 'id-of-ann', NULL, 100, 100), \
         ('acme', 'a', 'id-of-ann', NULL, 100, 100), \
         ('password', 'id-of-ann', 'id-of-ann', 'h', 100, 100)"
            .to_owned(),
        format!(
            "INSERT INTO auth_sessions (token_digest, user_id, provider, subject, audience, \
             created_at, expires_at, idle_expires_at) VALUES \
             ({}, 'id-of-ann', 'google', 'g', 'https://app.example', 100, 1000, 500), \
             ({}, 'id-of-ann', 'password', 'id-of-ann', 'https://app.example', 100, 1000, 500), \
             ({}, 'id-of-ann', 'acme', 'a', 'https://app.example', 100, 1000, 500)",
            bytes(1),
            bytes(2),
            bytes(3)
        ),
        format!(
            "INSERT INTO auth_verifications (purpose, value_digest, created_at, expires_at) \
             VALUES ('state', {}, 100, 300)",
            bytes(1)
        ),
        "INSERT INTO auth_origins (name, parent, kind, state, branch, settings, schema_name, \
         sealed_url, created_at, expires_at) VALUES ('docs', 'main', 'origin', 'ready', '', \
         '{\"site_name\":\"Docs\"}', '', '', 100, NULL)"
            .to_owned(),
        "INSERT INTO auth_app_grants (user_id, app, created_at) VALUES ('id-of-ann', 'wiki', 100)"
            .to_owned(),
        "INSERT INTO auth_users (id, email, email_verified, name, created_at, updated_at, \
         revision, sessions_begun) \
         VALUES ('id-of-bob', 'bob@example.com', FALSE, 'Bob', 100, 100, 3, 5)"
            .to_owned(),
        format!(
            "INSERT INTO auth_sessions (token_digest, user_id, issuer, subject, provider, amr, \
             authenticated_at, audience, created_at, expires_at, idle_expires_at) VALUES \
             ({}, 'id-of-bob', 'password', 'id-of-bob', 'password', 'pwd otp', 90, \
             'https://app.example', 100, 1000, 500)",
            bytes(4)
        ),
        "INSERT INTO auth_accounts \
         (issuer, subject, provider, user_id, password_hash, created_at, updated_at) \
         VALUES ('https://corp.example', 'c', 'corp', 'id-of-bob', NULL, 100, 100)"
            .to_owned(),
        format!(
            "INSERT INTO auth_counters (purpose, bucket_digest, taken, was_taken, ends_at) \
             VALUES ('sign-in', {}, 5, TRUE, 150)",
            bytes(1)
        ),
        "UPDATE auth_accounts SET vouched_email = 'bob@example.com' WHERE subject = 'c'".to_owned(),
        "INSERT INTO auth_tenants (tenant, made) VALUES ('docs@100', 1)".to_owned(),
        "INSERT INTO auth_origins (name, parent, kind, state, branch, settings, schema_name, \
         sealed_url, created_at, expires_at, version, host, own_schema) VALUES ('shop', 'main', \
         'origin', 'ready', '', '{}', '', '', 100, NULL, 7, 'shop.example', '')"
            .to_owned(),
        format!(
            "INSERT INTO auth_sessions (token_digest, user_id, issuer, subject, provider, amr, \
             authenticated_at, audience, created_at, expires_at, idle_expires_at, idle_seconds) \
             VALUES ({}, 'id-of-bob', 'password', 'id-of-bob', 'password', 'pwd', 90, \
             'https://app.example', 100, 1000, 500, 400)",
            bytes(5)
        ),
        "UPDATE auth_compatibility SET oldest_program = 15".to_owned(),
        "INSERT INTO auth_events (id, at, last_at, times, act, done, actor, user_id, target, \
         origin, address, user_agent) VALUES ('e', 100, 100, 1, 'sign_in', TRUE, 'visitor', '', \
         '', '', '', '')"
            .to_owned(),
        format!(
            "INSERT INTO auth_lockouts (whose_digest, failures, delay_seconds, locked_until, \
             was_taken, ends_at) VALUES ({}, 2, 10, 110, TRUE, 210)",
            bytes(1)
        ),
        "INSERT INTO auth_groups (name, created_at) VALUES ('team', 100); \
         INSERT INTO auth_group_members (group_name, user_id, created_at) \
         VALUES ('team', 'id-of-bob', 100); \
         UPDATE auth_users SET member_of = 'team' WHERE id = 'id-of-bob'"
            .to_owned(),
        format!(
            "INSERT INTO auth_outbox (id, kind, sealed, queued_at, due_at, attempts, why) \
             VALUES ('m', 'reset-password', {}, 100, 100, 0, '')",
            bytes(1)
        ),
        format!(
            "INSERT INTO auth_links (token_digest, purpose, email, user_id, base_url, return_to, \
             name, password_hash, code_mac, browser_digest, tries, created_at, expires_at) VALUES \
             ({one}, 'sign-in', 'bob@example.com', 'id-of-bob', 'https://app.example', '/', '', \
             NULL, {one}, {one}, 0, 100, 1000)",
            one = bytes(1)
        ),
        "UPDATE auth_sessions SET user_agent = 'Firefox', address = '192.0.2.1', region = 'DE'"
            .to_owned(),
        format!(
            "INSERT INTO auth_access_tokens (token_digest, id, user_id, name, audience, scopes, \
             created_at, expires_at) VALUES ({}, 't', 'id-of-bob', 'script', \
             'https://app.example', '*', 100, 1000)",
            bytes(1)
        ),
        "UPDATE auth_users SET leaves_at = 5000 WHERE id = 'id-of-bob'".to_owned(),
        format!(
            "INSERT INTO auth_authenticators (user_id, sealed_secret, last_step, created_at) \
             VALUES ('id-of-bob', 's', 1, 100); \
             INSERT INTO auth_recovery_codes (user_id, code_digest, created_at) \
             VALUES ('id-of-bob', {}, 100); \
             INSERT INTO auth_passkeys (credential_id, user_id, public_key, sign_count, \
             backup_eligible, backed_up, transports, name, created_at, last_used_at) VALUES \
             ('c', 'id-of-bob', 'k', 0, TRUE, TRUE, 'internal', 'Laptop', 100, NULL)",
            bytes(1)
        ),
        format!(
            "INSERT INTO auth_secrets (org, name, version, sealed, updated_at, updated_by) \
             VALUES ('default', 'TOKEN', 3, {one}, 100, 'id-of-bob'); \
             INSERT INTO auth_secret_requests (id, token_digest, org, name, created_at, \
             expires_at, created_by, fulfilled_at) \
             VALUES ('r', {one}, 'default', 'TOKEN', 100, 1000, 'id-of-bob', NULL); \
             INSERT INTO auth_applications (org, name, created_at) VALUES ('default', 'wiki', 100); \
             INSERT INTO auth_variables (org, application, key, version, sealed, secret_name, \
             secret_version, written, overridden, updated_at, updated_by) VALUES \
             ('default', 'wiki', 'TOKEN', 1, {one}, 'TOKEN', 3, {one}, FALSE, 100, 'id-of-bob')",
            one = bytes(1)
        ),
        format!(
            "UPDATE auth_sessions SET provider_groups = 'acme:web' WHERE token_digest = {}",
            bytes(5)
        ),
        format!(
            "INSERT INTO auth_refreshes (token_digest, claimed_until, outcome, expires_at) \
             VALUES ({}, 100, NULL, 100)",
            bytes(1)
        ),
        format!(
            "UPDATE auth_accounts SET sealed_tokens = {} WHERE subject = 'g'",
            bytes(1)
        ),
        format!(
            "UPDATE auth_sessions SET provider_session = 's-1' WHERE token_digest = {}",
            bytes(5)
        ),
    ]
}
