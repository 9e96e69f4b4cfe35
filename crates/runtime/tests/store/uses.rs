//! What of sessions whose use a key-value store keeps, and what the database does not know
//! of them?

use std::collections::BTreeMap;

use gatelet_runtime::RuntimeConfig;

use super::{
    Database, ORIGIN, STORES, Subject, digest, own_account::holder, session, types::Error, user,
};
use crate::redis_server::{PASSWORD, Redis};

/// On SQLite, with a store in a file.
fn subject() -> Subject {
    let database = Database::sqlite_with_tables("");
    Subject::on(database.with_a_key_value_store(None))
}

/// The store's file, as another program opens it.
fn opened(store: &Subject) -> rusqlite::Connection {
    let folder = store.database().key_value_store().expect("it has one");
    rusqlite::Connection::open(folder.join("sqlite_key_value.db")).expect("the file")
}

fn keys(store: &Subject) -> Vec<String> {
    let opened = opened(store);
    let mut keys = opened
        .prepare("SELECT key FROM spin_key_value ORDER BY key")
        .expect("the table");
    let keys = keys.query_map([], |row| row.get(0)).expect("rows");
    keys.collect::<Result<_, _>>().expect("text")
}

fn with_ann(mut store: Subject) -> Subject {
    store.with_user(&user("ann"));
    store.with_session(&user("ann"), 1);
    store
}

#[test]
fn a_use_writes_nothing_to_the_database() {
    let mut store = with_ann(subject());
    let row = "SELECT idle_expires_at FROM auth_sessions";
    assert_eq!(store.value(row).as_deref(), Some("1000"), "the end");
    let found = store.resume_at(digest(1), ORIGIN.into(), 200, 600);
    assert_eq!(
        found.expect("an answer").expect("live").idle_expires_at,
        600
    );
    assert_eq!(store.value(row).as_deref(), Some("1000"));
    let found = store.another().resume(1, 599).expect("an answer");
    assert!(found.is_some(), "another instance knows it");
}

#[test]
fn a_key_holds_a_digest_and_no_token_and_nobody_else_has_it() {
    let store = with_ann(subject());
    let expected = format!("gatelet:session::{}", "01".repeat(32));
    assert_eq!(keys(&store), [expected]);
}

#[test]
fn a_session_without_its_use_is_none_and_a_use_without_its_session_neither() {
    let mut store = with_ann(subject());
    let nothing = opened(&store).execute("DELETE FROM spin_key_value", []);
    assert_eq!(nothing, Ok(1));
    assert!(store.resume(1, 200).expect("an answer").is_none());
    let listed = store.list_sessions(user("ann").id, None, 10, 200);
    assert!(listed.expect("an answer").is_empty());

    store.with_session(&user("ann"), 2);
    store.execute("DELETE FROM auth_sessions WHERE token_digest = x'0202020202020202020202020202020202020202020202020202020202020202'");
    assert!(store.resume(2, 200).expect("an answer").is_none());
    assert_eq!(keys(&store).len(), 1, "and no use brings it back");
}

#[test]
fn what_is_no_use_of_ours_is_no_session() {
    let mut store = with_ann(subject());
    for written in ["", "1 99999999999 5 5", "2 900 400", "{}", "1 900"] {
        let set = opened(&store).execute(
            "UPDATE spin_key_value SET value = CAST(?1 AS BLOB)",
            [written],
        );
        assert_eq!(set, Ok(1));
        assert!(
            store.resume(1, 200).expect("an answer").is_none(),
            "{written}"
        );
    }
}

#[test]
fn a_session_that_idled_out_changes_nothing_of_an_account() {
    let mut store = with_ann(subject());
    let renamed = store.rename(holder(&user("ann"), 1), "Ann".into(), 499);
    renamed.expect("it lives");
    let late = store.rename(holder(&user("ann"), 1), "Eve".into(), 500);
    assert!(matches!(late, Err(Error::Conflict)), "{late:?}");
    store.with_session(&user("ann"), 2);
    let ended = store.end_others(holder(&user("ann"), 1), 500);
    assert_eq!(ended.expect("an answer"), 0);
}

