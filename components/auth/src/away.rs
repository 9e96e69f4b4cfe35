//! Who does not answer? Whoever waits for them holds a place, so after a failure nobody of
//! this instance is to wait for a while, and no more come to wait where some have waited for
//! as long already.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gatelet_wasi::clock;

/// How long nobody is to wait after a failure, and how long the first of those who wait has
/// waited where no more are to come, in seconds.
const AWAY_SECONDS: u64 = 3;
/// Of how many that is known.
const AWAY_MAX: usize = 64;

thread_local! {
    static AWAY: RefCell<Away> = const { RefCell::new(Away(BTreeMap::new())) };
}

/// Whether nobody is to wait for them now.
pub(crate) fn is_away(whom: &str) -> bool {
    AWAY.with_borrow(|away| away.is_away(whom, clock::unix_seconds()))
}

/// They did not answer.
pub(crate) fn keep_away(whom: &str) {
    AWAY.with_borrow_mut(|away| away.fail(whom, clock::unix_seconds()));
}

/// Somebody waits for them: until the answer, or until they leave.
pub(crate) struct Waiting<'a> {
    whom: &'a str,
    is_counted: bool,
}

impl<'a> Waiting<'a> {
    /// From now on.
    pub(crate) fn begin(whom: &'a str) -> Self {
        let now = clock::unix_seconds();
        let is_counted = AWAY.with_borrow_mut(|away| away.begin(whom, now));
        Self { whom, is_counted }
    }

    /// Whether they answered.
    pub(crate) fn end(self, has_answered: bool) {
        match has_answered {
            true => AWAY.with_borrow_mut(|away| away.answer(self.whom, clock::unix_seconds())),
            false => keep_away(self.whom),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.is_counted {
            AWAY.with_borrow_mut(|away| away.leave(self.whom));
        }
    }
}

/// Those who failed, or are waited for.
struct Away(BTreeMap<String, State>);

#[derive(Default)]
struct State {
    /// Nobody is to wait until then.
    until: u64,
    /// How many wait, and the first of them since when.
    waiting: usize,
    since: u64,
}

impl Away {
    fn is_away(&self, whom: &str, now: u64) -> bool {
        self.0.get(whom).is_some_and(|state| {
            let is_slow = state.waiting > 0 && now >= state.since.saturating_add(AWAY_SECONDS);
            is_slow || now < state.until
        })
    }

    /// Theirs, where there is room to know of them.
    fn state(&mut self, whom: &str, now: u64) -> Option<&mut State> {
        if !self.0.contains_key(whom) {
            self.0
                .retain(|_, state| state.waiting > 0 || now < state.until);
            if self.0.len() >= AWAY_MAX {
                return None;
            }
        }
        Some(self.0.entry(whom.to_owned()).or_default())
    }

    fn fail(&mut self, whom: &str, now: u64) {
        if let Some(state) = self.state(whom, now) {
            state.until = now.saturating_add(AWAY_SECONDS);
        }
    }

    /// Whether it is known that one more waits.
    fn begin(&mut self, whom: &str, now: u64) -> bool {
        let Some(state) = self.state(whom, now) else {
            return false;
        };
        if state.waiting == 0 {
            state.since = now;
        }
        state.waiting += 1;
        true
    }

    /// Others who wait will have theirs too.
    fn answer(&mut self, whom: &str, now: u64) {
        if let Some(state) = self.0.get_mut(whom) {
            (state.until, state.since) = (0, now);
        }
    }

    fn leave(&mut self, whom: &str) {
        if let Some(state) = self.0.get_mut(whom) {
            state.waiting = state.waiting.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_a_while_after_a_failure() {
        let mut away = Away(BTreeMap::new());
        away.fail("a", 100);
        let is_away = |now| away.is_away("a", now);
        assert_eq!(
            [100, 102, 103].map(is_away),
            [true, true, false],
            "for three seconds"
        );
        assert!(!away.is_away("b", 100));
        away.answer("a", 101);
        assert!(!away.is_away("a", 101));
    }

    #[test]
    fn no_more_come_to_wait_where_some_have_for_a_while() {
        let mut away = Away(BTreeMap::new());
        assert!(away.begin("a", 100) && away.begin("a", 102));
        assert!(!away.is_away("a", 102));
        assert!(away.is_away("a", 103));
        // One who leaves makes the others no newer.
        away.leave("a");
        assert!(away.is_away("a", 103));
        // Nobody waits any more, and nobody knows why.
        away.leave("a");
        assert!(!away.is_away("a", 103));
        assert!(away.begin("a", 110));
        assert!(!away.is_away("a", 112));
        away.answer("a", 112);
        assert!(!away.is_away("a", 113), "an answer comes");
    }

    #[test]
    fn what_is_known_has_a_bound_and_makes_room_in_time() {
        let mut away = Away(BTreeMap::new());
        assert!(away.begin("waited for", 100));
        for n in 0..2 * AWAY_MAX {
            away.fail(&n.to_string(), 100);
        }
        assert_eq!(away.0.len(), AWAY_MAX);
        assert!(!away.begin("more", 102), "nobody knows");
        assert!(away.begin("more", 103));
        assert_eq!(away.0.len(), 2);
    }
}
