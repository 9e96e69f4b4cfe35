//! What the operator sees of users and does to them.

use core::slice;

use crate::{
    Store,
    bindings::exports::gatelet::{
        store::types::{Error, Place},
        store_admin::users::{self, Listed, NewUser, Running, WayIn},
    },
    convert::{account_user, digest, found_session, optional_text, seconds, text, user},
    database::Database,
    failure::Failure,
    operation::{read, write},
    statements::{access_tokens, factors, limits, provider_tokens, sessions, users as statements},
    uses::Uses,
    value::{Row, Value},
};

/// Most rows that one call answers.
const ROWS_MAX: u32 = 1_000;

impl users::Guest for Store {
    async fn list(place: Place, after: String, limit: u32, now: u64) -> Result<Vec<Listed>, Error> {
        read("users.list", &place, async |database: &Database| {
            let parameters = [text(after)?, seconds(now)?, rows(limit)?];
            let rows = database.query(&statements::LISTED, &parameters).await?;
            let uses = Uses::of(database).await?;
            let mut users = Vec::new();
            for row in rows {
                users.push(counted(database, uses.as_ref(), listed(row)?, now).await?);
            }
            Ok(users)
        })
        .await
    }

    async fn find(place: Place, who: String, now: u64) -> Result<Option<Listed>, Error> {
        read("users.find", &place, async |database: &Database| {
            let statement = match who.contains('@') {
                true => &statements::LISTED_BY_EMAIL,
                false => &statements::LISTED_BY_ID,
            };
            let parameters = [text(who)?, seconds(now)?];
            let rows = database.query(statement, &parameters).await?;
            let Some(row) = rows.into_iter().next() else {
                return Ok(None);
            };
            let uses = Uses::of(database).await?;
            counted(database, uses.as_ref(), listed(row)?, now)
                .await
                .map(Some)
        })
        .await
    }

    async fn ways_in(place: Place, user_id: String) -> Result<Vec<WayIn>, Error> {
        read("users.ways-in", &place, async |database: &Database| {
            let parameters = [text(user_id)?];
            let rows = database.query(&statements::WAYS_IN, &parameters).await?;
            rows.into_iter().map(way_in).collect()
        })
        .await
    }

    async fn insert(place: Place, users: Vec<NewUser>) -> Result<Vec<bool>, Error> {
        write("users.insert", &place, async |database: &Database| {
            let mut made = Vec::new();
            for user in users {
                let parameters = new_user_parameters(user)?;
                let rows = database.guarded(&statements::INSERT, &parameters).await?;
                made.push(!rows.is_empty());
            }
            Ok(made)
        })
        .await
    }

    async fn disable(place: Place, user_id: String, now: u64) -> Result<bool, Error> {
        write("users.disable", &place, async |database: &Database| {
            let user_id = text(user_id)?;
            let parameters = [user_id.clone(), seconds(now)?];
            let rows = database.execute(&statements::DISABLE, &parameters).await?;
            // Also where it was no news: whoever did it before may have stopped here.
            for end in [
                &sessions::END_ALL,
                &access_tokens::END_ALL,
                &provider_tokens::FORGET,
            ] {
                database.execute(end, slice::from_ref(&user_id)).await?;
            }
            Ok(rows > 0)
        })
        .await
    }

    async fn enable(place: Place, user_id: String, now: u64) -> Result<bool, Error> {
        write("users.enable", &place, async |database: &Database| {
            let parameters = [text(user_id)?, seconds(now)?];
            let rows = database.execute(&statements::ENABLE, &parameters).await?;
            Ok(rows > 0)
        })
        .await
    }

    async fn unlock(
        place: Place,
        lockout: Option<Vec<u8>>,
        buckets: Vec<(String, Vec<u8>)>,
    ) -> Result<bool, Error> {
        write("users.unlock", &place, async |database: &Database| {
            let mut rows = 0;
            if let Some(whose) = lockout {
                let parameters = [digest(whose)?];
                rows += database
                    .execute(&limits::FORGET_LOCKOUT, &parameters)
                    .await?;
            }
            for (purpose, whose) in buckets {
                let parameters = [text(purpose)?, digest(whose)?];
                rows += database.execute(&limits::FORGET, &parameters).await?;
            }
            Ok(rows > 0)
        })
        .await
    }

