//! What does `spin.toml` ask for? The manifest, version 2, as far as this host
//! serves it. What it does not serve is named, never ignored.

mod check;
mod document;
mod route;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub use route::{Match, Route, Routes};

/// A manifest that this host can serve, with every reference resolved.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The application's name.
    pub name: String,
    /// The folder it lies in: sources are relative to it.
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
    /// The `.wasm` file, absolute.
    pub source: PathBuf,
    /// Variable name to template.
    pub variables: BTreeMap<String, String>,
    /// Templates of what it may reach.
    pub allowed_outbound_hosts: Vec<String>,
    /// Labels of the SQLite databases it may open.
    pub sqlite_databases: Vec<String>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// What its imports are satisfied by, by dependency name.
    pub dependencies: BTreeMap<String, Dependency>,
}

/// What satisfies an import, or stands in front as middleware.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The `.wasm` file, absolute.
    pub source: PathBuf,
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
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let folder = folder.canonicalize().unwrap_or(folder);
        Self::parse(&text, &folder).with_context(|| path.display().to_string())
    }

    /// Checks a manifest's text. Sources are relative to `folder`.
    ///
    /// # Errors
    /// One line that names what cannot be served.
    pub fn parse(text: &str, folder: &Path) -> Result<Self> {
        check::resolve(document::parse(text)?, folder)
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
}
