//! What users prove a sign-in with, to and from the port's shapes.

use gatelet_core::key::KeyRing;

use crate::{
    bindings::exports::gatelet::store::{
        accounts::Seen,
        factors::{Assertion, Authenticator, FoundPasskey, Held, Passkey},
    },
    convert::{digest, found, seconds, text},
    failure::Failure,
    seal,
    value::{Row, Value},
};

/// How many recovery codes there are at first.
const RECOVERY_CODES: usize = 10;

/// user, revision, now.
pub(crate) fn as_seen(seen: Seen, now: u64) -> Result<Vec<Value>, Failure> {
    let Seen {
        user_id,
        revision,
        sessions_begun: _,
        disabled: _,
    } = seen;
    Ok(vec![text(user_id)?, seconds(revision)?, seconds(now)?])
}

pub(crate) fn held(mut row: Row, keys: &KeyRing) -> Result<Held, Failure> {
    let seen = Seen {
        user_id: row.text()?,
        revision: row.seconds()?,
        sessions_begun: row.seconds()?,
        disabled: row.boolean()?,
    };
    let (created_at, sealed) = (row.optional_seconds()?, row.optional_text()?);
    let last_step = row.optional_seconds()?;
    let authenticator = match (created_at, sealed, last_step) {
        (Some(created_at), Some(sealed), Some(last_step)) => Some(Authenticator {
            secret: seal::open_secret(keys, &seen.user_id, &sealed),
            last_step,
            created_at,
        }),
        _ => None,
    };
    Ok(Held {
        seen,
        authenticator,
        recovery_codes: count(&mut row)?,
        passkeys: count(&mut row)?,
    })
}

pub(crate) fn found_passkey(row: Row) -> Result<FoundPasskey, Failure> {
    let mut rest = row.clone();
    for _ in 0..8 {
        rest.skip();
    }
    let found = found(row)?;
    Ok(FoundPasskey {
        user: found.user,
        seen: found.seen,
        passkey: passkey(rest)?,
    })
}

pub(crate) fn passkey(mut row: Row) -> Result<Passkey, Failure> {
    Ok(Passkey {
        id: row.text()?,
        public_key: row.text()?,
        sign_count: count(&mut row)?,
        backup_eligible: row.boolean()?,
        backed_up: row.boolean()?,
        transports: row.text()?,
        name: row.text()?,
        created_at: row.seconds()?,
        last_used_at: row.optional_seconds()?,
    })
}

/// id, key, count, eligible, backed up, transports, name.
pub(crate) fn passkey_parameters(passkey: Passkey) -> Result<[Value; 7], Failure> {
    let Passkey {
        id,
        public_key,
        sign_count,
        backup_eligible,
        backed_up,
        transports,
        name,
        created_at: _,
        last_used_at: _,
    } = passkey;
    Ok([
        text(id)?,
        text(public_key)?,
        seconds(sign_count.into())?,
        Value::Boolean(backup_eligible),
        Value::Boolean(backed_up),
        text(transports)?,
        text(name)?,
    ])
}

/// id, count, backed up, challenge, when that is void.
pub(crate) fn assertion_parameters(assertion: Assertion) -> Result<[Value; 5], Failure> {
    let Assertion {
        id,
        sign_count,
        backed_up,
        challenge,
        expires_at,
    } = assertion;
    Ok([
        text(id)?,
        seconds(sign_count.into())?,
        Value::Boolean(backed_up),
        digest(challenge)?,
        seconds(expires_at)?,
    ])
}

pub(crate) fn recovery_codes(codes: Vec<Vec<u8>>) -> Result<Vec<Value>, Failure> {
    if codes.len() != RECOVERY_CODES {
        return Err(Failure::internal("recovery codes are ten"));
    }
    codes.into_iter().map(digest).collect()
}

fn count(row: &mut Row) -> Result<u32, Failure> {
    u32::try_from(row.seconds()?).map_err(|_| Failure::internal("a count out of range"))
}
