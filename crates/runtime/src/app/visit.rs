//! Is anybody still waiting for this request's answer? What whoever asked and the
//! instance that answers know of each other: one holds a [`Waiting`] until the answer
//! has been taken, the other sees it go.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::Waker;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use wasmtime::component::GuestTaskId;

use super::places::Place;

/// On the side of whoever asked.
pub(super) struct Waiting {
    visit: Arc<Visit>,
    there: Option<watch::Sender<()>>,
}

/// What the instance is given with the request.
pub(super) struct Visit {
    there: watch::Receiver<()>,
    state: Mutex<Stage>,
    /// Who answers, once it has been taken on.
    instance: OnceLock<Weak<Visitors>>,
}

/// How fast the body of a request must come, in bytes, over all of it: as slow as the
/// front lets a connection be.
const LEAST_BYTES_PER_SECOND: u64 = 240;

/// How far it has come.
struct Stage {
    place: Option<Place>,
    /// When the visitor asked.
    began: Instant,
    /// When the visitor last did what was theirs: asked, or sent a part of the body.
    moved: Instant,
    /// How much of the body has come.
    bytes: u64,
    answered: bool,
    /// The answer has been taken whole.
    taken: bool,
}

impl Stage {
    /// When there should be an answer: so long after the last part of the body, and a body
    /// that drips holds no place for ever.
    fn due(&self, limit: Duration) -> Instant {
        let by_rate = Duration::from_secs(self.bytes / LEAST_BYTES_PER_SECOND);
        (self.moved + limit).min(self.began + limit + by_rate)
    }
}

impl Waiting {
    pub(super) fn new(place: Place) -> (Self, Arc<Visit>) {
        let (sender, there) = watch::channel(());
        let visit = Arc::new(Visit {
            there,
            state: Mutex::new(Stage {
                place: Some(place),
                began: Instant::now(),
                moved: Instant::now(),
                bytes: 0,
                answered: false,
                taken: false,
            }),
            instance: OnceLock::new(),
        });
        let waiting = Self {
            visit: Arc::clone(&visit),
            there: Some(sender),
        };
        (waiting, visit)
    }

    /// Whether there should have been an answer by now.
    pub(super) fn is_overdue(&self, limit: Duration) -> bool {
        self.visit.is_overdue(limit)
    }

    /// The answer has begun.
    pub(super) fn answered(&self) {
        let mut stage = self.visit.stage();
        stage.answered = true;
        if let Some(place) = &mut stage.place {
            place.answered();
        }
    }

    /// The answer has been taken whole.
    pub(super) fn taken(&self) {
        self.visit.stage().taken = true;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut stage = self.visit.stage();
        // A guest that nobody waits for keeps the place that it works in.
        if stage.answered {
            stage.place = None;
        }
        drop(stage);
        // Gone first, told of it afterwards.
        self.there = None;
        if let Some(instance) = self.visit.instance.get().and_then(Weak::upgrade) {
            instance.left();
        }
    }
}

impl Visit {
    /// So many bytes of the request's body have come.
    pub(super) fn moved(&self, bytes: usize) {
        let mut stage = self.stage();
        stage.moved = Instant::now();
        stage.bytes = stage.bytes.saturating_add(bytes as u64);
    }

    /// Resolves when nobody waits any more.
    pub(super) fn gone(&self) -> impl Future<Output = ()> + Send + Sync + use<> {
        let mut there = self.there.clone();
        async move {
            // Nothing is ever sent.
            let _closed = there.changed().await;
        }
    }

    /// Resolves when there should have been an answer.
    pub(super) async fn overdue(self: Arc<Self>, limit: Duration) {
        loop {
            let due = self.stage().due(limit);
            if due <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(due.into()).await;
        }
    }

    /// Whether there should have been an answer by now.
    pub(super) fn is_overdue(&self, limit: Duration) -> bool {
        self.stage().due(limit) <= Instant::now()
    }

    fn is_gone(&self) -> bool {
        self.there.has_changed().is_err()
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose requests one instance has taken on.
#[derive(Default)]
pub(crate) struct Visitors(Mutex<Inside>);

#[derive(Default)]
struct Inside {
    visits: HashMap<GuestTaskId, Arc<Visit>>,
    waker: Option<Waker>,
    /// Since when nobody waits for anything of it.
    alone: Option<Instant>,
    /// Somebody left before the answer had been taken.
    forsaken: bool,
}

/// For whom an instance works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// Somebody waits; the last moment at which one of those who have no answer yet
    /// did what was theirs.
    Waited(Option<Instant>),
    /// Nobody, since then. `forsaken`: somebody left early.
    Nobody { since: Instant, forsaken: bool },
}

impl Visitors {
    /// The instance takes a request on.
    pub(super) fn enter(self: &Arc<Self>, task: GuestTaskId, visit: Arc<Visit>) {
        // Nobody else answers it.
        let _first = visit.instance.set(Arc::downgrade(self));
        let mut inside = self.inside();
        inside.alone = None;
        inside.visits.insert(task, visit);
    }

    /// Resolves when nobody waits for what this task does. None for a task of nobody.
    pub(crate) fn gone(
        &self,
        task: GuestTaskId,
    ) -> Option<impl Future<Output = ()> + Send + Sync + use<>> {
        Some(self.inside().visits.get(&task)?.gone())
    }

    /// For whom it works now; the waker is told when somebody leaves.
    pub(super) fn company(&self, waker: &Waker) -> Company {
        let mut inside = self.inside();
        if !inside
            .waker
            .as_ref()
            .is_some_and(|kept| kept.will_wake(waker))
        {
            inside.waker = Some(waker.clone());
        }
        let mut forsaken = inside.forsaken;
        // Who left and has no place here any more is forgotten; a place is kept.
        inside.visits.retain(|_, visit| {
            let gone = visit.is_gone();
            let stage = visit.stage();
            forsaken |= gone && !stage.taken;
            !gone || stage.place.is_some()
        });
        inside.forsaken = forsaken;
        let there = || inside.visits.values().filter(|visit| !visit.is_gone());
        if there().next().is_some() {
            let unanswered = there().filter_map(|visit| {
                let stage = visit.stage();
                (!stage.answered).then_some(stage.moved)
            });
            return Company::Waited(unanswered.max());
        }
        let since = *inside.alone.get_or_insert_with(Instant::now);
        Company::Nobody { since, forsaken }
    }

    /// Whether nobody waits for anything of it.
    pub(super) fn are_gone(&self) -> bool {
        self.inside().visits.values().all(|visit| visit.is_gone())
    }

    /// Nothing is at work: what nobody waits for is over too.
    pub(super) fn rest(&self) {
        let mut inside = self.inside();
        inside.visits.retain(|_, visit| !visit.is_gone());
        inside.forsaken = false;
    }

    /// How many were waiting when it ended.
    pub(super) fn waiting(&self) -> usize {
        let inside = self.inside();
        let waiting = inside.visits.values();
        waiting.filter(|visit| !visit.is_gone()).count()
    }

    fn left(&self) {
        let waker = self.inside().waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
