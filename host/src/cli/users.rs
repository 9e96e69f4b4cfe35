//! `gatelet users`: who has an account, and what an operator does about it.

use std::io::BufRead as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_runtime::store::Place;
use gatelet_runtime::store::bindings::exports::gatelet::store::types::User;
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::users::{Listed, NewUser};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::limits::Rule;
use gatelet_sign_in::name::DisplayName;
use gatelet_sign_in::password::NewPassword;
use gatelet_sign_in::pending::{TRIES_OF_USER, user_digest};
use gatelet_sign_in::user_id::UserId;
use gatelet_texts::Language;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::audit;
use super::import::Import;
use super::invite::{FirstAdmin, Invite, Withdraw};
use super::listing::{At, Page, instant};
use super::providers::is_terminal;
use super::registry::Registry;
use super::reset_link::ResetLink;
use super::whose::{email, found};
use super::{now, random};

#[derive(Debug, Subcommand)]
pub(super) enum Users {
    /// Print the users there are, by address.
    List(List),
    /// Print all that is known of a user.
    Show(Show),
    /// Make a user, whose password is read from standard input, or asked for at a terminal.
    Create(Create),
    /// Print a link by which somebody makes an account: good once, for seven days.
    Invite(Invite),
    /// Take an invitation back.
    Withdraw(Withdraw),
    /// Print a link that makes the first administrator: good once, for an hour.
    FirstAdmin(FirstAdmin),
    /// Switch a user off: no way in works, and every session ends.
    Disable(Which),
    /// Switch a user on again.
    Enable(Which),
    /// Let somebody sign in again who is locked out: what strangers tried at the account is
    /// forgotten, and codes of its second factor. What was tried too often from one network or
    /// one known device waits on.
    Unlock(Which),
    /// Print a link by which somebody chooses a new password who has forgotten theirs: good
    /// once, for half an hour, also where no mail is sent.
    ResetLink(ResetLink),
    /// Take away all that a second step is proved by, of somebody who has lost it:
    /// authenticator app, recovery codes and passkeys. Every session ends.
    ResetFactors(ResetFactors),
    /// Delete a user, with ways in, sessions, groups and grants.
    Delete(Delete),
    /// Bring users of another program along, with their passwords. Whoever has an
    /// account already keeps it as it is.
    Import(Import),
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    which: Which,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The user's address.
    email: String,
    /// What the user is called.
    #[arg(long)]
    name: String,
    /// The address is known to be the user's.
    #[arg(long)]
    verified: bool,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The user's id or address.
    #[arg(value_name = "ID|EMAIL")]
    user: String,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(super) struct ResetFactors {
    #[command(flatten)]
    which: Which,
    /// Also of somebody who has no other way in than a passkey.
    #[arg(long)]
    even_the_last: bool,
}

#[derive(Debug, Args)]
pub(super) struct Delete {
    #[command(flatten)]
    which: Which,
    /// The user's id or address again: nothing brings a user back.
    #[arg(long, value_name = "ID|EMAIL")]
    confirm: Option<String>,
}

impl Users {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::List(list) => list.run()?,
            Self::Show(show) => show.run()?,
            Self::Create(create) => create.run()?,
            Self::Invite(invite) => invite.run()?,
            Self::Withdraw(withdraw) => withdraw.run()?,
            Self::FirstAdmin(first) => first.run()?,
            Self::Disable(which) => which.switch(false)?,
            Self::Enable(which) => which.switch(true)?,
            Self::Unlock(which) => which.unlock()?,
            Self::ResetLink(reset) => reset.run()?,
            Self::ResetFactors(reset) => reset.run()?,
            Self::Delete(delete) => delete.run()?,
            Self::Import(import) => import.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    fn run(self) -> Result<()> {
        let (registry, place) = self.page.open()?;
        let after = self.page.after.clone().unwrap_or_default();
        let users = registry
            .store()?
            .users(&place, after, self.page.limit, now());
        let users = registry.runtime.block_on(users)?;
        // Who has no address stands under the id.
        let last = users.last().map(|last| match last.user.email.as_str() {
            "" => last.user.id.clone(),
            email => email.to_owned(),
        });
        let heading = [
            "ADDRESS", "NAME", "ID", "STATE", "SESSIONS", "GROUPS", "SINCE",
        ];
        let row = |listed: &Listed| {
            [
                listed.user.email.clone(),
                listed.user.name.clone(),
                listed.user.id.clone(),
                state(listed).to_owned(),
                listed.sessions.to_string(),
                listed.groups.clone(),
                instant(listed.user.created_at),
            ]
        };
        let rows = users.iter().map(row).collect();
        let shown = users.iter().map(shown).collect();
        self.page.print("users", heading, rows, shown, last);
        Ok(())
    }
}

fn state(listed: &Listed) -> &'static str {
    match (listed.disabled_at, listed.user.email_verified) {
        (Some(_), _) => "off",
        (None, true) => "verified",
        (None, false) => "unverified",
    }
}

