//! Which application is meant, and with which settings?

use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::{Result, anyhow};
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use gatelet_mail::mail_url::MailUrl;
use gatelet_origins::translation::Translation;
use gatelet_runtime::manifest::Manifest;
use gatelet_runtime::{Bundle, RunOptions, RuntimeConfig, Variables};
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::sites::SignInSettings;

use super::first_run;
use super::kept;
use super::profile::{Profile, ProfileName};
use super::reach;
use crate::application::Preparation;
use crate::private_file;
use crate::sources::{Origin, STATE_DIR, Sources};

/// Silence that an operator takes for a start that hangs.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Which application, and which set-up of it.
#[derive(Debug, Args)]
pub(super) struct SetUp {
    /// The application's manifest [default: spin.toml, or where there is none, the one
    /// that came with this program].
    #[arg(short = 'f', long = "from", value_name = "FILE")]
    from: Option<PathBuf>,
    /// Use the settings and the embedded databases of this profile [default: default].
    #[arg(long, value_name = "NAME", env = "GATELET_PROFILE", value_parser = profile_name)]
    profile: Option<ProfileName>,
}

#[derive(Debug, Args)]
pub(super) struct Project {
    #[command(flatten)]
    set_up: SetUp,
    /// Set a variable. Arguments are seen by everybody on this machine: give
    /// secrets by --env-file or environment.
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// A file of SPIN_VARIABLE_NAME=value lines; may be given several times, later
    /// ones first.
    #[arg(long = "env-file", value_name = "FILE")]
    env_files: Vec<PathBuf>,
    /// Where compiled code is kept between starts.
    #[arg(long, value_name = "FOLDER", env = "GATELET_CACHE_DIR", value_parser = folder())]
    cache_dir: Option<PathBuf>,
    /// Where SQLite databases lie. An env file may say it too [default: .spin beside the
    /// manifest, or the profile's].
    #[arg(long, value_name = "FOLDER", env = STATE_DIR, value_parser = folder())]
    state_dir: Option<PathBuf>,
    /// Where key-value stores are kept, as Spin's runtime configuration says it:
    /// [key_value_store.NAME] [default: `default` in a file among the SQLite databases].
    #[arg(long, value_name = "FILE", env = "RUNTIME_CONFIG_FILE", value_parser = folder())]
    runtime_config_file: Option<PathBuf>,
}

/// A manifest and its variables.
pub(super) struct Settled {
    pub(super) manifest: Manifest,
    pub(super) variables: Variables,
    /// A line for each name that is set and that nothing reads, and about a file of
    /// settings that anybody reads.
    pub(super) remarks: Vec<String>,
    /// The file of settings, if the profile has one, and the names that it sets.
    pub(super) kept: Option<(PathBuf, Vec<String>)>,
    /// Where an env file says that embedded databases lie.
    state_folder: Option<PathBuf>,
    /// What an env file of another stack came to.
    pub(super) translation: Option<Translation>,
}

impl SetUp {
    pub(super) fn manifest(&self) -> Result<Manifest> {
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

    pub(super) fn profile(&self) -> Profile {
        let name = self.profile.clone().unwrap_or_default();
        Profile::new(self.manifest_path(), &name)
    }
}

/// A folder; `named` passes over one that is empty, as `GATELET_STATE_DIR=` is.
fn folder() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

fn named(folder: Option<&PathBuf>) -> Option<PathBuf> {
    folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .cloned()
}

/// A name; one that is empty is none: `GATELET_PROFILE=` unsets it.
fn profile_name(text: &str) -> Result<ProfileName, String> {
    match text {
        "" => Ok(ProfileName::default()),
        text => text.parse(),
    }
}

impl Project {
    /// Reads manifest and sources, settling nothing yet.
    pub(super) fn read(&self) -> Result<(Manifest, Sources)> {
        let (manifest, sources, _) = self.read_all()?;
        Ok((manifest, sources))
    }

    /// The base URL, where somebody set one.
    ///
    /// # Errors
    /// One line when what is set cannot be read.
    pub(super) fn base_url(&self) -> Result<Option<String>> {
        let (manifest, sources) = self.read()?;
        let name = Setting::BaseUrl.name();
        let Some(variable) = manifest.variables.get(name) else {
            return Ok(None);
        };
        // Another default is the manifest's author's wish.
        let wished = variable.default.as_deref() != Setting::BaseUrl.default();
        let found = sources.find(name, variable);
        let set = found.filter(|(_, origin)| wished || *origin != Origin::Default);
        Ok(set.map(|(value, _)| value.to_owned()))
    }

    /// Which manifest and which profile.
    pub(super) fn set_up(&self) -> &SetUp {
        &self.set_up
    }

    /// Sets what nobody did, or what is to be.
    pub(super) fn take(&mut self, setting: Setting, value: &str) {
        self.variables.push(format!("{setting}={value}"));
    }

