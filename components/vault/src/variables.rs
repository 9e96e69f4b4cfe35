//! Variables of applications: their keys and where each comes from, setting and deleting
//! them, and their values for whoever starts the application.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_ports::store::vault::{self as store, SealedVariable};
use gatelet_secrets::source::{Kept, Source};
use gatelet_secrets::{ApplicationId, Context, EnvKey, SecretValue, VARIABLES_MAX, VaultError};
use gatelet_sign_in::audit::Act;

use crate::applications;
use crate::bindings::exports::gatelet::vault::tools;
use crate::caller::Caller;
use crate::stored::{retried, said};
use crate::writing::{Writing, sealed, write};

/// What is kept of a variable, as its source is judged by.
pub(crate) fn kept(variable: &store::Variable) -> Kept<'_> {
    Kept {
        bound: variable
            .bound
            .as_ref()
            .map(|(name, version)| (name.as_str(), *version)),
        overridden: variable.overridden,
    }
}

pub(crate) async fn list(
    caller: &Caller,
    application: &str,
    now: u64,
) -> Result<Vec<tools::Variable>, VaultError> {
    let application = applications::known(caller, application, now).await?;
    listed(caller, &application).await
}

async fn listed(
    caller: &Caller,
    application: &ApplicationId,
) -> Result<Vec<tools::Variable>, VaultError> {
    let of = Some(application.as_str().to_owned());
    let variables = store::list_variables(caller.org(), of)
        .await
        .map_err(said)?;
    let secrets = store::list_secrets(caller.org()).await.map_err(said)?;
    let versions: BTreeMap<_, _> = secrets
        .iter()
        .map(|secret| (secret.name.as_str(), secret.version))
        .collect();
    let shown = |variable: store::Variable| {
        let version = |name: &str| versions.get(name).copied();
        let sourced = kept(&variable).source(&variable.key, version);
        tools::Variable {
            source: match sourced.source {
                Source::OrgLinked => tools::Source::OrgLinked,
                Source::AppOverride => tools::Source::AppOverride,
                Source::App => tools::Source::App,
            },
            stale: sourced.stale,
            key: variable.key,
            secret: variable.bound.map(|(name, _)| name),
            updated_at: variable.updated_at,
        }
    };
    Ok(variables.into_iter().map(shown).collect())
}

pub(crate) async fn set(
    caller: &Caller,
    application: &str,
    variables: Vec<(String, String)>,
    now: u64,
) -> Result<Vec<tools::Variable>, VaultError> {
    let mut values = BTreeMap::new();
    if variables.len() > VARIABLES_MAX {
        return Err(VaultError::invalid(format_args!(
            "more than {VARIABLES_MAX} variables at once"
        )));
    }
    for (key, value) in variables {
        let key = EnvKey::parse(&key)?;
        let value = SecretValue::parse_variable(value).map_err(|error| error.of_variable(&key))?;
        if let Some((twice, _)) = values.remove_entry(&key) {
            return Err(VaultError::invalid(format_args!("{twice}: is there twice")));
        }
        values.insert(key, value);
    }
    let application = applications::known(caller, application, now).await?;
    let writing = Writing {
        caller,
        application: &application,
        now,
    };
    retried(async || {
        let before = sealed(caller, &application).await?;
        let rows = values
            .iter()
            .map(|(key, value)| writing.own(key, value, before.get(key.as_str())));
        write(caller, rows.collect()).await
    })
    .await?;
    for key in values.keys() {
        let about = format!("{}:{key}", application.as_str());
        caller.record(Act::VariablesSet, &about, now).await;
    }
    let listed = listed(caller, &application).await?;
    let is_set = |variable: &tools::Variable| values.keys().any(|key| key.as_str() == variable.key);
    Ok(listed.into_iter().filter(is_set).collect())
}

pub(crate) async fn delete(
    caller: &Caller,
    application: &str,
    keys: Vec<String>,
    now: u64,
) -> Result<Vec<String>, VaultError> {
    let application = applications::known(caller, application, now).await?;
    let keys: Result<BTreeSet<_>, _> = keys.iter().map(|key| EnvKey::parse_kept(key)).collect();
    let keys = keys?.iter().map(|key| key.as_str().to_owned()).collect();
    let of = application.as_str().to_owned();
    let deleted = store::delete_variables(caller.org(), of, keys).await;
    let deleted = deleted.map_err(said)?;
    for key in &deleted {
        let about = format!("{}:{key}", application.as_str());
        caller.record(Act::VariablesDeleted, &about, now).await;
    }
    Ok(deleted)
}

/// All variables of an application, opened.
pub(crate) async fn values(
    caller: &Caller,
    application: &ApplicationId,
) -> Result<Vec<(String, SecretValue)>, VaultError> {
    let sealed = sealed(caller, application).await?;
    let open = |(key, one): (String, SealedVariable)| {
        let version = one.variable.version;
        let context = Context::row(caller.org.as_str(), application.as_str(), &key, version);
        let value = caller.open(&context, &key, &one.sealed)?;
        Ok((key, value))
    };
    sealed.into_iter().map(open).collect()
}