    async fn reset_factors(place: Place, user_id: String, now: u64) -> Result<bool, Error> {
        write(
            "users.reset-factors",
            &place,
            async |database: &Database| {
                let parameters = [text(user_id)?, seconds(now)?];
                let reset = database.guarded(&factors::RESET, &parameters).await?;
                Ok(!reset.is_empty())
            },
        )
        .await
    }

    async fn delete(place: Place, user_id: String) -> Result<bool, Error> {
        write("users.delete", &place, async |database: &Database| {
            let parameters = [text(user_id)?];
            let rows = database.execute(&statements::DELETE, &parameters).await?;
            Ok(rows > 0)
        })
        .await
    }

    async fn sessions(
        place: Place,
        user_id: Option<String>,
        after: Option<Vec<u8>>,
        limit: u32,
        now: u64,
    ) -> Result<Vec<Running>, Error> {
        read("users.sessions", &place, async |database: &Database| {
            let uses = Uses::of(database).await?;
            all_running(database, uses.as_ref(), user_id, after, limit, now).await
        })
        .await
    }
}

/// A page of them. Where a key-value store keeps their use, of as many pages as it takes:
/// some may live no more.
async fn all_running(
    database: &Database,
    uses: Option<&Uses>,
    user_id: Option<String>,
    mut after: Option<Vec<u8>>,
    limit: u32,
    now: u64,
) -> Result<Vec<Running>, Failure> {
    let wanted = usize::try_from(limit.min(ROWS_MAX)).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    loop {
        let begin = match after.take() {
            Some(after) => digest(after)?,
            None => Value::Bytes(Vec::new()),
        };
        let mut parameters = vec![begin, seconds(now)?, rows(limit)?];
        let statement = match user_id.clone() {
            Some(user_id) => {
                parameters.push(text(user_id)?);
                &sessions::RUNNING_OF_USER
            }
            None => &sessions::RUNNING,
        };
        let rows = database.query(statement, &parameters).await?;
        let is_last = rows.len() < wanted;
        for row in rows {
            let mut row = running(row)?;
            after = Some(row.token.clone());
            if let Some(uses) = uses {
                let Some(used) = uses.find(&row.token, now).await? else {
                    continue;
                };
                row.session.idle_expires_at = used.idle_expires_at;
            }
            found.push(row);
        }
        if is_last || uses.is_none() || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}

/// With as many sessions as are in use.
async fn counted(
    database: &Database,
    uses: Option<&Uses>,
    mut user: Listed,
    now: u64,
) -> Result<Listed, Failure> {
    if uses.is_some() && user.sessions > 0 {
        let whose = Some(user.user.id.clone());
        let live = all_running(database, uses, whose, None, ROWS_MAX, now).await?;
        user.sessions = live.len() as u64;
    }
    Ok(user)
}

fn rows(limit: u32) -> Result<Value, Failure> {
    seconds(limit.min(ROWS_MAX).into())
}

fn listed(mut row: Row) -> Result<Listed, Failure> {
    Ok(Listed {
        user: user(&mut row)?,
        disabled_at: row.optional_seconds()?,
        groups: row.text()?,
        sessions: row.seconds()?,
    })
}

fn way_in(mut row: Row) -> Result<WayIn, Failure> {
    Ok(WayIn {
        provider: row.text()?,
        issuer: row.text()?,
        subject: row.text()?,
        created_at: row.seconds()?,
    })
}

fn running(mut row: Row) -> Result<Running, Failure> {
    Ok(Running {
        session: found_session(&mut row)?,
        token: row.bytes()?,
    })
}

fn new_user_parameters(new: NewUser) -> Result<Vec<Value>, Failure> {
    let NewUser {
        user,
        hash,
        disabled,
    } = new;
    let created_at = seconds(user.created_at)?;
    let mut parameters = account_user(user)?;
    parameters.push(optional_text(hash)?);
    parameters.push(if disabled { created_at } else { Value::Null });
    Ok(parameters)
}
