//! What is to be remembered of one request until its response has ended?

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use gatelet_core::Head;
use gatelet_core::forwarded::Provenance;
use gatelet_core::head::Fields;
use http::header::HOST;
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use hyper::body::Incoming;

use super::access_log::Line;
use super::application::ComponentIndex;
use super::connection::Connection;
use super::head;
use super::metrics::Settled;
use super::request_id::RequestId;
use super::standing::USER;
use super::watch::Activity;

/// One request's record. Dropping it ends the request: it is counted, logged,
/// and its connection becomes idle. A response's body holds it, so that a
/// visitor who goes away half-way is recorded too.
pub(super) struct Record {
    connection: Rc<Connection>,
    activity: Arc<Activity>,
    began: Instant,
    method: Method,
    uri: Uri,
    pub(super) id: RequestId,
    /// Who asked whom; kept where it is logged.
    said: Option<Said>,
    /// What the app was told of who asks: a block of fields.
    pub(super) told: Bytes,
    /// `Strict-Transport-Security` of the origin, for an answer in the app's place.
    pub(super) insists: Option<HeaderValue>,
    pub(super) component: Option<ComponentIndex>,
    pub(super) settled: Settled,
    /// `None` until there is a response.
    pub(super) status: Option<StatusCode>,
    pub(super) code: Option<Cow<'static, str>>,
    handed_over: Option<Instant>,
    upstream: Option<std::time::Duration>,
    pub(super) body_bytes: u64,
    pub(super) ended: bool,
}

/// nginx's name for it; no response with this status is ever sent.
const CLIENT_CLOSED_REQUEST: u16 = 499;

impl Record {
    pub(super) fn begin(
        connection: &Rc<Connection>,
        request: &Request<Incoming>,
        id: RequestId,
    ) -> Self {
        connection.activity.request_begins();
        connection.worker.shard.request_begins();
        Self {
            connection: Rc::clone(connection),
            activity: Arc::clone(&connection.activity),
            began: Instant::now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            id,
            said: connection
                .worker
                .log
                .is_on()
                .then(|| Said::of(connection, request)),
            told: Bytes::new(),
            insists: None,
            component: None,
            settled: Settled::Abandoned,
            status: None,
            code: None,
            handed_over: None,
            upstream: None,
            body_bytes: 0,
            ended: false,
        }
    }

    pub(super) fn hand_over(&mut self) {
        self.handed_over = Some(Instant::now());
    }

    pub(super) fn upstream_answers(&mut self) {
        self.upstream = self.handed_over.map(|since| since.elapsed());
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.activity.request_ends();
        let worker = &self.connection.worker;
        let took = self.began.elapsed();
        let abandoned =
            StatusCode::from_u16(CLIENT_CLOSED_REQUEST).unwrap_or(StatusCode::BAD_REQUEST);
        let status = self.status.unwrap_or(abandoned);
        let settled = match self.status {
            Some(_) => self.settled,
            None => Settled::Abandoned,
        };
        worker
            .shard
            .request_ends(self.component, settled, status, took);
        if worker.log.is_on() {
            let component = self
                .component
                .and_then(|index| worker.component_names.get(index));
            let now = SystemTime::now();
            let said = self.said.take().unwrap_or_default();
            let host = said.host(&self.uri);
            let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
            let origin = worker.gate.origin(host, since.as_secs());
            let user = Fields::new(&self.told).named(USER).next();
            worker.log.write(
                now,
                &Line {
                    request_id: self.id.as_str(),
                    method: self.method.as_str(),
                    host,
                    path: self.uri.path(),
                    client: said.client().unwrap_or(&self.connection.peer_address),
                    user: user.and_then(|user| std::str::from_utf8(user).ok()),
                    origin: origin.as_ref().map(|name| name.as_str()),
                    status: status.as_u16(),
                    took,
                    body_bytes: self.body_bytes,
                    upstream: self.upstream,
                    component: component.map_or("-", String::as_str),
                    verdict: settled.name(),
                    code: self.code.as_deref(),
                    cut_off: !self.ended,
                },
            );
        }
    }
}

/// Who asked whom, as far as those are believed who say so.
#[derive(Default)]
struct Said {
    host: Option<HeaderValue>,
    /// What a listed proxy says instead.
    by_proxy: Option<ByProxy>,
}

struct ByProxy {
    host: String,
    client: Option<String>,
}

impl Said {
    fn of(connection: &Connection, request: &Request<Incoming>) -> Self {
        let headers = request.headers();
        let mut said = Self {
            host: headers.get(HOST).cloned(),
            by_proxy: None,
        };
        let proxies = &connection.worker.trusted_proxies;
        if proxies.contains(connection.peer.ip().to_canonical()) {
            let mut block = Vec::new();
            head::write_block(headers, &mut block);
            let head = Head {
                method: request.method().as_str(),
                target: request.uri().path(),
                authority: said.host(request.uri()),
                tls: connection.tls,
                peer: &connection.peer_address,
                fields: &block,
            };
            let provenance = Provenance::of(&head, proxies);
            said.by_proxy = Some(ByProxy {
                host: provenance.authority().to_owned(),
                client: provenance.client().map(|client| client.ip().to_string()),
            });
        }
        said
    }

    /// Whom the visitor asked.
    fn host<'a>(&'a self, uri: &'a Uri) -> &'a str {
        let by_proxy = self.by_proxy.as_ref().map(|said| said.host.as_str());
        let target = || uri.authority().map(|authority| authority.as_str());
        let field = || self.host.as_ref()?.to_str().ok();
        by_proxy.or_else(target).or_else(field).unwrap_or_default()
    }

    fn client(&self) -> Option<&str> {
        self.by_proxy.as_ref()?.client.as_deref()
    }
}
