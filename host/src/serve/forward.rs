//! How is a request sent to the upstream and its response brought back?

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::{Body, Incoming};
use hyper::client::conn::TrySendError;
use tokio::time::Instant;

use super::component;
use super::connection::Connection;
use super::download::{AbortOnDrop, Carrier, Download, Driven};
use super::head::{self, Hop};
use super::metrics::UpstreamFault;
use super::record::Record;
use super::refusal::Refusal;
use super::reply_body::Source;
use super::site::{ComponentIndex, Edits};
use super::upgrade;
use super::upload::{Hold, Progress, Upload};
use super::upstream::{ConnectError, Link, Target, Upstream, UpstreamStream};
use super::watch::Turn;
use super::worker::Worker;

/// A judged request on its way.
pub(super) struct Outgoing {
    pub(super) parts: Parts,
    pub(super) body: Incoming,
    pub(super) edits: Edits,
    /// The header section as received, to send once more from.
    pub(super) block: Option<Vec<u8>>,
    /// Whose grant allows the upstream; `None` when nothing is judged.
    pub(super) granted: Option<ComponentIndex>,
}

/// Send it and return the response, edited.
pub(super) async fn forward(
    connection: &Rc<Connection>,
    outgoing: Outgoing,
    record: &mut Record,
) -> Result<Response<Source>, Refusal> {
    let worker = &connection.worker;
    let upstream = find_upstream(worker, &outgoing)?;
    let Outgoing {
        mut parts,
        body,
        edits,
        block,
        ..
    } = outgoing;
    let hop = head::strip_hop_by_hop(&mut parts.headers);
    head::edit_request(&mut parts.headers, &edits);
    parts.headers.insert(super::X_REQUEST_ID, record.id.value());

    let (tls, host, port, authority) = match &upstream.target {
        Target::Component(name) => {
            if hop.upgrade.is_some() {
                return Err(Refusal::UpgradeUnsupported);
            }
            let Some(index) = worker.site.component(name) else {
                return Err(Refusal::UpstreamUnknown);
            };
            let request = Request::from_parts(parts, body);
            record.hand_over();
            let mut response = component::handle(connection, index, request).await?;
            record.upstream_answers();
            head::append_fields(response.headers_mut(), &edits.response);
            return Ok(response);
        }
        Target::Server {
            tls,
            host,
            port,
            authority,
        } => (*tls, host.as_str(), *port, authority),
    };
    parts.headers.insert(HOST, authority.clone());
    let visitor_upgrade = parts.extensions.remove::<hyper::upgrade::OnUpgrade>();
    parts.extensions.clear();
    parts.version = Version::HTTP_11;
    make_origin_form(&mut parts.uri);
    let address = Address { tls, host, port };

    let response = if hop.upgrade.is_some() {
        let Some(visitor_upgrade) = visitor_upgrade else {
            return Err(Refusal::UpgradeUnsupported);
        };
        head::set_hop(&mut parts.headers, &hop);
        record.hand_over();
        Box::pin(upgrade::forward(
            connection,
            &upstream,
            address,
            Request::from_parts(parts, body),
            visitor_upgrade,
        ))
        .await?
    } else if body.is_end_stream() {
        drop(visitor_upgrade);
        parts.headers.remove(EXPECT);
        head::set_hop(&mut parts.headers, &hop);
        let again = Again {
            block,
            edits: &edits,
            hop: &hop,
            authority,
            record_id: record.id.value(),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
        };
        record.hand_over();
        send_head(worker, &upstream, address, parts, again).await?
    } else {
        record.hand_over();
        let reserved = edits.set.iter().filter_map(|(name, _)| name.parse().ok());
        Box::pin(send_with_body(
            connection,
            &upstream,
            address,
            parts,
            body,
            &hop,
            reserved.collect(),
        ))
        .await?
    };
    record.upstream_answers();
    let mut response = response;
    head::append_fields(response.headers_mut(), &edits.response);
    Ok(response)
}