#[test]
fn a_use_goes_on_under_the_token_that_a_session_has_from_then_on() {
    let mut store = with_ann(subject());
    let ann = user("ann");
    let stale = store.seen(&ann).expect("an answer");
    for (before, renewed) in [(1, 2), (2, 2)] {
        let seen = store.seen(&ann).expect("an answer");
        let by = holder(&ann, before);
        let set = store.set_password(by, seen, "$new".into(), digest(renewed), 200);
        set.expect("it is set");
        assert!(store.resume(renewed, 499).expect("an answer").is_some());
        assert_eq!(keys(&store).len(), 1, "{:?}", keys(&store));
    }
    let set = store.set_password(holder(&ann, 2), stale, "$no".into(), digest(3), 200);
    assert!(matches!(set, Err(Error::Conflict)), "{set:?}");
    assert!(store.resume(2, 499).expect("an answer").is_some());
    assert_eq!(keys(&store).len(), 1, "{:?}", keys(&store));
}

#[test]
fn a_sign_in_that_was_refused_leaves_no_use_behind() {
    let mut store = with_ann(subject());
    let ann = user("ann");
    store.disable(ann.id.clone(), 150).expect("disabled");
    let begun = store.sign_in(&ann, session(9));
    assert!(matches!(begun, Err(Error::Conflict)), "{begun:?}");
    assert!(
        keys(&store).iter().all(|key| !key.ends_with("09")),
        "{:?}",
        keys(&store)
    );
}

#[test]
fn an_end_takes_the_use_along_and_the_sweep_takes_what_was_left() {
    let mut store = with_ann(subject());
    store.with_session(&user("ann"), 2);
    store.end(digest(1)).expect("ended");
    assert_eq!(keys(&store).len(), 1);
    store.end_all(user("ann").id, None).expect("ended");
    assert_eq!(store.sweep(499, 10).expect("swept"), 0);
    assert_eq!(keys(&store).len(), 1, "it has not idled out");
    assert_eq!(
        store.sweep(500, 10).expect("swept"),
        0,
        "no row of the database"
    );
    assert!(keys(&store).is_empty());
}

#[test]
fn what_an_app_keeps_in_the_same_store_is_left_alone() {
    let mut store = with_ann(subject());
    let theirs = "INSERT INTO spin_key_value VALUES ('default', ?1, x'00')";
    for key in [
        "gatelet:session::zz",
        "gatelet:session::0",
        "theirs",
        "gatelet:session:",
    ] {
        assert_eq!(opened(&store).execute(theirs, [key]), Ok(1));
    }
    store.sweep(10_000, 100).expect("swept");
    assert_eq!(keys(&store).len(), 4, "{:?}", keys(&store));
}

#[test]
fn without_redis_sessions_are_unavailable_and_none_begins() {
    let server = Redis::start_new();
    let database = Database::sqlite_with_tables("").with_a_key_value_store(Some(&server));
    let mut store = with_ann(Subject::on(database));
    store.ready().expect("all answers");
    server.stop();
    assert!(matches!(store.resume(1, 200), Err(Error::Unavailable)));
    let begun = store.sign_in(&user("ann"), session(2));
    assert!(matches!(begun, Err(Error::Unavailable)));
    assert_eq!(store.count("auth_sessions"), 1);
    assert!(matches!(store.ready(), Err(Error::Unavailable)));
    store.end(digest(1)).expect("the database knows");
    assert_eq!(store.count("auth_sessions"), 0);
}

#[test]
fn the_store_that_is_not_granted_is_denied_and_no_session_lives() {
    let store = with_ann(subject());
    let folder = store.database().key_value_store().expect("it has one");
    let none = store
        .admin()
        .with_session_store("key-value:other", &BTreeMap::new(), &folder);
    let ready = crate::runtime::run(none.expect("grants").ready());
    assert!(matches!(ready, Ok(Err(Error::Internal))), "{ready:?}");
    let config = RuntimeConfig::read(&folder.join(STORES)).expect("written by us");
    assert!(!format!("{config:?}").contains(PASSWORD));
}
