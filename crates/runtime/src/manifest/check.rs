//! Can this manifest be served? References resolved, limits of this host named.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

use super::document::{self, Document, RouteText};
use super::source::{Root, Source};
use super::{Component, Dependency, Inherit, Manifest, Route, Trigger, Variable};

/// The keys of `inherit_configuration` that Spin knows.
const CONFIGURATION_KEYS: [&str; 7] = [
    "variables",
    "allowed_outbound_hosts",
    "sqlite_databases",
    "key_value_stores",
    "files",
    "environment",
    "ai_models",
];

pub(super) fn resolve(document: Document, root: Root<'_>, folder: PathBuf) -> Result<Manifest> {
    let Document {
        spin_manifest_version,
        application,
        variables,
        trigger,
        component,
    } = document;
    ensure!(
        spin_manifest_version == 2,
        "spin_manifest_version {spin_manifest_version} is not supported; 2 is"
    );

    let variables = variables
        .into_iter()
        .map(|(name, variable)| {
            Ok((
                name.clone(),
                variable_of(variable).with_context(|| format!("variables.{name}"))?,
            ))
        })
        .collect::<Result<BTreeMap<_, _>>>()?;

    let sources = component
        .iter()
        .map(|(id, component)| {
            Ok((
                id.clone(),
                source_of(&component.source, root).with_context(|| format!("component.{id}"))?,
            ))
        })
        .collect::<Result<BTreeMap<_, _>>>()?;

    let mut used_as_dependency = Vec::new();
    let mut dependency_of = |dependency: document::Dependency, inherits_all: bool| {
        if let Some(id) = &dependency.component {
            used_as_dependency.push(id.clone());
        }
        dependency_of(dependency, inherits_all, &sources, root)
    };

    let triggers = trigger
        .http
        .into_iter()
        .enumerate()
        .map(|(position, trigger)| {
            let place = format!(
                "trigger.http {} (component {})",
                position + 1,
                trigger.component
            );
            let route = match trigger.route {
                RouteText::Path(text) => Some(Route::parse(&text).context(place.clone())?),
                RouteText::Private { private: true } => None,
                RouteText::Private { private: false } => {
                    bail!("{place}: route is `{{ private = false }}`; give a path")
                }
            };
            ensure!(
                sources.contains_key(&trigger.component),
                "{place}: there is no [component.{}]",
                trigger.component
            );
            let middleware = trigger
                .dependencies
                .middleware
                .into_iter()
                .map(|dependency| {
                    dependency_of(dependency, false).with_context(|| format!("{place}: middleware"))
                })
                .collect::<Result<Vec<_>>>()?;
            Ok(Trigger {
                route,
                component: trigger.component,
                middleware,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    ensure!(
        !triggers.is_empty(),
        "there is no [[trigger.http]]: nothing to serve"
    );

    let mut components = BTreeMap::new();
    for (id, component) in component {
        let source = sources[&id].clone();
        let component = component_of(component, source, &mut dependency_of)
            .with_context(|| format!("component.{id}"))?;
        components.insert(id, component);
    }
    for id in used_as_dependency {
        refuse_own_configuration(&id, &components[&id])?;
    }

    Ok(Manifest {
        name: application.name,
        folder,
        variables,
        triggers,
        components,
    })
}

fn variable_of(variable: document::Variable) -> Result<Variable> {
    let document::Variable {
        default,
        required,
        secret,
        _description: _,
    } = variable;
    ensure!(
        required != default.is_some(),
        "a variable is either required or has a default"
    );
    Ok(Variable { default, secret })
}

fn source_of(source: &document::Source, root: Root<'_>) -> Result<Source> {
    match source {
        document::Source::Path(path) => root.source(path),
        document::Source::Elsewhere(table) => {
            let keys: Vec<_> = table.keys().map(String::as_str).collect();
            bail!(
                "source from {} is not supported by this host; give a path",
                keys.join(", ")
            )
        }
    }
}

fn component_of(
    component: document::Component,
    source: Source,
    dependency_of: &mut impl FnMut(document::Dependency, bool) -> Result<Dependency>,
) -> Result<Component> {
    let document::Component {
        source: _,
        variables,
        allowed_outbound_hosts,
        sqlite_databases,
        key_value_stores,
        ai_models,
        files,
        exclude_files,
        environment,
        dependencies,
        dependencies_inherit_configuration,
        _description: _,
        _build: _,
        _tool: _,
    } = component;
    for (key, used) in [
        ("ai_models", !ai_models.is_empty()),
        ("files", !files.is_empty()),
        ("exclude_files", !exclude_files.is_empty()),
    ] {
        ensure!(!used, "{key} is not supported by this host");
    }
    let dependencies = dependencies
        .into_iter()
        .map(|(name, dependency)| {
            let dependency = dependency_of(dependency, dependencies_inherit_configuration)
                .with_context(|| format!("dependencies.\"{name}\""))?;
            Ok((name, dependency))
        })
        .collect::<Result<_>>()?;
    Ok(Component {
        source,
        variables,
        allowed_outbound_hosts,
        sqlite_databases,
        key_value_stores,
        environment,
        dependencies,
    })
}

fn dependency_of(
    dependency: document::Dependency,
    inherits_all: bool,
    sources: &BTreeMap<String, Source>,
    root: Root<'_>,
) -> Result<Dependency> {
    let document::Dependency {
        component,
        path,
        url,
        digest,
        package,
        version,
        registry,
        export,
        inherit_configuration,
    } = dependency;
    for (key, used) in [
        ("url", url.is_some() || digest.is_some()),
        (
            "package",
            package.is_some() || version.is_some() || registry.is_some(),
        ),
    ] {
        ensure!(
            !used,
            "{key} is not supported by this host; give component or path"
        );
    }
    let source = match (component, path) {
        (Some(id), None) => sources
            .get(&id)
            .with_context(|| format!("there is no [component.{id}]"))?
            .clone(),
        (None, Some(path)) => root.source(&path)?,
        (Some(_), Some(_)) | (None, None) => bail!("give either component or path"),
    };
    let inherit = match inherit_configuration {
        Some(document::Inherit::Whole(true)) => Inherit::All,
        Some(document::Inherit::Whole(false)) => Inherit::Keys(Vec::new()),
        Some(document::Inherit::Keys(keys)) => {
            for key in &keys {
                // Spin passes an unknown key over; a typing mistake would look like a grant.
                ensure!(
                    CONFIGURATION_KEYS.contains(&key.as_str()),
                    "inherit_configuration: there is no `{key}` to inherit"
                );
            }
            Inherit::Keys(keys)
        }
        None if inherits_all => Inherit::All,
        None => Inherit::Keys(Vec::new()),
    };
    Ok(Dependency {
        source,
        export,
        inherit,
    })
}

/// Spin refuses it too: what a dependency may do is its user's to say.
fn refuse_own_configuration(id: &str, component: &Component) -> Result<()> {
    let Component {
        source: _,
        variables,
        allowed_outbound_hosts,
        sqlite_databases,
        key_value_stores,
        environment,
        dependencies,
    } = component;
    for (key, used) in [
        ("variables", !variables.is_empty()),
        ("allowed_outbound_hosts", !allowed_outbound_hosts.is_empty()),
        ("sqlite_databases", !sqlite_databases.is_empty()),
        ("key_value_stores", !key_value_stores.is_empty()),
        ("environment", !environment.is_empty()),
        ("dependencies", !dependencies.is_empty()),
    ] {
        ensure!(
            !used,
            "component.{id} is used as a dependency and may not declare {key} of its own: it inherits from who uses it"
        );
    }
    Ok(())
}
