//! How often is an instance used again, and when is it over? As with Spin: so many
//! requests over its life, so many at once, and not long when idle. Beyond that: not
//! when nobody waits for what it does.

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use wasmtime::component::GuestTaskId;
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState,
    WorkerStatus,
};

use super::options::RunOptions;
use super::visit::{Company, Visit, Visitors};
use crate::grants::Grants;
use crate::outbound::{Depth, Neighbours};
use crate::state::{State, store};

/// How instances of a component are used again.
pub(super) struct Reuse {
    pub(super) proxy: ProxyPre<State>,
    pub(super) engine: Engine,
    pub(super) grants: Arc<Grants>,
    pub(super) neighbours: Weak<dyn Neighbours>,
    pub(super) options: RunOptions,
    /// How many components requests to it have come through.
    pub(super) depth: Depth,
}

/// What a guest may do after its answer, when nobody waits for that any more.
const AFTERWARDS: Duration = Duration::from_secs(60);
/// The same for an answer that nobody took to its end.
const AFTERWARDS_FORSAKEN: Duration = Duration::from_secs(1);
/// Later than the clock inside, which tells the visitor too.
const BEYOND: Duration = Duration::from_secs(1);

impl HandlerState for Reuse {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Expiration, Worker>> {
        let mut store = store(&self.engine, &self.grants, &self.neighbours, self.depth);
        let visitors = Arc::clone(&store.data().visitors);
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
                visitors: Arc::clone(&visitors),
                sleep: Box::pin(tokio::time::sleep(instance_idle)),
            },
            state: Worker {
                component: self.grants.component.clone(),
                requests: instance_requests,
                concurrency: instance_concurrency,
                timeout: request_timeout,
                visitors,
            },
        })
    }
}

/// When an instance has lived long enough.
pub(super) struct Expiration {
    idle: Duration,
    request: Option<Duration>,
    visitors: Arc<Visitors>,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let (since, limit) = match (status, self.visitors.company(context.waker())) {
            (WorkerStatus::Idle, _) => {
                self.visitors.rest();
                (start, Some(self.idle))
            }
            (WorkerStatus::Requests, Company::Nobody { .. }) => return Poll::Ready(()),
            (WorkerStatus::PostReturn, Company::Nobody { since, forsaken }) => {
                let limit = if forsaken {
                    AFTERWARDS_FORSAKEN
                } else {
                    self.request.unwrap_or(AFTERWARDS)
                };
                (since, Some(limit))
            }
            // An event stream may go on for as long as somebody listens.
            (_, Company::Waited(None)) => return Poll::Pending,
            (_, Company::Waited(Some(moved))) => (moved, self.request.map(|limit| limit + BEYOND)),
        };
        let Some(deadline) = limit.and_then(|limit| since.checked_add(limit)) else {
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
pub(super) struct Worker {
    component: String,
    requests: usize,
    concurrency: usize,
    timeout: Option<Duration>,
    visitors: Arc<Visitors>,
}

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = Arc<Visit>;

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
        mut store: StoreContextMut<'_, State>,
        visit: Arc<Visit>,
        task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        store.data_mut().begin();
        self.visitors.enter(task, Arc::clone(&visit));
        if self.visitors.are_gone() {
            // They left while the request was in the queue: the guest does not begin.
            store.data_mut().forsake();
            store.set_epoch_deadline(0);
        }
        let gone = visit.gone();
        let Some(timeout) = self.timeout else {
            return Box::pin(gone);
        };
        Box::pin(async move {
            tokio::select! {
                () = gone => {}
                () = visit.overdue(timeout) => {}
            }
        })
    }

    fn drop(&self, store: Store<State>, result: Result<(), wasmtime::Error>) {
        if let Err(error) = result {
            // An instance that is dropped at work, as when the process ends, is
            // reported as a panic too; a real one unwinds this thread.
            let dropped = error.to_string() == "worker panicked" && !std::thread::panicking();
            let component = &self.component;
            match self.visitors.waiting() {
                0 => tracing::debug!(%component, "an instance that nobody waits for: {error:#}"),
                _ if dropped => {}
                waiting => {
                    tracing::error!(%component, waiting, "an instance ended early: {error:#}");
                }
            }
        }
        drop(store);
    }
}
