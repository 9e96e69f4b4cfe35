//! `gatelet users import`: users of another program come along, with their passwords.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use gatelet_import::{Comer, Export, FirebaseConfig, Format, WithoutPassword};
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
/// Names of columns that are printed; a file may have as many as it likes.
const NAMES: usize = 20;

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
    /// Make users although their passwords cannot come along for want of --firebase-hash.
    #[arg(long)]
    without_passwords: bool,
    /// Vouch for every address: whoever a provider says it belongs to gets that account.
    /// Only where the other program let nobody have an address that was not proved.
    #[arg(long)]
    verified: bool,
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
    /// What `manage.py dumpdata auth.user` writes, with account.emailaddress where
    /// django-allauth keeps which addresses are proved.
    Django,
    /// A heading, then email, name, email_verified, password_hash, disabled, created_at, of
    /// which all but the first may be missing.
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
        let mut export = gatelet_import::read(&text, &format)
            .map_err(|error| anyhow!("{}: {error}", self.file.display()))?;
        let without = export.without_password();
        told(&export, without);
        // Another import would change nothing about whoever is made now.
        if without.without_parameters > 0 && !self.without_passwords {
            bail!(
                "{} users have passwords that nothing can be checked against without the parameters of their hashes, \
                 and nobody was made: give them with --firebase-hash, or say --without-passwords",
                without.without_parameters
            );
        }
        for comer in &mut export.comers {
            comer.email_verified |= self.verified;
        }
        let Export { comers, left, .. } = export;
        let of_users = left.iter().filter(|left| !left.reason.is_of_the_password());
        let left = of_users.count();
        if self.dry_run {
            outln!(
                "{} would come, {} of them without a password; {left} are left out.",
                comers.len(),
                without.all()
            );
            return Ok(());
        }
        let (registry, place) = self.at.open()?;
        let store = registry.store()?;
        let mut came = Came::default();
        let all = comers.len();
        for batch in comers.chunks(BATCH) {
            let bringing = bring(store, &place, batch, &mut came);
            registry.runtime.block_on(bringing)?;
        }
        outln!(
            "{} came, {} of them without a password; {} had an account already; {left} are left out.",
            came.all,
            came.without,
            all - came.all
        );
        if came.without > 0 {
            eprintln!(
                "Whoever has none can choose one by the link that `gatelet users reset-link` prints, or by a letter, or \
                 comes in by a provider. Another import changes no account that is there."
            );
        }
        Ok(())
    }
}

/// What did not come along, before anybody is made.
fn told(export: &Export, without: WithoutPassword) {
    for left in &export.left {
        eprintln!("{}: {}", left.place, left.reason);
    }
    let WithoutPassword {
        none_given,
        unknown,
        without_parameters,
    } = without;
    if without.all() > 0 {
        eprintln!(
            "without a password: {none_given} for whom the file has none, {} whose hash cannot be checked",
            unknown + without_parameters
        );
    }
    if !export.unread.is_empty() {
        eprintln!("columns that were not read: {}", names(&export.unread));
    }
}

/// Of others' files, so what would steer a terminal is written out.
fn names(all: &[String]) -> String {
    let shown = all.iter().take(NAMES);
    let shown: Vec<String> = shown.map(|name| name.escape_debug().to_string()).collect();
    match all.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// How many were made, and how many of them without a password.
#[derive(Default)]
struct Came {
    all: usize,
    without: usize,
}

fn read(file: &PathBuf) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Makes those who have no account yet.
async fn bring(store: &StoreAdmin, place: &Place, comers: &[Comer], came: &mut Came) -> Result<()> {
    let users: Result<Vec<NewUser>> = comers.iter().map(new_user).collect();
    let users = users?;
    let ids: Vec<String> = users.iter().map(|new| new.user.id.clone()).collect();
    let made = store.insert_users(place, users).await?;
    let mut events = Vec::new();
    for ((made, id), comer) in made.into_iter().zip(&ids).zip(comers) {
        if made {
            events.push(Event::of(Act::AccountImported, id));
            came.all += 1;
            came.without += usize::from(comer.hash.is_none());
        } else {
            eprintln!(
                "{}: has an account already, which stays as it is",
                comer.place
            );
        }
    }
    audit::record(store, place, &events).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_steer_no_terminal_and_fill_none() {
        let some = ["id", "\u{1b}[2J"].map(str::to_owned);
        assert_eq!(names(&some), "id, \\u{1b}[2J");
        let many = vec!["x".to_owned(); NAMES + 2];
        assert!(names(&many).ends_with("x, x and 2 more"));
        assert_eq!(names(&many[..NAMES]).matches('x').count(), NAMES);
    }
}
