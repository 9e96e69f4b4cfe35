//! What the vault keeps, to parameters and from rows.

use super::{digest, seconds, text};
use crate::{
    bindings::exports::gatelet::store::vault::{
        AnythingSealed, Application, NewSecret, Request, SealedSecret, SealedVariable, Secret,
        Variable,
    },
    failure::Failure,
    value::{Row, Value},
};

const ORG_LIMIT_BYTES: usize = 63;
const NAME_LIMIT_BYTES: usize = 128;
/// The longest value, and what sealing adds to it.
const SEALED_LIMIT_BYTES: usize = 8_192 + 64;
/// A key's id and a keyed hash.
const WRITTEN_LIMIT_BYTES: usize = 64;

pub(crate) fn org(org: String) -> Result<Value, Failure> {
    short(org, ORG_LIMIT_BYTES)
}

/// Of a secret, a variable or an application.
pub(crate) fn name(name: String) -> Result<Value, Failure> {
    short(name, NAME_LIMIT_BYTES)
}

fn short(name: String, limit: usize) -> Result<Value, Failure> {
    match (1..=limit).contains(&name.len()) {
        true => text(name),
        false => Err(Failure::internal("a name that is empty or too long")),
    }
}

pub(crate) fn sealed(sealed: Vec<u8>) -> Result<Value, Failure> {
    match (1..=SEALED_LIMIT_BYTES).contains(&sealed.len()) {
        true => Ok(Value::Bytes(sealed)),
        false => Err(Failure::internal("what is sealed is empty or too long")),
    }
}

fn written(written: Vec<u8>) -> Result<Value, Failure> {
    match written.len() {
        0 => Ok(Value::Null),
        1..=WRITTEN_LIMIT_BYTES => Ok(Value::Bytes(written)),
        _ => Err(Failure::internal("a keyed hash that is too long")),
    }
}

/// org, name, now, sealed, by; and where it replaces another version, that and its own.
pub(crate) fn new_secret(
    secret: NewSecret,
    now: u64,
) -> Result<(Vec<Value>, Option<[Value; 2]>), Failure> {
    let NewSecret {
        org,
        name,
        replaces,
        sealed,
        by,
    } = secret;
    let parameters = vec![
        self::org(org)?,
        self::name(name)?,
        seconds(now)?,
        self::sealed(sealed)?,
        text(by)?,
    ];
    let versions = match replaces {
        0 => None,
        _ => Some([seconds(replaces)?, seconds(replaces.saturating_add(1))?]),
    };
    Ok((parameters, versions))
}

pub(crate) fn secret(row: &mut Row) -> Result<Secret, Failure> {
    Ok(Secret {
        name: row.text()?,
        version: row.seconds()?,
        updated_at: row.seconds()?,
        updated_by: row.text()?,
    })
}

pub(crate) fn sealed_secret(mut row: Row) -> Result<SealedSecret, Failure> {
    Ok(SealedSecret {
        secret: secret(&mut row)?,
        sealed: row.optional_bytes()?,
    })
}

/// org, id, token, name, created, expires, by. Nobody has fulfilled it.
pub(crate) fn request_parameters(
    org: String,
    request: Request,
    token: Vec<u8>,
) -> Result<[Value; 7], Failure> {
    let Request {
        id,
        name,
        created_at,
        expires_at,
        created_by,
        fulfilled_at: _,
    } = request;
    Ok([
        self::org(org)?,
        self::name(id)?,
        digest(token)?,
        self::name(name)?,
        seconds(created_at)?,
        seconds(expires_at)?,
        text(created_by)?,
    ])
}

pub(crate) fn request(mut row: Row) -> Result<Request, Failure> {
    Ok(Request {
        id: row.text()?,
        name: row.text()?,
        created_at: row.seconds()?,
        expires_at: row.seconds()?,
        created_by: row.text()?,
        fulfilled_at: row.optional_seconds()?,
    })
}

