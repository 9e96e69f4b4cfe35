//! How does a statement run on a pooled connection to MySQL? Prepared, for as long as the
//! server answers others, and so that nothing of it is left for the next who gets the
//! connection.

use std::mem::size_of;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::Object;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Column, Conn, DriverError, Error, Params, Row, Value};
use tokio::sync::Mutex;

use super::leftover::Leftover;
use super::session::Sessions;
use crate::seats::{leads_elsewhere, unless_silent};

/// For taking leave of the server.
const GOODBYE: Duration = Duration::from_secs(1);
/// Largest answer that is held for a guest, as on Spin.
const ANSWER_MAX_BYTES: usize = 128 * 1024 * 1024;

/// A pooled connection in use, by one statement at a time.
pub(crate) struct Client(Mutex<Seat>);

struct Seat {
    /// None once it has been given up.
    connection: Option<Object<Sessions>>,
    leftover: Leftover,
}

/// What a statement answers.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) columns: Arc<[Column]>,
    pub(crate) rows: Vec<Row>,
}

/// Why a statement has no answer.
#[derive(Debug)]
pub(crate) enum StatementError {
    MySql(Error),
    /// The server has fallen silent. It may have run.
    Silent,
    /// The answer is larger than is held.
    TooLarge,
}

impl Client {
    pub(super) fn new(connection: Object<Sessions>) -> Self {
        Self(Mutex::new(Seat {
            connection: Some(connection),
            leftover: Leftover::default(),
        }))
    }

    /// Runs a statement; answers its rows, of which there may be none.
    pub(crate) async fn run(
        &self,
        text: &str,
        parameters: Vec<Value>,
    ) -> Result<Found, StatementError> {
        let mut seat = self.0.lock().await;
        // A statement that nobody waits for any more is at it still: its connection goes
        // with it, for the next one's would wait behind it.
        let mut running = Running(seat.connection.take());
        let Some(session) = &mut running.0 else {
            return Err(StatementError::MySql(Error::Driver(
                DriverError::ConnectionClosed,
            )));
        };
        let server = Arc::clone(&session.server);
        let ran = run(&mut session.connection, text, parameters);
        let outcome = unless_silent(ran, &*server).await;
        let outcome = outcome.unwrap_or(Err(StatementError::Silent));
        if outcome.is_ok() {
            server.away.answers();
        }
        let is_whole = match &outcome {
            Ok(_) => true,
            Err(StatementError::MySql(error)) if is_read_only(error) => !leads_elsewhere(session),
            Err(StatementError::MySql(error)) => !error.is_fatal(),
            Err(StatementError::Silent | StatementError::TooLarge) => false,
        };
        if is_whole {
            seat.leftover = seat.leftover.after(text);
            seat.connection = running.0.take();
        }
        outcome
    }
}

async fn run(
    connection: &mut Conn,
    text: &str,
    parameters: Vec<Value>,
) -> Result<Found, StatementError> {
    let parameters = match parameters[..] {
        [] => Params::Empty,
        _ => Params::Positional(parameters),
    };
    let mut result = connection.exec_iter(text, parameters).await?;
    let columns = result.columns().unwrap_or_default();
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(row) = result.next().await? {
        bytes += (0..row.len()).map(|at| size(&row, at)).sum::<usize>();
        if bytes > ANSWER_MAX_BYTES {
            return Err(StatementError::TooLarge);
        }
        rows.push(row);
    }
    drop(result);
    Ok(Found { columns, rows })
}

/// Whether the server, or the session, takes no writes: `ER_OPTION_PREVENTS_STATEMENT`
/// (`--read-only`), `ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION`, `ER_READ_ONLY_MODE`.
fn is_read_only(error: &Error) -> bool {
    matches!(error, Error::Server(said) if matches!(said.code, 1290 | 1792 | 1836))
}

fn size(row: &Row, at: usize) -> usize {
    let held = match row.as_ref(at) {
        Some(Value::Bytes(bytes)) => bytes.len(),
        _ => 0,
    };
    size_of::<Value>() + held
}

impl From<Error> for StatementError {
    fn from(error: Error) -> Self {
        Self::MySql(error)
    }
}

/// A connection while a statement runs on it. Dropped before it has ended, it is closed.
struct Running(Option<Object<Sessions>>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            // Out of the pool: the server rolls back what was open. What is still on its way
            // is not waited for, as dropping the connection alone would do.
            let session = Object::take(connection);
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(tokio::time::timeout(
                    GOODBYE,
                    session.connection.disconnect(),
                ));
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let seat = self.0.get_mut();
        if !seat.leftover.is_nothing() {
            drop(Running(seat.connection.take()));
        }
    }
}
