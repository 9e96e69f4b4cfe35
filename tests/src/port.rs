//! Which port does a server of a test get? One that nobody else in this run is given, and
//! that the system does not hand out by itself: a server which starts a moment later finds
//! it free, and nobody takes another test's server for their own.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Below the ports that Linux gives to whoever asks for any (from 32,768 on).
const PORTS: std::ops::Range<u16> = 10_240..32_768;

/// A loopback port that nobody listens on at this moment. No port twice in one process
/// before all have been given; another process begins elsewhere.
pub fn free_port() -> u16 {
    /// Odd, so that processes that start one after another lie far apart.
    const APART: usize = 1_009;
    static GIVEN: AtomicUsize = AtomicUsize::new(0);
    let begin = process::id() as usize * APART;
    let free = PORTS.into_iter().find_map(|_| {
        let place = begin.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % PORTS.len();
        let port = PORTS.start + u16::try_from(place).expect("a place among the ports");
        TcpListener::bind(("127.0.0.1", port))
            .is_ok()
            .then_some(port)
    });
    free.expect("a free port")
}
