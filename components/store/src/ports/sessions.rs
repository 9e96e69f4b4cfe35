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
    uses::Uses,
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
            let uses = Uses::of(database).await?;
            let whose = [digest(token.clone())?, text(audience)?, seconds(now)?];
            let app = app.map(|app| text(app.to_ascii_lowercase())).transpose()?;
            let slide = whose.iter().cloned().chain([seconds(idle_expires_at)?]);
            let slide: Vec<_> = slide.chain(app.clone()).collect();
            let whose: Vec<_> = whose.into_iter().chain(app.clone()).collect();
            let found = async || Ok(database.query(find, &whose).await?.into_iter().next());
            let row = match uses {
                // The row says nothing of its use.
                Some(_) => found().await?,
                None => match database.resume(resume, &slide).await {
                    // Writes are refused, the session is as true as before.
                    Err(Failure {
                        kind: Kind::ReadOnly | Kind::Full,
                        ..
                    }) => found().await?,
                    other => other?,
                },
            };
            let Some(mut row) = row else {
                return Ok(None);
            };
            let mut session = found_session(&mut row)?;
            if let Some(uses) = uses {
                let Some(used) = uses.find(&token, now).await? else {
                    return Ok(None);
                };
                let slid = used.slid(now, idle_expires_at, session.expires_at);
                let is_due = slid.is_due(&used);
                if is_due {
                    uses.keep(&token, slid).await?;
                }
                let kept = if is_due { slid } else { used };
                session.idle_expires_at = kept.idle_expires_at;
            }
            Ok(Some(Resumed {
                session,
                granted: app.map(|_| row.boolean()).transpose()?,
            }))
        })
        .await
    }
}

impl health::Guest for Store {
    async fn ready() -> Result<(), Error> {
        run_main("health.ready", async |database: &Database| {
            migrate::ready(database).await?;
            match Uses::of(database).await? {
                Some(uses) => uses.ready().await,
                None => Ok(()),
            }
        })
        .await
    }
}
