//! How is the manifest written down? Its tables as TOML has them, with unknown
//! keys refused.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use serde::Deserialize;

/// Reads the TOML. The error names the key and its place.
pub(super) fn parse(text: &str) -> Result<Document> {
    toml::from_str(text).map_err(|error| in_its_line(text, &error))
}

/// What is wrong with a text, and in which line; without the line itself.
pub(crate) fn in_its_line(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let place = error.span().map(|span| {
        let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
        format!("line {line}: ")
    });
    anyhow!("{}{}", place.unwrap_or_default(), error.message())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) spin_manifest_version: u32,
    pub(super) application: Application,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) trigger: Triggers,
    #[serde(default)]
    pub(super) component: BTreeMap<String, Component>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Application {
    pub(super) name: String,
    #[serde(default, rename = "version")]
    pub(super) _version: Option<String>,
    #[serde(default, rename = "description")]
    pub(super) _description: Option<String>,
    #[serde(default, rename = "authors")]
    pub(super) _authors: Vec<String>,
    /// Tools' notes; no meaning for a host.
    #[serde(default, rename = "tool")]
    pub(super) _tool: Option<toml::Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variable {
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) secret: bool,
    #[serde(default, rename = "description")]
    pub(super) _description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Triggers {
    #[serde(default)]
    pub(super) http: Vec<HttpTrigger>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpTrigger {
    #[serde(default, rename = "id")]
    pub(super) _id: Option<String>,
    pub(super) route: RouteText,
    pub(super) component: String,
    #[serde(default)]
    pub(super) dependencies: TriggerDependencies,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RouteText {
    Path(String),
    Private { private: bool },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerDependencies {
    #[serde(default)]
    pub(super) middleware: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    pub(super) source: Source,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    pub(super) sqlite_databases: Vec<String>,
    #[serde(default)]
    pub(super) key_value_stores: Vec<String>,
    #[serde(default)]
    pub(super) ai_models: Vec<String>,
    #[serde(default)]
    pub(super) files: Vec<toml::Value>,
    #[serde(default)]
    pub(super) exclude_files: Vec<String>,
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) dependencies: BTreeMap<String, Dependency>,
    #[serde(default)]
    pub(super) dependencies_inherit_configuration: bool,
    #[serde(default, rename = "description")]
    pub(super) _description: Option<String>,
    /// How it is built; no meaning for a host.
    #[serde(default, rename = "build")]
    pub(super) _build: Option<toml::Table>,
    /// Tools' notes; no meaning for a host.
    #[serde(default, rename = "tool")]
    pub(super) _tool: Option<toml::Table>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Source {
    Path(String),
    Elsewhere(toml::Table),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dependency {
    pub(super) component: Option<String>,
    pub(super) path: Option<String>,
    pub(super) url: Option<String>,
    pub(super) digest: Option<String>,
    pub(super) package: Option<String>,
    pub(super) version: Option<String>,
    pub(super) registry: Option<String>,
    pub(super) export: Option<String>,
    pub(super) inherit_configuration: Option<Inherit>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Inherit {
    Whole(bool),
    Keys(Vec<String>),
}
