//! Does each preset come to the provider that it stands for?

use std::collections::BTreeSet;

use gatelet_settings::{Setting, Values};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Field, PRESETS, Preset, Protocol, Quirk, reference};
use crate::discovery::ProviderMetadata;
use crate::endpoint::EndpointUrl;
use crate::provider::{
    NonceRule, OpenIdConnect, PkceRule, Provider, ProviderKind, Providers, ResponseMode,
    TokenEndpointAuth,
};

const TENANT: &str = "8a1f0c52-5f0e-4d0a-9d43-2f6f1f0b7c11";

fn read(entry: &Value) -> Result<Provider, String> {
    let mut entry = entry.clone();
    entry["client_id"] = "c".into();
    let named = ["id", "preset"]
        .iter()
        .find_map(|name| entry.get(name)?.as_str());
    let id = named.and_then(|name| Preset::named(name).map_or(Some(name), |one| Some(one.id)));
    let secrets = json!({ id.unwrap_or("nobody"): "s" }).to_string();
    let entries = json!([entry]).to_string();
    let values = [
        (Setting::OidcProviders, &*entries),
        (Setting::OidcClientSecrets, &*secrets),
    ];
    let providers = Providers::from_values(&Values::new(values));
    let providers = providers.map_err(|error| error.to_string())?;
    let first = providers.iter().next();
    Ok(first.expect("one was written").clone())
}

fn oidc(entry: &Value) -> OpenIdConnect {
    match read(entry).expect("a provider").kind {
        ProviderKind::OpenIdConnect(oidc) => *oidc,
        ProviderKind::GitHub(_) => panic!("{entry}: not by OpenID Connect"),
    }
}

