//! Whose way in is it, and whose email? What a sign-in is decided on.

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        accounts::{self, Found, Linked},
        types::{Error, Identity, Place},
    },
    convert::{self, accounts::account_key, found, found_linked, text},
    database::Database,
    operation::run,
    statements::{accounts as account, users},
};

impl accounts::Guest for Store {
    async fn find_password(
        place: Place,
        email: String,
    ) -> Result<Option<accounts::Password>, Error> {
        run(
            "accounts.find-password",
            &place,
            async |database: &Database| {
                let rows = database
                    .query(&account::FIND_PASSWORD, &[text(email)?])
                    .await?;
                rows.into_iter()
                    .next()
                    .map(convert::found_password)
                    .transpose()
            },
        )
        .await
    }

    async fn find_linked(place: Place, identity: Identity) -> Result<Option<Linked>, Error> {
        run(
            "accounts.find-linked",
            &place,
            async |database: &Database| {
                let key = account_key(identity)?;
                let parameters = [key.issuer, key.subject, key.legacy_issuer];
                let rows = database.query(&account::FIND_LINKED, &parameters).await?;
                rows.into_iter().next().map(found_linked).transpose()
            },
        )
        .await
    }

    async fn find_by_email(place: Place, email: String) -> Result<Option<Found>, Error> {
        run(
            "accounts.find-by-email",
            &place,
            async |database: &Database| {
                let rows = database
                    .query(&users::FIND_BY_EMAIL, &[text(email)?])
                    .await?;
                rows.into_iter().next().map(found).transpose()
            },
        )
        .await
    }

    async fn find_by_id(place: Place, user_id: String) -> Result<Option<Found>, Error> {
        run(
            "accounts.find-by-id",
            &place,
            async |database: &Database| {
                let rows = database
                    .query(&users::FIND_BY_ID, &[text(user_id)?])
                    .await?;
                rows.into_iter().next().map(found).transpose()
            },
        )
        .await
    }
}
