//! How does SQLite run our statements? On connections that this instance keeps
//! and lends to one call at a time.
//!
//! A connection is the caller's alone while it is lent, so a transaction on it
//! is too. It comes back only after a call that ended well: one that failed, or
//! whose request was dropped, is closed, and SQLite rolls back on close.

use std::{cell::RefCell, sync::Arc};

// The SDK's own connection has the asynchronous calls alone.
use spin_sdk::sqlite::{Error, Value as Column, wit::sqlite::Connection};

use crate::{
    convert::sqlite::{parameter, row},
    database::{Change, Follow, Make, Step},
    failure::{Failure, Kind},
    migrations::Migration,
    place::Schema,
    placed::{Namespace, placed},
    sql::{parameters_in_order, statements},
    statements::schema,
    tenant::Departure,
    value::{Row, Value},
};

/// Idle connections that an instance keeps: one for each call that hosts give it at once.
/// To set one up makes SQLite forget every statement that it had prepared there.
const KEPT_CONNECTIONS: usize = 16;

/// How long a statement waits for another writer.
const BUSY_TIMEOUT_MILLISECONDS: u32 = 5_000;

thread_local! {
    /// Each with the name of its database.
    static IDLE: RefCell<Vec<(Arc<str>, Connection)>> = const { RefCell::new(Vec::new()) };
}

pub(crate) struct Sqlite {
    /// The database's name in the host's `sqlite_databases`.
    pub(crate) name: Arc<str>,
}

/// A statement that only waits for its turn.
struct Prepared {
    text: String,
    /// Behind the guard's id.
    parameters: Vec<Column>,
    is_required: bool,
}

impl Sqlite {
    pub(crate) async fn query(
        &self,
        text: &str,
        parameters: &[Value],
    ) -> Result<Vec<Row>, Failure> {
        let connection = self.lend().await?;
        let rows = run(&connection, text, chosen(text, parameters)).await?;
        self.keep(connection);
        Ok(rows)
    }

    pub(crate) async fn execute(&self, text: &str, parameters: &[Value]) -> Result<u64, Failure> {
        let connection = self.lend().await?;
        run(&connection, text, chosen(text, parameters)).await?;
        let changes = connection.changes_async().await;
        self.keep(connection);
        Ok(changes)
    }

    pub(crate) async fn guarded(&self, change: &Change<'_>) -> Result<Vec<Row>, Failure> {
        let guard = &change.guard;
        let guarding = chosen(guard, change.parameters);
        let follow = change.followers().map(|follower| Prepared {
            text: format!("WITH guard (id) AS (SELECT $guard) {}", follower.text),
            parameters: chosen(follower.text, follower.parameters),
            is_required: follower.is_required,
        });
        let followers: Vec<_> = follow.collect();
        let connection = self.begin().await?;
        let rows = run_within(&connection, guard, guarding)?;
        for row in &rows {
            let id = Column::Text(row.clone().text()?);
            for follower in &followers {
                let mut bound = vec![id.clone()];
                bound.extend_from_slice(&follower.parameters);
                let answered = run_within(&connection, &follower.text, bound)?;
                if follower.is_required {
                    Follow::Whole.goes_on(&answered)?;
                }
            }
        }
        self.commit(connection).await?;
        Ok(rows)
    }

    pub(crate) async fn steps(
        &self,
        steps: &[Step<'_>],
        follow: Follow,
    ) -> Result<Vec<Row>, Failure> {
        let step = |(text, parameters): &Step<'_>| {
            let before = format!("WITH before AS (SELECT 1) {text}");
            (before, chosen(text, parameters))
        };
        let steps: Vec<_> = steps.iter().map(step).collect();
        let connection = self.begin().await?;
        let mut answers = Vec::new();
        for (text, bound) in steps {
            let rows = run_within(&connection, &text, bound)?;
            let goes_on = follow.goes_on(&rows)?;
            answers.extend(rows);
            if !goes_on {
                break;
            }
        }
        self.commit(connection).await?;
        Ok(answers)
    }

    pub(crate) async fn apply(
        &self,
        migrations: &[&Migration],
        make: &Make,
        schema: Option<&Schema>,
        now: i64,
    ) -> Result<(), Failure> {
        let placed = |text| placed(text, Namespace::Prefix, schema);
        self.write_ahead().await?;
        let connection = self.begin().await?;
        if let Make::Missing(_) = make {
            run(&connection, &placed(schema::CREATE_MIGRATIONS), vec![]).await?;
        }
        for migration in migrations {
            let Migration {
                version,
                name,
                text,
                scope: _,
            } = migration;
            let version = Column::Integer(i64::from(*version));
            let applied = placed(schema::IS_APPLIED);
            if !run(&connection, &applied, vec![version.clone()])
                .await?
                .is_empty()
            {
                return Err(Failure::new(Kind::Applied, "the migration is applied"));
            }
            for statement in statements(text) {
                run(&connection, &placed(statement), vec![]).await?;
            }
            if migration.raises_oldest_program() {
                let raise = placed(schema::RAISE_OLDEST_PROGRAM);
                run(&connection, &raise, vec![version.clone()]).await?;
            }
            let record = vec![
                version,
                Column::Text((*name).to_owned()),
                Column::Integer(now),
            ];
            run(&connection, &placed(schema::RECORD), record).await?;
        }
        if let Make::Missing(Some(tenant)) = make {
            let made = "INSERT INTO auth_tenants (tenant, made) VALUES ($tenant, 1)";
            let tenant = vec![Column::Text(tenant.id())];
            run(&connection, &placed(made), tenant).await?;
        }
        self.commit(connection).await?;
        Ok(())
    }

