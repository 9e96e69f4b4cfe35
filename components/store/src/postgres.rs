//! How does Postgres run our statements? One at a time, each on a connection
//! from the host's pool, each its own transaction.
//!
//! There is never a `BEGIN`: a host that drops a request hands its connection
//! back to the pool as it is, and an open transaction would pass to the next
//! request. So several statements become one (data-modifying `WITH`), and a
//! migration becomes one `DO` block.

use std::{fmt::Write, sync::Arc};

use spin_sdk::pg::{Connection, Error, PgError, QueryError};

use crate::{
    convert::postgres::{parameter, row},
    database::{Change, Follow, Make, Step},
    failure::{Failure, Kind},
    migrations::Migration,
    place::Schema,
    settings::redact,
    sql::{Kind as Piece, pieces},
    statements::{Again, is_required},
    tenant::Departure,
    value::{Row, Value},
};

mod blocks;

pub(crate) struct Postgres {
    pub(crate) url: Arc<str>,
}

impl Postgres {
    pub(crate) async fn query(
        &self,
        text: &str,
        parameters: &[Value],
        again: Again,
    ) -> Result<Vec<Row>, Failure> {
        self.twice(again, async |connection: &Connection| {
            let parameters: Vec<_> = parameters.iter().map(parameter).collect();
            let result = connection.query(text, parameters).await?;
            let (_columns, mut stream, outcome) = result.into_inner();
            let mut rows = Vec::new();
            while let Some(values) = stream.next().await {
                rows.push(values);
            }
            // An error after the first answer arrives here, not above.
            outcome.await?;
            Ok(rows)
        })
        .await?
        .into_iter()
        .map(row)
        .collect()
    }

    pub(crate) async fn execute(
        &self,
        text: &str,
        parameters: &[Value],
        again: Again,
    ) -> Result<u64, Failure> {
        self.twice(again, async |connection: &Connection| {
            let parameters: Vec<_> = parameters.iter().map(parameter).collect();
            connection.execute(text, parameters).await
        })
        .await
    }

    pub(crate) async fn guarded(&self, change: &Change<'_>) -> Result<Vec<Row>, Failure> {
        let mut parameters = change.parameters.to_vec();
        parameters.extend(change.beside.iter().flat_map(|(_, own)| own.to_vec()));
        let text = as_one_statement(change);
        let answer = self.query(&text, &parameters, Again::No).await;
        answer.map_err(undone_where_one_is_missing)
    }

