//! Which providers did the operator configure? Reads the presets' variables and
//! the two JSON variables, and says in one line what is wrong with them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::endpoint::Issuer;
use super::github::GitHub;
use super::provider::{Provider, ProviderId, ProviderKind, Providers, SigningAlgorithm, TokenEndpointAuth};
use super::refusal::quoted;
use crate::secret::Secret;

const JSON_MAX_BYTES: usize = 64 * 1024;
const TEXT_MAX_BYTES: usize = 512;
const SCOPES_MAX: usize = 32;

/// The variables' texts, empty where unset.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProviderVariables<'a> {
    /// `google_client_id`
    pub google_client_id: &'a str,
    /// `google_client_secret`
    pub google_client_secret: Option<&'a Secret>,
    /// `github_client_id`
    pub github_client_id: &'a str,
    /// `github_client_secret`
    pub github_client_secret: Option<&'a Secret>,
    /// `oidc_providers`: a JSON array of [`Entry`].
    pub oidc_providers: &'a str,
    /// `oidc_client_secrets`: a JSON object, provider id to secret.
    pub oidc_client_secrets: Option<&'a Secret>,
}

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

impl ProviderVariables<'_> {
    /// Reads them all, presets first. The error is one line that names the
    /// variable and holds no secret.
    pub fn parse(self) -> Result<Providers, String> {
        let mut providers = Vec::new();
        if let Some(secret) = preset("google", self.google_client_id, self.google_client_secret)? {
            providers.push(Provider::google(self.google_client_id.to_owned(), secret));
        }
        if let Some(secret) = preset("github", self.github_client_id, self.github_client_secret)? {
            providers.push(Provider::github(self.github_client_id.to_owned(), secret));
        }
        let mut secrets = client_secrets(self.oidc_client_secrets)?;
        for entry in entries(self.oidc_providers)? {
            let id = entry.id.clone();
            let provider = entry.provider(&mut secrets).map_err(|error| format!("oidc_providers: provider {}: {error}", quoted(&id)))?;
            providers.push(provider);
        }
        if let Some((id, _)) = secrets.iter().next() {
            return Err(format!("oidc_client_secrets: {} is no provider of oidc_providers", quoted(id)));
        }
        Providers::new(providers).map_err(|error| format!("oidc_providers: {error}"))
    }
}

/// The preset's secret; None when the preset is off.
fn preset(name: &str, client_id: &str, secret: Option<&Secret>) -> Result<Option<Secret>, String> {
    match (client_id, secret.filter(|secret| !secret.expose().is_empty())) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(format!("{name}_client_id: unset, while {name}_client_secret is set; set both or neither")),
        (_, None) => Err(format!("{name}_client_secret: unset, while {name}_client_id is set; set both or neither")),
        (id, Some(secret)) => {
            visible(id).map_err(|error| format!("{name}_client_id: {error}"))?;
            visible(secret.expose()).map_err(|error| format!("{name}_client_secret: {error}"))?;
            Ok(Some(secret.clone()))
        }
    }
}

fn entries(json: &str) -> Result<Vec<Entry>, String> {
    if json.trim().is_empty() {
        return Ok(Vec::new());
    }
    if json.len() > JSON_MAX_BYTES {
        return Err(format!("oidc_providers: longer than {JSON_MAX_BYTES} bytes"));
    }
    serde_json::from_str(json).map_err(|error| format!("oidc_providers: not a JSON array of providers: {error}"))
}

fn client_secrets(json: Option<&Secret>) -> Result<Map<String, Value>, String> {
    let Some(json) = json.map(Secret::expose).filter(|json| !json.trim().is_empty()) else {
        return Ok(Map::new());
    };
    // The position alone: serde's message could quote a secret.
    let secrets: Map<String, Value> =
        serde_json::from_str(json).map_err(|error| format!("oidc_client_secrets: not a JSON object of provider id to secret, at line {} column {}", error.line(), error.column()))?;
    match secrets.iter().find(|(_, secret)| !secret.is_string()) {
        Some((id, _)) => Err(format!("oidc_client_secrets: the secret of {} is not text", quoted(id))),
        None => Ok(secrets),
    }
}

