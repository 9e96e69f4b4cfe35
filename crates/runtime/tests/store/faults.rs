//! What do the ports answer when the database cannot?

use super::{
    Database, HASH, ORIGIN, Subject, digest, identity, on_both_engines_in_every_place,
    ports::session_writer::{PasswordSignIn, SignIn},
    session,
    types::Error,
    user,
};

on_both_engines_in_every_place! {
    a_table_of_the_database_is_missed_as_schema
    a_database_without_writes_still_finds_sessions_and_begins_none
}

fn a_table_of_the_database_is_missed_as_schema(mut store: Subject) {
    assert!(store.resume(1, 200).expect("an answer").is_none());
    store.execute("DROP TABLE auth_sessions");
    assert!(matches!(store.resume(1, 200), Err(Error::Schema)));
}

fn a_database_without_writes_still_finds_sessions_and_begins_none(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    let mut store = store.read_only();

    store.ready().expect("it answers");
    let found = store
        .resume_at(digest(1), ORIGIN.into(), 200, 900)
        .expect("an answer");
    // Found, and not slid but where another store keeps that.
    let until = match store.keeps_uses_elsewhere() {
        true => 600,
        false => 500,
    };
    assert_eq!(found.expect("a session").idle_expires_at, until);
    assert!(
        store.resume(1, until).expect("an answer").is_none(),
        "expired all the same"
    );
    assert!(
        store
            .find_password(ann.email.clone())
            .expect("an answer")
            .is_some()
    );

    assert!(matches!(
        store.sign_in(&ann, session(2)),
        Err(Error::ReadOnly)
    ));
    assert!(matches!(store.end(digest(1)), Err(Error::ReadOnly)));
    assert!(matches!(
        store.spend("p".into(), digest(1), 1, 2),
        Err(Error::ReadOnly)
    ));
    assert!(matches!(
        store.register(user("bob"), HASH.into()),
        Err(Error::ReadOnly)
    ));
    let taken = store.reclaim(&ann, identity("google", "g"));
    assert!(matches!(taken, Err(Error::ReadOnly)));
    let steps = store.check();
    assert_eq!(steps.last().map(|step| step.name.as_str()), Some("create"));
    assert!(steps.last().is_some_and(|step| step.error.is_some()));
}

#[test]
fn a_database_that_is_down_is_unavailable_and_comes_back() {
    let cluster = crate::postgres::Cluster::start_new();
    let mut store = Subject::on(Database::Postgres(cluster.database()));
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);

    cluster.stop();
    assert!(matches!(store.resume(1, 200), Err(Error::Unavailable)));
    assert!(matches!(store.ready(), Err(Error::Unavailable)));
    assert!(matches!(
        store.sign_in(&ann, session(2)),
        Err(Error::Unavailable)
    ));
    let mut fresh = store.another();
    assert!(matches!(fresh.resume(1, 200), Err(Error::Unavailable)));
    let steps = fresh.check();
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(steps[0].error.is_some(), "{steps:?}");

    cluster.start();
    assert!(
        store.resume(1, 200).expect("an answer").is_some(),
        "the same instance again"
    );
    assert!(fresh.resume(1, 200).expect("an answer").is_some());
}

#[test]
fn connections_that_the_server_ended_are_replaced_without_a_failure() {
    let mut store = Subject::on(Database::postgres());
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for round in 0..5 {
        store.execute(end);
        assert!(
            store.resume(1, 200).expect("an answer").is_some(),
            "round {round}"
        );
        let found = store.find_password(ann.email.clone());
        let found = found.expect("an answer").expect("a user");
        store.execute(end);
        // What is no safe repeat is not repeated: the host must have noticed.
        std::thread::sleep(std::time::Duration::from_millis(100));
        let password = PasswordSignIn {
            seen: found.seen,
            hash: found.hash,
            new_hash: None,
        };
        store
            .begin(SignIn::Password(password), session(100 + round))
            .expect("a session");
    }
}

