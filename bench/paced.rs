//! So many requests a second, whatever becomes of them: each is due at its time, and a
//! late answer does not make the next one late. Times count from when a request was due.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::head::Head;

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
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("a socket of ours");
    let (mut due, mut took, mut buffer) = (first, Vec::new(), Vec::new());
    while due < end {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        stream.write_all(head).expect("the connection is kept");
        answer(&mut stream, &mut buffer);
        took.push(due.elapsed().as_secs_f64() * 1e3);
        due += interval;
    }
    took
}

/// Reads one whole answer.
fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    let mut piece = [0; 8192];
    loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..at]).to_ascii_lowercase();
            assert!(head.starts_with("http/1.1 200"), "{head}");
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .and_then(|value| value.trim().parse::<usize>().ok())
                .expect("an answer that says its length");
            if buffer.len() >= at + 4 + length {
                return;
            }
        }
        let count = stream.read(&mut piece).expect("an answer");
        assert!(count > 0, "the connection was closed");
        buffer.extend_from_slice(&piece[..count]);
    }
}
