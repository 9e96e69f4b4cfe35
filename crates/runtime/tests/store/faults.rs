//! What do the ports answer when the database cannot?

use super::{
    Database, HASH, ORIGIN, Subject, digest, identity, on_both_engines_in_every_place, session,
    types::Error, user,
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
