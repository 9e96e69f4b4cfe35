//! Applications that were made by hand.

use super::room;
use crate::{
    bindings::exports::gatelet::store::vault::Application,
    convert::{
        seconds,
        vault::{application, name, org},
    },
    database::{Database, Follow},
    failure::Failure,
    statements::Again,
    statements::vault::applications::{ADD, COUNT, LIST, REMOVE, REMOVE_VARIABLES},
};

pub(super) async fn list(database: &Database, of: String) -> Result<Vec<Application>, Failure> {
    let rows = database.query(&LIST, &[org(of)?]).await?;
    let applications = rows.into_iter().map(application);
    let mut applications = applications.collect::<Result<Vec<_>, _>>()?;
    applications.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(applications)
}

pub(super) async fn add(
    database: &Database,
    of: String,
    application: String,
    now: u64,
) -> Result<bool, Failure> {
    let parameters = [org(of.clone())?, name(application)?, seconds(now)?];
    room(database, &COUNT, &of, 1).await?;
    Ok(database.execute(&ADD, &parameters).await? > 0)
}

pub(super) async fn remove(
    database: &Database,
    of: String,
    application: String,
) -> Result<bool, Failure> {
    let parameters = vec![org(of)?, name(application)?];
    let steps = [(REMOVE, parameters.clone()), (REMOVE_VARIABLES, parameters)];
    let removed = database.steps(&steps, Follow::All, Again::No).await?;
    Ok(!removed.is_empty())
}
