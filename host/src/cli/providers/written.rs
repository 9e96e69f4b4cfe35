//! Which providers are written down, entry by entry? What is written of the others stays
//! as it is, in its order.

use anyhow::{Result, anyhow, ensure};
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::preset::Preset;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// `oidc_providers` and `oidc_client_secrets`.
#[derive(Debug, Default)]
pub(super) struct Written {
    entries: Vec<Box<RawValue>>,
    secrets: Map<String, Value>,
}

impl Written {
    /// Of both settings, empty ones included.
    ///
    /// # Errors
    /// One line that names the setting, without its value.
    pub(super) fn parse(providers: &str, secrets: &str) -> Result<Self> {
        Ok(Self {
            entries: match providers.trim() {
                "" => Vec::new(),
                text => serde_json::from_str(text)
                    .map_err(|_| unreadable(Setting::OidcProviders, "no JSON array of entries"))?,
            },
            secrets: match secrets.trim() {
                "" => Map::new(),
                text => serde_json::from_str(text)
                    .map_err(|_| unreadable(Setting::OidcClientSecrets, "no JSON object"))?,
            },
        })
    }

    /// Adds an entry behind the others.
    ///
    /// # Errors
    /// One line when one of that id is there.
    pub(super) fn add(
        &mut self,
        id: &str,
        entry: &Map<String, Value>,
        secret: Option<&str>,
    ) -> Result<()> {
        ensure!(
            !self.has(id),
            "{id}: is configured already: `gatelet providers rm {id}` removes it, or --id gives this one another name"
        );
        self.entries.push(serde_json::value::to_raw_value(entry)?);
        // What was left of an earlier one would stand for this.
        self.secrets.remove(id);
        if let Some(secret) = secret {
            self.secrets.insert(id.to_owned(), secret.into());
        }
        Ok(())
    }

    /// Removes an entry and its secret; whether it was there.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        let before = self.entries.len();
        self.entries
            .retain(|entry| id_of(entry).as_deref() != Some(id));
        self.secrets.remove(id);
        self.entries.len() < before
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.ids().any(|known| known == id)
    }

    /// In their order.
    pub(super) fn ids(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|entry| id_of(entry))
    }

    /// The preset that an entry names, in the table's spelling.
    pub(super) fn preset(&self, id: &str) -> Option<&'static str> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| id_of(entry).as_deref() == Some(id))?;
        let entry: Value = serde_json::from_str(entry.get()).ok()?;
        Some(Preset::named(entry.get("preset")?.as_str()?)?.id)
    }

    /// What an entry's secret is written as.
    pub(super) fn secret(&self, id: &str) -> Option<&str> {
        self.secrets.get(id).and_then(Value::as_str)
    }

    /// `oidc_providers` as it is to be; none where nothing is left.
    pub(super) fn providers(&self) -> Option<String> {
        let entries: Vec<_> = self.entries.iter().map(|entry| entry.get()).collect();
        (!entries.is_empty()).then(|| format!("[{}]", entries.join(",")))
    }

    /// `oidc_client_secrets` likewise.
    pub(super) fn client_secrets(&self) -> Option<String> {
        let secrets = || Value::Object(self.secrets.clone()).to_string();
        (!self.secrets.is_empty()).then(secrets)
    }
}

fn id_of(entry: &RawValue) -> Option<String> {
    let entry: Value = serde_json::from_str(entry.get()).ok()?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let of_preset = || Some(Preset::named(text("preset")?)?.id);
    text("id").or_else(of_preset).map(str::to_owned)
}

fn unreadable(setting: Setting, what: &str) -> anyhow::Error {
    anyhow!(SettingError::new(
        setting,
        format!("is {what}: `gatelet set {setting} -` writes it anew"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn others_stay_as_they_were_written_and_where_they_were() {
        let others = r#"[ {"scopes":"openid",  "id":"b","issuer":"https://b.example"},{"preset":"GitLab","client_id":"c"}]"#;
        let mut written = Written::parse(others, r#"{"b":"1","gitlab":"2"}"#).unwrap();
        assert_eq!(written.ids().collect::<Vec<_>>(), ["b", "gitlab"]);
        assert_eq!(written.preset("gitlab"), Some("gitlab"));
        assert_eq!(written.preset("b"), None);
        let okta = entry(json!({"preset": "okta", "client_id": "x"}));
        written.add("okta", &okta, Some("vault:OKTA")).unwrap();
        let providers = written.providers().unwrap();
        assert_eq!(
            providers,
            r#"[{"scopes":"openid",  "id":"b","issuer":"https://b.example"},{"preset":"GitLab","client_id":"c"},{"client_id":"x","preset":"okta"}]"#
        );
        assert_eq!(
            written.client_secrets().unwrap(),
            r#"{"b":"1","gitlab":"2","okta":"vault:OKTA"}"#
        );
        assert_eq!(written.secret("okta"), Some("vault:OKTA"));
        assert!(written.add("okta", &okta, None).is_err(), "one of a name");
        assert!(written.remove("b") && written.remove("gitlab") && written.remove("okta"));
        assert!(!written.remove("okta"), "not twice");
        assert_eq!(
            (written.providers(), written.client_secrets()),
            (None, None)
        );
    }

    #[test]
    fn what_cannot_be_read_is_named_and_not_repeated() {
        for (providers, secrets, name) in [
            ("hunter2", "", "oidc_providers: "),
            ("{}", "", "oidc_providers: "),
            ("", "hunter2", "oidc_client_secrets: "),
            ("", r#"["hunter2"]"#, "oidc_client_secrets: "),
        ] {
            let error = Written::parse(providers, secrets).unwrap_err().to_string();
            assert!(
                error.starts_with(name) && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
