//! Is anything taken from a provider, or said of it, that leads elsewhere or shows a
//! secret?

use serde_json::Value;

use super::{issuer, lines};
use crate::discovery::ProviderMetadata;
use crate::github::GitHubUser;
use crate::provider::{OpenIdConnect, ProviderId, ProviderKind, Providers};
use crate::token::TokenResponse;
use gatelet_settings::{Setting, Values};

/// A discovery document.
pub(super) fn discovery(input: &[u8]) -> bool {
    let wanted = OpenIdConnect::at(issuer());
    let judge = |status, kind| ProviderMetadata::judge(&wanted, status, kind, input);
    assert!(judge(302, "application/json").is_err());
    assert!(judge(200, "text/html").is_err());
    let Ok(metadata) = judge(200, "application/json") else {
        return false;
    };
    let Some(read) = read(input) else {
        return true;
    };
    assert_eq!(read["issuer"], "https://id.example");
    assert!(!metadata.algorithms.is_empty());
    let endpoints = [
        ("authorization_endpoint", &metadata.endpoints.authorization),
        ("token_endpoint", &metadata.endpoints.token),
        ("jwks_uri", &metadata.jwks_uri),
    ];
    let userinfo = metadata
        .userinfo
        .iter()
        .map(|url| ("userinfo_endpoint", url));
    for (name, endpoint) in endpoints.into_iter().chain(userinfo) {
        assert_eq!(read[name], endpoint.as_str());
        let url = url::Url::parse(endpoint.as_str()).expect("a screened URL parses");
        // The issuer is at no loopback host, so neither is an endpoint of its site.
        assert_eq!(url.scheme(), "https", "{url}");
        let host = url.host_str().expect("with a host");
        assert!(
            host == "id.example" || host.ends_with(".id.example"),
            "{url}"
        );
        assert!(
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none(),
            "{url}"
        );
    }
    true
}

/// A token response.
pub(super) fn token_response(input: &[u8]) -> bool {
    let tokens = match TokenResponse::judge(200, "application/json", input) {
        Ok(tokens) => tokens,
        Err(refusal) => {
            let read: Value = serde_json::from_slice(input).unwrap_or_default();
            let token = read.get("access_token").and_then(Value::as_str);
            let said = [
                read.get("error"),
                read.get("error_description"),
                read.get("token_type"),
            ];
            let is_said = |token: &str| {
                let said = said.iter().flatten().filter_map(|said| said.as_str());
                said.into_iter().any(|said| said.contains(token))
            };
            if let Some(token) = token.filter(|token| token.len() > 32 && !is_said(token)) {
                assert!(
                    !refusal.to_string().contains(token),
                    "an error holds no token"
                );
            }
            return false;
        }
    };
    let access_token = tokens.access_token.expose();
    let graphic = access_token.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(graphic && !access_token.is_empty(), "fit for a header");
    let Some(read) = read(input) else {
        return true;
    };
    assert_eq!(read["access_token"], access_token);
    assert!(read["error"].is_null(), "an error is none");
    assert!(TokenResponse::judge(400, "application/json", input).is_err());
    assert!(TokenResponse::judge(200, "text/html", input).is_err());
    true
}

/// What GitHub says of the account and of its addresses, a line each.
pub(super) fn github_user(input: &[u8]) -> bool {
    let Some([user, emails]) = lines(input) else {
        return false;
    };
    let (user, emails) = (user.as_bytes(), emails.as_bytes());
    let Ok(judged) = GitHubUser::judge(200, "application/json", user) else {
        return false;
    };
    let Some(read) = read(user) else {
        return true;
    };
    let github = ProviderId::parse("github").expect("the literal is an id");
    let Ok(identity) = judged.identity(&github, 200, "application/json", emails) else {
        return false;
    };
    assert_eq!(
        identity.subject(),
        read["id"].to_string(),
        "known by the number"
    );
    if let Ok(Value::Array(addresses)) = serde_json::from_slice::<Value>(emails)
        && identity.email_verified()
    {
        let mut primary = addresses
            .iter()
            .filter(|address| address["primary"] == true);
        let vouched = primary
            .next()
            .is_some_and(|address| address["verified"] == true);
        assert!(vouched && primary.next().is_none(), "nobody vouches for it");
    }
    true
}

/// The two JSON settings about providers, separated by a NUL.
pub(super) fn settings(input: &[u8]) -> bool {
    let Some([text]) = lines(input) else {
        return false;
    };
    let (providers, secrets) = text.split_once('\0').unwrap_or((text, ""));
    let values = Values::new([
        (Setting::OidcProviders, providers),
        (Setting::OidcClientSecrets, secrets),
    ]);
    let read = match Providers::from_values(&values) {
        Ok(read) => read,
        Err(error) => {
            let told = error.to_string();
            assert!(!told.contains(char::is_control), "one line");
            let shown: Value = serde_json::from_str(secrets).unwrap_or_default();
            for secret in shown
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(_, secret)| secret.as_str())
            {
                let is_secret = secret.len() > 32 && !providers.contains(secret);
                assert!(
                    !is_secret || !told.contains(secret),
                    "an error shows no secret"
                );
            }
            return false;
        }
    };
    for provider in read.iter() {
        let same = read.iter().filter(|other| other.id == provider.id).count();
        assert_eq!(same, 1, "one of a name");
        assert_eq!(
            read.get(provider.id.as_str()).map(|found| &found.id),
            Some(&provider.id)
        );
        if let ProviderKind::OpenIdConnect(oidc) = &provider.kind {
            let url = url::Url::parse(oidc.issuer.as_str()).expect("an issuer is a URL");
            let loopback = url.host_str().is_some_and(|host| {
                host.ends_with("localhost") || host.starts_with("127.") || host == "[::1]"
            });
            assert!(url.scheme() == "https" || loopback, "{url}");
            assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
        }
    }
    !read.is_empty()
}

/// All of a document. None where a part that nobody asked for is no text: what is passed
/// over is not looked at.
fn read(document: &[u8]) -> Option<Value> {
    serde_json::from_slice(document).ok()
}
