//! Which statements run on the thread that asks? To hand one over and back takes longer than
//! most take, and while a transaction writes, everybody else who writes waits for its end.
//!
//! Whoever computes on that thread holds up what else it would do. So there is one such
//! statement at a time in this process, where there are other threads; none that may wait for
//! a lock or for the disk; and none that has taken long a moment ago.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::turns::KNOWN_MAX;

/// One that took longer is handed over for a while.
const LONG: Duration = Duration::from_millis(2);
/// For so many times as long as it took: it may have had no processor, which is nobody's fault
/// and soon over. One that is always long holds up its thread for a fiftieth of the time.
const REMEMBERED_TIMES: u32 = 50;

static PLACE: Mutex<()> = Mutex::new(());

/// The statements of one database that are not run at once.
#[derive(Debug, Default)]
pub(super) struct AtOnce {
    /// Until when.
    long: Mutex<HashMap<Box<str>, Instant>>,
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
        if !others || self.was_long(statement, Instant::now()) {
            return None;
        }
        // A panic is its own statement's.
        match PLACE.try_lock() {
            Ok(place) => Some(Place(place)),
            Err(TryLockError::Poisoned(place)) => Some(Place(place.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Looks how long it takes.
    pub(super) fn timed<R>(&self, statement: &str, work: impl FnOnce() -> R) -> R {
        let began = Instant::now();
        let outcome = work();
        let ended = Instant::now();
        let took = ended - began;
        if took > LONG {
            let mut long = self.long();
            long.retain(|_, until| *until > ended);
            if long.len() < KNOWN_MAX {
                long.insert(statement.into(), ended + took * REMEMBERED_TIMES);
            }
        }
        outcome
    }

    fn was_long(&self, statement: &str, now: Instant) -> bool {
        let long = self.long();
        long.get(statement).is_some_and(|until| *until > now)
    }

    fn long(&self) -> MutexGuard<'_, HashMap<Box<str>, Instant>> {
        self.long.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_long_has_no_place_for_a_while() {
        let at_once = AtOnce::default();
        // Another test may have it at that moment.
        let has_place = |statement| {
            (0..1_000).any(|_| {
                let has = at_once.place(statement).is_some();
                if !has {
                    std::thread::sleep(Duration::from_millis(1));
                }
                has
            })
        };
        assert!(has_place("SELECT 1") && has_place("SELECT 2"));
        let began = Instant::now();
        at_once.timed("SELECT 2", || std::thread::sleep(50 * LONG));
        at_once.timed("SELECT 1", || ());
        assert!(at_once.place("SELECT 2").is_none());
        assert!(has_place("SELECT 1"));
        let was_long = |after: u32| at_once.was_long("SELECT 2", Instant::now() + after * LONG);
        assert!(was_long(20 * REMEMBERED_TIMES));
        let took = began.elapsed();
        assert!(!at_once.was_long("SELECT 2", Instant::now() + took * REMEMBERED_TIMES));
    }

    #[tokio::test]
    async fn where_there_is_one_thread_there_is_no_place() {
        assert!(AtOnce::default().place("SELECT 1").is_none());
    }
}
