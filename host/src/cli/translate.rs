//! `gatelet config translate`: what the variables of a central auth service with one
//! cookie domain, or of an app's own auth service, come to here, as an env file that says of each what became of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use clap::Args;
use gatelet_origins::other_service;
use gatelet_origins::other_stack;
use gatelet_origins::translation::{Became, Remark, Translation};
use gatelet_settings::{Setting, nearest};

use super::keys;
use crate::sources::{PREFIX, STATE_DIR};
use crate::{env_file, private_file};

/// Read BASE_DOMAIN, BASE_PROTOCOL, AUTH_SUBDOMAIN, COOKIE_DOMAIN,
/// AUTH_COOKIE_DOMAIN, APP_LIST, CENTRAL_DB_PATH, SESSION_SECRET and
/// AUTH_API_RATE_LIMIT_*, or NETSCRIPT_AUTH_*, BETTER_AUTH_*, WORKOS_*, NEXTAUTH_*,
/// AUTH_URL, AUTH_SECRET, PUBLIC_URL, PORT and DB_PROVIDER, and print the settings that
/// they come to. Commands understand a file of the former kind by --env-file too; this
/// shows what they make of it, name by name.
#[derive(Debug, Args)]
pub(super) struct Translate {
    /// The file that has them [default: the environment].
    #[arg(long = "env-file", value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Write the settings to this new file, for its owner alone, with a fresh
    /// session key among them. Nothing that is printed is secret.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

impl Translate {
    pub(super) fn run(self) -> Result<ExitCode> {
        let found = self.found()?;
        ensure!(
            found.is_such(),
            "there is no BASE_DOMAIN, NETSCRIPT_AUTH_BACKEND or any other name of such a stack {}",
            match &self.env_file {
                Some(file) => format!("in {}", file.display()),
                None => "in the environment: name a file with --env-file".to_owned(),
            }
        );
        let translation = found.translated()?;
        match self.write {
            None => out!("{}", found.text(&translation, Path::new("FILE"), None)),
            Some(file) => {
                let key = if found.ours.contains_key(&variable(Setting::SessionKeys)) {
                    None
                } else {
                    Some(keys::new()?)
                };
                let secrets = Secrets { key };
                private_file::create(&file, &found.text(&translation, &file, Some(&secrets)))?;
                out!("{}", found.text(&translation, &file, None));
                outln!("\n# Written to {}, with a session key.", file.display());
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn found(&self) -> Result<Found> {
        let mut found = Found::default();
        let Some(file) = &self.env_file else {
            // It is full of names that are meant for others.
            let environment = std::env::vars_os().filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            });
            found.theirs = environment.filter(|(name, _)| is_theirs(name)).collect();
            return Ok(found);
        };
        for env_file::Entry { name, value, .. } in env_file::read(file)? {
            let kind = if is_theirs(&name) {
                &mut found.theirs
            } else if name.starts_with(PREFIX) || name == STATE_DIR {
                &mut found.ours
            } else {
                &mut found.others
            };
            kind.insert(name, value);
        }
        Ok(found)
    }
}

/// What a file sets, by name.
#[derive(Default)]
struct Found {
    theirs: BTreeMap<String, String>,
    /// Ours already: they count before what theirs come to.
    ours: BTreeMap<String, String>,
    others: BTreeMap<String, String>,
}

/// What is written and not printed, beside the values of [`Found::ours`].
struct Secrets {
    /// None where there is one already.
    key: Option<String>,
}

impl Found {
    /// Whether it was written for such a stack or service.
    fn is_such(&self) -> bool {
        let names = || self.theirs.keys().map(String::as_str);
        other_stack::is_such_a_stack(names()) || other_service::is_such_a_service(names())
    }

