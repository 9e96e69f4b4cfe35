//! What can an operator ask of the `gatelet` program?

#[macro_use]
mod output;

mod apps;
mod audit;
mod backup;
mod banner;
mod config;
mod descriptors;
mod docs;
mod doctor;
mod env;
mod fake_user;
mod first_run;
mod groups;
mod health;
mod import;
mod invite;
mod kept;
mod keys;
mod listen;
mod listing;
mod log;
mod mail;
mod manual;
mod migrate;
mod origins;
mod precompile;
mod preview;
mod profile;
mod project;
mod providers;
mod reach;
mod registry;
mod reset_link;
mod run;
mod sessions;
mod set;
mod sweep;
mod switch;
mod translate;
mod up;
mod users;
mod vault;
mod whose;

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::{Parser, Subcommand};

use gatelet_runtime::Bundle;

/// The login layer that runs at the edge.
#[derive(Debug, Parser)]
#[command(name = "gatelet", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the application in spin.toml.
    Up(Box<up::Up>),
    /// Create or update the database's tables.
    Migrate(migrate::Migrate),
    /// Forget what has expired: previews, sessions, spent values. `gatelet up` does it every
    /// ten minutes; on other hosts a timer has to.
    Sweep(sweep::Sweep),
    /// Copy the embedded database while it is in use. Servers have tools of their own.
    Backup(backup::Backup),
    /// Ask a server that runs whether it answers: for containers, which have nothing else to
    /// ask with.
    Health(health::Health),
    /// Show every setting, what it means and what it is worth.
    Config(config::Config),
    /// Keep a setting where every command finds it.
    Set(set::Set),
    /// Make keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Keep several set-ups apart.
    #[command(subcommand)]
    Profile(profile::Profiles),
    /// Serve further host names, each with settings of its own.
    #[command(subcommand)]
    Origins(origins::Origins),
    /// Serve a branch at a host name of its own, with users of its own.
    #[command(subcommand)]
    Preview(preview::Previews),
    /// See users, make them, invite them, switch them off.
    #[command(subcommand)]
    Users(users::Users),
    /// See who is signed in, and sign people out.
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Put users into groups, for access rules and for the app.
    #[command(subcommand)]
    Groups(groups::Groups),
    /// Print what people and operators did, newest first.
    Audit(audit::Audit),
    /// Say who may use which app, where app_access is granted, and which there are.
    #[command(subcommand)]
    Apps(apps::Apps),
    /// Keep secrets: their values go in and are not printed.
    #[command(subcommand)]
    Vault(vault::Vault),
    /// Give applications variables and secrets.
    #[command(subcommand)]
    Env(env::Env),
    /// Start a program with an application's variables.
    Run(run::Run),
    /// Let people sign in with Google, Okta, Keycloak and others.
    #[command(subcommand)]
    Providers(providers::Providers),
    /// Try whether mail arrives.
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Print how an app reads who is asking: what /auth/docs says.
    Docs(docs::Docs),
    /// Say who everybody is to an app that is being developed, without a gateway. No login.
    FakeUser(fake_user::FakeUser),
    /// Switch login on at an origin, once its database works, and say what would unlock more.
    Enable(switch::Enable),
    /// Switch login off at an origin: everybody gets through to the app as nobody. Accounts
    /// stay as they are.
    Disable(switch::Disable),
    /// Say whether login is on at an origin, and what there is to sign in with.
    Status(switch::Status),
    /// Check configuration, database, providers and upstream.
    Doctor(doctor::Doctor),
    /// Print what a shell completes commands by.
    Completions(manual::Completions),
    /// Print the manual page, or write one for each command.
    Man(manual::Man),
    /// Compile the components for other machines of this kind: what `make dist` ships.
    #[command(hide = true)]
    Precompile(precompile::Precompile),
}

/// Runs the program, with what came with it. An error is one line on standard error.
#[must_use]
pub fn run(bundle: Bundle) -> ExitCode {
    bundle.ship();
    let outcome = match Arguments::parse().command {
        Command::Up(up) => up.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Sweep(sweep) => sweep.run(),
        Command::Backup(backup) => backup.run(),
        Command::Health(health) => health.run(),
        Command::Config(config) => config.run(),
        Command::Set(set) => set.run(),
        Command::Keys(keys) => keys.run(),
        Command::Profile(profiles) => profiles.run(),
        Command::Origins(origins) => origins.run(),
        Command::Preview(previews) => previews.run(),
        Command::Users(users) => users.run(),
        Command::Sessions(sessions) => sessions.run(),
        Command::Groups(groups) => groups.run(),
        Command::Audit(audit) => audit.run(),
        Command::Apps(apps) => apps.run(),
        Command::Vault(vault) => vault.run(),
        Command::Env(env) => env.run(),
        Command::Run(run) => run.run(),
        Command::Providers(providers) => providers.run(),
        Command::Mail(mail) => mail.run(),
        Command::Docs(docs) => docs.run(),
        Command::FakeUser(fake_user) => fake_user.run(),
        Command::Enable(enable) => enable.run(),
        Command::Disable(disable) => disable.run(),
        Command::Status(status) => status.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
        Command::Precompile(precompile) => precompile.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("gatelet: {}", one_line(&error));
        ExitCode::FAILURE
    })
}

/// An error with its causes, on one line.
fn one_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let lines: Vec<_> = text.split_whitespace().collect();
    lines.join(" ")
}

/// The runtime on which components and the operator's tools run.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("component")
        .build()
        .context("threads cannot be started")
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random bytes: {error}"))?;
    Ok(bytes)
}

/// Now, in Unix seconds.
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands as the documents have them, a line each: from `gatelet` on, in a block
    /// that is typed.
    fn commands() -> Vec<(&'static str, Vec<String>)> {
        let documents = [
            include_str!("../../README.md"),
            include_str!("../../docs/apps.md"),
            include_str!("../../docs/databases.md"),
            include_str!("../../docs/deploy.md"),
            include_str!("../../docs/key-value.md"),
            include_str!("../../docs/limits.md"),
            include_str!("../../docs/mail.md"),
            include_str!("../../docs/providers.md"),
            include_str!("../../docs/vault.md"),
        ];
        let mut commands = Vec::new();
        for document in documents {
            for block in document.split("```sh\n").skip(1) {
                let (block, _) = block.split_once("```").expect("a block ends");
                for line in block.lines() {
                    let line = line.rsplit_once(" | ").map_or(line, |(_, piped)| piped);
                    let line = line.trim_start_matches("./");
                    if let Some(typed) = line.strip_prefix("gatelet ") {
                        let words = shlex::split(typed).unwrap_or_else(|| panic!("{line}"));
                        // What a shell reads from a file is no argument.
                        let words = words.into_iter().take_while(|word| word != "<");
                        let words = words.collect();
                        commands.push((line, words));
                    }
                }
            }
        }
        commands
    }

    #[test]
    fn every_command_of_the_documents_is_understood() {
        let commands = commands();
        assert!(commands.len() > 20, "only {}", commands.len());
        for (line, words) in commands {
            let words = std::iter::once("gatelet".to_owned()).chain(words);
            if let Err(error) = Arguments::try_parse_from(words) {
                panic!("{line}\n{error}");
            }
        }
    }
}
