//! What are the application's variables worth? In Spin's order: the command line, then
//! the environment, then files of settings, then the manifest's default. Among files the
//! later named counts first, and the profile's own last. What an env file says in another
//! stack's names stands between files and default.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use gatelet_origins::other_stack;
use gatelet_origins::translation::{Remark, Translation};
use gatelet_runtime::Variables;
use gatelet_runtime::manifest::{Manifest, Variable};
use gatelet_settings::{Setting, did_you_mean, nearest};

use crate::env_file;

/// The prefix of variables in the environment.
pub(crate) const PREFIX: &str = "SPIN_VARIABLE_";
/// The vault's key, by the name that other vaults have for it too.
pub(crate) const SECRETS_ENC_KEY: &str = "SECRETS_ENC_KEY";
/// Where embedded databases lie. Not a variable of the application: the host's own.
pub(crate) const STATE_DIR: &str = "GATELET_STATE_DIR";

/// Where values come from, the first that has one first.
#[derive(Default)]
pub(crate) struct Sources {
    /// `--variable name=value`.
    pub(crate) arguments: BTreeMap<String, String>,
    /// `SPIN_VARIABLE_NAME` from the environment, by lower-case name.
    pub(crate) environment: BTreeMap<String, String>,
    /// The same from files; a later one counts before an earlier one.
    pub(crate) files: Vec<SettingsFile>,
    /// `BASE_DOMAIN` and its kin from an env file.
    pub(crate) other_stack: BTreeMap<String, String>,
    /// What they come to, by our names.
    pub(crate) translated: BTreeMap<String, String>,
    /// What follows from other variables where nobody says otherwise.
    pub(crate) derived: BTreeMap<String, (String, Setting)>,
    /// `GATELET_STATE_DIR` from a file.
    pub(crate) state_folder: Option<PathBuf>,
}

/// What a file of settings says.
#[derive(Default)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    /// By lower-case name.
    values: BTreeMap<String, String>,
    /// Other names, each with its line.
    others: Vec<(String, usize)>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin<'a> {
    /// `--variable`
    Argument,
    /// This process's environment.
    Environment,
    /// `--env-file`, or the profile's.
    File(&'a Path),
    /// Another variable.
    Derived(Setting),
    /// `--env-file`, by the names of another stack.
    OtherStack,
    /// The manifest.
    Default,
}

