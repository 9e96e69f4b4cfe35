//! What does one serving thread have to itself?
//!
//! Each worker runs a runtime of its own on one thread, and everything a
//! request touches on its way belongs to that thread: the gate's instance, the
//! upstream connections, counters, log buffer. Nothing is locked and no task
//! changes threads.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use gatelet_core::base_url::BaseUrl;
use gatelet_core::forwarded::TrustedProxies;
use gatelet_core::head::FIELDS_MAX;
use hyper::server::conn::{http1, http2};
use ipnet::IpNet;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::access_log::{AccessLog, LogBuffer};
use super::application::{Application, Gate};
use super::head::Names;
use super::metrics::{Metrics, Shard};
use super::options::{Door, Limits, ServeOptions};
use super::order::Handle;
use super::request_id::RequestIds;
use super::seldom::Seldom;
use super::tls::UpstreamTls;
use super::upstream::Upstreams;
use super::watch::{CoarseClock, Overstay};

/// One serving thread's belongings.
pub(super) struct Worker {
    pub(super) application: Arc<dyn Application>,
    pub(super) gate: Rc<dyn Gate>,
    pub(super) door: Door,
    pub(super) base_url: Option<BaseUrl>,
    pub(super) limits: Rc<Limits>,
    pub(super) trusted_proxies: TrustedProxies,
    pub(super) request_id_from: Vec<IpNet>,
    pub(super) component_names: Vec<String>,
    pub(super) upstreams: Upstreams,
    pub(super) clock: CoarseClock,
    pub(super) shard: Arc<Shard>,
    pub(super) log: LogBuffer,
    /// Shared by all workers.
    pub(super) told: Arc<Seldom>,
    pub(super) request_ids: RequestIds,
    pub(super) names: Names,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) http1: http1::Builder,
    pub(super) http2: http2::Builder<OnThisThread>,
    /// The server is to be stopped soon.
    pub(super) leaving: Cell<bool>,
    /// How many connections it has, those on their way to it among them.
    load: Arc<AtomicUsize>,
    connections: RefCell<HashMap<u64, Arc<Handle>>>,
    next_connection: Cell<u64>,
    tunnels: RefCell<JoinSet<()>>,
}

/// What it takes to make a worker, on any thread.
pub(super) struct Seed {
    pub(super) application: Arc<dyn Application>,
    pub(super) options: ServeOptions,
    pub(super) metrics: Arc<Metrics>,
    pub(super) log: AccessLog,
    pub(super) told: Arc<Seldom>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) clock: CoarseClock,
    pub(super) load: Arc<AtomicUsize>,
    pub(super) upstream_tls: Arc<UpstreamTls>,
}

impl Worker {
    pub(super) fn new(seed: Seed) -> Self {
        let ServeOptions {
            listen,
            tls: _,
            worker_threads: _,
            door,
            base_url,
            trusted_proxies,
            request_id_from,
            limits,
            access_log: _,
            shutdown_delay: _,
        } = seed.options;
        let limits = Rc::new(limits);
        let clock = seed.clock;
        let shard = seed.metrics.shard();
        Self {
            gate: Arc::clone(&seed.application).worker_gate(),
            door,
            base_url,
            trusted_proxies,
            request_id_from,
            component_names: seed.application.components(),
            upstreams: Upstreams::new(Rc::clone(&limits), clock.clone(), seed.upstream_tls, listen),
            clock,
            log: seed.log.buffer(Arc::clone(&shard)),
            shard,
            told: seed.told,
            request_ids: RequestIds::new(),
            names: Names::default(),
            tls: seed.tls,
            http1: http1_builder(&limits),
            http2: http2_builder(&limits),
            limits,
            leaving: Cell::new(false),
            load: seed.load,
            connections: RefCell::default(),
            next_connection: Cell::new(0),
            tunnels: RefCell::default(),
            application: seed.application,
        }
    }

    /// Whether it has nothing to look after: no connection on either side, and no lines to
    /// hand over. Nobody need wake it then, and its clock stands still.
    pub(super) fn rests(&self) -> bool {
        self.load.load(Relaxed) == 0
            && !self.upstreams.keep_any()
            && self.tunnels.borrow().is_empty()
            && self.log.is_empty()
    }

