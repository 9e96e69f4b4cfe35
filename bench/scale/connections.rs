//! What do connections cost that are kept and ask for nothing?

use std::thread::sleep;
use std::time::Duration;

use gatelet_tests::cases::Engine;

use crate::kept::Kept;
use crate::served::{FRESH_SECONDS, Shared, Way};

/// Each may take two file descriptors, and systems let a process have 20,000.
pub(crate) const COUNT: usize = 9_000;
/// As many as `gatelet up` keeps where nothing else is said.
const MOST: usize = 10_000;
/// Until what the last requests needed is given back.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// Resident memory, in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connections {
    pub(crate) before_kib: u64,
    /// While each is open and has been answered once.
    pub(crate) kept_kib: u64,
}

impl Connections {
    /// With [`MOST`] of them, by what each of [`COUNT`] takes.
    pub(crate) fn of_all_kib(self) -> f64 {
        let each = (self.kept_kib as f64 - self.before_kib as f64) / COUNT as f64;
        self.before_kib as f64 + each * MOST as f64
    }
}

pub(super) fn measure(shared: &Shared) -> Connections {
    eprintln!("== {COUNT} connections that wait");
    // Whoever signs somebody up hashes a password: another does.
    let head = shared.head(&shared.start(Engine::Sqlite, Way::Gate, FRESH_SECONDS));
    let gatelet = shared.start(Engine::Sqlite, Way::Gate, FRESH_SECONDS);
    let before_kib = gatelet.resident_kib();
    let text = head.text();
    let mut connections: Vec<Kept> = (0..COUNT).map(|_| Kept::to(gatelet.address())).collect();
    let mut ask_all = || {
        for connection in &mut connections {
            assert_eq!(connection.ask(text.as_bytes()).status, 200, "it is kept");
        }
    };
    ask_all();
    sleep(SETTLED_AFTER);
    let kept_kib = gatelet.resident_kib();
    // None was closed to make room for another.
    ask_all();
    Connections {
        before_kib,
        kept_kib,
    }
}
