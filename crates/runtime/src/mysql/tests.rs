//! Connections to a real server: bounded, granted, remade, and as new for whoever gets
//! them next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mysql_async::{Value, from_value};

use super::{Client, ConnectError, Pools, StatementError};
use crate::allowed_hosts::AllowedHosts;
use crate::free_port;
use crate::mariadb::{Database, PASSWORD, Server};
use crate::runtime::run;

/// Longer than anything takes that works, so a failure is never a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

struct Subject {
    pools: Pools,
    allowed: AllowedHosts,
    url: String,
}

impl Subject {
    fn on(database: &Database, connections: usize) -> Self {
        Self {
            pools: Pools::with_connections(Some(connections)),
            allowed: AllowedHosts::parse([&*database.host]).unwrap(),
            url: database.url.clone(),
        }
    }

    async fn connect(&self) -> Result<Client, ConnectError> {
        self.pools.connect(&self.allowed, &self.url).await
    }

    /// On a connection of its own, which goes back afterwards.
    async fn once(&self, statement: &str) -> String {
        let client = self.connect().await.unwrap();
        value(&client, statement).await.unwrap()
    }
}

async fn value(client: &Client, statement: &str) -> Result<String, StatementError> {
    let found = client.run(statement, vec![]).await?;
    let row = found.rows.into_iter().next();
    Ok(row.map_or_else(String::new, |mut row| {
        let first: Value = row.take(0).expect("a column");
        match first {
            Value::NULL => String::new(),
            Value::Bytes(_) => from_value(first),
            other => other.as_sql(true),
        }
    }))
}

const ID: &str = "SELECT CONNECTION_ID()";

