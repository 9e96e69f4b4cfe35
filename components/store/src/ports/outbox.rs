//! Letters that wait to be sent.

use super::admin::surely_past;
use crate::{
    Store,
    bindings::exports::gatelet::{
        store::{
            outbox::{self, Again, Letter, TakenUp},
            types::{Error, Place},
        },
        store_admin::outbox_log::{self, Queued},
    },
    convert::{outbox as convert, seconds, text},
    database::Database,
    failure::Failure,
    operation::{read, run, write},
    statements::outbox as sql,
};

impl outbox::Guest for Store {
    async fn queue(place: Place, letter: Letter, due_at: u64) -> Result<(), Error> {
        run("outbox.queue", &place, async |database: &Database| {
            let parameters = convert::parameters(letter, due_at)?;
            database.execute(&sql::QUEUE, &parameters).await?;
            Ok(())
        })
        .await
    }

    async fn take_up(
        place: Place,
        now: u64,
        due_at: u64,
        limit: u32,
    ) -> Result<Vec<TakenUp>, Error> {
        run("outbox.take-up", &place, async |database: &Database| {
            let parameters = [seconds(now)?, seconds(due_at)?, seconds(limit.into())?];
            let rows = database.query(&sql::TAKE_UP, &parameters).await?;
            rows.into_iter().map(convert::taken_up).collect()
        })
        .await
    }

    async fn settle(
        place: Place,
        id: String,
        attempts: u32,
        again: Option<Again>,
    ) -> Result<(), Error> {
        run("outbox.settle", &place, async |database: &Database| {
            let (id, attempts) = (text(id)?, seconds(attempts.into())?);
            match again {
                Some(Again { due_at, why }) => {
                    let parameters = [id, attempts, seconds(due_at)?, text(why)?];
                    database.execute(&sql::AGAIN, &parameters).await?
                }
                None => database.execute(&sql::REMOVE, &[id, attempts]).await?,
            };
            Ok(())
        })
        .await
    }
}

impl outbox_log::Guest for Store {
    async fn waiting(place: Place) -> Result<Queued, Error> {
        let queued = read("outbox-log.waiting", &place, async |database: &Database| {
            let mut rows = database.query(&sql::WAITING, &[]).await?;
            let mut row = rows
                .pop()
                .ok_or_else(|| Failure::internal("a count that answers nothing"))?;
            let mut why = database.query(&sql::WHY, &[text(String::new())?]).await?;
            Ok(Some(Queued {
                letters: row.seconds()?,
                since: row.optional_seconds()?,
                why: why.pop().map(|mut row| row.text()).transpose()?,
            }))
        });
        Ok(queued.await?.unwrap_or(Queued {
            letters: 0,
            since: None,
            why: None,
        }))
    }

    async fn forget(place: Place, before: u64, limit: u32) -> Result<u64, Error> {
        write("outbox-log.forget", &place, async |database: &Database| {
            let before = seconds(surely_past(database, before).await?)?;
            let parameters = [before, seconds(limit.into())?];
            database.execute(&sql::FORGET, &parameters).await
        })
        .await
    }
}
