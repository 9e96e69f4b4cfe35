//! How is a request sent to the upstream and its response brought back?

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::{Body, Incoming};
use hyper::client::conn::TrySendError;
use tokio::time::Instant;

use super::application::{ComponentIndex, Edits, Head, Verdict};
use super::component;
use super::connection::Connection;
use super::download::{AbortOnDrop, Carrier, Download, Driven};
use super::head;
use super::metrics::UpstreamFault;
use super::record::Record;
use super::refusal::Refusal;
use super::reply_body::Source;
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
    /// How to come by the same request again.
    pub(super) again: Again,
    /// Whose grant allows the upstream; `None` when nothing is judged.
    pub(super) granted: Option<ComponentIndex>,
}

/// How to come by a request again that was sent in vain. Keeping the edited
/// header section would cost a copy every time, for what happens once in a
/// blue moon; it is made anew from what there is instead.
pub(super) enum Again {
    /// It is not to be had.
    No,
    /// The header section as received, for `decide` to be asked once more.
    Decide { block: Vec<u8>, now: u64 },
    /// The same, and the edits that cost I/O to come by.
    Edit { block: Vec<u8>, edits: Edits },
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
        edits:
            Edits {
                upstream: _,
                remove,
                set,
                response: response_fields,
            },
        again,
        granted,
    } = outgoing;
    // A tunnel carries what nobody judges. It is made of a GET alone (RFC 6455 §4.1),
    // and of one whose connection has nothing else on it.
    let may_switch =
        parts.method == Method::GET && parts.version == Version::HTTP_11 && body.is_end_stream();
    let hop = head::edit_request(&mut parts.headers, &remove, set, may_switch, &worker.names);
    parts.headers.insert(super::X_REQUEST_ID, record.id.value());

    let (tls, host, port, authority) = match &upstream.target {
        Target::Component(name) => {
            if hop.web_socket {
                return Err(Refusal::UpgradeUnsupported);
            }
            let Some(index) = worker.application.component(name) else {
                return Err(Refusal::UpstreamUnknown);
            };
            let request = Request::from_parts(parts, body);
            record.hand_over();
            let mut response = component::handle(connection, index, request).await?;
            record.upstream_answers();
            edit_response(&mut response, response_fields, worker);
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

    let mut response = if hop.web_socket {
        let Some(visitor_upgrade) = visitor_upgrade else {
            return Err(Refusal::UpgradeUnsupported);
        };
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
        let again = Resend {
            again,
            connection,
            component: granted,
            authority,
            request_id: record.id.value(),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
        };
        record.hand_over();
        send_head(worker, &upstream, address, parts, again).await?
    } else {
        record.hand_over();
        Box::pin(send_with_body(connection, &upstream, address, parts, body)).await?
    };
    record.upstream_answers();
    let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    edit_response(&mut response, response_fields, worker);
    if switched {
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    Ok(response)
}

/// The response as it goes back.
fn edit_response(response: &mut Response<Source>, append: String, worker: &Worker) {
    let status = response.status();
    let headers = response.headers_mut();
    head::edit_response(headers, status, append, &worker.names);
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        // Neither has content; a length that says otherwise (304 may) could be
        // taken for one.
        headers.remove(CONTENT_LENGTH);
    }
    // How the upstream spoke to us is nothing to the visitor.
    *response.version_mut() = Version::HTTP_11;
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
        if !worker.application.may_reach(component, base_url) {
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

/// What it takes to make a request once more.
struct Resend<'a> {
    again: Again,
    connection: &'a Connection,
    component: Option<ComponentIndex>,
    authority: &'a HeaderValue,
    request_id: HeaderValue,
    method: Method,
    uri: Uri,
}

impl Resend<'_> {
    fn request(self) -> Option<Request<Upload>> {
        // RFC 9110 §9.2.2: only what is safe to have happened twice.
        if !self.method.is_idempotent() {
            return None;
        }
        let worker = &self.connection.worker;
        let (block, edits) = match self.again {
            Again::No => return None,
            Again::Edit { block, edits } => (block, edits),
            Again::Decide { block, now } => {
                let headers = head::read_block(&block);
                let authority = headers.get(HOST).and_then(|host| host.to_str().ok());
                let asked = Head {
                    method: self.method.as_str(),
                    target: self.uri.path_and_query().map_or("*", |path| path.as_str()),
                    authority: authority.unwrap_or_default(),
                    tls: self.connection.tls,
                    peer: &self.connection.peer_address,
                    fields: &block,
                };
                match worker.gate.decide(self.component?, &asked, now) {
                    Verdict::Forward(edits) => (block, edits),
                    Verdict::Respond(_) | Verdict::Ask => return None,
                }
            }
        };
        let mut headers: HeaderMap = head::read_block(&block);
        let Edits {
            upstream: _,
            remove,
            set,
            response: _,
        } = edits;
        head::edit_request(&mut headers, &remove, set, false, &worker.names);
        headers.insert(super::X_REQUEST_ID, self.request_id);
        headers.insert(HOST, self.authority.clone());
        headers.remove(EXPECT);
        let mut request = Request::new(Upload::Empty);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
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
    again: Resend<'_>,
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
) -> Result<Response<Source>, Refusal> {
    let worker = &connection.worker;
    let (body, progress) = upload(connection, &mut parts, body, worker);
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
    let (body, progress) = Upload::stream(body, turn, hold);
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
    Ok(Response::from_parts(parts, Source::Upstream(download)))
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
    Response::from_parts(parts, Source::Upstream(download))
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
