//! Which origins there are, for those who serve them.

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        origins::{self, Origin, Snapshot, State},
        types::Error,
    },
    convert::{
        origins::{Found, state_value},
        seconds,
    },
    database::Database,
    failure::Failure,
    operation::run_main,
    settings::session_keys,
    statements::{
        Statement,
        origins::{READY, REVISION},
    },
    value::{Row, Value},
};

/// Rows that are read at once.
const PAGE_ROWS: i64 = 500;

impl origins::Guest for Store {
    async fn list(known: Option<u64>, now: u64) -> Result<Option<Snapshot>, Error> {
        run_main("origins.list", async |database: &Database| {
            // Read before the rows: what changes meanwhile is seen the next time.
            let revision = revision(database).await?;
            if known == Some(revision) {
                return Ok(None);
            }
            let rest = [state_value(State::Ready), seconds(now)?];
            let origins = pages(database, &READY, &rest).await?;
            Ok(Some(Snapshot { revision, origins }))
        })
        .await
    }
}

async fn revision(database: &Database) -> Result<u64, Failure> {
    let rows = database.query(&REVISION, &[]).await?;
    let mut row = rows
        .into_iter()
        .next()
        .ok_or_else(|| Failure::internal("auth_origins_revision is empty"))?;
    u64::try_from(row.integer()?).map_err(|_| Failure::internal("a revision below 0"))
}

/// All rows of a statement whose first two parameters are the name to go on after
/// and the rows to read.
pub(super) async fn pages(
    database: &Database,
    statement: &Statement,
    rest: &[Value],
) -> Result<Vec<Origin>, Failure> {
    let mut origins: Vec<Origin> = Vec::new();
    loop {
        let after = origins
            .last()
            .map_or(String::new(), |last| last.name.clone());
        let mut parameters = vec![Value::Text(after), Value::Integer(PAGE_ROWS)];
        parameters.extend_from_slice(rest);
        let rows = database.query(statement, &parameters).await?;
        let is_last = (rows.len() as i64) < PAGE_ROWS;
        origins.extend(opened(rows).await?);
        if is_last {
            return Ok(origins);
        }
    }
}

/// Records out of their rows. The keys are read only where a URL is sealed; one
/// that does not open spoils its own record and no other.
pub(super) async fn opened(rows: Vec<Row>) -> Result<Vec<Origin>, Failure> {
    let found = rows
        .into_iter()
        .map(Found::read)
        .collect::<Result<Vec<_>, _>>()?;
    let keys = match found.iter().any(Found::is_sealed) {
        true => Some(session_keys().await?),
        false => None,
    };
    Ok(found.into_iter().map(|found| found.opened(keys)).collect())
}
