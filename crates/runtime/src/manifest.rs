//! What does `spin.toml` ask for? The manifest, version 2, as far as this host
//! serves it. What it does not serve is named, never ignored.

mod check;
mod document;
mod route;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::bundle::Bundle;

pub(crate) use document::in_its_line;
pub use route::{Match, Route, Routes};
use source::Root;
pub use source::Source;

/// A manifest that this host can serve, with every reference resolved.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The application's name.
    pub name: String,
    /// The folder it lies in: sources are relative to it. Where it came with this
    /// program, the folder that it would lie in.
    pub folder: PathBuf,
    /// Application variables by name.
    pub variables: BTreeMap<String, Variable>,
    /// HTTP triggers, in the file's order.
    pub triggers: Vec<Trigger>,
    /// Components by id.
    pub components: BTreeMap<String, Component>,
}

/// `[variables] name = { … }`.
#[derive(Clone, Debug)]
pub struct Variable {
    /// None means required.
    pub default: Option<String>,
    /// Whether its value may be shown.
    pub secret: bool,
}

/// `[[trigger.http]]`.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// None for a private route: reached by service chaining alone.
    pub route: Option<Route>,
    /// Component id.
    pub component: String,
    /// Component ids, outermost first.
    pub middleware: Vec<Dependency>,
}

/// `[component.ID]`.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its bytes.
    pub source: Source,
    /// Variable name to template.
    pub variables: BTreeMap<String, String>,
    /// Templates of what it may reach.
    pub allowed_outbound_hosts: Vec<String>,
    /// Labels of the SQLite databases it may open.
    pub sqlite_databases: Vec<String>,
    /// Labels of the key-value stores it may open.
    pub key_value_stores: Vec<String>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// What its imports are satisfied by, by dependency name.
    pub dependencies: BTreeMap<String, Dependency>,
}

/// What satisfies an import, or stands in front as middleware.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Its bytes.
    pub source: Source,
    /// The export to use where its name differs from the import's.
    pub export: Option<String>,
    /// What of the primary component's configuration it may use.
    pub inherit: Inherit,
}

/// `inherit_configuration`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inherit {
    /// All of it.
    All,
    /// These keys.
    Keys(Vec<String>),
}

impl Inherit {
    /// Whether a configuration key is inherited.
    #[must_use]
    pub fn includes(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Keys(keys) => keys.iter().any(|inherited| inherited == key),
        }
    }
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// One line that names the file and what in it cannot be served.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        Self::parse(&text, &folder_of(path)).with_context(|| path.display().to_string())
    }

    /// The manifest that came with this program, as if it lay at `path`. None where
    /// none did.
    ///
    /// # Errors
    /// None that an operator could mend.
    pub fn shipped(bundle: Bundle, path: &Path) -> Result<Option<Self>> {
        let Some(text) = bundle.manifest() else {
            return Ok(None);
        };
        let document = document::parse(text)?;
        let manifest = check::resolve(document, Root::Shipped(bundle), folder_of(path))?;
        Ok(Some(manifest))
    }

    /// Checks a manifest's text. Sources are relative to `folder`.
    ///
    /// # Errors
    /// One line that names what cannot be served.
    pub fn parse(text: &str, folder: &Path) -> Result<Self> {
        let document = document::parse(text)?;
        check::resolve(document, Root::Folder(folder), folder.to_owned())
    }

    /// The components that have middleware before them, each once.
    #[must_use]
    pub fn guarded(&self) -> Vec<&str> {
        let guarded = self
            .triggers
            .iter()
            .filter(|trigger| !trigger.middleware.is_empty());
        let names: BTreeSet<_> = guarded.map(|trigger| trigger.component.as_str()).collect();
        names.into_iter().collect()
    }

    /// Every file that its components are made of; one that is a part of several comes as
    /// often.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        let stages = self.triggers.iter().flat_map(|trigger| &trigger.middleware);
        let components = self.components.values();
        let dependencies = components
            .clone()
            .flat_map(|component| component.dependencies.values());
        components
            .map(|component| &component.source)
            .chain(dependencies.chain(stages).map(|part| &part.source))
    }
}

fn folder_of(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).to_owned();
    folder.canonicalize().unwrap_or(folder)
}
