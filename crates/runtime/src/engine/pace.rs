//! When are guests looked at next? Often while something is computed in this process, and
//! seldom while nothing is: whoever serves nobody should not wake a processor a hundred
//! times a second.

use std::time::Duration;

use super::TICK;

/// Between two looks while nothing is computed.
const SELDOM: Duration = Duration::from_millis(250);
/// Looks in a row at which nothing was computed, before they become seldom: a second.
const CALM_LOOKS: u32 = 100;
/// Whoever computes has a processor for more than this part of the time. What a server
/// does that nobody asks is far less.
const CALM_PART: u32 = 20;

/// What was seen at the last looks.
#[derive(Debug, Default)]
pub(super) struct Pace {
    calm: u32,
}

impl Pace {
    /// When to look again, where this process has computed for so long since the last look,
    /// and so much time has passed. A guest that begins while looks are seldom is seen by
    /// what it computes, at the next.
    pub(super) fn next(&mut self, computed: Duration, passed: Duration) -> Duration {
        self.calm = match computed * CALM_PART < passed {
            true => self.calm.saturating_add(1),
            false => 0,
        };
        match self.calm > CALM_LOOKS {
            true => SELDOM,
            false => TICK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Duration = Duration::from_micros(30);

    #[test]
    fn looks_are_seldom_after_a_calm_second_and_frequent_again_at_once() {
        let mut pace = Pace::default();
        let looks = |pace: &mut Pace, count: u32| {
            (0..count).fold(TICK, |passed, _| pace.next(CALM, passed))
        };
        assert_eq!(looks(&mut pace, CALM_LOOKS), TICK);
        assert_eq!(looks(&mut pace, 1), SELDOM);
        assert_eq!(looks(&mut pace, 1_000), SELDOM);
        assert_eq!(pace.next(SELDOM / CALM_PART, SELDOM), TICK);
        assert_eq!(looks(&mut pace, CALM_LOOKS), TICK, "a second anew");
        assert_eq!(looks(&mut pace, 1), SELDOM);
    }

    #[test]
    fn what_computes_is_seen_also_where_it_has_a_part_of_a_processor() {
        let mut pace = Pace::default();
        for _ in 0..1_000 {
            assert_eq!(pace.next(TICK / CALM_PART, TICK), TICK);
        }
    }
}
