//! `gatelet config translate`: what the variables of a central auth service with one
//! cookie domain come to here, as an env file that says of each what became of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gatelet_origins::other_stack::{self, Became, Remark, Translation};
use gatelet_settings::Setting;

use super::keys;
use crate::sources::env_file_lines;

/// Read BASE_DOMAIN, BASE_PROTOCOL, AUTH_SUBDOMAIN, COOKIE_DOMAIN,
/// AUTH_COOKIE_DOMAIN, APP_LIST, CENTRAL_DB_PATH, SESSION_SECRET and
/// AUTH_API_RATE_LIMIT_* and print the settings that they come to. Commands
/// understand such a file by --env-file too; this shows what they make of it.
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
        let theirs = self.theirs()?;
        ensure!(
            other_stack::is_such_a_stack(theirs.keys().map(String::as_str)),
            "there is no BASE_DOMAIN or any other name of such a stack {}",
            match &self.env_file {
                Some(file) => format!("in {}", file.display()),
                None => "in the environment: name a file with --env-file".to_owned(),
            }
        );
        let pairs = theirs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let translation = match other_stack::translate(pairs) {
            Ok(translation) => translation,
            Err(faults) => bail!("{}", Remark::one_line(&faults)),
        };
        let text = env_file(&translation);
        match self.write {
            None => print!("{text}\n{}", without_key()),
            Some(file) => {
                write_new(&file, &format!("{text}\n{}", with_key()?))
                    .with_context(|| file.display().to_string())?;
                print!("{text}");
                println!("\n# Written to {}, with a session key.", file.display());
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Their variables that are set.
    fn theirs(&self) -> Result<BTreeMap<String, String>> {
        let all = match &self.env_file {
            Some(file) => env_file_lines(file)?,
            None => std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
        };
        let theirs = all
            .into_iter()
            .filter(|(name, _)| other_stack::is_name(name));
        Ok(theirs.collect())
    }
}

/// Settings, and above each where it is from; then remarks. Values were parsed and
/// written anew by the core, so that none has a line break.
fn env_file(translation: &Translation) -> String {
    let Translation {
        settings,
        database_folder,
        notes,
    } = translation;
    let mut text = String::new();
    for Became { of, setting, value } in settings {
        // Writing to a string does not fail.
        let _ok = writeln!(text, "# {}", of.join(", "));
        let _ok = writeln!(
            text,
            "SPIN_VARIABLE_{}={value}",
            setting.name().to_uppercase()
        );
    }
    text.push('\n');
    for note in notes {
        let _ok = writeln!(text, "# {note}.");
    }
    if let Some(folder) = database_folder {
        let _ok = writeln!(
            text,
            "# CENTRAL_DB_PATH: start with --state-dir {folder} to keep the database there."
        );
    }
    for app in apps(translation) {
        let _ok = writeln!(text, "# {app}");
    }
    text
}

/// What to type for each app. Where they listen is nobody's variable.
fn apps(translation: &Translation) -> Vec<String> {
    let value = |setting: Setting| {
        let mut settings = translation.settings.iter();
        let found = settings.find(|became| became.setting == setting);
        found.map_or("", |became| became.value.as_str())
    };
    let (base_url, domain) = (value(Setting::BaseUrl), value(Setting::CookieDomain));
    let Some((scheme, host)) = base_url.split_once("://") else {
        return Vec::new();
    };
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    let port = if port.is_empty() {
        String::new()
    } else {
        format!(":{port}")
    };
    if domain.is_empty() {
        return Vec::new();
    }
    let apps = value(Setting::AppList)
        .split(',')
        .filter(|app| !app.is_empty());
    apps.map(|app| {
        format!("gatelet origins set {app} base_url={scheme}://{app}.{domain}{port} app_name={app} upstream=http://localhost:PORT")
    })
    .collect()
}

fn without_key() -> &'static str {
    "# SPIN_VARIABLE_SESSION_KEYS is yours to add: `gatelet keys new` makes one, and --write FILE puts\n# one into a file that nobody else reads.\n"
}

fn with_key() -> Result<String> {
    Ok(format!("SPIN_VARIABLE_SESSION_KEYS={}\n", keys::new()?))
}

/// A file that was not there, for its owner alone.
fn write_new(file: &Path, text: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.write(true).create_new(true).open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

    fn translation() -> Translation {
        let limit = ("AUTH_API_RATE_LIMIT_MAX", "100");
        other_stack::translate([
            ("BASE_DOMAIN", "stack.localhost:3000"),
            ("BASE_PROTOCOL", "http"),
            ("APP_LIST", "Armory,codex"),
            ("CENTRAL_DB_PATH", "/data/central.db"),
            ("SESSION_SECRET", SECRET),
            limit,
        ])
        .unwrap()
    }

    #[test]
    fn an_env_file_says_of_each_name_what_became_of_it() {
        let text = env_file(&translation());
        assert!(!text.contains(SECRET), "{text}");
        for line in [
            "# BASE_PROTOCOL, BASE_DOMAIN",
            "SPIN_VARIABLE_BASE_URL=http://auth.stack.localhost:3000",
            "SPIN_VARIABLE_COOKIE_DOMAIN=stack.localhost",
            "SPIN_VARIABLE_APP_LIST=armory,codex",
            "# gatelet origins set codex base_url=http://codex.stack.localhost:3000 app_name=codex upstream=http://localhost:PORT",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        for begins in [
            "# AUTH_API_RATE_LIMIT_MAX: is NOT ENFORCED",
            "# SESSION_SECRET: becomes no key",
            "# CENTRAL_DB_PATH: start with --state-dir /data ",
        ] {
            assert!(text.lines().any(|line| line.starts_with(begins)), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_written_key_is_for_its_owner_and_never_over_another_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        write_new(&file, &with_key().unwrap()).unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(write_new(&file, "").is_err(), "a key would be lost");
        let sources = crate::sources::Sources::default().with_env_file(&file);
        assert!(sources.unwrap().env_file.contains_key("session_keys"));
    }
}
