//! What is one component, loaded? Its grants, the ways to instantiate it, and the
//! way in for whole requests.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::anyhow;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use tokio::runtime::Handle;
use url::Url;
use wasmtime::Store;
use wasmtime::component::InstancePre;
use wasmtime_wasi_http::handler::ProxyPre;
use wasmtime_wasi_http::{Error, WasiBody, p2, p3};

use super::instances::{Instances, Making};
use super::options::RunOptions;
use super::places::Places;
use super::unanswered::Unanswered;
use super::visit::Waiting;
use crate::allowed_hosts::Destination;
use crate::grants::Grants;
use crate::outbound::{Depth, Neighbours};
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
    /// By how many components a request has come through; none where it exports no
    /// handler.
    pub(super) instances: Vec<Instances>,
    pub(super) places: Places,
    timeout: Option<Duration>,
}

impl Loaded {
    pub(super) fn new(
        grants: Arc<Grants>,
        pre: InstancePre<State>,
        judging: Option<wasmtime::InstancePre<()>>,
        neighbours: Weak<dyn Neighbours>,
        options: &RunOptions,
    ) -> Arc<Self> {
        let instances = |depth| {
            // What exports no handler can still be instantiated by other doors.
            let proxy = p3::bindings::ServicePre::new(pre.clone())
                .map(ProxyPre::P3)
                .or_else(|_| p2::bindings::ProxyPre::new(pre.clone()).map(ProxyPre::P2))
                .ok()?;
            Some(Instances::new(Making {
                proxy,
                engine: pre.engine().clone(),
                grants: Arc::clone(&grants),
                neighbours: Weak::clone(&neighbours),
                options: options.clone(),
                depth,
            }))
        };
        let instances = Depth::all().map_while(instances).collect();
        Arc::new(Self {
            grants,
            pre,
            neighbours,
            judging,
            instances,
            places: Places::new(options.room),
            timeout: options.request_timeout,
        })
    }

    /// A store for one instance.
    pub(crate) fn store(&self) -> Store<State> {
        store(
            self.pre.engine(),
            &self.grants,
            &self.neighbours,
            Depth::default(),
        )
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

    /// Gives a whole request to the component, for a visitor from this address. Dropped
    /// before the answer's body has ended, the guest's work for it ends too.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn handle(
        &self,
        request: Request<Body>,
        from: Option<IpAddr>,
    ) -> Result<Response<Body>, Unanswered> {
        self.handle_on(&Handle::current(), request, from).await
    }

    /// The same where the component runs on another runtime than whoever asks.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn handle_on(
        &self,
        runtime: &Handle,
        request: Request<Body>,
        from: Option<IpAddr>,
    ) -> Result<Response<Body>, Unanswered> {
        let request = request.map(|body| {
            body.map_err(|error| Error::InternalError(Some(error.to_string())))
                .boxed_unsync()
        });
        let response = self
            .handle_at(request, from, Depth::default(), runtime)
            .await?;
        Ok(response.map(|body| {
            body.map_err(|error| Box::new(BrokenBody(error)) as BodyError)
                .boxed_unsync()
        }))
    }

    /// The same for a request that comes from another component.
    pub(super) async fn handle_at(
        &self,
        request: Request<WasiBody>,
        from: Option<IpAddr>,
        depth: Depth,
        runtime: &Handle,
    ) -> Result<Response<WasiBody>, Unanswered> {
        let instances = self.instances.get(depth.index());
        let instances = instances
            .ok_or_else(|| Unanswered::Failed(anyhow!("it exports no wasi:http handler")))?;
        let place = match depth.is_first() {
            true => self.places.take(from).ok_or(Unanswered::Full)?,
            false => self.places.take_beside(),
        };
        let (waiting, visit) = Waiting::new(place);
        let sending = Arc::clone(&visit);
        let request = request.map(|body| {
            body.map_frame(move |frame| {
                sending.moved(frame.data_ref().map_or(0, Bytes::len));
                frame
            })
            .boxed_unsync()
        });
        let answer = instances.handle(visit, request, runtime).await;
        let overdue = self.timeout.is_some_and(|limit| waiting.is_overdue(limit));
        waiting.answered();
        match answer {
            Ok(response) => Ok(response.map(|body| {
                let waiting = Some(waiting);
                Answering { body, waiting }.boxed_unsync()
            })),
            Err(unanswered) => {
                waiting.taken();
                Err(match unanswered {
                    Unanswered::Full => Unanswered::Full,
                    // One that computes without a break is ended from outside.
                    _ if overdue => Unanswered::TimedOut,
                    unanswered => unanswered,
                })
            }
        }
    }
}

/// The body of an answer, which somebody waits for until it ends.
struct Answering {
    body: WasiBody,
    waiting: Option<Waiting>,
}

impl http_body::Body for Answering {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) || self.body.is_end_stream() {
            self.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Answering {
    fn end(&mut self) {
        if let Some(waiting) = self.waiting.take() {
            waiting.taken();
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if self.body.is_end_stream() {
            self.end();
        }
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
