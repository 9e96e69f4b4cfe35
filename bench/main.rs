//! What does signing people in cost? Measures Gatelet side by side with plain
//! nginx and with its own bare forward, on this machine, in one run, and writes
//! `bench/RESULTS.md`.
//!
//!     make bench                 some seven minutes
//!     make bench QUICK=1         one short round, to see that it works

use std::fs;
use std::time::Duration;

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::repository;

use contender::Contender;
use nginx::Nginx;
use report::Report;

mod contender;
mod cpu;
mod machine;
mod nginx;
mod origins;
mod password;
mod previews;
mod report;
mod start;
mod wrk;

/// Threads of every server that is compared, and of the load generator.
const THREADS: usize = 2;

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Of one measurement.
    pub(crate) duration: Duration,
    /// Each contender is measured this often, in turns; the median counts.
    pub(crate) rounds: usize,
    /// Requests of the endurance run.
    pub(crate) endurance: u64,
}

fn main() {
    let quick = std::env::var_os("QUICK").is_some();
    let effort = if quick {
        Effort {
            duration: Duration::from_secs(1),
            rounds: 1,
            endurance: 50_000,
        }
    } else {
        Effort {
            duration: Duration::from_secs(2),
            rounds: 3,
            endurance: 1_000_000,
        }
    };
    let mut report = Report::new(effort);

    eprintln!("== Servers");
    let origin = Nginx::origin(THREADS);
    let one = Nginx::proxy(1, &origin);
    let two = Nginx::proxy(THREADS, &origin);
    let threads = THREADS.to_string();
    let start = |door: &[&str], fresh_seconds: &str, probe: &str| {
        let mut gatelet = Setup::new(Engine::Sqlite)
            .variable("upstream", &origin.url())
            .variable("session_fresh_seconds", fresh_seconds)
            .arguments(&["--worker-threads", &threads, "--access-log", "off"])
            .arguments(door)
            .start_unready();
        gatelet.wait_until(probe);
        gatelet
    };
    // The load generator keeps its first cookie, which must outlast the run.
    const FRESH: &str = "86400";
    // Whoever compiles keeps what the compiler used: that is not what is measured.
    drop(start(&["--door", "gate"], FRESH, "/health/ready"));
    let gate = start(&["--door", "gate"], FRESH, "/health/ready");
    let stale = start(&["--door", "gate"], "0", "/health/ready");
    let handler = start(&["--door", "handler"], FRESH, "/health/ready");
    // It has no probes: everything is the origin's.
    let bare = ["--unprotected-bare-forward", &origin.url()];
    let bare = start(&bare, FRESH, "/page.txt");

    let cookie = |gatelet: &Gatelet| {
        let cookie = signed_in(gatelet).0.cookie("gatelet").expect("signed in");
        format!("{}={}", cookie.name, cookie.value)
    };
    let (gate_cookie, handler_cookie) = (cookie(&gate), cookie(&handler));
    let stale_cookie = cookie(&stale);
    let contenders = [
        Contender::new("nginx, 1 worker", &one.url(), one.process_ids()),
        Contender::new("nginx, 2 workers", &two.url(), two.process_ids()),
        Contender::new("gatelet, bare forward", bare.base_url(), vec![bare.id()]),
        Contender::new(
            "gatelet, gate door, signed in",
            gate.base_url(),
            vec![gate.id()],
        )
        .signed_in(&gate_cookie),
        Contender::new(
            "gatelet, gate door, asking SQLite each time",
            stale.base_url(),
            vec![stale.id()],
        )
        .signed_in(&stale_cookie),
        Contender::new(
            "gatelet, handler door, signed in",
            handler.base_url(),
            vec![handler.id()],
        )
        .signed_in(&handler_cookie),
        Contender::new(
            "gatelet, gate door, rejected",
            gate.base_url(),
            vec![gate.id()],
        )
        .rejected(),
        Contender::new(
            "gatelet, handler door, rejected",
            handler.base_url(),
            vec![handler.id()],
        )
        .rejected(),
    ];
    for connections in [1, 32, 128] {
        eprintln!("== {connections} connections");
        let rows = contender::in_turns(&contenders, connections, effort);
        report.throughput(connections, &rows);
    }

    eprintln!("== {} requests in a row", effort.endurance);
    report.endurance(&contender::endure(&contenders[3], effort.endurance));

    eprintln!("== Passwords");
    let account = Account::new("Ada Lovelace");
    account.sign_up(&gate.visitor(), "/").expect(303);
    report.passwords(&password::measure(&gate, &account, effort));

    drop((gate, stale, handler, bare));
    eprintln!("== Origins");
    report.origins(&origins::measure(&origin, effort));

    eprintln!("== Previews");
    report.previews(&previews::measure());

    eprintln!("== Starts");
    report.starts(&start::measure(effort));

    report.sizes(&wasm_sizes());
    let path = repository().join("bench/RESULTS.md");
    fs::write(&path, report.markdown()).expect("bench/ is a folder of the checkout");
    eprintln!("== Wrote bench/RESULTS.md");
}

/// Name and bytes of each component.
fn wasm_sizes() -> Vec<(String, u64)> {
    let mut sizes: Vec<(String, u64)> = fs::read_dir(repository().join("target/components"))
        .expect("the components are built (make build)")
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .map(|entry| {
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    sizes.sort();
    sizes
}
