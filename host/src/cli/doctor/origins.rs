//! Where are the users of each origin, and is anything wrong with it?

use anyhow::Result;
use gatelet_core::origin_record::{MAIN, SWITCH};
use gatelet_core::settings::GateSettings;
use gatelet_runtime::store::{Origin, OriginKind, OriginState, Place, StoreAdmin, main_place};

use super::report::{Finding, Report};
use crate::cli::project::Settled;
use crate::cli::{kept, now};

/// Every other origin, and whether its users can be reached.
pub(super) async fn examine(
    report: &mut Report,
    settled: &Settled,
    store: &StoreAdmin,
) -> Result<()> {
    let mut stored = store.all_origins().await?;
    logins(report, settled, &stored)?;
    // The switch of the main origin's login is no origin.
    stored.retain(|origin| origin.name != SWITCH);
    let written = kept::written(&settled.variables)?;
    let counts = |one: &&Origin| stored.iter().all(|kept| kept.name != one.name);
    let all: Vec<&Origin> = stored.iter().chain(written.iter().filter(counts)).collect();
    for origin in &all {
        let finding = match origin.state {
            OriginState::Creating => {
                Finding::Mind("is being made, or was left half made: create it again".to_owned())
            }
            OriginState::Deleting => Finding::Mind(
                "is being deleted, or was left half deleted: delete it again".to_owned(),
            ),
            OriginState::Ready => ready(store, origin, &all).await?,
        };
        report.say(&format!("origin {}", origin.name), finding);
    }
    for problem in kept::problems(&settled.manifest, &settled.variables, &stored) {
        report.say("origins", Finding::Broken(problem));
    }
    for remark in kept::remarks(&settled.variables, &stored) {
        report.say("origins", Finding::Mind(remark));
    }
    Ok(())
}

/// Where login is off, which is said loudly.
fn logins(report: &mut Report, settled: &Settled, stored: &[Origin]) -> Result<()> {
    let ready = stored
        .iter()
        .filter(|origin| origin.state == OriginState::Ready);
    let written = kept::written(&settled.variables)?;
    let more = written
        .iter()
        .filter(|one| stored.iter().all(|kept| kept.name != one.name));
    let records = ready.chain(more).map(kept::record).collect();
    let gate = GateSettings::new(kept::base(&settled.variables), records, true)?;
    for origin in gate.origins.iter(now()).flatten() {
        if !origin.has_login() {
            let off = format!(
                "LOGIN IS OFF at {}: everybody gets through to the app as nobody: `gatelet enable` switches it on",
                origin.base_url()
            );
            report.say("login", Finding::Mind(off));
        }
    }
    Ok(())
}

async fn ready(store: &StoreAdmin, origin: &Origin, all: &[&Origin]) -> Result<Finding> {
    let users = users(origin, all);
    if origin.place != main_place() {
        let steps = store.check(&origin.place).await?;
        let failed = steps.into_iter().find_map(|step| step.error);
        // To sweep nothing asks for the tables, and for nothing of them.
        match (failed, store.sweep(&origin.place, 0, 0).await) {
            (None, Ok(_)) => {}
            (Some(error), _) => return Ok(Finding::Broken(format!("{users}: {error}"))),
            (None, Err(error)) => {
                return Ok(Finding::Broken(format!(
                    "{users}: {error}; `gatelet migrate` makes what is missing"
                )));
            }
        }
    }
    // An app of a family shares its users on purpose; a preview runs whatever is on
    // its branch.
    Ok(match origin.kind {
        OriginKind::Preview if !sharing(origin, all).is_empty() => Finding::Mind(users),
        OriginKind::Preview | OriginKind::Origin => Finding::Works(users),
    })
}

/// Whose users it has, in words.
fn users(origin: &Origin, all: &[&Origin]) -> String {
    let Place { url, schema } = &origin.place;
    let place = match (schema.as_str(), url.as_str()) {
        ("", "") => "in the main tables".to_owned(),
        (schema, "") => format!("in the schema {schema}"),
        ("", _) => "in a database of its own".to_owned(),
        (schema, _) => format!("in {schema}, in a database of its own"),
    };
    let sharing = sharing(origin, all);
    if sharing.is_empty() {
        format!("its users are {place}")
    } else {
        format!(
            "shares its users with {}: they are {place}",
            sharing.join(", ")
        )
    }
}

/// The others that have the same users.
fn sharing<'a>(origin: &Origin, all: &[&'a Origin]) -> Vec<&'a str> {
    let main = (origin.place == main_place()).then_some(MAIN);
    let others = all
        .iter()
        .filter(|other| other.name != origin.name && other.place == origin.place);
    main.into_iter()
        .chain(others.map(|other| other.name.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(name: &str, schema: &str, url: &str) -> Origin {
        Origin {
            name: name.to_owned(),
            parent: MAIN.to_owned(),
            kind: OriginKind::Preview,
            state: OriginState::Ready,
            branch: name.to_owned(),
            values: Vec::new(),
            place: Place {
                url: url.to_owned(),
                schema: schema.to_owned(),
            },
            created_at: 1,
            expires_at: None,
            version: 1,
        }
    }

    #[test]
    fn whose_users_an_origin_has_follows_from_its_place() {
        let url = "postgres://x:hunter2@db.example/x";
        let all = [
            origin("main-too", "", ""),
            origin("a", "preview_a", ""),
            origin("of-a", "preview_a", ""),
            origin("b", "preview_b", ""),
            origin("own", "", url),
            origin("own-a", "preview_a", url),
        ];
        let all: Vec<&Origin> = all.iter().collect();
        for (name, says) in [
            (
                "main-too",
                "shares its users with main: they are in the main tables",
            ),
            (
                "a",
                "shares its users with of-a: they are in the schema preview_a",
            ),
            (
                "of-a",
                "shares its users with a: they are in the schema preview_a",
            ),
            ("b", "its users are in the schema preview_b"),
            ("own", "its users are in a database of its own"),
            (
                "own-a",
                "its users are in preview_a, in a database of its own",
            ),
        ] {
            let origin = all.iter().find(|one| one.name == name).expect(name);
            assert_eq!(users(origin, &all), says, "{name}");
        }
    }
}
