//! What are the application's variables worth? In Spin's order: the command
//! line, then the environment and the env file, then the manifest's default. An env
//! file that was written for another stack stands between the last two.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use gatelet_origins::other_stack::{self, Remark, Translation};
use gatelet_runtime::Variables;
use gatelet_runtime::manifest::{Manifest, Variable};
use gatelet_settings::Setting;

/// The prefix of variables in the environment.
const PREFIX: &str = "SPIN_VARIABLE_";

/// Where values come from, the first that has one first.
#[derive(Default)]
pub(crate) struct Sources {
    /// `--variable name=value`.
    pub(crate) arguments: BTreeMap<String, String>,
    /// `SPIN_VARIABLE_NAME` from the environment, by lower-case name.
    pub(crate) environment: BTreeMap<String, String>,
    /// The same from an env file.
    pub(crate) env_file: BTreeMap<String, String>,
    /// `BASE_DOMAIN` and its kin from an env file.
    pub(crate) other_stack: BTreeMap<String, String>,
    /// What they come to, by our names.
    pub(crate) translated: BTreeMap<String, String>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `--variable`
    Argument,
    /// This process's environment.
    Environment,
    /// `--env-file`
    EnvFile,
    /// `--env-file`, by the names of another stack.
    OtherStack,
    /// The manifest.
    Default,
}

impl Sources {
    /// Takes `name=value` arguments.
    ///
    /// # Errors
    /// One line when an argument has no `=`.
    pub(crate) fn with_arguments(mut self, arguments: &[String]) -> Result<Self> {
        for argument in arguments {
            // Not repeated: it may be the value alone, and that a secret.
            let (name, value) = argument
                .split_once('=')
                .context("--variable: write name=value")?;
            self.arguments.insert(name.to_owned(), value.to_owned());
        }
        Ok(self)
    }

    /// Takes `SPIN_VARIABLE_*` of this process.
    #[must_use]
    pub(crate) fn with_environment(
        mut self,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Self {
        for (name, value) in environment {
            // What is not UTF-8 is no variable of ours.
            let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) else {
                continue;
            };
            if let Some(name) = name.strip_prefix(PREFIX) {
                self.environment.insert(name.to_lowercase(), value);
            }
        }
        self
    }

    /// Takes `SPIN_VARIABLE_NAME=value` lines, and what another stack calls its
    /// settings. Others are passed over.
    ///
    /// # Errors
    /// One line that names the file and the line, never the value.
    pub(crate) fn with_env_file(mut self, path: &Path) -> Result<Self> {
        for (name, value) in env_file_lines(path)? {
            if let Some(name) = name.strip_prefix(PREFIX) {
                self.env_file.insert(name.to_lowercase(), value);
            } else if other_stack::is_name(&name) {
                self.other_stack.insert(name, value);
            }
        }
        Ok(self)
    }

    /// Makes settings of another stack's, if an env file has them. From env files
    /// alone: an environment is full of names that are meant for others.
    ///
    /// # Errors
    /// One line with every fault.
    pub(crate) fn translate(&mut self) -> Result<Option<Translation>> {
        let names = self.other_stack.keys().map(String::as_str);
        if !other_stack::is_such_a_stack(names) {
            return Ok(None);
        }
        let pairs = self.other_stack.iter();
        let translation =
            other_stack::translate(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
                .map_err(|faults| anyhow!(Remark::one_line(&faults)))?;
        let settings = translation.settings.iter();
        self.translated = settings
            .map(|became| (became.setting.name().to_owned(), became.value.clone()))
            .collect();
        Ok(Some(translation))
    }
}

/// `NAME=value` lines; `#` begins a comment line, one pair of quotes around a value
/// is dropped. Of a name that comes twice the later line counts.
///
/// # Errors
/// One line that names the file and the line, never the value.
pub(crate) fn env_file_lines(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let mut values = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else {
            bail!("{} line {}: write NAME=value", path.display(), number + 1);
        };
        values.insert(name.trim().to_owned(), unquoted(value.trim()).to_owned());
    }
    Ok(values)
}

impl Sources {
    /// A variable's value and where it comes from.
    #[must_use]
    pub(crate) fn find<'a>(
        &'a self,
        name: &str,
        variable: &'a Variable,
    ) -> Option<(&'a str, Origin)> {
        let Variable { default, secret: _ } = variable;
        [
            (self.arguments.get(name), Origin::Argument),
            (self.environment.get(name), Origin::Environment),
            (self.env_file.get(name), Origin::EnvFile),
            (self.translated.get(name), Origin::OtherStack),
            (default.as_ref(), Origin::Default),
        ]
        .into_iter()
        .find_map(|(value, origin)| Some((value?.as_str(), origin)))
    }
}

