//! How long is a preview kept?

use core::fmt;

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;
/// Longest time, in seconds: ten years.
const MAX_SECONDS: u64 = 3650 * DAY;

/// A time to live, in whole seconds: a minute at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ttl(u64);

/// A text that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TtlError;

impl Ttl {
    /// Parses `90m`, `12h`, `14d` or `2w`.
    pub fn parse(text: &str) -> Result<Self, TtlError> {
        let unit = match text.bytes().last() {
            Some(b'm') => MINUTE,
            Some(b'h') => 60 * MINUTE,
            Some(b'd') => DAY,
            Some(b'w') => 7 * DAY,
            _ => return Err(TtlError),
        };
        let number = &text[..text.len() - 1];
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = number
            .parse::<u64>()
            .ok()
            .filter(|_| digits)
            .and_then(|number| number.checked_mul(unit));
        seconds
            .filter(|seconds| (MINUTE..=MAX_SECONDS).contains(seconds))
            .map(Self)
            .ok_or(TtlError)
    }

    /// When it is over, counted from `now`, in Unix seconds.
    #[must_use]
    pub fn expires_at(self, now: u64) -> u64 {
        now.saturating_add(self.0)
    }
}

impl fmt::Display for TtlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("is no time to live: write it as 90m, 12h, 14d or 2w, ten years at most")
    }
}

impl std::error::Error for TtlError {}