#[test]
fn no_pooled_connection_is_left_inside_a_transaction() {
    let mut store = Subject::on(Database::postgres());
    let Database::Postgres(database) = store.database().clone() else {
        unreachable!()
    };
    store.with_user(&user("ann"));
    assert!(matches!(
        store.register(user("ann"), HASH.into()),
        Err(Error::Conflict)
    ));

    // One who waits for a lock and leaves.
    let lock = crate::runtime::run(async {
        let (client, connection) = tokio_postgres::connect(&database.url, tokio_postgres::NoTls)
            .await
            .expect("connected");
        crate::runtime::handle().spawn(connection);
        client
            .batch_execute("BEGIN; LOCK TABLE auth_users")
            .await
            .expect("locked");
        client
    });
    let mut leaving = store.another();
    leaving.check();
    std::thread::scope(|scope| {
        let leaving = scope.spawn(|| leaving.register_and_leave(user("bob"), 2_000));
        let waits = "SELECT COUNT(*) FROM pg_stat_activity \
                     WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while database.value(waits).as_deref() != Some("1") {
            assert!(!leaving.is_finished(), "it never waited");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let ended = leaving.join().expect("no panic");
        assert!(!ended, "the table was locked");
    });
    crate::runtime::run(lock.batch_execute("ROLLBACK")).expect("unlocked");
    drop(lock);

    // What had been sent may still be at work; what stays is inside a transaction.
    let left = "SELECT string_agg(state, ',') FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid() \
                AND state <> 'idle'";
    let unlocked = std::time::Instant::now();
    while let Some(left) = database.value(left) {
        let patience = std::time::Duration::from_secs(10);
        assert!(unlocked.elapsed() < patience, "{left}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    store
        .register(user("cat"), HASH.into())
        .expect("the pool works");
    assert!(
        store
            .another()
            .find_by_email(user("cat").email)
            .expect("an answer")
            .is_some()
    );
}

#[test]
fn a_wrong_password_to_the_database_is_told_without_the_password() {
    let Database::Postgres(mut database) = Database::postgres() else {
        unreachable!()
    };
    let (refused, unclear) = ("password authentication failed", "percent-encode");
    for (password, says) in [
        ("hunter2", refused),
        ("hun%40ter2", refused),
        ("hun@ter2", unclear),
        ("h:un@ter2", unclear),
        ("hun/ter2", refused),
    ] {
        let mut url = url::Url::parse(&database.url).expect("a URL");
        url.set_password(None).expect("a host");
        database.url = url.as_str().replacen('@', &format!(":{password}@"), 1);
        let mut store = Subject::unprepared(Database::Postgres(database.clone()));
        let line = store.migrate(1).expect_err("a wrong password");
        assert!(line.contains(says), "{password}: {line}");
        assert!(!line.contains("ter2"), "{password}: {line}");
        assert!(!line.contains('\n'), "{line}");
        database.url = url.into();
    }
}

/// The disk is a file system in memory of two megabytes, of which the journal of the
/// migrations takes one, in a mount namespace of its own, where the second half of the
/// test runs.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_begins_no_sessions_and_still_finds_them() {
    let script = "mount -t tmpfs -o size=2m tmpfs \"$FULL_DISK\" && exec \"$0\" \"$@\"";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = std::process::Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script])
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", "store::faults::on_a_small_disk", "--ignored"])
        .env("FULL_DISK", folder.path())
        .output()
        .expect("unshare is installed (util-linux)");
    let output = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success() && output.contains("1 passed"),
        "{output}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

#[test]
#[ignore = "started by a_full_disk_begins_no_sessions_and_still_finds_them"]
fn on_a_small_disk() {
    let folder = std::path::PathBuf::from(std::env::var_os("FULL_DISK").expect("a folder"));
    let mut store = Subject::on(Database::Sqlite(folder.clone()));
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);

    let filled = std::fs::write(folder.join("filler"), vec![1; 4 << 20]);
    let filled = filled.expect_err("the disk is full").kind();
    assert_eq!(filled, std::io::ErrorKind::StorageFull);
    let outcomes: Vec<_> = (2..50)
        .map(|token| store.sign_in(&ann, session(token)))
        .collect();
    assert!(
        matches!(outcomes.last(), Some(Err(Error::Full))),
        "{outcomes:?}"
    );
    let found = store
        .resume_at(digest(1), ORIGIN.into(), 200, 900)
        .expect("an answer");
    assert_eq!(
        found.expect("a session").idle_expires_at,
        500,
        "found, not slid"
    );
    assert!(matches!(
        store.register(user("bob"), HASH.into()),
        Err(Error::Full)
    ));

    std::fs::remove_file(folder.join("filler")).expect("room again");
    store
        .register(user("bob"), HASH.into())
        .expect("the same instance again");
    assert_eq!(
        store
            .another()
            .find_by_email(ann.email)
            .expect("an answer")
            .map(|found| found.user.id),
        Some(ann.id)
    );
}
