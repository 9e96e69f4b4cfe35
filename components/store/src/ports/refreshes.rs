//! Who exchanges a refresh token of another program's, and what came of it?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        refreshes::{self, Claimed},
        types::Error,
    },
    convert::{digest, seconds},
    database::Database,
    failure::Failure,
    operation::run_main,
    statements::refreshes as statements,
    value::Value,
};

use super::session_writer::sweep_a_little;

/// As long as a cookie that is looked at, encrypted and as text.
const OUTCOME_LIMIT_BYTES: usize = 11_264;

/// Rows that go at once: more than four exchanges bring, for one in four sweeps.
const SWEEP_ROWS: u64 = 100;

impl refreshes::Guest for Store {
    async fn claim(token: Vec<u8>, now: u64, claimed_until: u64) -> Result<Claimed, Error> {
        run_main("refreshes.claim", async |database: &Database| {
            let die = token.first().copied();
            let token = digest(token)?;
            let parameters = [token.clone(), seconds(now)?, seconds(claimed_until)?];
            if database.execute(&statements::CLAIM, &parameters).await? == 1 {
                // Where people sign in elsewhere, no sign-in sweeps, and each exchange leaves
                // a row.
                if die.is_some_and(|die| die % 4 == 0) {
                    sweep_a_little(database, &statements::SWEEP, SWEEP_ROWS, now).await;
                }
                return Ok(Claimed::Yours);
            }
            let rows = database.query(&statements::FIND, &[token]).await?;
            let Some(mut row) = rows.into_iter().next() else {
                // It was released in between: whoever asks again gets it.
                return Ok(Claimed::Pending);
            };
            Ok(match row.optional_text()? {
                None => Claimed::Pending,
                Some(outcome) if outcome.is_empty() => Claimed::Ended,
                Some(outcome) => Claimed::Renewed(outcome),
            })
        })
        .await
    }

    async fn settle(token: Vec<u8>, outcome: Option<String>, expires_at: u64) -> Result<(), Error> {
        run_main("refreshes.settle", async |database: &Database| {
            let outcome = outcome.unwrap_or_default();
            if outcome.len() > OUTCOME_LIMIT_BYTES || outcome.contains('\0') {
                return Err(Failure::internal("an outcome too long or with NUL in it"));
            }
            let parameters = [digest(token)?, Value::Text(outcome), seconds(expires_at)?];
            let settled = database.execute(&statements::SETTLE, &parameters).await;
            settled.map(drop)
        })
        .await
    }

    async fn release(token: Vec<u8>) -> Result<(), Error> {
        run_main("refreshes.release", async |database: &Database| {
            let parameters = [digest(token)?];
            let released = database.execute(&statements::RELEASE, &parameters).await;
            released.map(drop)
        })
        .await
    }
}
