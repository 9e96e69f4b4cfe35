//! A front on loopback, upstreams behind it, and clients that write bytes.
//!
//! The gate here is a closure: what is tested is the front. The real gate runs
//! in the tests of the whole product.
#![expect(unreachable_pub, reason = "tests export nothing")]

pub mod http2;
pub mod raw;
pub mod upstream;

use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gatelet_core::credential::Usage;
use gatelet_core::error::Code;
use gatelet_core::head::Lines;
use gatelet_core::reply::Reply;
use gatelet_core::{Edits, Head, Verdict};
use gatelet_front::{
    AccessLogFormat, Answered, Application, ComponentBody, ComponentIndex, Gate, Metrics, Route,
    ServeError, ServeOptions, Server,
};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::sync::oneshot;

/// Longer than anything takes that works, so a failure is never a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub type Deciding = dyn Fn(&Head<'_>) -> Verdict + Send + Sync;
pub type Judging = dyn Fn(&Head<'_>, Usage) -> Verdict + Send + Sync;
pub type Handled = Pin<Box<dyn Future<Output = Response<ComponentBody>> + Send>>;
pub type Handling = dyn Fn(Request<ComponentBody>) -> Handled + Send + Sync;

/// `/component…` goes whole to component `auth`, everything else to the gate of
/// `gateway`; `demo` is private.
pub struct Behind {
    pub decide: Box<Deciding>,
    pub judge: Box<Judging>,
    pub handle: Box<Handling>,
    pub grant: bool,
}

impl Behind {
    /// Everything is let through to `upstream`.
    pub fn forwarding(upstream: impl Into<String>) -> Self {
        let upstream = upstream.into();
        Self::deciding(move |_head| {
            Verdict::Forward(Edits {
                upstream: upstream.clone(),
                ..Edits::default()
            })
        })
    }

    pub fn deciding(decide: impl Fn(&Head<'_>) -> Verdict + Send + Sync + 'static) -> Self {
        Self {
            decide: Box::new(decide),
            judge: Box::new(|_head, _usage| panic!("nobody asked for `judge`")),
            handle: Box::new(|_request| Box::pin(async { text("from a component") })),
            grant: true,
        }
    }
}

pub fn text(body: &'static str) -> Response<ComponentBody> {
    Response::new(
        Full::new(Bytes::from_static(body.as_bytes()))
            .map_err(|never| match never {})
            .boxed_unsync(),
    )
}

pub fn reply(status: u16, body: &'static str) -> Verdict {
    Verdict::Respond(Reply {
        status,
        fields: Lines::of_block("content-type:text/plain\n"),
        body: body.as_bytes().to_vec(),
        code: Some(Code::SessionNone),
    })
}

impl Application for Behind {
    fn components(&self) -> Vec<String> {
        ["gateway", "auth", "demo"].map(str::to_owned).to_vec()
    }

    fn route(&self, path: &str) -> Option<Route> {
        let by_gate = Route {
            component: 0,
            gate: true,
        };
        let whole = Route {
            component: 1,
            gate: false,
        };
        match path {
            "/nowhere" => None,
            path if path.starts_with("/component") => Some(whole),
            _ => Some(by_gate),
        }
    }

    fn component(&self, name: &str) -> Option<ComponentIndex> {
        (name == "demo").then_some(2)
    }

    fn worker_gate(self: Arc<Self>) -> Rc<dyn Gate> {
        Rc::new(TestGate(self))
    }

    fn may_reach(&self, _component: ComponentIndex, _upstream: &str) -> bool {
        self.grant
    }

    fn handle(
        self: Arc<Self>,
        _component: ComponentIndex,
        request: Request<ComponentBody>,
    ) -> Pin<Box<dyn Future<Output = Answered> + Send>> {
        Box::pin(async move { Ok((self.handle)(request).await) })
    }
}

struct TestGate(Arc<Behind>);

impl Gate for TestGate {
    fn decide(&self, _component: ComponentIndex, head: &Head<'_>, _now: u64) -> Verdict {
        (self.0.decide)(head)
    }

    fn origin(&self, authority: &str, _now: u64) -> Option<Arc<String>> {
        authority
            .strip_suffix(".test")
            .map(|name| Arc::new(name.to_owned()))
    }

    fn judge<'a>(
        &'a self,
        _component: ComponentIndex,
        head: Head<'a>,
        _now: u64,
        usage: Usage,
    ) -> Pin<Box<dyn Future<Output = Verdict> + 'a>> {
        let verdict = (self.0.judge)(&head, usage);
        Box::pin(async move {
            tokio::task::yield_now().await;
            verdict
        })
    }
}

/// A front that runs until dropped.
pub struct Front {
    pub address: SocketAddr,
    pub metrics: Arc<Metrics>,
    pub log: LogLines,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<Result<(), ServeError>>>,
}

impl Front {
    /// One worker, so that what a test says of the pool holds.
    pub fn start(behind: Behind) -> Self {
        Self::start_with(behind, |_options| {})
    }

    pub fn start_with(behind: Behind, change: impl FnOnce(&mut ServeOptions)) -> Self {
        let mut options = ServeOptions {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))],
            worker_threads: 1,
            access_log: AccessLogFormat::Json,
            ..ServeOptions::default()
        };
        change(&mut options);
        let log = LogLines::default();
        let server = Server::bind(options, Arc::new(behind))
            .expect("a free port")
            .log_to(Box::new(log.clone()));
        let address = server.addresses()[0];
        let metrics = server.metrics();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(server.run(async {
                    let _ = stopped.await;
                }))
        });
        Self {
            address,
            metrics,
            log,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Ask it to stop, without waiting.
    pub fn begin_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Stop and wait until it has drained.
    pub fn stop(mut self) {
        self.join();
    }

    fn join(&mut self) {
        self.begin_to_stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join().expect("the front does not panic");
            ended.expect("the front ends well");
        }
    }

    /// The value of a metric, summed over its labels.
    pub fn metric(&self, name: &str) -> f64 {
        metric(&self.metrics.render(), name)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.join();
        }
    }
}

pub fn metric(exposition: &str, name: &str) -> f64 {
    exposition
        .lines()
        .filter(|line| !line.starts_with('#') && line.starts_with(name))
        .filter(|line| matches!(line.as_bytes().get(name.len()), Some(b' ' | b'{')))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum()
}

/// What the access log said.
#[derive(Clone, Default)]
pub struct LogLines(Arc<Mutex<Vec<u8>>>);

impl LogLines {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panics").clone()).expect("UTF-8")
    }

    /// Wait until there are so many lines.
    pub fn lines(&self, count: usize) -> Vec<serde_json::Value> {
        eventually("log lines", || {
            let text = self.text();
            let lines: Vec<_> = text
                .lines()
                .map(|line| serde_json::from_str(line).expect("a line is JSON"))
                .collect();
            (lines.len() >= count).then_some(lines)
        })
    }
}

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("no reader panics")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Try until it is there; fail when patience ends.
pub fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Resident memory of this process, in bytes.
pub fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("resident pages");
    pages * 4096
}