impl Sources {
    /// Names that are set in the environment or an env file and that the manifest
    /// does not have: another program's, or typing mistakes.
    #[must_use]
    pub(crate) fn unknown(&self, manifest: &Manifest) -> BTreeSet<String> {
        self.environment
            .keys()
            .chain(self.env_file.keys())
            .filter(|name| !manifest.variables.contains_key(*name))
            .cloned()
            .collect()
    }
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner;
        }
    }
    value
}

impl Sources {
    /// Settles every variable of a manifest.
    ///
    /// # Errors
    /// One line for each that is required and missing, or given and unknown.
    pub(crate) fn settle(&self, manifest: &Manifest) -> Result<Variables> {
        for name in self.arguments.keys() {
            ensure!(
                manifest.variables.contains_key(name),
                "--variable {name}: the manifest has no such variable"
            );
        }
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, variable) in &manifest.variables {
            match self.find(name, variable) {
                Some((value, _)) => {
                    values.insert(name.clone(), value.to_owned());
                }
                None => missing.push(name.as_str()),
            }
        }
        if let Some(first) = missing.first() {
            let meaning = Setting::named(first)
                .map_or(String::new(), |setting| format!(" ({})", setting.meaning()));
            bail!(
                "{} {} not set{meaning}; set SPIN_VARIABLE_{}, or --variable {first}=…",
                missing.join(", "),
                if missing.len() == 1 { "is" } else { "are" },
                first.to_uppercase(),
            );
        }
        Ok(Variables::from(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
        spin_manifest_version = 2
        [application]
        name = "x"
        [variables]
        plain = { default = "default" }
        key = { required = true, secret = true }
        [[trigger.http]]
        route = "/..."
        component = "c"
        [component.c]
        source = "c.wasm"
    "#;

    fn settle(sources: &Sources) -> Result<Variables> {
        sources.settle(&Manifest::parse(MANIFEST, Path::new("/"))?)
    }

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn argument_goes_before_environment_before_file_before_default() {
        let mut sources = Sources {
            arguments: pairs(&[("plain", "argument"), ("key", "k")]),
            environment: pairs(&[("plain", "environment")]),
            env_file: pairs(&[("plain", "file")]),
            translated: pairs(&[("plain", "translated")]),
            ..Sources::default()
        };
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("argument"));
        sources.arguments.remove("plain");
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("environment"));
        sources.environment.clear();
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("file"));
        sources.env_file.clear();
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("translated"));
        sources.translated.clear();
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("default"));
    }

    #[test]
    fn an_env_file_of_another_stack_is_understood_and_that_of_an_app_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            let mut sources = Sources::default().with_env_file(&file)?;
            let translation = sources.translate()?;
            anyhow::Ok((sources, translation))
        };
        let (sources, translation) = read(
            "export BASE_DOMAIN='example.com'\nAPP_LIST=\"b,a\"\nSPIN_VARIABLE_APP_LIST=a\nSESSION_SECRET=\n",
        )
        .unwrap();
        assert!(translation.is_some());
        assert_eq!(
            sources.translated.get("base_url").map(String::as_str),
            Some("https://auth.example.com")
        );
        let variable = Variable {
            default: None,
            secret: false,
        };
        assert_eq!(
            sources.find("app_list", &variable),
            Some(("a", Origin::EnvFile)),
            "ours before theirs"
        );
        let (sources, translation) = read("SESSION_SECRET=hunter2\nPORT=1\n").unwrap();
        assert!(translation.is_none() && sources.translated.is_empty());
        let fault = read("BASE_DOMAIN=example.com\nSESSION_SECRET=hunter2\n").err();
        let fault = fault.unwrap().to_string();
        assert!(
            fault.starts_with("SESSION_SECRET: ") && !fault.contains("hunter2"),
            "{fault}"
        );
    }

    #[test]
    fn a_required_variable_without_a_value_is_named_with_the_mend() {
        let error = settle(&Sources::default()).err().unwrap().to_string();
        assert_eq!(
            error,
            "key is not set; set SPIN_VARIABLE_KEY, or --variable key=…"
        );
    }

    #[test]
    fn an_unknown_argument_is_refused() {
        let sources = Sources {
            arguments: pairs(&[("key", "k"), ("typo", "x")]),
            ..Sources::default()
        };
        assert!(settle(&sources).err().unwrap().to_string().contains("typo"));
    }
}
