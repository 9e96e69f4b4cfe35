//! What is one component, loaded? Its grants, the ways to instantiate it, and the
//! way in for whole requests.

use std::sync::{Arc, Weak};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use url::Url;
use wasmtime::Store;
use wasmtime::component::InstancePre;
use wasmtime_wasi_http::handler::{ProxyHandler, ProxyPre};
use wasmtime_wasi_http::{Error, WasiBody, p2, p3};

use super::options::RunOptions;
use super::reuse::Reuse;
use crate::allowed_hosts::Destination;
use crate::grants::Grants;
use crate::outbound::Neighbours;
use crate::state::{State, store};

/// A body on its way to or from a component, streamed.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Whatever a body may fail with; the detail goes to the log.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A component, ready to be instantiated.
pub struct Loaded {
    pub(crate) grants: Arc<Grants>,
    pub(crate) pre: InstancePre<State>,
    neighbours: Weak<dyn Neighbours>,
    judging: Option<wasmtime::InstancePre<()>>,
    handler: Option<ProxyHandler<Reuse>>,
}

impl Loaded {
    pub(super) fn new(
        grants: Arc<Grants>,
        pre: InstancePre<State>,
        judging: Option<wasmtime::InstancePre<()>>,
        neighbours: Weak<dyn Neighbours>,
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
                neighbours: Weak::clone(&neighbours),
                options: options.clone(),
            })
        });
        Arc::new(Self {
            grants,
            pre,
            neighbours,
            judging,
            handler,
        })
    }

    /// A store for one instance.
    pub(crate) fn store(&self) -> Store<State> {
        store(self.pre.engine(), &self.grants, &self.neighbours)
    }

    /// The module that judges, without a way out, where the component exports the
    /// gate.
    pub(crate) fn judging(&self) -> Option<&wasmtime::InstancePre<()>> {
        self.judging.as_ref()
    }

    /// Whether its grant lets it reach this base URL.
    #[must_use]
    pub fn may_reach(&self, base_url: &str) -> bool {
        let destination = || {
            let url = Url::parse(base_url).ok()?;
            Destination::new(url.scheme(), url.host_str()?, url.port()).ok()
        };
        destination().is_some_and(|destination| self.grants.allowed_hosts.allows(&destination))
    }

    /// Gives a whole request to the component.
    ///
    /// # Errors
    /// When it has no handler, traps, or gives no answer.
    pub async fn handle(&self, request: Request<Body>) -> Result<Response<Body>> {
        let request = request.map(|body| {
            body.map_err(|error| Error::InternalError(Some(error.to_string())))
                .boxed_unsync()
        });
        let response = self.handle_inside(request).await?;
        Ok(response.map(|body| {
            body.map_err(|error| Box::new(BrokenBody(error)) as BodyError)
                .boxed_unsync()
        }))
    }

    /// The same for a request that comes from another component.
    pub(super) async fn handle_inside(
        &self,
        request: Request<WasiBody>,
    ) -> Result<Response<WasiBody>> {
        let handler = self
            .handler
            .as_ref()
            .context("it exports no wasi:http handler")?;
        Ok(handler.handle((), request).await?)
    }
}

/// A component's body that broke off.
#[derive(Debug)]
struct BrokenBody(Error);

impl std::fmt::Display for BrokenBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}", self.0)
    }
}

impl std::error::Error for BrokenBody {}