fn shown(listed: &Listed) -> Value {
    let Listed {
        user,
        disabled_at,
        groups,
        sessions,
    } = listed;
    let groups: Vec<&str> = groups
        .split(',')
        .filter(|group| !group.is_empty())
        .collect();
    json!({
        "id": user.id,
        "email": user.email,
        "emailVerified": user.email_verified,
        "name": user.name,
        "createdAt": user.created_at,
        "disabledAt": disabled_at,
        "groups": groups,
        "sessions": sessions,
    })
}

impl Show {
    fn run(self) -> Result<()> {
        let (registry, place, listed) = self.which.look()?;
        let store = registry.store()?;
        let ways = store.ways_in(&place, listed.user.id.clone());
        let ways = registry.runtime.block_on(ways)?;
        if self.json {
            let mut user = shown(&listed);
            user["waysIn"] = ways
                .iter()
                .map(|way| json!({ "provider": way.provider, "issuer": way.issuer, "since": way.created_at }))
                .collect();
            outln!("{user}");
            return Ok(());
        }
        let user = &listed.user;
        outln!("id = {}", user.id);
        outln!("address = {}", user.email);
        outln!("name = {}", user.name);
        outln!("state = {}", state(&listed));
        outln!("since = {}", instant(user.created_at));
        outln!("groups = {}", listed.groups);
        outln!("sessions = {}", listed.sessions);
        for way in ways {
            outln!(
                "signs in by {} since {}",
                way.provider,
                instant(way.created_at)
            );
        }
        Ok(())
    }
}

/// A line of standard input; at a terminal it is asked for, and nobody sees it.
fn typed_password() -> Result<Zeroizing<String>> {
    const UNREAD: &str = "the password cannot be read from standard input";
    if is_terminal() {
        let typed = rpassword::prompt_password("Password: ");
        return Ok(Zeroizing::new(typed.context(UNREAD)?));
    }
    let mut typed = Zeroizing::new(String::new());
    std::io::stdin()
        .lock()
        .read_line(&mut typed)
        .context(UNREAD)?;
    Ok(typed)
}

impl Create {
    fn run(self) -> Result<()> {
        let email = email(&self.email)?;
        let name = DisplayName::parse(&self.name)
            .map_err(|error| anyhow!(error.message().of(Language::English)))?;
        let typed = typed_password()?;
        let typed = typed.trim_end_matches(['\r', '\n']);
        let password = NewPassword::parse(typed, &email, name.as_str())
            .map_err(|error| anyhow!("the password: {}", error.message().of(Language::English)))?;
        let hash = password.hash(random()?).here();
        let hash = hash.map_err(|_| anyhow!("there is not enough memory to hash a password"))?;
        let (registry, place) = self.at.open()?;
        let user = User {
            id: UserId::from_random(random()?).as_str().to_owned(),
            email: email.as_str().to_owned(),
            email_verified: self.verified,
            name: name.as_str().to_owned(),
            created_at: now(),
        };
        let id = user.id.clone();
        let new = NewUser {
            user,
            hash: Some(hash),
            disabled: false,
        };
        let store = registry.store()?;
        registry.runtime.block_on(async {
            let made = store.insert_users(&place, vec![new]).await?;
            if made != [true] {
                bail!("{}: somebody has this address", email.as_str());
            }
            let event = Event::of(Act::AccountCreated, &id).about("password");
            audit::record(store, &place, &[event]).await
        })?;
        outln!("{}: made, with the id {id}.", email.as_str());
        Ok(())
    }
}