pub(crate) fn application(mut row: Row) -> Result<Application, Failure> {
    Ok(Application {
        name: row.text()?,
        created_at: row.seconds()?,
        variables: u32::try_from(row.integer()?).unwrap_or(u32::MAX),
    })
}

/// In the order of [`crate::statements::vault::variables::ADD`].
pub(crate) fn variable_parameters(
    org: String,
    variable: SealedVariable,
) -> Result<Vec<Value>, Failure> {
    let SealedVariable {
        variable:
            Variable {
                application,
                key,
                version,
                bound,
                overridden,
                updated_at,
                updated_by,
            },
        sealed,
        written,
    } = variable;
    let (secret, secret_version) = match bound {
        Some((secret, version)) => (name(secret)?, seconds(version)?),
        None => (Value::Null, Value::Null),
    };
    Ok(vec![
        self::org(org)?,
        name(application)?,
        name(key)?,
        seconds(version)?,
        secret,
        secret_version,
        Value::Boolean(overridden),
        seconds(updated_at)?,
        text(updated_by)?,
        self::sealed(sealed)?,
        self::written(written)?,
    ])
}

pub(crate) fn variable(row: &mut Row) -> Result<Variable, Failure> {
    Ok(Variable {
        application: row.text()?,
        key: row.text()?,
        version: row.seconds()?,
        bound: row.optional_text()?.zip(row.optional_seconds()?),
        overridden: row.boolean()?,
        updated_at: row.seconds()?,
        updated_by: row.text()?,
    })
}

pub(crate) fn sealed_variable(mut row: Row) -> Result<SealedVariable, Failure> {
    Ok(SealedVariable {
        variable: variable(&mut row)?,
        sealed: row.bytes()?,
        written: row.optional_bytes()?.unwrap_or_default(),
    })
}

/// Of a secret: name, version, sealed.
pub(crate) fn page_secret(mut row: Row) -> Result<AnythingSealed, Failure> {
    Ok(AnythingSealed {
        application: String::new(),
        name: row.text()?,
        version: row.seconds()?,
        sealed: row.bytes()?,
        written: Vec::new(),
    })
}

/// Of a variable: application, key, version, sealed, written.
pub(crate) fn page_variable(mut row: Row) -> Result<AnythingSealed, Failure> {
    Ok(AnythingSealed {
        application: row.text()?,
        name: row.text()?,
        version: row.seconds()?,
        sealed: row.bytes()?,
        written: row.optional_bytes()?.unwrap_or_default(),
    })
}

/// org, name, version, sealed, what it was; and of a variable the application and what
/// was written.
pub(crate) fn resealed(
    org: String,
    anything: AnythingSealed,
    from: Vec<u8>,
) -> Result<(Vec<Value>, Option<[Value; 2]>), Failure> {
    let AnythingSealed {
        application,
        name,
        version,
        sealed,
        written,
    } = anything;
    let parameters = vec![
        self::org(org)?,
        self::name(name)?,
        seconds(version)?,
        self::sealed(sealed)?,
        self::sealed(from)?,
    ];
    let variable = match application.is_empty() {
        true => None,
        false => Some([self::name(application)?, self::written(written)?]),
    };
    Ok((parameters, variable))
}

#[cfg(test)]
mod tests {
    use super::{name, org, sealed, written};
    use crate::value::Value;

    #[test]
    fn nothing_is_kept_that_is_empty_or_longer_than_it_may_be() {
        for (length, good) in [(0, false), (1, true), (128, true), (129, false)] {
            assert_eq!(name("N".repeat(length)).is_ok(), good, "{length}");
        }
        for (length, good) in [(0, false), (1, true), (63, true), (64, false)] {
            assert_eq!(org("o".repeat(length)).is_ok(), good, "{length}");
        }
        for (length, good) in [(0, false), (1, true), (8_256, true), (8_257, false)] {
            assert_eq!(sealed(vec![1; length]).is_ok(), good, "{length}");
        }
        assert!(matches!(written(vec![]), Ok(Value::Null)));
        assert!(written(vec![1; 64]).is_ok() && written(vec![1; 65]).is_err());
    }
}
