//! The half that values come out of.

use std::collections::BTreeMap;

use gatelet_ports::store::vault as store;
use gatelet_secrets::{Operation, SecretName, VaultError};
use gatelet_sign_in::audit::Act;

use crate::bindings::exports::gatelet::vault::reveal::Guest;
use crate::bindings::gatelet::vault::types::{Actor, Error};
use crate::caller::Caller;
use crate::stored::said;
use crate::{Vault, applications, variables};

impl Guest for Vault {
    async fn reveal_to_environment(
        actor: Actor,
        application: String,
        now: u64,
    ) -> Result<Vec<(String, String)>, Error> {
        let caller = Caller::permitted(actor, Operation::RevealToEnvironment).await?;
        let application = applications::known(&caller, &application, now).await?;
        let values = variables::values(&caller, &application).await?;
        caller
            .record(Act::SecretRevealed, application.as_str(), now)
            .await;
        let exposed =
            |(key, value): (String, gatelet_secrets::SecretValue)| (key, value.expose().to_owned());
        Ok(values.into_iter().map(exposed).collect())
    }

    async fn reveal_to_settings(
        actor: Actor,
        names: Vec<String>,
    ) -> Result<Vec<Option<String>>, Error> {
        let caller = Caller::permitted(actor, Operation::RevealToSettings).await?;
        let parsed: Result<Vec<_>, _> = names.iter().map(|name| SecretName::parse(name)).collect();
        let parsed = parsed.map_err(VaultError::from)?;
        let found = store::find_secrets(caller.org(), names)
            .await
            .map_err(said)?;
        let mut values = BTreeMap::new();
        for secret in &found {
            if let Some(value) = caller.open_secret(secret)? {
                values.insert(secret.secret.name.clone(), value);
            }
        }
        let of = |name: &SecretName| values.get(name.as_str()).map(|it| it.expose().to_owned());
        Ok(parsed.iter().map(of).collect())
    }
}
