//! What has the front done so far, in numbers an operator can scrape?
//!
//! Each worker counts in a shard of its own that no other thread writes, so
//! counting costs an uncontended store; a scrape adds the shards up.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::application::ComponentIndex;

/// How a request was settled: a label of metrics and a field of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// Answered here: malformed, no route, unknown method.
    Refused,
    /// Judged and forwarded to the upstream.
    Forwarded,
    /// Judged and answered by the gate.
    Denied,
    /// Given whole to a component.
    Handled,
    /// The visitor went away before there was an answer.
    Abandoned,
}

const SETTLED: [Settled; 5] = [
    Settled::Refused,
    Settled::Forwarded,
    Settled::Denied,
    Settled::Handled,
    Settled::Abandoned,
];

impl Settled {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Forwarded => "forward",
            Self::Denied => "respond",
            Self::Handled => "handle",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Why an upstream gave no (whole) answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpstreamFault {
    Connect,
    ConnectTimeout,
    ResponseTimeout,
    Broken,
}

const FAULTS: [UpstreamFault; 4] = [
    UpstreamFault::Connect,
    UpstreamFault::ConnectTimeout,
    UpstreamFault::ResponseTimeout,
    UpstreamFault::Broken,
];

impl UpstreamFault {
    fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::ConnectTimeout => "connect_timeout",
            Self::ResponseTimeout => "response_timeout",
            Self::Broken => "broken",
        }
    }
}

/// Upper bounds of the latency histogram, in microseconds.
const BOUNDS_US: [u64; 14] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    5_000_000, 30_000_000,
];

const CLASSES: usize = 5;

/// One worker's counts.
pub(super) struct Shard {
    /// By component (one more for "none"), then settled, then status class.
    requests: Box<[AtomicU64]>,
    latency: [AtomicU64; BOUNDS_US.len() + 1],
    latency_sum_us: AtomicU64,
    faults: [AtomicU64; FAULTS.len()],
    retries: AtomicU64,
    upstream_connections: AtomicU64,
    connections: AtomicU64,
    open_connections: AtomicI64,
    open_tunnels: AtomicI64,
    in_flight: AtomicI64,
    overstayed: AtomicU64,
    lost_log_lines: AtomicU64,
}

impl Shard {
    fn new(components: usize) -> Self {
        let cells = (components + 1) * SETTLED.len() * CLASSES;
        Self {
            requests: (0..cells).map(|_| AtomicU64::new(0)).collect(),
            latency: Default::default(),
            latency_sum_us: AtomicU64::new(0),
            faults: Default::default(),
            retries: AtomicU64::new(0),
            upstream_connections: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            open_connections: AtomicI64::new(0),
            open_tunnels: AtomicI64::new(0),
            in_flight: AtomicI64::new(0),
            overstayed: AtomicU64::new(0),
            lost_log_lines: AtomicU64::new(0),
        }
    }

    pub(super) fn request_begins(&self) {
        adjust(&self.in_flight, 1);
    }

    pub(super) fn request_ends(
        &self,
        component: Option<ComponentIndex>,
        settled: Settled,
        status: StatusCode,
        took: Duration,
    ) {
        adjust(&self.in_flight, -1);
        let components = self.requests.len() / (SETTLED.len() * CLASSES) - 1;
        let row = component.unwrap_or(components).min(components);
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES) - 1;
        add(
            &self.requests[(row * SETTLED.len() + settled as usize) * CLASSES + class],
            1,
        );
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.partition_point(|bound| *bound < micros);
        add(&self.latency[bucket], 1);
        add(&self.latency_sum_us, micros);
    }

    pub(super) fn upstream_fault(&self, fault: UpstreamFault) {
        add(&self.faults[fault as usize], 1);
    }

    pub(super) fn upstream_retry(&self) {
        add(&self.retries, 1);
    }

    pub(super) fn upstream_connected(&self) {
        add(&self.upstream_connections, 1);
    }

    pub(super) fn connection_opens(&self) {
        add(&self.connections, 1);
        adjust(&self.open_connections, 1);
    }

    pub(super) fn connection_closes(&self) {
        adjust(&self.open_connections, -1);
    }

    pub(super) fn tunnel_opens(&self) {
        adjust(&self.open_tunnels, 1);
    }

    pub(super) fn tunnel_closes(&self) {
        adjust(&self.open_tunnels, -1);
    }

    pub(super) fn connection_overstays(&self) {
        add(&self.overstayed, 1);
    }

    pub(super) fn log_lines_lost(&self, lines: u64) {
        add(&self.lost_log_lines, lines);
    }
}

/// One thread writes a shard: a load and a store do, without a locked
/// instruction.
fn add(count: &AtomicU64, by: u64) {
    count.store(count.load(Relaxed).wrapping_add(by), Relaxed);
}

fn adjust(gauge: &AtomicI64, by: i64) {
    gauge.store(gauge.load(Relaxed).wrapping_add(by), Relaxed);
}

/// All workers' counts, and whatever else the host registers.
pub struct Metrics {
    components: Vec<String>,
    shards: Arc<Mutex<Vec<Arc<Shard>>>>,
    registry: Mutex<Registry>,
}

