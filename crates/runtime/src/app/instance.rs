//! How does one instance live? It takes requests while it has room, and is over when it
//! has served enough of them, when it has been idle for long, when a request took too
//! long, and when nobody waits for what it does.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use wasmtime::component::Accessor;
use wasmtime::{AsContextMut as _, Store};
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::handler::{ExpirationError, Prepared, Proxy};

use super::instances::{At, Job, Making, Member};
use super::options::RunOptions;
use super::visit::{Visit, Visitors};
use crate::state::{State, store};

mod expiration;

use expiration::{Doing, Expiration};

/// From the first request that it takes to its end.
pub(super) async fn live(member: Member) {
    let making = &Arc::clone(&member.shared).making;
    let (store, proxy) = match made(making).await {
        Ok(made) => made,
        Err(why) => return member.unmade(why),
    };
    let visitors = Arc::clone(&store.data().visitors);
    let mut ending = Ending {
        component: &making.grants.component,
        store: Some(store),
    };
    let Some(store) = &mut ending.store else {
        return;
    };
    let ended = serve(store, &proxy, member, &visitors).await;
    ending.over(ended);
}

/// In time: nobody waits for longer.
async fn made(making: &Making) -> wasmtime::Result<(Store<State>, Proxy)> {
    let Some(limit) = making.options.request_timeout else {
        return instantiate(making).await;
    };
    match tokio::time::timeout(limit, instantiate(making)).await {
        Ok(made) => made,
        Err(_) => Err(ExpirationError.into()),
    }
}

async fn instantiate(making: &Making) -> wasmtime::Result<(Store<State>, Proxy)> {
    let Making {
        proxy,
        engine,
        grants,
        neighbours,
        depth,
        ..
    } = making;
    let mut store = store(engine, grants, neighbours, *depth);
    let proxy = proxy.instantiate_async(&mut store).await?;
    Ok((store, proxy))
}

async fn serve(
    store: &mut Store<State>,
    proxy: &Proxy,
    member: Member,
    visitors: &Arc<Visitors>,
) -> wasmtime::Result<()> {
    let shared = Arc::clone(&member.shared);
    let options = &shared.making.options;
    let seen = Seen {
        took: AtomicBool::new(false),
        doing: Mutex::new(Doing::Nothing(Instant::now())),
    };
    let mut expiration = Expiration::new(options, Arc::clone(visitors));
    let mut serving = pin!(store.run_concurrent(async |accessor| {
        let serving = Serving {
            accessor,
            proxy,
            visitors,
            options,
            at_once: shared.making.at_once(),
            seen: &seen,
        };
        serving.run(member).await
    }));
    // Guests that hold up their instance hold up all that is inside it: how long they may
    // is looked at from outside.
    poll_fn(|context| {
        loop {
            seen.took.store(false, Ordering::Relaxed);
            if let Poll::Ready(ended) = serving.as_mut().poll(context) {
                return Poll::Ready(ended.and_then(|ended| ended));
            }
            let doing = seen.doing();
            if expiration.poll(doing, context).is_ready() {
                return Poll::Ready(match doing {
                    Doing::Nothing(_) => Ok(()),
                    Doing::Answering | Doing::Afterwards => {
                        Err(wasmtime::format_err!("its time was over"))
                    }
                });
            }
            // What was taken waits for something else by now: there may be room for more.
            if !seen.took.load(Ordering::Relaxed) {
                return Poll::Pending;
            }
        }
    })
    .await
}

/// What is seen of an instance from outside.
struct Seen {
    /// Whether a request was taken since the last look. It may compute: what else waits had
    /// better go to another instance.
    took: AtomicBool,
    doing: Mutex<Doing>,
}

impl Seen {
    fn doing(&self) -> Doing {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, doing: Doing) {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner) = doing;
    }
}

/// Within an instance.
#[derive(Clone, Copy)]
struct Serving<'i> {
    accessor: &'i Accessor<State>,
    proxy: &'i Proxy,
    visitors: &'i Arc<Visitors>,
    options: &'i RunOptions,
    at_once: usize,
    seen: &'i Seen,
}

