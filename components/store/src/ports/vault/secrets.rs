//! Secrets, and what is entered for them.

use super::{batches, room};
use crate::{
    bindings::exports::gatelet::store::vault::{NewSecret, SealedSecret, Secret},
    convert::{
        digest, seconds,
        vault::{name, new_secret, org, sealed_secret, secret},
    },
    database::Database,
    failure::{Failure, Kind},
    statements::vault::secrets::{
        ADD, ADD_BY_REQUEST, CHANGE, CHANGE_BY_REQUEST, COUNT, DELETE, FIND, FIND_NAMES, LIST,
    },
};

pub(super) async fn list(database: &Database, of: String) -> Result<Vec<Secret>, Failure> {
    let rows = database.query(&LIST, &[org(of)?]).await?;
    let secrets = rows.into_iter().map(|mut row| secret(&mut row));
    let mut secrets = secrets.collect::<Result<Vec<_>, _>>()?;
    secrets.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(secrets)
}

pub(super) async fn find(
    database: &Database,
    of: String,
    mut names: Vec<String>,
) -> Result<Vec<SealedSecret>, Failure> {
    names.sort_unstable();
    names.dedup();
    let names = names.into_iter().map(name).collect::<Result<Vec<_>, _>>()?;
    let of = org(of)?;
    let mut secrets = Vec::new();
    for batch in batches(&names, FIND_NAMES) {
        let parameters: Vec<_> = std::iter::once(of.clone()).chain(batch).collect();
        for row in database.query(&FIND, &parameters).await? {
            secrets.push(sealed_secret(row)?);
        }
    }
    secrets.sort_unstable_by(|one, other| one.secret.name.cmp(&other.secret.name));
    Ok(secrets)
}

pub(super) async fn put(database: &Database, secret: NewSecret, now: u64) -> Result<(), Failure> {
    let of = secret.org.clone();
    let (mut parameters, versions) = new_secret(secret, now)?;
    let rows = match versions {
        Some(versions) => {
            parameters.extend(versions);
            database.execute(&CHANGE, &parameters).await?
        }
        None => {
            room(database, &COUNT, &of, 1).await?;
            database.execute(&ADD, &parameters).await?
        }
    };
    match rows {
        0 => Err(changed()),
        _ => Ok(()),
    }
}

/// As [`put`], and the link is used up.
pub(super) async fn fulfil(
    database: &Database,
    token: Vec<u8>,
    secret: NewSecret,
    now: u64,
) -> Result<(), Failure> {
    let of = secret.org.clone();
    let (mut parameters, versions) = new_secret(secret, now)?;
    parameters.push(digest(token)?);
    let rows = match versions {
        Some(versions) => {
            parameters.extend(versions);
            database.guarded(&CHANGE_BY_REQUEST, &parameters).await?
        }
        None => {
            room(database, &COUNT, &of, 1).await?;
            database.guarded(&ADD_BY_REQUEST, &parameters).await?
        }
    };
    match rows[..] {
        [] => Err(changed()),
        _ => Ok(()),
    }
}

fn changed() -> Failure {
    Failure::new(
        Kind::Conflict,
        "the secret is at another version, or the link is no good",
    )
}

pub(super) async fn delete(
    database: &Database,
    of: String,
    secret: String,
    now: u64,
) -> Result<bool, Failure> {
    let parameters = [org(of)?, name(secret)?, seconds(now)?];
    Ok(database.execute(&DELETE, &parameters).await? > 0)
}
