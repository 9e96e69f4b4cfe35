//! Whose session is it, and until when? And is the database well?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        health,
        sessions::{self, Resumed},
        types::{Error, Place},
    },
    convert::{digest, found_session, seconds, text},
    database::Database,
    failure::{Failure, Kind},
    migrate,
    operation::{run, run_main},
    statements::sessions as session,
};

impl sessions::Guest for Store {
    async fn resume(
        place: Place,
        token: Vec<u8>,
        audience: String,
        app: Option<String>,
        now: u64,
        idle_expires_at: u64,
    ) -> Result<Option<Resumed>, Error> {
        run("sessions.resume", &place, async |database: &Database| {
            let (resume, find) = match app {
                Some(_) => (&session::RESUME_FOR_APP, &session::FIND_FOR_APP),
                None => (&session::RESUME, &session::FIND),
            };
            let whose = [digest(token)?, text(audience)?, seconds(now)?];
            let app = app.map(|app| text(app.to_ascii_lowercase())).transpose()?;
            let slide = whose.iter().cloned().chain([seconds(idle_expires_at)?]);
            let slide: Vec<_> = slide.chain(app.clone()).collect();
            let row = match database.resume(resume, &slide).await {
                // Writes are refused, the session is as true as before.
                Err(Failure {
                    kind: Kind::ReadOnly | Kind::Full,
                    ..
                }) => {
                    let whose: Vec<_> = whose.into_iter().chain(app.clone()).collect();
                    database.query(find, &whose).await?.into_iter().next()
                }
                other => other?,
            };
            let Some(mut row) = row else {
                return Ok(None);
            };
            Ok(Some(Resumed {
                session: found_session(&mut row)?,
                granted: app.map(|_| row.boolean()).transpose()?,
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