impl<'i> Serving<'i> {
    /// Takes requests and answers them until it takes no more and has nothing left to do.
    async fn run(self, mut member: Member) -> wasmtime::Result<()> {
        let Self {
            accessor,
            options,
            seen,
            ..
        } = self;
        let handler = match self.proxy {
            Proxy::P2(guest) => *guest.wasi_http_incoming_handler().func_handle().func(),
            Proxy::P3(guest) => *guest.wasi_http_handler().func_handle().func(),
        };
        let mut running = FuturesUnordered::new();
        let mut left = options.instance_requests;
        let mut is_new = true;
        poll_fn(|context| {
            loop {
                while let Poll::Ready(Some(served)) = running.poll_next_unpin(context) {
                    match served {
                        Ok(Served::Answered) => is_new = false,
                        // What it does for nobody goes on: it shall end with that.
                        Ok(Served::Expired) => left = 0,
                        Err(error) => return Poll::Ready(Err(error)),
                    }
                }
                let is_free = accessor
                    .poll_ready_for_concurrent_call(handler, context)
                    .is_ready();
                if left == 0 {
                    member.retire();
                }
                let room = match is_free {
                    true => left.min(self.at_once.saturating_sub(running.len())),
                    false => 0,
                };
                let is_idle =
                    running.is_empty() && accessor.poll_no_interesting_tasks(context).is_ready();
                let at = match running.is_empty() {
                    true if is_idle => At::Rest,
                    false if is_new => At::First,
                    _ => At::Work,
                };
                if !running.is_empty() && seen.took.load(Ordering::Relaxed) {
                    member.pause(room);
                } else if let Some(job) = member.take(room, at, context.waker()) {
                    seen.took.store(true, Ordering::Relaxed);
                    left -= 1;
                    match self.begin(job) {
                        Ok(begun) => running.push(begun),
                        Err(error) => return Poll::Ready(Err(error)),
                    }
                    continue;
                }
                if !running.is_empty() {
                    seen.set(Doing::Answering);
                    return Poll::Pending;
                }
                if !is_idle {
                    seen.set(Doing::Afterwards);
                    return Poll::Pending;
                }
                if left == 0 || !is_free {
                    return Poll::Ready(Ok(()));
                }
                if !matches!(seen.doing(), Doing::Nothing(_)) {
                    seen.set(Doing::Nothing(Instant::now()));
                }
                return Poll::Pending;
            }
        })
        .await
    }

    /// Gives a request to the guest: what is left is to wait for it.
    fn begin(
        self,
        job: Job,
    ) -> wasmtime::Result<impl Future<Output = wasmtime::Result<Served>> + use<'i>> {
        let Self {
            accessor, proxy, ..
        } = self;
        let Job {
            visit,
            request,
            answer,
        } = job;
        let prepared = accessor.with(|mut access| -> wasmtime::Result<_> {
            let mut store = access.as_context_mut();
            let prepared =
                Prepared::new(store.as_context_mut(), proxy, request, State::http, answer)?;
            let task = match &prepared {
                Prepared::P2 { call, .. } => call.task(),
                Prepared::P3 { call, .. } => call.task(),
            };
            store.data_mut().begin();
            self.visitors.enter(task, Arc::clone(&visit));
            if self.visitors.are_gone() {
                // They left while the request was in the queue: the guest does not begin.
                store.data_mut().forsake();
                store.set_epoch_deadline(0);
            }
            Ok(prepared)
        })?;
        let expiration = expiration(visit, self.options.request_timeout);
        Ok(async move {
            Ok(match prepared.run(accessor, expiration).await? {
                true => Served::Answered,
                false => Served::Expired,
            })
        })
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Served {
    Answered,
    /// Its visitor is gone, or its time was over.
    Expired,
}

/// Resolves when nobody waits for the answer any more, or when it should have come.
async fn expiration(visit: Arc<Visit>, limit: Option<Duration>) {
    let gone = visit.gone();
    let Some(limit) = limit else {
        return gone.await;
    };
    tokio::select! {
        () = gone => {}
        () = visit.overdue(limit) => {}
    }
}

/// Tells the log of an end that was too early, whichever way it comes.
struct Ending<'i> {
    component: &'i str,
    store: Option<Store<State>>,
}

impl Ending<'_> {
    fn over(mut self, ended: wasmtime::Result<()>) {
        if let (Some(store), Err(error)) = (self.store.take(), ended) {
            self.tell(&store, &format!("{error:#}"));
        }
    }

    fn tell(&self, store: &Store<State>, why: &str) {
        let component = self.component;
        match store.data().visitors.waiting() {
            0 => tracing::debug!(%component, "an instance that nobody waits for: {why}"),
            waiting => tracing::error!(%component, waiting, "an instance ended early: {why}"),
        }
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        // Otherwise it is dropped at work, as when the process ends.
        if let Some(store) = self.store.take()
            && std::thread::panicking()
        {
            self.tell(&store, "it panicked");
        }
    }
}
