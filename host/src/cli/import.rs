//! `gatelet users import`: users of another program come along, with their passwords.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use clap::{Args, ValueEnum};
use gatelet_import::{Comer, Export, FirebaseConfig, Format};
use gatelet_runtime::store::bindings::exports::gatelet::store::types::User;
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::users::NewUser;
use gatelet_runtime::store::{Place, StoreAdmin};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::user_id::UserId;

use super::audit;
use super::listing::At;
use super::now;
use super::random;

/// Users that are made in one call.
const BATCH: usize = 200;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The export.
    file: PathBuf,
    /// Whose export it is.
    #[arg(long, value_enum, value_name = "PROGRAM")]
    format: Program,
    /// Firebase's password hash parameters: a file with the block hash_config of the
    /// project's console.
    #[arg(long, value_name = "FILE")]
    firebase_hash: Option<PathBuf>,
    /// Say what would come of it, and make nobody.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Program {
    /// Its tables user and account, as a JSON object of arrays.
    BetterAuth,
    /// A JSON object a line, with passwordHash.
    Auth0,
    /// What `firebase auth:export --format=json` writes.
    Firebase,
    /// A realm with its users, as JSON.
    Keycloak,
    /// What `manage.py dumpdata auth.user` writes.
    Django,
    /// A heading, then email, name, email_verified, password_hash, disabled, created_at.
    Csv,
    /// The same as a JSON array, or a JSON object a line.
    Json,
}

impl Import {
    pub(super) fn run(self) -> Result<()> {
        let text = read(&self.file)?;
        let format = match self.format {
            Program::BetterAuth => Format::BetterAuth,
            Program::Auth0 => Format::Auth0,
            Program::Firebase => Format::Firebase(match &self.firebase_hash {
                Some(file) => {
                    let config = FirebaseConfig::parse(&read(file)?);
                    Some(config.with_context(|| file.display().to_string())?)
                }
                None => None,
            }),
            Program::Keycloak => Format::Keycloak,
            Program::Django => Format::Django,
            Program::Csv => Format::Csv,
            Program::Json => Format::Json,
        };
        let Export { comers, left } = gatelet_import::read(&text, &format)
            .map_err(|error| anyhow!("{}: {error}", self.file.display()))?;
        for left in &left {
            eprintln!("{}: {}", left.place, left.reason);
        }
        let without = left
            .iter()
            .filter(|left| left.reason.is_of_the_password())
            .count();
        let left = left.len() - without;
        if self.dry_run {
            outln!(
                "{} would come, {without} of them without their passwords; {left} are left out.",
                comers.len()
            );
            return Ok(());
        }
        let (registry, place) = self.at.open()?;
        let store = registry.store()?;
        let mut came = 0;
        let all = comers.len();
        for batch in comers.chunks(BATCH) {
            came += registry.runtime.block_on(bring(store, &place, batch))?;
        }
        outln!(
            "{came} came; {} had an account already; {left} are left out.",
            all - came
        );
        Ok(())
    }
}

fn read(file: &PathBuf) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Makes those who have no account yet; how many.
async fn bring(store: &StoreAdmin, place: &Place, comers: &[Comer]) -> Result<usize> {
    let users: Result<Vec<NewUser>> = comers.iter().map(new_user).collect();
    let users = users?;
    let ids: Vec<String> = users.iter().map(|new| new.user.id.clone()).collect();
    let made = store.insert_users(place, users).await?;
    let mut events = Vec::new();
    for ((made, id), comer) in made.into_iter().zip(&ids).zip(comers) {
        if made {
            events.push(Event::of(Act::AccountImported, id));
        } else {
            eprintln!(
                "{}: has an account already, which stays as it is",
                comer.place
            );
        }
    }
    audit::record(store, place, &events).await?;
    Ok(events.len())
}

fn new_user(comer: &Comer) -> Result<NewUser> {
    Ok(NewUser {
        user: User {
            id: UserId::from_random(random()?).as_str().to_owned(),
            email: comer.email.as_str().to_owned(),
            email_verified: comer.email_verified,
            name: comer.name.clone(),
            created_at: comer.created_at.unwrap_or_else(now).min(now()),
        },
        hash: comer.hash.clone(),
        disabled: comer.disabled,
    })
}
