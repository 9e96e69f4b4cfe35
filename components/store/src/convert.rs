//! The port's shapes to parameters, and rows to the port's shapes. The engines'
//! values are in `postgres` and `sqlite` below this module.

pub(crate) mod access_tokens;
pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod factors;
pub(crate) mod links;
pub(crate) mod mailed;
pub(crate) mod mysql;
pub(crate) mod origins;
pub(crate) mod outbox;
pub(crate) mod over;
pub(crate) mod own_account;
pub(crate) mod postgres;
pub(crate) mod sign_in;
pub(crate) mod sqlite;
pub(crate) mod user_sessions;
pub(crate) mod vault;

use crate::{
    bindings::exports::gatelet::{
        store::{
            accounts::{Found, Linked, Password, Seen},
            better_auth,
            session_writer::NewSession,
            types::{Error, Session, User},
        },
        store_admin::admin::{self, Report},
    },
    failure::{Failure, Kind},
    migrate::Migrated,
    migrations::Migration,
    value::{Row, Value},
};
use gatelet_core::claims::GROUPS_MAX_BYTES;
use gatelet_core::groups::{is_provider_group_name, joined};
use gatelet_core::session::PROVIDER_SESSION_MAX_BYTES;

/// Nothing that we keep is longer: a PHC string is about 100 bytes, an OpenID
/// Connect subject 255, an email address 254.
const TEXT_LIMIT_BYTES: usize = 4_096;

const DIGEST_BYTES: usize = 32;

/// As many authentication methods as a cookie has room for.
const AMR_LIMIT_BYTES: usize = gatelet_core::claims::AMR_MAX_BYTES;

/// Text. Postgres cannot hold NUL, SQLite would: neither gets it.
pub(crate) fn text(text: String) -> Result<Value, Failure> {
    if text.len() > TEXT_LIMIT_BYTES || text.contains('\0') {
        return Err(Failure::internal("a text too long or with NUL in it"));
    }
    Ok(Value::Text(text))
}

/// The SHA-256 of a token.
pub(crate) fn digest(digest: Vec<u8>) -> Result<Value, Failure> {
    if digest.len() != DIGEST_BYTES {
        return Err(Failure::internal("a digest that is not 32 bytes"));
    }
    Ok(Value::Bytes(digest))
}

/// Unix seconds, or a count of rows.
pub(crate) fn seconds(seconds: u64) -> Result<Value, Failure> {
    let seconds = i64::try_from(seconds).map_err(|_| Failure::internal("a time out of range"))?;
    Ok(Value::Integer(seconds))
}

/// A session of a Better Auth's, in the order of its statement.
pub(crate) fn foreign_session(mut row: Row) -> Result<better_auth::Session, Failure> {
    Ok(better_auth::Session {
        token: row.text()?,
        user: User {
            id: row.text()?,
            email: row.text()?,
            email_verified: row.boolean()?,
            name: row.text()?,
            created_at: row.seconds()?,
        },
        created_at: row.seconds()?,
        expires_at: row.seconds()?,
        banned: row.boolean()?,
        ban_expires_at: row.optional_seconds()?,
        role: row.text()?,
    })
}

/// id, email, email verified, name, created at.
pub(crate) fn account_user(user: User) -> Result<Vec<Value>, Failure> {
    let User {
        id,
        email,
        email_verified,
        name,
        created_at,
    } = user;
    Ok(vec![
        text(id)?,
        text(email)?,
        Value::Boolean(email_verified),
        text(name)?,
        seconds(created_at)?,
    ])
}

/// token, audience, amr, auth time, created, expires, idle expires.
pub(crate) fn session_parameters(session: &NewSession) -> Result<Vec<Value>, Failure> {
    let NewSession {
        token,
        audience,
        amr,
        auth_time,
        created_at,
        expires_at,
        idle_expires_at,
        user_agent: _,
        address: _,
        region: _,
        provider_groups: _,
        provider_session: _,
    } = session;
    Ok(vec![
        digest(token.clone())?,
        text(audience.clone())?,
        methods(amr)?,
        seconds(*auth_time)?,
        seconds(*created_at)?,
        seconds(*expires_at)?,
        seconds(*(idle_expires_at.min(expires_at)))?,
    ])
}

/// What the browser calls itself, its address, and where that is; the groups that a provider
/// named, and what it calls its session.
pub(crate) fn browser_parameters(session: &NewSession) -> Result<[Value; 5], Failure> {
    Ok([
        text(session.user_agent.clone())?,
        text(session.address.clone())?,
        text(session.region.clone())?,
        provider_groups(&session.provider_groups)?,
        provider_session(session.provider_session.clone())?,
    ])
}

/// Names of a provider's groups, as a session carries them.
fn provider_groups(names: &str) -> Result<Value, Failure> {
    let are_names = names.is_empty() || names.split(',').all(is_provider_group_name);
    match are_names && names.len() <= GROUPS_MAX_BYTES {
        true => text(names.to_owned()),
        false => Err(Failure::internal("no list of groups")),
    }
}

/// What a provider calls its session.
pub(crate) fn provider_session(name: String) -> Result<Value, Failure> {
    match name.len() <= PROVIDER_SESSION_MAX_BYTES && !name.contains(char::is_control) {
        true => text(name),
        false => Err(Failure::internal("no name of a provider's session")),
    }
}

