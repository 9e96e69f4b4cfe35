//! Users and their ways in.

use super::changed;
use crate::{
    Store,
    bindings::exports::gatelet::store::{
        account_writer, accounts,
        types::{Error, Identity, Place, User},
    },
    convert::{self, account_user, found_user, seconds, text},
    database::Database,
    failure::Failure,
    operation::run,
    statements::{accounts as account, users},
    value::Value,
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

    async fn find_linked(place: Place, identity: Identity) -> Result<Option<User>, Error> {
        run(
            "accounts.find-linked",
            &place,
            async |database: &Database| {
                let Identity { provider, subject } = identity;
                let rows = database
                    .query(&account::FIND_LINKED, &[text(provider)?, text(subject)?])
                    .await?;
                rows.into_iter().next().map(found_user).transpose()
            },
        )
        .await
    }

    async fn find_by_email(place: Place, email: String) -> Result<Option<User>, Error> {
        run(
            "accounts.find-by-email",
            &place,
            async |database: &Database| {
                let rows = database
                    .query(&users::FIND_BY_EMAIL, &[text(email)?])
                    .await?;
                rows.into_iter().next().map(found_user).transpose()
            },
        )
        .await
    }
}

impl account_writer::Guest for Store {
    async fn register(place: Place, user: User, password_hash: String) -> Result<(), Error> {
        run(
            "account-writer.register",
            &place,
            async |database: &Database| {
                let mut parameters = account_user(user)?;
                parameters.push(text(password_hash)?);
                changed(database.guarded(&account::REGISTER, &parameters).await?)
            },
        )
        .await
    }

    async fn register_linked(place: Place, user: User, identity: Identity) -> Result<(), Error> {
        run(
            "account-writer.register-linked",
            &place,
            async |database: &Database| {
                let Identity { provider, subject } = identity;
                let mut parameters = account_user(user)?;
                parameters.extend([text(provider)?, text(subject)?]);
                changed(
                    database
                        .guarded(&account::REGISTER_LINKED, &parameters)
                        .await?,
                )
            },
        )
        .await
    }

    async fn link(
        place: Place,
        user_id: String,
        identity: Identity,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "account-writer.link",
            &place,
            async |database: &Database| {
                let parameters = link_parameters(user_id, identity, now)?;
                changed(database.execute(&account::LINK, &parameters).await?)
            },
        )
        .await
    }

    async fn take_over(
        place: Place,
        user_id: String,
        identity: Identity,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "account-writer.take-over",
            &place,
            async |database: &Database| {
                let parameters = link_parameters(user_id, identity, now)?;
                changed(database.guarded(&account::TAKE_OVER, &parameters).await?)
            },
        )
        .await
    }

    async fn rehash(
        place: Place,
        user_id: String,
        old_hash: String,
        new_hash: String,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "account-writer.rehash",
            &place,
            async |database: &Database| {
                let parameters = [
                    text(user_id)?,
                    text(old_hash)?,
                    text(new_hash)?,
                    seconds(now)?,
                ];
                // Somebody else's newer hash stays: not finding the old one is no error.
                database
                    .execute(&account::REHASH, &parameters)
                    .await
                    .map(drop)
            },
        )
        .await
    }

    async fn update_profile(
        place: Place,
        user_id: String,
        name: String,
        email_verified: bool,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "account-writer.update-profile",
            &place,
            async |database: &Database| {
                let parameters = [
                    text(user_id)?,
                    text(name)?,
                    Value::Boolean(email_verified),
                    seconds(now)?,
                ];
                changed(
                    database
                        .execute(&users::UPDATE_PROFILE, &parameters)
                        .await?,
                )
            },
        )
        .await
    }
}

fn link_parameters(user_id: String, identity: Identity, now: u64) -> Result<[Value; 4], Failure> {
    let Identity { provider, subject } = identity;
    Ok([
        text(user_id)?,
        text(provider)?,
        text(subject)?,
        seconds(now)?,
    ])
}