fn find_upstream(worker: &Worker, outgoing: &Outgoing) -> Result<Rc<Upstream>, Refusal> {
    let base_url = &outgoing.edits.upstream;
    let upstream = worker.upstreams.get(base_url).map_err(|error| {
        tracing::error!(?error, "the gateway named an upstream that is no base URL");
        Refusal::UpstreamUnknown
    })?;
    if let Some(component) = outgoing.granted
        && upstream.granted_to.get() != Some(component)
    {
        if !worker.site.may_reach(component, base_url) {
            tracing::error!(
                upstream = base_url,
                "the upstream is not among the component's allowed_outbound_hosts"
            );
            return Err(Refusal::UpstreamNotAllowed);
        }
        upstream.granted_to.set(Some(component));
    }
    Ok(upstream)
}

/// Origin form is what a server is asked in (RFC 9112 §3.2.1); HTTP/2 and
/// clients that mistake us for a proxy bring scheme and authority along.
fn make_origin_form(uri: &mut Uri) {
    if uri.authority().is_some() {
        let path = uri.path_and_query().cloned();
        *uri = path.map_or_else(Uri::default, Uri::from);
    }
}

#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    pub(super) tls: bool,
    pub(super) host: &'a str,
    pub(super) port: u16,
}

/// What it takes to make a request once more that was sent in vain.
struct Again<'a> {
    block: Option<Vec<u8>>,
    edits: &'a Edits,
    hop: &'a Hop,
    authority: &'a HeaderValue,
    record_id: HeaderValue,
    method: Method,
    uri: Uri,
}

impl Again<'_> {
    /// RFC 9110 §9.2.2: only what is safe to have happened twice.
    fn request(&self) -> Option<Request<Upload>> {
        if !self.method.is_idempotent() {
            return None;
        }
        let mut headers: HeaderMap = head::read_block(self.block.as_ref()?);
        head::strip_hop_by_hop(&mut headers);
        head::edit_request(&mut headers, self.edits);
        headers.insert(super::X_REQUEST_ID, self.record_id.clone());
        headers.insert(HOST, self.authority.clone());
        headers.remove(EXPECT);
        head::set_hop(&mut headers, self.hop);
        let mut request = Request::new(Upload::Empty);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        Some(request)
    }
}

/// Send a request that has no body: on a kept connection if there is one, and
/// once more on a new one if that turns out to have died meanwhile.
async fn send_head(
    worker: &Worker,
    upstream: &Rc<Upstream>,
    address: Address<'_>,
    parts: Parts,
    again: Again<'_>,
) -> Result<Response<Source>, Refusal> {
    let limits = &worker.limits;
    let mut request = Request::from_parts(parts, Upload::Empty);
    if let Some(link) = upstream.take_idle() {
        match send_inline(link, request, limits.response_timeout).await {
            Ok((response, carrier)) => return finish(worker, upstream, response, carrier),
            Err(SendFault::TimedOut) => return Err(fault(worker, Refusal::UpstreamTimedOut)),
            Err(SendFault::Unsent(unsent)) => request = *unsent,
            Err(SendFault::Broken(error)) => match again.request() {
                Some(remade) => request = remade,
                None => return Err(broken(worker, &error)),
            },
        }
        worker.shard.upstream_retry();
    }
    let link = connect(worker, address).await?;
    match send_inline(link, request, limits.response_timeout).await {
        Ok((response, carrier)) => finish(worker, upstream, response, carrier),
        Err(SendFault::TimedOut) => Err(fault(worker, Refusal::UpstreamTimedOut)),
        Err(SendFault::Unsent(_)) => Err(fault(worker, Refusal::UpstreamBroken)),
        Err(SendFault::Broken(error)) => Err(broken(worker, &error)),
    }
}

pub(super) enum SendFault {
    TimedOut,
    /// Nothing was written; here is the request back.
    Unsent(Box<Request<Upload>>),
    Broken(hyper::Error),
}

impl From<TrySendError<Request<Upload>>> for SendFault {
    fn from(mut error: TrySendError<Request<Upload>>) -> Self {
        match error.take_message() {
            Some(request) => Self::Unsent(Box::new(request)),
            None => Self::Broken(error.into_error()),
        }
    }
}