    /// Now and then: look for what overstayed and hand over log lines.
    pub(super) fn tick(&self, started: Instant) {
        // Truncated on purpose; only differences are taken.
        let now = started.elapsed().as_millis() as u32;
        let passed = now.wrapping_sub(self.clock.now());
        self.clock.set(now);
        for handle in self.connections.borrow().values() {
            if let Some(overstay) = handle.activity.overstay(&self.limits, passed) {
                handle.close();
                if overstay != Overstay::Idle {
                    self.shard.connection_overstays();
                }
            }
        }
        self.upstreams.sweep();
        self.log.flush();
        let mut tunnels = self.tunnels.borrow_mut();
        while tunnels.try_join_next().is_some() {}
    }

    /// Let requests in flight end, within the limit. Idle connections close at
    /// once; upgraded ones, which would never end by themselves, after the rest.
    pub(super) async fn drain(&self, started: Instant) {
        let deadline = Instant::now() + self.limits.drain_timeout;
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
        loop {
            ticks.tick().await;
            self.clock.set(started.elapsed().as_millis() as u32);
            for handle in self.connections.borrow().values() {
                handle.drain();
            }
            let open = self.connections.borrow().len();
            if open == 0 {
                break;
            }
            if Instant::now() >= deadline {
                tracing::warn!(open, "connections were cut off when the drain ended");
                break;
            }
        }
        self.tunnels.borrow_mut().abort_all();
        self.log.flush();
    }

    /// Tell of what goes wrong with an upstream: once, and then at intervals with how
    /// often it did.
    pub(super) fn tell(&self, what: &str, host: &str, port: u16, line: impl FnOnce(u64)) {
        if let Some(times) = self
            .told
            .due(&format!("{what} {host}:{port}"), Instant::now())
        {
            line(times);
        }
    }

    /// Note an open connection; the guard forgets it again.
    pub(super) fn register(self: &Rc<Self>, handle: Arc<Handle>) -> Registered {
        let number = self.next_connection.get();
        self.next_connection.set(number.wrapping_add(1));
        self.connections
            .borrow_mut()
            .insert(number, Arc::clone(&handle));
        self.shard.connection_opens();
        Registered {
            worker: Rc::clone(self),
            number,
            handle,
        }
    }

    /// Run what joins an upgraded connection's two halves.
    pub(super) fn join<C, F>(&self, connection: C, tunnel: impl FnOnce(C) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        let open = OpenTunnel::new(&self.shard);
        let joined = tunnel(connection);
        self.tunnels.borrow_mut().spawn_local(async move {
            let _open = open;
            joined.await;
        });
    }
}

/// Keeps a connection in the worker's book.
pub(super) struct Registered {
    worker: Rc<Worker>,
    number: u64,
    handle: Arc<Handle>,
}

impl Registered {
    pub(super) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.worker.connections.borrow_mut().remove(&self.number);
        self.worker.shard.connection_closes();
    }
}

struct OpenTunnel(Arc<Shard>);

impl OpenTunnel {
    fn new(shard: &Arc<Shard>) -> Self {
        shard.tunnel_opens();
        Self(Arc::clone(shard))
    }
}

impl Drop for OpenTunnel {
    fn drop(&mut self) {
        self.0.tunnel_closes();
    }
}

/// Runs hyper's tasks on the thread they come from.
#[derive(Clone, Copy)]
pub(super) struct OnThisThread;

impl<F: Future + 'static> hyper::rt::Executor<F> for OnThisThread
where
    F::Output: 'static,
{
    fn execute(&self, task: F) {
        tokio::task::spawn_local(task);
    }
}

fn http1_builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // The sweep sees to it, without a timer for each request.
        .header_read_timeout(None)
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.buffer_bytes.max(limits.head_bytes).max(8192));
    builder
}

fn http2_builder(limits: &Limits) -> http2::Builder<OnThisThread> {
    let mut builder = http2::Builder::new(OnThisThread);
    builder
        .timer(hyper_util::rt::TokioTimer::new())
        .max_concurrent_streams(limits.http2_streams)
        .max_header_list_size(header_list_bytes(limits))
        .max_send_buf_size(limits.buffer_bytes)
        .initial_stream_window_size(256 * 1024)
        .initial_connection_window_size(1024 * 1024)
        // A peer that vanished without a word is noticed.
        .keep_alive_interval(limits.idle_timeout / 2)
        .keep_alive_timeout(limits.head_timeout);
    builder
}

/// HTTP/2 counts 32 bytes beside each field (RFC 9113 §6.5.2). What is over the limit
/// otherwise is measured later, as HTTP/1 does it.
fn header_list_bytes(limits: &Limits) -> u32 {
    const BESIDE: usize = 32;
    // Cookies may come as a field each.
    let fields = 4 * FIELDS_MAX;
    u32::try_from(limits.head_bytes + fields * BESIDE).unwrap_or(u32::MAX)
}
