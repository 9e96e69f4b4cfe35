//! Variables of applications.

use std::collections::BTreeMap;

use super::{batches, room};
use crate::{
    bindings::exports::gatelet::store::vault::{SealedVariable, Variable},
    convert::{
        seconds,
        vault::{name, org, sealed_variable, variable, variable_parameters},
    },
    database::{Database, Follow},
    failure::Failure,
    statements::Again,
    statements::vault::variables::{
        ADD, CHANGE, COUNT, DELETE, DELETE_KEYS, FIND, LIST, LIST_OF_APPLICATION,
    },
};

/// Most variables of one call: each is a step of one statement.
const PUT_MAX: usize = 500;

pub(super) async fn list(
    database: &Database,
    of: String,
    application: Option<String>,
) -> Result<Vec<Variable>, Failure> {
    let of = org(of)?;
    let rows = match application {
        Some(application) => {
            let parameters = [of, name(application)?];
            database.query(&LIST_OF_APPLICATION, &parameters).await?
        }
        None => database.query(&LIST, &[of]).await?,
    };
    let variables = rows.into_iter().map(|mut row| variable(&mut row));
    let mut variables = variables.collect::<Result<Vec<_>, _>>()?;
    variables.sort_unstable_by(|one, other| place(one).cmp(&place(other)));
    Ok(variables)
}

pub(super) async fn find(
    database: &Database,
    of: String,
    application: String,
) -> Result<Vec<SealedVariable>, Failure> {
    let parameters = [org(of)?, name(application)?];
    let rows = database.query(&FIND, &parameters).await?;
    let variables = rows.into_iter().map(sealed_variable);
    let mut variables = variables.collect::<Result<Vec<_>, _>>()?;
    variables.sort_unstable_by(|one, other| place(&one.variable).cmp(&place(&other.variable)));
    Ok(variables)
}

fn place(variable: &Variable) -> (&str, &str) {
    (&variable.application, &variable.key)
}

pub(super) async fn put(
    database: &Database,
    of: String,
    variables: Vec<SealedVariable>,
) -> Result<(), Failure> {
    if variables.len() > PUT_MAX {
        return Err(Failure::internal("too many variables at once"));
    }
    // In one order, so that two who change the same ones wait and do not lock each other
    // out.
    let mut steps = BTreeMap::new();
    let mut added = 0;
    for sealed in variables {
        let variable = &sealed.variable;
        let at = (variable.application.clone(), variable.key.clone());
        let replaces = variable.version.checked_sub(1);
        let replaces = replaces.ok_or_else(|| Failure::internal("a variable's version is 0"))?;
        let mut parameters = variable_parameters(of.clone(), sealed)?;
        let text = match replaces {
            0 => {
                added += 1;
                ADD
            }
            _ => {
                parameters.push(seconds(replaces)?);
                CHANGE
            }
        };
        if steps.insert(at, (text, parameters)).is_some() {
            return Err(Failure::internal("a variable twice at once"));
        }
    }
    if added > 0 {
        room(database, &COUNT, &of, added).await?;
    }
    let steps: Vec<_> = steps.into_values().collect();
    database
        .steps(&steps, Follow::Whole, Again::No)
        .await
        .map(drop)
}

pub(super) async fn delete(
    database: &Database,
    of: String,
    application: String,
    mut keys: Vec<String>,
) -> Result<Vec<String>, Failure> {
    keys.sort_unstable();
    keys.dedup();
    let keys = keys.into_iter().map(name).collect::<Result<Vec<_>, _>>()?;
    let whose = [org(of)?, name(application)?];
    let mut deleted = Vec::new();
    for batch in batches(&keys, DELETE_KEYS) {
        let parameters: Vec<_> = whose.iter().cloned().chain(batch).collect();
        for mut row in database.query(&DELETE, &parameters).await? {
            deleted.push(row.text()?);
        }
    }
    deleted.sort_unstable();
    Ok(deleted)
}
