//! Where are providers written down? Among the profile's settings, or at an origin.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use gatelet_core::origin_record::{MAIN, OriginRecord};
use gatelet_runtime::store::Origin;
use gatelet_settings::Setting;

use super::written::Written;
use crate::cli::project::{Project, Settled};
use crate::cli::registry::Registry;
use crate::cli::{kept, keys, origins};
use crate::sources::{Origin as Source, PREFIX, Sources};
use crate::{env_file, private_file};

/// The settings that name providers.
const OURS: [Setting; 2] = [Setting::OidcProviders, Setting::OidcClientSecrets];

/// What is written of providers at one place, and the way back.
pub(super) struct Place {
    pub(super) written: Written,
    kind: Kind,
}

enum Kind {
    /// A profile's file, which nobody else changes meanwhile.
    Settings {
        file: PathBuf,
        /// Settings beside ours that are there.
        others: Vec<Setting>,
        /// Those of them that are to be forgotten.
        unset: Vec<Setting>,
        has_key: bool,
        /// A line where something else counts before it.
        overridden: Option<String>,
        _locked: File,
    },
    /// A record that the database keeps.
    Origin {
        registry: Box<Registry>,
        origin: Box<Origin>,
    },
}

impl Place {
    /// At an origin, or among the settings where none is named, or the main one.
    pub(super) fn open(project: &Project, origin: Option<&str>) -> Result<Self> {
        match origin {
            None | Some(MAIN) => Self::settings(project),
            Some(name) => {
                let registry = Registry::open(project)?;
                let origin = registry.changeable(name)?.clone();
                // It starts from what counts there: what it has of its own counts alone.
                let [providers, secrets] = OURS.map(|setting| registry.value(name, setting));
                Ok(Self {
                    written: Written::parse(&providers, &secrets)?,
                    kind: Kind::Origin {
                        registry: Box::new(registry),
                        origin: Box::new(origin),
                    },
                })
            }
        }
    }

    fn settings(project: &Project) -> Result<Self> {
        let manifest = project.set_up().manifest()?;
        let profile = project.set_up().profile();
        // One that was mistyped is not made.
        profile.settings()?;
        let file = profile.env_file()?;
        let locked = private_file::lock(private_file::folder_of(&file))?;
        let mut sources = Sources::default();
        if file.exists() {
            sources = sources.with_env_file(&file)?;
        }
        let value = |setting: Setting| {
            let variable = manifest.variables.get(setting.name());
            let Some(variable) = variable else {
                bail!("{setting}: the manifest has no such variable");
            };
            let found = sources.find(setting.name(), variable);
            Ok(found.map_or_else(String::new, |(value, _)| value.to_owned()))
        };
        let [providers, secrets] = OURS.map(value);
        let names = sources.names_in(&file);
        let is_there = |setting: &Setting| names.iter().any(|name| name == setting.name());
        Ok(Self {
            written: Written::parse(&providers?, &secrets?)?,
            kind: Kind::Settings {
                others: Setting::ALL.iter().copied().filter(is_there).collect(),
                unset: Vec::new(),
                has_key: project.has_session_key()?,
                overridden: overridden(project, &file)?,
                file,
                _locked: locked,
            },
        })
    }

    /// As a person names it.
    pub(super) fn name(&self) -> String {
        match &self.kind {
            Kind::Settings { file, .. } => file.display().to_string(),
            Kind::Origin { origin, .. } => format!("origin {}", origin.name),
        }
    }

    /// When it counts.
    pub(super) fn takes_effect(&self) -> String {
        match &self.kind {
            Kind::Settings { .. } => "from the next start on".to_owned(),
            Kind::Origin { registry, .. } => format!(
                "within {} s",
                registry.value(MAIN, Setting::OriginsRefreshSeconds)
            ),
        }
    }

    /// A line where something else counts before it.
    pub(super) fn overridden(&self) -> Option<String> {
        match &self.kind {
            Kind::Settings { overridden, .. } => overridden.clone(),
            Kind::Origin { .. } => None,
        }
    }

