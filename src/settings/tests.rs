use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::fixture::{BASE_URL, KEY};

const MANIFEST: &str = include_str!("../../spin.toml");

fn manifest() -> toml::Table {
    MANIFEST.parse().expect("spin.toml is TOML")
}

fn problem(changes: &[(&str, &str)]) -> Option<String> {
    let standard = [("base_url", BASE_URL), ("session_keys", KEY)];
    let pairs = changes.iter().copied().chain(standard);
    GateSettings::from_values(pairs)
        .err()
        .map(|error| error.to_string())
}

#[test]
fn the_table_and_the_manifest_say_the_same() {
    let manifest = manifest();
    let declared = manifest["variables"].as_table().unwrap();
    let named: BTreeSet<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(named.len(), SETTINGS.len(), "a name stands twice");
    assert_eq!(
        declared.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        named
    );
    for setting in SETTINGS {
        let variable = &declared[setting.name];
        let flag = |name| {
            variable
                .get(name)
                .and_then(toml::Value::as_bool)
                .unwrap_or(false)
        };
        assert_eq!(
            variable.get("default").and_then(toml::Value::as_str),
            setting.default,
            "{}",
            setting.name
        );
        assert_eq!(
            flag("required"),
            setting.default.is_none(),
            "{}",
            setting.name
        );
        assert_eq!(flag("secret"), setting.secret, "{}", setting.name);
    }
}

#[test]
fn each_component_is_given_what_it_reads_and_nothing_more() {
    let manifest = manifest();
    let mut given: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (component, definition) in manifest["component"].as_table().unwrap() {
        let variables = definition.get("variables").and_then(toml::Value::as_table);
        for (name, template) in variables.into_iter().flatten() {
            assert_eq!(
                template.as_str(),
                Some(format!("{{{{ {name} }}}}").as_str()),
                "{component}"
            );
            given.entry(component).or_default().insert(name);
        }
    }
    for component in ["gateway", "auth", "store", "demo"] {
        let read: BTreeSet<&str> = Setting::read_by(component)
            .map(|setting| setting.name)
            .collect();
        assert_eq!(
            given.remove(component).unwrap_or_default(),
            read,
            "{component}"
        );
    }
    assert!(given.is_empty(), "{given:?}");
}

#[test]
fn defaults_with_a_key_are_valid() {
    let settings =
        GateSettings::from_values([("session_keys", KEY), ("upstream", ""), ("base_url", "  ")])
            .unwrap();
    let origin = settings.origins.main();
    assert_eq!(origin.base_url().as_str(), "http://localhost:3000");
    assert_eq!(origin.upstream().as_str(), "http://demo.spin.internal");
    assert_eq!(
        *origin.lifetimes(),
        Lifetimes {
            fresh_seconds: 60,
            idle_seconds: 604_800,
            lifetime_seconds: 2_592_000
        }
    );
    assert_eq!(origin.site_name(), "Gatelet");
    assert!(!origin.is_insecure());
}

#[test]
fn plain_http_is_refused_unless_only_this_machine_hears_it() {
    for base_url in [
        "http://app.example.com",
        "http://10.0.0.1:3000",
        "http://localhost.example.com",
        "http://[2001:db8::1]",
    ] {
        let line = problem(&[("base_url", base_url)]).unwrap();
        assert!(
            line.starts_with("base_url: ") && line.contains("insecure_http=allow"),
            "{line}"
        );
        assert_eq!(
            problem(&[("base_url", base_url), ("insecure_http", "allow")]),
            None,
            "{base_url}"
        );
    }
    for base_url in [
        "http://localhost:3000",
        "http://a.localhost",
        "http://127.0.0.1",
        "http://[::1]:3000",
        "https://app.example.com",
    ] {
        assert_eq!(problem(&[("base_url", base_url)]), None, "{base_url}");
    }
}

