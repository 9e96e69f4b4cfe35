//! Which application is meant, and with which settings?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::Args;
use gatelet_origins::other_stack::Translation;
use gatelet_runtime::manifest::Manifest;
use gatelet_runtime::{Bundle, RunOptions, Variables};
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::sites::SignInSettings;

use super::first_run;
use super::kept;
use super::profile::{Profile, ProfileName};
use super::reach;
use crate::application::Preparation;
use crate::sources::Sources;

/// Silence that an operator takes for a start that hangs.
const PATIENCE: Duration = Duration::from_millis(1500);

#[derive(Debug, Args)]
pub(super) struct Project {
    /// The application's manifest [default: spin.toml, or where there is none, the one
    /// that came with this program].
    #[arg(short = 'f', long = "from", value_name = "FILE")]
    from: Option<PathBuf>,
    /// Use the settings and the embedded databases of this profile.
    #[arg(long, value_name = "NAME", env = "GATELET_PROFILE")]
    profile: Option<ProfileName>,
    /// Set a variable. Arguments are seen by everybody on this machine: give
    /// secrets by --env-file or environment.
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// A file of SPIN_VARIABLE_NAME=value lines; may be given several times, later
    /// ones first.
    #[arg(long = "env-file", value_name = "FILE")]
    env_files: Vec<PathBuf>,
    /// Where compiled code is kept between starts.
    #[arg(long, value_name = "FOLDER", env = "GATELET_CACHE_DIR")]
    cache_dir: Option<PathBuf>,
    /// Where SQLite databases lie [default: the profile's, or that of CENTRAL_DB_PATH, or .spin
    /// beside the manifest].
    #[arg(long, value_name = "FOLDER")]
    state_dir: Option<PathBuf>,
}

/// A manifest and its variables.
pub(super) struct Settled {
    pub(super) manifest: Manifest,
    pub(super) variables: Variables,
    /// Set, but not in the manifest.
    pub(super) unknown: BTreeSet<String>,
    /// What an env file of another stack came to.
    pub(super) translation: Option<Translation>,
}

impl Project {
    /// Reads manifest and sources, settling nothing yet.
    pub(super) fn read(&self) -> Result<(Manifest, Sources)> {
        let (manifest, sources, _) = self.read_all()?;
        Ok((manifest, sources))
    }

    fn read_all(&self) -> Result<(Manifest, Sources, Option<Translation>)> {
        let manifest = self.manifest()?;
        let mut sources = Sources::default()
            .with_arguments(&self.variables)?
            .with_environment(std::env::vars_os());
        if let Some(profile) = self.profile() {
            sources = sources.with_env_file(&profile.existing_env_file()?)?;
        }
        for file in &self.env_files {
            sources = sources.with_env_file(file)?;
        }
        let translation = sources.translate()?;
        Ok((manifest, sources, translation))
    }

    fn manifest(&self) -> Result<Manifest> {
        let path = self.manifest_path();
        if self.from.is_none()
            && !path.exists()
            && let Some(shipped) = Manifest::shipped(Bundle::shipped(), path)?
        {
            tracing::info!("there is no spin.toml here: serving what came with this program");
            return Ok(shipped);
        }
        Manifest::read(path)
    }

    fn manifest_path(&self) -> &Path {
        self.from.as_deref().unwrap_or(Path::new("spin.toml"))
    }

    /// Makes a file of settings where there is none, with a session key, and has it
    /// read. Gives the file that was made. A profile is made by `gatelet profile new`
    /// alone: a name that was mistyped makes nothing. Nor is a key made beside one that
    /// the environment has.
    ///
    /// # Errors
    /// One line when it cannot be made.
    pub(super) fn init(&mut self) -> Result<Option<PathBuf>> {
        if self.profile.is_some() {
            return Ok(None);
        }
        let file = first_run::settings_beside(self.manifest_path());
        let missing = !file.exists();
        if missing {
            if std::env::var_os("SPIN_VARIABLE_SESSION_KEYS").is_some() {
                return Ok(None);
            }
            first_run::make_settings(&file)?;
        }
        // Whatever is named counts before it.
        self.env_files.insert(0, file.clone());
        Ok(missing.then_some(file))
    }

