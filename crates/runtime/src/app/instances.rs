//! Who answers whole requests? Instances of a component: each over its life as many, and
//! at once as many, as with Spin. There are as few of them as do the work, for each has
//! memory of its own and reads settings of its own: a request waits for one that has room.
//! Another is made where more wait than there are and there are fewer than processors, where
//! all are full, and where none has taken a request for a while, as when guests compute or
//! hold up their instance. A new one reads settings when it is first asked: it is given one
//! request, and others when it has answered that, when nobody else takes them, or when that
//! takes long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
#[cfg(test)]
use std::task::Waker;

use futures::channel::oneshot;
use http::{Request, Response};
use tokio::runtime::Handle;
use wasmtime::Engine;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{ExpirationError, ProxyPre};

use super::instance;
use super::options::RunOptions;
use super::unanswered::Unanswered;
use super::visit::Visit;
use crate::engine::processor_count;
use crate::grants::Grants;
use crate::outbound::{Depth, Neighbours};
use crate::state::State;

mod member;
mod queue;

pub(super) use member::{At, Member};
use queue::{Queue, STALL};

/// What is told to whoever asked.
pub(super) type Answer = wasmtime::Result<Response<WasiBody>>;

/// A request that waits for an instance.
pub(super) struct Job {
    pub(super) visit: Arc<Visit>,
    pub(super) request: Request<WasiBody>,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// What instances of a component are made of.
pub(super) struct Making {
    pub(super) proxy: ProxyPre<State>,
    pub(super) engine: Engine,
    pub(super) grants: Arc<Grants>,
    pub(super) neighbours: Weak<dyn Neighbours>,
    pub(super) options: RunOptions,
    /// How many components requests to it have come through.
    pub(super) depth: Depth,
}

impl Making {
    /// Requests that one instance takes at once. A synchronous guest that waits holds up its
    /// instance.
    pub(super) fn at_once(&self) -> usize {
        match self.proxy {
            ProxyPre::P2(_) => 1,
            ProxyPre::P3(_) => self.options.instance_concurrency,
        }
    }
}

/// The instances of a component, and what waits for them.
pub(super) struct Instances(Arc<Shared>);

pub(super) struct Shared {
    pub(super) making: Making,
    processors: usize,
    queue: Mutex<Queue>,
}

impl Instances {
    pub(super) fn new(making: Making) -> Self {
        Self(Arc::new(Shared {
            making,
            processors: processor_count(),
            queue: Mutex::default(),
        }))
    }

    /// The answer of one of them, which runs on `runtime`. Dropped before, the request
    /// leaves the queue; one that was taken is told by its visit.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) async fn handle(
        &self,
        visit: Arc<Visit>,
        request: Request<WasiBody>,
        runtime: &Handle,
    ) -> Result<Response<WasiBody>, Unanswered> {
        let (answer, answered) = oneshot::channel();
        let job = Job {
            visit,
            request,
            answer,
        };
        let number = self.0.enqueue(job, runtime);
        let _queued = Queued {
            shared: &self.0,
            number,
        };
        match answered.await {
            Ok(answer) => answer.map_err(Unanswered::from),
            // It went with the instance.
            Err(_) => Err(Unanswered::Ended),
        }
    }
}

#[cfg(test)]
impl Instances {
    /// Those that take requests or are being made, and all that there ever were.
    pub(super) fn counted(&self) -> (usize, u64) {
        let queue = self.0.queue();
        (queue.alive, queue.members)
    }

    /// As many as processors that would take requests and never do: as if their guests
    /// computed for long, or where they are idle, were about to end.
    pub(super) fn occupied(&self, idle: bool) -> Vec<Member> {
        let one = |_| {
            let mut member = self.0.member(&mut self.0.queue(), &Handle::current());
            let at = if idle { At::Rest } else { At::Work };
            assert!(member.take(16, at, Waker::noop()).is_none());
            member
        };
        (0..self.0.processors).map(one).collect()
    }
}

/// Somebody's place in the queue.
struct Queued<'s> {
    shared: &'s Shared,
    number: u64,
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let left = self.shared.queue().remove(self.number);
        // What it holds may call back: the lock is free by now.
        drop(left);
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enqueue(self: &Arc<Self>, job: Job, runtime: &Handle) -> u64 {
        let mut queue = self.queue();
        let number = queue.push(job);
        self.attend(queue, runtime);
        number
    }

    /// Sees to it that somebody takes what waits. Nothing is spawned, woken or dropped under
    /// the lock: an instance that cannot be spawned, as when the process ends, takes it too.
    fn attend(self: &Arc<Self>, mut queue: MutexGuard<'_, Queue>, runtime: &Handle) {
        if queue.is_empty() {
            return;
        }
        let wanted = queue.wants_more(self.processors);
        let member = wanted.then(|| self.member(&mut queue, runtime));
        let (waker, takes_at_once) = queue.next_to_tell().unzip();
        match takes_at_once {
            Some(true) => drop(queue),
            Some(false) | None => self.look_after(queue, runtime),
        }
        if let Some(member) = member {
            runtime.spawn(instance::live(member));
        }
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// One more instance, to be spawned.
    fn member(self: &Arc<Self>, queue: &mut Queue, runtime: &Handle) -> Member {
        let most = self.making.options.instance_requests;
        let share = queue.begin(self.making.at_once().min(most));
        Member::new(Arc::clone(self), share, runtime.clone())
    }

    /// Looks for stalls while anything waits.
    fn look_after(self: &Arc<Self>, mut queue: MutexGuard<'_, Queue>, runtime: &Handle) {
        let begins = queue.begins_to_be_watched();
        drop(queue);
        if !begins {
            return;
        }
        let (shared, on) = (Arc::downgrade(self), runtime.clone());
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(STALL).await;
                let Some(shared) = shared.upgrade() else {
                    return;
                };
                if !shared.look(&on) {
                    return;
                }
            }
        });
    }

    /// Looks once; whether to look again. Requests that have waited for too long are told;
    /// where none was taken for a while, newcomers take them too, and where that does not
    /// help, there are twice as many instances as before.
    fn look(self: &Arc<Self>, runtime: &Handle) -> bool {
        let mut queue = self.queue();
        let limit = self.making.options.request_timeout;
        let overdue = limit.map(|limit| queue.overdue(limit)).unwrap_or_default();
        let newcomers = queue.release();
        let members: Vec<_> = (0..queue.missing())
            .map(|_| self.member(&mut queue, runtime))
            .collect();
        let goes_on = queue.stays_watched();
        drop(queue);
        for waker in newcomers {
            waker.wake();
        }
        for member in members {
            runtime.spawn(instance::live(member));
        }
        for job in overdue {
            // Whoever asked may have gone meanwhile.
            let _gone = job.answer.send(Err(ExpirationError.into()));
        }
        goes_on
    }
}