#[test]
fn an_error_is_one_line_that_names_the_variable_and_the_mend() {
    let weak = format!("k1:{}", "A".repeat(43));
    for (name, value, says) in [
        ("base_url", "app.example.com", "https://app.example.com"),
        (
            "base_url",
            "https://user:hunter2@app.example.com",
            "user name or password",
        ),
        ("base_url", "https://app.example.com/path", "path"),
        ("upstream", "localhost:8080", "http://"),
        ("upstream", "ftp://localhost", "http://"),
        ("upstream", "http://localhost:8080/base", "path"),
        ("upstream", BASE_URL, "circles"),
        ("session_keys", " , ", "gatelet keys new"),
        ("session_keys", "hunter2", "gatelet keys new"),
        ("session_keys", &weak, "not random"),
        ("session_fresh_seconds", "-1", "seconds"),
        ("session_fresh_seconds", "1.5", "seconds"),
        ("session_fresh_seconds", "+60", "seconds"),
        ("session_fresh_seconds", "99999999999999999999", "seconds"),
        ("session_fresh_seconds", "86401", "seconds"),
        ("session_idle_seconds", "0", "seconds"),
        ("session_lifetime_seconds", "1e9", "seconds"),
        ("cookie_domain", "example.org", "app.example.com"),
        ("cookie_domain", "p.example.com", "app.example.com"),
        ("cookie_domain", "com", "single label"),
        ("cookie_domain", "example.com/", "app.example.com"),
        ("insecure_http", "yes", "refuse"),
        ("trusted_proxies", "everyone", "10.0.0.0/8"),
        ("public_paths", "assets", "/assets/*"),
        ("public_paths", "/a/../b", "/assets/*"),
        ("site_name", "a\u{1b}b", "control"),
    ] {
        let line = problem(&[(name, value)]).unwrap_or_else(|| panic!("{name}={value} passes"));
        assert!(
            line.starts_with(&format!("{name}: ")) && line.contains(says),
            "{line}"
        );
        assert!(!line.contains('\n') && !line.contains("hunter2"), "{line}");
    }
    let missing = GateSettings::from_values([]).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "session_keys: is not set: make a key with `gatelet keys new`"
    );
    let address = problem(&[
        ("base_url", "https://192.0.2.7"),
        ("cookie_domain", "0.2.7"),
    ]);
    assert!(address.unwrap().starts_with("cookie_domain: "));
    // On label boundaries.
    let suffix = problem(&[
        ("base_url", "https://evil-example.com"),
        ("cookie_domain", "example.com"),
    ]);
    assert!(suffix.unwrap().starts_with("cookie_domain: "));
}

#[test]
fn values_show_their_names_alone() {
    assert_eq!(
        format!("{:?}", Values::new([("session_keys", KEY)])),
        "[\"session_keys\"]"
    );
    let settings = GateSettings::from_values([("session_keys", KEY)]).unwrap();
    assert!(!format!("{settings:?}").contains(KEY.split_once(':').unwrap().1));
}

#[test]
fn secrets_and_what_the_process_shares_differ_for_no_origin() {
    for setting in SETTINGS {
        assert!(
            !(setting.secret && setting.scope == Scope::Origin),
            "{}",
            setting.name
        );
    }
    for name in [
        "session_keys",
        "trusted_proxies",
        "database_url",
        "database_host",
        "provider_hosts",
        "upstream_hosts",
        "origins_refresh_seconds",
        "preview_domain",
        "origins",
        "google_client_id",
        "github_client_id",
        "oidc_providers",
    ] {
        let scope = Setting::named(name).map(|setting| setting.scope);
        assert_eq!(scope, Some(Scope::Process), "{name}");
    }
}

#[test]
fn no_component_reaches_further_than_the_manifest_says() {
    let manifest = manifest();
    let hosts =
        |component: &str| manifest["component"][component]["allowed_outbound_hosts"].clone();
    let entries = |names: &[&str]| {
        let entries = names.iter().map(|name| format!("{{{{ {name} }}}}").into());
        toml::Value::Array(entries.collect())
    };
    assert_eq!(
        hosts("gateway"),
        entries(&["upstream", "upstream_hosts", "database_host"])
    );
    assert_eq!(hosts("auth"), entries(&["provider_hosts", "database_host"]));
}
