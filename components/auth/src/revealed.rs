//! Secrets that settings refer to, out of the vault: when settings are loaded, and
//! not before that again.

use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_ports::Prepare;
use gatelet_secrets::{Actor, VaultError};
use gatelet_sign_in::vault_reference::{Known, names, resolved};
use gatelet_web::{log, vault};
use serde::Serialize;

/// The half of the vault that values come out of.
const HALF: &str = "http://vault-reveal.spin.internal";

/// Puts in what is in the vault.
pub(crate) struct FromVault;

#[derive(Serialize)]
struct Arguments<'a> {
    actor: Actor,
    names: &'a [String],
}

impl Prepare for FromVault {
    async fn prepare(
        &self,
        variables: Base,
        records: Vec<OriginRecord>,
        now: u64,
    ) -> Result<(Base, Vec<OriginRecord>), String> {
        let names: Vec<_> = names(&variables, &records).into_iter().collect();
        if names.is_empty() {
            return Ok((variables, records));
        }
        let keys = KeyRing::from_values(&variables.values()).map_err(|error| error.to_string())?;
        let arguments = Arguments {
            actor: Actor::host(),
            names: &names,
        };
        let asked = vault::ask(&keys, HALF, "reveal-to-settings", &arguments, now).await;
        let values: Result<Vec<Option<Secret>>, VaultError> = asked.and_then(|answer| answer);
        let values = values.map_err(|error| {
            let line = format!("secrets that settings refer to as vault:NAME: {error}");
            log::error("vault.settings", &line);
            line
        })?;
        let known: Known = names
            .into_iter()
            .zip(values)
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        let (variables, records, absent) = resolved(&variables, records, &known);
        for why in absent {
            log::error("vault.missing", &why.to_string());
        }
        Ok((variables, records))
    }
}
