//! `gatelet run`: starts a program with an application's variables.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;

use super::project::Project;
use super::vault::Opened;
use crate::sources::{PREFIX, SECRETS_ENC_KEY};

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The application whose variables it gets.
    application: String,
    #[command(flatten)]
    project: Project,
    /// The program and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Run {
    /// The program takes this one's place, so that signals and the exit status are its own.
    /// It gets this environment and the application's variables over it, but none of our
    /// own settings: the vault's key is among them.
    pub(super) fn run(self) -> Result<ExitCode> {
        let values = Opened::of(&self.project)?.values(&self.application)?;
        let (program, arguments) = self
            .command
            .split_first()
            .context("there is no command to run")?;
        let mut command = Command::new(program);
        command.args(arguments);
        for (name, _) in std::env::vars_os() {
            let is_ours = name
                .to_str()
                .is_some_and(|name| name.starts_with(PREFIX) || name == SECRETS_ENC_KEY);
            if is_ours {
                command.env_remove(&name);
            }
        }
        for (key, value) in &values {
            command.env(key, value.as_str());
        }
        let failed = command.exec();
        Err(anyhow!(failed).context(format!("{} cannot be started", program.display())))
    }
}
