//! The org's secrets: their names, who uses them, entering and deleting them.

use std::collections::BTreeMap;

use gatelet_ports::store::vault::{self as store, NewSecret, Variable};
use gatelet_secrets::{Context, SecretName, SecretValue, VaultError};
use gatelet_sign_in::audit::Act;
use gatelet_wasi::random;

use crate::bindings::exports::gatelet::vault::tools::{Secret, Stored, Usage};
use crate::caller::Caller;
use crate::stored::{retried, said};

pub(crate) async fn list(caller: &Caller) -> Result<Vec<Secret>, VaultError> {
    let secrets = store::list_secrets(caller.org()).await.map_err(said)?;
    let mut used = used(caller).await?;
    let shown = |secret: store::Secret| Secret {
        used_by: used.remove(&secret.name).unwrap_or_default(),
        name: secret.name,
        updated_at: secret.updated_at,
        updated_by: secret.updated_by,
    };
    Ok(secrets.into_iter().map(shown).collect())
}

/// Who has copies of which secret.
async fn used(caller: &Caller) -> Result<BTreeMap<String, Vec<Usage>>, VaultError> {
    let variables = store::list_variables(caller.org(), None).await;
    let mut used: BTreeMap<String, Vec<Usage>> = BTreeMap::new();
    for variable in variables.map_err(said)? {
        let Variable {
            application,
            key,
            bound,
            overridden,
            ..
        } = variable;
        if let Some((name, _)) = bound {
            used.entry(name).or_default().push(Usage {
                application,
                env_key: key,
                overridden,
            });
        }
    }
    Ok(used)
}

/// Who has copies of one.
pub(crate) async fn used_by(caller: &Caller, name: &SecretName) -> Result<Vec<Usage>, VaultError> {
    Ok(used(caller)
        .await?
        .remove(name.as_str())
        .unwrap_or_default())
}

/// A value, sealed in the place of what there is of its name.
pub(crate) struct Prepared {
    pub(crate) secret: NewSecret,
    /// Whether there is a value already.
    pub(crate) rotates: bool,
}

pub(crate) async fn prepared(
    caller: &Caller,
    name: &SecretName,
    value: &SecretValue,
) -> Result<Prepared, VaultError> {
    let names = vec![name.as_str().to_owned()];
    let found = store::find_secrets(caller.org(), names).await;
    let found = found.map_err(said)?.into_iter().next();
    let replaces = found.as_ref().map_or(0, |found| found.secret.version);
    let context = Context::secret(&caller.org, name, replaces + 1);
    Ok(Prepared {
        rotates: found.is_some_and(|found| found.sealed.is_some()),
        secret: NewSecret {
            org: caller.org(),
            name: name.as_str().to_owned(),
            replaces,
            sealed: caller.keys.seal(&context, value, random::bytes()),
            by: caller.by(),
        },
    })
}

/// What was entered, written down.
pub(crate) async fn entered(caller: &Caller, name: &SecretName, rotated: bool, now: u64) -> Stored {
    let act = match rotated {
        true => Act::SecretRotated,
        false => Act::SecretEntered,
    };
    caller.record(act, name.as_str(), now).await;
    Stored {
        name: name.as_str().to_owned(),
        rotated,
    }
}

pub(crate) async fn put(
    caller: &Caller,
    name: &str,
    value: String,
    now: u64,
) -> Result<Stored, VaultError> {
    let value = SecretValue::parse(value)?;
    let name = SecretName::parse(name)?;
    let rotated = retried(async || {
        let Prepared { secret, rotates } = prepared(caller, &name, &value).await?;
        store::put_secret(secret, now).await.map_err(said)?;
        Ok(rotates)
    });
    let rotated = rotated.await?;
    Ok(entered(caller, &name, rotated, now).await)
}

pub(crate) async fn delete(
    caller: &Caller,
    name: &str,
    now: u64,
) -> Result<Vec<Usage>, VaultError> {
    let name = SecretName::parse(name)?;
    let text = name.as_str().to_owned();
    let deleted = store::delete_secret(caller.org(), text, now).await;
    if !deleted.map_err(said)? {
        return Err(VaultError::not_found(format_args!("secret {name}")));
    }
    caller.record(Act::SecretDeleted, name.as_str(), now).await;
    used_by(caller, &name).await
}
