//! How long from the command to the first answer, and what does it leave behind?

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use gatelet_tests::alone::Alone;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};

use super::spread::Spread;
use super::{Effort, cpu};

/// Until what a start needed is given back.
const SETTLED_AFTER: Duration = Duration::from_secs(1);
/// In which nobody asks for anything.
pub(crate) const IDLE: Duration = Duration::from_secs(20);

/// What starts cost.
#[derive(Clone, Debug)]
pub(crate) struct Starts {
    /// With an empty compilation cache.
    pub(crate) cold: Started,
    /// With what the run before left there.
    pub(crate) warm: Started,
    /// Milliseconds to the first page of the program that carries its components compiled,
    /// in an empty folder.
    pub(crate) bundled_ms: Spread,
    /// What a server takes of a core that nobody asks.
    pub(crate) idle_percent: Spread,
}

/// Of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started {
    /// Until the first page.
    pub(crate) page_ms: Spread,
    /// Resident, a moment later.
    pub(crate) memory_mib: Spread,
}

impl Started {
    fn of(starts: &[(f64, f64)]) -> Self {
        Self {
            page_ms: Spread::of(starts.iter().map(|(ms, _)| *ms)),
            memory_mib: Spread::of(starts.iter().map(|(_, mib)| *mib)),
        }
    }
}

pub(crate) fn measure(effort: Effort) -> Starts {
    let empty = || tempfile::tempdir().expect("a temporary folder");
    let cache = empty();
    drop(started(cache.path()));
    let starts = effort.rounds * 3;
    let cold: Vec<_> = (0..effort.rounds).map(|_| once(empty().path())).collect();
    let warm: Vec<_> = (0..starts).map(|_| once(cache.path())).collect();
    Starts {
        cold: Started::of(&cold),
        warm: Started::of(&warm),
        bundled_ms: Spread::of((0..starts).map(|_| bundled())),
        idle_percent: idle_percent(cache.path(), effort.rounds),
    }
}

fn bundled() -> f64 {
    let alone = Alone::default();
    let start = Instant::now();
    let _serving = alone.serving(&["--init"]);
    start.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds to the first page, and MiB afterwards.
fn once(cache: &Path) -> (f64, f64) {
    let start = Instant::now();
    let gatelet = started(cache);
    let ms = start.elapsed().as_secs_f64() * 1e3;
    sleep(SETTLED_AFTER);
    (ms, gatelet.resident_kib() as f64 / 1024.0)
}

fn idle_percent(cache: &Path, rounds: usize) -> Spread {
    let gatelet = started(cache);
    Spread::of((0..rounds).map(|_| {
        let before = cpu::used_us(&[gatelet.id()]);
        sleep(IDLE);
        let used = cpu::used_us(&[gatelet.id()]) - before;
        100.0 * used as f64 / IDLE.as_micros() as f64
    }))
}

fn started(cache: &Path) -> Gatelet {
    let cache = cache.to_string_lossy();
    let setup = Setup::new(Engine::Sqlite).arguments(&["--cache-dir", &cache]);
    let mut gatelet = setup.start_unready();
    // Through the gateway, so that its component has run.
    gatelet.wait_until("/auth/sign-in");
    gatelet
}