/// How one variable follows from another.
pub(crate) struct Rule {
    /// The one that follows.
    pub(crate) of: Setting,
    /// From this one.
    pub(crate) from: Setting,
    /// None where nothing follows.
    pub(crate) rule: fn(&str) -> Option<String>,
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
    ///
    /// # Errors
    /// One line when a value is not UTF-8: passed over, the default would count.
    pub(crate) fn with_environment(
        mut self,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self> {
        for (name, value) in environment {
            let Some(name) = name.to_str() else {
                continue;
            };
            let is_key = name == SECRETS_ENC_KEY;
            let Some(name) = name.strip_prefix(PREFIX).or(is_key.then_some(name)) else {
                continue;
            };
            let value = value.into_string();
            let value = value.map_err(|_| anyhow!("{PREFIX}{name}: is not UTF-8"))?;
            let name = name.to_lowercase();
            match is_key {
                // The prefixed name counts before it.
                true => drop(self.environment.entry(name).or_insert(value)),
                false => drop(self.environment.insert(name, value)),
            }
        }
        Ok(self)
    }

    /// Takes `SPIN_VARIABLE_NAME=value` lines, and what another stack calls its
    /// settings.
    ///
    /// # Errors
    /// One line that names the file and the line, never the value.
    pub(crate) fn with_env_file(mut self, path: &Path) -> Result<Self> {
        let mut file = SettingsFile {
            path: path.to_owned(),
            ..SettingsFile::default()
        };
        for entry in env_file::read(path)? {
            let env_file::Entry {
                name, value, line, ..
            } = entry;
            if let Some(name) = name.strip_prefix(PREFIX) {
                file.values.insert(name.to_lowercase(), value);
            } else if name == SECRETS_ENC_KEY {
                file.values.entry(name.to_lowercase()).or_insert(value);
            } else if name == STATE_DIR {
                self.state_folder = (!value.is_empty()).then(|| value.into());
            } else if other_stack::is_name(&name) {
                self.other_stack.insert(name, value);
            } else {
                file.others.push((name, line));
            }
        }
        self.files.push(file);
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

    /// A variable's value and where it comes from.
    #[must_use]
    pub(crate) fn find<'a>(
        &'a self,
        name: &str,
        variable: &'a Variable,
    ) -> Option<(&'a str, Origin<'a>)> {
        let Variable { default, secret: _ } = variable;
        let files = self.files.iter().rev();
        let above = [
            (self.arguments.get(name), Origin::Argument),
            (self.environment.get(name), Origin::Environment),
        ];
        let derived = self.derived.get(name);
        let derived = derived.map(|(value, from)| (Some(value), Origin::Derived(*from)));
        let below = [
            Some((self.translated.get(name), Origin::OtherStack)),
            derived,
            Some((default.as_ref(), Origin::Default)),
        ];
        above
            .into_iter()
            .chain(files.map(|file| (file.values.get(name), Origin::File(&file.path))))
            .chain(below.into_iter().flatten())
            .find_map(|(value, origin)| Some((value?.as_str(), origin)))
    }

    /// What one variable is worth by another, where nobody sets it: a grant for the
    /// server that a URL names. Spin derives nothing.
    pub(crate) fn derive(&mut self, manifest: &Manifest, Rule { of, from, rule }: &Rule) {
        let found = |setting: &Setting| {
            let name = setting.name();
            self.find(name, manifest.variables.get(name)?)
        };
        // Another default is the manifest's author's wish.
        let is_set = |(value, origin)| origin != Origin::Default || of.default() != Some(value);
        if found(of).is_none_or(is_set) {
            return;
        }
        if let Some(value) = found(from).and_then(|(url, _)| rule(url)) {
            self.derived.insert(of.name().to_owned(), (value, *from));
        }
    }

    /// As if no file had set it.
    pub(crate) fn forget(&mut self, name: &str) {
        for file in &mut self.files {
            file.values.remove(name);
        }
    }

    /// The variables that a file sets.
    pub(crate) fn names_in(&self, path: &Path) -> Vec<String> {
        let file = self.files.iter().find(|file| file.path == path);
        file.map_or_else(Vec::new, |file| file.values.keys().cloned().collect())
    }

    /// A line for each name that is set and that nothing reads: another program's, or a
    /// typing mistake.
    #[must_use]
    pub(crate) fn unread(&self, manifest: &Manifest) -> Vec<String> {
        let names = || manifest.variables.keys().map(String::as_str);
        let ours = |name: &str| format!("{PREFIX}{}", name.to_uppercase());
        let mut lines = Vec::new();
        let mut unknown = |name: &str, place: &str| {
            if !manifest.variables.contains_key(name) {
                let meant = nearest(name, names()).map_or_else(String::new, |meant| {
                    format!(": did you mean {}?", ours(meant))
                });
                lines.push(format!(
                    "{}{place}: set, but not in the manifest{meant}",
                    ours(name)
                ));
            }
        };
        for name in self.environment.keys() {
            unknown(name, "");
        }
        for file in &self.files {
            for name in file.values.keys() {
                unknown(name, &format!(" in {}", file.path.display()));
            }
        }
        let set = self.files.iter().flat_map(|file| file.values.keys());
        let set: BTreeSet<_> = set.map(String::as_str).collect();
        for file in &self.files {
            for (name, line) in &file.others {
                // A file may be the app's too, and say both.
                if let Some(meant) = meant(name, names()).filter(|name| !set.contains(*name)) {
                    lines.push(format!(
                        "{name} in {} line {line}: means nothing here: did you mean {}?",
                        file.path.display(),
                        ours(meant)
                    ));
                }
            }
        }
        lines
    }

    /// Settles every variable of a manifest.
    ///
    /// # Errors
    /// One line for each that is required and missing, or given and unknown.
    pub(crate) fn settle(&self, manifest: &Manifest) -> Result<Variables> {
        for name in self.arguments.keys() {
            ensure!(
                manifest.variables.contains_key(name),
                "--variable {name}: the manifest has no such variable{}",
                did_you_mean(name, manifest.variables.keys().map(String::as_str))
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
            let mend = if *first == Setting::SessionKeys.name() {
                "`gatelet up --init` makes one and keeps it; or set".to_owned()
            } else {
                format!("`gatelet set {first} VALUE` keeps it; or set")
            };
            bail!(
                "{} {} not set{meaning}; {mend} {PREFIX}{}, or --variable {first}=…",
                missing.join(", "),
                if missing.len() == 1 { "is" } else { "are" },
                first.to_uppercase(),
            );
        }
        Ok(Variables::from(values))
    }
}

/// The variable that a name without our prefix, or with one that is nearly ours, is
/// meant for.
fn meant<'a>(name: &str, mut among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let bare = ["gatelet_", "spin_"].iter().find_map(|prefix| {
        let rest = lower.strip_prefix(prefix)?;
        let (word, bare) = rest.split_once('_').unwrap_or(("", rest));
        Some(nearest(word, ["variable", "var"]).map_or(rest, |_| bare))
    });
    match bare {
        Some(bare) => nearest(bare, among),
        // Other programs' names are near to ours by chance.
        None => among.find(|one| strsim::damerau_levenshtein(&lower, one) <= SLIP),
    }
}