    /// Reads and settles everything.
    pub(super) fn settle(&self) -> Result<Settled> {
        let (manifest, sources, translation) = self.read_all()?;
        let variables = sources.settle(&manifest)?;
        let unknown = sources.unknown(&manifest);
        Ok(Settled {
            manifest,
            variables,
            unknown,
            translation,
        })
    }

    /// How components are run.
    pub(super) fn run_options(&self, settled: &Settled) -> RunOptions {
        let folder = &settled.manifest.folder;
        let mut options = RunOptions::beside(folder);
        let translation = settled.translation.as_ref();
        if let Some(theirs) = translation.and_then(|one| one.database_folder.as_deref()) {
            options.sqlite_folder = folder.join(theirs);
        }
        options.cache_folder = self.cache_dir.clone().or_else(default_cache_folder);
        let of_profile = || Some(self.profile()?.state_folder());
        if let Some(folder) = self.state_dir.clone().or_else(of_profile) {
            options.sqlite_folder = folder;
        }
        options
    }

    fn profile(&self) -> Option<Profile> {
        let name = self.profile.as_ref()?;
        Some(Profile::new(self.manifest_path(), name))
    }
}

impl Settled {
    /// Gatelet's own settings, if this is a Gatelet: the manifest has its variables.
    ///
    /// # Errors
    /// One line that names the variable and the mend.
    pub(super) fn gatelet(&self) -> Result<Option<SignInSettings>> {
        if ![Setting::BaseUrl, Setting::SessionKeys]
            .iter()
            .all(|setting| self.manifest.variables.contains_key(setting.name()))
        {
            return Ok(None);
        }
        // Set to nothing is a slip, and the default would serve another address.
        for setting in [Setting::BaseUrl, Setting::Upstream] {
            if self
                .variables
                .get(setting.name())
                .is_some_and(|value| value.trim().is_empty())
            {
                let problem = format!("is empty: write it as {}", setting.example());
                return Err(anyhow!(SettingError::new(setting, problem)));
            }
        }
        let settings = SignInSettings::from_variables(self.variables.iter())
            .map_err(|error| anyhow!(error))?;
        reach::check(&self.manifest, &self.variables, &settings)?;
        kept::written(&self.variables)?;
        Ok(Some(settings))
    }

    /// One line about names that are set and that nothing reads.
    pub(super) fn unread(&self) -> Option<String> {
        let names: Vec<_> = self
            .unknown
            .iter()
            .map(|name| format!("SPIN_VARIABLE_{}", name.to_uppercase()))
            .collect();
        (!names.is_empty()).then(|| format!("{}: set, but not in the manifest", names.join(", ")))
    }

    /// One line about names of another stack that were understood; and whether one of
    /// them asks for what nothing does.
    pub(super) fn translated(&self) -> Option<(String, bool)> {
        let translation = self.translation.as_ref()?;
        let became: Vec<_> = translation
            .settings
            .iter()
            .map(|became| format!("{} as {}", became.of.join(", "), became.setting))
            .collect();
        let mut line = format!(
            "the env file is another stack's: read {}",
            became.join("; ")
        );
        let unenforced = translation.unenforced();
        let names: Vec<_> = unenforced.map(|note| note.name.as_str()).collect();
        if !names.is_empty() {
            line += &format!("; NOT ENFORCED: {}", names.join(", "));
        }
        line += "; `gatelet config translate` says more";
        Some((line, !names.is_empty()))
    }

    /// Loads the components, and says so where that takes long.
    pub(super) fn load(&self, options: &RunOptions) -> Result<Preparation> {
        let (done, waiting) = std::sync::mpsc::channel::<()>();
        std::thread::spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                tracing::info!("compiling the components; the next start finds them compiled");
            }
        });
        let loaded = Preparation::load(&self.manifest, &self.variables, options);
        drop(done);
        loaded
    }
}

/// `$XDG_CACHE_HOME/gatelet`, else `~/.cache/gatelet`. None where there is no home.
fn default_cache_folder() -> Option<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".cache")))
        .map(|folder| folder.join("gatelet"))
}
