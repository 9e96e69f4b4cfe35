//! What goes wrong with every request is told once, and then at intervals with how often
//! it did.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines about the same thing.
const INTERVAL: Duration = Duration::from_secs(60);
/// Things that are kept apart; there are few, unless somebody makes them up.
const KEPT: usize = 256;

/// What was told when, by what it is about.
#[derive(Default)]
pub(super) struct Seldom(Mutex<HashMap<String, Told>>);

struct Told {
    at: Instant,
    since: u64,
}

impl Seldom {
    /// How often it happened since it was told last, this time included; none where that
    /// was a moment ago.
    pub(super) fn due(&self, about: &str, now: Instant) -> Option<u64> {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.get_mut(about) {
            told.since += 1;
            if now.duration_since(told.at) < INTERVAL {
                return None;
            }
            told.at = now;
            return Some(std::mem::take(&mut told.since));
        }
        if told.len() >= KEPT {
            told.clear();
        }
        told.insert(about.to_owned(), Told { at: now, since: 0 });
        Some(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_told_once_and_then_at_intervals_with_a_count() {
        let (seldom, began) = (Seldom::default(), Instant::now());
        let due = |about: &str, seconds| seldom.due(about, began + Duration::from_secs(seconds));
        assert_eq!(due("one", 0), Some(1));
        assert_eq!(due("two", 1), Some(1));
        for second in 1..60 {
            assert_eq!(due("one", second), None);
        }
        assert_eq!(due("one", 60), Some(60));
        assert_eq!(due("one", 61), None);
        assert_eq!(due("one", 200), Some(2));
    }
}
