//! Which applications are there? Those that an origin's `app_name` names, and those that
//! were added by hand.

use std::collections::BTreeMap;

use gatelet_ports::store::origins;
use gatelet_ports::store::vault as store;
use gatelet_secrets::names::application as parse;
use gatelet_secrets::{ApplicationId, VaultError};
use gatelet_settings::Setting;
use gatelet_sign_in::audit::Act;

use crate::bindings::exports::gatelet::vault::tools::Application;
use crate::caller::Caller;
use crate::settings;
use crate::stored::said;

pub(crate) async fn list(caller: &Caller, now: u64) -> Result<Vec<Application>, VaultError> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let variables = store::list_variables(caller.org(), None).await;
    for variable in variables.map_err(said)? {
        *counts.entry(variable.application).or_default() += 1;
    }
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    for name in named(now).await? {
        known.insert(name.as_str().to_owned(), false);
    }
    for added in store::list_applications(caller.org()).await.map_err(said)? {
        known.insert(added.name, true);
    }
    let shown = |(name, added): (String, bool)| Application {
        variables: counts.get(&name).copied().unwrap_or_default(),
        name,
        added,
    };
    Ok(known.into_iter().map(shown).collect())
}

/// Those that origins name. What is no id names none: the gateway refuses it at the start.
async fn named(now: u64) -> Result<Vec<ApplicationId>, VaultError> {
    let mut names = vec![settings::app_name().await?];
    if let Some(snapshot) = origins::list(None, now).await.map_err(said)? {
        let values = snapshot
            .origins
            .into_iter()
            .flat_map(|origin| origin.values);
        let of_apps = values.filter(|(name, _)| name == Setting::AppName.name());
        names.extend(of_apps.map(|(_, value)| value));
    }
    Ok(names.iter().filter_map(|name| parse(name).ok()).collect())
}

/// One that there is.
pub(crate) async fn known(
    caller: &Caller,
    name: &str,
    now: u64,
) -> Result<ApplicationId, VaultError> {
    let name = parse(name)?;
    let added = store::list_applications(caller.org()).await.map_err(said)?;
    let is_there =
        added.iter().any(|added| added.name == name.as_str()) || named(now).await?.contains(&name);
    match is_there {
        true => Ok(name),
        false => Err(VaultError::not_found(format_args!(
            "application {}: `gatelet apps add {}` makes one, and so does app_name",
            name.as_str(),
            name.as_str(),
        ))),
    }
}

pub(crate) async fn add(caller: &Caller, name: &str, now: u64) -> Result<bool, VaultError> {
    let name = parse(name)?;
    let text = name.as_str().to_owned();
    let is_new = store::add_application(caller.org(), text, now).await;
    let is_new = is_new.map_err(said)?;
    if is_new {
        caller
            .record(Act::ApplicationAdded, name.as_str(), now)
            .await;
    }
    Ok(is_new)
}

pub(crate) async fn remove(caller: &Caller, name: &str, now: u64) -> Result<bool, VaultError> {
    let name = parse(name)?;
    let text = name.as_str().to_owned();
    let was_there = store::remove_application(caller.org(), text).await;
    let was_there = was_there.map_err(said)?;
    if was_there {
        caller
            .record(Act::ApplicationRemoved, name.as_str(), now)
            .await;
    }
    Ok(was_there)
}