impl Entry {
    /// Checks one entry and takes its secret out of `secrets`.
    fn provider(self, secrets: &mut Map<String, Value>) -> Result<Provider, String> {
        let Self { id, name, kind, issuer, client_id, scopes, algorithms, token_endpoint_auth_method, url, api } = self;
        let id = ProviderId::parse(&id).ok_or("`id` must be 1 to 32 of a–z, 0–9 and -, and not `password`")?;
        let name = name.unwrap_or_else(|| id.to_string());
        if name.trim().is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
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
                ProviderKind::OpenIdConnect { issuer, algorithms: parse_algorithms(algorithms)?, token_endpoint_auth }
            }
            (None | Some("oidc"), None) => return Err("`issuer` is missing".into()),
            (Some("github"), None) => {
                if algorithms.is_some() || token_endpoint_auth.is_some() {
                    return Err("`algorithms` and `token_endpoint_auth_method` are for OpenID Connect".into());
                }
                let url = url.ok_or("`url` is missing: the server's web address")?;
                ProviderKind::GitHub(GitHub::enterprise(&url, api.as_deref()).map_err(|error| format!("`url` or `api` {error}"))?)
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
            (Some(TokenEndpointAuth::Public), _) => return Err("a client with method `none` has no secret; remove it from oidc_client_secrets".into()),
            (_, "") => return Err(format!("oidc_client_secrets has no secret for it; add {{\"{id}\": \"…\"}}")),
            (_, secret) => visible(secret).map_err(|error| format!("its secret {error}"))?,
        }
        Ok(Provider { id, name, kind, client_id, client_secret: secret, scopes })
    }
}

fn parse_algorithms(names: Option<Vec<String>>) -> Result<Vec<SigningAlgorithm>, String> {
    // RS256 is what a provider must offer and what it signs with unless it was
    // told otherwise (OpenID Connect Core 1.0 §15.1).
    let names = names.unwrap_or_else(|| vec!["RS256".into()]);
    let algorithms: Option<Vec<_>> = names.iter().map(|name| SigningAlgorithm::parse(name)).collect();
    algorithms.filter(|algorithms| !algorithms.is_empty()).ok_or_else(|| "`algorithms` must be some of RS256, ES256, EdDSA".into())
}

/// RFC 6749 §3.3 tokens, joined by single spaces.
fn parse_scopes(text: &str) -> Result<String, String> {
    let scopes: Vec<&str> = text.split_ascii_whitespace().collect();
    let is_token = |scope: &&str| scope.len() <= 128 && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    match scopes.len() <= SCOPES_MAX && scopes.iter().all(is_token) {
        true => Ok(scopes.join(" ")),
        false => Err("`scopes` are words separated by spaces, at most 32".into()),
    }
}

