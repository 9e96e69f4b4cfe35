//! How late is the slowest of a thousand, while everything else goes on as well: uploads,
//! downloads that are read slowly, event streams, WebSockets, people who sign in, and
//! origins that change? The same at Gatelet and at its own bare forward, in turns.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::raw_socket::{PING, RawSocket, WEB_SOCKET};

use super::Effort;
use super::head::Head;
use super::kept::Kept;
use super::nginx::LIVELY;
use super::paced::{self, Latencies, percentiles};
use super::served::{FRESH_SECONDS, Shared, Way};
use super::spread::Spread;

/// Requests a second that are timed, each due at its time.
pub(crate) const TIMED: u32 = 500;
/// Of each kind at once.
pub(crate) const UPLOADS: usize = 4;
pub(crate) const DOWNLOADS: usize = 4;
pub(crate) const STREAMS: usize = 16;
pub(crate) const SOCKETS: usize = 16;
/// Bytes of an upload, and how often each sender begins one.
const UPLOAD_BYTES: usize = 1 << 20;
const BETWEEN_UPLOADS: Duration = Duration::from_millis(250);
/// Between two readings of a download.
const BETWEEN_READINGS: Duration = Duration::from_millis(50);
/// Between two pings of a WebSocket, and two events.
const BETWEEN_PINGS: Duration = Duration::from_millis(50);
/// Between two sign-ins, and two changes of the origins.
const BETWEEN_SIGN_INS: Duration = Duration::from_millis(250);
const BETWEEN_CHANGES: Duration = Duration::from_millis(500);

/// In milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tails {
    pub(crate) gate: Times,
    pub(crate) bare: Times,
    /// Of a round's 99.9th percentiles: Gatelet's by the bare forward's.
    pub(crate) ratio: Spread,
}

/// Of those that are timed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    pub(crate) p50_ms: Spread,
    pub(crate) p999_ms: Spread,
}

impl Times {
    fn of(rounds: &[Latencies]) -> Self {
        Self {
            p50_ms: percentiles(rounds, 50.0),
            p999_ms: percentiles(rounds, 99.9),
        }
    }
}

pub(crate) fn measure(shared: &Shared, effort: Effort) -> Tails {
    let gate = shared.start(Engine::Postgres, Way::Gate, FRESH_SECONDS);
    let bare = shared.start(Engine::Sqlite, Way::Bare, FRESH_SECONDS);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&gate.visitor(), "/").expect(303);
    let head = shared.head(&gate);
    let round = |address| round(address, &gate, &head, &account, effort.duration * 5);
    let (mut at_gate, mut at_bare) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        at_gate.push(round(gate.address()));
        at_bare.push(round(bare.address()));
    }
    let pairs = at_gate.iter().zip(&at_bare);
    let ratio =
        |(gate, bare): (&Latencies, &Latencies)| gate.percentile(99.9) / bare.percentile(99.9);
    Tails {
        gate: Times::of(&at_gate),
        bare: Times::of(&at_bare),
        ratio: Spread::of(pairs.map(ratio)),
    }
}

/// Times one of two. People sign in at `gate`, and its origins change, whoever is timed.
fn round(
    address: SocketAddr,
    gate: &Gatelet,
    head: &Head,
    account: &Account,
    duration: Duration,
) -> Latencies {
    let over = AtomicBool::new(false);
    let lively = Lively {
        address,
        head,
        over: &over,
    };
    std::thread::scope(|scope| {
        for _ in 0..UPLOADS {
            scope.spawn(|| lively.uploads());
        }
        for _ in 0..DOWNLOADS {
            scope.spawn(|| lively.reads_slowly());
        }
        for _ in 0..STREAMS {
            scope.spawn(|| lively.reads_events());
        }
        for _ in 0..SOCKETS {
            scope.spawn(|| lively.pings());
        }
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                account.sign_in(&gate.visitor(), "/").expect(303);
                sleep(BETWEEN_SIGN_INS);
            }
        });
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let changed = "UPDATE auth_origins_revision SET revision = revision + 1";
                gate.database().execute(changed);
                sleep(BETWEEN_CHANGES);
            }
        });
        // What has just begun is not what goes on.
        sleep(Duration::from_secs(1));
        let latencies = paced::load(address, head, TIMED, duration);
        over.store(true, Ordering::Relaxed);
        latencies
    })
}

/// What goes on beside those that are timed.
struct Lively<'a> {
    address: SocketAddr,
    head: &'a Head,
    over: &'a AtomicBool,
}

impl Lively<'_> {
    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }

    fn request(&self, method: &str, path: &str, more: &str) -> String {
        let [host, cookie] = self.head.fields();
        format!("{method} {LIVELY}{path} HTTP/1.1\r\n{host}\r\n{cookie}\r\n{more}\r\n")
    }

    fn uploads(&self) {
        let mut connection = Kept::to(self.address);
        let length = format!("Content-Length: {UPLOAD_BYTES}\r\n");
        let mut request = self.request("POST", "/sink", &length).into_bytes();
        request.resize(request.len() + UPLOAD_BYTES, b'x');
        while self.goes_on() {
            assert_eq!(connection.ask(&request).status, 200, "an upload");
            sleep(BETWEEN_UPLOADS);
        }
    }

    fn reads_slowly(&self) {
        let mut socket = self.opened("/bytes/1073741824", "", "200");
        while self.goes_on() {
            assert!(!socket.read_some().is_empty(), "a download goes on");
            sleep(BETWEEN_READINGS);
        }
    }

    fn reads_events(&self) {
        let path = format!("/events/1000000/{}", BETWEEN_PINGS.as_millis());
        let mut socket = self.opened(&path, "", "200");
        while self.goes_on() {
            assert!(!socket.read_some().is_empty(), "events go on");
        }
    }

    fn pings(&self) {
        let mut socket = self.opened("/socket", WEB_SOCKET, "101");
        while self.goes_on() {
            assert!(socket.send(PING), "a WebSocket stays open");
            assert!(!socket.read_some().is_empty(), "each ping is answered");
            sleep(BETWEEN_PINGS);
        }
    }

    fn opened(&self, path: &str, more: &str, status: &str) -> RawSocket {
        let mut socket = RawSocket::connect(self.address);
        socket.send(self.request("GET", path, more));
        let head = socket.read_until("\r\n\r\n");
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        socket
    }
}
