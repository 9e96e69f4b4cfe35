//! So many requests a second, whatever becomes of them: each is due at its time, and a
//! late answer does not make the next one late. Times count from when a request was due.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::head::Head;
use super::kept::Kept;
use super::spread::Spread;

/// Connections that take turns.
const CONNECTIONS: u32 = 32;

/// How long answers took, in milliseconds, the shortest first.
#[derive(Clone, Debug)]
pub(crate) struct Latencies(Vec<f64>);

impl Latencies {
    /// Of at least one.
    pub(crate) fn of(mut milliseconds: Vec<f64>) -> Self {
        assert!(!milliseconds.is_empty(), "something was answered");
        milliseconds.sort_by(f64::total_cmp);
        Self(milliseconds)
    }

    /// What so many of a hundred did not exceed.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let last = self.0.len() - 1;
        let at = (self.0.len() as f64 * percent / 100.0) as usize;
        self.0[at.min(last)]
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

/// Of each round what so many of a hundred did not exceed.
pub(crate) fn percentiles(rounds: &[Latencies], percent: f64) -> Spread {
    Spread::of(rounds.iter().map(|one| one.percentile(percent)))
}

/// Sends a head `per_second` times a second, for as long as `duration`. Every answer is 200.
pub(crate) fn load(
    address: SocketAddr,
    head: &Head,
    per_second: u32,
    duration: Duration,
) -> Latencies {
    let text = head.text();
    let interval = Duration::from_secs(1) * CONNECTIONS / per_second;
    let start = Instant::now();
    let all: Vec<f64> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS)
            .map(|number| {
                let text = text.as_bytes();
                let first = start + interval * number / CONNECTIONS;
                scope.spawn(move || one(address, text, first, interval, start + duration))
            })
            .collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Vec<f64>>| {
            worker.join().expect("every request is answered")
        };
        workers.into_iter().flat_map(join).collect()
    });
    Latencies::of(all)
}

fn one(
    address: SocketAddr,
    head: &[u8],
    first: Instant,
    interval: Duration,
    end: Instant,
) -> Vec<f64> {
    let mut connection = Kept::to(address);
    let (mut due, mut took) = (first, Vec::new());
    while due < end {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let status = connection.ask(head).status;
        assert_eq!(status, 200, "what passes is passed on");
        took.push(due.elapsed().as_secs_f64() * 1e3);
        due += interval;
    }
    took
}
