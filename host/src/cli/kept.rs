//! Which origins are there beside the main one, and what is wrong with them? Those
//! that the database keeps, and those that the variable `origins` writes down.

use anyhow::{Result, anyhow};
use gatelet_core::origin_record::{OriginRecord, Place as CorePlace};
use gatelet_core::origins::written;
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_origins::saving::Saving;
use gatelet_runtime::Variables;
use gatelet_runtime::store::{Origin, OriginKind, OriginState, Place, StoreAdmin};
use gatelet_settings::Setting;

use super::now;

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
/// has, whatever the state.
pub(super) fn problems(variables: &Variables, kept: &[Origin]) -> Vec<String> {
    let base = base(variables);
    // What is being made or dropped is not served, and is told of elsewhere.
    let ready = kept.iter().filter(|one| one.state == OriginState::Ready);
    let records: Vec<_> = ready.map(record).collect();
    let saving = Saving {
        base: &base,
        records: &records,
        now: now(),
    };
    let problems = saving.problems();
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
