//! `gatelet set`: writes a setting where every command finds it, among the profile's.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gatelet_runtime::manifest::Manifest;
use gatelet_settings::{Setting, SettingError, did_you_mean};
use gatelet_sign_in::sites::SignInSettings;

use super::keys;
use super::project::SetUp;
use crate::sources::{PREFIX, Sources};
use crate::{env_file, private_file};

/// What is right or wrong beside others, which may come after it.
const BESIDE_OTHERS: [Setting; 6] = [
    Setting::OidcProviders,
    Setting::OidcClientSecrets,
    Setting::Providers,
    Setting::CookieDomain,
    Setting::AppAccess,
    Setting::AppName,
];
const KEYS: &str = Setting::SessionKeys.name();
/// Longer than any setting.
const VALUE_MAX_BYTES: u64 = 64 * 1024;

#[derive(Debug, Args)]
pub(super) struct Set {
    #[command(flatten)]
    set_up: SetUp,
    /// Which setting: `gatelet config` lists them.
    name: String,
    /// What it becomes. `-` reads it from standard input, where nobody else sees it.
    #[arg(allow_negative_numbers = true, required_unless_present = "unset")]
    value: Option<String>,
    /// Forget it: the default counts again.
    #[arg(long, conflicts_with = "value")]
    unset: bool,
}

