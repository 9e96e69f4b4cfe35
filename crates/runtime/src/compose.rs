//! How do several components become one? Imports satisfied by dependencies,
//! middleware in front, as the manifest wires them.

use anyhow::{Context as _, Result, bail, ensure};
use wac_graph::types::{Package, SubtypeChecker};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};

use crate::app::Computing;
use crate::engine::Identity;
use crate::files::Files;
use crate::manifest::{Component, Dependency, Inherit, Source};

/// What every stage of a middleware chain imports and exports.
const HANDLER: &str = "wasi:http/handler@0.3.0";

/// What native code may stand in the place of.
const COMPUTING: [&str; 2] = [
    "gatelet:passwords/hashing@0.1.0",
    "gatelet:signatures/verifying@0.1.0",
];
/// What native code stands in the place of: the component can say only that it cannot.
const SMTP: &str = "gatelet:smtp/submission@0.1.0";

/// The key by which a component is given key-value stores.
const STORES: &str = "key_value_stores";

/// Interfaces by the configuration key that lets a component use them.
const CAPABILITIES: [(&str, &[&str]); 4] = [
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
            "spin:mysql/",
            "fermyon:spin/mysql",
        ],
    ),
    ("sqlite_databases", &["spin:sqlite/", "fermyon:spin/sqlite"]),
    (
        STORES,
        &[
            "spin:key-value/",
            "fermyon:spin/key-value",
            "wasi:keyvalue/",
        ],
    ),
];

/// A component with its dependencies and middleware, not yet composed.
pub(crate) struct Parts<'m> {
    files: &'m Files,
    given: Given,
    primary: &'m Source,
    /// By the names of what they satisfy.
    dependencies: Vec<(&'m str, &'m Dependency)>,
    middleware: &'m [Dependency],
}

/// What the component itself is given, which decides what a dependency must inherit.
/// Composing looks at nothing else of the component: what was compiled is not composed
/// again, so all that a refusal depends on is part of its identity.
#[derive(Clone, Copy, Debug)]
struct Given {
    environment: bool,
    key_value_stores: bool,
}

impl<'m> Parts<'m> {
    /// As the manifest wires them.
    pub(crate) fn of(
        files: &'m Files,
        component: &'m Component,
        middleware: &'m [Dependency],
        computing: Computing,
    ) -> Self {
        let composed = |name: &str| match computing {
            _ if matches(name, SMTP) => false,
            Computing::Native => !COMPUTING.iter().any(|import| matches(name, import)),
            Computing::Component => true,
        };
        Self {
            files,
            given: Given {
                environment: !component.environment.is_empty(),
                key_value_stores: !component.key_value_stores.is_empty(),
            },
            primary: &component.source,
            dependencies: component
                .dependencies
                .iter()
                .filter(|(name, _)| composed(name))
                .map(|(name, dependency)| (&**name, dependency))
                .collect(),
            middleware,
        }
    }

    /// All that the composition depends on: the files, and how they are wired.
    ///
    /// # Errors
    /// One line that names what cannot be read.
    pub(crate) fn identity(&self) -> Result<Identity> {
        // Not where the files lie: the same ones elsewhere are the same.
        let dependencies = self.dependencies.iter();
        let wiring = format!(
            "{:?} {:?} {:?}",
            dependencies
                .map(|(name, dependency)| (name, &dependency.export, &dependency.inherit))
                .collect::<Vec<_>>(),
            self.middleware
                .iter()
                .map(|stage| &stage.inherit)
                .collect::<Vec<_>>(),
            self.given,
        );
        let dependencies = self.dependencies.iter();
        let digests = [self.primary]
            .into_iter()
            .chain(dependencies.map(|(_, dependency)| &dependency.source))
            .chain(self.middleware.iter().map(|stage| &stage.source))
            .map(|source| self.files.digest(source))
            .collect::<Result<Vec<_>>>()?;
        let digests = digests.iter().map(|digest| &digest[..]);
        Ok(Identity::of(digests.chain([wiring.as_bytes()])))
    }

