//! Who is invited, by whom is asked and by whom it is said.

use crate::{
    Store,
    bindings::exports::gatelet::{
        store::{
            invitations::{self, Invitation},
            types::{Error, Place},
        },
        store_admin::inviting::{self, NewInvitation},
    },
    convert::{digest, seconds, text},
    database::Database,
    failure::Failure,
    operation::{run, write},
    statements::{Statement, invitations as statements},
    value::Value,
};

impl invitations::Guest for Store {
    async fn find(
        place: Place,
        token: Vec<u8>,
        origin: String,
        now: u64,
    ) -> Result<Option<Invitation>, Error> {
        run("invitations.find", &place, async |database: &Database| {
            found(database, &statements::FIND, digest(token)?, origin, now).await
        })
        .await
    }

    async fn find_by_email(
        place: Place,
        email: String,
        origin: String,
        now: u64,
    ) -> Result<Option<Invitation>, Error> {
        run(
            "invitations.find-by-email",
            &place,
            async |database: &Database| {
                // An invitation for whoever has the link is nobody's address.
                if email.is_empty() {
                    return Ok(None);
                }
                let statement = &statements::FIND_BY_EMAIL;
                found(database, statement, text(email)?, origin, now).await
            },
        )
        .await
    }
}

async fn found(
    database: &Database,
    statement: &Statement,
    by: Value,
    origin: String,
    now: u64,
) -> Result<Option<Invitation>, Failure> {
    let parameters = [by, text(origin)?, seconds(now)?];
    let Some(mut row) = database.query(statement, &parameters).await?.pop() else {
        return Ok(None);
    };
    Ok(Some(Invitation {
        email: row.text()?,
        groups: row.text()?,
        expires_at: row.seconds()?,
    }))
}

impl inviting::Guest for Store {
    async fn invite(place: Place, invitation: NewInvitation) -> Result<(), Error> {
        write("inviting.invite", &place, async |database: &Database| {
            let NewInvitation {
                token,
                email,
                origin,
                mut groups,
                apps,
                created_at,
                expires_at,
            } = invitation;
            groups.sort_unstable();
            groups.dedup();
            let (token, email) = (digest(token)?, text(email)?);
            let replaced = [email.clone(), text(origin.clone())?];
            database.execute(&statements::REPLACE, &replaced).await?;
            let parameters = [
                token.clone(),
                email,
                text(origin)?,
                text(groups.join(","))?,
                seconds(created_at)?,
                seconds(expires_at)?,
            ];
            database.execute(&statements::INSERT, &parameters).await?;
            for group in groups {
                let parameters = [token.clone(), text(group)?];
                database
                    .execute(&statements::INTO_GROUP, &parameters)
                    .await?;
            }
            for app in apps {
                let parameters = [token.clone(), text(app)?];
                database.execute(&statements::WITH_APP, &parameters).await?;
            }
            // Good from here on.
            database.execute(&statements::OPEN, &[token]).await?;
            Ok(())
        })
        .await
    }

    async fn withdraw(
        place: Place,
        email: String,
        origin: String,
        now: u64,
    ) -> Result<bool, Error> {
        write("inviting.withdraw", &place, async |database: &Database| {
            let parameters = [text(email)?, text(origin)?, seconds(now)?];
            let rows = database.execute(&statements::WITHDRAW, &parameters).await?;
            Ok(rows > 0)
        })
        .await
    }

    async fn withdraw_open(place: Place, now: u64) -> Result<(), Error> {
        write(
            "inviting.withdraw-open",
            &place,
            async |database: &Database| {
                let parameters = [seconds(now)?];
                database
                    .execute(&statements::WITHDRAW_OPEN, &parameters)
                    .await
                    .map(drop)
            },
        )
        .await
    }
}