    /// Whether a setting beside the two is set here.
    pub(super) fn sets(&self, setting: Setting) -> bool {
        match &self.kind {
            Kind::Settings { others, .. } => others.contains(&setting),
            Kind::Origin { .. } => false,
        }
    }

    /// Has a setting beside the two forgotten as well.
    pub(super) fn unset(&mut self, setting: Setting) {
        if let Kind::Settings { unset, .. } = &mut self.kind {
            unset.push(setting);
        }
    }

    /// The set-up as it is to be, judged whole.
    ///
    /// # Errors
    /// One line that names the setting and the mend.
    pub(super) fn judged(&mut self, project: &mut Project) -> Result<Settled> {
        let [providers, secrets] = self.texts();
        match &mut self.kind {
            Kind::Settings { unset, has_key, .. } => {
                project.take(OURS[0], &providers.unwrap_or_default());
                project.take(OURS[1], &secrets.unwrap_or_default());
                for setting in unset {
                    project.take(*setting, "");
                }
                if !*has_key {
                    // `up --init` makes one.
                    project.take(Setting::SessionKeys, &keys::new()?);
                }
            }
            Kind::Origin { registry, origin } => {
                for (setting, value) in OURS.into_iter().zip([providers, secrets]) {
                    origin.values.retain(|(known, _)| known != setting.name());
                    if let Some(value) = value {
                        origin.values.push((setting.name().to_owned(), value));
                    }
                }
                registry.judge(origin)?;
            }
        }
        let settled = project.settle()?;
        settled.gatelet()?;
        Ok(settled)
    }

    /// Every record as it is to be, where the database was asked already.
    pub(super) fn records(&self) -> Option<Vec<OriginRecord>> {
        let Kind::Origin { registry, origin } = &self.kind else {
            return None;
        };
        let mut records: Vec<_> = registry
            .origins
            .iter()
            .chain(&registry.written)
            .map(kept::record)
            .collect();
        for record in &mut records {
            if record.name == origin.name {
                *record = kept::record(origin);
            }
        }
        Some(records)
    }

    /// Writes it: all of it, or nothing.
    pub(super) fn save(self) -> Result<()> {
        let texts = self.texts();
        match self.kind {
            Kind::Settings { file, unset, .. } => {
                let of = |setting: Setting| format!("{PREFIX}{}", setting.name().to_uppercase());
                let ours = OURS.map(of);
                let others: Vec<_> = unset.into_iter().map(of).collect();
                let values = ours.iter().zip(&texts);
                let values = values.map(|(name, text)| (name.as_str(), text.as_deref()));
                let others = others.iter().map(|name| (name.as_str(), None));
                let text = env_file::changed_together(&file, values.chain(others))?;
                private_file::replace(&file, &text)
            }
            Kind::Origin { registry, origin } => origins::update(&registry, origin.state, &origin),
        }
    }

    fn texts(&self) -> [Option<String>; 2] {
        [self.written.providers(), self.written.client_secrets()]
    }
}

/// A line where what counts of our settings is said elsewhere than in this file.
fn overridden(project: &Project, file: &Path) -> Result<Option<String>> {
    let (manifest, sources) = project.read()?;
    for setting in OURS {
        let Some(variable) = manifest.variables.get(setting.name()) else {
            continue;
        };
        let place = match sources.find(setting.name(), variable) {
            Some((_, Source::Argument)) => "by --variable".to_owned(),
            Some((_, Source::Environment)) => "in the environment".to_owned(),
            Some((_, Source::OtherStack)) => "by the names of another stack".to_owned(),
            Some((_, Source::File(other))) if other != file => format!("in {}", other.display()),
            Some((_, Source::File(_) | Source::Derived(_) | Source::Default)) | None => continue,
        };
        return Ok(Some(format!(
            "{PREFIX}{} is set {place} and counts before it.",
            setting.name().to_uppercase()
        )));
    }
    Ok(None)
}
