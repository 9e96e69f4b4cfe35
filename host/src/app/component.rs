//! What is one component, loaded? Its grants, the ways to instantiate it, and the
//! way in for whole requests.

use std::sync::{Arc, Weak};

use anyhow::{Context as _, Result};
use http::{Request, Response};
use wasmtime::component::InstancePre;
use wasmtime::{Engine, Store, UpdateDeadline};
use wasmtime_wasi_http::handler::{ProxyHandler, ProxyPre};
use wasmtime_wasi_http::{WasiBody, p2, p3};

use super::reuse::Reuse;
use super::{Components, RunOptions};
use crate::outbound::Outbound;
use crate::state::{Grants, State};

/// A component, ready to be instantiated.
pub(crate) struct Loaded {
    pub(crate) grants: Arc<Grants>,
    pub(crate) pre: InstancePre<State>,
    components: Weak<Components>,
    judging: Option<wasmtime::InstancePre<()>>,
    handler: Option<ProxyHandler<Reuse>>,
}

impl Loaded {
    pub(super) fn new(
        grants: Arc<Grants>,
        pre: InstancePre<State>,
        judging: Option<wasmtime::InstancePre<()>>,
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
            judging,
            handler,
        })
    }

    /// A store for one instance.
    pub(crate) fn store(&self) -> Store<State> {
        store(self.pre.engine(), &self.grants, &self.components)
    }

    /// The module that judges, without a way out, where the component exports the
    /// gate.
    pub(crate) fn judging(&self) -> Option<&wasmtime::InstancePre<()>> {
        self.judging.as_ref()
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
    // A guest yields at every tick, so that one that computes holds up nobody, and
    // is stopped when it has computed for too long.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|mut store| {
        store.data_mut().tick()?;
        Ok(UpdateDeadline::Yield(1))
    });
    store
}
