//! Provider settings as operators write and miswrite them.

use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

use super::*;
use crate::claim_path::ClaimPath;
use crate::demands::{Demands, HostedDomain};
use crate::endpoint::Issuer;
use crate::provider::{
    KeepsTokens, Offline, OpenIdConnect, ProviderKind, SigningAlgorithm, TokenEndpointAuth,
};

/// A secret as it is sent.
fn sent(provider: &Provider) -> String {
    let secret = provider.client_secret.at(&provider.client_id, 0);
    secret.expose().to_owned()
}

fn parse(providers: &str, secrets: &str) -> Result<Providers, String> {
    read(&[(PROVIDERS, providers), (SECRETS, secrets)])
}

fn read(values: &[(Setting, &str)]) -> Result<Providers, String> {
    Providers::from_values(&Values::new(values.iter().copied())).map_err(|error| error.to_string())
}

#[test]
fn nothing_configured_is_no_provider() {
    assert!(parse("", "").expect("nothing is fine").is_empty());
    assert!(parse(" \n", "{}").expect("nothing is fine").is_empty());
    assert!(parse("[]", " ").expect("nothing is fine").is_empty());
}

#[test]
fn several_providers_stand_side_by_side() {
    let providers = read(&[
        (Setting::GoogleClientId, "g"),
        (Setting::GoogleClientSecret, "g-secret"),
        (Setting::GithubClientId, "h"),
        (Setting::GithubClientSecret, "h-secret"),
        (
            PROVIDERS,
            r#"[
            {"id":"acme","issuer":"https://id.acme.example","client_id":"a"},
            {"id":"corp","name":"Corp","issuer":"http://localhost:9000/","client_id":"c","scopes":" openid  email ","algorithms":["ES256","EdDSA"],"token_endpoint_auth_method":"client_secret_post"},
            {"id":"spa","issuer":"https://spa.example","client_id":"s","token_endpoint_auth_method":"none"},
            {"id":"ghe","kind":"github","url":"https://git.corp.example/","client_id":"e"}
        ]"#,
        ),
        (SECRETS, r#"{"acme":"a-secret","corp":"c-secret","ghe":"e-secret"}"#),
    ])
    .expect("all are valid");
    let ids: Vec<&str> = providers
        .iter()
        .map(|provider| provider.id.as_str())
        .collect();
    assert_eq!(ids, ["google", "github", "acme", "corp", "spa", "ghe"]);

    let acme = providers.get("acme").expect("acme");
    assert_eq!(
        (acme.name.as_str(), acme.scopes.as_str(), &*sent(acme)),
        ("acme", "openid email profile", "a-secret")
    );
    assert!(
        matches!(&acme.kind, ProviderKind::OpenIdConnect(oidc) if **oidc == OpenIdConnect::at(Issuer::parse("https://id.acme.example").expect("an issuer")))
    );
    let corp = providers.get("corp").expect("corp");
    assert_eq!(
        (corp.name.as_str(), corp.scopes.as_str()),
        ("Corp", "openid email")
    );
    assert!(matches!(&corp.kind, ProviderKind::OpenIdConnect(oidc)
        if oidc.issuer.as_str() == "http://localhost:9000/"
            && oidc.token_endpoint_auth == Some(TokenEndpointAuth::Post)
            && oidc.algorithms.as_deref() == Some(&[SigningAlgorithm::Es256, SigningAlgorithm::EdDsa])));
    assert!(
        matches!(&providers.get("ghe").expect("ghe").kind, ProviderKind::GitHub(server) if server.user_url().as_str() == "https://git.corp.example/api/v3/user")
    );
    assert!(providers.get("Acme").is_none() && providers.get("").is_none());
    assert_eq!(
        acme.redirect_uri("https://app.example/"),
        "https://app.example/auth/callback/acme"
    );
}

