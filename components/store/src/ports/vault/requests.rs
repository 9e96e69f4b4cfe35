//! Requests for secrets.

use super::room;
use crate::{
    bindings::exports::gatelet::store::vault::Request,
    convert::{
        digest, seconds,
        vault::{name, org, request, request_parameters},
    },
    database::Database,
    failure::Failure,
    statements::{
        Statement,
        vault::requests::{ADD, COUNT, FIND, FIND_BY_TOKEN, LIST},
    },
    value::Value,
};

pub(super) async fn add(
    database: &Database,
    of: String,
    request: Request,
    token: Vec<u8>,
) -> Result<(), Failure> {
    let parameters = request_parameters(of.clone(), request, token)?;
    room(database, &COUNT, &of, 1).await?;
    database.execute(&ADD, &parameters).await.map(drop)
}

pub(super) async fn find(
    database: &Database,
    of: String,
    id: String,
) -> Result<Option<Request>, Failure> {
    Ok(found(database, &FIND, [org(of)?, name(id)?]).await?.pop())
}

pub(super) async fn find_by_token(
    database: &Database,
    of: String,
    token: Vec<u8>,
) -> Result<Option<Request>, Failure> {
    let parameters = [org(of)?, digest(token)?];
    Ok(found(database, &FIND_BY_TOKEN, parameters).await?.pop())
}

pub(super) async fn list(
    database: &Database,
    of: String,
    after: u64,
) -> Result<Vec<Request>, Failure> {
    found(database, &LIST, [org(of)?, seconds(after)?]).await
}

async fn found(
    database: &Database,
    statement: &Statement,
    parameters: [Value; 2],
) -> Result<Vec<Request>, Failure> {
    let rows = database.query(statement, &parameters).await?;
    rows.into_iter().map(request).collect()
}
