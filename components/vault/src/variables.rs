//! Variables of applications: their keys and where each comes from, setting them, and
//! copying secrets into them.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_ports::store::vault::{self as store, SealedSecret, SealedVariable};
use gatelet_secrets::key::Copied;
use gatelet_secrets::plan::{self, Planned, Step};
use gatelet_secrets::source::{Kept, Source, is_override};
use gatelet_secrets::{
    ApplicationId, Binding, Bindings, Context, EnvKey, SecretValue, VARIABLES_MAX, VaultError,
};
use gatelet_sign_in::audit::Act;
use gatelet_wasi::random;

use crate::applications;
use crate::bindings::exports::gatelet::vault::tools;
use crate::caller::Caller;
use crate::stored::{retried, said};

/// As many as the store writes at once.
const WRITTEN_AT_ONCE: usize = 500;

fn kept(variable: &store::Variable) -> Kept<'_> {
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

/// What an application has, by key.
async fn sealed(
    caller: &Caller,
    application: &ApplicationId,
) -> Result<BTreeMap<String, SealedVariable>, VaultError> {
    let found = store::find_variables(caller.org(), application.as_str().to_owned()).await;
    let by_key = |one: SealedVariable| (one.variable.key.clone(), one);
    Ok(found.map_err(said)?.into_iter().map(by_key).collect())
}

/// A value for a variable, in the place of what there is.
struct Writing<'a> {
    caller: &'a Caller,
    application: &'a ApplicationId,
    now: u64,
}

impl Writing<'_> {
    fn copied<'k>(&'k self, key: &'k EnvKey) -> Copied<'k> {
        Copied {
            org: &self.caller.org,
            application: self.application,
            key,
        }
    }

    fn version(before: Option<&SealedVariable>) -> u64 {
        before.map_or(1, |before| before.variable.version + 1)
    }

    fn row(
        &self,
        key: &EnvKey,
        value: &SecretValue,
        before: Option<&SealedVariable>,
        (bound, written, overridden): (Option<(String, u64)>, Vec<u8>, bool),
    ) -> SealedVariable {
        let Self {
            caller,
            application,
            now,
        } = self;
        let version = Self::version(before);
        let context = Context::variable(&caller.org, application, key, version);
        SealedVariable {
            sealed: caller.keys.seal(&context, value, random::bytes()),
            written,
            variable: store::Variable {
                application: application.as_str().to_owned(),
                key: key.as_str().to_owned(),
                version,
                bound,
                overridden,
                updated_at: *now,
                updated_by: caller.by(),
            },
        }
    }

    /// Set by hand: what was written for a secret stays known, and whether this is another.
    fn own(
        &self,
        key: &EnvKey,
        value: &SecretValue,
        before: Option<&SealedVariable>,
    ) -> SealedVariable {
        let bound = before.and_then(|before| before.variable.bound.clone());
        let written = before
            .map(|before| before.written.clone())
            .unwrap_or_default();
        let overridden = is_override(&self.caller.keys, &self.copied(key), value, &written);
        self.row(key, value, before, (bound, written, overridden))
    }

    /// A secret's copy.
    fn copy(
        &self,
        binding: &Binding,
        secret: &store::Secret,
        value: &SecretValue,
        before: Option<&SealedVariable>,
    ) -> SealedVariable {
        let key = &binding.key;
        let bound = Some((secret.name.clone(), secret.version));
        let written = self.caller.keys.fingerprint(&self.copied(key), value);
        self.row(key, value, before, (bound, written.to_vec(), false))
    }
}

async fn write(caller: &Caller, mut rows: Vec<SealedVariable>) -> Result<(), VaultError> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(WRITTEN_AT_ONCE));
        let put = store::put_variables(caller.org(), rows).await;
        put.map_err(said)?;
        rows = rest;
    }
    Ok(())
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
    let keys: Result<BTreeSet<_>, _> = keys.iter().map(|key| EnvKey::parse(key)).collect();
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
    let parse = |one: tools::Binding| Binding::parse(&one.name, Some(&one.env_key));
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
        );
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
