//! What people see and change of their own account, to parameters and from rows.

use crate::{
    bindings::exports::gatelet::store::{
        accounts::Seen,
        own_account::{EmailChange, Holder, Profile, Way},
    },
    convert::{digest, seconds, seen, text, user},
    database::Database,
    failure::Failure,
    uses::Uses,
    value::{Row, Value},
};

/// user, session, now. The session of nobody where it was not used for too long, which the
/// database may not know.
pub(crate) async fn holder(
    database: &Database,
    holder: Holder,
    now: u64,
) -> Result<Vec<Value>, Failure> {
    let Holder { user_id, session } = holder;
    let is_live = match Uses::of(database).await? {
        Some(uses) => uses.find(&session, now).await?.is_some(),
        None => true,
    };
    let session = match (digest(session)?, is_live) {
        (session, true) => session,
        (_, false) => Value::Bytes(Vec::new()),
    };
    Ok(vec![text(user_id)?, session, seconds(now)?])
}

/// The same, then what was seen: of the holder, or it is nobody's.
pub(crate) async fn holder_as_seen(
    database: &Database,
    by: Holder,
    known: &Seen,
    now: u64,
) -> Result<Vec<Value>, Failure> {
    let Seen {
        user_id,
        revision,
        sessions_begun,
        disabled: _,
    } = known;
    if *user_id != by.user_id {
        return Err(Failure::internal("what was seen is another user"));
    }
    let mut parameters = holder(database, by, now).await?;
    parameters.extend([seconds(*revision)?, seconds(*sessions_begun)?]);
    Ok(parameters)
}

/// link, after, before: of a user who has none the id stands in its place.
pub(crate) fn email_change(change: EmailChange, user_id: &str) -> Result<[Value; 3], Failure> {
    let EmailChange {
        link,
        before,
        after,
    } = change;
    let before = match before.is_empty() {
        true => user_id.to_owned(),
        false => before,
    };
    Ok([digest(link)?, text(after)?, text(before)?])
}

/// Without the ways in, which are another statement's.
pub(crate) fn profile(mut row: Row) -> Result<Profile, Failure> {
    let user = user(&mut row)?;
    Ok(Profile {
        seen: seen(&user, &mut row)?,
        user,
        ways: Vec::new(),
        leaves_at: row.optional_seconds()?,
    })
}

pub(crate) fn way(mut row: Row) -> Result<Way, Failure> {
    Ok(Way {
        issuer: row.text()?,
        subject: row.text()?,
        provider: row.text()?,
        vouched_email: row.optional_text()?,
        created_at: row.seconds()?,
    })
}
