//! How does a statement run on a pooled connection? By a name where the server keeps
//! it, for as long as the server answers others, and so that nothing of it is left for
//! the next who gets the connection.

use std::sync::atomic::{AtomicU8, Ordering};

use deadpool::managed::Object;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row, Statement};

use super::session::{Session, Sessions};
use crate::seats::{leads_elsewhere, unless_silent};

/// A pooled connection in use.
pub(crate) struct Client {
    connection: Option<Object<Sessions>>,
    session: AtomicU8,
}

/// A value and what the server is to take it for.
pub(crate) type Parameter = (Box<dyn ToSql + Sync + Send>, Type);

/// Why a statement has no answer.
#[derive(Debug)]
pub(crate) enum StatementError {
    Postgres(Error),
    /// The server has fallen silent. It may have run.
    Silent,
}

/// Nothing that outlives a statement.
const CLEAN: u8 = 0;
/// In a transaction.
const OPEN: u8 = 1;
/// Settings or locks that only the connection's end undoes.
const TAINTED: u8 = 2;

impl Client {
    pub(super) fn new(connection: Object<Sessions>) -> Self {
        Self {
            connection: Some(connection),
            session: AtomicU8::new(CLEAN),
        }
    }

    fn connection(&self) -> &Object<Sessions> {
        self.connection
            .as_ref()
            .expect("taken when dropped, not before")
    }

    fn session(&self) -> &Session {
        self.connection()
    }

    /// Runs a statement for its rows.
    pub(crate) async fn query(
        &self,
        text: &str,
        parameters: &[Parameter],
    ) -> Result<Vec<Row>, StatementError> {
        let client = &self.session().client;
        self.run(
            text,
            async |statement| client.query(&statement, &values(parameters)).await,
            async || client.query_typed(text, &typed(parameters)).await,
        )
        .await
    }

    /// Runs a statement for the number of rows it touched.
    pub(crate) async fn execute(
        &self,
        text: &str,
        parameters: &[Parameter],
    ) -> Result<u64, StatementError> {
        let client = &self.session().client;
        self.run(
            text,
            async |statement| client.execute(&statement, &values(parameters)).await,
            async || client.execute_typed(text, &typed(parameters)).await,
        )
        .await
    }

    /// A statement that nobody waits for any more is at it still: its connection is closed,
    /// for the next one's would wait behind it.
    async fn run<T>(
        &self,
        text: &str,
        named: impl AsyncFnOnce(Statement) -> Result<T, Error>,
        unnamed: impl AsyncFnOnce() -> Result<T, Error>,
    ) -> Result<T, StatementError> {
        let running = Running(&self.session);
        let outcome = self.run_whole(text, named, unnamed).await;
        std::mem::forget(running);
        outcome
    }

    /// By a name where the server keeps it, else all in one message.
    async fn run_whole<T>(
        &self,
        text: &str,
        named: impl AsyncFnOnce(Statement) -> Result<T, Error>,
        unnamed: impl AsyncFnOnce() -> Result<T, Error>,
    ) -> Result<T, StatementError> {
        self.note(text);
        let running = async {
            if self.session().is_named() && is_repeated(text) {
                let outcome = match self.prepare(text).await {
                    Ok(statement) => named(statement).await,
                    Err(error) => Err(error),
                };
                match outcome {
                    Err(error) if self.session().is_lost(text, &error) => {}
                    outcome => return outcome,
                }
            }
            unnamed().await
        };
        let connection = self.connection();
        let server = &connection.server;
        let outcome = unless_silent(running, &**server).await;
        let Some(outcome) = outcome else {
            // Its answer would come to whoever has the connection next.
            self.session.store(TAINTED, Ordering::Relaxed);
            return Err(StatementError::Silent);
        };
        if !outcome.as_ref().is_err_and(Error::is_closed) {
            server.away.answers();
        }
        if outcome.as_ref().is_err_and(is_read_only)
            && server.may_take_writes()
            && leads_elsewhere(connection)
        {
            self.session.store(TAINTED, Ordering::Relaxed);
        }
        outcome.map_err(StatementError::Postgres)
    }

    /// Prepares a statement, unless it is on this connection.
    async fn prepare(&self, text: &str) -> Result<Statement, Error> {
        if let Some(prepared) = self.session().kept(text) {
            return Ok(prepared);
        }
        let prepared = self.session().client.prepare(text).await?;
        self.session().keep(text, &prepared);
        Ok(prepared)
    }

    /// Keeps track of what a statement leaves behind in the session.
    fn note(&self, statement: &str) {
        let session = match first_word(statement).as_str() {
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH" => return,
            "BEGIN" | "START" => OPEN,
            "COMMIT" | "END" | "ROLLBACK" | "ABORT" => CLEAN,
            // Within a transaction a schema change or a local setting ends with it.
            _ if self.session.load(Ordering::Relaxed) == OPEN => return,
            "CREATE" | "ALTER" | "DROP" => return,
            _ => TAINTED,
        };
        if self.session.load(Ordering::Relaxed) != TAINTED {
            self.session.store(session, Ordering::Relaxed);
        }
    }
}

fn values(parameters: &[Parameter]) -> Vec<&(dyn ToSql + Sync)> {
    parameters.iter().map(|(value, _)| &**value as _).collect()
}

fn typed(parameters: &[Parameter]) -> Vec<(&(dyn ToSql + Sync), Type)> {
    let typed = parameters.iter();
    typed
        .map(|(value, type_)| (&**value as _, type_.clone()))
        .collect()
}

fn is_read_only(error: &Error) -> bool {
    error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
}

/// Changes of the schema run once: to keep them prepared would be in vain.
fn is_repeated(statement: &str) -> bool {
    let word = first_word(statement);
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&word.as_str())
}

fn first_word(statement: &str) -> String {
    let word = statement.split_whitespace().next();
    word.unwrap_or_default().to_ascii_uppercase()
}

/// While a statement runs. Dropped before it has ended, it spoils the connection.
struct Running<'a>(&'a AtomicU8);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.store(TAINTED, Ordering::Relaxed);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if self.session.load(Ordering::Relaxed) != CLEAN
            && let Some(connection) = self.connection.take()
        {
            // Out of the pool and closed: the server rolls back what was open.
            drop(Object::take(connection));
        }
    }
}
