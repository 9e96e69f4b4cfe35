//! Which components make up the application, and how does a request get into
//! one? Loading, instance reuse as with Spin, and the way in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use wasmtime::{Engine, InstancePre, Linker, Module};

use crate::allowed_hosts::AllowedHosts;
use crate::compose::Parts;
use crate::engine::{self, CompiledCache, Identity, Processors};
use crate::gate;
use crate::interfaces::{Databases, Pools};
use crate::manifest::{Component, Dependency, Manifest};
use crate::state::Grants;
use crate::variables::Variables;

mod component;
mod reuse;

pub(crate) use component::{Loaded, store};

/// What may be set about running components. Spin's defaults.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Where compiled code is kept between starts; none for nowhere.
    pub cache_folder: Option<PathBuf>,
    /// Where SQLite databases lie.
    pub sqlite_folder: PathBuf,
    /// Requests that one instance serves over its life.
    pub instance_requests: usize,
    /// Requests that one instance serves at once.
    pub instance_concurrency: usize,
    /// How long an idle instance is kept.
    pub instance_idle: Duration,
    /// How long a request may take until its response begins.
    pub request_timeout: Option<Duration>,
    /// Which processors code is compiled for.
    pub processors: Processors,
}

impl RunOptions {
    /// Spin's defaults, with databases in `.spin` beside the manifest.
    #[must_use]
    pub fn beside(manifest_folder: &Path) -> Self {
        Self {
            cache_folder: None,
            sqlite_folder: manifest_folder.join(".spin"),
            instance_requests: 128,
            instance_concurrency: 16,
            instance_idle: Duration::from_secs(1),
            request_timeout: None,
            processors: Processors::This,
        }
    }
}

/// The components of one application.
pub(crate) struct Components {
    engine: Engine,
    cache: CompiledCache,
    by_name: BTreeMap<String, Arc<Loaded>>,
    databases: Arc<Databases>,
}

impl Components {
    /// Reads, composes and compiles every component that a trigger names.
    ///
    /// # Errors
    /// One line that names the component and what is wrong with it.
    pub(crate) fn load(
        manifest: &Manifest,
        variables: &Variables,
        options: &RunOptions,
    ) -> Result<Arc<Self>> {
        let engine = engine::engine_for(options.processors)?;
        let cache = CompiledCache::open(options.cache_folder.as_deref())?;
        let linker = engine::linker(&engine)?;
        let databases = Arc::new(Databases::in_folder(&options.sqlite_folder));
        let mut wanted: BTreeMap<&str, &[Dependency]> = BTreeMap::new();
        for trigger in &manifest.triggers {
            if let Some(other) = wanted.insert(&trigger.component, &trigger.middleware) {
                let same = other
                    .iter()
                    .map(|stage| &stage.source)
                    .eq(trigger.middleware.iter().map(|stage| &stage.source));
                anyhow::ensure!(
                    same,
                    "component {}: different middleware on several routes is not supported by this host",
                    trigger.component
                );
            }
        }
        let prepared = wanted
            .into_iter()
            .map(|(name, middleware)| {
                let component = &manifest.components[name];
                let prepare = || -> Result<_> {
                    let grants = Arc::new(grants(name, component, variables, &databases)?);
                    let parts = Parts::read(component, middleware)?;
                    // What middleware stands before is not judged around it.
                    let primary = middleware.is_empty().then(|| parts.primary().to_vec());
                    let compiled =
                        cache.compiled(&engine, &parts.identity(), || parts.compose())?;
                    let gated = primary.filter(|_| exports(&compiled, &engine, gate::EXPORT));
                    let judging = gated.map(|primary| judging(&engine, &cache, &primary));
                    let pre = linker.instantiate_pre(&compiled)?;
                    Ok((name.to_owned(), grants, pre, judging.transpose()?))
                };
                prepare().with_context(|| format!("component {name}"))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new_cyclic(|components| Self {
            engine,
            cache,
            databases,
            by_name: prepared
                .into_iter()
                .map(|(name, grants, pre, judging)| {
                    (name, Loaded::new(grants, pre, judging, components, options))
                })
                .collect(),
        }))
    }

    /// The component of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Loaded>> {
        self.by_name.get(name)
    }

    /// All of them by name, in a fixed order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Arc<Loaded>)> {
        self.by_name
            .iter()
            .map(|(name, loaded)| (name.as_str(), loaded))
    }

    /// The engine that they run on.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where what is compiled is kept.
    pub(crate) fn cache(&self) -> &CompiledCache {
        &self.cache
    }

    /// The databases that they share.
    pub(crate) fn databases(&self) -> &Arc<Databases> {
        &self.databases
    }
}

fn exports(compiled: &wasmtime::component::Component, engine: &Engine, name: &str) -> bool {
    let component = compiled.component_type();
    component.exports(engine).any(|(found, _)| found == name)
}

/// What judges in a component, without a way out.
fn judging(engine: &Engine, cache: &CompiledCache, primary: &[u8]) -> Result<InstancePre<()>> {
    let identity = Identity::of([&b"judging"[..], primary]);
    let module = || Ok(gate::exporting(primary, gate::DECIDE)?.to_vec());
    let compiled: Module = cache.compiled(engine, &identity, module)?;
    let mut linker = Linker::new(engine);
    linker.define_unknown_imports_as_traps(&compiled)?;
    Ok(linker.instantiate_pre(&compiled)?)
}

/// A component's configuration with its templates filled.
///
/// # Errors
/// One line that names the entry.
pub(crate) fn grants(
    name: &str,
    component: &Component,
    variables: &Variables,
    databases: &Arc<Databases>,
) -> Result<Grants> {
    let hosts = component
        .allowed_outbound_hosts
        .iter()
        .map(|template| variables.fill(template))
        .collect::<Result<Vec<_>>>()?;
    Ok(Grants {
        component: name.to_owned(),
        variables: component
            .variables
            .iter()
            .map(|(name, template)| Ok((name.clone(), variables.fill(template)?)))
            .collect::<Result<_>>()?,
        environment: component.environment.clone(),
        allowed_hosts: AllowedHosts::parse(hosts.iter().map(String::as_str))?,
        sqlite_databases: component.sqlite_databases.clone(),
        databases: Arc::clone(databases),
        postgres: Pools::default(),
    })
}
