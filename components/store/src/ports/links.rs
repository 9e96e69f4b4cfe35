//! What was mailed and not used yet?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        links::{self, Link, Purpose},
        types::{Error, Place},
    },
    convert::{
        digest,
        links::{found, parameters, purpose},
        seconds,
    },
    database::Database,
    operation::run,
    statements::links::{FIND, KEEP, TRY_CODE},
};

impl links::Guest for Store {
    async fn keep(place: Place, link: Link) -> Result<(), Error> {
        run("links.keep", &place, async |database: &Database| {
            let parameters = parameters(link)?;
            database.guarded(&KEEP, &parameters).await.map(drop)
        })
        .await
    }

    async fn find(place: Place, token: Vec<u8>, now: u64) -> Result<Option<Link>, Error> {
        run("links.find", &place, async |database: &Database| {
            let parameters = [digest(token)?, seconds(now)?];
            let rows = database.query(&FIND, &parameters).await?;
            rows.into_iter().next().map(found).transpose()
        })
        .await
    }

    async fn try_code(
        place: Place,
        wanted: Purpose,
        browser: Vec<u8>,
        tries: u32,
        now: u64,
    ) -> Result<Vec<Link>, Error> {
        run("links.try-code", &place, async |database: &Database| {
            let parameters = [
                purpose(wanted),
                digest(browser)?,
                seconds(tries.into())?,
                seconds(now)?,
            ];
            let rows = database.query(&TRY_CODE, &parameters).await?;
            rows.into_iter().map(found).collect()
        })
        .await
    }
}
