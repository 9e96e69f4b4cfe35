//! How do the requests of a new instance come by its first settings? One reads them, for
//! all that come meanwhile.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread::LocalKey;

use wasip3::clocks::monotonic_clock;

use super::{Known, Prepare, Settings};

/// Of the monotonic clock, in nanoseconds.
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MILLISECOND;
/// How soon those look who come while the first settings are being read. A task cannot wake
/// another of its instance.
const PAUSE: u64 = MILLISECOND;
/// Each pause is twice as long as the one before, up to this. All end at multiples of their
/// length, so that the instance is woken seldom, however many wait: hosts end one that is
/// found computing too often.
const PAUSE_MAX: u64 = 256 * MILLISECOND;
/// After this somebody else may read too: the one who does may be waiting for ever.
const READING_MAX: u64 = 5 * SECOND;

/// How reading the first settings goes.
#[derive(Debug)]
pub(super) struct First {
    /// Since when somebody does, by the monotonic clock.
    reading_since: Option<u64>,
    /// How often it failed, and why the last time.
    failures: u64,
    why: String,
}

impl First {
    /// Nobody has begun.
    pub(super) const fn new() -> Self {
        Self {
            reading_since: None,
            failures: 0,
            why: String::new(),
        }
    }
}

impl<T> Known<T> {
    /// The first settings, or why reading them failed where it has more often than that; none
    /// where it goes on.
    fn read_since(&self, failures: u64) -> Option<Result<Rc<T>, String>> {
        match &self.settings {
            Some(settings) => Some(Ok(Rc::clone(settings))),
            None if self.first.failures > failures => Some(Err(self.first.why.clone())),
            None => None,
        }
    }
}

/// Whoever reads the first settings has it. Dropped, another may, also where the one who
/// had it was ended.
struct Turn<T: 'static> {
    known: &'static LocalKey<RefCell<Known<T>>>,
    since: u64,
}

impl<T> Turn<T> {
    /// None where somebody has had it for less than [`READING_MAX`] at `now`.
    fn take(known: &'static LocalKey<RefCell<Known<T>>>, now: u64) -> Option<Self> {
        known.with_borrow_mut(|known| {
            let taken = &mut known.first.reading_since;
            let is_free = taken.is_none_or(|since| now.saturating_sub(since) >= READING_MAX);
            is_free.then(|| *taken = Some(now))
        })?;
        Some(Self { known, since: now })
    }
}

impl<T> Drop for Turn<T> {
    fn drop(&mut self) {
        self.known.with_borrow_mut(|known| {
            let taken = &mut known.first.reading_since;
            // It may be another's by now.
            taken.take_if(|since| *since == self.since);
        });
    }
}

impl<T, P: Prepare> Settings<T, P> {
    /// The first ones. One request reads them, and those that come meanwhile wait for what it
    /// learns: reading asks the host for every variable, and the store for all origins.
    pub(super) async fn first(&self, now: u64) -> Result<Rc<T>, String> {
        let failures = self.known.with_borrow(|known| known.first.failures);
        let came = monotonic_clock::now();
        let mut pause = PAUSE;
        loop {
            let here = monotonic_clock::now();
            if let Some(_turn) = Turn::take(self.known, here) {
                let waited = here.saturating_sub(came) / SECOND;
                let read = self.look(None, now.saturating_add(waited)).await;
                if let Err(why) = &read {
                    self.known.with_borrow_mut(|known| {
                        known.first.failures += 1;
                        known.first.why.clone_from(why);
                    });
                }
                return read;
            }
            monotonic_clock::wait_until((here / pause + 1) * pause).await;
            pause = PAUSE_MAX.min(2 * pause);
            let read = self.known.with_borrow(|known| known.read_since(failures));
            if let Some(read) = read {
                return read;
            }
        }
    }
}
