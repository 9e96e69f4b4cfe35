use proptest::prelude::*;

use super::*;
use gatelet_settings::Setting;

const GOOD_SECRET: &str = "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

fn settings(variables: &[(&str, &str)]) -> Vec<(Setting, String)> {
    pairs(&translate(variables.iter().copied()).expect("a translation"))
}

fn pairs(translation: &Translation) -> Vec<(Setting, String)> {
    let settings = translation.settings.iter();
    settings
        .map(|became| (became.setting, became.value.clone()))
        .collect()
}

fn errors(variables: &[(&str, &str)]) -> Vec<String> {
    let errors = translate(variables.iter().copied()).expect_err("errors");
    errors.iter().map(Remark::to_string).collect()
}

#[test]
fn a_stack_moves_over_by_its_own_variables() {
    let variables = [
        ("BASE_DOMAIN", "Example.com"),
        ("BASE_PROTOCOL", "https"),
        ("AUTH_SUBDOMAIN", "login"),
        ("APP_LIST", "Armory, codex,armory"),
        ("CENTRAL_DB_PATH", "/data/central.db"),
        ("SESSION_SECRET", GOOD_SECRET),
        ("AUTH_API_RATE_LIMIT_WINDOW_MS", "900000"),
        ("AUTH_API_RATE_LIMIT_MAX", "100"),
        ("PATH", "/bin"),
    ];
    let translation = translate(variables).expect("a translation");
    let settings = pairs(&translation);
    let of = |setting: Setting| {
        let found = settings.iter().find(|(ours, _)| *ours == setting);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(of(Setting::BaseUrl), Some("https://login.example.com"));
    assert_eq!(of(Setting::CookieDomain), Some("example.com"));
    assert_eq!(of(Setting::AppList), Some("armory,codex"));
    assert_eq!(of(Setting::DatabaseUrl), Some("sqlite:default"));
    assert_eq!(of(Setting::RateLimitWindowSeconds), Some("900"));
    assert_eq!(of(Setting::RateLimitMax), Some("100"));
    assert_eq!(settings.len(), 6);
    assert_eq!(translation.database_folder.as_deref(), Some("/data"));
    assert_eq!(
        translation.settings[0].of,
        ["BASE_PROTOCOL", "AUTH_SUBDOMAIN", "BASE_DOMAIN"]
    );
    let noted: Vec<_> = translation
        .notes
        .iter()
        .map(|note| note.name.as_str())
        .collect();
    assert_eq!(noted, ["APP_LIST", "CENTRAL_DB_PATH", "SESSION_SECRET"]);
    assert!(!format!("{translation:?}").contains(GOOD_SECRET));
    for (setting, value) in &settings {
        assert!(
            !setting.is_secret() || *value == "sqlite:default",
            "{setting}"
        );
    }
    let key = format!("k1:{GOOD_SECRET}");
    let ours = settings
        .iter()
        .map(|(setting, value)| (setting.name(), value.as_str()))
        .chain([("session_keys", key.as_str())]);
    gatelet_sign_in::sites::SignInSettings::from_variables(ours).expect("settings that serve");
}

#[test]
fn cookie_domains_come_from_the_most_particular_name() {
    let base = ("BASE_DOMAIN", "example.com");
    for (variables, domain) in [
        (vec![base], Some("example.com")),
        (
            vec![base, ("COOKIE_DOMAIN", ".example.com")],
            Some("example.com"),
        ),
        (
            vec![
                base,
                ("AUTH_COOKIE_DOMAIN", "auth.example.com"),
                ("COOKIE_DOMAIN", ".example.com"),
            ],
            Some("auth.example.com"),
        ),
        (vec![base, ("COOKIE_DOMAIN", "")], Some("example.com")),
        (
            vec![("BASE_DOMAIN", "localhost:3000"), ("BASE_PROTOCOL", "http")],
            None,
        ),
        (
            vec![
                ("BASE_DOMAIN", "stack.localhost:3000"),
                ("BASE_PROTOCOL", "http://"),
            ],
            Some("stack.localhost"),
        ),
        (vec![], None),
    ] {
        let settings = settings(&variables);
        let found = settings
            .iter()
            .find(|(setting, _)| *setting == Setting::CookieDomain);
        assert_eq!(
            found.map(|(_, value)| value.as_str()),
            domain,
            "{variables:?}"
        );
    }
}

#[test]
fn plain_http_is_noted_and_not_allowed_by_itself() {
    let translation = translate([("BASE_DOMAIN", "example.com"), ("BASE_PROTOCOL", "http")])
        .expect("a translation");
    let settings = pairs(&translation);
    assert!(
        settings
            .iter()
            .all(|(setting, _)| *setting != Setting::InsecureHttp)
    );
    assert_eq!(translation.notes[0].name, "BASE_PROTOCOL");
}

#[test]
fn what_cannot_be_right_is_refused_with_the_mend() {
    let base = ("BASE_DOMAIN", "example.com");
    for (variables, name) in [
        (vec![("BASE_PROTOCOL", "https")], "BASE_PROTOCOL: "),
        (vec![("AUTH_SUBDOMAIN", "auth")], "AUTH_SUBDOMAIN: "),
        (vec![base, ("BASE_PROTOCOL", "ftp")], "BASE_PROTOCOL: "),
        (vec![base, ("AUTH_SUBDOMAIN", "a.b/c")], "AUTH_SUBDOMAIN: "),
        (
            vec![("BASE_DOMAIN", "https://example.com/x")],
            "BASE_DOMAIN: ",
        ),
        (vec![("BASE_DOMAIN", "exämple.com")], "BASE_DOMAIN: "),
        (
            vec![base, ("COOKIE_DOMAIN", ".example.org")],
            "COOKIE_DOMAIN: ",
        ),
        (
            vec![base, ("COOKIE_DOMAIN", "ample.com")],
            "COOKIE_DOMAIN: ",
        ),
        (
            vec![base, ("AUTH_COOKIE_DOMAIN", "a b")],
            "AUTH_COOKIE_DOMAIN: ",
        ),
        (vec![("APP_LIST", "a b")], "APP_LIST: "),
        (
            vec![("AUTH_API_RATE_LIMIT_MAX", "0")],
            "AUTH_API_RATE_LIMIT_MAX: ",
        ),
        (
            vec![("AUTH_API_RATE_LIMIT_WINDOW_MS", "-1")],
            "AUTH_API_RATE_LIMIT_WINDOW_MS: ",
        ),
        (
            vec![("AUTH_API_RATE_LIMIT_WINDOW_MS", "15m")],
            "AUTH_API_RATE_LIMIT_WINDOW_MS: ",
        ),
        (
            vec![("AUTH_API_RATE_LIMIT_MAX", "1000001")],
            "AUTH_API_RATE_LIMIT_MAX: rate_limit_max: ",
        ),
    ] {
        let errors = errors(&variables);
        assert!(
            errors.len() == 1 && errors[0].starts_with(name) && !errors[0].contains('\n'),
            "{errors:?}"
        );
    }
    assert_eq!(
        errors(&[("APP_LIST", "a b"), ("SESSION_SECRET", "short")]).len(),
        2,
        "all of them at once"
    );
}

#[test]
fn development_secrets_are_refused() {
    for secret in [
        "brief",
        "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8z",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "abababababababababababababababababababab",
        "dev-session-key-Zq8wE3rT5yU7iO9pA1sD2fG4",
        "please-CHANGE-me-Zq8wE3rT5yU7iO9pA1sD2fG",
        "super-secret-Zq8wE3rT5yU7iO9pA1sD2fG4hJ6",
    ] {
        let errors = errors(&[("SESSION_SECRET", secret)]);
        assert!(
            errors[0].contains("gatelet keys new") && !errors[0].contains(secret),
            "{errors:?}"
        );
    }
    // As short and as plain as one may be: 32 characters, ten of them distinct.
    for secret in [
        &GOOD_SECRET[..32],
        "0123456789012345678901234567890123456789",
    ] {
        assert!(translate([("SESSION_SECRET", secret)]).is_ok(), "{secret}");
    }
    let translation = translate([("SESSION_SECRET", GOOD_SECRET)]).expect("a translation");
    assert!(
        translation.settings.is_empty(),
        "it becomes no key by itself"
    );
}

#[test]
fn a_rate_limit_is_enforced_and_of_what_is_not_that_is_said() {
    let limits = [
        ("AUTH_API_RATE_LIMIT_MAX", "60"),
        ("AUTH_API_RATE_LIMIT_WINDOW_MS", "1500"),
        ("AUTH_API_RATE_LIMIT_STRICT", "1"),
    ];
    let translation = translate(limits).expect("a translation");
    let settings = pairs(&translation);
    assert!(settings.contains(&(Setting::RateLimitMax, "60".to_owned())));
    let window = (Setting::RateLimitWindowSeconds, "2".to_owned());
    assert!(settings.contains(&window), "rounded up");
    let unenforced: Vec<_> = translation.unenforced().collect();
    assert_eq!(unenforced, translation.notes.iter().collect::<Vec<_>>());
    let [note] = unenforced[..] else {
        panic!("{unenforced:?}");
    };
    assert_eq!(note.name, "AUTH_API_RATE_LIMIT_STRICT");
    assert!(note.text.contains("NOT ENFORCED"), "{note}");
    let others = translate([("APP_LIST", "shop")]).expect("a translation");
    assert_eq!(others.notes.len(), 1);
    assert_eq!(others.unenforced().count(), 0, "an app is no limit");
}

#[test]
fn the_names_are_theirs() {
    for name in ["BASE_DOMAIN", "APP_LIST", "SESSION_SECRET"] {
        assert!(names().contains(&name), "{name}");
    }
    assert!(names().iter().all(|name| is_name(name)));
}

#[test]
fn several_remarks_stand_on_one_line() {
    let remarks = [
        Remark::new("A", "is wrong"),
        Remark::new("B", "is not there"),
    ];
    assert_eq!(Remark::one_line(&remarks), "A: is wrong; B: is not there");
}

#[test]
fn a_domain_that_another_overrides_is_said_not_to_count() {
    let translation = translate([
        ("BASE_DOMAIN", "example.com"),
        ("AUTH_COOKIE_DOMAIN", "auth.example.com"),
        ("COOKIE_DOMAIN", "example.com"),
    ]);
    let notes = translation.expect("a translation").notes;
    assert_eq!(
        notes[0].to_string(),
        "COOKIE_DOMAIN: does not count beside AUTH_COOKIE_DOMAIN"
    );
    for name in ["AUTH_COOKIE_DOMAIN", "COOKIE_DOMAIN"] {
        let alone = [("BASE_DOMAIN", "example.com"), (name, "example.com")];
        let translation = translate(alone).expect("a translation");
        assert_eq!(translation.notes, [], "{name} alone counts");
    }
}

#[test]
fn our_database_lies_in_the_folder_of_theirs() {
    for (path, folder) in [
        ("/data/central.db", "/data"),
        ("./data/central.db", "./data"),
        ("central.db", "."),
        ("/central.db", "/"),
    ] {
        let translation = translate([("CENTRAL_DB_PATH", path)]).expect("a translation");
        assert_eq!(translation.database_folder.as_deref(), Some(folder));
    }
    for path in ["/data/", "/da\nta/central.db", "central.db\0"] {
        assert!(errors(&[("CENTRAL_DB_PATH", path)])[0].starts_with("CENTRAL_DB_PATH: "));
    }
}

#[test]
fn a_development_secret_serves_where_only_this_machine_comes() {
    let secret = ("SESSION_SECRET", "dev");
    let loopback = [("BASE_DOMAIN", "stack.localhost"), secret];
    assert!(translate(loopback).is_ok());
    assert_eq!(errors(&[("BASE_DOMAIN", "example.com"), secret]).len(), 1);
    assert_eq!(errors(&[secret]).len(), 1, "where is not said");
}

#[test]
fn names_that_others_use_too_do_not_make_a_stack() {
    for (names, is) in [
        (&["BASE_DOMAIN"][..], true),
        (&["SESSION_SECRET", "APP_LIST"], true),
        (&["AUTH_API_RATE_LIMIT_MAX"], true),
        (&["SESSION_SECRET"], false),
        (&["SPIN_VARIABLE_BASE_URL", "PATH", "BASE_URL"], false),
        (&["AUTH_API_RATE_LIMIT_x\n"], false),
        (&[], false),
    ] {
        assert_eq!(is_such_a_stack(names.iter().copied()), is, "{names:?}");
    }
}

proptest! {
    #[test]
    fn any_environment_is_answered_without_its_secret(
        secret in "[A-Za-z0-9]{12,60}",
        values in prop::collection::vec(any::<String>(), 6),
    ) {
        let names = ["BASE_DOMAIN", "BASE_PROTOCOL", "AUTH_SUBDOMAIN", "COOKIE_DOMAIN", "APP_LIST", "AUTH_API_RATE_LIMIT_MAX"];
        prop_assume!(values.iter().all(|value| !value.contains(&secret)));
        let variables = names.into_iter().zip(values.iter().map(String::as_str)).chain([("SESSION_SECRET", secret.as_str())]);
        let said = format!("{:?}", translate(variables));
        prop_assert!(!said.contains(&secret));
    }
}