    /// Which profile is in force, and where it lies.
    ///
    /// # Errors
    /// One line when there is no such profile.
    pub(super) fn profile_line(&self) -> Result<String> {
        let profile = self.set_up.profile();
        let name = profile.name();
        Ok(match profile.settings()? {
            Some(file) => format!("{name}: {}", file.display()),
            None => format!("{name}: {} is not there", profile.env_file()?.display()),
        })
    }

    /// What the profile is called.
    pub(super) fn profile_name(&self) -> String {
        self.set_up.profile().name().to_string()
    }

    fn read_all(&self) -> Result<(Manifest, Sources, Option<Translation>)> {
        let manifest = self.set_up.manifest()?;
        let mut sources = Sources::default()
            .with_arguments(&self.variables)?
            .with_environment(std::env::vars_os())?;
        if let Some(file) = self.set_up.profile().settings()? {
            sources = sources.with_env_file(&file)?;
        }
        for file in &self.env_files {
            sources = sources.with_env_file(file)?;
        }
        let translation = sources.translate()?;
        for rule in &reach::DERIVED {
            sources.derive(&manifest, rule);
        }
        Ok((manifest, sources, translation))
    }

    /// Whether somebody set a session key.
    ///
    /// # Errors
    /// One line when what is set cannot be read.
    pub(super) fn has_session_key(&self) -> Result<bool> {
        let name = Setting::SessionKeys.name();
        let (manifest, sources) = self.read()?;
        let variable = manifest.variables.get(name);
        Ok(variable.is_none_or(|variable| sources.find(name, variable).is_some()))
    }

    /// Makes a session key where nobody has, and keeps it among the profile's settings.
    /// A profile other than the default one is made by `gatelet profile new` alone: a
    /// name that was mistyped makes nothing. Gives the file that has the key now.
    ///
    /// # Errors
    /// One line when it cannot be made.
    pub(super) fn init(&self) -> Result<Option<PathBuf>> {
        let name = Setting::SessionKeys.name();
        let (manifest, sources) = self.read()?;
        let missing = |variable| sources.find(name, variable).is_none();
        if !manifest.variables.get(name).is_some_and(missing) {
            return Ok(None);
        }
        let file = self.set_up.profile().env_file()?;
        first_run::add_key(&file)?;
        Ok(Some(file))
    }

    /// Reads and settles everything.
    pub(super) fn settle(&self) -> Result<Settled> {
        let (manifest, sources, translation) = self.read_all()?;
        let variables = sources.settle(&manifest)?;
        let mut remarks = sources.unread(&manifest);
        let settings = self.set_up.profile().settings()?;
        if let Some(file) = settings
            .as_deref()
            .filter(|file| private_file::is_open(file))
        {
            let file = file.display();
            remarks.push(format!(
                "{file} has secrets in it and others may read it: chmod 600 {file}"
            ));
        }
        let kept = settings.map(|file| {
            let names = sources.names_in(&file);
            (file, names)
        });
        Ok(Settled {
            manifest,
            variables,
            remarks,
            kept,
            state_folder: sources.state_folder,
            translation,
        })
    }

    /// How components are run.
    ///
    /// # Errors
    /// One line when the runtime configuration cannot be read.
    pub(super) fn run_options(&self, settled: &Settled) -> Result<RunOptions> {
        let folder = &settled.manifest.folder;
        let mut options = RunOptions::beside(folder);
        let translation = settled.translation.as_ref();
        if let Some(theirs) = translation.and_then(|one| one.database_folder.as_deref()) {
            options.sqlite_folder = folder.join(theirs);
        }
        options.cache_folder = named(self.cache_dir.as_ref()).or_else(default_cache_folder);
        let of_profile = || self.set_up.profile().state_folder();
        let of_file = settled.state_folder.as_ref().map(|said| folder.join(said));
        let said = named(self.state_dir.as_ref()).or(of_file);
        if let Some(folder) = said.or_else(of_profile) {
            options.sqlite_folder = folder;
        }
        if let Some(file) = named(self.runtime_config_file.as_ref()) {
            options.key_value_stores = RuntimeConfig::read(&file)?.key_value_stores;
        }
        Ok(options)
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

    /// The first component that is given this variable.
    pub(super) fn reader(&self, setting: Setting) -> Option<&str> {
        let mut components = self.manifest.components.iter();
        let found = components.find(|(_, one)| one.variables.contains_key(setting.name()));
        found.map(|(name, _)| name.as_str())
    }

    /// The components that send letters; none where no letter is sent.
    pub(super) fn mail_senders(&self) -> Vec<String> {
        let name = Setting::MailUrl.name();
        let url = self.variables.get(name).unwrap_or_default();
        if !MailUrl::parse(url).is_ok_and(|url| url.is_some_and(|url| url != MailUrl::Log)) {
            return Vec::new();
        }
        let components = self.manifest.components.iter();
        let senders = components.filter(|(_, component)| component.variables.contains_key(name));
        senders.map(|(name, _)| name.clone()).collect()
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
