//! Writing variables: each in the place of what there is, sealed for that place.

use std::collections::BTreeMap;

use gatelet_ports::store::vault::{self as store, SealedVariable};
use gatelet_secrets::key::Copied;
use gatelet_secrets::source::is_override;
use gatelet_secrets::{ApplicationId, Binding, Context, EnvKey, SecretValue, VaultError};
use gatelet_wasi::random;

use crate::caller::Caller;
use crate::stored::said;

/// As many as the store writes at once.
const WRITTEN_AT_ONCE: usize = 500;

/// What an application has, by key.
pub(crate) async fn sealed(
    caller: &Caller,
    application: &ApplicationId,
) -> Result<BTreeMap<String, SealedVariable>, VaultError> {
    let found = store::find_variables(caller.org(), application.as_str().to_owned()).await;
    let by_key = |one: SealedVariable| (one.variable.key.clone(), one);
    Ok(found.map_err(said)?.into_iter().map(by_key).collect())
}

/// A value for a variable, in the place of what there is.
pub(crate) struct Writing<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) application: &'a ApplicationId,
    pub(crate) now: u64,
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
    pub(crate) fn own(
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
    pub(crate) fn copy(
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

pub(crate) async fn write(
    caller: &Caller,
    mut rows: Vec<SealedVariable>,
) -> Result<(), VaultError> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(WRITTEN_AT_ONCE));
        let put = store::put_variables(caller.org(), rows).await;
        put.map_err(said)?;
        rows = rest;
    }
    Ok(())
}
