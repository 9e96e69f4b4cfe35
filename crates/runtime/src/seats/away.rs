//! Is the server away? One that takes a request and never answers (stopped, cut off,
//! failed over) keeps everybody waiting who asks it. So one asks, and the others are
//! told at once, until it answers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Between two who try whether it is back.
const RETRY: Duration = Duration::from_secs(1);

/// What is known of a server.
#[derive(Debug, Default)]
pub(crate) struct Away {
    known: Mutex<Known>,
    /// Wakes those who wait when it falls silent.
    fell_silent: Notify,
}

#[derive(Debug, Default)]
struct Known {
    answered: Option<Instant>,
    silence: Option<Silence>,
}

#[derive(Clone, Copy, Debug)]
struct Silence {
    since: Instant,
    /// When the next one may try.
    next: Instant,
}

/// Who may ask a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum May {
    /// Everybody: it answers.
    Ask,
    /// This one alone, to see whether it is back.
    Try,
    /// Nobody.
    NotAsk,
}

impl Away {
    pub(super) fn may(&self, now: Instant) -> May {
        match &mut self.known().silence {
            None => May::Ask,
            Some(silence) if silence.next > now => May::NotAsk,
            Some(silence) => {
                silence.next = now + RETRY;
                May::Try
            }
        }
    }

    /// Until it falls silent.
    pub(super) fn fell_silent(&self) -> Notified<'_> {
        self.fell_silent.notified()
    }

    /// It answers.
    pub(crate) fn answers(&self) {
        if let Some(silence) = self.answered(Instant::now()) {
            tracing::info!("the database answers again, after {} s", silence.as_secs());
        }
    }

    /// What was asked at `asked` has had no answer. Whether it has fallen silent, and not
    /// answered others since.
    pub(crate) fn is_silent(&self, asked: Instant) -> bool {
        let news = self.silent(asked, Instant::now());
        if news == Some(true) {
            tracing::warn!(
                "the database does not answer: until it does, it is asked once a second"
            );
        }
        news.is_some()
    }

    /// What was asked at `asked` has had no answer at `now`. None where others have been
    /// answered since; else whether that is news.
    fn silent(&self, asked: Instant, now: Instant) -> Option<bool> {
        let mut known = self.known();
        if known.answered.is_some_and(|answered| answered > asked) {
            return None;
        }
        let since = known.silence.map(|silence| silence.since);
        known.silence = Some(Silence {
            since: since.unwrap_or(asked),
            next: now + RETRY,
        });
        drop(known);
        self.fell_silent.notify_waiters();
        Some(since.is_none())
    }

    /// It answered. For how long it had not, where that is news.
    fn answered(&self, now: Instant) -> Option<Duration> {
        let mut known = self.known();
        known.answered = Some(now);
        let silence = known.silence.take()?;
        Some(now.saturating_duration_since(silence.since))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_silent_server_one_asks_at_a_time() {
        let (away, start) = (Away::default(), Instant::now());
        assert_eq!([away.may(start), away.may(start)], [May::Ask; 2]);
        assert_eq!(away.silent(start, start), Some(true));
        assert_eq!(away.silent(start, start), Some(false), "told already");
        assert_eq!(away.may(start), May::NotAsk);
        let later = start + RETRY;
        assert_eq!([away.may(later), away.may(later)], [May::Try, May::NotAsk]);
        // Who tried may never come back.
        assert_eq!(away.may(later + RETRY), May::Try);
    }

    #[test]
    fn one_answer_is_enough_for_everybody() {
        let (away, start) = (Away::default(), Instant::now());
        assert_eq!(away.answered(start), None);
        let asked = start + RETRY;
        away.silent(asked, asked + RETRY);
        away.silent(asked, asked + 2 * RETRY);
        assert_eq!(away.answered(asked + 3 * RETRY), Some(3 * RETRY));
        assert_eq!(away.may(asked + 3 * RETRY), May::Ask);
    }

    #[test]
    fn who_is_answered_meanwhile_shows_that_it_is_there() {
        let (away, asked) = (Away::default(), Instant::now());
        away.answered(asked + RETRY);
        assert_eq!(away.silent(asked, asked + 5 * RETRY), None);
        assert_eq!(away.may(asked + 5 * RETRY), May::Ask);
    }
}
