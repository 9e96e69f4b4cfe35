//! What is said again and again: once at first, then at longer and longer intervals,
//! with the number of times since.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The first interval; each later one is twice as long, up to the last.
const FIRST: Duration = Duration::from_secs(5);
const LAST: Duration = Duration::from_secs(600);
/// Kinds that are told apart. What is said of more is said each time.
const KINDS: usize = 64;

/// What has been said, by kind.
#[derive(Debug, Default)]
pub struct Repeated(HashMap<String, Said>);

#[derive(Debug)]
struct Said {
    at: Instant,
    interval: Duration,
    since: u64,
}

impl Repeated {
    /// Whether to say a line of this kind at `now`, and how many were not said since
    /// the last.
    pub fn say(&mut self, kind: &str, now: Instant) -> Option<u64> {
        let Some(said) = self.0.get_mut(kind) else {
            if self.0.len() >= KINDS {
                self.0.retain(|_, said| said.at + LAST > now);
            }
            if self.0.len() < KINDS {
                self.0.insert(kind.to_owned(), Said::first(now));
            }
            return Some(0);
        };
        let silence = now.saturating_duration_since(said.at);
        if silence < said.interval {
            said.since += 1;
            return None;
        }
        let since = std::mem::take(&mut said.since);
        // After such a time it is news again.
        said.interval = match silence > 2 * said.interval.max(FIRST) && since == 0 {
            true => FIRST,
            false => (2 * said.interval).min(LAST),
        };
        said.at = now;
        Some(since)
    }
}

impl Said {
    fn first(now: Instant) -> Self {
        Self {
            at: now,
            interval: FIRST,
            since: 0,
        }
    }
}

/// ` (and 3 more like it)`, or nothing.
#[must_use]
pub fn and_more(since: u64) -> String {
    match since {
        0 => String::new(),
        since => format!(" (and {since} more like it)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_is_said_seldom_and_counted() {
        let (mut repeated, start) = (Repeated::default(), Instant::now());
        let mut said = Vec::new();
        // A thousand a second for two minutes.
        for millisecond in 0..120_000 {
            let now = start + Duration::from_millis(millisecond);
            said.extend(repeated.say("a", now));
        }
        assert_eq!(said, [0, 4_999, 9_999, 19_999, 39_999]);
        assert_eq!(repeated.say("b", start), Some(0), "another kind");
        let later = start + Duration::from_secs(7_200);
        assert!(
            repeated.say("a", later).is_some(),
            "said again when it comes again"
        );
        assert_eq!(
            repeated.say("a", later + Duration::from_secs(3_600)),
            Some(0)
        );
        assert_eq!(
            repeated.say("a", later + Duration::from_secs(3_606)),
            Some(0)
        );
    }

    #[test]
    fn kinds_without_end_take_no_room_without_end() {
        let (mut repeated, now) = (Repeated::default(), Instant::now());
        for kind in 0..10_000 {
            assert_eq!(repeated.say(&kind.to_string(), now), Some(0));
        }
        assert_eq!(repeated.0.len(), KINDS);
    }
}