    pub(crate) async fn leave(
        &self,
        schema: &Schema,
        departure: &Departure,
    ) -> Result<(), Failure> {
        let Departure {
            is_shared,
            is_made,
            leave,
        } = departure;
        let connection = self.begin().await?;
        let goes = format!("SELECT 1 WHERE NOT ({is_shared}) AND {is_made}");
        let statements: Vec<String> = if run(&connection, &goes, vec![]).await?.is_empty() {
            leave.to_vec()
        } else {
            // What refers to another goes before it.
            let tables = schema::TABLES.iter().rev();
            tables
                .map(|table| placed(table, Namespace::Prefix, Some(schema)))
                .map(|table| format!("DROP TABLE IF EXISTS {table}"))
                .collect()
        };
        for statement in &statements {
            run(&connection, statement, vec![]).await?;
        }
        self.commit(connection).await?;
        Ok(())
    }

    /// Readers go on while somebody writes. The mode stays with the file; a file
    /// that is in use by another migrator keeps its mode until the next start.
    async fn write_ahead(&self) -> Result<(), Failure> {
        let connection = self.lend().await?;
        match run(&connection, "PRAGMA journal_mode = WAL", vec![]).await {
            Ok(_)
            | Err(Failure {
                kind: Kind::Unavailable,
                ..
            }) => {
                self.keep(connection);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// A connection with a transaction that writes. Others who write wait for its end: what
    /// can be made ready is ready before.
    async fn begin(&self) -> Result<Connection, Failure> {
        let connection = self.lend().await?;
        run(&connection, "BEGIN IMMEDIATE", vec![]).await?;
        Ok(connection)
    }

    async fn commit(&self, connection: Connection) -> Result<(), Failure> {
        run(&connection, "COMMIT", vec![]).await?;
        self.keep(connection);
        Ok(())
    }

    async fn lend(&self) -> Result<Connection, Failure> {
        let kept = IDLE.with_borrow_mut(|idle| {
            let found = idle.iter().rposition(|(name, _)| *name == self.name)?;
            Some(idle.swap_remove(found))
        });
        if let Some((_, connection)) = kept {
            return Ok(connection);
        }
        let connection = Connection::open_async(self.name.to_string())
            .await
            .map_err(|e| self.refused(e))?;
        // Off by default, and a setting of the connection.
        run(&connection, "PRAGMA foreign_keys = ON", vec![]).await?;
        let wait = format!("PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}");
        run(&connection, &wait, vec![]).await?;
        Ok(connection)
    }

    fn keep(&self, connection: Connection) {
        IDLE.with_borrow_mut(|idle| {
            if idle.len() < KEPT_CONNECTIONS {
                idle.push((Arc::clone(&self.name), connection));
            }
        });
    }

    fn refused(&self, error: Error) -> Failure {
        match error {
            Error::NoSuchDatabase | Error::AccessDenied => Failure::internal(format!(
                "the SQLite database {name:?} is not granted: sqlite_databases = [{name:?}]",
                name = self.name
            )),
            other => failure(other),
        }
    }
}

/// The parameters that a statement names, in the order in which it names them.
fn chosen(text: &str, parameters: &[Value]) -> Vec<Column> {
    parameters_in_order(text)
        .into_iter()
        .map(|number| parameter(&parameters[number - 1]))
        .collect()
}

async fn run(
    connection: &Connection,
    text: &str,
    parameters: Vec<Column>,
) -> Result<Vec<Row>, Failure> {
    let result = connection.execute_async(text.to_owned(), parameters).await;
    let (_columns, rows, outcome) = result.map_err(failure)?;
    let rows = rows.collect().await;
    outcome.await.map_err(failure)?;
    rows.into_iter().map(row).collect()
}

/// The same within a transaction that writes. It waits for nobody, and all who write wait for
/// the end of the transaction, so this instance does nothing else meanwhile.
fn run_within(
    connection: &Connection,
    text: &str,
    parameters: Vec<Column>,
) -> Result<Vec<Row>, Failure> {
    let result = connection.execute(text, &parameters).map_err(failure)?;
    result.rows.into_iter().map(row).collect()
}

fn failure(error: Error) -> Failure {
    match error {
        Error::DatabaseFull => Failure::new(Kind::Full, "the database is full"),
        Error::Io(text) => Failure::from_sqlite_text(&text),
        Error::NoSuchDatabase => Failure::internal("no such SQLite database"),
        Error::AccessDenied => Failure::internal("the SQLite database is not granted"),
        Error::InvalidConnection => Failure::internal("the host lost a SQLite connection"),
    }
}