/// RFC 6749 appendix A.1, A.2: client identifiers and secrets are visible ASCII.
/// What is not there is most often a stray line end from a file.
fn visible(text: &str) -> Result<(), &'static str> {
    match (1..=TEXT_MAX_BYTES).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => Ok(()),
        false => Err("must be 1 to 512 visible ASCII characters"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(oidc_providers: &str, secrets: &str) -> Result<Providers, String> {
        let secrets = Secret::new(secrets.to_owned());
        ProviderVariables { oidc_providers, oidc_client_secrets: Some(&secrets), ..ProviderVariables::default() }.parse()
    }

    #[test]
    fn nothing_configured_is_no_provider() {
        assert!(parse("", "").expect("nothing is fine").is_empty());
        assert!(parse(" \n", "{}").expect("nothing is fine").is_empty());
        assert!(parse("[]", " ").expect("nothing is fine").is_empty());
    }

    #[test]
    fn several_providers_stand_side_by_side() {
        let (google, github) = (Secret::new("g-secret".into()), Secret::new("h-secret".into()));
        let oidc = Secret::new(r#"{"acme":"a-secret","corp":"c-secret","ghe":"e-secret"}"#.into());
        let providers = ProviderVariables {
            google_client_id: "g",
            google_client_secret: Some(&google),
            github_client_id: "h",
            github_client_secret: Some(&github),
            oidc_providers: r#"[
                {"id":"acme","issuer":"https://id.acme.example","client_id":"a"},
                {"id":"corp","name":"Corp","issuer":"http://localhost:9000/","client_id":"c","scopes":" openid  email ","algorithms":["ES256","EdDSA"],"token_endpoint_auth_method":"client_secret_post"},
                {"id":"spa","issuer":"https://spa.example","client_id":"s","token_endpoint_auth_method":"none"},
                {"id":"ghe","kind":"github","url":"https://git.corp.example/","client_id":"e"}
            ]"#,
            oidc_client_secrets: Some(&oidc),
        }
        .parse()
        .expect("all are valid");
        let ids: Vec<&str> = providers.iter().map(|provider| provider.id.as_str()).collect();
        assert_eq!(ids, ["google", "github", "acme", "corp", "spa", "ghe"]);

        let acme = providers.get("acme").expect("acme");
        assert_eq!((acme.name.as_str(), acme.scopes.as_str(), acme.client_secret.expose()), ("acme", "openid email profile", "a-secret"));
        assert!(matches!(&acme.kind, ProviderKind::OpenIdConnect { algorithms, token_endpoint_auth: None, .. } if *algorithms == [SigningAlgorithm::Rs256]));
        let corp = providers.get("corp").expect("corp");
        assert_eq!((corp.name.as_str(), corp.scopes.as_str()), ("Corp", "openid email"));
        assert!(matches!(&corp.kind, ProviderKind::OpenIdConnect { issuer, algorithms, token_endpoint_auth: Some(TokenEndpointAuth::Post) }
            if issuer.as_str() == "http://localhost:9000/" && *algorithms == [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa]));
        assert!(matches!(&providers.get("ghe").expect("ghe").kind, ProviderKind::GitHub(server) if server.user_url().as_str() == "https://git.corp.example/api/v3/user"));
        assert!(providers.get("Acme").is_none() && providers.get("").is_none());
        assert_eq!(acme.redirect_uri("https://app.example/"), "https://app.example/auth/callback/acme");
    }

    #[test]
    fn mistakes_are_named_in_one_line() {
        let fine = r#""issuer":"https://a.example","client_id":"a""#;
        let secret = r#"{"a":"s"}"#;
        for (providers, secrets, expected) in [
            ("{", secret, "oidc_providers: not a JSON array"),
            ("{}", secret, "oidc_providers: not a JSON array"),
            (r#"[{"id":"a","client_id":"a"}]"#, secret, "`issuer` is missing"),
            (&format!(r#"[{{"id":"A",{fine}}}]"#), secret, "`id` must be"),
            (&format!(r#"[{{"id":"",{fine}}}]"#), secret, "`id` must be"),
            (&format!(r#"[{{"id":"{}",{fine}}}]"#, "a".repeat(33)), secret, "`id` must be"),
            (&format!(r#"[{{"id":"password",{fine}}}]"#), secret, "`id` must be"),
            (&format!(r#"[{{"id":"a/b",{fine}}}]"#), secret, "`id` must be"),
            (&format!(r#"[{{"id":"a",{fine}}},{{"id":"a",{fine}}}]"#), secret, "no secret for it"),
            (&format!(r#"[{{"id":"a",{fine},"token_endpoint_auth_method":"none"}},{{"id":"a",{fine},"token_endpoint_auth_method":"none"}}]"#), "", "two providers have the id `a`"),
            (&format!(r#"[{{"id":"a",{fine},"isuer":"x"}}]"#), secret, "unknown field `isuer`"),
            (&format!(r#"[{{"id":"a",{fine},"scopes":"email"}}]"#), secret, "`openid`"),
            (&format!(r#"[{{"id":"a",{fine},"scopes":"openid a\"b"}}]"#), secret, "`scopes`"),
            (&format!(r#"[{{"id":"a",{fine},"algorithms":["none"]}}]"#), secret, "`algorithms`"),
            (&format!(r#"[{{"id":"a",{fine},"algorithms":["HS256"]}}]"#), secret, "`algorithms`"),
            (&format!(r#"[{{"id":"a",{fine},"algorithms":[]}}]"#), secret, "`algorithms`"),
            (&format!(r#"[{{"id":"a",{fine},"token_endpoint_auth_method":"private_key_jwt"}}]"#), secret, "`token_endpoint_auth_method`"),
            (&format!(r#"[{{"id":"a",{fine},"token_endpoint_auth_method":"none"}}]"#), secret, "remove it from oidc_client_secrets"),
            (&format!(r#"[{{"id":"a",{fine},"kind":"saml"}}]"#), secret, "`kind`"),
            (&format!(r#"[{{"id":"a",{fine},"name":" "}}]"#), secret, "`name`"),
            (&format!(r#"[{{"id":"a",{fine}}}]"#), "", "oidc_client_secrets has no secret for it"),
            (&format!(r#"[{{"id":"a",{fine}}}]"#), r#"{"a":""}"#, "no secret for it"),
            (&format!(r#"[{{"id":"a",{fine}}}]"#), r#"{"a":"s\n"}"#, "its secret must be"),
            (&format!(r#"[{{"id":"a",{fine}}}]"#), r#"{"a":"s","b":"t"}"#, "\u{201c}b\u{201d} is no provider"),
            (&format!(r#"[{{"id":"a",{fine}}}]"#), r#"{"a":5}"#, "is not text"),
            (r#"[{"id":"a","issuer":"http://a.example","client_id":"a"}]"#, secret, "`issuer` must begin with https://"),
            (r#"[{"id":"a","issuer":"https://u@a.example","client_id":"a"}]"#, secret, "`issuer` must not hold a user name"),
            (r#"[{"id":"a","issuer":"https://a.example?x","client_id":"a"}]"#, secret, "`issuer` must not hold a query"),
            (r#"[{"id":"a","issuer":"https://a.example#x","client_id":"a"}]"#, secret, "`issuer` must not hold a fragment"),
            (r#"[{"id":"a","issuer":"https://a.example","client_id":""}]"#, secret, "`client_id`"),
            (r#"[{"id":"a","kind":"github","client_id":"a"}]"#, secret, "`url` is missing"),
            (r#"[{"id":"a","kind":"github","url":"http://git.example","client_id":"a"}]"#, secret, "must begin with https://"),
        ] {
            let error = parse(providers, secrets).expect_err(providers);
            assert!(error.contains(expected), "{providers}: {error}");
            assert!(!error.contains('\n') && error.starts_with("oidc_"), "{error}");
        }
        let many: Vec<String> = (0..17).map(|n| format!(r#"{{"id":"p{n}",{fine},"token_endpoint_auth_method":"none"}}"#)).collect();
        assert!(parse(&format!("[{}]", many.join(",")), "").expect_err("too many").contains("at most 16"));
    }

    #[test]
    fn half_a_preset_is_refused() {
        let secret = Secret::new("s".into());
        let error = ProviderVariables { google_client_id: "g", ..ProviderVariables::default() }.parse().expect_err("no secret");
        assert!(error.starts_with("google_client_secret: unset"), "{error}");
        let error = ProviderVariables { github_client_secret: Some(&secret), ..ProviderVariables::default() }.parse().expect_err("no id");
        assert!(error.starts_with("github_client_id: unset"), "{error}");
    }

    #[test]
    fn errors_hold_no_secret() {
        for secrets in [r#"{"a":"hunter2""#, r#"{"a":["hunter2"]}"#, r#"["hunter2"]"#, r#""hunter2""#, "hunter2"] {
            let error = parse(r#"[{"id":"a","issuer":"https://a.example","client_id":"a"}]"#, secrets).expect_err(secrets);
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