#[test]
fn claims_are_read_as_the_operator_says_and_otherwise_as_the_issuer_has_them() {
    const GOOGLE: &str = "https://accounts.google.com";
    for (issuer, said, email, trust_email, domain) in [
        ("https://a.example", "", "email", false, None),
        (GOOGLE, "", "email", false, Some("hd")),
        (
            "https://a.example",
            r#","email_claim":"mail","trust_email":true,"domain_claim":"org""#,
            "mail",
            true,
            Some("org"),
        ),
        (
            GOOGLE,
            r#","domain_claim":"org""#,
            "email",
            false,
            Some("org"),
        ),
    ] {
        let entry = format!(r#"[{{"id":"a","issuer":"{issuer}","client_id":"c"{said}}}]"#);
        let providers = parse(&entry, r#"{"a":"s"}"#).expect("a valid provider");
        let provider = providers.get("a").expect("the provider");
        let ProviderKind::OpenIdConnect(oidc) = &provider.kind else {
            panic!("not by OpenID Connect");
        };
        let claims = &oidc.claims;
        let found = (&*claims.email, claims.trust_email, claims.domain.as_deref());
        assert_eq!(found, (email, trust_email, domain), "{entry}");
    }
}

#[test]
fn mistakes_are_named_in_one_line() {
    let fine = r#""issuer":"https://a.example","client_id":"a""#;
    let secret = r#"{"a":"s"}"#;
    for (providers, secrets, expected) in [
        ("{", secret, "oidc_providers: is no JSON array"),
        (
            r#"[{"id":"a","x\ny":1}]"#,
            secret,
            "unknown field `x\\u{a}y`",
        ),
        ("{}", secret, "oidc_providers: is no JSON array"),
        (
            r#"[{"id":"a","client_id":"a"}]"#,
            secret,
            "`issuer` is missing",
        ),
        (&format!(r#"[{{"id":"A",{fine}}}]"#), secret, "`id` must be"),
        (&format!(r#"[{{"id":"",{fine}}}]"#), secret, "`id` must be"),
        (
            &format!(r#"[{{"id":"{}",{fine}}}]"#, "a".repeat(33)),
            secret,
            "`id` must be",
        ),
        (
            &format!(r#"[{{"id":"password",{fine}}}]"#),
            secret,
            "`id` must be",
        ),
        (
            &format!(r#"[{{"id":"email",{fine}}}]"#),
            secret,
            "`id` must be",
        ),
        (
            &format!(r#"[{{"id":"a/b",{fine}}}]"#),
            secret,
            "`id` must be",
        ),
        (
            &format!(r#"[{{"id":"a",{fine}}},{{"id":"a",{fine}}}]"#),
            secret,
            "no secret for it",
        ),
        (
            &format!(
                r#"[{{"id":"a",{fine},"token_endpoint_auth_method":"none"}},{{"id":"a",{fine},"token_endpoint_auth_method":"none"}}]"#
            ),
            "",
            "two providers have the id `a`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"isuer":"x"}}]"#),
            secret,
            "unknown field `isuer`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"scopes":"email"}}]"#),
            secret,
            "`openid`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"scopes":"openid a\"b"}}]"#),
            secret,
            "`scopes`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"algorithms":["none"]}}]"#),
            secret,
            "`algorithms`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"algorithms":["HS256"]}}]"#),
            secret,
            "`algorithms`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"algorithms":[]}}]"#),
            secret,
            "`algorithms`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"token_endpoint_auth_method":"private_key_jwt"}}]"#),
            secret,
            "`token_endpoint_auth_method`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"token_endpoint_auth_method":"none"}}]"#),
            secret,
            "remove it from oidc_client_secrets",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"kind":"saml"}}]"#),
            secret,
            "`kind`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine},"name":" "}}]"#),
            secret,
            "`name`",
        ),
        (
            &format!(r#"[{{"id":"a",{fine}}}]"#),
            "",
            "oidc_client_secrets has no secret for it",
        ),
        (
            &format!(r#"[{{"id":"a",{fine}}}]"#),
            r#"{"a":""}"#,
            "no secret for it",
        ),
        (
            &format!(r#"[{{"id":"a",{fine}}}]"#),
            r#"{"a":"s\n"}"#,
            "its secret must be",
        ),
        (
            &format!(r#"[{{"id":"a",{fine}}}]"#),
            r#"{"a":"s","b":"t"}"#,
            "\u{201c}b\u{201d}, which is no provider",
        ),
        (
            &format!(r#"[{{"id":"a",{fine}}}]"#),
            r#"{"a":5}"#,
            "that is no text",
        ),
        (
            r#"[{"id":"a","issuer":"http://a.example","client_id":"a"}]"#,
            secret,
            "`issuer` must begin with https://",
        ),
        (
            r#"[{"id":"a","issuer":"https://u@a.example","client_id":"a"}]"#,
            secret,
            "`issuer` must not hold a user name",
        ),
        (
            r#"[{"id":"a","issuer":"https://a.example?x","client_id":"a"}]"#,
            secret,
            "`issuer` must not hold a query",
        ),
        (
            r#"[{"id":"a","issuer":"https://a.example#x","client_id":"a"}]"#,
            secret,
            "`issuer` must not hold a fragment",
        ),
        (
            r#"[{"id":"a","issuer":"https://a.example","client_id":""}]"#,
            secret,
            "`client_id`",
        ),
        (
            r#"[{"id":"a","kind":"github","client_id":"a"}]"#,
            secret,
            "`url` is missing",
        ),
        (
            r#"[{"id":"a","kind":"github","url":"http://git.example","client_id":"a"}]"#,
            secret,
            "must begin with https://",
        ),
    ] {
        let error = parse(providers, secrets).expect_err(providers);
        assert!(error.contains(expected), "{providers}: {error}");
        assert!(
            !error.contains('\n') && error.starts_with("oidc_"),
            "{error}"
        );
    }
    let many: Vec<String> = (0..17)
        .map(|n| format!(r#"{{"id":"p{n}",{fine},"token_endpoint_auth_method":"none"}}"#))
        .collect();
    assert!(
        parse(&format!("[{}]", many.join(",")), "")
            .expect_err("too many")
            .contains("at most 16")
    );
}

/// Of one provider with this beside its id and client.
fn with(more: &str) -> Result<Provider, String> {
    let entry = format!(r#"[{{"id":"a","client_id":"c",{more}}}]"#);
    let providers = parse(&entry, r#"{"a":"s"}"#)?;
    Ok(providers.get("a").expect("the provider").clone())
}

#[test]
fn a_field_is_as_large_as_may_be_and_no_larger() {
    let plain = r#""issuer":"https://a.example""#;
    let tenants =
        r#""issuer":"https://a.example/{tenantid}","discovery_url":"https://a.example/m""#;
    let texts = |count: usize, text: fn(usize) -> String| {
        let texts: Vec<String> = (0..count).map(text).collect();
        format!("[{}]", texts.join(","))
    };
    let parameters = |count: usize| {
        let pairs: Vec<String> = (0..count).map(|n| format!(r#""p{n}":"v""#)).collect();
        format!("{{{}}}", pairs.join(","))
    };
    let host = |n| format!(r#""h{n}.example""#);
    let tenant = |n| format!(r#""t{n}""#);
    let text = |characters: usize| format!(r#""{}""#, "x".repeat(characters));
    let umlauts = |characters: usize| format!(r#""{}""#, "\u{fc}".repeat(characters));
    for (issuer, field, largest, beyond) in [
        (plain, "name", umlauts(64), umlauts(65)),
        (plain, "email_claim", text(128), text(129)),
        (plain, "domain_claim", text(128), text(129)),
        (plain, "email_domains", texts(32, host), texts(33, host)),
        (plain, "endpoint_hosts", texts(32, host), texts(33, host)),
        (
            plain,
            "authorization_parameters",
            parameters(32),
            parameters(33),
        ),
        (tenants, "tenants", texts(32, tenant), texts(33, tenant)),
    ] {
        let with = |value: &str| with(&format!(r#"{issuer},"{field}":{value}"#));
        assert!(with(&largest).is_ok(), "{field}");
        let error = with(&beyond).expect_err(field);
        assert!(error.contains(&format!("`{field}`")), "{error}");
    }
    for (bytes, is_read) in [(64 * 1024, true), (64 * 1024 + 1, false)] {
        let padded = |open: &str, close: &str| {
            let blanks = " ".repeat(bytes - open.len() - close.len());
            [open, &blanks, close].concat()
        };
        assert_eq!(parse(&padded("[", "]"), "").is_ok(), is_read, "{bytes}");
        assert_eq!(parse("", &padded("{", "}")).is_ok(), is_read, "{bytes}");
    }
}

#[test]
fn fields_are_kept_as_they_are_meant() {
    let provider = with(
        r#""issuer":"https://a.example/{tenantid}","discovery_url":"https://a.example/m",
        "tenants":["8a1f"],"endpoint_hosts":["API.acme.com"," 10.0.0.1 "],
        "email_domains":["ACME.com"," b\u00fccher.example "],
        "authorization_parameters":{"prompt":"login","hd":""}"#,
    );
    let provider = provider.expect("a provider");
    assert_eq!(
        provider.email_domains,
        ["acme.com", "xn--bcher-kva.example"]
    );
    let said: Vec<(&str, &str)> = provider
        .authorization_parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(said, [("hd", ""), ("prompt", "login")]);
    let ProviderKind::OpenIdConnect(oidc) = provider.kind else {
        panic!("not by OpenID Connect");
    };
    assert_eq!(oidc.tenants, ["8a1f"]);
    assert_eq!(oidc.endpoint_hosts, ["api.acme.com", "10.0.0.1"]);
}

#[test]
fn what_is_demanded_of_a_sign_in_is_read_and_said_once() {
    let demands = |more: &str| match with(&format!(r#""issuer":"https://a.example",{more}"#)) {
        Ok(Provider {
            kind: ProviderKind::OpenIdConnect(oidc),
            ..
        }) => oidc.demands,
        other => panic!("{other:?}"),
    };
    assert_eq!(demands(r#""pkce":"s256""#), Demands::default());
    let said = demands(
        r#""prompt":" login  consent","acr_values":["phr","mfa"],"max_age":0,"hd":"ACME.com""#,
    );
    let expected = Demands {
        prompt: Some("login consent".to_owned()),
        acr_values: ["phr", "mfa"].map(str::to_owned).to_vec(),
        max_age_seconds: Some(0),
        anew: false,
        silence_passes: false,
        hosted_domain: Some(HostedDomain::One("acme.com".to_owned())),
    };
    assert_eq!(said, expected);
    let any = demands(r#""hd":"*""#).hosted_domain;
    assert_eq!(any, Some(HostedDomain::Any));

    for (name, value) in [
        ("prompt", r#""login""#),
        ("acr_values", r#"["a"]"#),
        ("max_age", "5"),
        ("hd", r#""acme.com""#),
    ] {
        let twice = with(&format!(
            r#""issuer":"https://a.example","{name}":{value},"authorization_parameters":{{"{name}":"x"}}"#
        ));
        let error = twice.expect_err(name);
        assert!(error.contains(&format!("`{name}` is said in")), "{error}");
        let github = with(&format!(
            r#""kind":"github","url":"https://git.example","{name}":{value}"#
        ));
        let error = github.expect_err(name);
        assert!(
            error.contains(&format!("`{name}` is for OpenID Connect")),
            "{error}"
        );
    }
    for value in ["-1", r#""5""#, "1.5"] {
        let error = with(&format!(
            r#""issuer":"https://a.example","max_age":{value}"#
        ));
        assert!(error.is_err(), "{value}");
    }
}

#[test]
fn groups_are_read_by_the_entrys_rules_behind_its_id() {
    let groups = |more: &str| match with(&format!(r#""issuer":"https://a.example",{more}"#)) {
        Ok(Provider {
            kind: ProviderKind::OpenIdConnect(oidc),
            ..
        }) => oidc
            .claims
            .groups
            .map(|rules| (rules.claim, rules.prefix, rules.map)),
        other => panic!("{other:?}"),
    };
    assert_eq!(groups(r#""pkce":"s256""#), None);
    let path = |text: &str| ClaimPath::parse(text).expect("a path");
    let (claim, prefix, map) = groups(r#""groups_claim":"realm_access.roles""#).expect("rules");
    assert_eq!((claim, prefix.as_str()), (path("realm_access.roles"), "a:"));
    assert!(map.is_empty());
    let (claim, prefix, map) =
        groups(r#""groups_claim":["x.y","z"],"groups_prefix":"","groups_map":{"Chefs":"admins"}"#)
            .expect("rules");
    let names = ["x.y", "z"].map(str::to_owned).to_vec();
    assert_eq!(Some(claim), ClaimPath::of_names(names));
    assert_eq!((prefix.as_str(), map["Chefs"].as_str()), ("", "admins"));
}

#[test]
fn what_does_not_fit_a_field_is_refused_by_its_name() {
    let plain = r#""issuer":"https://a.example""#;
    let tenants =
        r#""issuer":"https://a.example/{tenantid}","discovery_url":"https://a.example/m""#;
    let grouped = r#""issuer":"https://a.example","groups_claim":"groups""#;
    for (issuer, field, value) in [
        (plain, "name", r#""a\u0007""#),
        (plain, "url", r#""https://git.example""#),
        (plain, "api", r#""https://git.example""#),
        (plain, "tenants", r#"["8a1f"]"#),
        (tenants, "tenants", r#"["a/b"]"#),
        (plain, "email_claim", r#""""#),
        (plain, "email_claim", r#""\u00fc""#),
        (plain, "domain_claim", r#""a\n""#),
        (plain, "email_domains", r#"["a b"]"#),
        (plain, "endpoint_hosts", r#"["https://a.example"]"#),
        (plain, "authorization_parameters", r#"{"state":"x"}"#),
        (plain, "authorization_parameters", r#"{"":"x"}"#),
        (plain, "authorization_parameters", r#"{"a\n":"x"}"#),
        (plain, "authorization_parameters", r#"{"a":"x\n"}"#),
        (plain, "prompt", r#""none""#),
        (plain, "prompt", r#""login login""#),
        (plain, "prompt", r#""""#),
        (plain, "acr_values", r#"["a b"]"#),
        (plain, "acr_values", r#"[""]"#),
        (plain, "hd", r#""a b""#),
        (plain, "hd", r#""""#),
        (plain, "groups_claim", r#""a..b""#),
        (plain, "groups_claim", r#"[]"#),
        (plain, "groups_prefix", r#""x:""#),
        (plain, "groups_map", r#"{"a":"b"}"#),
        (grouped, "groups_prefix", r#""X:""#),
        (grouped, "groups_map", r#"{"a":"B"}"#),
    ] {
        let error = with(&format!(r#"{issuer},"{field}":{value}"#)).expect_err(field);
        assert!(error.contains(&format!("`{field}`")), "{value}: {error}");
    }
}

#[test]
fn half_a_preset_is_refused() {
    let error = read(&[(Setting::GoogleClientId, "g")]).expect_err("no secret");
    assert!(
        error.starts_with("google_client_secret: is not set"),
        "{error}"
    );
    let error = read(&[(Setting::GithubClientSecret, "s")]).expect_err("no id");
    assert!(error.starts_with("github_client_id: is not set"), "{error}");
}

#[test]
fn a_client_secret_is_made_from_a_key_where_the_entry_names_one() {
    let pem = p256::ecdsa::SigningKey::from_slice(&[9; 32])
        .expect("below the order")
        .to_pkcs8_pem(LineEnding::LF)
        .expect("a key is encoded");
    let names = r#""team_id":"TEAM123456","key_id":"KEY1234567""#;
    let read = |more: &str, secret: &str| {
        let entry = format!(r#"[{{"id":"a","client_id":"com.acme.web",{more}}}]"#);
        let secrets = serde_json::json!({ "a": secret }).to_string();
        parse(&entry, &secrets).map(|read| read.get("a").expect("the provider").clone())
    };
    // By the preset, and by the issuer alone.
    for apple in [
        r#""preset":"apple""#,
        r#""issuer":"https://appleid.apple.com""#,
        r#""preset":"apple","issuer":"http://localhost:9000""#,
    ] {
        let provider = read(&format!("{apple},{names}"), &pem).expect("a key");
        let token = sent(&provider);
        assert_eq!(token.split('.').count(), 3, "{token}");
        let later = provider.client_secret.at(&provider.client_id, 1000);
        assert_ne!(token, later.expose(), "anew for each use");
        // One that somebody signed goes on to work, and a key alone is told what it lacks.
        assert_eq!(
            sent(&read(apple, "eyJ.eyJ.sig").expect("a token")),
            "eyJ.eyJ.sig"
        );
        let error = read(apple, &pem).expect_err("which key it is");
        assert!(
            error.contains("`team_id` and `key_id` are missing"),
            "{error}"
        );
        let error = read(&format!("{apple},{names}"), "eyJ.eyJ.sig").expect_err("no key");
        assert!(
            error.contains("AuthKey_") && !error.contains("eyJ"),
            "{error}"
        );
        let error = read(&format!("{apple},{names}"), "").expect_err("nothing");
        assert!(
            error.contains("oidc_client_secrets has no secret for it"),
            "{error}"
        );
        let public = format!(r#"{apple},{names},"token_endpoint_auth_method":"none""#);
        assert!(read(&public, &pem).is_err(), "a public client has none");
        // What the vault has is put in its place before; what it lacks turns this one off.
        assert!(
            !read(&format!("{apple},{names}"), "vault:APPLE")
                .expect("a name")
                .client_secret
                .is_missing()
        );
        assert!(
            read(&format!("{apple},{names}"), "vault-missing:APPLE")
                .expect("off")
                .client_secret
                .is_missing()
        );
    }
}

#[test]
fn errors_hold_no_secret() {
    for secrets in [
        r#"{"a":"hunter2""#,
        r#"{"a":["hunter2"]}"#,
        r#"["hunter2"]"#,
        r#""hunter2""#,
        "hunter2",
    ] {
        let error = parse(
            r#"[{"id":"a","issuer":"https://a.example","client_id":"a"}]"#,
            secrets,
        )
        .expect_err(secrets);
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn tokens_are_kept_where_the_entry_says_so_and_asked_for_as_its_provider_wants_it() {
    let kept = |entry: &str| {
        let providers = parse(&format!("[{entry}]"), r#"{"x":"s"}"#).expect(entry);
        providers.get("x").expect("it").keeps_tokens
    };
    for (entry, expected) in [
        (r#""issuer":"https://id.example""#, KeepsTokens::No),
        (
            r#""issuer":"https://id.example","keep_tokens":false"#,
            KeepsTokens::No,
        ),
        (
            r#""issuer":"https://id.example","keep_tokens":true"#,
            KeepsTokens::Yes(Offline::Standard),
        ),
        (
            r#""preset":"google","keep_tokens":true"#,
            KeepsTokens::Yes(Offline::Parameters(&[("access_type", "offline")])),
        ),
        (
            r#""issuer":"https://accounts.google.com","keep_tokens":true"#,
            KeepsTokens::Yes(Offline::Parameters(&[("access_type", "offline")])),
        ),
        (
            r#""preset":"okta","domain":"acme.okta.com","keep_tokens":true"#,
            KeepsTokens::Yes(Offline::Scope),
        ),
        (
            r#""preset":"github","keep_tokens":true"#,
            KeepsTokens::Yes(Offline::Unasked),
        ),
    ] {
        let entry = format!(r#"{{"id":"x","client_id":"c",{entry}}}"#);
        assert_eq!(kept(&entry), expected, "{entry}");
    }
    let wrong = r#"[{"id":"x","issuer":"https://id.example","client_id":"c","keep_tokens":"yes"}]"#;
    assert!(parse(wrong, r#"{"x":"s"}"#).is_err());
}

/// The message of serde's refusal names every field that there is.
#[test]
fn every_field_is_documented_with_when_to_use_it() {
    let refusal = serde_json::from_str::<Entry>(r#"{"nothing":0}"#).err();
    let refusal = refusal.unwrap().to_string();
    let (_, expected) = refusal.split_once("expected one of ").unwrap();
    let (expected, _) = expected.rsplit_once(" at line").unwrap();
    let document = include_str!("../../../../docs/providers.md");
    let (_, table) = document.split_once("<!-- fields:").unwrap();
    let (table, _) = table.split_once("<!-- /fields -->").unwrap();
    let documented: Vec<_> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    assert_eq!(documented.join(", "), expected, "docs/providers.md");
}
