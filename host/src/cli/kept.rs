//! Which origins are there beside the main one, and what is wrong with them? Those
//! that the database keeps, and those that the variable `origins` writes down.

use anyhow::{Result, anyhow};
use gatelet_core::origin_record::{OriginRecord, Place as CorePlace};
use gatelet_core::origins::written;
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_origins::saving::{Saving, SavingError};
use gatelet_runtime::Variables;
use gatelet_runtime::manifest::Manifest;
use gatelet_runtime::store::{Origin, OriginKind, OriginState, Place, StoreAdmin};
use gatelet_settings::Setting;

use super::{now, reach};

/// Those that the variable writes down.
///
/// # Errors
/// One line that says where it cannot be read.
pub(super) fn written(variables: &Variables) -> Result<Vec<Origin>> {
    let text = variables
        .get(Setting::Origins.name())
        .unwrap_or_default()
        .trim();
    let records = written::parse(text).map_err(|error| anyhow!(error))?;
    Ok(records.into_iter().map(origin).collect())
}

/// What is wrong with them, a line each, with the mend. `kept` is what the database
/// has, whatever the state. The same is asked of one before it is kept
/// (`Registry::judge`).
pub(super) fn problems(manifest: &Manifest, variables: &Variables, kept: &[Origin]) -> Vec<String> {
    let base = base(variables);
    // What is being made or dropped is not served, and is told of elsewhere.
    let ready = kept.iter().filter(|one| one.state == OriginState::Ready);
    let records: Vec<_> = ready.map(record).collect();
    let saving = Saving {
        base: &base,
        records: &records,
        now: now(),
    };
    let mut problems = saving.problems();
    // Of a variable that cannot be read there is a line already.
    let written = written::parse(base.values().get(Setting::Origins)).unwrap_or_default();
    for record in records.iter().chain(&written) {
        let told = problems.iter().any(|error| error.record == record.name);
        if !told && let Err(error) = may_be_reached(manifest, variables, record) {
            problems.push(SavingError {
                record: record.name.clone(),
                problem: format!("{error:#}"),
            });
        }
    }
    let told = problems.iter().map(|error| {
        let name = &error.record;
        if records.iter().any(|record| record.name == *name) {
            format!(
                "{error} (`gatelet origins set {name}` changes it, `gatelet origins rm {name}` removes it)"
            )
        } else {
            format!("{error} (it stands in the variable origins)")
        }
    });
    told.collect()
}

/// Whether the gateway may reach the app of an origin that has one of its own, and the
/// store its database.
///
/// # Errors
/// One line that names the variable and what to set it to.
pub(super) fn may_be_reached(
    manifest: &Manifest,
    variables: &Variables,
    record: &OriginRecord,
) -> Result<()> {
    match record.value(Setting::Upstream).map(str::trim) {
        None | Some("") => {}
        Some(upstream) => reach::check_upstream(manifest, variables, upstream)?,
    }
    match record.place.url.expose() {
        // What could not be opened is told of where it is used.
        url if url.contains("://") => reach::check_own_database(manifest, variables, url),
        _ => Ok(()),
    }
}

/// Where users are: the main tables, and the places of the others, each once.
///
/// # Errors
/// When the database does not answer, or the variable cannot be read.
pub(super) async fn places(store: &StoreAdmin, variables: &Variables) -> Result<Vec<Place>> {
    let mut places = store.places(now()).await?;
    for Origin { place, .. } in written(variables)? {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}

/// The variables, as the core judges them.
pub(super) fn base(variables: &Variables) -> Base {
    Base::of_variables(variables.iter())
}

/// As the core judges it.
pub(super) fn record(origin: &Origin) -> OriginRecord {
    OriginRecord {
        name: origin.name.clone(),
        parent: origin.parent.clone(),
        is_preview: origin.kind == OriginKind::Preview,
        values: origin.values.clone(),
        place: CorePlace {
            url: Secret::new(origin.place.url.clone()),
            schema: origin.place.schema.clone(),
        },
        created_at: origin.created_at,
        expires_at: origin.expires_at,
    }
}

fn origin(record: OriginRecord) -> Origin {
    let OriginRecord {
        name,
        parent,
        is_preview: _,
        values,
        place: CorePlace { url, schema },
        created_at,
        expires_at,
    } = record;
    Origin {
        name,
        parent,
        kind: OriginKind::Origin,
        state: OriginState::Ready,
        branch: String::new(),
        values,
        place: Place {
            url: url.expose().to_owned(),
            schema,
        },
        created_at,
        expires_at,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sources::Sources;

    const KEY: &str = "session_keys=k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE";
    const WRITTEN: &str = r#"origins=[{"name":"shop","values":{"base_url":"https://shop.example.com","upstream":"http://localhost:8080"}}]"#;

    /// What is wrong by the real manifest, with one origin written down and one kept.
    fn told(more: &[&str]) -> Vec<String> {
        let manifest = include_str!("../../../spin.toml");
        let manifest = Manifest::parse(manifest, Path::new("/")).unwrap();
        let arguments = [KEY, "base_url=https://app.example.com", WRITTEN];
        let arguments: Vec<_> = arguments
            .iter()
            .chain(more)
            .map(ToString::to_string)
            .collect();
        let sources = Sources::default().with_arguments(&arguments).unwrap();
        let variables = sources.settle(&manifest).unwrap();
        let mut docs = written(&variables).unwrap().remove(0);
        docs.name = "docs".to_owned();
        docs.values[0].1 = "https://docs.example.com".to_owned();
        problems(&manifest, &variables, &[docs])
    }

    #[test]
    fn an_app_that_the_gateway_may_not_reach_is_told_of_with_the_mend() {
        let told = told(&[]);
        for (line, begins, ends) in [
            (
                &told[0],
                "origin docs: ",
                "`gatelet origins rm docs` removes it)",
            ),
            (
                &told[1],
                "origin shop: ",
                "(it stands in the variable origins)",
            ),
        ] {
            let says = "upstream_hosts: does not cover http://localhost:8080 of upstream";
            assert!(
                line.starts_with(&format!("{begins}{says}")) && line.ends_with(ends),
                "{line}"
            );
        }
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(self::told(&["upstream_hosts=http://localhost:*"]), [""; 0]);
    }
}
