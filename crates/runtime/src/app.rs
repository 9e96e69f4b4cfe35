//! Which components make up the application, and how does a request get into
//! one? Loading, instance reuse as with Spin, and the way in.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use anyhow::{Context as _, Result};
use http::Request;
use tokio::runtime::Handle;
use wasmtime::{Engine, InstancePre, Linker, Module};
use wasmtime_wasi_http::WasiBody;

use crate::compose::Parts;
use crate::engine::{self, CompiledCache, Identity, Role};
use crate::files::Files;
use crate::grants::Grants;
use crate::interfaces;
use crate::judging;
use crate::key_value::KeyValueStores;
use crate::manifest::{self, Dependency, Manifest, Source};
use crate::outbound::{self, Depth, Fetched, Handled, Neighbours};
use crate::sqlite::Databases;
use crate::variables::Variables;

mod component;
mod instance;
mod instances;
mod options;
mod places;
#[cfg(test)]
mod tests;
mod unanswered;
mod visit;

pub use component::{Body, BodyError, Loaded};
pub use options::{Computing, RunOptions};
pub use places::Room;
pub use unanswered::Unanswered;
pub(crate) use visit::Visitors;

/// The components of one application.
pub struct Components {
    engine: Engine,
    cache: CompiledCache,
    files: Files,
    by_name: BTreeMap<String, Arc<Loaded>>,
    databases: Arc<Databases>,
    stores: Arc<KeyValueStores>,
}

impl Components {
    /// Reads, composes and compiles every component that a trigger names.
    ///
    /// # Errors
    /// One line that names the component and what is wrong with it.
    pub fn load(
        manifest: &Manifest,
        variables: &Variables,
        options: &RunOptions,
    ) -> Result<Arc<Self>> {
        let role = match options.compiler {
            Some(_) => Role::Serve,
            None => Role::Compile,
        };
        let cache = CompiledCache::open(options.cache_folder.as_deref(), options.compiler.clone());
        let files = Files::default();
        let (engine, linker) = std::thread::scope(|scope| {
            // Beside what takes as long, where there is a thread for it. Whoever wants a file
            // that cannot be read says so.
            let _beside = std::thread::Builder::new()
                .name("files".to_owned())
                .spawn_scoped(scope, || {
                    for source in manifest.sources() {
                        let _unread = files.digest(source);
                    }
                });
            let engine = engine::engine_for(options.processors, role)?;
            let linker = interfaces::linker(&engine)?;
            anyhow::Ok((engine, linker))
        })?;
        let databases = Arc::new(Databases::in_folder(&options.sqlite_folder));
        let stores = KeyValueStores::new(&options.key_value_stores, &options.sqlite_folder);
        let stores = Arc::new(stores);
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
                    let grants = Arc::new(Grants::of(
                        name,
                        component,
                        variables,
                        &databases,
                        &stores,
                        options.database_connections,
                    )?);
                    let parts = Parts::of(&files, component, middleware, options.computing);
                    let compiled =
                        cache.compiled(&engine, &parts.identity()?, || parts.compose())?;
                    // What middleware stands before is not judged around it.
                    let is_gate =
                        middleware.is_empty() && exports(&compiled, &engine, judging::EXPORT);
                    let judging =
                        is_gate.then(|| judging(&engine, &cache, &files, &component.source));
                    let pre = linker.instantiate_pre(&compiled)?;
                    Ok((name.to_owned(), grants, pre, judging.transpose()?))
                };
                prepare().with_context(|| format!("component {name}"))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Arc::new_cyclic(|components: &Weak<Self>| Self {
            engine,
            cache,
            files,
            databases,
            stores,
            by_name: prepared
                .into_iter()
                .map(|(name, grants, pre, judging)| {
                    let neighbours = Weak::clone(components) as Weak<dyn Neighbours>;
                    let loaded = Loaded::new(grants, pre, judging, neighbours, options);
                    (name, loaded)
                })
                .collect(),
        }))
    }

    /// The component of this name.
    pub fn named(&self, name: &str) -> Option<&Arc<Loaded>> {
        self.by_name.get(name)
    }

    /// All of them by name, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<Loaded>)> {
        self.by_name
            .iter()
            .map(|(name, loaded)| (name.as_str(), loaded))
    }

    /// A GET as one of them would send it, within its grant, for the operator's tools.
    ///
    /// # Errors
    /// One line that says why nothing came.
    pub async fn fetch(
        self: &Arc<Self>,
        component: &str,
        url: &str,
        limit_bytes: usize,
    ) -> Result<Fetched> {
        let loaded = self
            .named(component)
            .with_context(|| format!("there is no component {component}"))?;
        let neighbours = Arc::downgrade(self) as Weak<dyn Neighbours>;
        outbound::fetch(&loaded.grants, &neighbours, url, limit_bytes).await
    }

    /// The engine that they run on.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Those that its components are in.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// Where what is compiled is kept.
    pub(crate) fn cache(&self) -> &CompiledCache {
        &self.cache
    }

    /// What the operator's tools are given in a component's place: they ask one thing after
    /// the other.
    pub(crate) fn grants_of_tools(
        &self,
        name: &str,
        component: &manifest::Component,
        variables: &Variables,
    ) -> Result<Arc<Grants>> {
        let (databases, stores) = (&self.databases, &self.stores);
        Grants::of(name, component, variables, databases, stores, Some(2)).map(Arc::new)
    }
}

impl Neighbours for Components {
    fn handle<'a>(
        &'a self,
        name: &str,
        request: Request<WasiBody>,
        depth: Depth,
    ) -> Option<Handled<'a>> {
        let component = self.named(name)?;
        // Its visitor has a place where they came in.
        let asking = async move {
            let here = Handle::current();
            component.handle_at(request, None, depth, &here).await
        };
        Some(Box::pin(asking))
    }
}

fn exports(compiled: &wasmtime::component::Component, engine: &Engine, name: &str) -> bool {
    let component = compiled.component_type();
    component.exports(engine).any(|(found, _)| found == name)
}

/// What judges in a component, without a way out.
fn judging(
    engine: &Engine,
    cache: &CompiledCache,
    files: &Files,
    primary: &Source,
) -> Result<InstancePre<()>> {
    let identity = Identity::of([&b"judging"[..], &files.digest(primary)?]);
    let module = || Ok(judging::exporting(&files.bytes(primary)?, judging::DECIDE)?.to_vec());
    let compiled: Module = cache.compiled(engine, &identity, module)?;
    let mut linker = Linker::new(engine);
    linker.define_unknown_imports_as_traps(&compiled)?;
    Ok(linker.instantiate_pre(&compiled)?)
}