    pub(crate) async fn steps(
        &self,
        steps: &[Step<'_>],
        follow: Follow,
        again: Again,
    ) -> Result<Vec<Row>, Failure> {
        let parameters: Vec<Value> = steps.iter().flat_map(|(_, own)| own.to_vec()).collect();
        let text = as_steps(steps, follow);
        let answer = self.query(&text, &parameters, again).await;
        answer.map_err(undone_where_one_is_missing)
    }

    pub(crate) async fn apply(
        &self,
        migrations: &[&Migration],
        make: &Make,
        schema: Option<&Schema>,
        now: i64,
    ) -> Result<(), Failure> {
        let block = blocks::apply(migrations, make, schema, now);
        self.execute(&block, &[], Again::No).await.map(drop)
    }

    /// An error for a schema whose tables are the main origin's, or would hide them.
    pub(crate) async fn refuse_main(&self, schema: &Schema) -> Result<(), Failure> {
        let rows = self
            .query(&blocks::on_search_path(schema), &[], Again::Yes)
            .await?;
        match rows[..] {
            [] => Ok(()),
            _ => Err(Failure::new(Kind::Schema, blocks::reason(schema))),
        }
    }

    pub(crate) async fn leave(
        &self,
        schema: &Schema,
        departure: &Departure,
    ) -> Result<(), Failure> {
        let block = blocks::leave(schema, departure);
        self.execute(&block, &[], Again::Yes).await.map(drop)
    }

    /// Once more, at once, where the first run left nothing behind or may be
    /// repeated: a pooled connection that the server had closed, a deadlock.
    async fn twice<T>(
        &self,
        again: Again,
        run: impl AsyncFn(&Connection) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let first = self.connect().await?;
        let failure = match run(&first).await {
            Ok(done) => return Ok(done),
            Err(error) => self.failure(error),
        };
        if failure.kind == Kind::Undone || failure.kind == Kind::Broken && again == Again::Yes {
            // `first` is still held: the pool cannot lend the broken one again.
            let second = self.connect().await?;
            return run(&second).await.map_err(|error| self.failure(error));
        }
        Err(failure)
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let connection = Connection::open(&*self.url).await;
        connection.map_err(|error| self.failure(error).unconnected())
    }

    fn failure(&self, error: Error) -> Failure {
        let failure = match error {
            // Some hosts say so also of a connection that broke later.
            Error::PgError(PgError::ConnectionFailed(text)) => Failure::new(Kind::Broken, text),
            Error::PgError(PgError::QueryFailed(QueryError::DbError(error))) => {
                // `detail` and `extras` quote rows; they stay out.
                Failure::from_sqlstate(&error.code, &error.message)
            }
            Error::PgError(PgError::QueryFailed(QueryError::Text(text))) => {
                Failure::from_postgres_text(&text)
            }
            Error::PgError(
                PgError::BadParameter(text)
                | PgError::ValueConversionFailed(text)
                | PgError::Other(text),
            ) => Failure::internal(text),
            Error::Decode(text) => Failure::internal(text),
        };
        Failure {
            detail: redact(&failure.detail, &self.url),
            ..failure
        }
    }
}

/// The invariant of building a statement.
const WRITTEN: &str = "a String takes every write";

/// What undoes a statement of which a step answered no row, and nothing else: no other of
/// ours divides by what may be nought.
const DIVISION_BY_ZERO: &str = "22012";

fn undone_where_one_is_missing(failure: Failure) -> Failure {
    match failure.code.as_deref() {
        Some(DIVISION_BY_ZERO) => Failure::undone_step(),
        _ => failure,
    }
}

/// `WITH step_0 AS (WITH before AS (SELECT 1) …), step_1 AS (WITH before AS (SELECT 1 FROM
/// step_0 WHERE was_taken) …) SELECT * FROM step_0 UNION ALL SELECT * FROM step_1`, with the
/// parameters of all in one row. A step that reads another runs after it, so rows are
/// locked in the order of the steps; what is joined by `UNION ALL` is read in that order
/// too. Where all are whole or nothing, one row too few is an error, which undoes them.
fn as_steps(steps: &[Step<'_>], follow: Follow) -> String {
    let (mut with, mut all, mut taken) = (String::new(), String::new(), 0);
    for (number, (text, parameters)) in steps.iter().enumerate() {
        let (comma, union) = match number {
            0 => ("WITH ", ""),
            _ => (", ", " UNION ALL "),
        };
        let before = match (number.checked_sub(1), follow) {
            (Some(before), Follow::Admitted) => {
                format!("SELECT 1 FROM step_{before} WHERE was_taken")
            }
            (None, _) | (_, Follow::All | Follow::Whole) => "SELECT 1".to_owned(),
        };
        write!(with, "{comma}step_{number} AS (WITH before AS ({before}) ").expect(WRITTEN);
        push_renumbered(&mut with, text, taken);
        with.push(')');
        write!(all, "{union}SELECT * FROM step_{number}").expect(WRITTEN);
        taken += parameters.len();
    }
    match follow {
        Follow::Admitted | Follow::All => format!("{with} {all}"),
        Follow::Whole => format!(
            "{with} SELECT 1 / CASE WHEN COUNT(*) = {} THEN 1 ELSE 0 END FROM ({all}) AS whole",
            steps.len()
        ),
    }
}

/// `WITH guard AS (…), step_0 AS (…) SELECT * FROM guard`, with the parameters of all in one
/// row. Every part runs to its end exactly once, also where nothing reads it:
/// <https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING>
/// Where a step is required and answers no row, an error undoes all.
fn as_one_statement(change: &Change<'_>) -> String {
    let mut text = format!("WITH guard AS ({})", change.guard);
    let mut checks = String::new();
    for (number, step) in change.then.iter().enumerate() {
        write!(text, ", step_{number} AS ({step})").expect(WRITTEN);
        if is_required(step) {
            let join = if checks.is_empty() { "WHERE" } else { "AND" };
            write!(
                checks,
                " {join} 1 / CASE WHEN (SELECT COUNT(*) FROM step_{number}) = \
                 (SELECT COUNT(*) FROM guard) THEN 1 ELSE 0 END = 1"
            )
            .expect(WRITTEN);
        }
    }
    let mut taken = change.parameters.len();
    for (number, (step, own)) in change.beside.iter().enumerate() {
        write!(text, ", beside_{number} AS (").expect(WRITTEN);
        push_renumbered(&mut text, step, taken);
        text.push(')');
        taken += own.len();
    }
    text + " SELECT * FROM guard" + &checks
}

/// The text with its parameters after those that are taken.
fn push_renumbered(to: &mut String, text: &str, taken: usize) {
    for piece in pieces(text) {
        match piece.kind {
            Piece::Parameter(own) => write!(to, "${}", own + taken).expect(WRITTEN),
            _ => to.push_str(piece.text),
        }
    }
}
