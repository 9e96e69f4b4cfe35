//! Which providers did the operator configure? Reads the variables of Google and GitHub
//! and the two JSON variables, and says in one line what is wrong with them.

use serde_json::{Map, Value};

use self::entry::Entry;
use self::fields::visible;
use crate::client_secret::{ClientSecret, judge_text};
use crate::provider::{Provider, Providers};
use crate::refusal::{one_line, quoted};
use gatelet_core::secret::Secret;
use gatelet_settings::{Setting, SettingError, Values};

mod demands;
mod entry;
mod entry_secret;
mod fields;
mod groups;
mod preset;
#[cfg(test)]
mod tests;

const PROVIDERS: Setting = Setting::OidcProviders;
const SECRETS: Setting = Setting::OidcClientSecrets;

const JSON_MAX_BYTES: usize = 64 * 1024;

impl Providers {
    /// Reads all the variables about providers, those with variables of their own first.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let mut providers = Vec::new();
        let google = of_variables(values, Setting::GoogleClientId, Setting::GoogleClientSecret)?;
        if let Some((id, secret)) = google {
            providers.push(Provider::google(id, secret));
        }
        let github = of_variables(values, Setting::GithubClientId, Setting::GithubClientSecret)?;
        if let Some((id, secret)) = github {
            providers.push(Provider::github(id, secret));
        }
        let mut secrets = client_secrets(values.get(SECRETS))?;
        for entry in entries(values.get(PROVIDERS))? {
            let called = quoted(entry.called());
            let provider = entry.provider(&mut secrets).map_err(|error| {
                SettingError::new(PROVIDERS, format_args!("provider {called}: {error}"))
            })?;
            providers.push(provider);
        }
        if let Some((id, _)) = secrets.iter().next() {
            return Err(SettingError::new(
                SECRETS,
                format_args!(
                    "has a secret for {}, which is no provider of {PROVIDERS}",
                    quoted(id)
                ),
            ));
        }
        Self::new(providers).map_err(|error| SettingError::new(PROVIDERS, error))
    }

    /// Those of them that `providers` names; all where it names none, none where it
    /// says `none`. Without those whose client secret is to come from the vault and is not
    /// there: the others go on.
    pub fn chosen(self, ids: &str) -> Result<Self, SettingError> {
        let ids: Vec<&str> = ids
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .collect();
        if ids == ["none"] {
            return Ok(Self::default());
        }
        if let Some(unknown) = ids.iter().find(|id| self.get(id).is_none()) {
            return Err(SettingError::new(
                Setting::Providers,
                format_args!("names {}, which is not configured", quoted(unknown)),
            ));
        }
        let chosen = self
            .iter()
            .filter(|provider| ids.is_empty() || ids.contains(&provider.id.as_str()))
            .filter(|provider| !provider.client_secret.is_missing());
        Self::new(chosen.cloned().collect())
            .map_err(|error| SettingError::new(Setting::Providers, error))
    }
}

/// Client id and secret of a provider with variables of its own; None when it is off.
fn of_variables(
    values: &Values<'_>,
    id_setting: Setting,
    secret_setting: Setting,
) -> Result<Option<(String, ClientSecret)>, SettingError> {
    match (values.get(id_setting), values.get(secret_setting)) {
        ("", "") => Ok(None),
        ("", _) => Err(SettingError::new(
            id_setting,
            format_args!("is not set, while {secret_setting} is: set both or neither"),
        )),
        (_, "") => Err(SettingError::new(
            secret_setting,
            format_args!("is not set, while {id_setting} is: set both or neither"),
        )),
        (id, secret) => {
            visible(id).map_err(|error| SettingError::new(id_setting, error))?;
            judge_text(secret).map_err(|error| SettingError::new(secret_setting, error))?;
            let secret = ClientSecret::Given(Secret::new(secret.to_owned()));
            Ok(Some((id.to_owned(), secret)))
        }
    }
}

fn entries(json: &str) -> Result<Vec<Entry>, SettingError> {
    if json.is_empty() {
        return Ok(Vec::new());
    }
    if json.len() > JSON_MAX_BYTES {
        return Err(SettingError::new(
            PROVIDERS,
            format_args!("is longer than {JSON_MAX_BYTES} bytes"),
        ));
    }
    serde_json::from_str(json).map_err(|error| {
        SettingError::new(
            PROVIDERS,
            // It names the field, which is whatever somebody wrote.
            format_args!(
                "is no JSON array of providers: {}",
                one_line(&error.to_string(), 300)
            ),
        )
    })
}

fn client_secrets(json: &str) -> Result<Map<String, Value>, SettingError> {
    if json.is_empty() {
        return Ok(Map::new());
    }
    if json.len() > JSON_MAX_BYTES {
        return Err(SettingError::new(
            SECRETS,
            format_args!("is longer than {JSON_MAX_BYTES} bytes"),
        ));
    }
    // The position alone: serde's message could quote a secret.
    let secrets: Map<String, Value> = serde_json::from_str(json).map_err(|error| {
        SettingError::new(
            SECRETS,
            format_args!(
                "is no JSON object of provider id to secret, at line {} column {}",
                error.line(),
                error.column()
            ),
        )
    })?;
    match secrets.iter().find(|(_, secret)| !secret.is_string()) {
        Some((id, _)) => Err(SettingError::new(
            SECRETS,
            format_args!("has a secret for {} that is no text", quoted(id)),
        )),
        None => Ok(secrets),
    }
}
