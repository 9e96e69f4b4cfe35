//! Which server is behind a base URL, and how is a connection to it had?

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Uri};
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tower_service::Service as _;

use super::options::Limits;
use super::tls::UpstreamTls;
use super::upload::Upload;
use super::watch::CoarseClock;

/// Base URLs a worker remembers. Configuration names few; the bound is against
/// a gate that names many.
const REMEMBERED: usize = 1024;

/// So much earlier than its server would close it a connection is given up: what is sent
/// takes its time on the way.
const KEPT_MARGIN_MS: u32 = 1000;

/// The host name suffix of service chaining.
const INTERNAL: &str = ".spin.internal";

/// A base URL, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `http://<component>.spin.internal`: in this process.
    Component(String),
    Server {
        tls: bool,
        /// Without brackets when it is an IPv6 address.
        host: String,
        port: u16,
        authority: HeaderValue,
    },
}

/// Why a base URL is no upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadUpstream {
    NotAUrl,
    Scheme,
    /// Path, query or user information, none of which a base URL has.
    Extra,
}

impl Target {
    pub(super) fn parse(base_url: &str) -> Result<Self, BadUpstream> {
        let uri: http::Uri = base_url.parse().map_err(|_| BadUpstream::NotAUrl)?;
        let authority: &Authority = uri.authority().ok_or(BadUpstream::NotAUrl)?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(BadUpstream::Scheme),
        };
        let bare = uri.path_and_query().is_none_or(|path| path == "/");
        if !bare || authority.as_str().contains('@') {
            return Err(BadUpstream::Extra);
        }
        let host = authority.host().to_ascii_lowercase();
        if let Some(component) = host.strip_suffix(INTERNAL)
            && !tls
        {
            return Ok(Self::Component(component.to_owned()));
        }
        Ok(Self::Server {
            tls,
            host: host.trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            authority: HeaderValue::from_str(authority.as_str())
                .map_err(|_| BadUpstream::NotAUrl)?,
        })
    }
}

/// One upstream as one worker knows it, with its idle connections.
pub(super) struct Upstream {
    pub(super) target: Target,
    idle: RefCell<Vec<Link>>,
    /// For the component named here the grant has been looked at.
    pub(super) granted_to: Cell<Option<usize>>,
    limits: Rc<Limits>,
    clock: CoarseClock,
}

/// An HTTP/1.1 connection to an upstream. Nothing drives it but whoever holds
/// it: a request without a body is sent, and its response read, within the task
/// that serves the visitor, which saves handing both over between tasks.
pub(super) struct Link {
    pub(super) sender: SendRequest<Upload>,
    pub(super) connection: Box<Connection<TokioIo<UpstreamStream>, Upload>>,
    idle_since: u32,
    /// For how many milliseconds it may lie idle.
    kept_for: u32,
}

impl Link {
    /// Drive it. Ready means that it has ended.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.connection).poll(cx).map(|_| ())
    }

    /// Takes note of how long its server keeps it (`Keep-Alive: timeout=5`): what is sent
    /// at that moment meets a connection that is being closed.
    pub(super) fn heed(&mut self, answer: &HeaderMap) {
        if let Some(seconds) = answer.get("keep-alive").and_then(timeout) {
            let kept_for = seconds.saturating_mul(1000).saturating_sub(KEPT_MARGIN_MS);
            self.kept_for = self.kept_for.min(kept_for);
        }
    }

    fn is_kept(&self, now: u32) -> bool {
        now.wrapping_sub(self.idle_since) <= self.kept_for
    }

    /// Whether it can take a request now, after driving it as far as it goes.
    fn is_usable(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.poll(&mut cx).is_pending() && self.sender.is_ready()
    }
}

impl Upstream {
    /// An idle connection that has not been closed by the other side, as far as
    /// is known here.
    pub(super) fn take_idle(&self) -> Option<Link> {
        loop {
            let mut link = self.idle.borrow_mut().pop()?;
            if link.is_kept(self.clock.now()) && link.is_usable() {
                return Some(link);
            }
        }
    }

    /// Keep a connection whose exchange has ended, if it can take another.
    pub(super) fn give_back(&self, mut link: Link) {
        if link.is_usable() {
            link.idle_since = self.clock.now();
            let mut idle = self.idle.borrow_mut();
            if idle.len() < self.limits.pool_idle_connections {
                idle.push(link);
            }
        }
    }