#[test]
fn a_connection_is_lent_again_and_keeps_no_trace_of_whoever_had_it() {
    let database = Database::fresh();
    run(async {
        let subject = Subject::on(&database, 1);
        subject.once("CREATE TABLE t (a BIGINT)").await;
        let first = subject.once(ID).await;
        assert_eq!(subject.once(ID).await, first, "it is lent again");

        // Left in a transaction: gone with it.
        {
            let client = subject.connect().await.unwrap();
            for statement in ["SET autocommit = 0", "INSERT INTO t VALUES (1)"] {
                client.run(statement, vec![]).await.unwrap();
            }
        }
        assert_eq!(subject.once("SELECT COUNT(*) FROM t").await, "0");
        assert_ne!(subject.once(ID).await, first, "and so is the connection");

        // Brought to its end: kept.
        let second = subject.once(ID).await;
        {
            let client = subject.connect().await.unwrap();
            for statement in [
                "SET autocommit = 0",
                "INSERT INTO t VALUES (1)",
                "COMMIT",
                "SET autocommit = 1",
            ] {
                client.run(statement, vec![]).await.unwrap();
            }
        }
        assert_eq!(subject.once("SELECT COUNT(*) FROM t").await, "1");
        assert_eq!(subject.once(ID).await, second);
        let lock = subject.once("SELECT GET_LOCK('x', 0)").await;
        assert_eq!(lock, "1");
        // The server sees a moment later that the connection has gone.
        let mut free = String::new();
        for _ in 0..100 {
            free = subject.once("SELECT IS_FREE_LOCK('x')").await;
            if free == "1" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(free, "1", "a lock by name goes with its connection");
    });
}

#[test]
fn where_all_are_in_use_the_next_waits_for_a_while_and_is_told() {
    let subject = Subject::on(&Database::fresh(), 1);
    run(async {
        let held = subject.connect().await.unwrap();
        let began = Instant::now();
        let Err(ConnectError(why)) = subject.connect().await else {
            panic!("there is one connection");
        };
        assert!(why.contains("all 1 connections are in use"), "{why}");
        assert!(began.elapsed() < PATIENCE);
        drop(held);
        assert!(subject.connect().await.is_ok());
    });
}

#[test]
fn a_statement_that_nobody_waits_for_takes_its_connection_with_it() {
    let subject = Subject::on(&Database::fresh(), 1);
    run(async {
        let before = subject.once(ID).await;
        let client = subject.connect().await.unwrap();
        let sleeping = client.run("SELECT SLEEP(3600)", vec![]);
        let left = tokio::time::timeout(Duration::from_millis(200), sleeping).await;
        assert!(left.is_err(), "it sleeps");
        let again = client.run("SELECT 1", vec![]).await;
        assert!(matches!(again, Err(StatementError::MySql(_))), "{again:?}");
        drop(client);
        assert_ne!(subject.once(ID).await, before);
    });
}

#[test]
fn nothing_is_reached_that_is_not_granted_and_no_error_holds_the_password() {
    let database = Database::fresh();
    run(async {
        let mut subject = Subject::on(&database, 1);
        let shown = |outcome: Result<Client, ConnectError>| match outcome {
            Ok(_) => panic!("it connects"),
            Err(ConnectError(why)) => {
                assert!(!why.contains(PASSWORD) && !why.contains("mar1adb"), "{why}");
                why
            }
        };
        for entry in [
            "mysql://127.0.0.1",
            "postgres://*:*",
            "mysql://other.example:*",
        ] {
            subject.allowed = AllowedHosts::parse([entry]).unwrap();
            let why = shown(subject.connect().await);
            assert!(
                why.contains("not permitted by allowed_outbound_hosts"),
                "{why}"
            );
        }
        subject.allowed = AllowedHosts::parse(["mysql://*:*"]).unwrap();
        assert!(subject.connect().await.is_ok());

        let good = subject.url.clone();
        subject.url = good.replace("mysql://gatelet:", "mysql://nobody:");
        let why = shown(subject.connect().await);
        assert!(why.contains("error 1045, SQLSTATE 28000"), "{why}");
        subject.url = format!("{good}?ssl-mode=REQUIRED");
        shown(subject.connect().await);
        subject.url = format!("{good}?socket=/run/x");
        let why = shown(subject.connect().await);
        assert!(why.contains("parameter socket"), "{why}");
        subject.url = format!("mysql://u:{PASSWORD}@127.0.0.1/d").replace('/', "//");
        shown(subject.connect().await);
        subject.url = format!("mysql://u:mar1adb@127.0.0.1:{}/d", free_port());
        shown(subject.connect().await);
    });
}

#[test]
fn a_server_that_was_away_is_found_again() {
    let server = Server::start_new();
    let subject = Subject::on(&server.database(), 2);
    let before = run(subject.once(ID));
    server.stop();
    assert!(run(subject.connect()).is_err());
    server.start();
    let began = Instant::now();
    let after = run(async {
        loop {
            match subject.connect().await {
                Ok(client) => return value(&client, ID).await.unwrap(),
                Err(why) => assert!(began.elapsed() < PATIENCE, "{why:?}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(!before.is_empty() && !after.is_empty());
}

#[test]
fn nobody_waits_for_long_for_a_server_that_has_fallen_silent() {
    let server = Server::start_new();
    let subject = Arc::new(Subject::on(&server.database(), 2));
    let client = run(subject.connect()).unwrap();
    run(value(&client, "SELECT 1")).unwrap();
    server.freeze();
    let began = Instant::now();
    let outcome = run(value(&client, "SELECT 1"));
    assert!(
        matches!(outcome, Err(StatementError::Silent)),
        "{outcome:?}"
    );
    // Whoever comes after the first is told at once.
    let asked = Instant::now();
    let Err(ConnectError(why)) = run(subject.connect()) else {
        panic!("it is silent");
    };
    assert!(why.contains("has not answered"), "{why}");
    assert!(asked.elapsed() < Duration::from_secs(2), "told at once");
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "{:?}",
        began.elapsed()
    );
    server.thaw();
    run(async {
        while let Err(why) = subject.connect().await {
            assert!(began.elapsed() < PATIENCE, "{why:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
}