/// Send, driving the connection from here.
async fn send_inline(
    mut link: Link,
    request: Request<Upload>,
    limit: Duration,
) -> Result<(Response<Incoming>, Carrier), SendFault> {
    let mut finished = false;
    let mut answer = pin!(link.sender.try_send_request(request));
    let exchange = poll_fn(|cx| {
        if !finished {
            finished = link.poll(cx).is_ready();
        }
        answer.as_mut().poll(cx)
    });
    match tokio::time::timeout(limit, exchange).await {
        Ok(Ok(response)) => Ok((response, Carrier::Inline { link, finished })),
        Ok(Err(error)) => Err(error.into()),
        Err(_elapsed) => Err(SendFault::TimedOut),
    }
}

/// Send a request with a body. It is streamed and cannot be had twice, so it
/// goes again only if nothing of it was sent.
async fn send_with_body(
    connection: &Rc<Connection>,
    upstream: &Rc<Upstream>,
    address: Address<'_>,
    mut parts: Parts,
    body: Incoming,
    hop: &Hop,
    reserved: Vec<http::HeaderName>,
) -> Result<Response<Source>, Refusal> {
    let worker = &connection.worker;
    head::set_hop(&mut parts.headers, hop);
    let (body, progress) = upload(connection, &mut parts, body, reserved, worker);
    let UploadWithRelease { body, release } = body;
    let mut request = Request::from_parts(parts, body);
    if let Some(release) = release {
        hyper::ext::on_informational(&mut request, move |response| {
            if response.status() == StatusCode::CONTINUE {
                release.release();
            }
        });
    }
    let mut kept = upstream.take_idle();
    loop {
        let fresh = kept.is_none();
        let link = match kept.take() {
            Some(link) => link,
            None => connect(worker, address).await?,
        };
        let driven = Driven::start(link);
        let answer = driven.with(|link| link.sender.try_send_request(request));
        let Some(answer) = answer else {
            return Err(fault(worker, Refusal::UpstreamBroken));
        };
        let limit = worker.limits.response_timeout;
        match await_answer(answer, &progress, limit).await {
            Ok(response) => {
                return finish(worker, upstream, response, Carrier::Driven(driven));
            }
            Err(SendFault::TimedOut) => return Err(fault(worker, Refusal::UpstreamTimedOut)),
            Err(SendFault::Broken(error)) => return Err(broken(worker, &error)),
            Err(SendFault::Unsent(_)) if fresh => {
                return Err(fault(worker, Refusal::UpstreamBroken));
            }
            Err(SendFault::Unsent(unsent)) => {
                worker.shard.upstream_retry();
                request = *unsent;
            }
        }
    }
}

struct UploadWithRelease {
    body: Upload,
    release: Option<std::sync::Arc<super::upload::Release>>,
}