impl Metrics {
    pub(super) fn new(components: Vec<String>) -> Self {
        let shards = Arc::new(Mutex::new(Vec::new()));
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Shards {
            components: components.clone(),
            shards: Arc::clone(&shards),
        }));
        Self {
            components,
            shards,
            registry: Mutex::new(registry),
        }
    }

    pub(super) fn shard(&self) -> Arc<Shard> {
        let shard = Arc::new(Shard::new(self.components.len()));
        self.shards
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::clone(&shard));
        shard
    }

    /// Add further metrics: wasm instances, database pools.
    pub fn register(&self, collector: Box<dyn Collector>) {
        self.registry
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .register_collector(collector);
    }

    /// Everything in the Prometheus text format (OpenMetrics 1.0).
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::with_capacity(4096);
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing into a String does not fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
        text
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

struct Shards {
    components: Vec<String>,
    shards: Arc<Mutex<Vec<Arc<Shard>>>>,
}

impl fmt::Debug for Shards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shards").finish_non_exhaustive()
    }
}

impl Collector for Shards {
    fn encode(&self, mut out: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let shards = self
            .shards
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let sum = |count: &dyn Fn(&Shard) -> &AtomicU64| -> u64 {
            shards
                .iter()
                .map(|s| count(s).load(Relaxed))
                .fold(0, u64::wrapping_add)
        };
        let level = |gauge: &dyn Fn(&Shard) -> &AtomicI64| -> i64 {
            shards.iter().map(|s| gauge(s).load(Relaxed)).sum()
        };

        let mut requests = out.encode_descriptor(
            "gatelet_requests",
            "Requests by component, how they were settled, and status class",
            None,
            MetricType::Counter,
        )?;
        for row in 0..=self.components.len() {
            let component = self.components.get(row).map_or("none", String::as_str);
            for settled in SETTLED {
                for class in 0..CLASSES {
                    let cell = (row * SETTLED.len() + settled as usize) * CLASSES + class;
                    let count = sum(&|s| &s.requests[cell]);
                    if count > 0 {
                        let status = ["1xx", "2xx", "3xx", "4xx", "5xx"][class];
                        let labels = [
                            ("component", component),
                            ("verdict", settled.name()),
                            ("status", status),
                        ];
                        ConstCounter::new(count).encode(requests.encode_family(&labels)?)?;
                    }
                }
            }
        }

        let buckets: Vec<(f64, u64)> = (0..=BOUNDS_US.len())
            .map(|at| {
                let bound = BOUNDS_US.get(at).map_or(f64::MAX, |us| *us as f64 / 1e6);
                (bound, sum(&|s| &s.latency[at]))
            })
            .collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        out.encode_descriptor(
            "gatelet_request_seconds",
            "From the end of a request's head to the end of its response",
            None,
            MetricType::Histogram,
        )?
        .encode_histogram::<[(&str, &str); 0]>(
            sum(&|s| &s.latency_sum_us) as f64 / 1e6,
            count,
            &buckets,
            None,
        )?;

        let mut faults = out.encode_descriptor(
            "gatelet_upstream_errors",
            "Upstreams that gave no whole answer, by reason",
            None,
            MetricType::Counter,
        )?;
        for fault in FAULTS {
            let count = sum(&|s| &s.faults[fault as usize]);
            ConstCounter::new(count).encode(faults.encode_family(&[("reason", fault.name())])?)?;
        }

        type Count = fn(&Shard) -> &AtomicU64;
        let counters: [(&str, &str, Count); 5] = [
            ("gatelet_connections", "Visitor connections accepted", |s| {
                &s.connections
            }),
            (
                "gatelet_connections_overstayed",
                "Visitor connections closed for exceeding a time limit",
                |s| &s.overstayed,
            ),
            (
                "gatelet_upstream_connections",
                "Connections opened to upstreams",
                |s| &s.upstream_connections,
            ),
            (
                "gatelet_upstream_retries",
                "Requests sent again because a kept upstream connection had died",
                |s| &s.retries,
            ),
            (
                "gatelet_access_log_lost_lines",
                "Access log lines dropped because their reader was too slow",
                |s| &s.lost_log_lines,
            ),
        ];
        for (name, help, count) in counters {
            let value = sum(&|s| count(s));
            ConstCounter::new(value).encode(out.encode_descriptor(
                name,
                help,
                None,
                MetricType::Counter,
            )?)?;
        }

        type Level = fn(&Shard) -> &AtomicI64;
        let gauges: [(&str, &str, Level); 3] = [
            ("gatelet_requests_in_flight", "Requests in flight", |s| {
                &s.in_flight
            }),
            (
                "gatelet_open_connections",
                "Visitor connections open",
                |s| &s.open_connections,
            ),
            (
                "gatelet_open_tunnels",
                "Upgraded connections open (WebSocket)",
                |s| &s.open_tunnels,
            ),
        ];
        for (name, help, gauge) in gauges {
            let value = level(&|s| gauge(s));
            ConstGauge::new(value).encode(out.encode_descriptor(
                name,
                help,
                None,
                MetricType::Gauge,
            )?)?;
        }
        Ok(())
    }
}