    fn translated(&self) -> Result<Translation> {
        let pairs = || {
            let pairs = self.theirs.iter();
            pairs.map(|(name, value)| (name.as_str(), value.as_str()))
        };
        match (
            other_stack::translate(pairs()),
            other_service::translate(pairs()),
        ) {
            (Ok(stack), Ok(service)) => Ok(joined(stack, service)),
            (stack, service) => {
                let faults = stack.err().into_iter().chain(service.err());
                let faults: Vec<_> = faults.flatten().collect();
                bail!("{}", Remark::one_line(&faults))
            }
        }
    }

    /// The new file, with secrets or to be printed. What could not be translated stands
    /// in it as a comment: every name is spoken of.
    fn text(&self, translation: &Translation, file: &Path, secrets: Option<&Secrets>) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        for Became { of, setting, value } in &translation.settings {
            let _ok = writeln!(text, "# {}", of.join(", "));
            if self.ours.contains_key(&variable(*setting)) {
                let _ok = writeln!(text, "# is not taken: {} is set below.", variable(*setting));
            } else {
                let _ok = writeln!(text, "{}={}", variable(*setting), env_file::written(value));
            }
        }
        if let Some(folder) = &translation.database_folder
            && !self.ours.contains_key(STATE_DIR)
        {
            let folder = env_file::written(folder);
            let _ok = writeln!(
                text,
                "# CENTRAL_DB_PATH: the folder of the database.\n{STATE_DIR}={folder}"
            );
        }
        let apps = self.apps(translation, file);
        if !apps.is_empty() && !self.ours.contains_key(&variable(Setting::UpstreamHosts)) {
            let name = variable(Setting::UpstreamHosts);
            let _ok = writeln!(
                text,
                "# APP_LIST: apps may listen on this machine.\n{name}=http://localhost:*"
            );
        }
        for (name, value) in &self.ours {
            let _ok = match secrets {
                Some(_) => writeln!(text, "{name}={}", env_file::written(value)),
                None => writeln!(text, "# {name}: is taken over as it stands."),
            };
        }
        match secrets.map(|secrets| &secrets.key) {
            Some(Some(key)) => {
                let _ok = writeln!(text, "{}={key}", variable(Setting::SessionKeys));
            }
            Some(None) => {}
            None if self.ours.contains_key(&variable(Setting::SessionKeys)) => {}
            None => {
                let _ok = writeln!(
                    text,
                    "# {}: --write FILE makes one, in a file that nobody else reads.",
                    variable(Setting::SessionKeys)
                );
            }
        }
        text.push('\n');
        for note in &translation.notes {
            let _ok = writeln!(text, "# {note}.");
        }
        for (name, value) in &self.theirs {
            if value.trim().is_empty() {
                let _ok = writeln!(text, "# {name}: is empty, and counts as not set.");
            } else if !text.contains(name.as_str()) {
                let _ok = writeln!(text, "# {name}: comes to nothing here.");
            }
        }
        for name in self.others.keys() {
            let _ok = writeln!(text, "# {name}: {}", nothing(name));
        }
        let file = env_file::written(&file.display().to_string());
        let _ok = writeln!(text, "\n# To start: gatelet up --env-file {file}");
        for app in apps {
            let _ok = writeln!(text, "# {app}");
        }
        text
    }

