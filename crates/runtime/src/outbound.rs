//! How do a guest's HTTP requests leave? Where its grant allows, over pooled
//! connections, or in process to another component.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use bytes::Bytes;
use gatelet_core::{remote, section};
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::allowed_hosts::Destination;
use crate::app::Unanswered;
use crate::grants::Grants;

/// Opening a connection, unless the guest says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Until the response's head, unless the guest says otherwise.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long an idle connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Hops of service chaining before it is called a loop.
const CHAIN_MAX: u8 = 8;

/// The way out for one instance.
pub(crate) struct Outbound {
    pub(crate) grants: Arc<Grants>,
    pub(crate) neighbours: Weak<dyn Neighbours>,
    pub(crate) depth: Depth,
}

/// The components that a request may be chained to.
pub(crate) trait Neighbours: Send + Sync {
    /// Gives a whole request to the component of this name; none where there is none.
    fn handle<'a>(
        &'a self,
        name: &str,
        request: Request<WasiBody>,
        depth: Depth,
    ) -> Option<Handled<'a>>;
}

/// A component's answer on its way.
pub(crate) type Handled<'a> =
    Pin<Box<dyn Future<Output = Result<Response<WasiBody>, Unanswered>> + Send + 'a>>;

/// For an instance that stands alone.
pub(crate) fn no_neighbours() -> Weak<dyn Neighbours> {
    Weak::<Nobody>::new()
}

struct Nobody;

impl Neighbours for Nobody {
    fn handle<'a>(&'a self, _: &str, _: Request<WasiBody>, _: Depth) -> Option<Handled<'a>> {
        None
    }
}

/// How many components a request has come through. An instance serves requests of one
/// depth only, for what it sends tells nothing of which request it is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth(u8);

impl Depth {
    /// All that there are.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..=CHAIN_MAX).map(Self)
    }

    /// As an index into [`Depth::all`].
    pub(crate) fn index(self) -> usize {
        self.0.into()
    }

    /// Whether it is asked by a visitor, and not by another component.
    pub(crate) fn is_first(self) -> bool {
        self.0 == 0
    }

    /// One more component; None when it must be a loop.
    fn deeper(self) -> Option<Self> {
        (self.0 < CHAIN_MAX).then_some(Self(self.0 + 1))
    }
}

type Sent = Box<dyn Future<Output = Result<Answer, Error>> + Send>;
type Answer = (
    Response<WasiBody>,
    Box<dyn Future<Output = Result<(), Error>> + Send>,
);

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Sent {
        let grants = Arc::clone(&self.grants);
        let neighbours = Weak::clone(&self.neighbours);
        let depth = self.depth;
        Box::new(async move {
            let response = send(&grants, &neighbours, depth, request, options).await?;
            Ok((
                response,
                Box::new(async { Ok(()) }) as Box<dyn Future<Output = _> + Send>,
            ))
        })
    }
}

/// What a fetch of the operator's tools found.
#[derive(Debug)]
pub struct Fetched {
    /// Its status.
    pub status: u16,
    /// Its `Content-Type`; empty where it has none.
    pub content_type: String,
    /// Its body, whole.
    pub body: Bytes,
}

/// How long a fetch of the operator's tools may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(15);

/// A GET as a component would send it, within its grant; redirects not followed.
///
/// # Errors
/// One line that says why nothing came.
pub(crate) async fn fetch(
    grants: &Grants,
    neighbours: &Weak<dyn Neighbours>,
    url: &str,
    limit: usize,
) -> anyhow::Result<Fetched> {
    let request = Request::builder().uri(url).body(nothing())?;
    let fetched = async {
        let response = send(grants, neighbours, Depth::default(), request, None)
            .await
            .map_err(|error| anyhow!(said(&error)))?;
        let status = response.status().as_u16();
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = Limited::new(response.into_body(), limit)
            .collect()
            .await
            .map_err(|error| anyhow!("{error}"))?;
        anyhow::Ok(Fetched {
            status,
            content_type,
            body: body.to_bytes(),
        })
    };
    tokio::time::timeout(FETCH_TIMEOUT, fetched)
        .await
        .context("no answer within 15 s")?
        .with_context(|| url.to_owned())
}

/// The status that a GET is answered with, by the operator's word and under no component's
/// grant.
///
/// # Errors
/// One line that says why nothing came.
pub async fn probe(url: &str, limit: Duration) -> anyhow::Result<u16> {
    let request = Request::builder().uri(url).body(nothing())?;
    let answered = answered(request, limit).await;
    let answered = answered.map_err(|error| anyhow!(said(&error)));
    Ok(answered.with_context(|| url.to_owned())?.status().as_u16())
}

