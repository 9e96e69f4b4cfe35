//! How long from the command to the first answer?

use std::path::Path;
use std::time::Instant;

use gatelet_tests::alone::Alone;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;

use super::Effort;
use super::spread::Spread;

/// Milliseconds until the first page.
#[derive(Clone, Debug)]
pub(crate) struct Starts {
    /// With an empty compilation cache.
    pub(crate) cold_ms: Spread,
    /// With what the run before left there.
    pub(crate) warm_ms: Spread,
    /// Of the program that carries its components compiled, in an empty folder.
    pub(crate) bundled_ms: Spread,
}

pub(crate) fn measure(effort: Effort) -> Starts {
    let empty = || tempfile::tempdir().expect("a temporary folder");
    let cache = empty();
    once(cache.path());
    let starts = effort.rounds * 3;
    Starts {
        cold_ms: Spread::of((0..effort.rounds).map(|_| once(empty().path()))),
        warm_ms: Spread::of((0..starts).map(|_| once(cache.path()))),
        bundled_ms: Spread::of((0..starts).map(|_| bundled())),
    }
}

fn bundled() -> f64 {
    let alone = Alone::default();
    let start = Instant::now();
    let _serving = alone.serving(&["--init"]);
    start.elapsed().as_secs_f64() * 1e3
}

fn once(cache: &Path) -> f64 {
    let cache = cache.to_string_lossy();
    let setup = Setup::new(Engine::Sqlite).arguments(&["--cache-dir", &cache]);
    let start = Instant::now();
    let mut gatelet = setup.start_unready();
    // Through the gateway, so that its component has run.
    gatelet.wait_until("/auth/sign-in");
    start.elapsed().as_secs_f64() * 1e3
}
