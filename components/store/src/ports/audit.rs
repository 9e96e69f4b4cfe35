//! What people and operators did is written down, read, and forgotten.

use super::admin::surely_past;
use crate::{
    Store,
    bindings::exports::gatelet::{
        store::{
            audit::{self, Cursor, Event, Kept},
            types::{Error, Place},
        },
        store_admin::audit_log::{self, Filter},
    },
    convert::{
        audit::{cursor_parameters, event_parameters, kept},
        optional_text, seconds, text,
    },
    database::{Database, Follow},
    failure::Failure,
    operation::{read, run, write},
    statements::{Again, audit as statements},
};

/// Most events that one call takes or answers.
const ROWS_MAX: u32 = 1_000;

/// Most of them in one statement: of the parameters each has ten.
const STEPS_MAX: usize = 16;

impl audit::Guest for Store {
    async fn append(place: Place, events: Vec<Event>) -> Result<(), Error> {
        run("audit.append", &place, async |database: &Database| {
            let events = events.into_iter().take(ROWS_MAX as usize);
            let (mut done, refused): (Vec<_>, Vec<_>) = events.partition(|event| event.done);
            for event in refused {
                let parameters = event_parameters(event)?;
                database.execute(&statements::COUNT, &parameters).await?;
            }
            if done.len() < 2 {
                for event in done {
                    let parameters = event_parameters(event)?;
                    database.execute(&statements::APPEND, &parameters).await?;
                }
                return Ok(());
            }
            // In one write. Of what is counted two may be one row, so those go alone.
            while !done.is_empty() {
                let some = done.drain(..done.len().min(STEPS_MAX));
                let step = |event| Ok((statements::APPEND_STEP, event_parameters(event)?));
                let steps: Result<Vec<_>, Failure> = some.map(step).collect();
                database.steps(&steps?, Follow::All, Again::Yes).await?;
            }
            Ok(())
        })
        .await
    }

    async fn of_user(
        place: Place,
        user_id: String,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<Kept>, Error> {
        let filter = Filter {
            user_id: Some(user_id),
            act: None,
            since: 0,
        };
        run("audit.of-user", &place, async |database: &Database| {
            events(database, filter, after, limit).await
        })
        .await
    }
}

impl audit_log::Guest for Store {
    async fn events(
        place: Place,
        filter: Filter,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<Kept>, Error> {
        read("audit-log.events", &place, async |database: &Database| {
            events(database, filter, after, limit).await
        })
        .await
    }

    async fn forget(place: Place, before: u64, limit: u32) -> Result<u64, Error> {
        write("audit-log.forget", &place, async |database: &Database| {
            let before = seconds(surely_past(database, before).await?)?;
            database
                .execute(&statements::FORGET, &[before, seconds(limit.into())?])
                .await
        })
        .await
    }
}

async fn events(
    database: &Database,
    filter: Filter,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<Kept>, Failure> {
    let Filter {
        user_id,
        act,
        since,
    } = filter;
    let mut parameters = cursor_parameters(after)?.to_vec();
    parameters.extend([
        seconds(since)?,
        optional_text(act)?,
        seconds(limit.min(ROWS_MAX).into())?,
    ]);
    let statement = match user_id {
        Some(user_id) => {
            parameters.push(text(user_id)?);
            &statements::EVENTS_OF_USER
        }
        None => &statements::EVENTS,
    };
    let rows = database.query(statement, &parameters).await?;
    rows.into_iter().map(kept).collect()
}
