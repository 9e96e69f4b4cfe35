//! Things that may be done so many times in a while.

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        counters::{self, Outcome},
        types::{Error, Place},
    },
    convert::{digest, seconds, text},
    database::Database,
    failure::Failure,
    operation::run,
    statements::counters::TAKE,
};

impl counters::Guest for Store {
    async fn take(
        place: Place,
        purpose: String,
        bucket: Vec<u8>,
        amount: u32,
        limit: u32,
        window_seconds: u32,
        now: u64,
    ) -> Result<Outcome, Error> {
        run("counters.take", &place, async |database: &Database| {
            let ends_at = now
                .checked_add(window_seconds.into())
                .ok_or_else(|| Failure::internal("a time out of range"))?;
            let parameters = [
                text(purpose)?,
                digest(bucket)?,
                seconds(amount.into())?,
                seconds(limit.into())?,
                seconds(now)?,
                seconds(ends_at)?,
            ];
            let rows = database.query(&TAKE, &parameters).await?;
            let mut row = rows
                .into_iter()
                .next()
                .ok_or_else(|| Failure::internal("a counter that answers nothing"))?;
            if row.boolean()? {
                return Ok(Outcome::Taken);
            }
            // Another server's clock may be ahead.
            let wait = row.seconds()?.saturating_sub(now);
            Ok(Outcome::Refused(
                wait.clamp(1, u64::from(window_seconds.max(1))),
            ))
        })
        .await
    }
}
