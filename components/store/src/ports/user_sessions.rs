//! Where is somebody signed in, and where no longer?

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        own_account::Holder,
        types::{Error, Identity, Place},
        user_sessions::{self, After, Listed, Over},
    },
    convert::{
        digest, over, own_account::holder, provider_session, seconds, text, user_sessions::listed,
    },
    database::Database,
    failure::Failure,
    operation::run,
    statements::{user_sessions as session, verifications},
    uses::Uses,
};

/// With when it was used; None where it lives no more.
async fn in_use(
    uses: Option<&Uses>,
    mut session: Listed,
    now: u64,
) -> Result<Option<Listed>, Failure> {
    let Some(uses) = uses else {
        return Ok(Some(session));
    };
    let used = uses.find(&session.token, now).await?;
    Ok(used.map(|used| {
        session.seen_at = used.seen_at(session.created_at);
        session
    }))
}

impl user_sessions::Guest for Store {
    async fn list(
        place: Place,
        user_id: String,
        after: Option<After>,
        limit: u32,
        now: u64,
    ) -> Result<Vec<Listed>, Error> {
        run("user-sessions.list", &place, async |database: &Database| {
            let whose = [text(user_id)?, seconds(now)?, seconds(limit.into())?];
            let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
            let uses = Uses::of(database).await?;
            let (mut after, mut found) = (after, Vec::new());
            loop {
                let mut parameters = whose.to_vec();
                let statement = match after.take() {
                    None => &session::FIRST,
                    Some(After { created_at, token }) => {
                        parameters.extend([seconds(created_at)?, digest(token)?]);
                        &session::NEXT
                    }
                };
                let rows = database.query(statement, &parameters).await?;
                let is_last = rows.len() < wanted;
                for row in rows {
                    let row = listed(row)?;
                    after = Some(After {
                        created_at: row.created_at,
                        token: row.token.clone(),
                    });
                    found.extend(in_use(uses.as_ref(), row, now).await?);
                }
                // Some of a page may live no more.
                if is_last || uses.is_none() || found.len() >= wanted {
                    found.truncate(wanted);
                    return Ok(found);
                }
            }
        })
        .await
    }

    async fn find(place: Place, by: Holder, now: u64) -> Result<Option<Listed>, Error> {
        run("user-sessions.find", &place, async |database: &Database| {
            let rows = database
                .query(&session::FIND, &holder(database, by, now).await?)
                .await?;
            match rows.into_iter().next() {
                Some(row) => in_use(Uses::of(database).await?.as_ref(), listed(row)?, now).await,
                None => Ok(None),
            }
        })
        .await
    }

    async fn end(place: Place, by: Holder, token: Vec<u8>, now: u64) -> Result<bool, Error> {
        run("user-sessions.end", &place, async |database: &Database| {
            let mut parameters = holder(database, by, now).await?;
            parameters.push(digest(token.clone())?);
            let ended = database.execute(&session::END, &parameters).await? > 0;
            if ended && let Some(uses) = Uses::of(database).await? {
                uses.forget(&token).await;
            }
            Ok(ended)
        })
        .await
    }

    async fn end_over(place: Place, over: Over) -> Result<Vec<String>, Error> {
        run(
            "user-sessions.end-over",
            &place,
            async |database: &Database| {
                let kept = over::said(&over);
                let Over {
                    provider,
                    issuer,
                    subject,
                    session,
                    until,
                    first_step_until,
                    known_until,
                } = over;
                let issuer = text(issuer.unwrap_or_default())?;
                let named = provider_session(session.unwrap_or_default())?;
                let until = seconds(until)?;
                let (statement, which) = match subject {
                    Some(subject) => (
                        &session::END_PROVIDER_ACCOUNT,
                        [issuer, text(subject)?, named, until],
                    ),
                    None => (
                        &session::END_PROVIDER_SESSION,
                        [issuer, named, until, text(provider)?],
                    ),
                };
                if let Some(known_until) = known_until {
                    for row in kept {
                        let parameters = [
                            text(over::PURPOSE.to_owned())?,
                            row,
                            seconds(first_step_until)?,
                            seconds(known_until)?,
                        ];
                        database.execute(&verifications::KEEP, &parameters).await?;
                    }
                }
                let ended = database.query(statement, &which).await?;
                let (uses, mut whose) = (Uses::of(database).await?, Vec::new());
                for mut row in ended {
                    whose.push(row.text()?);
                    if let Some(uses) = &uses {
                        uses.forget(&row.bytes()?).await;
                    }
                }
                whose.sort_unstable();
                whose.dedup();
                Ok(whose)
            },
        )
        .await
    }

    async fn is_over(
        place: Place,
        account: Identity,
        session: String,
        first_step_at: u64,
    ) -> Result<bool, Error> {
        run(
            "user-sessions.is-over",
            &place,
            async |database: &Database| {
                let mut parameters = vec![text(over::PURPOSE.to_owned())?];
                parameters.extend(over::meaning(&account, &session));
                parameters.push(seconds(first_step_at)?);
                let known = database.query(&verifications::KNOWN, &parameters).await?;
                Ok(!known.is_empty())
            },
        )
        .await
    }

    async fn end_others(place: Place, by: Holder, now: u64) -> Result<u64, Error> {
        run(
            "user-sessions.end-others",
            &place,
            async |database: &Database| {
                database
                    .execute(&session::END_OTHERS, &holder(database, by, now).await?)
                    .await
            },
        )
        .await
    }
}
