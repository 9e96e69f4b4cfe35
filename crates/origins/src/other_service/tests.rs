//! What variables of other auth services come to.

use super::*;
use gatelet_settings::Values;
use gatelet_sign_in::provider::Providers;

const SECRET: &str = "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

/// Every name that the services document, with a value that is fine.
const ALL: [(&str, &str); 26] = [
    ("NETSCRIPT_AUTH_BACKEND", "kv-oauth"),
    ("NETSCRIPT_AUTH_CLIENT_ID", "client"),
    ("NETSCRIPT_AUTH_CLIENT_SECRET", SECRET),
    (
        "NETSCRIPT_AUTH_REDIRECT_URI",
        "http://localhost:8094/api/v1/auth/callback",
    ),
    ("NETSCRIPT_AUTH_ISSUER", "https://login.acme.example"),
    (
        "NETSCRIPT_AUTH_AUTHORIZATION_ENDPOINT",
        "https://login.acme.example/auth",
    ),
    (
        "NETSCRIPT_AUTH_TOKEN_ENDPOINT",
        "https://login.acme.example/token",
    ),
    (
        "NETSCRIPT_AUTH_USERINFO_ENDPOINT",
        "https://login.acme.example/userinfo",
    ),
    ("NETSCRIPT_AUTH_SCOPES", "openid email groups"),
    ("NETSCRIPT_AUTH_COOKIE_NAME", "__Host-ns_session"),
    ("NETSCRIPT_AUTH_KV_OAUTH_KEY", SECRET),
    ("NETSCRIPT_AUTH_ALLOW_INSECURE_REQUESTS", "false"),
    ("NETSCRIPT_AUTH_SOMETHING_NEW", "x"),
    ("WORKOS_API_KEY", SECRET),
    ("WORKOS_CLIENT_ID", "client_1"),
    ("WORKOS_COOKIE_PASSWORD", SECRET),
    ("BETTER_AUTH_SECRET", SECRET),
    ("BETTER_AUTH_URL", "http://localhost:8094"),
    ("BETTER_AUTH_TRUSTED_ORIGINS", "http://localhost:1"),
    ("NEXTAUTH_URL", "http://localhost:8094/"),
    ("NEXTAUTH_SECRET", SECRET),
    ("AUTH_URL", "http://localhost:8094"),
    ("AUTH_SECRET", SECRET),
    ("PUBLIC_URL", "http://localhost:4000"),
    ("PORT", "8094"),
    ("DB_PROVIDER", "postgres"),
];

fn fault(variables: &[(&str, &str)]) -> String {
    let faults = translate(variables.iter().copied()).expect_err("a fault");
    Remark::one_line(&faults)
}

fn settings(variables: &[(&str, &str)]) -> Vec<(Setting, String)> {
    let translation = translate(variables.iter().copied()).expect("no fault");
    let became = translation.settings.into_iter();
    became
        .map(|became| (became.setting, became.value))
        .collect()
}

#[test]
fn every_name_is_spoken_of_once_and_no_secret_is_said() {
    let translation = translate(ALL).expect("no fault");
    for (name, _) in ALL {
        assert!(is_name(name), "{name}");
        let settings = translation.settings.iter();
        let became = settings.filter(|became| became.of.contains(&name)).count();
        let notes = translation
            .notes
            .iter()
            .filter(|note| note.name == name)
            .count();
        // The redirect URI is one to register, too.
        assert!(
            (1..=2).contains(&(became + notes)),
            "{name}: {translation:?}"
        );
    }
    assert!(!format!("{translation:?}").contains(SECRET));
}

