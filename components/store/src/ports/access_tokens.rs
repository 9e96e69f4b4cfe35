//! Which tokens have people made for their programs, and whose is this one?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        access_token_writer,
        access_tokens::{self, Resumed, Token},
        accounts::Seen,
        own_account::Holder,
        types::{Error, Place},
    },
    convert::{
        access_tokens::{token, token_parameters},
        digest,
        own_account::{holder, holder_as_seen},
        seconds, text, user,
    },
    database::Database,
    failure::{Failure, Kind},
    operation::run,
    statements::access_tokens as statements,
};

/// How exactly it is kept when a token was used last.
const USED_SECONDS: u64 = 3_600;

impl access_token_writer::Guest for Store {
    async fn create(
        place: Place,
        by: Holder,
        seen: Seen,
        token: Token,
        token_digest: Vec<u8>,
        most: u32,
        now: u64,
    ) -> Result<(), Error> {
        run(
            "access-token-writer.create",
            &place,
            async |database: &Database| {
                let mut parameters = holder_as_seen(database, by, &seen, now).await?;
                parameters.push(digest(token_digest)?);
                parameters.extend(token_parameters(token)?);
                parameters.push(seconds(most.into())?);
                let created = database.guarded(&statements::CREATE, &parameters).await?;
                match created.is_empty() {
                    true => Err(Failure::new(
                        Kind::Conflict,
                        "the session has ended, or there are enough tokens",
                    )),
                    false => Ok(()),
                }
            },
        )
        .await
    }

    async fn list(place: Place, user_id: String, now: u64) -> Result<Vec<Token>, Error> {
        run(
            "access-token-writer.list",
            &place,
            async |database: &Database| {
                let parameters = [text(user_id)?, seconds(now)?];
                let rows = database.query(&statements::LIST, &parameters).await?;
                rows.into_iter().map(|mut row| token(&mut row)).collect()
            },
        )
        .await
    }

    async fn revoke(place: Place, by: Holder, id: String, now: u64) -> Result<bool, Error> {
        run(
            "access-token-writer.revoke",
            &place,
            async |database: &Database| {
                let mut parameters = holder(database, by, now).await?;
                parameters.push(text(id)?);
                Ok(database.execute(&statements::REVOKE, &parameters).await? > 0)
            },
        )
        .await
    }
}

impl access_tokens::Guest for Store {
    async fn resume(
        place: Place,
        token_digest: Vec<u8>,
        audience: String,
        app: Option<String>,
        now: u64,
    ) -> Result<Option<Resumed>, Error> {
        run(
            "access-tokens.resume",
            &place,
            async |database: &Database| {
                let used = [digest(token_digest)?, seconds(now)?];
                let whose = used.iter().cloned().chain([text(audience)?]);
                let app = app.map(|app| text(app.to_ascii_lowercase())).transpose()?;
                let statement = match app {
                    Some(_) => &statements::FIND_FOR_APP,
                    None => &statements::FIND,
                };
                let parameters: Vec<_> = whose.chain(app.clone()).collect();
                let rows = database.query(statement, &parameters).await?;
                let Some(mut row) = rows.into_iter().next() else {
                    return Ok(None);
                };
                let found = Resumed {
                    user: user(&mut row)?,
                    groups: row.text()?,
                    token: token(&mut row)?,
                    granted: app.map(|_| row.boolean()).transpose()?,
                };
                let is_news = |used| now.saturating_sub(used) >= USED_SECONDS;
                if found.token.used_at.is_none_or(is_news) {
                    match database.execute(&statements::USED, &used).await {
                        // The token is as good as before.
                        Err(Failure {
                            kind: Kind::ReadOnly | Kind::Full,
                            ..
                        }) => {}
                        other => drop(other?),
                    }
                }
                Ok(Some(found))
            },
        )
        .await
    }
}
