//! How do several components become one? Imports satisfied by dependencies,
//! middleware in front, as the manifest wires them.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use wac_graph::types::{Package, SubtypeChecker};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

use crate::manifest::{Component, Dependency, Inherit};

/// What every stage of a middleware chain imports and exports.
const HANDLER: &str = "wasi:http/handler@0.3.0";

/// Interfaces by the configuration key that lets a component use them.
const CAPABILITIES: [(&str, &[&str]); 3] = [
    (
        "variables",
        &["spin:variables/", "fermyon:spin/variables", "wasi:config/"],
    ),
    (
        "allowed_outbound_hosts",
        &[
            "wasi:http/client@",
            "wasi:http/outgoing-handler@",
            "spin:postgres/",
            "fermyon:spin/postgres",
        ],
    ),
    ("sqlite_databases", &["spin:sqlite/", "fermyon:spin/sqlite"]),
];

/// A component with its dependencies inside and its middleware in front, as bytes.
///
/// # Errors
/// One line that names what cannot be read or does not fit.
pub(crate) fn compose(component: &Component, middleware: &[Dependency]) -> Result<Vec<u8>> {
    let primary = read(&component.source)?;
    if component.dependencies.is_empty() && middleware.is_empty() {
        return Ok(primary);
    }
    let mut graph = CompositionGraph::new();
    let primary = register(&mut graph, "primary", primary)?;
    let mut front = graph.instantiate(primary);
    for (position, (name, dependency)) in component.dependencies.iter().enumerate() {
        ensure_nothing_leaks(component, dependency)?;
        let package = format!("dependency-{position}");
        satisfy(&mut graph, primary, front, &package, name, dependency)
            .with_context(|| format!("dependency `{name}`"))?;
    }
    let mut exports = export_names(&graph, primary);
    for (position, stage) in middleware.iter().enumerate().rev() {
        ensure_nothing_leaks(component, stage)?;
        let place = format!("middleware {}", stage.source.display());
        let package = register(
            &mut graph,
            &format!("middleware-{position}"),
            read_denied(stage)?,
        )?;
        let instance = graph.instantiate(package);
        let handler = graph
            .alias_instance_export(front, HANDLER)
            .with_context(|| format!("{place}: what it stands before exports no {HANDLER}"))?;
        graph
            .set_instantiation_argument(instance, HANDLER, handler)
            .with_context(|| format!("{place} imports no {HANDLER}"))?;
        front = instance;
        // The gate of what stands behind would be a way around it.
        exports = vec![HANDLER.to_owned()];
    }
    for name in exports {
        let export = graph.alias_instance_export(front, &name)?;
        graph.export(export, &name)?;
    }
    graph
        .encode(EncodeOptions::default())
        .context("the composition cannot be encoded")
}

fn satisfy(
    graph: &mut CompositionGraph,
    primary: PackageId,
    instance: NodeId,
    package: &str,
    name: &str,
    dependency: &Dependency,
) -> Result<()> {
    let imports: Vec<String> = graph.types()[graph[primary].ty()]
        .imports
        .keys()
        .cloned()
        .collect();
    let matched: Vec<String> = imports
        .into_iter()
        .filter(|import| matches(name, import))
        .collect();
    ensure!(
        !matched.is_empty(),
        "the component imports nothing of that name"
    );

    let provider = register(graph, package, read_denied(dependency)?)?;
    let provider_instance = graph.instantiate(provider);
    for import in matched {
        let export = dependency.export.as_deref().unwrap_or(&import);
        let (provided, wanted) = {
            let types = graph.types();
            let provided = types[graph[provider].ty()].exports.get(export).copied();
            let wanted = types[graph[primary].ty()].imports.get(&import).copied();
            (provided, wanted)
        };
        let Some(provided) = provided else {
            bail!("{} exports no `{export}`", dependency.source.display());
        };
        let wanted = wanted.context("the import has gone")?;
        let mut cache = Default::default();
        SubtypeChecker::new(&mut cache)
            .is_subtype(provided, graph.types(), wanted, graph.types())
            .with_context(|| {
                format!(
                    "`{export}` of {} is not the `{import}` that is wanted",
                    dependency.source.display()
                )
            })?;
        let export = graph.alias_instance_export(provider_instance, export)?;
        graph.set_instantiation_argument(instance, &import, export)?;
    }
    Ok(())
}

/// Whether a dependency's name (`ns:pkg`, `ns:pkg@1.0.0`, `ns:pkg/face`,
/// `ns:pkg/face@1.0.0`, `plain-name`) means this import.
fn matches(name: &str, import: &str) -> bool {
    fn parts(text: &str) -> (&str, Option<&str>, Option<&str>) {
        let (text, version) = text
            .split_once('@')
            .map_or((text, None), |(text, version)| (text, Some(version)));
        let (package, interface) = text
            .split_once('/')
            .map_or((text, None), |(package, interface)| {
                (package, Some(interface))
            });
        (package, interface, version)
    }
    let (package, interface, version) = parts(name);
    let (import_package, import_interface, import_version) = parts(import);
    package == import_package
        && (interface.is_none() || interface == import_interface)
        && (version.is_none() || version == import_version)
}

/// Reads a dependency and refuses one that wants what it does not inherit:
/// better a clear start than an error at the first request.
fn read_denied(dependency: &Dependency) -> Result<Vec<u8>> {
    let bytes = read(&dependency.source)?;
    let mut graph = CompositionGraph::new();
    let package = register(&mut graph, "dependency", bytes.clone())?;
    let imports = &graph.types()[graph[package].ty()].imports;
    for (key, interfaces) in CAPABILITIES {
        let wants = imports.keys().find(|import| {
            interfaces
                .iter()
                .any(|interface| import.starts_with(interface))
        });
        if let Some(import) = wants {
            ensure!(
                dependency.inherit.includes(key),
                "{} imports {import}, and inherit_configuration does not name {key}",
                dependency.source.display()
            );
        }
    }
    Ok(bytes)
}

/// Composed components share one environment here, whatever is inherited.
fn ensure_nothing_leaks(component: &Component, dependency: &Dependency) -> Result<()> {
    let inherits = dependency.inherit == Inherit::All || dependency.inherit.includes("environment");
    ensure!(
        component.environment.is_empty() || inherits,
        "a component with `environment` and a dependency that does not inherit it are not supported together by this host"
    );
    Ok(())
}

fn register(graph: &mut CompositionGraph, name: &str, bytes: Vec<u8>) -> Result<PackageId> {
    let package = Package::from_bytes(name, None, bytes, graph.types_mut())?;
    Ok(graph.register_package(package)?)
}

fn export_names(graph: &CompositionGraph, package: PackageId) -> Vec<String> {
    graph.types()[graph[package].ty()]
        .exports
        .keys()
        .cloned()
        .collect()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read; was it built?", path.display()))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_dependency_name_means_the_imports_it_covers() {
        let cases = [
            ("foo:bar/baz@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo:bar/baz", "foo:bar/baz@0.1.0", true),
            ("foo:bar@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo:bar", "foo:bar/baz@0.1.0", true),
            ("foo-bar", "foo-bar", true),
            ("foo:bar@0.2.0", "foo:bar/baz@0.1.0", false),
            ("foo:bar/baz@0.1.0", "foo:bar/baz", false),
            ("foo:bar/bub", "foo:bar/baz@0.1.0", false),
            ("foo:ba", "foo:bar/baz@0.1.0", false),
            ("foo-bar", "foo-baz", false),
        ];
        for (name, import, expected) in cases {
            assert_eq!(matches(name, import), expected, "{name} {import}");
        }
    }
}
