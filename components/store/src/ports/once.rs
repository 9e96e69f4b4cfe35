//! Things that may be used once.

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        once,
        types::{Error, Place},
    },
    convert::{digest, seconds, text},
    database::Database,
    operation::run,
    statements::verifications,
};

impl once::Guest for Store {
    async fn spend(
        place: Place,
        purpose: String,
        value: Vec<u8>,
        now: u64,
        expires_at: u64,
    ) -> Result<bool, Error> {
        run("once.spend", &place, async |database: &Database| {
            let parameters = [
                text(purpose)?,
                digest(value)?,
                seconds(now)?,
                seconds(expires_at)?,
            ];
            let rows = database.execute(&verifications::SPEND, &parameters).await?;
            Ok(rows == 1)
        })
        .await
    }
}
