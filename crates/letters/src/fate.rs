//! What becomes of a letter after a try? Sent, tried again later, or given up.

use core::fmt;

/// How long a letter is tried: what it says has expired by then.
pub const TRIED_FOR_SECONDS: u64 = 24 * 60 * 60;
/// How long one try may take. Nobody else takes a letter up within it.
pub const LEASE_SECONDS: u64 = 60;
/// Until the second try, the third, …; the last one stays.
const DELAYS_SECONDS: [u64; 6] = [60, 5 * 60, 15 * 60, 30 * 60, 60 * 60, 2 * 60 * 60];

/// Why a try failed. What it says is the server's, in one line, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The recipient or the letter is refused: it would be the next time.
    Refused(String),
    /// Something is away, busy or set up wrong: it may be mended.
    Later(String),
}

/// What is to be done with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is gone: its body is deleted.
    Sent,
    /// To be tried again from then on, in Unix seconds.
    Again {
        /// When.
        due_at: u64,
        /// Why.
        why: String,
    },
    /// Never. Its body is deleted, and the log says so.
    GivenUp(String),
}

impl Fate {
    /// Judges one try, the `attempts`th, of a letter that was queued at `queued_at`.
    #[must_use]
    pub fn judge(outcome: Result<(), Failure>, attempts: u32, queued_at: u64, now: u64) -> Self {
        let why = match outcome {
            Ok(()) => return Self::Sent,
            Err(Failure::Refused(why)) => return Self::GivenUp(why),
            Err(Failure::Later(why)) => why,
        };
        let tried = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        let [.., last] = DELAYS_SECONDS;
        let delay = DELAYS_SECONDS.get(tried).copied().unwrap_or(last);
        let due_at = now.saturating_add(delay);
        match due_at > queued_at.saturating_add(TRIED_FOR_SECONDS) {
            true => Self::GivenUp(why),
            false => Self::Again { due_at, why },
        }
    }

    /// Stable code, for the log.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sent => "mail.sent",
            Self::Again { .. } => "mail.delayed",
            Self::GivenUp(_) => "mail.given_up",
        }
    }

    /// Why it is not sent.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Sent => "",
            Self::Again { due_at: _, why } | Self::GivenUp(why) => why,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) | Self::Later(why) => out.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later() -> Result<(), Failure> {
        Err(Failure::Later("421 busy".to_owned()))
    }

    #[test]
    fn a_letter_is_tried_less_and_less_often_for_a_day_and_then_given_up() {
        let (queued_at, mut now, mut attempts, mut last) = (1000, 1000, 1, 0);
        loop {
            match Fate::judge(later(), attempts, queued_at, now) {
                Fate::Again { due_at, why } => {
                    assert!(due_at - now >= last && due_at > now);
                    assert_eq!(why, "421 busy");
                    (last, now, attempts) = (due_at - now, due_at, attempts + 1);
                }
                fate => {
                    assert_eq!(fate, Fate::GivenUp("421 busy".to_owned()));
                    break;
                }
            }
        }
        assert!((12..=20).contains(&attempts), "{attempts}");
        assert!(now - queued_at > 20 * 60 * 60 && now - queued_at <= TRIED_FOR_SECONDS);
    }

    #[test]
    fn a_refused_letter_is_not_tried_again() {
        let refused = Err(Failure::Refused("550 no such user".to_owned()));
        let fate = Fate::judge(refused, 1, 0, 0);
        assert_eq!(fate, Fate::GivenUp("550 no such user".to_owned()));
        assert_eq!(Fate::judge(Ok(()), 9, 0, u64::MAX), Fate::Sent);
    }

    #[test]
    fn a_clock_set_forward_ends_the_trying_and_one_set_back_does_not() {
        assert!(matches!(
            Fate::judge(later(), 1, 0, u64::MAX),
            Fate::GivenUp(_)
        ));
        assert!(matches!(
            Fate::judge(later(), u32::MAX, 5000, 0),
            Fate::Again { .. }
        ));
    }
}
