//! Where is somebody signed in, and where no longer?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        own_account::Holder,
        types::{Error, Place},
        user_sessions::{self, After, Listed},
    },
    convert::{digest, own_account::holder, seconds, text, user_sessions::listed},
    database::Database,
    operation::run,
    statements::user_sessions as session,
};

impl user_sessions::Guest for Store {
    async fn list(
        place: Place,
        user_id: String,
        after: Option<After>,
        limit: u32,
        now: u64,
    ) -> Result<Vec<Listed>, Error> {
        run("user-sessions.list", &place, async |database: &Database| {
            let mut parameters = vec![text(user_id)?, seconds(now)?, seconds(limit.into())?];
            let statement = match after {
                None => &session::FIRST,
                Some(After { created_at, token }) => {
                    parameters.extend([seconds(created_at)?, digest(token)?]);
                    &session::NEXT
                }
            };
            let rows = database.query(statement, &parameters).await?;
            rows.into_iter().map(listed).collect()
        })
        .await
    }

    async fn find(place: Place, by: Holder, now: u64) -> Result<Option<Listed>, Error> {
        run("user-sessions.find", &place, async |database: &Database| {
            let rows = database.query(&session::FIND, &holder(by, now)?).await?;
            rows.into_iter().next().map(listed).transpose()
        })
        .await
    }

    async fn end(place: Place, by: Holder, token: Vec<u8>, now: u64) -> Result<bool, Error> {
        run("user-sessions.end", &place, async |database: &Database| {
            let mut parameters = holder(by, now)?;
            parameters.push(digest(token)?);
            Ok(database.execute(&session::END, &parameters).await? > 0)
        })
        .await
    }

    async fn end_others(place: Place, by: Holder, now: u64) -> Result<u64, Error> {
        run(
            "user-sessions.end-others",
            &place,
            async |database: &Database| {
                database
                    .execute(&session::END_OTHERS, &holder(by, now)?)
                    .await
            },
        )
        .await
    }
}
