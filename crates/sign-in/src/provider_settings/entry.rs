//! One element of `oidc_providers`, and the provider that it comes to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::demands::{parse_acr_values, parse_hosted_domain, parse_prompt};
use super::entry_secret::{Given, KeyNames};
use super::fields::{
    LIST_MAX, claim_name, parse_algorithms, parse_domains, parse_hosts, parse_parameters,
    parse_scopes, parse_token_endpoint_auth, visible,
};
use super::groups::{GivenPath, parse_groups};
use crate::claim_rules::ClaimRules;
use crate::demands::Demands;
use crate::endpoint::{EndpointUrl, Issuer, TENANT};
use crate::github::GitHub;
use crate::preset::{Preset, known};
use crate::provider::{
    KeepsTokens, NonceRule, Offline, OpenIdConnect, PkceRule, Provider, ProviderId, ProviderKind,
    ResponseMode, TokenEndpointAuth,
};

/// One element of `oidc_providers`. Unknown fields are refused: a misspelt one
/// would silently mean its default. When to use each: docs/providers.md, which a test
/// holds to this list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// A row of the presets, which says what the entry does not.
    pub(super) preset: Option<String>,
    pub(super) id: Option<String>,
    /// What a preset asks for.
    pub(super) domain: Option<String>,
    pub(super) tenant: Option<String>,
    pub(super) realm: Option<String>,
    pub(super) region: Option<String>,
    pub(super) pool: Option<String>,
    pub(super) name: Option<String>,
    /// `oidc` (default) or `github`.
    pub(super) kind: Option<String>,
    pub(super) client_id: String,
    pub(super) scopes: Option<String>,
    pub(super) authorization_parameters: Option<BTreeMap<String, String>>,
    pub(super) email_domains: Option<Vec<String>>,
    /// GitHub Enterprise: its web address, and its API's where that is not below it.
    pub(super) url: Option<String>,
    pub(super) api: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) discovery_url: Option<String>,
    pub(super) endpoint_hosts: Option<Vec<String>>,
    pub(super) tenants: Option<Vec<String>>,
    pub(super) algorithms: Option<Vec<String>>,
    pub(super) token_endpoint_auth_method: Option<String>,
    /// Of a client secret that is made from a key.
    pub(super) team_id: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) response_mode: Option<String>,
    pub(super) pkce: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) email_claim: Option<String>,
    pub(super) domain_claim: Option<String>,
    pub(super) trust_email: Option<bool>,
    pub(super) groups_claim: Option<GivenPath>,
    pub(super) groups_prefix: Option<String>,
    pub(super) groups_map: Option<BTreeMap<String, String>>,
    pub(super) prompt: Option<String>,
    pub(super) acr_values: Option<Vec<String>>,
    pub(super) max_age: Option<u32>,
    pub(super) hd: Option<String>,
    pub(super) keep_tokens: Option<bool>,
    pub(super) end_session: Option<bool>,
}

impl Entry {
    /// What errors call it.
    pub(super) fn called(&self) -> &str {
        let named = self.id.as_deref().or(self.preset.as_deref());
        named.unwrap_or("without `id`")
    }