/// RFC 8176 values, separated by single spaces.
fn methods(amr: &str) -> Result<Value, Failure> {
    let is_value = |value: &str| {
        let mut bytes = value.bytes();
        !value.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if amr.len() > AMR_LIMIT_BYTES || !amr.split(' ').all(is_value) {
        return Err(Failure::internal("no list of authentication methods"));
    }
    Ok(Value::Text(amr.to_owned()))
}

pub(crate) fn optional_text(text: Option<String>) -> Result<Value, Failure> {
    text.map_or(Ok(Value::Null), self::text)
}

pub(crate) fn found(mut row: Row) -> Result<Found, Failure> {
    let user = user(&mut row)?;
    Ok(Found {
        seen: seen(&user, &mut row)?,
        user,
    })
}

pub(crate) fn found_linked(mut row: Row) -> Result<Linked, Failure> {
    let user = user(&mut row)?;
    Ok(Linked {
        seen: seen(&user, &mut row)?,
        user,
        vouched_email: row.optional_text()?,
        sole: row.boolean()?,
        vouched_elsewhere: row.boolean()?,
    })
}

pub(crate) fn found_password(mut row: Row) -> Result<Password, Failure> {
    let user = user(&mut row)?;
    Ok(Password {
        seen: seen(&user, &mut row)?,
        user,
        hash: row.text()?,
    })
}

pub(crate) fn found_session(row: &mut Row) -> Result<Session, Failure> {
    Ok(Session {
        user: user(row)?,
        provider: row.text()?,
        audience: row.text()?,
        amr: row.text()?,
        auth_time: row.seconds()?,
        created_at: row.seconds()?,
        expires_at: row.seconds()?,
        idle_expires_at: row.seconds()?,
        groups: joined(&row.text()?, &row.text()?),
    })
}

/// The session that has begun, of the user that the statement left.
pub(crate) fn begun(
    mut row: Row,
    session: NewSession,
    provider: String,
) -> Result<Session, Failure> {
    let NewSession {
        token: _,
        audience,
        amr,
        auth_time,
        created_at,
        expires_at,
        idle_expires_at,
        user_agent: _,
        address: _,
        region: _,
        provider_groups,
        provider_session: _,
    } = session;
    Ok(Session {
        user: user(&mut row)?,
        groups: joined(&row.text()?, &provider_groups),
        provider,
        audience,
        amr,
        auth_time,
        created_at,
        expires_at,
        idle_expires_at: idle_expires_at.min(expires_at),
    })
}

pub(crate) fn user(row: &mut Row) -> Result<User, Failure> {
    let (id, email) = (row.text()?, row.text()?);
    Ok(User {
        // Who has none any more has the id in its place.
        email: if email == id { String::new() } else { email },
        id,
        email_verified: row.boolean()?,
        name: row.text()?,
        created_at: row.seconds()?,
    })
}

pub(crate) fn seen(user: &User, row: &mut Row) -> Result<Seen, Failure> {
    Ok(Seen {
        user_id: user.id.clone(),
        revision: row.seconds()?,
        sessions_begun: row.seconds()?,
        disabled: row.boolean()?,
    })
}

pub(crate) fn report(engine: &str, migrated: Migrated) -> Report {
    let Migrated { applied, version } = migrated;
    Report {
        engine: engine.to_owned(),
        applied: applied.into_iter().map(migration).collect(),
        version,
    }
}

fn migration(migration: &Migration) -> admin::Migration {
    let Migration {
        version,
        name,
        text: _,
        scope: _,
    } = migration;
    admin::Migration {
        version: *version,
        name: (*name).to_owned(),
    }
}

pub(crate) fn error(kind: Kind) -> Error {
    match kind {
        Kind::Unavailable | Kind::Broken | Kind::Undone => Error::Unavailable,
        Kind::ReadOnly => Error::ReadOnly,
        Kind::Full => Error::Full,
        Kind::Conflict => Error::Conflict,
        Kind::Missing | Kind::Applied | Kind::Schema => Error::Schema,
        Kind::Internal => Error::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::{TEXT_LIMIT_BYTES, digest, methods, seconds, text};

    #[test]
    fn what_only_one_engine_would_take_reaches_neither() {
        assert!(text("a\0b".into()).is_err());
        assert!(text("ä".repeat(TEXT_LIMIT_BYTES / 2)).is_ok());
        assert!(text("ä".repeat(TEXT_LIMIT_BYTES / 2 + 1)).is_err());
        assert!(seconds(u64::MAX).is_err());
        assert!(seconds(i64::MAX as u64).is_ok());
    }

    #[test]
    fn a_digest_has_32_bytes() {
        for length in [0, 31, 33] {
            assert!(digest(vec![0; length]).is_err(), "{length}");
        }
        assert!(digest(vec![0; 32]).is_ok());
    }
    #[test]
    fn authentication_methods_are_values_of_rfc_8176_by_single_spaces() {
        let longest = "x".repeat(48);
        for amr in ["pwd", "fed", "pwd otp mfa", "h2k", &longest] {
            assert!(methods(amr).is_ok(), "{amr}");
        }
        let too_long = "x".repeat(49);
        for amr in [
            "", " ", "pwd ", " pwd", "pwd  otp", "PWD", "pwd,otp", "ä", &too_long,
        ] {
            assert!(methods(amr).is_err(), "{amr:?}");
        }
    }
}
