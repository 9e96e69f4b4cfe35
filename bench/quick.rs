//! Did a change make it faster? The contenders at the doors, at 32 connections, in three
//! minutes: printed, and written nowhere.

use std::time::Duration;

use gatelet_tests::upstream::Upstream;

use super::doors::Doors;
use super::machine::Provenance;
use super::nginx::Nginx;
use super::served::Shared;
use super::turns::Turns;
use super::{Effort, THREADS, report};

const CONNECTIONS: usize = 32;
/// CPU is counted in hundredths of a second: a turn is as long as in a whole run.
const EFFORT: Effort = Effort {
    duration: Duration::from_secs(2),
    rounds: 3,
    endurance: 0,
};

pub(crate) fn print() {
    let provenance = Provenance::now();
    let witness = Upstream::start();
    let origin = Nginx::origin(THREADS, &witness);
    let shared = Shared::compile(&origin.url());
    let servers = Doors::start(&shared, &origin);
    let turns = Turns::take(&servers.contenders, CONNECTIONS, EFFORT);
    println!("{}\n", provenance.sentence());
    println!("{}", report::quick(CONNECTIONS, &turns));
}
