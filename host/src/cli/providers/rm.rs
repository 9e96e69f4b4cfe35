//! `gatelet providers rm`: one provider less.

use anyhow::{Result, bail};
use clap::Args;
use gatelet_settings::{Setting, did_you_mean};
use serde_json::json;

use super::place::Place;
use crate::cli::log;
use crate::cli::project::Project;

/// Providers with variables of their own.
const OF_VARIABLES: [(&str, [Setting; 2]); 2] = [
    (
        "google",
        [Setting::GoogleClientId, Setting::GoogleClientSecret],
    ),
    (
        "github",
        [Setting::GithubClientId, Setting::GithubClientSecret],
    ),
];

#[derive(Debug, Args)]
pub(in crate::cli) struct Rm {
    /// Its id, as `gatelet providers list` shows it.
    id: String,
    /// Remove it at this origin.
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
    /// Print what was done as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: Project,
}

impl Rm {
    pub(in crate::cli) fn run(mut self) -> Result<()> {
        log::start_quiet();
        let mut place = Place::open(&self.project, self.origin.as_deref())?;
        let id = self.id.clone();
        let mut known: Vec<String> = place.written.ids().collect();
        let mut is_removed = place.written.remove(&id);
        for (name, settings) in OF_VARIABLES {
            if !place.sets(settings[0]) {
                continue;
            }
            known.push(name.to_owned());
            if name == id {
                settings.into_iter().for_each(|one| place.unset(one));
                is_removed = true;
            }
        }
        if !is_removed {
            let hint = match known.as_slice() {
                [] => ": there is none".to_owned(),
                known => format!(
                    ": there are {}{}",
                    known.join(", "),
                    did_you_mean(&id, known.iter().map(String::as_str))
                ),
            };
            bail!("{id}: is no provider in {}{hint}", place.name());
        }
        place.judged(&mut self.project)?;
        let (name, when) = (place.name(), place.takes_effect());
        let overridden = place.overridden();
        place.save()?;
        if self.json {
            outln!("{}", json!({ "id": id, "removedFrom": name }));
        } else {
            outln!(
                "{id} is removed from {name}, {when}. Accounts that people have there stay, and let in nobody until it is back."
            );
        }
        if let Some(overridden) = overridden {
            eprintln!("{overridden}");
        }
        Ok(())
    }
}
