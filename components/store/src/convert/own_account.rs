//! What people see and change of their own account, to parameters and from rows.

use crate::{
    bindings::exports::gatelet::store::{
        accounts::Seen,
        own_account::{EmailChange, Holder, Profile, Way},
    },
    convert::{digest, seconds, seen, text, user},
    failure::Failure,
    value::{Row, Value},
};

/// user, session, now.
pub(crate) fn holder(holder: Holder, now: u64) -> Result<Vec<Value>, Failure> {
    let Holder { user_id, session } = holder;
    Ok(vec![text(user_id)?, digest(session)?, seconds(now)?])
}

/// The same, then what was seen: of the holder, or it is nobody's.
pub(crate) fn holder_as_seen(by: Holder, known: &Seen, now: u64) -> Result<Vec<Value>, Failure> {
    let Seen {
        user_id,
        revision,
        sessions_begun,
        disabled: _,
    } = known;
    if *user_id != by.user_id {
        return Err(Failure::internal("what was seen is another user"));
    }
    let mut parameters = holder(by, now)?;
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
