//! What was decided about whoever has used a mailed link, to the statements that do it
//! and their parameters. The order of parameters is `statements::mailed`'s.

use crate::{
    bindings::exports::gatelet::store::{
        accounts::Seen,
        session_writer::{MailedReclaim, MailedRegistration, MailedSignIn, OtherWays},
        types::User,
    },
    convert::{digest, optional_text, seconds, text},
    failure::Failure,
    statements::{Guarded, mailed as statements},
    value::Value,
};

/// What to run, and what comes after the session's parameters.
type Planned = (&'static Guarded, Vec<Value>);

pub(crate) fn sign_in(sign_in: MailedSignIn) -> Result<Planned, Failure> {
    let MailedSignIn {
        seen,
        link,
        email,
        new_hash,
        others,
    } = sign_in;
    let (ends, drops) = match others {
        OtherWays::Keep => (false, false),
        OtherWays::EndSessions => (true, false),
        OtherWays::Drop => (true, true),
    };
    let mut parameters = vec![digest(link)?, text(email)?];
    parameters.extend(user(seen)?);
    parameters.extend([
        Value::Boolean(ends),
        Value::Boolean(drops),
        optional_text(new_hash)?,
    ]);
    Ok((&statements::SIGN_IN, parameters))
}

pub(crate) fn registration(registration: MailedRegistration) -> Result<Planned, Failure> {
    let MailedRegistration { link, user, hash } = registration;
    Ok((&statements::REGISTER, new_user(link, user, hash)?))
}

pub(crate) fn reclaim(reclaim: MailedReclaim) -> Result<Planned, Failure> {
    let MailedReclaim {
        link,
        seen,
        user,
        hash,
    } = reclaim;
    let mut parameters = new_user(link, user, hash)?;
    parameters.extend(self::user(seen)?);
    Ok((&statements::RECLAIM, parameters))
}

/// link, email, id, name, created, hash.
fn new_user(link: Vec<u8>, user: User, hash: Option<String>) -> Result<Vec<Value>, Failure> {
    let User {
        id,
        email,
        email_verified: _,
        name,
        created_at,
    } = user;
    Ok(vec![
        digest(link)?,
        text(email)?,
        text(id)?,
        text(name)?,
        seconds(created_at)?,
        optional_text(hash)?,
    ])
}

/// id, revision, sessions begun.
pub(crate) fn user(seen: Seen) -> Result<[Value; 3], Failure> {
    let Seen {
        user_id,
        revision,
        sessions_begun,
        disabled: _,
    } = seen;
    Ok([text(user_id)?, seconds(revision)?, seconds(sessions_begun)?])
}
