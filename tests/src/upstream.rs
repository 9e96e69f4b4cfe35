//! What stands behind the gateway? An app that tells what it got and answers in
//! every way that HTTP knows.
//!
//! | path | answer |
//! |---|---|
//! | `/bytes/N` | N bytes with a length |
//! | `/chunks/N/SIZE` | N pieces of SIZE bytes without a length |
//! | `/events/N/MS` | N server-sent events, one every MS milliseconds |
//! | `/sink` | reads the content, tells its length |
//! | `/mirror` | the content comes back as it arrives |
//! | `/trailers` | content with a trailer section |
//! | `/status/N` | that status |
//! | `/slow/MS` | answers after MS milliseconds |
//! | `/hop` | hop-by-hop fields, and one named by `Connection` |
//! | `/cookies` | two `Set-Cookie` fields |
//! | `/cached` | an answer that every cache may keep; 304 to `If-None-Match` |
//! | `/dated` | greets like `/greet`, and says when it was last modified |
//! | `/port/N` | redirects to that port of this machine |
//! | `/refuse` | 413 at once; what comes of the content is read, and goes nowhere |
//! | `/cut-head`, `/cut-body` | breaks the connection before or within the answer |
//! | `/socket` | WebSocket that echoes |
//! | `/tunnel` | upgrade to a protocol of its own that echoes bytes |
//! | `/greet` | a page that greets by the identity headers |
//! | any other | JSON: method, target, headers, length and text of the content |

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::{HeaderMap, Method};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::runtime::{handle, run};

mod answers;

/// A running app on a free loopback port. Ended when dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    state: Arc<State>,
    server: JoinHandle<()>,
}

/// What the app has noticed.
#[derive(Debug, Default)]
struct State {
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    /// Answers whose reader went away before their end.
    abandoned: AtomicUsize,
    /// Requests whose sender went away before their end.
    broken: AtomicUsize,
    /// Bytes of `/bytes` and `/chunks` that were taken to be sent.
    given: AtomicUsize,
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// Its header section.
    pub headers: HeaderMap,
}

impl Upstream {
    /// Starts the app.
    pub fn start() -> Self {
        let state = Arc::new(State::default());
        let (address, server) = run(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
            let address = listener.local_addr().expect("a bound socket");
            (address, handle().spawn(serve(listener, state.clone())))
        });
        Self {
            address,
            state,
            server,
        }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().expect("nothing panics").clone()
    }

    /// The requests whose target begins so.
    pub fn seen_at(&self, target: &str) -> Vec<Seen> {
        let mut seen = self.seen();
        seen.retain(|one| one.target.starts_with(target));
        seen
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Waits until a request for such a target has arrived.
    #[track_caller]
    pub fn wait_seen(&self, target: &str) {
        wait(target, || !self.seen_at(target).is_empty());
    }

    /// Waits until no more is taken of `/bytes` or `/chunks`; gives how many bytes were.
    #[track_caller]
    pub fn wait_held_back(&self) -> usize {
        let given = || self.state.given.load(Ordering::SeqCst);
        wait("a reader who takes no more", || {
            let before = given();
            std::thread::sleep(Duration::from_millis(300));
            before > 0 && given() == before
        });
        given()
    }

    /// Waits until this many answers have been abandoned by their reader.
    #[track_caller]
    pub fn wait_abandoned(&self, count: usize) {
        wait("an answer to be abandoned", || {
            self.state.abandoned.load(Ordering::SeqCst) >= count
        });
    }

    /// Waits until this many requests have broken off.
    #[track_caller]
    pub fn wait_broken(&self, count: usize) {
        wait("a request to break off", || {
            self.state.broken.load(Ordering::SeqCst) >= count
        });
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[track_caller]
fn wait(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "waited for {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let _slower = stream.set_nodelay(true);
        state.connections.fetch_add(1, Ordering::SeqCst);
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answers::answer(request, state.clone()));
            let mut server = auto::Builder::new(TokioExecutor::new());
            server.http1().max_buf_size(1 << 20);
            let _broken = server
                .serve_connection_with_upgrades(TokioIo::new(stream), service)
                .await;
        });
    }
}