fn upload(
    connection: &Rc<Connection>,
    parts: &mut Parts,
    body: Incoming,
    reserved: Vec<http::HeaderName>,
    worker: &Worker,
) -> (UploadWithRelease, Rc<Progress>) {
    if body.size_hint().exact().is_none() && !parts.headers.contains_key(CONTENT_LENGTH) {
        // Said outright, for hyper would send a GET's body of unknown length as
        // none at all.
        parts
            .headers
            .insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    let (hold, release) = if head::expects_continue(&parts.headers) {
        let (hold, release) = Hold::new(worker.limits.continue_timeout);
        (Some(hold), Some(release))
    } else {
        (None, None)
    };
    let turn = Turn::new(std::sync::Arc::clone(&connection.activity));
    let (body, progress) = Upload::stream(body, turn, hold, reserved);
    (UploadWithRelease { body, release }, progress)
}

/// Await the response head. Its time begins when the upload has ended: a visitor
/// on a slow line is not the upstream's fault.
pub(super) async fn await_answer<F>(
    answer: F,
    progress: &Progress,
    limit: Duration,
) -> Result<Response<Incoming>, SendFault>
where
    F: Future<Output = Result<Response<Incoming>, TrySendError<Request<Upload>>>>,
{
    let mut answer = pin!(answer);
    let mut deadline = Instant::now() + limit;
    loop {
        match tokio::time::timeout_at(deadline, answer.as_mut()).await {
            Ok(answer) => return answer.map_err(SendFault::from),
            Err(_elapsed) => {
                let due = match progress.waiting_since() {
                    Some(since) => since + limit,
                    None => Instant::now() + limit,
                };
                if due <= Instant::now() {
                    return Err(SendFault::TimedOut);
                }
                deadline = due;
            }
        }
    }
}

/// A connection ready for a first request.
async fn connect(worker: &Worker, address: Address<'_>) -> Result<Link, Refusal> {
    let stream = open(worker, address).await?;
    worker
        .upstreams
        .handshake(stream)
        .await
        .map_err(|error| broken(worker, &error))
}

/// A connection, opened.
pub(super) async fn open(worker: &Worker, address: Address<'_>) -> Result<UpstreamStream, Refusal> {
    let Address { tls, host, port } = address;
    match Box::pin(worker.upstreams.connect(tls, host, port)).await {
        Ok(stream) => {
            worker.shard.upstream_connected();
            Ok(stream)
        }
        Err(ConnectError::TimedOut) => {
            tracing::warn!(host, port, "connecting to the upstream timed out");
            Err(fault(worker, Refusal::UpstreamConnectTimedOut))
        }
        Err(ConnectError::Failed(error)) => {
            tracing::warn!(host, port, %error, "cannot connect to the upstream");
            Err(fault(worker, Refusal::UpstreamUnreachable))
        }
    }
}

/// Turn the upstream's response into ours.
fn finish(
    worker: &Worker,
    upstream: &Rc<Upstream>,
    response: Response<Incoming>,
    carrier: Carrier,
) -> Result<Response<Source>, Refusal> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // Nobody asked it to.
        return Err(fault(worker, Refusal::UpstreamBroken));
    }
    let (parts, incoming) = response.into_parts();
    let download = Download::new(
        incoming,
        carrier,
        Rc::clone(upstream),
        worker.limits.body_timeout,
    );
    Ok(Response::from_parts(
        edit_response_head(parts),
        Source::Upstream(download),
    ))
}

/// The same for a connection that is not kept.
pub(super) fn finish_own(
    worker: &Worker,
    upstream: &Rc<Upstream>,
    response: Response<Incoming>,
    task: AbortOnDrop,
) -> Response<Source> {
    let (parts, incoming) = response.into_parts();
    let download = Download::new(
        incoming,
        Carrier::Own { _task: task },
        Rc::clone(upstream),
        worker.limits.body_timeout,
    );
    Response::from_parts(edit_response_head(parts), Source::Upstream(download))
}

fn edit_response_head(mut parts: http::response::Parts) -> http::response::Parts {
    head::strip_hop_by_hop(&mut parts.headers);
    if matches!(
        parts.status,
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
    ) {
        // Neither has content; a length that says otherwise (304 may) could be
        // taken for one.
        parts.headers.remove(CONTENT_LENGTH);
    }
    // How the upstream spoke to us is nothing to the visitor.
    parts.version = Version::HTTP_11;
    parts
}

pub(super) fn broken(worker: &Worker, error: &hyper::Error) -> Refusal {
    tracing::warn!(%error, "the upstream broke off");
    fault(worker, Refusal::UpstreamBroken)
}

pub(super) fn fault(worker: &Worker, refusal: Refusal) -> Refusal {
    let kind = match refusal {
        Refusal::UpstreamUnreachable => UpstreamFault::Connect,
        Refusal::UpstreamConnectTimedOut => UpstreamFault::ConnectTimeout,
        Refusal::UpstreamTimedOut => UpstreamFault::ResponseTimeout,
        _ => UpstreamFault::Broken,
    };
    worker.shard.upstream_fault(kind);
    refusal
}
