//! How is the visitor sent to the provider? The authorization request.

use crate::attempt::Attempt;
use crate::demands::Demands;
use crate::endpoint::{EndpointUrl, Issuer};
use crate::login_hint::LoginHint;
use crate::provider::{PkceRule, Provider, ProviderKind, ResponseMode, TokenEndpointAuth};
use gatelet_core::key::KeyRing;

/// Where a provider is reached, whatever kind it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Where the visitor is sent.
    pub authorization: EndpointUrl,
    /// Where the code is exchanged.
    pub token: EndpointUrl,
    /// How we say who we are there.
    pub token_auth: TokenEndpointAuth,
    /// Where tokens are revoked (RFC 7009), where that is possible.
    pub revocation: Option<EndpointUrl>,
    /// Where its session with a visitor ends, where that is possible (OpenID Connect
    /// RP-Initiated Logout 1.0 §2.1).
    pub end_session: Option<EndpointUrl>,
    /// Whether the scope `offline_access` may be asked for.
    pub offers_offline_access: bool,
    /// Whether an ID token says when the provider asked for a proof, where it is asked to.
    pub says_auth_time: bool,
    /// What `iss` in the callback must be.
    pub issuer_parameter: IssuerParameter,
    /// The `prompt` by which the visitor chooses the account.
    pub account_prompt: &'static str,
}

/// Which account the provider is to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichAccount {
    /// The one that it remembers will do.
    Remembered,
    /// The visitor is to choose: the remembered one was the wrong one.
    Chosen,
}

/// A `max_age` that has nobody asked: whoever is sent one must say in the ID token when it
/// asked (OpenID Connect Core 1.0 §2, `auth_time`), and some say so only then.
const ANY_AGE_SECONDS: &str = "31536000";

/// Parameters that are ours to say.
pub(crate) const OWN_PARAMETERS: [&str; 12] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    "client_secret",
];

/// The `iss` parameter of an authorization response (RFC 9207).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerParameter {
    /// The provider says that it always sends it: it must be there and be this.
    Required(Issuer),
    /// It must be this where it is sent.
    Optional(Issuer),
    /// The provider has no issuer identifier.
    Ignored,
}

/// What is demanded of this attempt: what the operator has configured, and of whoever is to
/// prove again who it is, that the provider asks anew.
#[must_use]
pub fn demands(provider: &Provider, endpoints: &Endpoints, attempt: &Attempt) -> Demands {
    match &provider.kind {
        ProviderKind::OpenIdConnect(oidc) if attempt.is_anew() => {
            oidc.demands.clone().anew(endpoints.says_auth_time)
        }
        ProviderKind::OpenIdConnect(oidc) => oidc.demands.clone(),
        ProviderKind::GitHub(_) => Demands {
            anew: attempt.is_anew(),
            silence_passes: true,
            ..Demands::default()
        },
    }
}

