//! How often is the database asked?

use std::thread::sleep;
use std::time::{Duration, Instant};

use gatelet_tests::gatelet::Gatelet;

/// Postgres counts a transaction at once, unless the connection idles.
pub(crate) const COUNTED_AFTER: Duration = Duration::from_secs(12);

/// What the database did meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    /// Each statement outside of one counts as one.
    pub(crate) transactions: u64,
    pub(crate) requests: u64,
    /// In which they were counted.
    pub(crate) window: Duration,
}

/// Counts while `act` runs, which says how many requests it made, and until so long is
/// over.
pub(crate) fn during(gatelet: &Gatelet, least: Duration, act: impl Fn() -> u64) -> Counted {
    sleep(COUNTED_AFTER);
    let (before, start) = (so_far(gatelet), Instant::now());
    let requests = act();
    sleep(least.saturating_sub(start.elapsed()));
    sleep(COUNTED_AFTER);
    Counted {
        transactions: so_far(gatelet) - before,
        requests,
        window: start.elapsed(),
    }
}

fn so_far(gatelet: &Gatelet) -> u64 {
    let query = "SELECT xact_commit + xact_rollback FROM pg_stat_database \
                 WHERE datname = current_database()";
    let value = gatelet.database().value(query);
    value
        .and_then(|text| text.parse().ok())
        .expect("a number of transactions")
}
