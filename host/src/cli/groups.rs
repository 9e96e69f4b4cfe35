//! `gatelet groups`: who is in which group. A session says it to access rules and to the
//! app.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::groups::Change;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::group::GroupName;
use serde_json::{Value, json};

use super::audit::{self, Page};
use super::now;
use super::registry::{Registry, table};
use super::users::{At, found, instant, more};

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
        let Page {
            origin,
            json,
            limit,
            after,
            project,
        } = self.page;
        let registry = Registry::open(&project)?;
        let place = registry.place(&origin)?;
        let (store, after) = (registry.store()?, after.unwrap_or_default());
        let (key, rows, shown, next) = match self.name {
            None => {
                let groups = registry
                    .runtime
                    .block_on(store.groups(&place, after, limit))?;
                let next = groups.last().map(|group| group.name.clone());
                let mut rows = vec![["NAME", "MEMBERS", "SINCE"].map(str::to_owned).to_vec()];
                rows.extend(groups.iter().map(|group| {
                    let members = group.members.to_string();
                    vec![group.name.clone(), members, instant(group.created_at)]
                }));
                let shown: Vec<Value> = groups
                    .iter()
                    .map(|group| {
                        json!({ "name": group.name, "members": group.members, "createdAt": group.created_at })
                    })
                    .collect();
                ("groups", rows, shown, next)
            }
            Some(name) => {
                let members = store.group_members(&place, name, after, limit);
                let members = registry.runtime.block_on(members)?;
                let next = members.last().map(|member| member.user_id.clone());
                let mut rows = vec![["ADDRESS", "ID"].map(str::to_owned).to_vec()];
                rows.extend(
                    members
                        .iter()
                        .map(|member| vec![member.email.clone(), member.user_id.clone()]),
                );
                let shown: Vec<Value> = members
                    .iter()
                    .map(|member| json!({ "id": member.user_id, "email": member.email }))
                    .collect();
                ("members", rows, shown, next)
            }
        };
        let next = next.filter(|_| shown.len() as u64 >= u64::from(limit));
        if json {
            println!("{}", json!({ key: shown, "after": next }));
        } else {
            print!("{}", table(&rows));
            more(next.as_deref());
        }
        Ok(())
    }
}

impl Named {
    fn create(self) -> Result<()> {
        let registry = Registry::open(&self.at.project)?;
        let place = registry.place(&self.at.origin)?;
        let (store, name) = (registry.store()?, self.name);
        registry.runtime.block_on(async {
            if !store.create_group(&place, name.clone(), now()).await? {
                bail!("{name}: is there already");
            }
            let event = Event::of_nobody(Act::GroupCreated).about(&name);
            audit::record(store, &place, &[event]).await
        })?;
        println!("{name}: made.");
        Ok(())
    }

    fn delete(self) -> Result<()> {
        let registry = Registry::open(&self.at.project)?;
        let place = registry.place(&self.at.origin)?;
        let (store, name) = (registry.store()?, self.name);
        registry.runtime.block_on(async {
            if !store.delete_group(&place, name.clone()).await? {
                bail!("{name}: there is no such group");
            }
            let event = Event::of_nobody(Act::GroupDeleted).about(&name);
            audit::record(store, &place, &[event]).await
        })?;
        println!("{name}: deleted.");
        Ok(())
    }
}

impl Member {
    fn change(self, add: bool) -> Result<()> {
        let registry = Registry::open(&self.at.project)?;
        let place = registry.place(&self.at.origin)?;
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
            (Change::Done | Change::Already, true) => println!("{user} is in {name}."),
            (Change::Done | Change::Already, false) => println!("{user} is not in {name}."),
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