/// The URL to send the visitor to: authorization code with PKCE S256
/// (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core 1.0 §3.1.2.1), without PKCE where
/// the provider refuses it.
///
/// The redirect URI is the attempt's, which the token request repeats; the keys
/// seal the `state` of an attempt that goes through a relay. What the operator says of
/// whom to sign in, the visitor's hint does not change.
#[must_use]
pub fn authorization_url(
    provider: &Provider,
    endpoints: &Endpoints,
    attempt: &Attempt,
    account: WhichAccount,
    hint: Option<&LoginHint>,
    keys: &KeyRing,
) -> String {
    let challenge = attempt.code_challenge();
    let redirect_uri = attempt.redirect_uri(provider);
    let state = attempt.state_parameter(keys);
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", provider.client_id.as_str()),
        ("redirect_uri", &redirect_uri),
        ("state", &state),
    ];
    match provider.pkce() {
        PkceRule::S256 => parameters.extend([
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]),
        PkceRule::Without => {}
    }
    let offline = provider.offline(endpoints);
    let scopes = match offline.scope() {
        Some(scope) if !provider.scopes.split(' ').any(|one| one == scope) => {
            format!("{} {scope}", provider.scopes)
        }
        _ => provider.scopes.clone(),
    };
    if !scopes.is_empty() {
        parameters.push(("scope", scopes.trim_start()));
    }
    let mut demands = demands(provider, endpoints, attempt);
    let says = |name: &str| {
        let mut said = provider.authorization_parameters.iter();
        said.any(|(said, _)| said == name)
    };
    let mut demanded = demands.parameters();
    if endpoints.says_auth_time && demands.max_age_seconds.is_none() && !says("max_age") {
        demanded.push(("max_age", ANY_AGE_SECONDS.to_owned()));
    }
    match &provider.kind {
        ProviderKind::OpenIdConnect(oidc) => {
            parameters.push(("nonce", attempt.nonce()));
            match oidc.response_mode {
                ResponseMode::Query => {}
                ResponseMode::FormPost => parameters.push(("response_mode", "form_post")),
            }
        }
        // Outside OpenID Connect there is no token to carry a nonce back.
        ProviderKind::GitHub(_) => {}
    }
    let asked = demanded.iter();
    parameters.extend(asked.map(|(name, value)| (*name, value.as_str())));
    // Some providers take `max_age=0` for none, and some know none: that is the same wish by
    // another name. One that does not say when it asked shows its page at least, and signs
    // nobody in behind it.
    let choosing = match account {
        WhichAccount::Chosen => Some(endpoints.account_prompt),
        WhichAccount::Remembered if !demands.anew => None,
        WhichAccount::Remembered if demands.silence_passes => Some(endpoints.account_prompt),
        WhichAccount::Remembered => Some("login"),
    };
    if offline.needs_consent() && demands.prompt.is_none() && !says("prompt") {
        demands.prompt = Some("consent".to_owned());
    }
    let prompt = demands.prompt_with(choosing);
    let offline = offline.parameters().iter().copied();
    parameters.extend(offline.filter(|(name, _)| !says(name)));
    let more = provider.authorization_parameters.iter();
    let more = more.map(|(name, value)| (name.as_str(), value.as_str()));
    let is_ours = |wanted: &str| match wanted {
        "prompt" => prompt.is_some(),
        wanted => demanded.iter().any(|(name, _)| *name == wanted),
    };
    parameters.extend(more.filter(|(name, _)| !is_ours(name)));
    parameters.extend(prompt.as_deref().map(|prompt| ("prompt", prompt)));
    let hinted = match &provider.kind {
        ProviderKind::OpenIdConnect(_) => LoginHint::PARAMETER,
        // https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
        ProviderKind::GitHub(_) => "login",
    };
    if let Some(hint) = hint
        && parameters.iter().all(|(name, _)| *name != hinted)
    {
        parameters.push((hinted, hint.as_str()));
    }
    endpoints
        .authorization
        .with_parameters(&gatelet_forms::encode(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::AuthorizationResponse;
    use crate::client_secret::ClientSecret;
    use crate::demands::HostedDomain;
    use crate::provider::{KeepsTokens, Offline};
    use crate::tests::test_provider::{NOW, attempt, discover, document, keys, provider};
    use crate::token::TokenRequest;
    use gatelet_core::secret::Secret;

    #[test]
    fn what_is_configured_is_said_and_who_chooses_is_asked_which_account() {
        let endpoints = discover(&document()).expect("a document").endpoints;
        let mut provider = provider();
        provider.authorization_parameters = [("prompt", "none"), ("hd", "example.com")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        let said = |account| {
            let url = authorization_url(&provider, &endpoints, &attempt(1), account, None, &keys());
            let url = url::Url::parse(&url).expect("a URL");
            let of = |name: &str| {
                let pairs = url.query_pairs().filter(|(said, _)| said == name);
                pairs.map(|(_, value)| value.into_owned()).collect()
            };
            let said: [Vec<String>; 2] = [of("prompt"), of("hd")];
            said
        };
        let hd = vec!["example.com".to_owned()];
        let remembered = [vec!["none".to_owned()], hd.clone()];
        assert_eq!(said(WhichAccount::Remembered), remembered);
        let chosen = [vec![endpoints.account_prompt.to_owned()], hd];
        assert_eq!(said(WhichAccount::Chosen), chosen);
    }

    #[test]
    fn what_is_demanded_is_asked_for_and_a_hint_changes_nothing_of_it() {
        let endpoints = discover(&document()).expect("a document").endpoints;
        let hint = LoginHint::parse("ann@example.com");
        let said = |provider: &Provider, account| {
            let attempt = attempt(1);
            let hint = hint.as_ref();
            let url = authorization_url(provider, &endpoints, &attempt, account, hint, &keys());
            let url = url::Url::parse(&url).expect("a URL");
            let said: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
            assert_eq!(said.len(), url.query_pairs().count(), "each once: {url}");
            said
        };
        let mut demanding = provider();
        if let ProviderKind::OpenIdConnect(oidc) = &mut demanding.kind {
            oidc.demands = Demands {
                prompt: Some("consent".to_owned()),
                acr_values: vec!["phr".to_owned(), "mfa".to_owned()],
                max_age_seconds: Some(300),
                hosted_domain: Some(HostedDomain::One("acme.com".to_owned())),
                ..Demands::default()
            };
        }
        let plain = said(&demanding, WhichAccount::Remembered);
        for (name, value) in [
            ("prompt", "consent"),
            ("acr_values", "phr mfa"),
            ("max_age", "300"),
            ("hd", "acme.com"),
            ("login_hint", "ann@example.com"),
        ] {
            assert_eq!(plain[name], value, "{name}");
        }
        let chosen = said(&demanding, WhichAccount::Chosen);
        let both = format!("consent {}", endpoints.account_prompt);
        assert_eq!(chosen["prompt"], both);
        demanding.authorization_parameters =
            vec![("login_hint".to_owned(), "@acme.com".to_owned())];
        assert_eq!(
            said(&demanding, WhichAccount::Chosen)["login_hint"],
            "@acme.com"
        );

        let secret = ClientSecret::Given(Secret::new("s".to_owned()));
        let github = Provider::github("c".to_owned(), secret);
        let asked = said(&github, WhichAccount::Remembered);
        assert_eq!(asked["login"], "ann@example.com");
        assert!(!asked.contains_key("login_hint"));
    }

    #[test]
    fn who_is_to_prove_it_again_is_not_signed_in_behind_the_providers_page() {
        let mut provider = provider();
        let asked = |provider: &Provider, claims: &[&str], anew: bool| {
            let mut document = document();
            document["claims_supported"] = serde_json::json!(claims);
            let endpoints = discover(&document).expect("a document").endpoints;
            let attempt = attempt(1).asking_anew(anew);
            assert_eq!(
                demands(provider, &endpoints, &attempt).silence_passes,
                anew && !claims.contains(&"auth_time")
            );
            let remembered = WhichAccount::Remembered;
            let url = authorization_url(provider, &endpoints, &attempt, remembered, None, &keys());
            let url = url::Url::parse(&url).expect("a URL");
            let pairs = url.query_pairs();
            ["max_age", "prompt"].map(|name| {
                let mut said = pairs.filter(|(said, _)| said == name);
                let value = said.next().map(|(_, value)| value.into_owned());
                assert_eq!(said.count(), 0, "once: {url}");
                value.unwrap_or_default()
            })
        };
        assert_eq!(asked(&provider, &["sub"], false), ["", ""]);
        // It says when it asked, and is asked to say so.
        let any_age = asked(&provider, &["sub", "auth_time"], false);
        assert_eq!(any_age, [ANY_AGE_SECONDS, ""]);
        assert_eq!(
            asked(&provider, &["sub", "auth_time"], true),
            ["0", "login"]
        );
        // It will not say when it asked: it shows its page.
        assert_eq!(asked(&provider, &["sub"], true), ["0", "login"]);
        provider.authorization_parameters = vec![("max_age".to_owned(), "900".to_owned())];
        assert_eq!(asked(&provider, &["auth_time"], false), ["900", ""]);
        assert_eq!(asked(&provider, &["auth_time"], true), ["0", "login"]);
        if let ProviderKind::OpenIdConnect(oidc) = &mut provider.kind {
            oidc.demands.prompt = Some("select_account".to_owned());
        }
        let both = ["0", "select_account login"];
        assert_eq!(asked(&provider, &["auth_time"], true), both);

        let secret = ClientSecret::Given(Secret::new("s".to_owned()));
        let github = Provider::github("c".to_owned(), secret);
        let endpoints = crate::github::GitHub::public().endpoints();
        for (anew, prompt) in [(false, None), (true, Some("select_account"))] {
            let attempt = attempt(1).asking_anew(anew);
            let remembered = WhichAccount::Remembered;
            let url = authorization_url(&github, &endpoints, &attempt, remembered, None, &keys());
            let url = url::Url::parse(&url).expect("a URL");
            let said = url.query_pairs().find(|(name, _)| name == "prompt");
            let said = said.map(|(_, value)| value.into_owned());
            assert_eq!(said.as_deref(), prompt, "{url}");
        }
    }

    #[test]
    fn a_refresh_token_is_asked_for_where_tokens_are_kept_and_the_provider_has_one_to_give() {
        let mut listed = document();
        let asked = |provider: &Provider, document: &serde_json::Value, account| {
            let endpoints = discover(document).expect("a document").endpoints;
            let attempt = attempt(1);
            let url = authorization_url(provider, &endpoints, &attempt, account, None, &keys());
            let url = url::Url::parse(&url).expect("a URL");
            let said: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
            assert_eq!(said.len(), url.query_pairs().count(), "each once: {url}");
            let of = |name: &str| said.get(name).cloned().unwrap_or_default();
            (of("scope"), of("prompt"), of("access_type"))
        };
        let remembered = WhichAccount::Remembered;
        let said = |scope: &str, prompt: &str, access: &str| {
            (scope.to_owned(), prompt.to_owned(), access.to_owned())
        };
        let mut provider = provider();
        let plain = provider.scopes.clone();
        let offline = format!("{plain} offline_access");
        for (keeps, expected) in [
            (KeepsTokens::No, said(&plain, "", "")),
            (
                KeepsTokens::Yes(Offline::Standard),
                said(&offline, "consent", ""),
            ),
            (KeepsTokens::Yes(Offline::Scope), said(&offline, "", "")),
            (KeepsTokens::Yes(Offline::Unasked), said(&plain, "", "")),
            (
                KeepsTokens::Yes(Offline::Parameters(&[("access_type", "offline")])),
                said(&plain, "consent", "offline"),
            ),
        ] {
            provider.keeps_tokens = keeps;
            assert_eq!(
                asked(&provider, &document(), remembered),
                expected,
                "{keeps:?}"
            );
        }
        provider.keeps_tokens = KeepsTokens::Yes(Offline::Standard);
        let (_, prompt, _) = asked(&provider, &document(), WhichAccount::Chosen);
        assert_eq!(
            prompt,
            format!(
                "consent {}",
                discover(&document())
                    .expect("a document")
                    .endpoints
                    .account_prompt
            )
        );
        // What the operator says stays, and is said once.
        provider.scopes = "openid offline_access".to_owned();
        provider.authorization_parameters = vec![("prompt".to_owned(), "login".to_owned())];
        let expected = said("openid offline_access", "login", "");
        assert_eq!(asked(&provider, &document(), remembered), expected);
        // One that lists scopes without it would refuse it.
        listed["scopes_supported"] = serde_json::json!(["openid", "email"]);
        provider.scopes = plain.clone();
        provider.authorization_parameters = Vec::new();
        assert_eq!(asked(&provider, &listed, remembered), said(&plain, "", ""));
        listed["scopes_supported"] = serde_json::json!(["openid", "offline_access"]);
        assert_eq!(
            asked(&provider, &listed, remembered),
            said(&offline, "consent", "")
        );
    }

    #[test]
    fn no_challenge_is_sent_where_the_provider_refuses_a_verifier() {
        let endpoints = discover(&document()).expect("a document").endpoints;
        for (rule, is_sent) in [(PkceRule::S256, true), (PkceRule::Without, false)] {
            let mut provider = provider();
            if let ProviderKind::OpenIdConnect(oidc) = &mut provider.kind {
                oidc.pkce = rule;
            }
            let attempt = attempt(1);
            let remembered = WhichAccount::Remembered;
            let url = authorization_url(&provider, &endpoints, &attempt, remembered, None, &keys());
            assert_eq!(url.contains("code_challenge"), is_sent, "{url}");
            assert!(url.contains("&state=") && url.contains("&nonce="), "{url}");
            let answer = format!("code=c&state={}", attempt.state());
            let answer = AuthorizationResponse::parse(answer.as_bytes()).expect("parameters");
            let code = answer.judge(&attempt, &endpoints.issuer_parameter, &keys());
            let code = code.expect("a code");
            let request = TokenRequest::new(&provider, &endpoints, &code, &attempt, NOW);
            let verifier = attempt.code_verifier().expose();
            assert_eq!(request.body.expose().contains(verifier), is_sent);
        }
    }
}
