//! Which of several set-ups is meant? A profile is a file of settings and the embedded
//! databases beside the manifest: choosing another one changes every setting and all data
//! at once. The one that is meant where none is named is `default`: its settings are in
//! `.gatelet/env` and its data in `.spin`, where Spin looks for it too. Any other has
//! `.gatelet/<name>/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use gatelet_settings::did_you_mean;

use super::first_run;

/// Longest name, in bytes.
const NAME_MAX_BYTES: usize = 32;

#[derive(Debug, Subcommand)]
pub(super) enum Profiles {
    /// Make a profile with a session key of its own.
    New {
        /// Small letters, digits and hyphens.
        name: ProfileName,
        /// The application's manifest.
        #[arg(
            short = 'f',
            long = "from",
            value_name = "FILE",
            default_value = "spin.toml"
        )]
        from: PathBuf,
    },
    /// Print the names of the profiles there are.
    List {
        /// The application's manifest.
        #[arg(
            short = 'f',
            long = "from",
            value_name = "FILE",
            default_value = "spin.toml"
        )]
        from: PathBuf,
    },
}

/// `[a-z0-9][a-z0-9-]{0,31}`: part of a path, so nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProfileName(String);

/// Where a profile keeps what.
pub(super) struct Profile {
    name: ProfileName,
    manifest: PathBuf,
}

/// The name of the profile that is meant where none is named.
const DEFAULT: &str = "default";

impl Profiles {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::New { name, from } => {
                let file = Profile::new(&from, &name).make()?;
                outln!(
                    "Made {name}. Its settings are in {}; use it with --profile {name}.",
                    file.display()
                );
            }
            Self::List { from } => {
                for name in names(&from)? {
                    outln!("{name}");
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Profile {
    /// The profile of this name beside a manifest, whether it is there or not.
    pub(super) fn new(manifest: &Path, name: &ProfileName) -> Self {
        Self {
            name: name.clone(),
            manifest: manifest.to_owned(),
        }
    }

    /// Its settings, if it has any. The default one need not: the environment may say
    /// everything. Any other must be there: an unknown name is a typing mistake, and the
    /// defaults would be another set-up.
    ///
    /// # Errors
    /// One line that names the mend.
    pub(super) fn settings(&self) -> Result<Option<PathBuf>> {
        let file = self.env_file()?;
        if file.exists() {
            return Ok(Some(file));
        }
        if self.name.is_default() {
            return Ok(None);
        }
        let (name, manifest) = (&self.name, &self.manifest);
        let from = match manifest.to_str() {
            None | Some("spin.toml") => String::new(),
            Some(manifest) => format!(" --from {manifest}"),
        };
        let names = names(manifest)?;
        bail!(
            "profile {name} (--profile, or GATELET_PROFILE in the environment): there is no {}{}: make it with `gatelet profile new {name}{from}`, or name another",
            file.display(),
            did_you_mean(&name.0, names.iter().map(String::as_str))
        )
    }

    /// Where its embedded databases lie. None for what is beside the manifest.
    pub(super) fn state_folder(&self) -> Option<PathBuf> {
        let aside = !self.name.is_default() || self.folder().join("env").exists();
        aside.then(|| self.folder().join("state"))
    }

    /// Where its settings are written.
    ///
    /// # Errors
    /// One line when there are two files of the default one.
    pub(super) fn env_file(&self) -> Result<PathBuf> {
        let own = self.folder().join("env");
        let shared = home(&self.manifest).join("env");
        match (self.name.is_default(), own.exists(), shared.exists()) {
            (false, _, _) | (true, true, false) => Ok(own),
            (true, false, _) => Ok(shared),
            (true, true, true) => bail!(
                "{} and {} are both settings of the profile default: move one away",
                shared.display(),
                own.display()
            ),
        }
    }

    fn make(&self) -> Result<PathBuf> {
        let file = self.env_file()?;
        first_run::make_settings(&file)?;
        Ok(file)
    }

    fn folder(&self) -> PathBuf {
        home(&self.manifest).join(&self.name.0)
    }

    pub(super) fn name(&self) -> &ProfileName {
        &self.name
    }
}

/// The folder of all profiles.
fn home(manifest: &Path) -> PathBuf {
    manifest.with_file_name(".gatelet")
}

/// Those that have settings.
fn names(manifest: &Path) -> Result<Vec<String>> {
    let home = home(manifest);
    let entries = match fs::read_dir(&home) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| home.display().to_string()),
    };
    let mut names: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.path().join("env").exists())
        .filter_map(|entry| entry.file_name().into_string().ok()?.parse().ok())
        .map(|name: ProfileName| name.0)
        .collect();
    if home.join("env").exists() && !names.iter().any(|name| name == DEFAULT) {
        names.push(DEFAULT.to_owned());
    }
    names.sort_unstable();
    Ok(names)
}

impl ProfileName {
    fn is_default(&self) -> bool {
        self.0 == DEFAULT
    }
}

impl Default for ProfileName {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

impl FromStr for ProfileName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if plain && !text.starts_with('-') && (1..=NAME_MAX_BYTES).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("write 1 to 32 small letters, digits and hyphens, no hyphen first".to_owned())
        }
    }
}

impl std::fmt::Display for ProfileName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> ProfileName {
        name.parse().unwrap()
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_folder() {
        for name in ["", "-x", "..", "a/b", "A", "a.b", "a b", &"a".repeat(33)] {
            assert!(name.parse::<ProfileName>().is_err(), "{name:?}");
        }
        assert!("staging-2".parse::<ProfileName>().is_ok());
    }

    #[test]
    fn profiles_are_made_once_and_have_keys_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("spin.toml");
        assert!(names(&manifest).unwrap().is_empty());
        let mut keys = Vec::new();
        for name in ["staging", "production", "default"] {
            let profile = Profile::new(&manifest, &named(name));
            assert!(profile.settings().is_err() || name == "default");
            profile.make().unwrap();
            assert!(profile.make().is_err(), "a key would be lost");
            keys.push(fs::read_to_string(profile.settings().unwrap().unwrap()).unwrap());
        }
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 3);
        assert_eq!(
            names(&manifest).unwrap(),
            ["default", "production", "staging"]
        );
    }

    #[test]
    fn the_default_profile_is_what_lies_beside_the_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("spin.toml");
        let profile = Profile::new(&manifest, &ProfileName::default());
        assert_eq!(profile.settings().unwrap(), None, "it need not be there");
        let (shared, own) = (
            folder.path().join(".gatelet/env"),
            folder.path().join(".gatelet/default/env"),
        );
        // One that was made by name before goes on with its own data.
        first_run::make_settings(&own).unwrap();
        assert_eq!(profile.settings().unwrap(), Some(own.clone()));
        assert!(profile.state_folder().is_some());
        first_run::make_settings(&shared).unwrap();
        let error = profile.settings().unwrap_err().to_string();
        assert!(error.ends_with("move one away"), "{error}");
        fs::remove_file(&own).unwrap();
        assert_eq!(profile.settings().unwrap(), Some(shared));
        assert_eq!(profile.state_folder(), None, "beside the manifest");
    }

    #[test]
    fn an_unknown_profile_is_refused_with_the_mend() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("spin.toml");
        Profile::new(&manifest, &named("staging")).make().unwrap();
        let profile = Profile::new(&manifest, &named("stagin"));
        let error = profile.settings().unwrap_err().to_string();
        assert!(error.contains("did you mean staging?"), "{error}");
        assert!(
            error.contains("`gatelet profile new stagin --from "),
            "{error}"
        );
    }
}
