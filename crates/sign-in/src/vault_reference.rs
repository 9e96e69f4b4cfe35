//! Which settings say that their value is in the vault, and what are they worth? A client
//! secret may be written as `vault:NAME`: as a variable, or at an origin, where nothing else
//! of it may be written down. In `oidc_client_secrets` each provider's may be. `mail_url`
//! may be as a variable.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::client_secret;
use crate::preset::Preset;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_mail::mail_url::{MailUrl, MailUrlError};
use gatelet_settings::{Setting, VAULT_PREFIX, name_in_vault};
use serde_json::{Map, Value};

/// What stands for a secret that is not in the vault. A provider that has it is off.
const MISSING: &str = "vault-missing:";

/// Values of secrets by their names.
pub type Known = BTreeMap<String, Secret>;

/// What settings refer to and cannot have: one line for the operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absent {
    /// Nobody has entered it.
    Missing(String),
    /// Somebody has, and it is no `mail_url`.
    NoMailUrl(String, MailUrlError),
    /// Somebody has, and it is no client secret, or no key where one is made from a key.
    NoClientSecret(String, &'static str),
    /// Somebody has, and letters would go where the operator has allowed none: to this.
    Elsewhere(String, String),
}

/// Whether a value of a setting that may differ by origin as a reference alone is one.
#[must_use]
pub fn is_reference_alone(setting: Setting, value: &str) -> bool {
    match members(setting, value) {
        Some(members) => members.values().all(|secret| {
            secret
                .as_str()
                .is_some_and(|secret| name_in_vault(secret).is_some())
        }),
        None if value.trim().is_empty() => true,
        None => setting != Setting::OidcClientSecrets && name_in_vault(value).is_some(),
    }
}

/// The names that variables and origins refer to.
#[must_use]
pub fn names(variables: &Base, records: &[OriginRecord]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each(variables, records, |_, _, name| {
        names.insert(name.to_owned());
    });
    names
}

/// The same settings with the secrets that they refer to. Those that are not to be had are
/// named. A client secret stands as what [`is_missing`] tells then, and nobody signs in by
/// another; a `mail_url` stays what it is, and letters wait.
#[must_use]
pub fn resolved(
    variables: &Base,
    records: Vec<OriginRecord>,
    known: &Known,
) -> (Base, Vec<OriginRecord>, BTreeSet<Absent>) {
    let values = variables.values();
    let of_records = records
        .iter()
        .filter_map(|record| record.value(Setting::OidcProviders));
    let providers = std::iter::once(values.get(Setting::OidcProviders)).chain(of_records);
    let vaulted = Vaulted {
        known,
        mail_host: values.get(Setting::MailHost),
        signing: providers.flat_map(entries).collect(),
    };
    let mut absent = BTreeSet::new();
    each(variables, &records, |setting, provider, name| {
        if let Err(why) = vaulted.of(setting, provider, name) {
            absent.insert(why);
        }
    });
    let of = |setting: Setting, value: &str| worth(setting, value, &vaulted);
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
    (base, records.collect(), absent)
}

/// Whether this stands for a secret that is not in the vault.
#[must_use]
pub fn is_missing(secret: &str) -> bool {
    secret.starts_with(MISSING)
}

impl fmt::Display for Absent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(
                out,
                "{VAULT_PREFIX}{name}: nobody has entered it, and what it is for is off: `gatelet vault request {name}` makes a link"
            ),
            Self::NoMailUrl(name, why) => {
                write!(out, "{VAULT_PREFIX}{name}: as mail_url it {why}")
            }
            Self::NoClientSecret(name, why) => write!(
                out,
                "{VAULT_PREFIX}{name}: as a client secret it {why}, and what it is for is off: `gatelet vault request {name}` makes a link to enter it again"
            ),
            Self::Elsewhere(name, destination) => write!(
                out,
                "{VAULT_PREFIX}{name}: as mail_url it goes to {destination}, which mail_host does not name: set that to {destination}, if letters may go there"
            ),
        }
    }
}

/// Secrets, and where letters may go that one of them sends.
struct Vaulted<'a> {
    known: &'a Known,
    mail_host: &'a str,
    /// Whether a provider's secrets are made from a key. Origins may differ in that.
    signing: BTreeSet<(String, bool)>,
}

