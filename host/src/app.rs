//! Which components make up the application, and how does a request get into
//! one? Loading, instance reuse as with Spin, and the way in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use http::{Request, Response};
use wasmtime::component::InstancePre;
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ProxyHandler, ProxyPre, ShouldAccept, WorkerExpiration,
    WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::{WasiBody, WasiHttpView, p2, p3};

use crate::allowed_hosts::AllowedHosts;
use crate::interfaces::{Databases, Pools};
use crate::manifest::{Component, Dependency, Manifest};
use crate::outbound::Outbound;
use crate::state::{Grants, State};
use crate::variables::Variables;
use crate::engine;
use crate::compose::Parts;
use crate::engine::CompiledCache;

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

/// A component, ready to be instantiated.
pub(crate) struct Loaded {
    pub(crate) grants: Arc<Grants>,
    pub(crate) pre: InstancePre<State>,
    components: Weak<Components>,
    handler: Option<ProxyHandler<Reuse>>,
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
        let engine = engine::engine()?;
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
                    let compiled = cache.component(&engine, &parts.identity(), || parts.compose())?;
                    let pre = linker.instantiate_pre(&compiled)?;
                    Ok((name.to_owned(), grants, pre))
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
                .map(|(name, grants, pre)| (name, Loaded::new(grants, pre, components, options)))
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

impl Loaded {
    fn new(
        grants: Arc<Grants>,
        pre: InstancePre<State>,
        components: &Weak<Components>,
        options: &RunOptions,
    ) -> Arc<Self> {
        // What exports no handler can still be instantiated by other doors.
        let proxy = p3::bindings::ServicePre::new(pre.clone())
            .map(ProxyPre::P3)
            .or_else(|_| p2::bindings::ProxyPre::new(pre.clone()).map(ProxyPre::P2))
            .ok();
        let handler = proxy.map(|proxy| {
            ProxyHandler::new(Reuse {
                proxy,
                engine: pre.engine().clone(),
                grants: Arc::clone(&grants),
                components: Weak::clone(components),
                options: options.clone(),
            })
        });
        Arc::new(Self {
            grants,
            pre,
            components: Weak::clone(components),
            handler,
        })
    }

    /// A store for one instance.
    pub(crate) fn store(&self) -> Store<State> {
        store(self.pre.engine(), &self.grants, &self.components)
    }

    /// Gives a whole request to the component.
    pub(crate) async fn handle(&self, request: Request<WasiBody>) -> Result<Response<WasiBody>> {
        let handler = self
            .handler
            .as_ref()
            .context("it exports no wasi:http handler")?;
        Ok(handler.handle((), request).await?)
    }
}

/// A store whose guest may compute for a bounded time.
pub(crate) fn store(
    engine: &Engine,
    grants: &Arc<Grants>,
    components: &Weak<Components>,
) -> Store<State> {
    let outbound = Outbound {
        grants: Arc::clone(grants),
        components: Weak::clone(components),
    };
    let mut store = Store::new(engine, State::new(Arc::clone(grants), outbound));
    store.limiter(|state| &mut state.limits);
    // A guest yields at every tick, so that one that computes holds up nobody.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    store
}

/// How instances of a component are used again.
struct Reuse {
    proxy: ProxyPre<State>,
    engine: Engine,
    grants: Arc<Grants>,
    components: Weak<Components>,
    options: RunOptions,
}

impl HandlerState for Reuse {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Expiration, Worker>> {
        let mut store = store(&self.engine, &self.grants, &self.components);
        let proxy: Proxy = self.proxy.instantiate_async(&mut store).await?;
        let RunOptions {
            instance_requests,
            instance_concurrency,
            instance_idle,
            request_timeout,
            ..
        } = self.options;
        Ok(Instance {
            store,
            proxy,
            view: State::http,
            expiration: Expiration {
                idle: instance_idle,
                request: request_timeout,
                sleep: Box::pin(tokio::time::sleep(instance_idle)),
            },
            state: Worker {
                component: self.grants.component.clone(),
                requests: instance_requests,
                concurrency: instance_concurrency,
                timeout: request_timeout,
            },
        })
    }
}

/// When an instance has lived long enough.
struct Expiration {
    idle: Duration,
    request: Option<Duration>,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let limit = match status {
            WorkerStatus::Idle => Some(self.idle),
            WorkerStatus::Requests | WorkerStatus::PostReturn => self.request,
        };
        let Some(deadline) = limit.and_then(|limit| start.checked_add(limit)) else {
            return Poll::Pending;
        };
        let deadline = tokio::time::Instant::from_std(deadline);
        if self.sleep.deadline() != deadline {
            self.sleep.as_mut().reset(deadline);
        }
        self.sleep.as_mut().poll(context)
    }
}

/// How much work an instance takes on.
struct Worker {
    component: String,
    requests: usize,
    concurrency: usize,
    timeout: Option<Duration>,
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = ();

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.requests {
            ShouldAccept::Never
        } else if concurrent >= self.concurrency {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, State>,
        (): (),
        _: wasmtime::component::GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        match self.timeout {
            Some(timeout) => Box::pin(tokio::time::sleep(timeout)),
            None => Box::pin(std::future::pending()),
        }
    }

    fn drop(&self, store: Store<State>, result: Result<(), wasmtime::Error>) {
        if let Err(error) = result {
            // An instance that is dropped at work, as when the process ends, is
            // reported as a panic too; a real one unwinds this thread.
            let dropped = error.to_string() == "worker panicked" && !std::thread::panicking();
            if !dropped {
                tracing::error!(component = %self.component, "an instance ended early: {error:#}");
            }
        }
        drop(store);
    }
}
