//! `gatelet origins`: the host names that are served beside the one that the
//! variables describe, and what differs there.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_core::origin_record::MAIN;
use gatelet_runtime::store::{
    Created, Deleted, Origin, OriginKind, OriginState, Place, StoreError, main_place,
};
use gatelet_settings::{Scope, Setting};
use gatelet_sign_in::vault_reference::is_reference_alone;

use super::now;
use super::project::Project;
use super::registry::{Registry, blank, own, pair, table, time, users};

#[derive(Debug, Subcommand)]
pub(super) enum Origins {
    /// Print the origins there are.
    List(List),
    /// Print what an origin's settings come to, and where each is from.
    Show(Show),
    /// Make an origin, or change its settings. A change takes effect within
    /// origins_refresh_seconds, without a restart.
    Set(Set),
    /// Remove an origin. Users in a schema of its own go with it.
    Rm(Rm),
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    project: Project,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its name; `main` for what the variables describe.
    name: String,
    #[command(flatten)]
    project: Project,
}

#[derive(Debug, Args)]
pub(super) struct Set {
    /// Its name: small letters, digits and hyphens.
    name: String,
    /// What differs from its parent, such as base_url=https://shop.example.com. An
    /// empty value takes the parent's again.
    #[arg(value_name = "SETTING=VALUE", value_parser = pair)]
    values: Vec<(Setting, String)>,
    /// The origin whose settings it starts from [default for a new one: main].
    #[arg(long, value_name = "NAME")]
    parent: Option<String>,
    /// Keep its users apart, in a schema of this name. For a new one only.
    #[arg(long, value_name = "NAME")]
    schema: Option<String>,
    #[command(flatten)]
    project: Project,
}

#[derive(Debug, Args)]
pub(super) struct Rm {
    /// Its name.
    name: String,
    /// The name again, where users in a schema of its own go with it.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    #[command(flatten)]
    project: Project,
}

impl Origins {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::List(list) => list.run()?,
            Self::Show(show) => show.run()?,
            Self::Set(set) => set.run()?,
            Self::Rm(rm) => rm.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.project)?;
        let heading = [
            "NAME", "ADDRESS", "APP", "USERS", "PARENT", "STATE", "EXPIRES",
        ];
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        rows.push(vec![
            MAIN.to_owned(),
            registry.value(MAIN, Setting::BaseUrl),
            registry.value(MAIN, Setting::Upstream),
            "main".to_owned(),
            "–".to_owned(),
            "ready".to_owned(),
            "never".to_owned(),
        ]);
        let all = registry.origins.iter().chain(&registry.written);
        rows.extend(all.map(|origin| {
            let is_kept = registry.named(&origin.name).is_some();
            vec![
                origin.name.clone(),
                registry.value(&origin.name, Setting::BaseUrl),
                registry.value(&origin.name, Setting::Upstream),
                users(&origin.place),
                origin.parent.clone(),
                if is_kept {
                    state(origin.state).to_owned()
                } else {
                    "written down".to_owned()
                },
                time(origin.expires_at),
            ]
        }));
        out!("{}", table(&rows));
        Ok(())
    }
}

fn state(state: OriginState) -> &'static str {
    match state {
        OriginState::Creating => "creating",
        OriginState::Ready => "ready",
        OriginState::Deleting => "deleting",
    }
}

impl Show {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.project)?;
        let origin = match self.name.as_str() {
            MAIN => None,
            name => Some(registry.required(name)?),
        };
        if let Some(origin) = origin {
            outln!("parent = {}", origin.parent);
            outln!("users = {}", users(&origin.place));
            outln!("expires = {}", time(origin.expires_at));
        }
        for setting in Setting::ALL
            .iter()
            .copied()
            .filter(|setting| setting.scope() != Scope::Process)
        {
            let value = registry.value(&self.name, setting);
            let value = match value.as_str() {
                "" => "empty",
                // A variable's, which is shown nowhere.
                _ if setting.is_secret() && !is_reference_alone(setting, &value) => "(a secret)",
                value => value,
            };
            let is_own = origin.is_some_and(|origin| own(origin, setting).is_some());
            let whose = if is_own { " (its own)" } else { "" };
            outln!("{setting} = {value}{whose}");
        }
        Ok(())
    }
}

