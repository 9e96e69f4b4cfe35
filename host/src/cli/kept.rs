//! Which origins are there beside the main one, and what is wrong with them? Those
//! that the database keeps, and those that the variable `origins` writes down.

use anyhow::{Result, anyhow};
use gatelet_core::origin_record::{MAIN, OriginRecord, Place as CorePlace};
use gatelet_core::origins::{PARENTS_MAX, written as written_down};
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_origins::saving::{Saving, SavingError};
use gatelet_runtime::Variables;
use gatelet_runtime::manifest::Manifest;
use gatelet_runtime::store::{
    Origin, OriginKind, OriginState, Place, StoreAdmin, Tenant, main_place, tenant,
};
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
    let records = written_down::parse(text).map_err(|error| anyhow!(error))?;
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
    let written = written_down::parse(base.values().get(Setting::Origins)).unwrap_or_default();
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

/// What counts otherwise than it was said, a line each.
pub(super) fn remarks(variables: &Variables, kept: &[Origin]) -> Vec<String> {
    let written = written(variables).unwrap_or_default();
    let all: Vec<&Origin> = kept.iter().chain(&written).collect();
    let base = base(variables);
    let value = |origin: Option<&Origin>, setting: Setting| {
        let mut next = origin;
        // Parents may go round in circles.
        for _ in 0..=PARENTS_MAX {
            let Some(origin) = next else { break };
            let mut values = origin.values.iter();
            if let Some((_, value)) = values.find(|(name, _)| name == setting.name()) {
                return value.trim().to_owned();
            }
            next = all.iter().copied().find(|one| one.name == origin.parent);
        }
        base.values().get(setting).to_owned()
    };
    let origins = std::iter::once(None).chain(all.iter().copied().map(Some));
    let clamped = origins.filter_map(|origin| {
        let seconds = |setting| value(origin, setting).parse::<u64>().ok();
        let fresh = seconds(Setting::SessionFreshSeconds)?;
        let idle = seconds(Setting::SessionIdleSeconds)?;
        let says = origin.is_none_or(|origin| {
            let mut names = origin.values.iter().map(|(name, _)| name.as_str());
            names.any(|name| {
                name == Setting::SessionFreshSeconds.name()
                    || name == Setting::SessionIdleSeconds.name()
            })
        });
        (says && fresh > idle / 2).then(|| {
            format!(
                "origin {}: session_fresh_seconds: {fresh} is more than half of session_idle_seconds, which would sign people out who are active: {} counts",
                origin.map_or(MAIN, |origin| &origin.name),
                idle / 2
            )
        })
    });
    clamped.collect()
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
    let mut places = vec![main_place()];
    for (place, _) in tenants(store, variables).await? {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}

/// The same but for the main tables, once for everybody who has users there: an origin
/// that is written down as well, also where one of its name is kept and counts instead.
///
/// # Errors
/// When the database does not answer, or the variable cannot be read.
pub(super) async fn tenants(
    store: &StoreAdmin,
    variables: &Variables,
) -> Result<Vec<(Place, Tenant)>> {
    let mut tenants = store.places(now()).await?;
    let written = written(variables)?.into_iter();
    let apart = written.filter(|one| one.place != main_place());
    tenants.extend(apart.map(|one| (one.place.clone(), tenant(&one))));
    Ok(tenants)
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
        version: 0,
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
    fn a_freshness_that_would_sign_active_people_out_is_told_where_it_is_said() {
        let variables = |fresh: &str| {
            let pairs = [
                ("session_fresh_seconds", fresh),
                ("session_idle_seconds", "600"),
            ];
            let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Variables::from(std::collections::BTreeMap::from(owned))
        };
        let shop = r#"[{"name":"shop","values":{}}]"#;
        let mut shop = origin(written_down::parse(shop).unwrap().remove(0));
        assert!(remarks(&variables("300"), &[shop.clone()]).is_empty());
        assert_eq!(remarks(&variables("301"), &[shop.clone()]).len(), 1);
        shop.values = vec![("session_idle_seconds".to_owned(), "60".to_owned())];
        let told = remarks(&variables("60"), &[shop]);
        assert!(
            told.len() == 1
                && told[0].starts_with("origin shop: session_fresh_seconds: 60 ")
                && told[0].ends_with(": 30 counts"),
            "{told:?}"
        );
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
