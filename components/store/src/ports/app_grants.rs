//! Which apps a user may use.

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        app_grants,
        types::{Error, Place},
    },
    convert::text,
    database::Database,
    operation::run,
    statements::app_grants::IS_GRANTED,
};

impl app_grants::Guest for Store {
    async fn is_granted(place: Place, user_id: String, app: String) -> Result<bool, Error> {
        run(
            "app-grants.is-granted",
            &place,
            async |database: &Database| {
                let rows = database
                    .query(&IS_GRANTED, &[text(user_id)?, text(app)?])
                    .await?;
                Ok(!rows.is_empty())
            },
        )
        .await
    }
}
