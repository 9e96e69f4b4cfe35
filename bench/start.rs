//! How long from the command to the first answer?

use std::time::Instant;

use gatelet_tests::alone::Alone;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;

use super::Effort;

/// Milliseconds until the first page.
#[derive(Clone, Debug)]
pub(crate) struct Starts {
    /// With an empty compilation cache.
    pub(crate) cold_ms: f64,
    /// With what the run before left there.
    pub(crate) warm_ms: f64,
    /// Of the program that carries its components compiled, in an empty folder.
    pub(crate) bundled_ms: f64,
}

pub(crate) fn measure(effort: Effort) -> Starts {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let cache = cache.path().to_string_lossy().into_owned();
    let cold_ms = once(&cache);
    let starts = effort.rounds * 3;
    Starts {
        cold_ms,
        warm_ms: median((0..starts).map(|_| once(&cache))),
        bundled_ms: median((0..starts).map(|_| bundled())),
    }
}

fn median(measured: impl Iterator<Item = f64>) -> f64 {
    let mut measured: Vec<f64> = measured.collect();
    measured.sort_by(f64::total_cmp);
    measured[measured.len() / 2]
}

fn bundled() -> f64 {
    let alone = Alone::default();
    let start = Instant::now();
    let _serving = alone.serving(&["--init"]);
    start.elapsed().as_secs_f64() * 1e3
}

fn once(cache: &str) -> f64 {
    let setup = Setup::new(Engine::Sqlite).arguments(&["--cache-dir", cache]);
    let start = Instant::now();
    let mut gatelet = setup.start_unready();
    // Through the gateway, so that its component has run.
    gatelet.wait_until("/auth/sign-in");
    start.elapsed().as_secs_f64() * 1e3
}
