//! Which providers did the operator configure? Reads the presets' variables and
//! the two JSON variables, and says in one line what is wrong with them.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::endpoint::Issuer;
use crate::github::GitHub;
use crate::provider::{
    Provider, ProviderId, ProviderKind, Providers, SigningAlgorithm, TokenEndpointAuth,
};
use crate::refusal::{one_line, quoted};
use gatelet_core::secret::Secret;
use gatelet_settings::{Setting, SettingError, Values};

const PROVIDERS: Setting = Setting::OidcProviders;
const SECRETS: Setting = Setting::OidcClientSecrets;

const JSON_MAX_BYTES: usize = 64 * 1024;
const TEXT_MAX_BYTES: usize = 512;
const SCOPES_MAX: usize = 32;

/// One element of `oidc_providers`. Unknown fields are refused: a misspelt one
/// would silently mean its default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: Option<String>,
    /// `oidc` (default) or `github`.
    kind: Option<String>,
    issuer: Option<String>,
    client_id: String,
    scopes: Option<String>,
    algorithms: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    /// GitHub Enterprise: its web address, and its API's where that is not below it.
    url: Option<String>,
    api: Option<String>,
}

impl Providers {
    /// Reads all the variables about providers, presets first.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let mut providers = Vec::new();
        let google = preset(values, Setting::GoogleClientId, Setting::GoogleClientSecret)?;
        if let Some((id, secret)) = google {
            providers.push(Provider::google(id, secret));
        }
        let github = preset(values, Setting::GithubClientId, Setting::GithubClientSecret)?;
        if let Some((id, secret)) = github {
            providers.push(Provider::github(id, secret));
        }
        let mut secrets = client_secrets(values.get(SECRETS))?;
        for entry in entries(values.get(PROVIDERS))? {
            let id = entry.id.clone();
            let provider = entry.provider(&mut secrets).map_err(|error| {
                SettingError::new(PROVIDERS, format_args!("provider {}: {error}", quoted(&id)))
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
    /// says `none`.
    pub fn chosen(self, ids: &str) -> Result<Self, SettingError> {
        let ids: Vec<&str> = ids
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .collect();
        if ids.is_empty() {
            return Ok(self);
        }
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
            .filter(|provider| ids.contains(&provider.id.as_str()));
        Self::new(chosen.cloned().collect())
            .map_err(|error| SettingError::new(Setting::Providers, error))
    }
}

/// The preset's client id and secret; None when the preset is off.
fn preset(
    values: &Values<'_>,
    id_setting: Setting,
    secret_setting: Setting,
) -> Result<Option<(String, Secret)>, SettingError> {
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
            visible(secret).map_err(|error| SettingError::new(secret_setting, error))?;
            Ok(Some((id.to_owned(), Secret::new(secret.to_owned()))))
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

impl Entry {
    /// Checks one entry and takes its secret out of `secrets`.
    fn provider(self, secrets: &mut Map<String, Value>) -> Result<Provider, String> {
        let Self {
            id,
            name,
            kind,
            issuer,
            client_id,
            scopes,
            algorithms,
            token_endpoint_auth_method,
            url,
            api,
        } = self;
        let id = ProviderId::parse(&id)
            .ok_or("`id` must be 1 to 32 of a–z, 0–9 and -, and not `password`")?;
        let name = name.unwrap_or_else(|| id.to_string());
        if name.trim().is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control)
        {
            return Err("`name` must be 1 to 64 characters".into());
        }
        visible(&client_id).map_err(|error| format!("`client_id` {error}"))?;
        let token_endpoint_auth = token_endpoint_auth_method
            .map(|method| TokenEndpointAuth::parse(&method).ok_or("`token_endpoint_auth_method` must be client_secret_basic, client_secret_post or none"))
            .transpose()?;
        let kind = match (kind.as_deref(), issuer) {
            (None | Some("oidc"), Some(issuer)) => {
                if url.is_some() || api.is_some() {
                    return Err("`url` and `api` are for kind `github`".into());
                }
                let issuer = Issuer::parse(&issuer).map_err(|error| format!("`issuer` {error}"))?;
                ProviderKind::OpenIdConnect {
                    issuer,
                    algorithms: parse_algorithms(algorithms)?,
                    token_endpoint_auth,
                }
            }
            (None | Some("oidc"), None) => return Err("`issuer` is missing".into()),
            (Some("github"), None) => {
                if algorithms.is_some() || token_endpoint_auth.is_some() {
                    return Err(
                        "`algorithms` and `token_endpoint_auth_method` are for OpenID Connect"
                            .into(),
                    );
                }
                let url = url.ok_or("`url` is missing: the server's web address")?;
                ProviderKind::GitHub(
                    GitHub::enterprise(&url, api.as_deref())
                        .map_err(|error| format!("`url` or `api` {error}"))?,
                )
            }
            (Some("github"), Some(_)) => return Err("`issuer` is for OpenID Connect".into()),
            (Some(_), _) => return Err("`kind` must be oidc or github".into()),
        };
        let scopes = match (scopes, &kind) {
            (Some(scopes), ProviderKind::OpenIdConnect { .. }) => {
                let scopes = parse_scopes(&scopes)?;
                if !scopes.split(' ').any(|scope| scope == "openid") {
                    return Err("`scopes` must have `openid` among them".into());
                }
                scopes
            }
            (Some(scopes), ProviderKind::GitHub(_)) => parse_scopes(&scopes)?,
            (None, ProviderKind::OpenIdConnect { .. }) => "openid email profile".into(),
            (None, ProviderKind::GitHub(_)) => "read:user user:email".into(),
        };
        let secret = match secrets.remove(id.as_str()) {
            Some(Value::String(secret)) => Secret::new(secret),
            Some(_) | None => Secret::new(String::new()),
        };
        match (token_endpoint_auth, secret.expose()) {
            (Some(TokenEndpointAuth::Public), "") => {}
            (Some(TokenEndpointAuth::Public), _) => {
                return Err(
                    "a client with method `none` has no secret; remove it from oidc_client_secrets"
                        .into(),
                );
            }
            (_, "") => {
                return Err(format!(
                    "oidc_client_secrets has no secret for it; add {{\"{id}\": \"…\"}}"
                ));
            }
            (_, secret) => visible(secret).map_err(|error| format!("its secret {error}"))?,
        }
        Ok(Provider {
            id,
            name,
            kind,
            client_id,
            client_secret: secret,
            scopes,
        })
    }
}

fn parse_algorithms(names: Option<Vec<String>>) -> Result<Vec<SigningAlgorithm>, String> {
    // RS256 is what a provider must offer and what it signs with unless it was
    // told otherwise (OpenID Connect Core 1.0 §15.1).
    let names = names.unwrap_or_else(|| vec!["RS256".into()]);
    let algorithms: Option<Vec<_>> = names
        .iter()
        .map(|name| SigningAlgorithm::parse(name))
        .collect();
    algorithms
        .filter(|algorithms| !algorithms.is_empty())
        .ok_or_else(|| "`algorithms` must be some of RS256, ES256, EdDSA".into())
}

/// RFC 6749 §3.3 tokens, joined by single spaces.
fn parse_scopes(text: &str) -> Result<String, String> {
    let scopes: Vec<&str> = text.split_ascii_whitespace().collect();
    let is_token = |scope: &&str| {
        scope.len() <= 128
            && scope
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    match scopes.len() <= SCOPES_MAX && scopes.iter().all(is_token) {
        true => Ok(scopes.join(" ")),
        false => Err("`scopes` are words separated by spaces, at most 32".into()),
    }
}

/// RFC 6749 appendix A.1, A.2: client identifiers and secrets are visible ASCII.
/// What is not there is most often a stray line end from a file.
fn visible(text: &str) -> Result<(), &'static str> {
    match (1..=TEXT_MAX_BYTES).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    {
        true => Ok(()),
        false => Err("must be 1 to 512 visible ASCII characters"),
    }
}

#[cfg(test)]
mod tests;
