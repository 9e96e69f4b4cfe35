//! Sessions: to find, begin and end them; and whether the database is well.

use super::changed;
use crate::{
    Store,
    bindings::exports::gatelet::store::{
        health, session_writer, sessions,
        types::{Error, NewSession, Place, Session},
    },
    convert::{self, digest, found_session, seconds, text},
    database::Database,
    failure::{Failure, Kind},
    migrate,
    operation::{run, run_main},
    statements::{app_grants::IS_GRANTED, sessions as session},
};

impl sessions::Guest for Store {
    async fn resume(
        place: Place,
        token: Vec<u8>,
        audience: String,
        app: String,
        now: u64,
        idle_expires_at: u64,
    ) -> Result<Option<Session>, Error> {
        run("sessions.resume", &place, async |database: &Database| {
            let token = digest(token)?;
            let audience = text(audience)?;
            let now = seconds(now)?;
            let slide = [
                token.clone(),
                audience.clone(),
                now.clone(),
                seconds(idle_expires_at)?,
            ];
            let rows = match database.query(&session::RESUME, &slide).await {
                // Writes are refused, the session is as true as before.
                Err(Failure {
                    kind: Kind::ReadOnly | Kind::Full,
                    ..
                }) => {
                    database
                        .query(&session::FIND, &[token, audience, now])
                        .await?
                }
                other => other?,
            };
            let found = rows.into_iter().next().map(found_session).transpose()?;
            let Some(session) = found else {
                return Ok(None);
            };
            if app.is_empty() {
                return Ok(Some(session));
            }
            let asked = [
                text(session.user.id.clone())?,
                text(app.to_ascii_lowercase())?,
            ];
            let rows = database.query(&IS_GRANTED, &asked).await?;
            Ok(Some(Session {
                granted: !rows.is_empty(),
                ..session
            }))
        })
        .await
    }
}

impl health::Guest for Store {
    async fn ready() -> Result<(), Error> {
        run_main("health.ready", async |database: &Database| {
            migrate::ready(database).await
        })
        .await
    }
}

impl session_writer::Guest for Store {
    async fn create(place: Place, session: NewSession) -> Result<(), Error> {
        run(
            "session-writer.create",
            &place,
            async |database: &Database| {
                let parameters = convert::new_session(session)?;
                let rows = database.execute(&session::CREATE, &parameters).await?;
                // The account was taken away between the check and now.
                changed(rows)
            },
        )
        .await
    }

    async fn end(place: Place, token: Vec<u8>) -> Result<(), Error> {
        run("session-writer.end", &place, async |database: &Database| {
            database
                .execute(&session::END, &[digest(token)?])
                .await
                .map(drop)
        })
        .await
    }

    async fn end_all(place: Place, user_id: String, keep: Option<Vec<u8>>) -> Result<u64, Error> {
        run(
            "session-writer.end-all",
            &place,
            async |database: &Database| {
                let user_id = text(user_id)?;
                match keep {
                    Some(keep) => {
                        database
                            .execute(&session::END_OTHERS, &[user_id, digest(keep)?])
                            .await
                    }
                    None => database.execute(&session::END_ALL, &[user_id]).await,
                }
            },
        )
        .await
    }
}