    fn sweep(&self) {
        let now = self.clock.now();
        let mut idle = self.idle.borrow_mut();
        idle.retain_mut(|link| link.is_kept(now) && link.is_usable());
    }
}

/// The seconds in `timeout=5, max=100`.
fn timeout(keep_alive: &HeaderValue) -> Option<u32> {
    let mut parameters = keep_alive.to_str().ok()?.split(',');
    parameters.find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        let seconds = value.trim().parse().ok()?;
        name.trim_end()
            .eq_ignore_ascii_case("timeout")
            .then_some(seconds)
    })
}

/// The upstreams of one worker.
pub(super) struct Upstreams {
    known: RefCell<HashMap<Box<str>, Rc<Upstream>>>,
    last: RefCell<Option<(Box<str>, Rc<Upstream>)>>,
    limits: Rc<Limits>,
    clock: CoarseClock,
    tls: Arc<UpstreamTls>,
    /// Where we listen ourselves.
    own: Vec<SocketAddr>,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum ConnectError {
    TimedOut,
    Failed(io::Error),
    /// It is our own address: what was asked would come back for ever.
    Own,
}

impl Upstreams {
    pub(super) fn new(
        limits: Rc<Limits>,
        clock: CoarseClock,
        tls: Arc<UpstreamTls>,
        own: Vec<SocketAddr>,
    ) -> Self {
        Self {
            known: RefCell::default(),
            last: RefCell::default(),
            limits,
            clock,
            tls,
            own,
        }
    }

    pub(super) fn get(&self, base_url: &str) -> Result<Rc<Upstream>, BadUpstream> {
        // Nearly always there is but one.
        if let Some((url, upstream)) = &*self.last.borrow()
            && **url == *base_url
        {
            return Ok(Rc::clone(upstream));
        }
        let mut known = self.known.borrow_mut();
        let upstream = match known.get(base_url) {
            Some(upstream) => Rc::clone(upstream),
            None => {
                let upstream = Rc::new(Upstream {
                    target: Target::parse(base_url)?,
                    idle: RefCell::default(),
                    granted_to: Cell::new(None),
                    limits: Rc::clone(&self.limits),
                    clock: self.clock.clone(),
                });
                if known.len() >= REMEMBERED {
                    known.clear();
                }
                known.insert(base_url.into(), Rc::clone(&upstream));
                upstream
            }
        };
        *self.last.borrow_mut() = Some((base_url.into(), Rc::clone(&upstream)));
        Ok(upstream)
    }

    /// Open a connection within the time limit.
    pub(super) async fn connect(
        &self,
        tls: bool,
        host: &str,
        port: u16,
    ) -> Result<UpstreamStream, ConnectError> {
        let opening = async {
            let tcp = dial(host, port).await?;
            tcp.set_nodelay(true)?;
            if is_own(&self.own, tcp.local_addr()?, tcp.peer_addr()?) {
                return Err(ConnectError::Own);
            }
            if !tls {
                return Ok(UpstreamStream::Tcp(tcp));
            }
            let name = ServerName::try_from(host.to_owned())
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
            let tls = self.tls.connector().connect(name, tcp).await?;
            Ok(UpstreamStream::Tls(Box::new(tls)))
        };
        match tokio::time::timeout(self.limits.connect_timeout, opening).await {
            Ok(opened) => opened,
            Err(_elapsed) => Err(ConnectError::TimedOut),
        }
    }

    /// Make a connection speak HTTP/1.1.
    pub(super) async fn handshake(&self, stream: UpstreamStream) -> hyper::Result<Link> {
        let (sender, connection) = builder(&self.limits)
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Link {
            sender,
            connection: Box::new(connection),
            idle_since: 0,
            kept_for: u32::try_from(self.limits.pool_idle_timeout.as_millis()).unwrap_or(u32::MAX),
        })
    }

    /// Close what has been idle for too long or was closed by the other side.
    pub(super) fn sweep(&self) {
        for upstream in self.known.borrow().values() {
            upstream.sweep();
        }
    }

