//! What if calls wait for somebody's transaction, on a server? Who holds it, and how many
//! wait.

use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable as _;

use super::Database;
use crate::runtime;

/// A test of each claim on each engine that is a server, with a database for each time that
/// it asks for one.
macro_rules! on_both_servers {
    ($($claim:ident)*) => {
        mod on_postgres {
            use crate::store::Database;
            $(#[test] fn $claim() { super::$claim(|| Database::postgres_with_tables("")); })*
        }
        mod on_mysql {
            use crate::store::Database;
            $(#[test] fn $claim() { super::$claim(|| Database::mysql_with_tables("")); })*
        }
    };
}
pub(super) use on_both_servers;

/// Makes a database with tables.
pub(super) type Make = fn() -> Database;

/// What is done and not yet so, on a connection of its own.
pub(super) enum Held {
    MySql(Box<mysql_async::Conn>),
    Postgres(tokio_postgres::Client),
}

impl Held {
    pub(super) fn begin(database: &Database, statements: &str) -> Self {
        runtime::run(async {
            match database {
                Database::MySql(database) => {
                    let mut client = database.client().await;
                    // As the store has it: nothing but rows is locked.
                    let begin = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN";
                    let begun = client.query_drop(format!("{begin}; {statements}")).await;
                    begun.expect("valid statements");
                    Self::MySql(Box::new(client))
                }
                Database::Postgres(database) => {
                    let connected = tokio_postgres::connect(&database.url, tokio_postgres::NoTls);
                    let (client, connection) = connected.await.expect("connected");
                    runtime::handle().spawn(connection);
                    let begun = client.batch_execute(&format!("BEGIN; {statements}")).await;
                    begun.expect("valid statements");
                    Self::Postgres(client)
                }
                Database::Sqlite(_) => unreachable!("a file has one writer"),
            }
        })
    }

    /// More of it.
    pub(super) fn also(&mut self, statement: &str) {
        runtime::run(async {
            let done = match self {
                Self::MySql(client) => client
                    .query_drop(statement)
                    .await
                    .map_err(|e| e.to_string()),
                Self::Postgres(client) => client
                    .batch_execute(statement)
                    .await
                    .map_err(|e| e.to_string()),
            };
            done.expect("a valid statement");
        });
    }

    /// `COMMIT` or `ROLLBACK`.
    pub(super) fn end(self, how: &str) {
        runtime::run(async {
            match self {
                Self::MySql(mut client) => client.query_drop(how).await.expect("ended"),
                Self::Postgres(client) => client.batch_execute(how).await.expect("ended"),
            }
        });
    }
}

/// Until so many wait for a lock.
pub(super) fn wait_for(database: &Database, waiting: usize) {
    let count = || match database {
        Database::Postgres(database) => {
            let count = "SELECT COUNT(*) FROM pg_stat_activity \
                         WHERE datname = current_database() AND wait_event_type = 'Lock'";
            let count = database.value(count).expect("a count");
            count.parse().expect("a number")
        }
        Database::MySql(database) => database.waiting(),
        Database::Sqlite(_) => unreachable!("a file has one writer"),
    };
    let started = Instant::now();
    while count() != waiting {
        assert!(started.elapsed() < Duration::from_secs(10), "nobody waits");
        std::thread::sleep(Duration::from_millis(5));
    }
}
