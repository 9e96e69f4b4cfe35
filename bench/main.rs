//! What does signing people in cost? Measures Gatelet side by side with plain
//! nginx and with its own bare forward, on this machine, in one run, and writes
//! `bench/RESULTS.md`, and what the README repeats of it.
//!
//!     make bench                 some ten minutes
//!     make bench QUICK=1         a short round, to see that it works: target/bench/QUICK.md

use std::fs;
use std::time::Duration;

use gatelet_tests::account::Account;
use gatelet_tests::repository;

use contender::Who;
use doors::{Alike, Doors};
use machine::Provenance;
use nginx::Nginx;
use served::Shared;
use turns::{Endurance, Turns};

mod answer;
mod contender;
mod cpu;
mod crowd;
mod doors;
mod head;
mod machine;
mod nginx;
mod origins;
mod paced;
mod password;
mod previews;
mod readme;
mod report;
mod served;
mod spread;
mod start;
mod transactions;
mod turns;
mod wrk;

/// Threads of every server that is compared, and of the load generator.
const THREADS: usize = 2;

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Of one measurement.
    pub(crate) duration: Duration,
    /// Each contender is measured this often, in turns.
    pub(crate) rounds: usize,
    /// Requests of the endurance run.
    pub(crate) endurance: u64,
}

const WHOLE: Effort = Effort {
    duration: Duration::from_secs(2),
    rounds: 5,
    endurance: 1_000_000,
};
const SHORT: Effort = Effort {
    duration: Duration::from_secs(1),
    rounds: 1,
    endurance: 50_000,
};

impl Effort {
    /// Whether it shows no more than that the bench works.
    pub(crate) fn is_short(self) -> bool {
        self.rounds < WHOLE.rounds
    }
}

/// Everything that was measured.
pub(crate) struct Results {
    alike: Alike,
    /// By the number of connections.
    doors: Vec<(usize, Turns)>,
    transactions_a_request: f64,
    endurance: Endurance,
    passwords: password::Passwords,
    crowds: Vec<crowd::Crowd>,
    origins: origins::Measured,
    previews: Vec<previews::Previews>,
    starts: start::Starts,
    /// Name and bytes of each component.
    sizes: Vec<(String, u64)>,
}

impl Results {
    fn at(&self, connections: usize) -> &Turns {
        let found = self.doors.iter().find(|(count, _)| *count == connections);
        let (_, turns) = found.expect("it was measured with as many connections");
        turns
    }
}

fn main() {
    let quick = std::env::var_os("QUICK").is_some_and(|value| !value.is_empty());
    let effort = if quick { SHORT } else { WHOLE };
    let provenance = Provenance::now();
    let results = measure(effort);
    let page = report::page(&results, &provenance, effort);
    if effort.is_short() {
        let folder = repository().join("target/bench");
        fs::create_dir_all(&folder).expect("target/ is ours");
        fs::write(folder.join("QUICK.md"), page).expect("a folder of ours");
        eprintln!("== Wrote target/bench/QUICK.md: a short run, whose figures mean nothing");
        return;
    }
    let file = repository().join("bench/RESULTS.md");
    fs::write(file, page).expect("bench/ is a folder of the checkout");
    readme::write(&report::short(&results, &provenance));
    eprintln!("== Wrote bench/RESULTS.md, and what the README repeats of it");
}

fn measure(effort: Effort) -> Results {
    eprintln!("== Servers");
    let origin = Nginx::origin(THREADS);
    let shared = Shared::compile(&origin.url());
    let servers = Doors::start(&shared, &origin);
    let doors = [1, 32, 128]
        .map(|connections| {
            eprintln!("== {connections} connections");
            let turns = Turns::take(&servers.contenders, connections, effort);
            (connections, turns)
        })
        .into();
    eprintln!("== {} requests in a row", effort.endurance);
    let endurance = turns::endure(servers.contender(Who::Gate), effort.endurance);
    eprintln!("== Transactions");
    let transactions_a_request = servers.transactions_a_request(effort);
    eprintln!("== Passwords");
    let account = Account::new("Ada Lovelace");
    account.sign_up(&servers.gate.visitor(), "/").expect(303);
    let passwords = password::measure(&servers.gate, &account, effort);
    let alike = servers.alike.clone();
    drop(servers);
    eprintln!("== Crowds");
    let crowds = crowd::measure(&shared, effort);
    eprintln!("== Origins");
    let origins = origins::measure(&shared, effort);
    eprintln!("== Previews");
    let previews = previews::measure();
    eprintln!("== Starts");
    Results {
        alike,
        doors,
        transactions_a_request,
        endurance,
        passwords,
        crowds,
        origins,
        previews,
        starts: start::measure(effort),
        sizes: wasm_sizes(),
    }
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