    /// Checks one entry and takes its secret out of `secrets`.
    pub(super) fn provider(self, secrets: &mut Map<String, Value>) -> Result<Provider, String> {
        let (mut entry, preset) = self.with_preset()?;
        let id = entry.id.take().ok_or("`id` is missing")?;
        let id = ProviderId::parse(&id)
            .ok_or("`id` must be 1 to 32 of a–z, 0–9 and -, and not `password`")?;
        let name = entry.name.take().unwrap_or_else(|| id.to_string());
        if name.trim().is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control)
        {
            return Err("`name` must be 1 to 64 characters".into());
        }
        visible(&entry.client_id).map_err(|error| format!("`client_id` {error}"))?;
        let authorization_parameters =
            parse_parameters(entry.authorization_parameters.take().unwrap_or_default())?;
        entry.judge_said_once(&authorization_parameters)?;
        let email_domains = parse_domains(entry.email_domains.take().unwrap_or_default())?;
        let token_endpoint_auth =
            parse_token_endpoint_auth(entry.token_endpoint_auth_method.take())?;
        let (client_id, scopes) = (entry.client_id.clone(), entry.scopes.take());
        let keep_tokens = entry.keep_tokens.unwrap_or(false);
        let key = KeyNames {
            team_id: entry.team_id.take(),
            key_id: entry.key_id.take(),
        };
        if entry.groups_claim.is_some() {
            entry.groups_prefix.get_or_insert_with(|| format!("{id}:"));
        }
        let kind = entry.kind(token_endpoint_auth)?;
        let scopes = match (scopes, &kind) {
            (Some(scopes), ProviderKind::OpenIdConnect(_)) => {
                let scopes = parse_scopes(&scopes)?;
                if !scopes.split(' ').any(|scope| scope == "openid") {
                    return Err("`scopes` must have `openid` among them".into());
                }
                scopes
            }
            (Some(scopes), ProviderKind::GitHub(_)) => parse_scopes(&scopes)?,
            (None, ProviderKind::OpenIdConnect(oidc)) => known::scopes(&oidc.issuer).into(),
            (None, ProviderKind::GitHub(_)) => known::GITHUB_SCOPES.into(),
        };
        let audience = match &kind {
            ProviderKind::OpenIdConnect(oidc) => preset
                .and_then(Preset::signed_secret_audience)
                .or_else(|| known::signed_secret_audience(&oidc.issuer)),
            ProviderKind::GitHub(_) => None,
        };
        let secret = Given::of(&id, secrets);
        let keeps_tokens = match keep_tokens {
            true => KeepsTokens::Yes(offline(preset, &kind)),
            false => KeepsTokens::No,
        };
        let client_secret = match key.of(audience)? {
            Some(key) => secret.signed(key, token_endpoint_auth)?,
            None => secret.plain(audience, token_endpoint_auth)?,
        };
        Ok(Provider {
            id,
            name,
            kind,
            client_id,
            client_secret,
            scopes,
            authorization_parameters,
            email_domains,
            keeps_tokens,
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
            preset: _,
            id: _,
            domain: _,
            tenant: _,
            realm: _,
            region: _,
            pool: _,
            name: _,
            kind: _,
            client_id: _,
            scopes: _,
            authorization_parameters: _,
            email_domains: _,
            keep_tokens: _,
            url,
            api,
            issuer,
            discovery_url,
            endpoint_hosts,
            tenants,
            algorithms,
            token_endpoint_auth_method: _,
            team_id: _,
            key_id: _,
            response_mode,
            pkce,
            nonce,
            email_claim,
            domain_claim,
            trust_email,
            groups_claim,
            groups_prefix,
            groups_map,
            prompt,
            acr_values,
            max_age,
            hd,
            end_session,
        } = self;
        for (name, is_there) in [
            ("issuer", issuer.is_some()),
            ("discovery_url", discovery_url.is_some()),
            ("endpoint_hosts", endpoint_hosts.is_some()),
            ("tenants", tenants.is_some()),
            ("algorithms", algorithms.is_some()),
            ("token_endpoint_auth_method", token_endpoint_auth.is_some()),
            ("response_mode", response_mode.is_some()),
            ("pkce", pkce.is_some()),
            ("nonce", nonce.is_some()),
            ("email_claim", email_claim.is_some()),
            ("domain_claim", domain_claim.is_some()),
            ("trust_email", trust_email.is_some()),
            ("groups_claim", groups_claim.is_some()),
            ("groups_prefix", groups_prefix.is_some()),
            ("groups_map", groups_map.is_some()),
            ("prompt", prompt.is_some()),
            ("acr_values", acr_values.is_some()),
            ("max_age", max_age.is_some()),
            ("hd", hd.is_some()),
            ("end_session", end_session.is_some()),
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
            if let Some(mend) = known::shared_tenant_mend(&issuer) {
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
            pkce: match self.pkce.as_deref() {
                None | Some("s256") => PkceRule::S256,
                Some("none") if token_endpoint_auth == Some(TokenEndpointAuth::Public) => {
                    return Err("`pkce` must be s256 where `token_endpoint_auth_method` is none: nothing else keeps codes from others".into());
                }
                Some("none") => PkceRule::Without,
                Some(_) => return Err("`pkce` must be s256 or none".into()),
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
                groups: parse_groups(self.groups_claim, self.groups_prefix, self.groups_map)?,
                ..known.claims
            },
            demands: Demands {
                prompt: parse_prompt(self.prompt)?,
                acr_values: parse_acr_values(self.acr_values.unwrap_or_default())?,
                max_age_seconds: self.max_age,
                anew: false,
                silence_passes: false,
                hosted_domain: parse_hosted_domain(self.hd)?,
            },
            ends_session: self.end_session.unwrap_or(false),
            issuer: known.issuer,
        })))
    }

    /// What has a field of its own is said there or among the parameters: the one is
    /// checked in the answer, the other only asked for.
    fn judge_said_once(&self, parameters: &[(String, String)]) -> Result<(), String> {
        for (name, is_there) in [
            ("prompt", self.prompt.is_some()),
            ("acr_values", self.acr_values.is_some()),
            ("max_age", self.max_age.is_some()),
            ("hd", self.hd.is_some()),
        ] {
            if is_there && parameters.iter().any(|(said, _)| said == name) {
                return Err(format!(
                    "`{name}` is said in `authorization_parameters` too: keep the field"
                ));
            }
        }
        Ok(())
    }
}

/// How it is asked for a refresh token: as its preset says, or what is known of its issuer.
fn offline(preset: Option<&Preset>, kind: &ProviderKind) -> Offline {
    let said = preset.and_then(|preset| preset.quirks.iter().find_map(known::offline_of));
    said.unwrap_or_else(|| match kind {
        ProviderKind::OpenIdConnect(oidc) => {
            known::offline(&oidc.issuer).unwrap_or(Offline::Standard)
        }
        ProviderKind::GitHub(_) => Offline::Unasked,
    })
}