    /// Whether any connection is kept that lies idle.
    pub(super) fn keep_any(&self) -> bool {
        let known = self.known.borrow();
        let mut idle = known.values().map(|upstream| upstream.idle.borrow().len());
        idle.any(|count| count > 0)
    }
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Connects to whichever address of a name answers. Those of one family get a head start, and
/// no more (RFC 8305): where IPv6 leads nowhere nobody waits for it to say so.
async fn dial(host: &str, port: u16) -> io::Result<TcpStream> {
    let host = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    };
    let uri = Uri::builder()
        .scheme("http")
        .authority(format!("{host}:{port}"))
        .path_and_query("/")
        .build()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let connected = HttpConnector::new().call(uri).await;
    connected.map(TokioIo::into_inner).map_err(|error| {
        let cause = error
            .source()
            .and_then(|cause| cause.downcast_ref::<io::Error>());
        match cause.and_then(io::Error::raw_os_error) {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::other(error),
        }
    })
}

/// Whether the other end of a connection is a listener of ours. One that listens on
/// every address of the machine has the address that we came from.
fn is_own(own: &[SocketAddr], local: SocketAddr, peer: SocketAddr) -> bool {
    let (local, peer) = (canonical(local), canonical(peer));
    own.iter().map(|own| canonical(*own)).any(|own| {
        let everywhere = own.ip().is_unspecified() && peer.ip() == local.ip();
        own.port() == peer.port() && (own.ip() == peer.ip() || everywhere)
    })
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// What an upstream may send, and how it is spoken to.
pub(super) fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .max_buf_size(limits.buffer_bytes.max(limits.head_bytes).max(8192))
        // What RFC 9112 §5.1 and §5.2 tell a gateway to mend in a response: a blank
        // before the colon, and a folded value. Neither can be read in two ways here;
        // what is no field otherwise is refused.
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true);
    builder
}

/// Plain or TLS.
pub(super) enum UpstreamStream {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for UpstreamStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for UpstreamStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_parsed_and_anything_more_is_refused() {
        let server = |tls, host: &str, port, authority: &'static str| {
            Ok(Target::Server {
                tls,
                host: host.to_owned(),
                port,
                authority: HeaderValue::from_static(authority),
            })
        };
        for (url, target) in [
            ("http://app:8080", server(false, "app", 8080, "app:8080")),
            ("http://App/", server(false, "app", 80, "App")),
            (
                "https://app.test",
                server(true, "app.test", 443, "app.test"),
            ),
            ("http://[::1]:9", server(false, "::1", 9, "[::1]:9")),
            (
                "http://demo.spin.internal",
                Ok(Target::Component("demo".to_owned())),
            ),
            ("ftp://app", Err(BadUpstream::Scheme)),
            ("app:8080", Err(BadUpstream::Scheme)),
            ("/app", Err(BadUpstream::NotAUrl)),
            ("", Err(BadUpstream::NotAUrl)),
            ("http://app/base", Err(BadUpstream::Extra)),
            ("http://app/?a=b", Err(BadUpstream::Extra)),
            ("http://user@app/", Err(BadUpstream::Extra)),
        ] {
            assert_eq!(Target::parse(url), target, "{url}");
        }
    }

    #[test]
    fn a_server_says_for_how_long_it_keeps_a_connection() {
        for (said, seconds) in [
            ("timeout=5", Some(5)),
            ("max=100, Timeout = 15", Some(15)),
            ("timeout=0", Some(0)),
            ("timeout=5s", None),
            ("max=100", None),
            ("", None),
        ] {
            assert_eq!(timeout(&HeaderValue::from_static(said)), seconds, "{said}");
        }
    }

    #[test]
    fn a_listener_of_ours_is_known_by_every_name() {
        for (own, local, peer, known) in [
            ("127.0.0.1:3000", "127.0.0.1:50000", "127.0.0.1:3000", true),
            ("127.0.0.1:3000", "127.0.0.1:50000", "127.0.0.1:3001", false),
            ("127.0.0.1:3000", "127.0.0.1:50000", "127.0.0.2:3000", false),
            ("0.0.0.0:3000", "192.0.2.1:50000", "192.0.2.1:3000", true),
            ("0.0.0.0:3000", "192.0.2.1:50000", "192.0.2.2:3000", false),
            (
                "[::]:3000",
                "[2001:db8::1]:50000",
                "[2001:db8::1]:3000",
                true,
            ),
            ("[::]:3000", "127.0.0.1:50000", "127.0.0.1:3000", true),
            (
                "[::ffff:127.0.0.1]:3000",
                "127.0.0.1:50000",
                "127.0.0.1:3000",
                true,
            ),
        ] {
            let [own, local, peer] = [own, local, peer].map(|text| text.parse().unwrap());
            assert_eq!(is_own(&[own], local, peer), known, "{own} {peer}");
        }
    }
}
