//! What may an operator set about listening, forwarding and limits?

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use gatelet_core::base_url::BaseUrl;
use gatelet_core::forwarded::TrustedProxies;
use ipnet::IpNet;

/// Everything about the front of `gatelet up`. Every limit is named with its
/// unit and has a default that suits a machine on the open internet.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Addresses to listen on. Default: 127.0.0.1:3000.
    pub listen: Vec<SocketAddr>,
    /// Certificate chain and key; with it every listener speaks TLS.
    pub tls: Option<TlsFiles>,
    /// Threads that serve connections, each with its own runtime, upstream pool
    /// and gate. Default: one per core.
    pub worker_threads: usize,
    /// Which door of the gateway to use. Default: [`Door::Gate`].
    pub door: Door,
    /// Where the application answers, for whoever asks on this machine at an address
    /// that is not served. Default: nothing is said.
    pub base_url: Option<BaseUrl>,
    /// Proxies in front, which speak for many. Default: none.
    pub trusted_proxies: TrustedProxies,
    /// Peers whose `X-Request-Id` is kept. Default: nobody's.
    pub request_id_from: Vec<IpNet>,
    /// What may be asked of a visitor and of an upstream.
    pub limits: Limits,
    /// The access log. Default: text on standard output.
    pub access_log: AccessLogFormat,
    /// After a signal to stop, before the drain: for how long everybody is still served
    /// while `/health/live` and `/health/ready` are not well, so that whoever shares
    /// requests out takes this server out in time. Default: not at all.
    pub shutdown_delay: Duration,
}

/// A certificate chain and its private key, both PEM. They may be replaced while they are
/// served, as whoever renews a certificate does.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Leaf first.
    pub certificate: PathBuf,
    /// PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
    /// How long after one look at them, at the earliest, a visitor who connects causes the
    /// next.
    pub look_every: Duration,
}

impl TlsFiles {
    /// These, looked at once a minute.
    #[must_use]
    pub fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self {
            certificate,
            key,
            look_every: Duration::from_secs(60),
        }
    }
}

/// Which way a request takes through a component that can judge heads alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// `decide` on the head, then a native forward.
    Gate,
    /// `wasi:http/handler` for everything, as on other hosts.
    Handler,
    /// Nothing is judged and everything goes to this base URL: the yardstick
    /// for what judging costs. It protects nothing, which is why its word is
    /// long.
    UnprotectedBareForward(String),
}

/// How access log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessLogFormat {
    /// No access log.
    Off,
    /// `key=value` pairs.
    Text,
    /// One JSON object a line.
    Json,
}

/// Limits on what comes from outside. Zero never means "without limit".
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open visitor connections, upgraded ones among them. For further ones those go
    /// that ask for nothing, then the slowest. Default: 10,000.
    pub connections: usize,
    /// Open connections of one peer: an IPv4 address, a /64 of IPv6. This machine and
    /// [`ServeOptions::trusted_proxies`] are exempt. Default: 1,000.
    pub connections_of_a_peer: usize,
    /// Request line and header section together. Over it: 431. Default: 65,536.
    pub head_bytes: usize,
    /// Largest buffer a connection may hold for each direction. At least
    /// `head_bytes`. Default: 65,536.
    pub buffer_bytes: usize,
    /// From the first byte of a request (or the TLS handshake) to the end of its
    /// head. Over it the connection is closed. Default: 20 s.
    pub head_timeout: Duration,
    /// How long a kept connection may sit between requests. Default: 130 s.
    pub idle_timeout: Duration,
    /// How long a visitor may go without sending a byte of a body that is being
    /// waited for, or without taking one of a response. Default: 60 s.
    pub stall_timeout: Duration,
    /// How much of a body must come or go for each second that the visitor is waited
    /// for, measured over stretches of `stall_timeout`. Bodies have no limit of time
    /// beside it. Default: 240.
    pub least_bytes_per_second: u32,
    /// Streams at once on one HTTP/2 connection. Default: 128.
    pub http2_streams: u32,
    /// Opening a connection to an upstream, TLS included. Over it: 504.
    /// Default: 5 s.
    pub connect_timeout: Duration,
    /// From the last byte of the request to the upstream's response head. Over
    /// it: 504. Default: 60 s.
    pub response_timeout: Duration,
    /// Silence in an upstream's response body, after which it is cut off. Long,
    /// because event streams may be silent. Default: 1 h.
    pub body_timeout: Duration,
    /// Silence in both directions of an upgraded connection. Default: 1 h.
    pub tunnel_idle_timeout: Duration,
    /// Idle upstream connections kept for each worker and upstream.
    /// Default: 128.
    pub pool_idle_connections: usize,
    /// How long one is kept. Default: 30 s.
    pub pool_idle_timeout: Duration,
    /// How long a client that said `Expect: 100-continue` waits for an upstream
    /// that says nothing, before its body is asked for all the same (RFC 9110
    /// §10.1.1). Default: 1 s.
    pub continue_timeout: Duration,
    /// In the drain: how long requests in flight may take to end.
    /// Default: 20 s.
    pub drain_timeout: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 3000))],
            tls: None,
            worker_threads: std::thread::available_parallelism().map_or(1, usize::from),
            door: Door::Gate,
            base_url: None,
            trusted_proxies: TrustedProxies::default(),
            request_id_from: Vec::new(),
            limits: Limits::default(),
            access_log: AccessLogFormat::Text,
            shutdown_delay: Duration::ZERO,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_of_a_peer: 1_000,
            head_bytes: 65_536,
            buffer_bytes: 65_536,
            head_timeout: Duration::from_secs(20),
            // Longer than proxies in front keep theirs (Caddy 120 s, Traefik 90): what one sends
            // as we close is lost.
            idle_timeout: Duration::from_secs(130),
            stall_timeout: Duration::from_secs(60),
            least_bytes_per_second: 240,
            http2_streams: 128,
            connect_timeout: Duration::from_secs(5),
            response_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(3600),
            tunnel_idle_timeout: Duration::from_secs(3600),
            pool_idle_connections: 128,
            pool_idle_timeout: Duration::from_secs(30),
            continue_timeout: Duration::from_secs(1),
            drain_timeout: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// How often a worker looks for connections that overstayed: often enough
    /// that a limit is exceeded by a quarter at most.
    pub(super) fn sweep_interval(&self) -> Duration {
        let shortest = [
            self.head_timeout,
            self.idle_timeout,
            self.stall_timeout,
            self.pool_idle_timeout,
        ]
        .into_iter()
        .min()
        .unwrap_or(self.head_timeout);
        (shortest / 4).clamp(Duration::from_millis(20), Duration::from_millis(500))
    }
}
