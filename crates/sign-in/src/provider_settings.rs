//! Which providers did the operator configure? Reads the presets' variables and
//! the two JSON variables, and says in one line what is wrong with them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::authorization::OWN_PARAMETERS;
use crate::claim_rules::ClaimRules;
use crate::email::canonical_domain;
use crate::endpoint::{EndpointUrl, Issuer, TENANT};
use crate::endpoint_hosts::listed_host;
use crate::github::GitHub;
use crate::provider::{
    NonceRule, OpenIdConnect, Provider, ProviderId, ProviderKind, Providers, ResponseMode,
    SigningAlgorithm, TokenEndpointAuth,
};
use crate::refusal::{one_line, quoted};
use crate::vault_reference;
use crate::well_known;
use gatelet_core::secret::Secret;
use gatelet_settings::{Setting, SettingError, Values};

const PROVIDERS: Setting = Setting::OidcProviders;
const SECRETS: Setting = Setting::OidcClientSecrets;

const JSON_MAX_BYTES: usize = 64 * 1024;
const TEXT_MAX_BYTES: usize = 512;
const SCOPES_MAX: usize = 32;
const SECRET_MAX_BYTES: usize = 2048;
/// Most entries of a list within a provider.
const LIST_MAX: usize = 32;

/// One element of `oidc_providers`. Unknown fields are refused: a misspelt one
/// would silently mean its default. When to use each: docs/providers.md, which a test
/// holds to this list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: Option<String>,
    /// `oidc` (default) or `github`.
    kind: Option<String>,
    client_id: String,
    scopes: Option<String>,
    authorization_parameters: Option<BTreeMap<String, String>>,
    email_domains: Option<Vec<String>>,
    /// GitHub Enterprise: its web address, and its API's where that is not below it.
    url: Option<String>,
    api: Option<String>,
    issuer: Option<String>,
    discovery_url: Option<String>,
    endpoint_hosts: Option<Vec<String>>,
    tenants: Option<Vec<String>>,
    algorithms: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    response_mode: Option<String>,
    nonce: Option<String>,
    email_claim: Option<String>,
    domain_claim: Option<String>,
    trust_email: Option<bool>,
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
            .filter(|provider| !vault_reference::is_missing(provider.client_secret.expose()));
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
    fn provider(mut self, secrets: &mut Map<String, Value>) -> Result<Provider, String> {
        let id = ProviderId::parse(&self.id)
            .ok_or("`id` must be 1 to 32 of a–z, 0–9 and -, and not `password`")?;
        let name = self.name.take().unwrap_or_else(|| id.to_string());
        if name.trim().is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control)
        {
            return Err("`name` must be 1 to 64 characters".into());
        }
        visible(&self.client_id).map_err(|error| format!("`client_id` {error}"))?;
        let authorization_parameters =
            parse_parameters(self.authorization_parameters.take().unwrap_or_default())?;
        let email_domains = parse_domains(self.email_domains.take().unwrap_or_default())?;
        let token_endpoint_auth =
            parse_token_endpoint_auth(self.token_endpoint_auth_method.take())?;
        let (client_id, scopes) = (self.client_id.clone(), self.scopes.take());
        let kind = self.kind(token_endpoint_auth)?;
        let scopes = match (scopes, &kind) {
            (Some(scopes), ProviderKind::OpenIdConnect(_)) => {
                let scopes = parse_scopes(&scopes)?;
                if !scopes.split(' ').any(|scope| scope == "openid") {
                    return Err("`scopes` must have `openid` among them".into());
                }
                scopes
            }
            (Some(scopes), ProviderKind::GitHub(_)) => parse_scopes(&scopes)?,
            (None, ProviderKind::OpenIdConnect(oidc)) => well_known::scopes(&oidc.issuer).into(),
            (None, ProviderKind::GitHub(_)) => "read:user user:email".into(),
        };
        let client_secret = client_secret(&id, token_endpoint_auth, secrets)?;
        Ok(Provider {
            id,
            name,
            kind,
            client_id,
            client_secret,
            scopes,
            authorization_parameters,
            email_domains,
        })
    }

    fn kind(self, token_endpoint_auth: Option<TokenEndpointAuth>) -> Result<ProviderKind, String> {
        match self.kind.as_deref() {
            None | Some("oidc") => self.oidc(token_endpoint_auth),
            Some("github") => self.github(token_endpoint_auth),
            Some(_) => Err("`kind` must be oidc or github".into()),
        }
    }

    fn github(
        self,
        token_endpoint_auth: Option<TokenEndpointAuth>,
    ) -> Result<ProviderKind, String> {
        let Self {
            id: _,
            name: _,
            kind: _,
            client_id: _,
            scopes: _,
            authorization_parameters: _,
            email_domains: _,
            url,
            api,
            issuer,
            discovery_url,
            endpoint_hosts,
            tenants,
            algorithms,
            token_endpoint_auth_method: _,
            response_mode,
            nonce,
            email_claim,
            domain_claim,
            trust_email,
        } = self;
        for (name, is_there) in [
            ("issuer", issuer.is_some()),
            ("discovery_url", discovery_url.is_some()),
            ("endpoint_hosts", endpoint_hosts.is_some()),
            ("tenants", tenants.is_some()),
            ("algorithms", algorithms.is_some()),
            ("token_endpoint_auth_method", token_endpoint_auth.is_some()),
            ("response_mode", response_mode.is_some()),
            ("nonce", nonce.is_some()),
            ("email_claim", email_claim.is_some()),
            ("domain_claim", domain_claim.is_some()),
            ("trust_email", trust_email.is_some()),
        ] {
            if is_there {
                return Err(format!("`{name}` is for OpenID Connect"));
            }
        }
        let url = url.ok_or("`url` is missing: the server's web address")?;
        GitHub::enterprise(&url, api.as_deref())
            .map(ProviderKind::GitHub)
            .map_err(|error| format!("`url` or `api` {error}"))
    }

    fn oidc(self, token_endpoint_auth: Option<TokenEndpointAuth>) -> Result<ProviderKind, String> {
        if self.url.is_some() || self.api.is_some() {
            return Err("`url` and `api` are for kind `github`".into());
        }
        let issuer = self.issuer.ok_or("`issuer` is missing")?;
        let issuer = Issuer::parse(&issuer).map_err(|error| format!("`issuer` {error}"))?;
        let discovery_url = self.discovery_url.as_deref().map(EndpointUrl::parse);
        let discovery_url = discovery_url.transpose();
        let discovery_url = discovery_url.map_err(|error| format!("`discovery_url` {error}"))?;
        if discovery_url.is_none() {
            if let Some(mend) = well_known::shared_tenant_mend(&issuer) {
                return Err(format!("`issuer` {mend}"));
            }
            if issuer.is_of_tenants() {
                return Err(format!(
                    "`discovery_url` is missing: an issuer with {TENANT} has no metadata of its own"
                ));
            }
        }
        let tenants = self.tenants.unwrap_or_default();
        if !tenants.is_empty() && !issuer.is_of_tenants() {
            return Err(format!("`tenants` are for an `issuer` with {TENANT}"));
        }
        if tenants.len() > LIST_MAX || tenants.iter().any(|t| issuer.of_tenant(Some(t)).is_none()) {
            return Err(format!("`tenants` must be at most {LIST_MAX} ids"));
        }
        let trust_email = self.trust_email.unwrap_or(false);
        if trust_email && issuer.is_of_tenants() && tenants.is_empty() {
            // An administrator of any tenant sets any address.
            return Err("`trust_email` needs `tenants`: anybody can have a tenant, and write any address into it".into());
        }
        let known = OpenIdConnect::at(issuer);
        Ok(ProviderKind::OpenIdConnect(Box::new(OpenIdConnect {
            discovery_url,
            tenants,
            endpoint_hosts: parse_hosts(self.endpoint_hosts.unwrap_or_default())?,
            algorithms: parse_algorithms(self.algorithms)?,
            token_endpoint_auth,
            response_mode: match self.response_mode.as_deref() {
                None => known.response_mode,
                Some("query") => ResponseMode::Query,
                Some("form_post") => ResponseMode::FormPost,
                Some(_) => return Err("`response_mode` must be query or form_post".into()),
            },
            nonce: match self.nonce.as_deref() {
                None | Some("required") => NonceRule::Required,
                Some("unchecked_where_missing") => NonceRule::UncheckedWhereMissing,
                Some(_) => return Err("`nonce` must be required or unchecked_where_missing".into()),
            },
            claims: ClaimRules {
                email: claim_name("email_claim", self.email_claim)?
                    .unwrap_or_else(|| known.claims.email.clone()),
                trust_email,
                domain: claim_name("domain_claim", self.domain_claim)?
                    .or_else(|| known.claims.domain.clone()),
                ..known.claims
            },
            issuer: known.issuer,
        })))
    }
}