impl Vaulted<'_> {
    /// What a setting gets for a name, and of `oidc_client_secrets` which provider.
    fn of(&self, setting: Setting, provider: Option<&str>, name: &str) -> Result<&str, Absent> {
        let secret = self.known.get(name).map(Secret::expose);
        let secret = secret.ok_or_else(|| Absent::Missing(name.to_owned()))?;
        match setting {
            Setting::MailUrl => self.may_send(name, secret)?,
            Setting::GoogleClientSecret | Setting::GithubClientSecret => {
                is_client_secret(name, secret, [false])?;
            }
            Setting::OidcClientSecrets => {
                let signing = self.signing.iter();
                let signing = signing.filter(|(id, _)| Some(id.as_str()) == provider);
                is_client_secret(name, secret, signing.map(|(_, signs)| *signs))?;
            }
            _ => {}
        }
        Ok(secret)
    }

    /// Whoever enters secrets is not who runs the host, and letters have links in them that
    /// sign people in.
    fn may_send(&self, name: &str, mail_url: &str) -> Result<(), Absent> {
        let url = MailUrl::parse_entered(mail_url)
            .map_err(|why| Absent::NoMailUrl(name.to_owned(), why))?;
        let destination = url.destination().unwrap_or_default();
        let mut allowed = self.mail_host.split(',').map(str::trim);
        match allowed.any(|entry| entry == destination) {
            true => Ok(()),
            false => Err(Absent::Elsewhere(name.to_owned(), destination)),
        }
    }
}

/// Whoever enters secrets is not who runs the host: what fits nowhere turns off the one
/// provider that it is for, and stops nobody else's sign-in.
fn is_client_secret(
    name: &str,
    secret: &str,
    signing: impl IntoIterator<Item = bool>,
) -> Result<(), Absent> {
    let mut judged = signing.into_iter().map(|signs| match signs {
        true => client_secret::signing_key(secret).map(drop),
        false => client_secret::judge_text(secret),
    });
    let first = judged.next().unwrap_or(Ok(()));
    match judged.fold(first, Result::or) {
        Ok(()) => Ok(()),
        Err(why) => Err(Absent::NoClientSecret(name.to_owned(), why)),
    }
}

/// The ids of entries, and whether their client secrets are made from keys. What does not
/// parse is told of where settings are read.
fn entries(providers: &str) -> Vec<(String, bool)> {
    let entries: Vec<Value> = serde_json::from_str(providers).unwrap_or_default();
    let known = entries.iter().filter_map(|entry| {
        let text = |field: &str| entry.get(field).and_then(Value::as_str);
        let of_preset = || Some(Preset::named(text("preset")?)?.id);
        let signs = text("team_id").is_some() || text("key_id").is_some();
        let id = text("id").or_else(of_preset)?;
        Some((id.to_owned(), signs))
    });
    known.collect()
}

/// The secrets of `oidc_client_secrets`, by provider.
fn members(setting: Setting, value: &str) -> Option<Map<String, Value>> {
    match setting {
        Setting::OidcClientSecrets => serde_json::from_str(value).ok(),
        _ => None,
    }
}

fn each(
    variables: &Base,
    records: &[OriginRecord],
    mut of: impl FnMut(Setting, Option<&str>, &str),
) {
    let of_records = records.iter().flat_map(|record| {
        record
            .values()
            .filter_map(|(name, value)| Some((Setting::named(name)?, value)))
    });
    let all = variables.iter().chain(of_records);
    for (setting, value) in all.filter(|(setting, _)| setting.may_be_in_vault()) {
        match members(setting, value) {
            Some(members) => members
                .iter()
                .filter_map(|(provider, secret)| Some((provider, name_in_vault(secret.as_str()?)?)))
                .for_each(|(provider, name)| of(setting, Some(provider), name)),
            None => name_in_vault(value)
                .into_iter()
                .for_each(|name| of(setting, None, name)),
        }
    }
}