#[test]
fn what_they_come_to_is_taken_by_the_settings() {
    let found = settings(&ALL);
    let value = |setting| {
        let found = found.iter().find(|(one, _)| *one == setting);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    assert_eq!(value(Setting::BaseUrl), "http://localhost:8094");
    let secrets = "{\"oidc\":\"s3cret\"}";
    let list = value(Setting::OidcProviders);
    let values = Values::new([
        (Setting::OidcProviders, list),
        (Setting::OidcClientSecrets, secrets),
    ]);
    let providers = Providers::from_values(&values).expect("an entry that the setting takes");
    let provider = providers.get("oidc").expect("the provider");
    assert_eq!(provider.client_id, "client");
    assert_eq!(provider.scopes, "openid email groups");
}

#[test]
fn known_providers_are_presets() {
    for (name, value, setting) in [
        (
            ISSUER,
            "https://accounts.google.com",
            Setting::GoogleClientId,
        ),
        (
            AUTHORIZATION,
            "https://accounts.google.com/o/oauth2/v2/auth",
            Setting::GoogleClientId,
        ),
        (
            AUTHORIZATION,
            "https://github.com/login/oauth/authorize",
            Setting::GithubClientId,
        ),
    ] {
        let found = settings(&[(name, value), (CLIENT_ID, "id"), (SCOPES, "email")]);
        assert_eq!(found, [(setting, "id".to_owned())], "{value}");
    }
}

#[test]
fn the_first_base_url_counts() {
    let base_url = |variables: &[(&str, &str)]| settings(variables).remove(0);
    let at = |text: &str| (Setting::BaseUrl, text.to_owned());
    assert_eq!(
        base_url(&[
            ("PUBLIC_URL", "https://b.example"),
            ("NEXTAUTH_URL", "https://a.example/api/auth")
        ]),
        at("https://a.example")
    );
    assert_eq!(
        base_url(&[
            ("BETTER_AUTH_URL", "${PREVIEW_URL}"),
            ("AUTH_URL", "https://a.example:8443/x?y")
        ]),
        at("https://a.example:8443")
    );
    let none = translate([("BETTER_AUTH_URL", "${PREVIEW_URL}")]).expect("no fault");
    assert!(none.settings.is_empty() && none.notes.len() == 1);
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    for (variables, says) in [
        (&[(BACKEND, "magic")][..], "none of kv-oauth"),
        (&[(CLIENT_ID, "id")], "NETSCRIPT_AUTH_ISSUER: is missing"),
        (
            &[(ISSUER, "https://a.example")],
            "NETSCRIPT_AUTH_CLIENT_ID: is missing",
        ),
        (
            &[
                (ISSUER, "https://a.example"),
                (CLIENT_ID, "id"),
                (SCOPES, "email"),
            ],
            "has no openid",
        ),
        (&[("AUTH_URL", "nowhere")], "is no URL"),
        (&[("PORT", "0")], "is no port"),
        (&[("PORT", "http")], "is no port"),
        (&[("DB_PROVIDER", "mssql")], "does not keep to"),
        (&[(INSECURE, "maybe")], "neither true nor false"),
    ] {
        let said = fault(variables);
        assert!(said.contains(says), "{said}");
    }
    let both = fault(&[("PORT", "0"), (BACKEND, "magic")]);
    assert!(
        both.contains("PORT") && both.contains(BACKEND),
        "every fault: {both}"
    );
}

#[test]
fn workos_goes_on_to_keep_the_sessions() {
    let theirs = [
        (BACKEND, "workos"),
        ("WORKOS_API_KEY", SECRET),
        ("WORKOS_CLIENT_ID", "client_1"),
        ("WORKOS_COOKIE_PASSWORD", SECRET),
    ];
    assert_eq!(
        settings(&theirs),
        [
            (Setting::AuthBackend, "workos".to_owned()),
            (Setting::WorkosClientId, "client_1".to_owned()),
        ]
    );
    let translation = translate(theirs).expect("no fault");
    assert!(!format!("{translation:?}").contains(SECRET));
    for (name, setting) in [
        ("WORKOS_API_KEY", "workos_api_key"),
        ("WORKOS_COOKIE_PASSWORD", "workos_cookie_password"),
    ] {
        let mut notes = translation.notes.iter();
        let note = notes.find(|note| note.name == name).expect("a note");
        assert!(note.text.contains(&format!("give it to {setting} ")));
    }
}

#[test]
fn a_better_auth_goes_on_to_keep_the_sessions() {
    let theirs = [
        (BACKEND, "better-auth"),
        ("BETTER_AUTH_SECRET", SECRET),
        ("DB_PROVIDER", "postgres"),
    ];
    assert_eq!(
        settings(&theirs),
        [
            (Setting::AuthBackend, "better-auth".to_owned()),
            (
                Setting::BetterAuthTables,
                "auth_users, auth_sessions".to_owned()
            ),
            (Setting::BetterAuthColumns, "snake".to_owned()),
        ]
    );
    let translation = translate(theirs).expect("no fault");
    assert!(!format!("{translation:?}").contains(SECRET));
    let note = |name: &str| {
        let mut notes = translation.notes.iter();
        notes.find(|note| note.name == name).map(|note| &*note.text)
    };
    let (secret, backend) = (note("BETTER_AUTH_SECRET"), note(BACKEND));
    assert!(secret.is_some_and(|text| text.contains("gatelet set better_auth_secret -")));
    assert!(backend.is_some_and(|text| text.contains("another database")));
    // The settings take it, once the secret is there.
    let mut values: Vec<(&str, &str)> = vec![
        (
            "session_keys",
            "k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE",
        ),
        ("better_auth_secret", SECRET),
    ];
    let became = translation.settings.iter();
    values.extend(became.map(|became| (became.setting.name(), became.value.as_str())));
    let settings = gatelet_core::settings::GateSettings::from_variables(values);
    let settings = settings.expect("settings that fit");
    assert_eq!(settings.origins.main().backend().name(), "better-auth");
}

#[test]
fn insecure_requests_and_an_embedded_database_are_settings() {
    assert_eq!(
        settings(&[(INSECURE, "true")]),
        [(Setting::InsecureHttp, "allow".to_owned())]
    );
    assert_eq!(
        settings(&[("DB_PROVIDER", "sqlite")]),
        [(Setting::DatabaseUrl, "sqlite:default".to_owned())]
    );
}

#[test]
fn names_that_every_app_has_say_nothing_by_themselves() {
    assert!(!is_such_a_service([
        "PORT",
        "PUBLIC_URL",
        "AUTH_URL",
        "DB_PROVIDER"
    ]));
    assert!(is_such_a_service(["PORT", "NEXTAUTH_URL"]));
    assert!(is_such_a_service(["NETSCRIPT_AUTH_BACKEND"]));
    assert!(!is_name("NODE_ENV") && is_name("WORKOS_ANYTHING"));
}
