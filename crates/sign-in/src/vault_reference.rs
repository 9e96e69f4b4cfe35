//! Which settings say that their value is in the vault, and what are they worth? A client
//! secret may be written as `vault:NAME`: as a variable, or at an origin, where nothing else
//! of it may be written down. In `oidc_client_secrets` each provider's may be.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_core::origin_record::OriginRecord;
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_settings::{Scope, Setting};
use serde_json::{Map, Value};

/// What such a value begins with.
pub const PREFIX: &str = "vault:";

/// What stands for a secret that is not in the vault. A provider that has it is off.
const MISSING: &str = "vault-missing:";

/// Longest name of a secret, in bytes.
const NAME_MAX_BYTES: usize = 128;

/// Values of secrets by their names.
pub type Known = BTreeMap<String, Secret>;

/// Whether a value of a setting that may differ by origin as a reference alone is one.
#[must_use]
pub fn is_reference_alone(setting: Setting, value: &str) -> bool {
    match members(setting, value) {
        Some(members) => members
            .values()
            .all(|secret| secret.as_str().is_some_and(|secret| name(secret).is_some())),
        None if value.trim().is_empty() => true,
        None => setting != Setting::OidcClientSecrets && name(value).is_some(),
    }
}

/// The names that variables and origins refer to.
#[must_use]
pub fn names(variables: &Base, records: &[OriginRecord]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each(variables, records, |value| {
        names.insert(value.to_owned());
    });
    names
}

/// The same settings with the secrets that they refer to. Those that are not known are
/// named, and stand as what [`is_missing`] tells: nobody signs in by another.
#[must_use]
pub fn resolved(
    variables: &Base,
    records: Vec<OriginRecord>,
    known: &Known,
) -> (Base, Vec<OriginRecord>, BTreeSet<String>) {
    let mut missing = BTreeSet::new();
    each(variables, &records, |name| {
        if !known.contains_key(name) {
            missing.insert(name.to_owned());
        }
    });
    let of = |setting: Setting, value: &str| worth(setting, value, known);
    let base = variables
        .iter()
        .map(|(setting, value)| (setting, Secret::new(of(setting, value))))
        .collect();
    let records = records.into_iter().map(|mut record| {
        for (name, value) in &mut record.values {
            if let Some(setting) = Setting::named(name) {
                *value = of(setting, value);
            }
        }
        record
    });
    (base, records.collect(), missing)
}

/// Whether this stands for a secret that is not in the vault.
#[must_use]
pub fn is_missing(secret: &str) -> bool {
    secret.starts_with(MISSING)
}

/// The name in `vault:NAME`: `[A-Z][A-Z0-9_]{0,127}`.
fn name(value: &str) -> Option<&str> {
    let name = value.trim().strip_prefix(PREFIX)?;
    let is_name = name.len() <= NAME_MAX_BYTES
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    is_name.then_some(name)
}

/// The secrets of `oidc_client_secrets`, by provider.
fn members(setting: Setting, value: &str) -> Option<Map<String, Value>> {
    match setting {
        Setting::OidcClientSecrets => serde_json::from_str(value).ok(),
        _ => None,
    }
}

fn each(variables: &Base, records: &[OriginRecord], mut of: impl FnMut(&str)) {
    let of_records = records.iter().flat_map(|record| {
        record
            .values()
            .filter_map(|(name, value)| Some((Setting::named(name)?, value)))
    });
    let all = variables.iter().chain(of_records);
    for (setting, value) in all.filter(|(setting, _)| setting.scope() == Scope::Vault) {
        match members(setting, value) {
            Some(members) => members
                .values()
                .filter_map(|secret| name(secret.as_str()?))
                .for_each(&mut of),
            None => name(value).into_iter().for_each(&mut of),
        }
    }
}

fn worth(setting: Setting, value: &str, known: &Known) -> String {
    if setting.scope() != Scope::Vault {
        return value.to_owned();
    }
    let of = |value: &str| match name(value) {
        Some(name) => match known.get(name) {
            Some(secret) => secret.expose().to_owned(),
            None => format!("{MISSING}{name}"),
        },
        None => value.to_owned(),
    };
    match members(setting, value) {
        Some(members) => {
            let members = members.into_iter().map(|(provider, secret)| {
                let secret = match secret.as_str() {
                    Some(text) => Value::String(of(text)),
                    None => secret,
                };
                (provider, secret)
            });
            Value::Object(members.collect()).to_string()
        }
        None => of(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatelet_core::origin_record::Place;

    fn record(values: &[(&str, &str)]) -> OriginRecord {
        OriginRecord {
            name: "review-1".into(),
            parent: "main".into(),
            is_preview: true,
            values: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            place: Place::main(),
            created_at: 0,
            expires_at: None,
        }
    }

    #[test]
    fn what_refers_to_the_vault_gets_its_value_and_anything_else_stays() {
        let base = Base::of_variables([
            ("google_client_id", "vault:NOT_A_SECRET_SETTING"),
            ("google_client_secret", "vault:GOOGLE"),
            ("github_client_secret", "plain"),
            (
                "oidc_client_secrets",
                r#"{"acme":"vault:ACME","other":"x","gone":"vault:GONE"}"#,
            ),
        ]);
        let records = vec![record(&[
            ("google_client_secret", "vault:PREVIEW"),
            ("github_client_secret", "vault:GONE"),
            ("site_name", "vault:GOOGLE"),
        ])];
        let found: Vec<_> = names(&base, &records).into_iter().collect();
        assert_eq!(found, ["ACME", "GONE", "GOOGLE", "PREVIEW"]);
        let secret = |value: &str| Secret::new(value.to_owned());
        let known = Known::from([
            ("ACME".into(), secret("a\"b")),
            ("GOOGLE".into(), secret("g")),
            ("PREVIEW".into(), secret("p")),
        ]);
        let (base, records, missing) = resolved(&base, records, &known);
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["GONE"]);
        let values = base.values();
        assert_eq!(
            values.get(Setting::GoogleClientId),
            "vault:NOT_A_SECRET_SETTING"
        );
        assert_eq!(values.get(Setting::GoogleClientSecret), "g");
        assert_eq!(values.get(Setting::GithubClientSecret), "plain");
        assert_eq!(
            values.get(Setting::OidcClientSecrets),
            r#"{"acme":"a\"b","gone":"vault-missing:GONE","other":"x"}"#
        );
        assert_eq!(records[0].value(Setting::GoogleClientSecret), Some("p"));
        let gone = records[0].value(Setting::GithubClientSecret);
        assert!(gone.is_some_and(is_missing), "{gone:?}");
        assert_eq!(records[0].value(Setting::SiteName), Some("vault:GOOGLE"));
    }

    #[test]
    fn a_reference_alone_holds_no_secret() {
        let google = Setting::GoogleClientSecret;
        for (setting, value, alone) in [
            (google, "vault:GOOGLE", true),
            (google, " vault:GOOGLE ", true),
            (google, "", true),
            (google, "vault:google", false),
            (google, "vault:", false),
            (google, "vault:A B", false),
            (google, "GOCSPX-x", false),
            (
                Setting::OidcClientSecrets,
                r#"{"a":"vault:A","b":"vault:B"}"#,
                true,
            ),
            (
                Setting::OidcClientSecrets,
                r#"{"a":"vault:A","b":"x"}"#,
                false,
            ),
            (Setting::OidcClientSecrets, r#"{"a":1}"#, false),
            (Setting::OidcClientSecrets, "vault:A", false),
        ] {
            assert_eq!(
                is_reference_alone(setting, value),
                alone,
                "{setting} {value}"
            );
        }
    }
}