    /// One component, as bytes.
    ///
    /// # Errors
    /// One line that names what cannot be read, does not fit or would be given what it
    /// does not inherit.
    pub(crate) fn compose(self) -> Result<Vec<u8>> {
        let primary = self.files.bytes(self.primary)?;
        if self.dependencies.is_empty() && self.middleware.is_empty() {
            return Ok(primary);
        }
        let mut graph = CompositionGraph::new();
        let primary = register(&mut graph, "primary", primary)?;
        let mut front = graph.instantiate(primary);
        let dependencies = self.dependencies.into_iter().enumerate();
        for (position, (name, dependency)) in dependencies {
            let package = format!("dependency-{position}");
            let mut satisfied = || {
                ensure_nothing_leaks(self.given, dependency)?;
                let bytes = self.files.bytes(&dependency.source)?;
                let provider = register(&mut graph, &package, bytes)?;
                ensure_inherited(&graph, provider, dependency, self.given)?;
                satisfy(&mut graph, primary, front, provider, name, dependency)
            };
            satisfied().with_context(|| format!("dependency `{name}`"))?;
        }
        let mut exports = export_names(&graph, primary);
        for (position, stage) in self.middleware.iter().enumerate().rev() {
            let mut stand_before = || -> Result<NodeId> {
                ensure_nothing_leaks(self.given, stage)?;
                let bytes = self.files.bytes(&stage.source)?;
                let package = register(&mut graph, &format!("middleware-{position}"), bytes)?;
                ensure_inherited(&graph, package, stage, self.given)?;
                let instance = graph.instantiate(package);
                let handler = graph
                    .alias_instance_export(front, HANDLER)
                    .with_context(|| format!("what it stands before exports no {HANDLER}"))?;
                graph
                    .set_instantiation_argument(instance, HANDLER, handler)
                    .with_context(|| format!("it imports no {HANDLER}"))?;
                Ok(instance)
            };
            front = stand_before().with_context(|| format!("middleware {}", stage.source))?;
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
}

fn satisfy(
    graph: &mut CompositionGraph,
    primary: PackageId,
    instance: NodeId,
    provider: PackageId,
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
            bail!("{} exports no `{export}`", dependency.source);
        };
        let wanted = wanted.context("the import has gone")?;
        let mut cache = Default::default();
        SubtypeChecker::new(&mut cache)
            .is_subtype(provided, graph.types(), wanted, graph.types())
            .with_context(|| {
                format!(
                    "`{export}` of {} is not the `{import}` that is wanted",
                    dependency.source
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

/// Refuses a dependency that wants what it does not inherit: better a clear start
/// than an error at the first request.
fn ensure_inherited(
    graph: &CompositionGraph,
    package: PackageId,
    dependency: &Dependency,
    given: Given,
) -> Result<()> {
    let imports = &graph.types()[graph[package].ty()].imports;
    for (key, _) in CAPABILITIES {
        let wants = imports.keys().find(|import| key_of(import) == Some(key));
        // Stores that nobody has cannot leak, and one that is asked for is denied.
        if key == STORES && !given.key_value_stores {
            continue;
        }
        if let Some(import) = wants {
            ensure!(
                dependency.inherit.includes(key),
                "{} imports {import}, and inherit_configuration does not name {key}",
                dependency.source
            );
        }
    }
    Ok(())
}

/// The key by which a component is given what it imports; none for what anybody has.
fn key_of(import: &str) -> Option<&'static str> {
    let covers = |interfaces: &[&str]| interfaces.iter().any(|one| import.starts_with(one));
    let mut keys = CAPABILITIES.iter();
    keys.find_map(|(key, interfaces)| covers(interfaces).then_some(*key))
}

/// Composed components share one environment here, whatever is inherited.
fn ensure_nothing_leaks(given: Given, dependency: &Dependency) -> Result<()> {
    let inherits = dependency.inherit == Inherit::All || dependency.inherit.includes("environment");
    ensure!(
        !given.environment || inherits,
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

#[cfg(test)]
mod tests {
    use super::{Files, Given, Parts, Source, key_of, matches};

    /// What was composed where nothing was refused is not looked up where something is.
    #[test]
    fn all_that_may_be_refused_by_is_part_of_an_identity() {
        let files = Files::default();
        let nothing = Source::Shipped {
            path: String::new(),
            wasm: &[],
        };
        let identity = |[environment, key_value_stores]: [bool; 2]| {
            let given = Given {
                environment,
                key_value_stores,
            };
            let parts = Parts {
                files: &files,
                given,
                primary: &nothing,
                dependencies: Vec::new(),
                middleware: &[],
            };
            parts.identity().unwrap()
        };
        let all = [[false, false], [false, true], [true, false], [true, true]];
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                assert_ne!(identity(*one), identity(*other));
            }
        }
    }

    /// Of the interfaces that [`crate::interfaces`] serves, whatever reaches something.
    #[test]
    fn whatever_reaches_something_is_given_by_a_key() {
        for (import, key) in [
            ("spin:variables/variables@3.0.0", "variables"),
            ("wasi:http/client@0.3.0", "allowed_outbound_hosts"),
            ("spin:postgres/postgres@4.2.0", "allowed_outbound_hosts"),
            ("spin:mysql/mysql@3.0.0", "allowed_outbound_hosts"),
            ("spin:sqlite/sqlite@3.1.0", "sqlite_databases"),
            ("spin:key-value/key-value@3.0.0", "key_value_stores"),
            ("fermyon:spin/key-value@2.0.0", "key_value_stores"),
            ("wasi:keyvalue/store@0.2.0-draft2", "key_value_stores"),
            ("wasi:keyvalue/atomics@0.2.0-draft2", "key_value_stores"),
            ("wasi:keyvalue/batch@0.2.0-draft2", "key_value_stores"),
        ] {
            assert_eq!(key_of(import), Some(key), "{import}");
        }
        for import in ["wasi:clocks/system-clock@0.3.0", "wasi:http/types@0.3.0"] {
            assert_eq!(key_of(import), None, "{import}");
        }
    }

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
