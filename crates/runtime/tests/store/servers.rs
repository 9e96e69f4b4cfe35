//! What of a server that goes and comes back, ends connections, or lets nobody in?

use std::time::Duration;

use super::{
    Database, HASH, Subject,
    held::{Held, Make, on_both_servers, wait_for},
    ports::session_writer::{PasswordSignIn, SignIn},
    session,
    types::Error,
    user,
};

on_both_servers! {
    connections_that_the_server_ended_are_replaced_without_a_failure
    no_pooled_connection_is_left_inside_a_transaction
}

#[test]
fn a_postgres_that_is_down_is_unavailable_and_comes_back() {
    let cluster = crate::postgres::Cluster::start_new();
    let database = Database::Postgres(cluster.database());
    a_database_that_is_down_is_unavailable_and_comes_back(
        database,
        || cluster.stop(),
        || cluster.start(),
    );
}

#[test]
fn a_mysql_that_is_down_is_unavailable_and_comes_back() {
    let server = crate::mariadb::Server::start_new();
    let database = Database::MySql(server.database());
    a_database_that_is_down_is_unavailable_and_comes_back(
        database,
        || server.stop(),
        || server.start(),
    );
}

#[test]
fn a_postgres_that_new_connections_may_write_to_is_dialled_anew() {
    let database = Database::postgres_with_tables("");
    let name = database.value("SELECT current_database()").expect("a name");
    let setting = format!("ALTER DATABASE {name} SET default_transaction_read_only");
    connections_that_take_no_writes_any_more_are_replaced(database, |database, writes| {
        let read_only = if writes { "off" } else { "on" };
        database.execute(&format!(
            "BEGIN READ WRITE; {setting} = {read_only}; COMMIT"
        ));
    });
}

#[test]
fn a_mysql_that_new_connections_may_write_to_is_dialled_anew() {
    let server = crate::mariadb::Server::start_new();
    let database = Database::MySql(server.database());
    connections_that_take_no_writes_any_more_are_replaced(database, |database, writes| {
        let read_only = u8::from(!writes);
        database.execute(&format!("SET GLOBAL tx_read_only = {read_only}"));
    });
}

/// As after a failover, of which only new connections know.
fn connections_that_take_no_writes_any_more_are_replaced(
    database: Database,
    new_ones_write: impl Fn(&Database, bool),
) {
    let mut store = Subject::on(database);
    let database = store.database().clone();
    store.with_user(&user("ann"));
    new_ones_write(&database, false);
    database.end_connections();
    let found = store.find_by_email(user("ann").email);
    assert!(found.expect("an answer").is_some());
    new_ones_write(&database, true);
    // So old that another is worth a try.
    std::thread::sleep(Duration::from_millis(1_100));
    let refused = store.register(user("bob"), HASH.into());
    assert!(matches!(refused, Err(Error::ReadOnly)), "{refused:?}");
    store.with_user(&user("bob"));
}

fn a_database_that_is_down_is_unavailable_and_comes_back(
    database: Database,
    stop: impl Fn(),
    start: impl Fn(),
) {
    let mut store = Subject::on(database);
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);

    stop();
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

    start();
    assert!(
        store.resume(1, 200).expect("an answer").is_some(),
        "the same instance again"
    );
    assert!(fresh.resume(1, 200).expect("an answer").is_some());
}

fn connections_that_the_server_ended_are_replaced_without_a_failure(make: Make) {
    let mut store = Subject::on(make());
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    for round in 0..5 {
        store.database().end_connections();
        assert!(
            store.resume(1, 200).expect("an answer").is_some(),
            "round {round}"
        );
        let found = store.find_password(ann.email.clone());
        let found = found.expect("an answer").expect("a user");
        store.database().end_connections();
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

fn no_pooled_connection_is_left_inside_a_transaction(make: Make) {
    let mut store = Subject::on(make());
    let database = store.database().clone();
    store.with_user(&user("ann"));
    assert!(matches!(
        store.register(user("ann"), HASH.into()),
        Err(Error::Conflict)
    ));

    // One who waits for a lock and leaves.
    let bob = "INSERT INTO auth_users (id, email, email_verified, name, created_at, updated_at) \
               VALUES ('id-of-bob', 'bob@example.com', FALSE, 'bob', 1, 1)";
    let lock = Held::begin(&database, bob);
    let mut leaving = store.another();
    leaving.check();
    std::thread::scope(|scope| {
        let leaving = scope.spawn(|| leaving.register_and_leave(user("bob"), 2_000));
        wait_for(&database, 1);
        let ended = leaving.join().expect("no panic");
        assert!(!ended, "the row was locked");
    });
    lock.end("ROLLBACK");

    // What had been sent may still be at work; what stays is inside a transaction.
    let left = match &database {
        Database::Postgres(_) => {
            "SELECT string_agg(state, ',') FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND state <> 'idle'"
        }
        _ => {
            "SELECT GROUP_CONCAT(trx_state) FROM information_schema.innodb_trx \
             JOIN information_schema.processlist ON id = trx_mysql_thread_id \
             WHERE db = DATABASE()"
        }
    };
    let unlocked = std::time::Instant::now();
    while let Some(left) = database.value(left) {
        let patience = std::time::Duration::from_secs(10);
        assert!(unlocked.elapsed() < patience, "{left}");
        std::thread::sleep(std::time::Duration::from_millis(110));
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

const REFUSED: &str = "password authentication failed";
const UNCLEAR: &str = "percent-encode";

#[test]
fn a_wrong_password_to_postgres_is_told_without_the_password() {
    let Database::Postgres(mut database) = Database::postgres() else {
        unreachable!()
    };
    let url = database.url.clone();
    for (password, says) in [
        ("hunter2", REFUSED),
        ("hun%40ter2", REFUSED),
        ("hun@ter2", UNCLEAR),
        ("h:un@ter2", UNCLEAR),
        ("hun/ter2", REFUSED),
    ] {
        database.url = with_password(&url, password);
        is_refused(Database::Postgres(database.clone()), says);
    }
}

#[test]
fn a_wrong_password_to_mysql_is_told_without_the_password() {
    let Database::MySql(mut database) = Database::mysql() else {
        unreachable!()
    };
    let refused = "Access denied for user 'gatelet'";
    let url = database.url.clone();
    for (password, says) in [
        ("hunter2", refused),
        ("hun%40ter2", refused),
        ("hun@ter2", refused),
        ("h:un@ter2", refused),
        ("hun/ter2", UNCLEAR),
    ] {
        database.url = with_password(&url, password);
        is_refused(Database::MySql(database.clone()), says);
    }
}

fn with_password(url: &str, password: &str) -> String {
    let mut url = url::Url::parse(url).expect("a URL");
    url.set_password(None).expect("a host");
    url.as_str().replacen('@', &format!(":{password}@"), 1)
}

fn is_refused(database: Database, says: &str) {
    let mut store = Subject::unprepared(database);
    let line = store.migrate(1).expect_err("a wrong password");
    assert!(line.contains(says), "{line}");
    assert!(!line.contains("ter2"), "{line}");
    assert!(!line.contains('\n'), "{line}");
}
