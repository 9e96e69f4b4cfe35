//! All that is sealed, whatever it is, for whoever changes the key.

use crate::{
    bindings::exports::gatelet::store::vault::AnythingSealed,
    convert::{
        seconds, text,
        vault::{org, page_secret, page_variable, resealed},
    },
    database::Database,
    failure::Failure,
    statements::vault::{secrets, variables},
};

/// Rows that are read at once.
const PAGE_ROWS: u32 = 500;

/// Secrets come first, as those of no application.
pub(super) async fn list(
    database: &Database,
    of: String,
    (application, after): (String, String),
    limit: u32,
) -> Result<Vec<AnythingSealed>, Failure> {
    let limit = limit.min(PAGE_ROWS) as usize;
    let (of, application, after) = (org(of)?, application, text(after)?);
    let mut page = Vec::new();
    let after_variable = match application.is_empty() {
        true => {
            let parameters = [of.clone(), after, seconds(limit as u64)?];
            for row in database.query(&secrets::SEALED, &parameters).await? {
                page.push(page_secret(row)?);
            }
            [text(String::new())?, text(String::new())?]
        }
        false => [text(application)?, after],
    };
    if page.len() < limit {
        let [application, key] = after_variable;
        let parameters = [of, application, key, seconds((limit - page.len()) as u64)?];
        for row in database.query(&variables::SEALED, &parameters).await? {
            page.push(page_variable(row)?);
        }
    }
    Ok(page)
}

/// Whether it still was what it is said to have been.
pub(super) async fn reseal(
    database: &Database,
    of: String,
    anything: AnythingSealed,
    from: Vec<u8>,
) -> Result<bool, Failure> {
    let (mut parameters, variable) = resealed(of, anything, from)?;
    let statement = match variable {
        Some(variable) => {
            parameters.extend(variable);
            &variables::RESEAL
        }
        None => &secrets::RESEAL,
    };
    Ok(database.execute(statement, &parameters).await? > 0)
}