    /// What to type for each app. Where they listen is nobody's variable.
    fn apps(&self, translation: &Translation, file: &Path) -> Vec<String> {
        let value = |setting: Setting| {
            let own = self.ours.get(&variable(setting)).map(String::as_str);
            let mut settings = translation.settings.iter();
            let found = settings.find(|became| became.setting == setting);
            own.or(found.map(|became| became.value.as_str()))
                .unwrap_or_default()
        };
        let (base_url, domain) = (value(Setting::BaseUrl), value(Setting::CookieDomain));
        let Some((scheme, host)) = base_url.split_once("://") else {
            return Vec::new();
        };
        if domain.is_empty() {
            return Vec::new();
        }
        let port = host
            .rsplit_once(':')
            .map_or_else(String::new, |(_, port)| format!(":{port}"));
        let file = env_file::written(&file.display().to_string());
        let apps = value(Setting::AppList)
            .split(',')
            .map(str::trim)
            .filter(|app| !app.is_empty());
        apps.map(|app| {
            format!("gatelet origins set --env-file {file} {app} base_url={scheme}://{app}.{domain}{port} app_name={app} upstream=http://localhost:PORT")
        })
        .collect()
    }
}

fn is_theirs(name: &str) -> bool {
    other_stack::is_name(name) || other_service::is_name(name)
}

/// What both come to, where somebody comes from both: of a setting the stack's counts.
fn joined(stack: Translation, service: Translation) -> Translation {
    let mut joined = stack;
    joined.notes.extend(service.notes);
    for became in service.settings {
        let mut settings = joined.settings.iter();
        match settings.find(|one| one.setting == became.setting) {
            None => joined.settings.push(became),
            Some(counts) => {
                let text = format!("does not count beside {}", counts.of.join(", "));
                joined.notes.extend(became.of.iter().map(|name| Remark {
                    name: (*name).to_owned(),
                    text: text.clone(),
                }));
            }
        }
    }
    joined
}

/// Of a name that is neither theirs nor ours.
fn nothing(name: &str) -> String {
    let theirs = other_stack::names().iter().map(|name| name.to_lowercase());
    let theirs: Vec<_> = theirs.collect();
    let ours = Setting::ALL.iter().map(|setting| setting.name());
    let lower = name.to_lowercase();
    let meant = match nearest(&lower, theirs.iter().map(String::as_str)) {
        Some(theirs) => Some(theirs.to_uppercase()),
        None => nearest(&lower, ours).map(|ours| format!("{PREFIX}{}", ours.to_uppercase())),
    };
    match meant {
        Some(meant) => format!("means nothing here: did you mean {meant}?"),
        None => "means nothing here.".to_owned(),
    }
}

fn variable(setting: Setting) -> String {
    format!("{PREFIX}{}", setting.name().to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

    fn found(more: &[(&str, &str)]) -> Found {
        let mut found = Found::default();
        for (name, value) in [
            ("BASE_DOMAIN", "stack.localhost:3000"),
            ("BASE_PROTOCOL", "http"),
            ("AUTH_SUBDOMAIN", ""),
            ("APP_LIST", "Armory,codex"),
            ("CENTRAL_DB_PATH", "/data/central.db"),
            ("SESSION_SECRET", SECRET),
            ("AUTH_API_RATE_LIMIT_MAX", "100"),
        ] {
            found.theirs.insert(name.to_owned(), value.to_owned());
        }
        for (name, value) in more {
            let kind = if name.starts_with(PREFIX) {
                &mut found.ours
            } else if is_theirs(name) {
                &mut found.theirs
            } else {
                &mut found.others
            };
            kind.insert((*name).to_owned(), (*value).to_owned());
        }
        found
    }

    #[test]
    fn an_env_file_says_of_each_name_what_became_of_it() {
        let found = found(&[
            ("PORT", "8080"),
            ("BASE_DOMIAN", SECRET),
            ("UPSTREAM", SECRET),
            ("SPIN_VARIABLE_GITHUB_CLIENT_SECRET", SECRET),
        ]);
        let text = found.text(&found.translated().unwrap(), Path::new("new.env"), None);
        assert!(!text.contains(SECRET), "{text}");
        for line in [
            "# BASE_PROTOCOL, BASE_DOMAIN",
            "SPIN_VARIABLE_BASE_URL=http://auth.stack.localhost:3000",
            "SPIN_VARIABLE_COOKIE_DOMAIN=stack.localhost",
            "SPIN_VARIABLE_APP_LIST=armory,codex",
            "SPIN_VARIABLE_RATE_LIMIT_MAX=100",
            "SPIN_VARIABLE_UPSTREAM_HOSTS=http://localhost:*",
            "GATELET_STATE_DIR=/data",
            "# AUTH_SUBDOMAIN: is empty, and counts as not set.",
            "# PORT: is a flag: `gatelet up --listen 127.0.0.1:8080`, or the address that others reach.",
            "# BASE_DOMIAN: means nothing here: did you mean BASE_DOMAIN?",
            "# UPSTREAM: means nothing here: did you mean SPIN_VARIABLE_UPSTREAM?",
            "# SPIN_VARIABLE_GITHUB_CLIENT_SECRET: is taken over as it stands.",
            "# To start: gatelet up --env-file new.env",
            "# gatelet origins set --env-file new.env codex base_url=http://codex.stack.localhost:3000 app_name=codex upstream=http://localhost:PORT",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        for begins in [
            "# SESSION_SECRET: becomes no key",
            "# CENTRAL_DB_PATH: Gatelet keeps",
            "# SPIN_VARIABLE_SESSION_KEYS: --write",
        ] {
            assert!(text.lines().any(|line| line.starts_with(begins)), "{text}");
        }
    }

    #[test]
    fn an_apps_own_auth_service_is_translated_without_its_secrets() {
        let mut found = Found::default();
        for (name, value) in [
            ("NETSCRIPT_AUTH_BACKEND", "kv-oauth"),
            ("NETSCRIPT_AUTH_CLIENT_ID", "1234.apps"),
            ("NETSCRIPT_AUTH_CLIENT_SECRET", SECRET),
            ("NETSCRIPT_AUTH_ISSUER", "https://accounts.google.com"),
            ("BETTER_AUTH_URL", "https://app.example.com"),
            ("BETTER_AUTH_SECRET", SECRET),
            ("BASE_DOMAIN", "example.com"),
            ("PORT", "8094"),
        ] {
            found.theirs.insert(name.to_owned(), value.to_owned());
        }
        assert!(found.is_such());
        let text = found.text(&found.translated().unwrap(), Path::new("new.env"), None);
        assert!(!text.contains(SECRET), "{text}");
        for line in [
            "SPIN_VARIABLE_GOOGLE_CLIENT_ID=1234.apps",
            "SPIN_VARIABLE_BASE_URL=https://auth.example.com",
            "# BETTER_AUTH_URL: does not count beside BASE_DOMAIN.",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        for name in found.theirs.keys() {
            assert!(text.contains(name.as_str()), "{name}: {text}");
        }
        let backend = "NETSCRIPT_AUTH_BACKEND".to_owned();
        found.theirs.insert(backend, "ldap".to_owned());
        let error = found.translated().unwrap_err().to_string();
        assert!(
            error.starts_with("NETSCRIPT_AUTH_BACKEND: is none of"),
            "{error}"
        );
        let companions = Found {
            theirs: BTreeMap::from([("PORT".to_owned(), "1".to_owned())]),
            ..Found::default()
        };
        assert!(!companions.is_such(), "half of all apps have one");
    }

    #[test]
    fn what_is_written_is_complete_and_what_was_ours_is_kept() {
        let found = found(&[
            ("SPIN_VARIABLE_APP_LIST", "codex"),
            ("SPIN_VARIABLE_SITE_NAME", "a 'b'"),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        let secrets = Secrets {
            key: Some(keys::new().unwrap()),
        };
        let text = found.text(&found.translated().unwrap(), &file, Some(&secrets));
        private_file::create(&file, &text).unwrap();
        let mut values = BTreeMap::new();
        for entry in env_file::read(&file).unwrap() {
            assert_eq!(values.insert(entry.name, entry.value), None, "once each");
        }
        let value = |name: &str| values.get(name).map(String::as_str);
        assert_eq!(value("SPIN_VARIABLE_APP_LIST"), Some("codex"));
        assert_eq!(value("SPIN_VARIABLE_SITE_NAME"), Some("a 'b'"));
        assert_eq!(value("SPIN_VARIABLE_SESSION_KEYS"), secrets.key.as_deref());
        assert_eq!(value("GATELET_STATE_DIR"), Some("/data"));
        assert!(
            !text.contains("armory."),
            "ours say which apps there are: {text}"
        );
    }
}