/// Letters that are wrong in a name without a prefix.
const SLIP: usize = 1;

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

    fn file(path: &str, values: &[(&str, &str)]) -> SettingsFile {
        SettingsFile {
            path: path.into(),
            values: pairs(values),
            others: Vec::new(),
        }
    }

    #[test]
    fn argument_goes_before_environment_before_file_before_default() {
        let mut sources = Sources {
            arguments: pairs(&[("plain", "argument"), ("key", "k")]),
            environment: pairs(&[("plain", "environment")]),
            files: vec![
                file("a", &[("plain", "early")]),
                file("b", &[("plain", "file")]),
            ],
            translated: pairs(&[("plain", "translated")]),
            ..Sources::default()
        };
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("argument"));
        sources.arguments.remove("plain");
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("environment"));
        sources.environment.clear();
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("file"));
        sources.files.pop();
        assert_eq!(settle(&sources).unwrap().get("plain"), Some("early"));
        sources.files.clear();
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
            Some(("a", Origin::File(&file))),
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
            "key is not set; `gatelet set key VALUE` keeps it; or set SPIN_VARIABLE_KEY, or --variable key=…"
        );
    }

    #[test]
    fn an_unknown_argument_is_refused() {
        let sources = Sources {
            arguments: pairs(&[("key", "k"), ("typo", "x")]),
            ..Sources::default()
        };
        assert!(settle(&sources).err().unwrap().to_string().contains("typo"));
        let sources = Sources {
            arguments: pairs(&[("key", "k"), ("plian", "x")]),
            ..Sources::default()
        };
        let error = settle(&sources).err().unwrap().to_string();
        assert!(error.ends_with("did you mean plain?"), "{error}");
    }

    #[test]
    fn a_misspelt_name_is_told_with_the_one_that_was_meant() {
        let manifest =
            Manifest::parse(&MANIFEST.replace("plain =", "upstream ="), Path::new("/")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        let told = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let sources = Sources::default().with_env_file(&path).unwrap();
            let lines = sources.unread(&manifest);
            assert!(!lines.concat().contains("hunter2"), "{lines:?}");
            lines
        };
        for name in [
            "UPSTREAM",
            "upstream",
            "Upstraem",
            "spin_variable_upstream",
            "SPIN_VARIBLE_UPSTREAM",
            "SPIN_VAR_UPSTREAM",
            "GATELET_UPSTREAM",
            "SPIN_UPSTREAM",
            "SPIN_VARIABLE_UPSTRAEM",
        ] {
            let lines = told(&format!("{name}=hunter2"));
            assert_eq!(lines.len(), 1, "{name}");
            assert!(lines[0].starts_with(&name.to_uppercase()) || lines[0].starts_with(name));
            assert!(
                lines[0].ends_with(": did you mean SPIN_VARIABLE_UPSTREAM?"),
                "{lines:?}"
            );
        }
        assert!(told("PORT=1\nNODE_ENV=x\nSPIN_UP=1\n").is_empty());
        assert!(
            told("UPSTREAM=x\nSPIN_VARIABLE_UPSTREAM=y\n").is_empty(),
            "both are said"
        );
        let unknown = told("SPIN_VARIABLE_COLOUR=x");
        assert!(
            unknown[0].ends_with("set, but not in the manifest"),
            "{unknown:?}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_utf_8_is_named_and_not_passed_over() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = || OsString::from_vec(b"hunter2\xff".to_vec());
        let read =
            |name: &str| Sources::default().with_environment(std::iter::once((name.into(), odd())));
        let error = read("SPIN_VARIABLE_SITE_NAME").err().unwrap().to_string();
        assert_eq!(error, "SPIN_VARIABLE_SITE_NAME: is not UTF-8");
        assert!(read("OTHER").is_ok(), "another program's");
    }
}
