//! What does signing people in cost? Measures Gatelet side by side with plain
//! nginx, with its own bare forward and with others that sign people in, on this machine,
//! in one run, and writes `bench/RESULTS.md`, and what the README repeats of it.
//!
//!     make bench                 three quarters of an hour
//!     make bench QUICK=1         a short round, to see that it works: target/bench/QUICK.md
//!     make bench-quick           the doors alone, at 32 connections: printed
//!     make bench ONLY=store      parts alone, separated by commas: target/bench/ONLY.md

use std::cell::LazyCell;
use std::fs;
use std::time::Duration;

use gatelet_tests::account::Account;
use gatelet_tests::repository;
use gatelet_tests::upstream::Upstream;

use doors::{Alike, Doors};
use machine::Provenance;
use nginx::Nginx;
use part::{Part, Parts};
use served::Shared;
use turns::{Endurance, Turns};
use who::Who;

mod answer;
mod browser;
mod contender;
mod cpu;
mod crowd;
mod doors;
mod guesses;
mod head;
mod kept;
mod machine;
mod nginx;
mod origins;
mod paced;
mod part;
mod passkeys;
mod password;
mod peers;
mod previews;
mod quick;
mod readme;
mod report;
mod scale;
mod served;
mod spread;
mod start;
mod store;
mod tails;
mod transactions;
mod turns;
mod vault;
mod who;
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

/// Everything that was measured; none of a part that was left out.
pub(crate) struct Results {
    judging: Option<Judging>,
    guesses: Option<Vec<guesses::Guesses>>,
    passkeys: Option<Vec<passkeys::Passkeys>>,
    crowds: Option<Vec<crowd::Crowd>>,
    peers: Option<peers::Measured>,
    store: Option<Vec<store::Done>>,
    origins: Option<origins::Measured>,
    previews: Option<Vec<previews::Previews>>,
    scale: Option<scale::Measured>,
    tails: Option<tails::Tails>,
    starts: Option<start::Starts>,
    vault: Option<Vec<vault::Vault>>,
    /// Name and bytes of each component.
    sizes: Vec<(String, u64)>,
}

/// What the doors cost, and passwords.
pub(crate) struct Judging {
    alike: Alike,
    /// By the number of connections.
    doors: Vec<(usize, Turns)>,
    transactions_a_request: f64,
    endurance: Endurance,
    passwords: password::Passwords,
}

impl Judging {
    fn at(&self, connections: usize) -> &Turns {
        let found = self.doors.iter().find(|(count, _)| *count == connections);
        let (_, turns) = found.expect("it was measured with as many connections");
        turns
    }
}

fn main() {
    if std::env::args().skip(1).eq(["--quick"]) {
        return quick::print();
    }
    let quick = std::env::var_os("QUICK").is_some_and(|value| !value.is_empty());
    let effort = if quick { SHORT } else { WHOLE };
    let parts = Parts::of(std::env::args().skip(1)).unwrap_or_else(|wrong| {
        eprintln!("{wrong}");
        std::process::exit(2);
    });
    let provenance = Provenance::now();
    let results = measure(&parts, effort);
    let page = report::page(&results, &provenance, effort);
    let (name, why) = match parts.are_all() {
        true if !effort.is_short() => {
            let file = repository().join("bench/RESULTS.md");
            fs::write(file, page).expect("bench/ is a folder of the checkout");
            let short = report::short(&results, &provenance);
            readme::write(&short.expect("nothing was left out"));
            eprintln!("== Wrote bench/RESULTS.md, and what the README repeats of it");
            return;
        }
        true => ("QUICK.md", "a short run, whose figures mean nothing"),
        false => ("ONLY.md", "some parts alone"),
    };
    let folder = repository().join("target/bench");
    fs::create_dir_all(&folder).expect("target/ is ours");
    fs::write(folder.join(name), page).expect("a folder of ours");
    eprintln!("== Wrote target/bench/{name}: {why}");
}

fn measure(parts: &Parts, effort: Effort) -> Results {
    // Not every part needs them.
    let witness = LazyCell::new(Upstream::start);
    let origin = LazyCell::new(|| Nginx::origin(THREADS, &witness));
    let shared = LazyCell::new(|| Shared::compile(&origin.url()));
    Results {
        judging: parts.measure(Part::Doors, || judging(&shared, &origin, effort)),
        guesses: parts.measure(Part::Guesses, || guesses::measure(&shared, effort)),
        passkeys: parts.measure(Part::Passkeys, || passkeys::measure(&shared, effort)),
        crowds: parts.measure(Part::Crowds, || crowd::measure(&shared, effort)),
        peers: parts.measure(Part::Peers, || {
            peers::measure(&shared, &origin, &witness, effort)
        }),
        store: parts.measure(Part::Store, || store::measure(effort)),
        origins: parts.measure(Part::Origins, || origins::measure(&shared, effort)),
        previews: parts.measure(Part::Previews, previews::measure),
        scale: parts.measure(Part::Scale, || scale::measure(&shared, &origin, effort)),
        tails: parts.measure(Part::Tails, || tails::measure(&shared, effort)),
        starts: parts.measure(Part::Starts, || start::measure(effort)),
        vault: parts.measure(Part::Vault, || vault::measure(&shared, effort)),
        sizes: wasm_sizes(),
    }
}

fn judging(shared: &Shared, origin: &Nginx, effort: Effort) -> Judging {
    let servers = Doors::start(shared, origin);
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
    Judging {
        alike: servers.alike,
        doors,
        transactions_a_request,
        endurance,
        passwords,
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
