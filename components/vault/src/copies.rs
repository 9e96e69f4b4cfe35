//! Copying secrets into variables of applications: one by hand, or all that a project
//! declares.

use std::collections::BTreeMap;

use gatelet_ports::store::vault::{self as store, SealedSecret};
use gatelet_secrets::plan::{self, Planned, Step};
use gatelet_secrets::{Binding, Bindings, VaultError};
use gatelet_sign_in::audit::Act;

use crate::applications;
use crate::bindings::exports::gatelet::vault::tools;
use crate::caller::Caller;
use crate::stored::{retried, said};
use crate::variables::kept;
use crate::writing::{Writing, sealed, write};

/// Secrets that bindings name, those that there are.
async fn secrets_of(
    caller: &Caller,
    bindings: &Bindings,
) -> Result<BTreeMap<String, SealedSecret>, VaultError> {
    let names = bindings.names();
    let names = names.iter().map(|name| name.as_str().to_owned()).collect();
    let found = store::find_secrets(caller.org(), names)
        .await
        .map_err(said)?;
    let there = found.into_iter().filter(|found| found.sealed.is_some());
    Ok(there.map(|one| (one.secret.name.clone(), one)).collect())
}

pub(crate) async fn bind(
    caller: &Caller,
    application: &str,
    binding: tools::Binding,
    now: u64,
) -> Result<tools::Binding, VaultError> {
    let parsed = Binding::parse(&binding.name, Some(&binding.env_key))?;
    let application = applications::known(caller, application, now).await?;
    let bindings = Bindings::new(vec![parsed.clone()])?;
    let writing = Writing {
        caller,
        application: &application,
        now,
    };
    retried(async || {
        let secrets = secrets_of(caller, &bindings).await?;
        let missing = || {
            VaultError::not_found(format_args!(
                "secret {}: somebody has to enter it first",
                parsed.name
            ))
        };
        let secret = secrets.get(parsed.name.as_str()).ok_or_else(missing)?;
        let value = caller.open_secret(secret)?.ok_or_else(missing)?;
        let before = sealed(caller, &application).await?;
        let before = before.get(parsed.key.as_str());
        write(
            caller,
            vec![writing.copy(&parsed, &secret.secret, &value, before)],
        )
        .await
    })
    .await?;
    let about = format!("{}:{}", application.as_str(), parsed.key);
    caller.record(Act::SecretBound, &about, now).await;
    Ok(binding)
}

pub(crate) async fn reconcile(
    caller: &Caller,
    application: &str,
    bindings: Vec<tools::Binding>,
    apply: bool,
    now: u64,
) -> Result<Vec<tools::Planned>, VaultError> {
    let parse = |one: tools::Binding| Binding::parse_kept(&one.name, &one.env_key);
    let bindings: Result<Vec<_>, _> = bindings.into_iter().map(parse).collect();
    let bindings = Bindings::new(bindings?)?;
    let application = applications::known(caller, application, now).await?;
    let writing = Writing {
        caller,
        application: &application,
        now,
    };
    let planned = retried(async || {
        let secrets = secrets_of(caller, &bindings).await?;
        let before = sealed(caller, &application).await?;
        let planned = plan::plan(
            &bindings,
            |key| before.get(key).map(|before| kept(&before.variable)),
            |name| secrets.get(name).map(|secret| secret.secret.version),
        )?;
        let mut rows = Vec::new();
        for Planned { binding, step } in &planned {
            if !apply || *step != Step::Set {
                continue;
            }
            let secret = secrets.get(binding.name.as_str());
            let secret = secret.ok_or_else(VaultError::conflict)?;
            let value = caller
                .open_secret(secret)?
                .ok_or_else(VaultError::conflict)?;
            let before = before.get(binding.key.as_str());
            rows.push(writing.copy(binding, &secret.secret, &value, before));
        }
        write(caller, rows).await?;
        Ok(planned)
    })
    .await?;
    if apply {
        let set = planned.iter().filter(|planned| planned.step == Step::Set);
        for Planned { binding, .. } in set {
            let about = format!("{}:{}", application.as_str(), binding.key);
            caller.record(Act::SecretBound, &about, now).await;
        }
        let about = application.as_str();
        caller.record(Act::ProjectReconciled, about, now).await;
    }
    let shown = |Planned { binding, step }| tools::Planned {
        binding: tools::Binding {
            name: binding.name.as_str().to_owned(),
            env_key: binding.key.as_str().to_owned(),
        },
        step: match step {
            Step::Set => tools::Step::Set,
            Step::Keep => tools::Step::Keep,
            Step::Missing => tools::Step::Missing,
            Step::Overridden => tools::Step::Overridden,
        },
    };
    Ok(planned.into_iter().map(shown).collect())
}