impl Which {
    fn look(&self) -> Result<(Registry, Place, Listed)> {
        let (registry, place) = self.at.open()?;
        let listed = found(&registry, &place, &self.user)?;
        Ok((registry, place, listed))
    }

    fn switch(self, on: bool) -> Result<()> {
        let (registry, place, listed) = self.look()?;
        let id = listed.user.id;
        let store = registry.store()?;
        let (news, act) = registry.runtime.block_on(async {
            let (news, act) = match on {
                true => (
                    store.enable_user(&place, id.clone(), now()).await?,
                    Act::AccountSwitchedOn,
                ),
                false => (
                    store.disable_user(&place, id.clone(), now()).await?,
                    Act::AccountSwitchedOff,
                ),
            };
            if news {
                audit::record(store, &place, &[Event::of(act, &id)]).await?;
            }
            anyhow::Ok((news, act))
        })?;
        let who = &self.user;
        outln!(
            "{}",
            match (act, news) {
                (Act::AccountSwitchedOn, true) => format!("{who}: switched on."),
                (Act::AccountSwitchedOn, false) => format!("{who}: was on."),
                (_, true) => format!("{who}: switched off; every session has ended."),
                (_, false) => format!("{who}: was off; every session has ended."),
            }
        );
        Ok(())
    }
}

impl Which {
    fn unlock(self) -> Result<()> {
        let (registry, place, listed) = self.look()?;
        let User { id, email, .. } = listed.user;
        let of_user = user_digest(&id).to_vec();
        let mut buckets = TRIES_OF_USER
            .map(|(purpose, ..)| (purpose.to_owned(), of_user.clone()))
            .to_vec();
        let mut lockout = None;
        // Who has no address is locked out of nothing that goes by one.
        for rule in Email::parse(&email).iter().flat_map(Rule::against) {
            match rule.lockout {
                Some(_) => lockout = Some(rule.whose.to_vec()),
                None => buckets.push((rule.name.to_owned(), rule.whose.to_vec())),
            }
        }
        let store = registry.store()?;
        let was_counted = registry.runtime.block_on(async {
            let was_counted = store.unlock_user(&place, lockout, buckets).await?;
            if was_counted {
                let event = Event::of(Act::AccountUnlocked, &id);
                audit::record(store, &place, &[event]).await?;
            }
            anyhow::Ok(was_counted)
        })?;
        let who = &self.user;
        match was_counted {
            true => outln!("{who}: is locked out no more, within five seconds."),
            false => outln!("{who}: was not locked out."),
        }
        Ok(())
    }
}

impl ResetFactors {
    fn run(self) -> Result<()> {
        let (registry, place, listed) = self.which.look()?;
        let (who, id) = (&self.which.user, listed.user.id);
        let store = registry.store()?;
        let had_any = registry.runtime.block_on(async {
            let ways = store.ways_in(&place, id.clone()).await?;
            if ways.is_empty() && !self.even_the_last {
                bail!(
                    "{who}: has no way in but passkeys, and could not come back without a letter: say so with \
                     --even-the-last"
                );
            }
            let had_any = store.reset_factors(&place, id.clone(), now()).await?;
            if had_any {
                audit::record(store, &place, &[Event::of(Act::FactorsReset, &id)]).await?;
            }
            anyhow::Ok(had_any)
        })?;
        match had_any {
            true => outln!(
                "{who}: has no second factor any more, and no passkey; every session has ended."
            ),
            false => outln!("{who}: had no second factor."),
        }
        Ok(())
    }
}

impl Delete {
    fn run(self) -> Result<()> {
        let who = self.which.user.clone();
        if self.confirm.as_deref() != Some(&who) {
            bail!("{who}: nothing brings a user back: say so with --confirm {who}");
        }
        let (registry, place, listed) = self.which.look()?;
        let id = listed.user.id;
        let store = registry.store()?;
        registry.runtime.block_on(async {
            store.delete_user(&place, id.clone()).await?;
            audit::record(store, &place, &[Event::of(Act::AccountDeleted, &id)]).await
        })?;
        outln!("{who}: deleted.");
        Ok(())
    }
}
