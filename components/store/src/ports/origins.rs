//! Which origins there are, for those who serve them.

use gatelet_core::origins::written;

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        origins::{self, Origin, Snapshot, State},
        types::Error,
    },
    convert::{
        origins::{Found, listed, state_value},
        seconds,
    },
    database::Database,
    failure::{Failure, Kind},
    operation::run_main,
    settings::{session_keys, written_origins},
    statements::{
        Statement,
        origins::{READY, REVISION},
    },
    value::{Row, Value},
};

/// Rows that are read at once.
const PAGE_ROWS: i64 = 500;

impl origins::Guest for Store {
    async fn list(known: Option<u64>, now: u64) -> Result<Option<Snapshot>, Error> {
        run_main("origins.list", async |database: &Database| {
            // Read before the rows: what changes meanwhile is seen the next time.
            let revision = revision(database).await?;
            if known == Some(revision) {
                return Ok(None);
            }
            let rest = [state_value(State::Ready), seconds(now)?];
            let mut origins = pages(database, &READY, None, &rest).await?;
            add_written(&mut origins, &written_origins().await?)?;
            Ok(Some(Snapshot { revision, origins }))
        })
        .await
    }
}

/// Those that the variables write down, behind those of the same name here. They
/// change with a restart, so with no revision.
fn add_written(origins: &mut Vec<Origin>, text: &str) -> Result<(), Failure> {
    let written =
        written::parse(text.trim()).map_err(|error| Failure::internal(error.to_string()))?;
    for record in written {
        if !origins.iter().any(|origin| origin.name == record.name) {
            origins.push(listed(record));
        }
    }
    Ok(())
}

async fn revision(database: &Database) -> Result<u64, Failure> {
    let rows = database.query(&REVISION, &[]).await?;
    let mut row = rows
        .into_iter()
        .next()
        .ok_or_else(|| Failure::internal("auth_origins_revision is empty"))?;
    u64::try_from(row.integer()?).map_err(|_| Failure::internal("a revision below 0"))
}

/// The rows of a statement; of `before` it where the tables are older than this program,
/// for whoever only looks.
pub(super) async fn either(
    database: &Database,
    statement: &Statement,
    before: &Statement,
    parameters: &[Value],
) -> Result<Vec<Row>, Failure> {
    match database.query(statement, parameters).await {
        Err(Failure {
            kind: Kind::Missing,
            ..
        }) => database.query(before, parameters).await,
        outcome => outcome,
    }
}

/// All rows of a statement whose first two parameters are the name to go on after
/// and the rows to read.
pub(super) async fn pages(
    database: &Database,
    statement: &Statement,
    before: Option<&Statement>,
    rest: &[Value],
) -> Result<Vec<Origin>, Failure> {
    let mut origins: Vec<Origin> = Vec::new();
    loop {
        let after = origins
            .last()
            .map_or(String::new(), |last| last.name.clone());
        let mut parameters = vec![Value::Text(after), Value::Integer(PAGE_ROWS)];
        parameters.extend_from_slice(rest);
        let rows = match before {
            Some(before) => either(database, statement, before, &parameters).await?,
            None => database.query(statement, &parameters).await?,
        };
        let is_last = (rows.len() as i64) < PAGE_ROWS;
        origins.extend(opened(rows).await?);
        if is_last {
            return Ok(origins);
        }
    }
}

/// Records out of their rows. The keys are read only where a URL is sealed; one
/// that does not open spoils its own record and no other.
pub(super) async fn opened(rows: Vec<Row>) -> Result<Vec<Origin>, Failure> {
    let found = rows
        .into_iter()
        .map(Found::read)
        .collect::<Result<Vec<_>, _>>()?;
    let keys = match found.iter().any(Found::is_sealed) {
        true => Some(session_keys().await?),
        false => None,
    };
    Ok(found.into_iter().map(|found| found.opened(keys)).collect())
}

#[cfg(test)]
mod tests {
    use super::add_written;
    use crate::convert::origins::listed;

    #[test]
    fn a_record_of_the_name_counts_before_one_in_the_variables() {
        let text = r#"[{"name":"shop","values":{"base_url":"https://shop.example.com"}},
            {"name":"docs","parent":"shop","schema":"docs","values":{}}]"#;
        let mut shop = gatelet_core::origins::written::parse(text).expect("origins");
        shop.truncate(1);
        shop[0].values[0].1 = "https://stored.example.com".to_owned();
        let mut origins: Vec<_> = shop.into_iter().map(listed).collect();
        add_written(&mut origins, text).expect("origins");
        let told: Vec<_> = origins
            .iter()
            .map(|origin| {
                (
                    origin.name.as_str(),
                    origin.parent.as_str(),
                    origin.values.len(),
                )
            })
            .collect();
        assert_eq!(told, [("shop", "main", 1), ("docs", "shop", 0)]);
        assert_eq!(origins[0].values[0].1, "https://stored.example.com");
        assert_eq!(origins[1].place.schema, "docs");
        assert!(add_written(&mut origins, "").is_ok() && origins.len() == 2);
        assert!(add_written(&mut origins, "[1]").is_err());
    }
}