fn parse_token_endpoint_auth(method: Option<String>) -> Result<Option<TokenEndpointAuth>, String> {
    let parsed = method.map(|method| {
        TokenEndpointAuth::parse(&method).ok_or(
            "`token_endpoint_auth_method` must be client_secret_basic, client_secret_post or none",
        )
    });
    Ok(parsed.transpose()?)
}

/// The provider's secret, out of `secrets`.
fn client_secret(
    id: &ProviderId,
    token_endpoint_auth: Option<TokenEndpointAuth>,
    secrets: &mut Map<String, Value>,
) -> Result<Secret, String> {
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
        (_, text) => client_secret_text(text)?,
    }
    Ok(secret)
}

/// Apple's are tokens, and longer than others'.
fn client_secret_text(text: &str) -> Result<(), String> {
    match text.len() <= SECRET_MAX_BYTES && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => Ok(()),
        false => Err("its secret must be 1 to 2048 visible ASCII characters".into()),
    }
}

fn parse_parameters(given: BTreeMap<String, String>) -> Result<Vec<(String, String)>, String> {
    for (name, value) in &given {
        if OWN_PARAMETERS.contains(&name.as_str()) {
            return Err(format!(
                "`authorization_parameters` must not have {name}, which is ours to say"
            ));
        }
        let fits = visible(name).is_ok() && (value.is_empty() || visible(value).is_ok());
        if !fits || given.len() > LIST_MAX {
            return Err("`authorization_parameters` must be a few names with a text of visible ASCII characters each".into());
        }
    }
    Ok(given.into_iter().collect())
}

