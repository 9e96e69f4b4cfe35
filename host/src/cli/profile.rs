//! Which of several set-ups is meant? A profile is a folder beside the manifest,
//! `.gatelet/<name>/`, with an env file and the embedded databases: choosing
//! another one changes every setting and all data at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context as _, Result, ensure};
use clap::Subcommand;

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
    folder: PathBuf,
}

impl Profiles {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::New { name, from } => {
                let profile = Profile::new(&from, &name);
                profile.make()?;
                println!(
                    "Made {name}. Its settings are in {}; use it with --profile {name}.",
                    profile.env_file().display()
                );
            }
            Self::List { from } => {
                for name in names(&from)? {
                    println!("{name}");
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
            folder: home(manifest).join(&name.0),
        }
    }

    /// Its settings, which must be there: an unknown name is a typing mistake, and
    /// the defaults would be another set-up.
    pub(super) fn existing_env_file(&self) -> Result<PathBuf> {
        let file = self.env_file();
        let name = self.folder.file_name().unwrap_or_default();
        ensure!(
            file.is_file(),
            "--profile: there is no {}: make it with `gatelet profile new {}`",
            file.display(),
            name.display()
        );
        Ok(file)
    }

    /// Where its embedded databases lie.
    pub(super) fn state_folder(&self) -> PathBuf {
        self.folder.join("state")
    }

    pub(super) fn env_file(&self) -> PathBuf {
        self.folder.join("env")
    }

    pub(super) fn make(&self) -> Result<()> {
        first_run::make_settings(&self.env_file())
    }
}

/// The folder of all profiles.
fn home(manifest: &Path) -> PathBuf {
    manifest.with_file_name(".gatelet")
}

fn names(manifest: &Path) -> Result<Vec<String>> {
    let home = home(manifest);
    let entries = match fs::read_dir(&home) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| home.display().to_string()),
    };
    let mut names: Vec<_> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok()?.parse().ok())
        .filter(|name: &ProfileName| Profile::new(manifest, name).env_file().is_file())
        .map(|name| name.0)
        .collect();
    names.sort_unstable();
    Ok(names)
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
            Err("write 1 to 32 small letters, digits and hyphens".to_owned())
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
        for name in ["staging", "production"] {
            let profile = Profile::new(&manifest, &named(name));
            assert!(profile.existing_env_file().is_err());
            profile.make().unwrap();
            assert!(profile.make().is_err(), "a key would be lost");
            keys.push(fs::read_to_string(profile.existing_env_file().unwrap()).unwrap());
        }
        assert_ne!(keys[0], keys[1]);
        assert_eq!(names(&manifest).unwrap(), ["production", "staging"]);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_a_profile() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::new(&folder.path().join("spin.toml"), &named("p"));
        profile.make().unwrap();
        for (path, mode) in [(&profile.folder, 0o700), (&profile.env_file(), 0o600)] {
            assert_eq!(
                fs::metadata(path).unwrap().permissions().mode() & 0o777,
                mode
            );
        }
    }

    #[test]
    fn an_unknown_profile_is_refused_with_the_mend() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::new(&folder.path().join("spin.toml"), &named("stagin"));
        let error = profile.existing_env_file().unwrap_err().to_string();
        assert!(error.ends_with("`gatelet profile new stagin`"), "{error}");
    }
}
