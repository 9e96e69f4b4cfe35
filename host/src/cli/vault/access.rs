//! The way to the vault, as the operator.

use anyhow::{Context as _, Result};
use clap::Args;
use gatelet_runtime::vault::{Actor, Kind, Role, VaultAdmin};
use gatelet_secrets::DEFAULT_ORG;
use gatelet_settings::Setting;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use crate::cli::project::{Project, Settled};
use crate::cli::{kept, log, now, runtime};

/// Which set-up, and how answers are printed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Vaulted {
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: Project,
}

/// The vault, opened.
pub(in crate::cli) struct Opened {
    settled: Settled,
    vault: VaultAdmin,
    runtime: Runtime,
}

/// Keys and values of an application's environment.
pub(in crate::cli) type Values = Vec<(String, Zeroizing<String>)>;

impl Vaulted {
    pub(in crate::cli) fn open(&self) -> Result<Opened> {
        Opened::of(&self.project)
    }

    /// Prints an answer: as JSON, or in words.
    pub(in crate::cli) fn print(
        &self,
        answer: &impl Serialize,
        words: impl FnOnce() -> String,
    ) -> Result<()> {
        match self.json {
            true => outln!("{}", serde_json::to_string(answer)?),
            false => out!("{}", words()),
        }
        Ok(())
    }
}

impl Opened {
    pub(in crate::cli) fn of(project: &Project) -> Result<Self> {
        log::start_quiet();
        let settled = project.settle()?;
        settled
            .gatelet()?
            .context("the manifest has no variables of Gatelet's")?;
        let prepared = settled.load(&project.run_options(&settled)?)?;
        let vault = prepared.vault(&settled.manifest, &settled.variables)?;
        Ok(Self {
            vault: vault
                .context("the manifest has no vault: no component is given secrets_enc_key")?,
            settled,
            runtime: runtime()?,
        })
    }

    /// Asks the vault, as whoever runs this program.
    pub(in crate::cli) fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&VaultAdmin, Actor) -> Result<T>,
    ) -> Result<T> {
        let actor = Actor {
            kind: Kind::Operator,
            org: DEFAULT_ORG.to_owned(),
            user_id: String::new(),
            role: Role::Owner,
            origin: String::new(),
            address: String::new(),
            user_agent: String::new(),
        };
        self.runtime.block_on(question(&self.vault, actor))
    }

    /// All variables of an application, with their values.
    pub(in crate::cli) fn values(&self, application: &str) -> Result<Values> {
        let application = application.to_owned();
        let values = self.ask(async |vault, actor| {
            vault.reveal_to_environment(actor, application, now()).await
        })?;
        let kept = |(key, value)| (key, Zeroizing::new(value));
        Ok(values.into_iter().map(kept).collect())
    }

    /// What a setting is worth at the main origin.
    pub(in crate::cli) fn value(&self, setting: Setting) -> String {
        let base = kept::base(&self.settled.variables);
        base.values().get(setting).to_owned()
    }
}

/// What the vault answered, in the shape that people and programs read: both are the
/// WIT's record.
pub(in crate::cli) fn read<T: DeserializeOwned>(answer: impl Serialize) -> Result<T> {
    let answer = serde_json::to_value(answer)?;
    serde_json::from_value(answer).context("the vault is of another release than this program")
}