impl Set {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.project)?;
        let there = registry.named(&self.name).cloned();
        let mut origin = match (&there, &self.schema) {
            (Some(_), Some(_)) => bail!(
                "--schema: {} is there already, and its users would be left behind: make another origin",
                self.name
            ),
            (Some(there), None) => there.clone(),
            (None, schema) => {
                let parent = self.parent.as_deref().unwrap_or(MAIN);
                let place = match schema {
                    Some(schema) => Place {
                        url: String::new(),
                        schema: schema.clone(),
                    },
                    None => registry.place(parent)?,
                };
                blank(&self.name, parent, OriginKind::Origin, place)
            }
        };
        if let Some(parent) = self.parent {
            origin.parent = parent;
        }
        if self
            .values
            .iter()
            .any(|(setting, _)| *setting == Setting::Login)
        {
            bail!(
                "{}: `gatelet disable --origin {name}` and `gatelet enable --origin {name}` switch it, and it is written down who did",
                Setting::Login,
                name = self.name
            );
        }
        for (setting, value) in self.values {
            origin.values.retain(|(known, _)| known != setting.name());
            if !value.trim().is_empty() {
                origin.values.push((setting.name().to_owned(), value));
            }
        }
        registry.judge(&origin)?;
        if let Some(line) = registry.unlisted_app(&origin) {
            eprintln!("{line}");
        }
        let store = registry.store()?;
        let said = match there {
            Some(Origin { state, .. }) => {
                update(&registry, state, &origin)?;
                "changed"
            }
            None => match registry
                .runtime
                .block_on(store.create_origin(&origin, now()))?
            {
                Created::New(_) => "made",
                Created::Found(_) => bail!(
                    "{}: somebody has just made one of that name: look at it with `gatelet origins show`",
                    origin.name
                ),
            },
        };
        outln!(
            "{}: {said}; it is served within {} s.",
            origin.name,
            registry.value(MAIN, Setting::OriginsRefreshSeconds)
        );
        Ok(())
    }
}

/// Keeps what has changed of an origin.
///
/// # Errors
/// One line, also where somebody else was first.
pub(super) fn update(registry: &Registry, state: OriginState, origin: &Origin) -> Result<()> {
    let store = registry.store()?;
    let updated = registry
        .runtime
        .block_on(store.update_origin(state, origin));
    updated.map(drop).map_err(|error| match error.downcast_ref() {
        Some(StoreError::Conflict) => anyhow!(
            "{}: somebody else has just changed it, or has its host: look at it with `gatelet origins show`, and say it again",
            origin.name
        ),
        _ => error,
    })
}

impl Rm {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.project)?;
        let origin = registry.changeable(&self.name)?;
        if registry.takes_users(origin) && self.confirm.as_deref() != Some(&self.name) {
            bail!(
                "{name}: its users go with it, with all that is in {}: say so with --confirm {name}",
                users(&origin.place),
                name = self.name
            );
        }
        outln!("{}", remove(&registry, origin)?);
        Ok(())
    }
}

/// Removes an origin, and the schema that was made for it where nobody else's users are
/// in it. What became of it, in a line.
pub(super) fn remove(registry: &Registry, origin: &Origin) -> Result<String> {
    let name = &origin.name;
    let mut all = registry.origins.iter().chain(&registry.written);
    let starts_from_it = all.find(|other| other.parent == *name);
    if let Some(other) = starts_from_it {
        bail!(
            "{name}: {} starts from it: remove that one first, or give it another parent",
            other.name
        );
    }
    let store = registry.store()?;
    let deleted = registry
        .runtime
        .block_on(store.delete_origin(name, now()))?;
    Ok(match deleted {
        Deleted::NotThere => format!("{name}: there is none."),
        Deleted::WithUsers => format!("{name}: removed, and its users with it."),
        Deleted::UsersStay if origin.place == main_place() => {
            format!("{name}: removed; its users are main's, and stay.")
        }
        Deleted::UsersStay if !origin.place.url.is_empty() => format!(
            "{name}: removed; its users stay: they are in {}, which is its owner's to drop.",
            users(&origin.place)
        ),
        Deleted::UsersStay => format!(
            "{name}: removed; its users stay in {}: others have theirs there, or it was there before.",
            users(&origin.place)
        ),
    })
}
