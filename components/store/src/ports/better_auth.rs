//! Sessions that a Better Auth keeps.

use crate::{
    Store,
    better_auth::BetterAuth,
    bindings::exports::gatelet::store::{
        better_auth::{self, Session},
        types::Error,
    },
    convert::foreign_session,
    operation::elsewhere,
};

impl better_auth::Guest for Store {
    async fn find(tokens: Vec<String>) -> Result<Vec<Session>, Error> {
        elsewhere("better-auth.find", async {
            let rows = BetterAuth::open().await?.find(tokens).await?;
            rows.into_iter().map(foreign_session).collect()
        })
        .await
    }
}
