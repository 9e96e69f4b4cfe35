//! Which statements run on the thread that asks? To hand one over and back takes longer than
//! most take, and while a transaction writes, everybody else who writes waits for its end.
//!
//! Whoever computes on that thread holds up what else it would do. So there is one such
//! statement at a time in this process, where there are other threads; none that may wait for
//! a lock or for the disk; and none of which nobody knows that it was quick when it ran last.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::statement::{BEGIN, COMMIT};

/// One that took longer is handed over for a while.
const LONG: Duration = Duration::from_millis(2);
/// For so many times as long as it took: it may have had no processor, which is nobody's fault
/// and soon over. One that is always long holds up its thread for a fiftieth of the time.
const REMEMBERED_TIMES: u32 = 50;
/// Statements of one database that are known. Each preview has its own.
const KNOWN_MAX: usize = 32 * 1024;

static PLACE: Mutex<()> = Mutex::new(());

/// The statements of one database that have run.
#[derive(Debug, Default)]
pub(super) struct AtOnce {
    /// From when on each runs at once, by a hash of its text.
    known: Mutex<HashMap<u64, Instant>>,
    hasher: RandomState,
}

/// The one place in this process; given back when it is dropped.
pub(super) struct Place(#[expect(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

impl AtOnce {
    /// A place for a statement that waits for no lock and for no disk.
    pub(super) fn place(&self, statement: &str) -> Option<Place> {
        let others = Handle::try_current().is_ok_and(|runtime| {
            runtime.runtime_flavor() == RuntimeFlavor::MultiThread
                && runtime.metrics().num_workers() > 1
        });
        if !others || !self.is_quick(statement, Instant::now()) {
            return None;
        }
        // A panic is its own statement's.
        match PLACE.try_lock() {
            Ok(place) => Some(Place(place)),
            Err(TryLockError::Poisoned(place)) => Some(Place(place.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Looks how long it takes, wherever it runs.
    pub(super) fn timed<R>(&self, statement: &str, work: impl FnOnce() -> R) -> R {
        let began = Instant::now();
        let outcome = work();
        let ended = Instant::now();
        let took = ended - began;
        let from = match took > LONG {
            true => ended + took * REMEMBERED_TIMES,
            false => ended,
        };
        let statement = self.hasher.hash_one(statement);
        let mut known = self.known();
        if known.len() >= KNOWN_MAX && !known.contains_key(&statement) {
            known.clear();
        }
        known.insert(statement, from);
        outcome
    }

    fn is_quick(&self, statement: &str, now: Instant) -> bool {
        let known = self.known();
        let from = known.get(&self.hasher.hash_one(statement));
        // These two compute nothing, so nobody has to know them.
        from.map_or([BEGIN, COMMIT].contains(&statement), |from| *from <= now)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_quick_has_a_place_and_what_was_long_has_none_for_a_while() {
        let at_once = AtOnce::default();
        // Another test may have it at that moment.
        let has_place = |statement| {
            (0..10_000).any(|_| {
                let has = at_once.place(statement).is_some();
                if !has {
                    std::thread::sleep(Duration::from_millis(1));
                }
                has
            })
        };
        assert!(at_once.place("SELECT 1").is_none(), "nobody knows it");
        assert!(has_place(BEGIN) && has_place(COMMIT));
        at_once.timed("SELECT 1", || ());
        assert!(has_place("SELECT 1"));
        let began = Instant::now();
        at_once.timed("SELECT 2", || std::thread::sleep(50 * LONG));
        let after = |time| at_once.is_quick("SELECT 2", began + time);
        assert!(at_once.place("SELECT 2").is_none());
        assert!(!after(50 * LONG * REMEMBERED_TIMES));
        assert!(after(began.elapsed() * (1 + REMEMBERED_TIMES)));
        assert!(has_place("SELECT 1"));
    }

    #[test]
    fn what_is_known_has_a_bound() {
        let at_once = AtOnce::default();
        for number in 0..=KNOWN_MAX {
            at_once.timed(&number.to_string(), || ());
        }
        assert_eq!(at_once.known().len(), 1);
        at_once.timed(&KNOWN_MAX.to_string(), || ());
        assert_eq!(at_once.known().len(), 1);
    }

    #[tokio::test]
    async fn where_there_is_one_thread_there_is_no_place() {
        let at_once = AtOnce::default();
        at_once.timed("SELECT 1", || ());
        assert!(at_once.place("SELECT 1").is_none());
    }
}
