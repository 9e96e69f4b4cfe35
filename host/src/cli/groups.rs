//! `gatelet groups`: who is in which group. A session says it to access rules and to the
//! app.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::groups::{
    Change, Group, Member as InGroup,
};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::group::GroupName;
use serde_json::json;

use super::audit;
use super::listing::{At, Page, instant};
use super::now;
use super::whose::found;

#[derive(Debug, Subcommand)]
pub(super) enum Groups {
    /// Print the groups there are, or who is in one.
    List(List),
    /// Make a group.
    Create(Named),
    /// Put a user into a group. Sessions that are running say so within
    /// session_fresh_seconds.
    Add(Member),
    /// Take a user out of a group.
    Remove(Member),
    /// Delete a group: nobody is in it any more, and nobody is invited into it.
    Delete(Named),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The group whose members are printed.
    #[arg(value_parser = group_name)]
    name: Option<String>,
    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// Its name: small letters, digits, dots, hyphens and underscores.
    #[arg(value_parser = group_name)]
    name: String,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(super) struct Member {
    /// The group.
    #[arg(value_parser = group_name)]
    name: String,
    /// The user's id or address.
    #[arg(value_name = "ID|EMAIL")]
    user: String,
    #[command(flatten)]
    at: At,
}

/// The name of a group.
pub(super) fn group_name(text: &str) -> Result<String, String> {
    match GroupName::parse(text) {
        Some(name) => Ok(name.as_str().to_owned()),
        None => Err(
            "is no name of a group: a-z, 0-9, dot, _ and -, 64 at most, and no word of access rules"
                .to_owned(),
        ),
    }
}

impl Groups {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::List(list) => list.run()?,
            Self::Create(named) => named.create()?,
            Self::Add(member) => member.change(true)?,
            Self::Remove(member) => member.change(false)?,
            Self::Delete(named) => named.delete()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    fn run(self) -> Result<()> {
        let (registry, place) = self.page.open()?;
        let limit = self.page.limit;
        let after = self.page.after.clone().unwrap_or_default();
        let store = registry.store()?;
        match &self.name {
            None => {
                let groups = store.groups(&place, after, limit);
                let groups = registry.runtime.block_on(groups)?;
                let last = groups.last().map(|group| group.name.clone());
                let row = |group: &Group| {
                    let members = group.members.to_string();
                    [group.name.clone(), members, instant(group.created_at)]
                };
                let shown = |group: &Group| json!({ "name": group.name, "members": group.members, "createdAt": group.created_at });
                let rows = groups.iter().map(row).collect();
                let shown = groups.iter().map(shown).collect();
                let heading = ["NAME", "MEMBERS", "SINCE"];
                self.page.print("groups", heading, rows, shown, last);
            }
            Some(name) => {
                let members = store.group_members(&place, name.clone(), after, limit);
                let members = registry.runtime.block_on(members)?;
                let last = members.last().map(|member| member.user_id.clone());
                let row = |member: &InGroup| [member.email.clone(), member.user_id.clone()];
                let shown =
                    |member: &InGroup| json!({ "id": member.user_id, "email": member.email });
                let rows = members.iter().map(row).collect();
                let shown = members.iter().map(shown).collect();
                self.page
                    .print("members", ["ADDRESS", "ID"], rows, shown, last);
            }
        }
        Ok(())
    }
}

impl Named {
    fn create(self) -> Result<()> {
        let (registry, place) = self.at.open()?;
        let (store, name) = (registry.store()?, self.name);
        registry.runtime.block_on(async {
            if !store.create_group(&place, name.clone(), now()).await? {
                bail!("{name}: is there already");
            }
            let event = Event::of_nobody(Act::GroupCreated).about(&name);
            audit::record(store, &place, &[event]).await
        })?;
        outln!("{name}: made.");
        Ok(())
    }

    fn delete(self) -> Result<()> {
        let (registry, place) = self.at.open()?;
        let (store, name) = (registry.store()?, self.name);
        registry.runtime.block_on(async {
            if !store.delete_group(&place, name.clone()).await? {
                bail!("{name}: there is no such group");
            }
            let event = Event::of_nobody(Act::GroupDeleted).about(&name);
            audit::record(store, &place, &[event]).await
        })?;
        outln!("{name}: deleted.");
        Ok(())
    }
}

impl Member {
    fn change(self, add: bool) -> Result<()> {
        let (registry, place) = self.at.open()?;
        let id = found(&registry, &place, &self.user)?.user.id;
        let (store, name, user) = (registry.store()?, self.name, self.user);
        let change = registry.runtime.block_on(async {
            let change = match add {
                true => {
                    store
                        .add_to_group(&place, name.clone(), id.clone(), now())
                        .await?
                }
                false => {
                    store
                        .remove_from_group(&place, name.clone(), id.clone())
                        .await?
                }
            };
            if change == Change::Done {
                let act = if add {
                    Act::GroupJoined
                } else {
                    Act::GroupLeft
                };
                let event = Event::of(act, &id).about(&name);
                audit::record(store, &place, &[event]).await?;
            }
            anyhow::Ok(change)
        })?;
        match (change, add) {
            (Change::Done | Change::Already, true) => outln!("{user} is in {name}."),
            (Change::Done | Change::Already, false) => outln!("{user} is not in {name}."),
            (Change::NoUser, _) => bail!("{user}: there is no such user any more"),
            (Change::NoGroup, _) => {
                bail!("{name}: there is no such group: `gatelet groups create {name}` makes it")
            }
            (Change::TooMany, _) => bail!(
                "{user} is in as many groups as a session can say: 32, of 1,024 letters together"
            ),
        }
        Ok(())
    }
}
