//! `gatelet enable`, `gatelet disable`, `gatelet status`: is login on at an origin, and
//! what is there to sign in with? A server that runs takes the switch up by itself.

mod facts;

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use gatelet_core::origin_record::{MAIN, SWITCH};
use gatelet_runtime::store::{Created, Origin, OriginKind, StoreError, main_place};
use gatelet_settings::Setting;
use gatelet_sign_in::audit::{Act, Event};
use serde_json::json;

use self::facts::Facts;
use super::project::Project;
use super::registry::{Registry, blank, own};
use super::{audit, now};

/// Which origin of which set-up.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// The origin that is meant.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    origin: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: Project,
}

#[derive(Debug, Args)]
pub(super) struct Enable {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
pub(super) struct Disable {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    which: Which,
}

impl Status {
    pub(super) fn run(self) -> Result<ExitCode> {
        let registry = Registry::open(&self.which.project)?;
        let facts = self.which.facts(&registry)?;
        Ok(self.which.told(&facts, None, None))
    }
}

impl Enable {
    pub(super) fn run(self) -> Result<ExitCode> {
        let which = self.which;
        let made = which.project.init()?;
        let mut registry = Registry::open(&which.project)?;
        // What it is enabled for has to work first.
        let facts = which.facts(&registry)?;
        if !facts.is_fit() {
            return Ok(which.told(&facts, None, made));
        }
        let done = which.switch(&mut registry, true)?;
        let facts = which.facts(&registry)?;
        Ok(which.told(&facts, Some(done), made))
    }
}

impl Disable {
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut registry = Registry::open(&self.which.project)?;
        let done = self.which.switch(&mut registry, false)?;
        let facts = self.which.facts(&registry)?;
        Ok(self.which.told(&facts, Some(done), None))
    }
}

impl Which {
    fn facts(&self, registry: &Registry) -> Result<Facts> {
        if self.origin != MAIN {
            registry.required(&self.origin)?;
        }
        Facts::of(registry, &self.origin, self.project.profile_name())
    }

    /// Writes the switch down, where it is not so already. Whether it was not.
    fn switch(&self, registry: &mut Registry, on: bool) -> Result<bool> {
        let word = if on { "on" } else { "off" };
        let said = match self.origin.as_str() {
            // The variable that a server goes by was read at its start, and maybe elsewhere.
            MAIN => {
                let switch = registry.switch.as_ref();
                switch.and_then(|switch| own(switch, Setting::Login).map(str::to_owned))
            }
            name => Some(registry.value(name, Setting::Login)),
        };
        if said.as_deref() == Some(word) {
            return Ok(false);
        }
        match self.origin.as_str() {
            MAIN => switch_main(registry, word)?,
            name => switch_other(registry, name, word)?,
        }
        let act = match on {
            true => Act::LoginSwitchedOn,
            false => Act::LoginSwitchedOff,
        };
        let place = registry.place(&self.origin)?;
        let event = Event::of_nobody(act).about(&self.origin);
        let store = registry.store()?;
        registry
            .runtime
            .block_on(audit::record(store, &place, &[event]))?;
        registry.look_again()?;
        Ok(true)
    }

    /// Says how it is. `done` says whether anything was changed, where that was asked.
    fn told(
        &self,
        facts: &Facts,
        done: Option<bool>,
        made: Option<std::path::PathBuf>,
    ) -> ExitCode {
        if self.json {
            let mut all = facts.json();
            if let Some(done) = done {
                all["changed"] = json!(done);
            }
            if let Some(file) = &made {
                all["sessionKeyMadeIn"] = json!(file.display().to_string());
            }
            outln!("{all:#}");
        } else {
            if let Some(file) = made {
                outln!("Made a session key and kept it in {}.", file.display());
            }
            if done == Some(true) {
                outln!("{}", facts.takes_effect());
            }
            out!("{}", facts.text());
        }
        match facts.is_fit() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    }
}

/// The main origin's switch is a record of its own, which says nothing else. It says the
/// word in any case: the variable may be another one where the server is.
fn switch_main(registry: &Registry, word: &str) -> Result<()> {
    let value = vec![(Setting::Login.name().to_owned(), word.to_owned())];
    let store = registry.store()?;
    match &registry.switch {
        Some(there) => {
            let switch = Origin {
                values: value,
                ..there.clone()
            };
            let updated = store.update_origin(there.state, &switch);
            let updated = registry.runtime.block_on(updated);
            updated.map(drop).map_err(|error| changed(MAIN, error))
        }
        None => {
            let mut switch = blank(SWITCH, MAIN, OriginKind::Origin, main_place());
            switch.values = value;
            let made = store.create_origin(&switch, now());
            match registry.runtime.block_on(made)? {
                Created::New(_) => Ok(()),
                Created::Found(_) => {
                    bail!("{MAIN}: somebody has just switched it: look at it with `gatelet status`")
                }
            }
        }
    }
}

/// Its own word, where what it starts from says otherwise.
fn switch_other(registry: &Registry, name: &str, word: &str) -> Result<()> {
    let mut origin = registry.changeable(name)?.clone();
    origin
        .values
        .retain(|(known, _)| known != Setting::Login.name());
    if registry.value(&origin.parent, Setting::Login) != word {
        let own = (Setting::Login.name().to_owned(), word.to_owned());
        origin.values.push(own);
    }
    registry.judge(&origin)?;
    let store = registry.store()?;
    let updated = store.update_origin(origin.state, &origin);
    let updated = registry.runtime.block_on(updated);
    updated.map(drop).map_err(|error| changed(name, error))
}

fn changed(name: &str, error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref() {
        Some(StoreError::Conflict) => anyhow!(
            "{name}: somebody else has just changed it: look at it with `gatelet status`, and say it again"
        ),
        _ => error,
    }
}

/// Who says that login is on or off: the origin itself, its parent, the switch of the main
/// origin, or the variable.
fn said_by(registry: &Registry, origin: &str) -> &'static str {
    let says = |origin: &Origin| own(origin, Setting::Login).is_some();
    if registry.named(origin).is_some_and(says) {
        "origin"
    } else if origin != MAIN {
        "parent"
    } else if registry.switch.as_ref().is_some_and(says) {
        "switch"
    } else {
        "variable"
    }
}