/// Entries as they are written, each with the id, the name, and where its people are sent
/// and who is asked about them: authorization, token, keys, UserInfo.
fn entries() -> Vec<(Value, &'static str, &'static str, [&'static str; 5])> {
    vec![
        (
            json!({"preset": "google"}),
            "google",
            "Google",
            [
                "https://accounts.google.com",
                "https://accounts.google.com/o/oauth2/v2/auth",
                "https://oauth2.googleapis.com/token",
                "https://www.googleapis.com/oauth2/v3/certs",
                "https://openidconnect.googleapis.com/v1/userinfo",
            ],
        ),
        (
            json!({"preset": "azureAd", "tenant": TENANT.to_uppercase()}),
            "microsoft",
            "Microsoft",
            [
                "https://login.microsoftonline.com/8a1f0c52-5f0e-4d0a-9d43-2f6f1f0b7c11/v2.0",
                "https://login.microsoftonline.com/8a1f0c52-5f0e-4d0a-9d43-2f6f1f0b7c11/oauth2/v2.0/authorize",
                "https://login.microsoftonline.com/8a1f0c52-5f0e-4d0a-9d43-2f6f1f0b7c11/oauth2/v2.0/token",
                "https://login.microsoftonline.com/8a1f0c52-5f0e-4d0a-9d43-2f6f1f0b7c11/discovery/v2.0/keys",
                "https://graph.microsoft.com/oidc/userinfo",
            ],
        ),
        (
            json!({"preset": "microsoft", "tenant": "organizations"}),
            "microsoft",
            "Microsoft",
            [
                "https://login.microsoftonline.com/{tenantid}/v2.0",
                "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
                "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
                "https://login.microsoftonline.com/organizations/discovery/v2.0/keys",
                "https://graph.microsoft.com/oidc/userinfo",
            ],
        ),
        (
            json!({"preset": "entra", "tenant": "consumers"}),
            "microsoft",
            "Microsoft",
            [
                "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
                "https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize",
                "https://login.microsoftonline.com/consumers/oauth2/v2.0/token",
                "https://login.microsoftonline.com/consumers/discovery/v2.0/keys",
                "https://graph.microsoft.com/oidc/userinfo",
            ],
        ),
        (
            json!({"preset": "apple"}),
            "apple",
            "Apple",
            [
                "https://appleid.apple.com",
                "https://appleid.apple.com/auth/authorize",
                "https://appleid.apple.com/auth/token",
                "https://appleid.apple.com/auth/keys",
                "",
            ],
        ),
        (
            json!({"preset": "auth0", "domain": "https://acme.eu.auth0.com/"}),
            "auth0",
            "Auth0",
            [
                "https://acme.eu.auth0.com/",
                "https://acme.eu.auth0.com/authorize",
                "https://acme.eu.auth0.com/oauth/token",
                "https://acme.eu.auth0.com/.well-known/jwks.json",
                "https://acme.eu.auth0.com/userinfo",
            ],
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com"}),
            "okta",
            "Okta",
            [
                "https://acme.okta.com",
                "https://acme.okta.com/oauth2/v1/authorize",
                "https://acme.okta.com/oauth2/v1/token",
                "https://acme.okta.com/oauth2/v1/keys",
                "https://acme.okta.com/oauth2/v1/userinfo",
            ],
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com/oauth2/default"}),
            "okta",
            "Okta",
            [
                "https://acme.okta.com/oauth2/default",
                "https://acme.okta.com/oauth2/default/v1/authorize",
                "https://acme.okta.com/oauth2/default/v1/token",
                "https://acme.okta.com/oauth2/default/v1/keys",
                "https://acme.okta.com/oauth2/default/v1/userinfo",
            ],
        ),
        (
            json!({
                "preset": "awsCognito", "region": "eu-central-1", "pool": "eu-central-1_AbC",
                "domain": "acme.auth.eu-central-1.amazoncognito.com",
            }),
            "cognito",
            "Amazon Cognito",
            [
                "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC",
                "https://acme.auth.eu-central-1.amazoncognito.com/oauth2/authorize",
                "https://acme.auth.eu-central-1.amazoncognito.com/oauth2/token",
                "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC/.well-known/jwks.json",
                "https://acme.auth.eu-central-1.amazoncognito.com/oauth2/userInfo",
            ],
        ),
        (
            json!({"preset": "logto", "domain": "acme.logto.app"}),
            "logto",
            "Logto",
            [
                "https://acme.logto.app/oidc",
                "https://acme.logto.app/oidc/auth",
                "https://acme.logto.app/oidc/token",
                "https://acme.logto.app/oidc/jwks",
                "https://acme.logto.app/oidc/me",
            ],
        ),
        (
            json!({"preset": "clerk", "domain": "clerk.acme.com"}),
            "clerk",
            "Clerk",
            [
                "https://clerk.acme.com",
                "https://clerk.acme.com/oauth/authorize",
                "https://clerk.acme.com/oauth/token",
                "https://clerk.acme.com/.well-known/jwks.json",
                "https://clerk.acme.com/oauth/userinfo",
            ],
        ),
        (
            json!({"preset": "workos", "domain": "acme.authkit.app"}),
            "workos",
            "WorkOS",
            [
                "https://acme.authkit.app",
                "https://acme.authkit.app/oauth2/authorize",
                "https://acme.authkit.app/oauth2/token",
                "https://acme.authkit.app/oauth2/jwks",
                "https://acme.authkit.app/oauth2/userinfo",
            ],
        ),
        (
            json!({"preset": "gitlab"}),
            "gitlab",
            "GitLab",
            [
                "https://gitlab.com",
                "https://gitlab.com/oauth/authorize",
                "https://gitlab.com/oauth/token",
                "https://gitlab.com/oauth/discovery/keys",
                "https://gitlab.com/oauth/userinfo",
            ],
        ),
        (
            json!({"preset": "keycloak", "domain": "http://localhost:8080/", "realm": "acme"}),
            "keycloak",
            "Keycloak",
            [
                "http://localhost:8080/realms/acme",
                "http://localhost:8080/realms/acme/protocol/openid-connect/auth",
                "http://localhost:8080/realms/acme/protocol/openid-connect/token",
                "http://localhost:8080/realms/acme/protocol/openid-connect/certs",
                "http://localhost:8080/realms/acme/protocol/openid-connect/userinfo",
            ],
        ),
        (
            json!({"preset": "discord"}),
            "discord",
            "Discord",
            [
                "https://discord.com",
                "https://discord.com/api/oauth2/authorize",
                "https://discord.com/api/oauth2/token",
                "https://discord.com/api/oauth2/keys",
                "https://discord.com/api/oauth2/userinfo",
            ],
        ),
        (
            json!({"preset": "linkedin"}),
            "linkedin",
            "LinkedIn",
            [
                "https://www.linkedin.com/oauth",
                "https://www.linkedin.com/oauth/v2/authorization",
                "https://www.linkedin.com/oauth/v2/accessToken",
                "https://www.linkedin.com/oauth/openid/jwks",
                "https://api.linkedin.com/v2/userinfo",
            ],
        ),
    ]
}

#[test]
fn each_preset_comes_to_its_provider_whose_document_is_taken() {
    let mut met = BTreeSet::from(["github"]);
    for (entry, id, name, urls) in entries() {
        let provider = read(&entry).unwrap_or_else(|error| panic!("{entry}: {error}"));
        assert_eq!(
            (provider.id.as_str(), &*provider.name),
            (id, name),
            "{entry}"
        );
        let preset = Preset::named(id).expect("its id names it");
        assert_eq!(provider.scopes, preset.scopes, "{entry}");
        let oidc = oidc(&entry);
        let [issuer, authorization, token, keys, userinfo] = urls;
        assert_eq!(oidc.issuer.as_str(), issuer, "{entry}");
        let document = json!({
            "issuer": issuer,
            "authorization_endpoint": authorization,
            "token_endpoint": token,
            "jwks_uri": keys,
            "userinfo_endpoint": (!userinfo.is_empty()).then_some(userinfo),
            "response_modes_supported": ["query", "form_post"],
        });
        let body = document.to_string();
        let judged = ProviderMetadata::judge(&oidc, 200, "application/json", body.as_bytes());
        let metadata = judged.unwrap_or_else(|refusal| panic!("{entry}: {refusal}"));
        let found = metadata.userinfo.as_ref().map_or("", EndpointUrl::as_str);
        assert_eq!(metadata.endpoints.token.as_str(), token, "{entry}");
        assert_eq!(found, userinfo, "{entry}");
        met.insert(id);
    }
    let all: BTreeSet<_> = PRESETS.iter().map(|preset| preset.id).collect();
    assert_eq!(met, all, "a preset without an entry here");
}

#[test]
fn what_is_particular_of_a_provider_is_so_of_that_one_alone() {
    for (entry, _, _, _) in entries() {
        let id = Preset::named(entry["preset"].as_str().unwrap_or_default());
        let id = id.expect("a preset").id;
        let oidc = oidc(&entry);
        let form_post = oidc.response_mode == ResponseMode::FormPost;
        assert_eq!(form_post, id == "apple", "{entry}");
        let unbound = (
            oidc.nonce == NonceRule::UncheckedWhereMissing,
            oidc.pkce == PkceRule::Without,
        );
        assert_eq!(unbound, (id == "linkedin", id == "linkedin"), "{entry}");
        let post = oidc.token_endpoint_auth == Some(TokenEndpointAuth::Post);
        assert_eq!(
            post,
            ["apple", "workos", "linkedin"].contains(&id),
            "{entry}"
        );
        let claim = (id == "google").then_some("hd");
        assert_eq!(oidc.claims.domain.as_deref(), claim, "{entry}");
        assert_eq!(oidc.claims.email, "email", "{entry}");
        assert!(!oidc.claims.trust_email, "{entry}");
        let hosts = &oidc.endpoint_hosts;
        assert_eq!(hosts.is_empty(), id != "cognito", "{entry}: {hosts:?}");
    }
}

#[test]
fn github_is_its_own_server_or_an_enterprise_one() {
    for (entry, web, user) in [
        (
            json!({"preset": "GitHub"}),
            "https://github.com",
            "https://api.github.com/user",
        ),
        (
            json!({"preset": "github", "domain": "git.acme.example"}),
            "https://git.acme.example",
            "https://git.acme.example/api/v3/user",
        ),
        (
            json!({"preset": "github", "url": "https://git.acme.example", "api": "https://api.acme.example"}),
            "https://git.acme.example",
            "https://api.acme.example/user",
        ),
    ] {
        let provider = read(&entry).expect("a provider");
        assert_eq!(provider.scopes, "read:user user:email");
        let ProviderKind::GitHub(github) = provider.kind else {
            panic!("{entry}: not GitHub");
        };
        assert_eq!((github.web(), github.user_url().as_str()), (web, user));
    }
}

#[test]
fn whatever_an_entry_says_itself_counts_before_its_preset() {
    let entry = json!({
        "preset": "linkedin", "id": "in", "name": "In", "scopes": "openid",
        "issuer": "https://id.example", "nonce": "required", "pkce": "s256",
        "token_endpoint_auth_method": "client_secret_basic", "response_mode": "form_post",
        "email_claim": "mail",
    });
    let provider = read(&entry).expect("a provider");
    let said = (provider.id.as_str(), &*provider.name, &*provider.scopes);
    assert_eq!(said, ("in", "In", "openid"));
    let oidc = oidc(&entry);
    assert_eq!(oidc.issuer.as_str(), "https://id.example");
    assert_eq!(
        (oidc.nonce, oidc.pkce, oidc.token_endpoint_auth),
        (
            NonceRule::Required,
            PkceRule::S256,
            Some(TokenEndpointAuth::Basic)
        )
    );
    assert_eq!(oidc.response_mode, ResponseMode::FormPost);
    assert_eq!(oidc.claims.email, "mail");
    let issuer = json!({"preset": "keycloak", "issuer": "https://id.example/realms/x"});
    assert_eq!(
        self::oidc(&issuer).issuer.as_str(),
        "https://id.example/realms/x"
    );
}

#[test]
fn an_entry_without_a_preset_is_held_to_the_nonce_and_to_pkce() {
    let entry = json!({"id": "in", "issuer": "https://www.linkedin.com/oauth"});
    let oidc = oidc(&entry);
    assert_eq!(
        (oidc.nonce, oidc.pkce),
        (NonceRule::Required, PkceRule::S256)
    );
}

#[test]
fn what_a_preset_asks_for_and_is_not_said_is_named() {
    for preset in &PRESETS {
        for missing in preset.asks.iter().filter(|ask| ask.default.is_none()) {
            let mut entry = json!({"preset": preset.id});
            for ask in preset.asks.iter().filter(|ask| ask.field != missing.field) {
                entry[ask.field.name()] = ask.example.into();
            }
            let error = read(&entry).expect_err(missing.field.name());
            let field = format!(
                "provider \u{201c}{}\u{201d}: `{}` is missing",
                preset.id,
                missing.field.name()
            );
            assert!(error.contains(&field), "{error}");
            assert!(error.contains(missing.example), "{error}");
            // And with it there is nothing amiss.
            entry[missing.field.name()] = missing.example.into();
            assert!(read(&entry).is_ok(), "{entry}");
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_by_its_name() {
    for (entry, expected) in [
        (json!({"preset": "oktta"}), "did you mean okta?"),
        (
            json!({"preset": ""}),
            "`preset` \u{201c}\u{201d} is none of google, github",
        ),
        (
            json!({"id": "a", "issuer": "https://a.example", "domain": "x"}),
            "`domain` is for an entry with `preset`",
        ),
        (
            json!({"id": "a", "issuer": "https://a.example", "realm": "x"}),
            "`realm` is for an entry with `preset`",
        ),
        (
            json!({"preset": "okta", "domain": "a b"}),
            "`domain` must be",
        ),
        (json!({"preset": "okta", "domain": ""}), "`domain` must be"),
        (
            json!({"preset": "okta", "domain": "user@acme.okta.com"}),
            "`domain` must be",
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com?x"}),
            "`domain` must be",
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com#x"}),
            "`domain` must be",
        ),
        (
            json!({"preset": "okta", "domain": "//acme.okta.com"}),
            "`domain` must be",
        ),
        (
            json!({"preset": "okta", "domain": "ftp://acme.okta.com"}),
            "`domain` must be",
        ),
        (
            json!({"preset": "okta", "domain": "{tenantid}"}),
            "`domain` must be",
        ),
        (
            json!({"preset": "okta", "domain": "http://acme.okta.com"}),
            "must begin with https://",
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com", "realm": "x"}),
            "`realm` says nothing with `preset` okta",
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com", "issuer": "https://a.example"}),
            "`domain` says nothing beside `issuer`",
        ),
        (
            json!({"preset": "github", "domain": "a.example", "url": "https://b.example"}),
            "`domain` says nothing beside `url`",
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com", "kind": "github"}),
            "`kind` must be oidc",
        ),
        (
            json!({"preset": "github", "kind": "oidc"}),
            "`kind` must be github",
        ),
        (
            json!({"preset": "github", "issuer": "https://a.example"}),
            "`issuer` is for OpenID Connect",
        ),
        (
            json!({"preset": "github", "pkce": "none"}),
            "`pkce` is for OpenID Connect",
        ),
        (
            json!({"preset": "keycloak", "domain": "a.example", "realm": "a/b"}),
            "`realm` must be",
        ),
        (
            json!({"preset": "keycloak", "domain": "a.example", "realm": ".."}),
            "`realm` must be",
        ),
        (
            json!({"preset": "microsoft", "tenant": "acme.onmicrosoft.com"}),
            "`tenant` must be",
        ),
        (
            json!({"preset": "microsoft", "tenant": "acme"}),
            "`tenant` must be",
        ),
        (
            json!({"preset": "microsoft", "tenant": "{tenantid}"}),
            "`tenant` must be",
        ),
        (
            json!({"preset": "microsoft", "tenant": TENANT, "tenants": [TENANT]}),
            "`tenants` are for",
        ),
        (
            json!({"preset": "microsoft", "tenant": "common", "trust_email": true}),
            "`trust_email` needs `tenants`",
        ),
        (
            json!({"preset": "cognito", "region": "eu_central", "pool": "x", "domain": "y"}),
            "`region` must be",
        ),
        (
            json!({"preset": "cognito", "region": "eu-central-1", "pool": "x/y", "domain": "y"}),
            "`pool` must be",
        ),
        (
            json!({"preset": "cognito", "region": "eu-central-1", "pool": "x", "domain": "a.example/x"}),
            "`endpoint_hosts` must be",
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com", "pkce": "plain"}),
            "`pkce` must be",
        ),
        (
            json!({"preset": "okta", "domain": "acme.okta.com", "team_id": "TEAM123456", "key_id": "KEY1234567"}),
            "are for Apple",
        ),
        (
            json!({"preset": "apple", "team_id": "TEAM123456"}),
            "`key_id` is missing",
        ),
        (
            json!({"preset": "apple", "key_id": "KEY1234567"}),
            "`team_id` is missing",
        ),
        (
            json!({"preset": "apple", "team_id": "TEAM123456", "key_id": "KEY1234567"}),
            "AuthKey_\u{2026}.p8",
        ),
        (json!({"issuer": "https://a.example"}), "`id` is missing"),
    ] {
        let error = read(&entry).expect_err(expected);
        assert!(error.contains(expected), "{entry}: {error}");
        assert!(
            error.starts_with("oidc_") && !error.contains('\n'),
            "{error}"
        );
    }
}

#[test]
fn tenants_of_a_shared_issuer_are_let_in_by_id() {
    let entry = json!({"preset": "microsoft", "tenant": "common", "tenants": [TENANT], "trust_email": true});
    let oidc = oidc(&entry);
    assert!(oidc.issuer.is_of_tenants() && oidc.claims.trust_email);
    assert_eq!(oidc.tenants, [TENANT]);
    assert_eq!(
        oidc.discovery_url().as_str(),
        "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
    );
}

#[test]
fn the_table_is_sound() {
    let mut names = BTreeSet::new();
    for preset in &PRESETS {
        for name in std::iter::once(&preset.id).chain(preset.aliases) {
            assert!(names.insert(name.to_ascii_lowercase()), "{name} twice");
            assert_eq!(Preset::named(name).map(|one| one.id), Some(preset.id));
        }
        let register_at = url::Url::parse(preset.register_at);
        assert!(
            register_at.is_ok_and(|url| url.scheme() == "https"),
            "{}",
            preset.register_at
        );
        assert!(preset.register.ends_with('.'), "{}", preset.register);
        let patterns = preset.quirks.iter().filter_map(|quirk| match quirk {
            Quirk::EndpointsAt(pattern) | Quirk::SharedTenants(_, pattern) => Some(*pattern),
            _ => None,
        });
        let patterns: String = patterns.chain([preset.pattern()]).collect();
        for field in Field::ALL {
            let is_asked = preset.asks.iter().any(|ask| ask.field == field);
            let is_used = patterns.contains(field.placeholder());
            assert_eq!(is_asked, is_used, "{}: {}", preset.id, field.name());
        }
        if let Protocol::OpenIdConnect(_) = preset.protocol {
            assert!(preset.scopes.starts_with("openid "), "{}", preset.id);
        }
    }
}

#[test]
fn the_table_of_presets_is_documented_as_it_is() {
    let document = include_str!("../../../../docs/providers.md");
    let (_, documented) = document.split_once("<!-- presets: ").expect("a table");
    let (documented, _) = documented.split_once("<!-- /presets -->").expect("its end");
    let (_, documented) = documented.split_once("-->\n\n").expect("the mark's end");
    let expected = reference::markdown();
    assert_eq!(
        documented.trim_end(),
        expected.trim_end(),
        "docs/providers.md: write\n{expected}"
    );
}

proptest! {
    #[test]
    fn no_domain_leads_elsewhere_than_it_says(domain in "[a-z0-9.:/@\\[\\]_ %?#{}\\\\-]{1,30}") {
        let entry = json!({"preset": "keycloak", "domain": domain, "realm": "acme"});
        if let Ok(Provider { kind: ProviderKind::OpenIdConnect(oidc), .. }) = read(&entry) {
            let said = domain.trim();
            let said = said.strip_prefix("https://").unwrap_or(said);
            let loopback = said.starts_with("http://");
            let said = said.strip_prefix("http://").unwrap_or(said);
            let host = said.split('/').next().unwrap_or_default();
            let url = url::Url::parse(oidc.issuer.as_str()).expect("an issuer is a URL");
            prop_assert_eq!(url.scheme() == "http", loopback);
            let whole = url::Url::parse(&format!("https://{host}")).expect("a host");
            prop_assert_eq!(url.host_str(), whole.host_str());
            prop_assert!(oidc.issuer.as_str().ends_with("/realms/acme"));
            prop_assert!(!oidc.issuer.is_of_tenants() && url.username().is_empty());
        }
    }

    #[test]
    fn no_realm_leads_out_of_its_place(realm in "[ -~]{1,12}") {
        let entry = json!({"preset": "keycloak", "domain": "id.example", "realm": realm});
        if let Ok(Provider { kind: ProviderKind::OpenIdConnect(oidc), .. }) = read(&entry) {
            let expected = format!("https://id.example/realms/{}", realm.trim());
            prop_assert_eq!(oidc.issuer.as_str(), &expected);
            let url = url::Url::parse(&expected).expect("an issuer is a URL");
            prop_assert_eq!(url.path_segments().map(Iterator::count), Some(2));
            prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }
}
