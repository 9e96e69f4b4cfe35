//! What time is it?

use wasip3::clocks::system_clock;

/// Unix seconds. A clock before 1970 is broken, and then everything is expired or
/// not yet valid, which denies.
#[must_use]
pub fn unix_seconds() -> u64 {
    u64::try_from(system_clock::now().seconds).unwrap_or_default()
}