fn parse_domains(domains: Vec<String>) -> Result<Vec<String>, String> {
    let canonical = domains.iter().map(|domain| canonical_domain(domain.trim()));
    match canonical.collect::<Option<Vec<_>>>() {
        Some(domains) if domains.len() <= LIST_MAX => Ok(domains),
        Some(_) | None => Err(format!(
            "`email_domains` must be at most {LIST_MAX} domains such as acme.com"
        )),
    }
}

fn parse_hosts(hosts: Vec<String>) -> Result<Vec<String>, String> {
    let listed = hosts.iter().map(|host| listed_host(host.trim()));
    match listed.collect::<Option<Vec<_>>>() {
        Some(hosts) if hosts.len() <= LIST_MAX => Ok(hosts),
        Some(_) | None => Err(format!(
            "`endpoint_hosts` must be at most {LIST_MAX} host names such as api.acme.com"
        )),
    }
}

fn claim_name(field: &str, name: Option<String>) -> Result<Option<String>, String> {
    match name {
        Some(name) if visible(&name).is_err() || name.len() > 128 => {
            Err(format!("`{field}` must be the name of a claim"))
        }
        name => Ok(name),
    }
}

fn parse_algorithms(names: Option<Vec<String>>) -> Result<Option<Vec<SigningAlgorithm>>, String> {
    let Some(names) = names else {
        return Ok(None);
    };
    let algorithms: Option<Vec<_>> = names
        .iter()
        .map(|name| SigningAlgorithm::parse(name))
        .collect();
    match algorithms.filter(|algorithms| !algorithms.is_empty()) {
        Some(algorithms) => Ok(Some(algorithms)),
        None => {
            let all = SigningAlgorithm::ALL
                .map(SigningAlgorithm::as_str)
                .join(", ");
            Err(format!("`algorithms` must be some of {all}"))
        }
    }
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
