//! `gatelet providers`: with whom may people sign in? Writes entries of `oidc_providers`
//! and their secrets where `gatelet set` writes, or at an origin.

mod add;
mod check;
mod list;
mod place;
mod question;

pub(super) use question::is_terminal;
mod rm;
mod written;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Providers {
    /// Let people sign in with a provider: one of the presets by its name, or any OpenID
    /// Connect issuer by --issuer. Asks the provider before anything is written.
    Add(Box<add::Add>),
    /// Print the providers that are configured, or the presets.
    List(list::List),
    /// Remove a provider, and its secret from the settings.
    Rm(rm::Rm),
}

impl Providers {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Add(add) => add.run()?,
            Self::List(list) => list.run()?,
            Self::Rm(rm) => rm.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
