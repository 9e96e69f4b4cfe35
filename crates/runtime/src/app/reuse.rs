//! How often is an instance used again? As with Spin: so many requests over its
//! life, so many at once, and not long when idle.

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState,
    WorkerStatus,
};

use super::options::RunOptions;
use crate::grants::Grants;
use crate::outbound::Neighbours;
use crate::state::{State, store};

/// How instances of a component are used again.
pub(super) struct Reuse {
    pub(super) proxy: ProxyPre<State>,
    pub(super) engine: Engine,
    pub(super) grants: Arc<Grants>,
    pub(super) neighbours: Weak<dyn Neighbours>,
    pub(super) options: RunOptions,
}

impl HandlerState for Reuse {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Expiration, Worker>> {
        let mut store = store(&self.engine, &self.grants, &self.neighbours);
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
pub(super) struct Expiration {
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
pub(super) struct Worker {
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
        mut store: StoreContextMut<'_, State>,
        (): (),
        _: wasmtime::component::GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        store.data_mut().begin();
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