fn nothing() -> WasiBody {
    Empty::<Bytes>::new()
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// For an operator.
fn said(error: &Error) -> String {
    match error {
        Error::HttpRequestDenied => "allowed_outbound_hosts does not name it".to_owned(),
        Error::ConnectionRefused => "the connection was refused".to_owned(),
        Error::ConnectionTimeout | Error::HttpResponseTimeout => "no answer in time".to_owned(),
        Error::TlsProtocolError | Error::TlsCertificateError => {
            "TLS does not come about".to_owned()
        }
        Error::DestinationNotFound => "there is no such component".to_owned(),
        Error::DestinationUnavailable | Error::DnsError { .. } => {
            "the name is not known, or nothing leads there".to_owned()
        }
        other => format!("{other:?}"),
    }
}

async fn send(
    grants: &Grants,
    neighbours: &Weak<dyn Neighbours>,
    depth: Depth,
    request: Request<WasiBody>,
    options: Option<RequestOptions>,
) -> Result<Response<WasiBody>, Error> {
    let destination = destination(request.uri())?;
    if !grants.allowed_hosts.allows(&destination) {
        tracing::warn!(
            component = %grants.component,
            "{}://{}:{} is not among its allowed_outbound_hosts",
            destination.scheme, destination.host, destination.port
        );
        return Err(Error::HttpRequestDenied);
    }
    if let Some(name) = destination.chained_component() {
        return chain(grants, neighbours, depth, name, request).await;
    }
    let connect = options
        .and_then(|options| options.connect_timeout)
        .unwrap_or(CONNECT_TIMEOUT);
    let first_byte = options
        .and_then(|options| options.first_byte_timeout)
        .unwrap_or(RESPONSE_TIMEOUT);
    let mut response = answered(request, connect + first_byte).await?;
    // Guests are not shown `Connection`, so what it names must end here: they could not
    // know it.
    section::leave_connection(response.headers_mut());
    Ok(response)
}

/// Over the network, within this time.
async fn answered(
    mut request: Request<WasiBody>,
    limit: Duration,
) -> Result<Response<WasiBody>, Error> {
    let authority = request
        .uri()
        .authority()
        .ok_or(Error::HttpRequestUriInvalid)?;
    let host =
        HeaderValue::from_str(authority.as_str()).map_err(|_| Error::HttpRequestUriInvalid)?;
    request.headers_mut().insert(header::HOST, host);
    match tokio::time::timeout(limit, client().request(request)).await {
        Err(_) => Err(Error::HttpResponseTimeout),
        Ok(Err(error)) => Err(failure(&error)),
        Ok(Ok(response)) => Ok(response.map(|body| body.map_err(Error::Hyper).boxed_unsync())),
    }
}

fn destination(uri: &Uri) -> Result<Destination, Error> {
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err(Error::HttpRequestUriInvalid);
    };
    Destination::new(scheme, host, uri.port_u16()).map_err(|_| Error::HttpRequestUriInvalid)
}

/// Service chaining: the request goes to the component without touching a socket.
async fn chain(
    grants: &Grants,
    neighbours: &Weak<dyn Neighbours>,
    depth: Depth,
    name: &str,
    request: Request<WasiBody>,
) -> Result<Response<WasiBody>, Error> {
    let Some(depth) = depth.deeper() else {
        tracing::error!(
            component = %grants.component,
            "a request came through {CHAIN_MAX} components and is on its way to {name}: a loop. What leads there \
             must lead to the app: `upstream`, or what the component itself asks"
        );
        return Err(Error::LoopDetected);
    };
    let neighbours = neighbours.upgrade().ok_or(Error::DestinationUnavailable)?;
    // What is exchanged for a session is exchanged once: it goes on where the visitor leaves.
    let goes_on = [remote::SEALED_PATH, remote::TOKEN_PATH].contains(&request.uri().path());
    let to = name.to_owned();
    let answered = async move {
        match neighbours.handle(&to, request, depth) {
            Some(answer) => Some(answer.await),
            None => None,
        }
    };
    let answered = match goes_on {
        true => tokio::spawn(answered)
            .await
            .map_err(|_| Error::DestinationUnavailable)?,
        false => answered.await,
    };
    answered
        .ok_or(Error::DestinationNotFound)?
        .map_err(|error| {
            if !matches!(error, Unanswered::Full) {
                tracing::error!(component = name, "{error}");
            }
            match error {
                Unanswered::Full => Error::ConnectionLimitReached,
                Unanswered::TimedOut => Error::HttpResponseTimeout,
                Unanswered::Ended | Unanswered::Failed(_) => Error::DestinationUnavailable,
            }
        })
}

/// One pool for all components: a connection carries no authority of its own.
fn client() -> &'static Client<HttpsConnector<HttpConnector>, WasiBody> {
    static CLIENT: OnceLock<Client<HttpsConnector<HttpConnector>, WasiBody>> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls = rustls::ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = connector(CONNECT_TIMEOUT);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(tcp);
        Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .set_host(false)
            .build(connector)
    })
}

/// Connects to whichever address of a name answers, within this time. Those of one family get a
/// head start of 300 ms, and no more (RFC 8305): where IPv6 leads nowhere nobody waits for it.
pub(crate) fn connector(limit: Duration) -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(limit));
    tcp
}

fn failure(error: &hyper_util::client::legacy::Error) -> Error {
    if !error.is_connect() {
        return Error::HttpProtocolError;
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return match io.kind() {
                std::io::ErrorKind::ConnectionRefused => Error::ConnectionRefused,
                std::io::ErrorKind::TimedOut => Error::ConnectionTimeout,
                std::io::ErrorKind::InvalidData => Error::TlsProtocolError,
                _ => Error::DestinationUnavailable,
            };
        }
        cause = inner.source();
    }
    Error::DestinationUnavailable
}