fn worth(setting: Setting, value: &str, vaulted: &Vaulted<'_>) -> String {
    if !setting.may_be_in_vault() {
        return value.to_owned();
    }
    let of = |provider: Option<&str>, value: &str| match name_in_vault(value) {
        Some(name) => match vaulted.of(setting, provider, name) {
            Ok(secret) => secret.to_owned(),
            Err(_) if setting == Setting::MailUrl => value.to_owned(),
            Err(_) => format!("{MISSING}{name}"),
        },
        None => value.to_owned(),
    };
    match members(setting, value) {
        Some(members) => {
            let members = members.into_iter().map(|(provider, secret)| {
                let secret = match secret.as_str() {
                    Some(text) => Value::String(of(Some(&provider), text)),
                    None => secret,
                };
                (provider, secret)
            });
            Value::Object(members.collect()).to_string()
        }
        None => of(None, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Providers;
    use gatelet_core::origin_record::Place;
    use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

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
        let (base, records, absent) = resolved(&base, records, &known);
        assert_eq!(absent, BTreeSet::from([Absent::Missing("GONE".to_owned())]));
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
    fn what_is_no_client_secret_turns_its_provider_off_and_no_other() {
        let pem = p256::ecdsa::SigningKey::from_slice(&[9; 32])
            .expect("below the order")
            .to_pkcs8_pem(LineEnding::LF)
            .expect("a key is encoded");
        let base = Base::of_variables([
            (
                "oidc_providers",
                r#"[{"preset":"apple","team_id":"TEAM123456","key_id":"KEY1234567","client_id":"c"},
                    {"preset":"okta","domain":"acme.okta.com","client_id":"c"}]"#,
            ),
            (
                "oidc_client_secrets",
                r#"{"apple":"vault:APPLE","okta":"vault:OKTA"}"#,
            ),
            ("google_client_id", "g"),
            ("google_client_secret", "vault:GOOGLE"),
        ]);
        for (apple, okta, google, off) in [
            (&**pem, "s", "s", &[][..]),
            ("hunter2", "s", "s", &["apple"]),
            ("-----BEGIN PRIVATE KEY-----", "s", "s", &["apple"]),
            (&pem, &pem, "s", &["okta"]),
            (&pem, "hunter2\n", "s", &["okta"]),
            (&pem, "s", "hunter2\n", &["google"]),
            ("hunter2", "\u{fc}", "", &["apple", "google", "okta"]),
        ] {
            let entered = [("APPLE", apple), ("OKTA", okta), ("GOOGLE", google)];
            let known = entered.map(|(name, text)| (name.to_owned(), Secret::new(text.to_owned())));
            let (base, _, absent) = resolved(&base, Vec::new(), &known.into());
            let names: Vec<_> = absent
                .iter()
                .map(|why| match why {
                    Absent::NoClientSecret(name, _) => name.to_lowercase(),
                    other => panic!("{other}"),
                })
                .collect();
            assert_eq!(names, off);
            assert!(
                absent
                    .iter()
                    .all(|why| !why.to_string().contains("hunter2"))
            );
            let providers = Providers::from_values(&base.values()).expect("settings that serve");
            let on = providers.chosen("").expect("the others");
            assert_eq!(on.iter().len(), 3 - off.len());
            assert!(off.iter().all(|id| on.get(id).is_none()));
        }
    }

    #[test]
    fn a_way_for_mail_stays_in_the_vault_where_what_is_there_is_none() {
        let base = Base::of_variables([
            ("mail_url", "vault:MAIL"),
            ("mail_host", "https://api.resend.com:443, smtp://h:587"),
        ]);
        let found: Vec<_> = names(&base, &[]).into_iter().collect();
        assert_eq!(found, ["MAIL"]);
        let name = || "MAIL".to_owned();
        for (entered, worth, why) in [
            (Some("smtp://u:hunter2@h"), "smtp://u:hunter2@h", Vec::new()),
            (None, "vault:MAIL", vec![Absent::Missing(name())]),
            (
                Some("hunter2"),
                "vault:MAIL",
                vec![Absent::NoMailUrl(name(), MailUrlError::Scheme)],
            ),
            (
                Some("https://mine.example/#whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
                "vault:MAIL",
                vec![Absent::Elsewhere(
                    name(),
                    "https://mine.example:443".to_owned(),
                )],
            ),
            (
                Some("log:"),
                "vault:MAIL",
                vec![Absent::NoMailUrl(name(), MailUrlError::Nowhere)],
            ),
        ] {
            let entered = entered.map(|text| (name(), Secret::new(text.to_owned())));
            let (base, _, absent) = resolved(&base, Vec::new(), &entered.into_iter().collect());
            assert_eq!(base.values().get(Setting::MailUrl), worth);
            let absent: Vec<_> = absent.into_iter().collect();
            assert_eq!(absent, why);
            assert!(
                absent
                    .iter()
                    .all(|why| !why.to_string().contains("hunter2"))
            );
        }
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