impl Set {
    pub(super) fn run(self) -> Result<ExitCode> {
        let manifest = self.set_up.manifest()?;
        let name = named(&self.name, &manifest)?;
        let value = self.value.as_deref().map(|value| match value {
            "-" => typed(&mut std::io::stdin().lock()),
            value => Ok(value.to_owned()),
        });
        let value = value.transpose()?;
        let profile = self.set_up.profile();
        // One that was mistyped is not made.
        profile.settings()?;
        let file = profile.env_file()?;
        let _locked = private_file::lock(private_file::folder_of(&file))?;
        let remark = judge(&file, &manifest, name, value.as_deref())?;
        let variable = format!("{PREFIX}{}", name.to_uppercase());
        let text = env_file::changed(&file, &variable, value.as_deref())?;
        private_file::replace(&file, &text)?;
        let done = match value {
            Some(_) => "set",
            None => "not set any more",
        };
        outln!(
            "{name} is {done} in {}, from the next start on.",
            file.display()
        );
        if let Some(remark) = remark {
            eprintln!("Before the next start: {remark}");
        }
        let shown = self.value.is_some_and(|value| value != "-");
        if shown && Setting::named(name).is_some_and(Setting::is_secret) {
            eprintln!(
                "It is secret, and your shell may remember it: `gatelet set {name} -` reads it from standard input."
            );
        }
        if std::env::var_os(&variable).is_some() {
            eprintln!("{variable} is set in the environment and counts before it.");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The manifest's own spelling of a name.
fn named<'a>(name: &str, manifest: &'a Manifest) -> Result<&'a str> {
    let plain = name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase();
    match manifest.variables.get_key_value(&plain) {
        Some((name, _)) => Ok(name),
        None => bail!(
            "{name}: is no setting{} (`gatelet config` lists them)",
            did_you_mean(&plain, manifest.variables.keys().map(String::as_str))
        ),
    }
}

/// What is read, without the line break at its end.
fn typed(input: &mut impl Read) -> Result<String> {
    let mut value = String::new();
    input
        .take(VALUE_MAX_BYTES + 1)
        .read_to_string(&mut value)
        .context("standard input")?;
    ensure!(
        value.len() as u64 <= VALUE_MAX_BYTES,
        "standard input: is longer than any setting"
    );
    Ok(value.trim_end_matches(['\r', '\n']).to_owned())
}

/// Refuses a value that can never be right. What is wrong beside others is only told:
/// two settings that need each other are written one after the other.
fn judge(
    file: &Path,
    manifest: &Manifest,
    name: &str,
    value: Option<&str>,
) -> Result<Option<SettingError>> {
    ensure!(
        !value.is_some_and(|value| value.contains('\0')),
        "{name}: holds a NUL character"
    );
    if Setting::named(name).is_none() {
        return Ok(None);
    }
    let mut sources = Sources::default();
    if file.exists() {
        sources = sources.with_env_file(file)?;
    }
    if let Some(value) = value {
        sources.arguments.insert(name.to_owned(), value.to_owned());
    } else {
        sources.forget(name);
    }
    // `up --init` makes one.
    if manifest
        .variables
        .get(KEYS)
        .is_none_or(|keys| sources.find(KEYS, keys).is_none())
    {
        sources.arguments.insert(KEYS.to_owned(), keys::new()?);
    }
    let found = |sources: &Sources| {
        let all = manifest.variables.iter();
        let values: Vec<_> = all
            .filter_map(|(name, variable)| Some((name.as_str(), sources.find(name, variable)?.0)))
            .collect();
        SignInSettings::from_variables(values).err()
    };
    let Some(error) = found(&sources) else {
        return Ok(None);
    };
    // A value that is refused by itself, whatever stands beside it.
    let mut alone = Sources {
        arguments: sources.arguments,
        ..Sources::default()
    };
    // The one that has no default.
    let key = alone
        .arguments
        .entry(Setting::SessionKeys.name().to_owned());
    key.or_insert(keys::new()?);
    match found(&alone) {
        Some(own)
            if own.setting.name() == name
                && value.is_some()
                && !BESIDE_OTHERS.contains(&own.setting) =>
        {
            Err(own.into())
        }
        Some(_) | None => Ok(Some(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(include_str!("../../../spin.toml"), Path::new("/")).unwrap()
    }

    fn set(file: &Path, name: &str, value: &str) -> Result<Option<String>> {
        let judged = judge(file, &manifest(), name, Some(value))?;
        let variable = format!("{PREFIX}{}", name.to_uppercase());
        std::fs::write(file, env_file::changed(file, &variable, Some(value))?)?;
        Ok(judged.map(|error| error.to_string()))
    }

    #[test]
    fn a_value_that_can_never_be_right_is_refused_and_one_that_wants_another_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        let key = keys::new().unwrap();
        let told = set(&file, "upstream", "http://localhost:8080").unwrap();
        assert_eq!(told, None, "the key comes at the start");
        assert_eq!(set(&file, "session_keys", &key).unwrap(), None);
        for (name, value) in [
            ("base_url", "nonsense"),
            ("base_url", "http://app.example.com"),
            ("session_keys", "hunter2"),
            ("sign_up", "maybe"),
            ("trusted_proxies", "10.0.0.0/33"),
        ] {
            let error = set(&file, name, value).unwrap_err().to_string();
            assert!(
                error.starts_with(name) || error.contains("insecure_http"),
                "{error}"
            );
            assert!(!error.contains("hunter2"), "{error}");
        }
        let told = set(&file, "google_client_id", "x").unwrap().unwrap();
        assert!(told.contains("google_client_secret"), "{told}");
        assert_eq!(set(&file, "google_client_secret", "hunter2").unwrap(), None);
        assert_eq!(set(&file, "insecure_http", "allow").unwrap(), None);
        let providers = r#"[{"id":"acme","issuer":"https://login.acme.example","client_id":"x"}]"#;
        let told = set(&file, "oidc_providers", providers).unwrap().unwrap();
        assert!(told.contains("oidc_client_secrets"), "{told}");
        let secrets = r#"{"acme":"hunter2"}"#;
        assert_eq!(set(&file, "oidc_client_secrets", secrets).unwrap(), None);
        assert!(
            set(&file, "cookie_domain", "example.com")
                .unwrap()
                .is_some()
        );
        let told = set(&file, "base_url", "https://a.example.com").unwrap();
        assert_eq!(told, None, "in whatever order");
    }

    #[test]
    fn a_name_is_understood_in_either_spelling_and_a_slip_is_told() {
        let manifest = manifest();
        for name in ["upstream", "UPSTREAM", "SPIN_VARIABLE_UPSTREAM"] {
            assert_eq!(named(name, &manifest).unwrap(), "upstream");
        }
        let error = named("upstraem", &manifest).unwrap_err().to_string();
        assert!(error.contains("did you mean upstream?"), "{error}");
    }

    #[test]
    fn a_secret_is_read_without_its_line_break() {
        assert_eq!(typed(&mut &b" a \r\n"[..]).unwrap(), " a ");
        assert!(typed(&mut std::io::repeat(b'a')).is_err());
    }
}
