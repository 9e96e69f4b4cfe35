//! The port's shapes to parameters, and rows to the port's shapes. The engines'
//! values are in `postgres` and `sqlite` below this module.

pub(crate) mod origins;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::{
    bindings::exports::gatelet::store::{
        accounts::Password,
        admin::{self, Report},
        types::{Error, NewSession, Session, User},
    },
    failure::{Failure, Kind},
    migrate::Migrated,
    migrations::Migration,
    value::{Row, Value},
};

/// Nothing that we keep is longer: a PHC string is about 100 bytes, an OpenID
/// Connect subject 255, an email address 254.
const TEXT_LIMIT_BYTES: usize = 4_096;

const DIGEST_BYTES: usize = 32;

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

/// token, user, provider, audience, created, expires, idle expires.
pub(crate) fn new_session(session: NewSession) -> Result<[Value; 7], Failure> {
    let NewSession {
        token,
        user_id,
        provider,
        audience,
        created_at,
        expires_at,
        idle_expires_at,
    } = session;
    Ok([
        digest(token)?,
        text(user_id)?,
        text(provider)?,
        text(audience)?,
        seconds(created_at)?,
        seconds(expires_at)?,
        seconds(idle_expires_at.min(expires_at))?,
    ])
}

pub(crate) fn found_user(mut row: Row) -> Result<User, Failure> {
    user(&mut row)
}

pub(crate) fn found_password(mut row: Row) -> Result<Password, Failure> {
    Ok(Password {
        user: user(&mut row)?,
        hash: row.text()?,
    })
}

pub(crate) fn found_session(mut row: Row) -> Result<Session, Failure> {
    Ok(Session {
        user: user(&mut row)?,
        provider: row.text()?,
        audience: row.text()?,
        created_at: row.seconds()?,
        expires_at: row.seconds()?,
        idle_expires_at: row.seconds()?,
        granted: false,
    })
}

fn user(row: &mut Row) -> Result<User, Failure> {
    Ok(User {
        id: row.text()?,
        email: row.text()?,
        email_verified: row.boolean()?,
        name: row.text()?,
        created_at: row.seconds()?,
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
    use super::{TEXT_LIMIT_BYTES, digest, seconds, text};

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
}
