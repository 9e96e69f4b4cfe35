use std::collections::{BTreeMap, BTreeSet};

use super::*;

const MANIFEST: &str = include_str!("../../../spin.toml");

/// Variables of a component that are no settings.
const CONSTANTS: [(&str, &str); 2] = [("vault", "half"), ("vault-reveal", "half")];

fn manifest() -> toml::Table {
    MANIFEST.parse().expect("spin.toml is TOML")
}

#[test]
fn the_table_and_the_manifest_say_the_same() {
    let manifest = manifest();
    let declared = manifest["variables"].as_table().unwrap();
    let named: BTreeSet<&str> = Setting::ALL.iter().map(|setting| setting.name()).collect();
    assert_eq!(named.len(), Setting::ALL.len(), "a name stands twice");
    assert_eq!(
        declared.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        named
    );
    for setting in Setting::ALL {
        let variable = &declared[setting.name()];
        let flag = |name| {
            variable
                .get(name)
                .and_then(toml::Value::as_bool)
                .unwrap_or(false)
        };
        assert_eq!(
            variable.get("default").and_then(toml::Value::as_str),
            setting.default(),
            "{setting}"
        );
        assert_eq!(flag("required"), setting.default().is_none(), "{setting}");
        assert_eq!(flag("secret"), setting.is_secret(), "{setting}");
    }
}

#[test]
fn each_component_is_given_what_it_reads_and_nothing_more() {
    let manifest = manifest();
    let mut given: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (component, definition) in manifest["component"].as_table().unwrap() {
        let variables = definition.get("variables").and_then(toml::Value::as_table);
        for (name, template) in variables.into_iter().flatten() {
            // What the placement says of itself is nobody's to set.
            if CONSTANTS.contains(&(component, name)) {
                continue;
            }
            assert_eq!(
                template.as_str(),
                Some(format!("{{{{ {name} }}}}").as_str()),
                "{component}"
            );
            given.entry(component).or_default().insert(name);
        }
    }
    for component in Component::ALL.iter().copied() {
        let name = component.name();
        let read: BTreeSet<&str> = Setting::of(component).map(Setting::name).collect();
        assert_eq!(given.remove(name).unwrap_or_default(), read, "{name}");
        if component == Component::Vault {
            // The same component in another place.
            assert_eq!(given.remove("vault-reveal").unwrap_or_default(), read);
        }
    }
    assert!(given.is_empty(), "{given:?}");
}

#[test]
fn secrets_and_what_the_process_shares_differ_for_no_origin() {
    for setting in Setting::ALL {
        assert!(
            !(setting.is_secret() && setting.scope() == Scope::Origin),
            "{setting}"
        );
    }
    for name in [
        "session_keys",
        "trusted_proxies",
        "database_url",
        "database_host",
        "provider_hosts",
        "mail_url",
        "mail_host",
        "upstream_hosts",
        "origins_refresh_seconds",
        "preview_domain",
        "origins",
    ] {
        let scope = Setting::named(name).map(|setting| setting.scope());
        assert_eq!(scope, Some(Scope::Process), "{name}");
    }
}

#[test]
fn no_component_reaches_further_than_the_manifest_says() {
    let manifest = manifest();
    let hosts =
        |component: &str| manifest["component"][component]["allowed_outbound_hosts"].clone();
    // What settings name, and components beside it.
    let entries = |names: &[&str], beside: &[&str]| {
        let names = names.iter().map(|name| format!("{{{{ {name} }}}}"));
        let beside = beside
            .iter()
            .map(|name| format!("http://{name}.spin.internal"));
        toml::Value::Array(names.chain(beside).map(Into::into).collect())
    };
    for (component, names, beside) in [
        (
            "gateway",
            &["upstream", "upstream_hosts", "database_host"][..],
            &["auth"][..],
        ),
        ("console", &["database_host"], &["vault"]),
        (
            "auth",
            &["provider_hosts", "mail_host", "database_host"],
            &["vault-reveal", "auth"],
        ),
        ("vault", &["database_host"], &[]),
        ("vault-reveal", &["database_host"], &[]),
    ] {
        assert_eq!(hosts(component), entries(names, beside), "{component}");
    }
}

#[test]
fn an_error_begins_with_the_variable() {
    let error = SettingError::new(Setting::SiteName, "is too long");
    assert_eq!(error.to_string(), "site_name: is too long");
}
