//! How is a request brought to a server and its answer awaited, and what is said of
//! an upstream that fails?

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use hyper::body::{Body, Incoming};
use hyper::client::conn::TrySendError;
use tokio::time::Instant;

use super::connection::Connection;
use super::download::{AbortOnDrop, Carrier, Download, Driven};
use super::head;
use super::metrics::UpstreamFault;
use super::refusal::Refusal;
use super::reply_body::Source;
use super::request_body::RequestBody;
use super::upload::{Hold, Progress, Release, Upload};
use super::upstream::{ConnectError, Link, Upstream, UpstreamStream};
use super::watch::Turn;
use super::worker::Worker;

/// Where a server is.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    pub(super) tls: bool,
    /// Without brackets when it is an IPv6 address.
    pub(super) host: &'a str,
    pub(super) port: u16,
}

/// Send a request that has no body: on a kept connection if there is one, and
/// once more on a new one if that turns out to have died meanwhile. `again` makes
/// the same request anew, where that is allowed.
pub(super) async fn send_head(
    worker: &Worker,
    upstream: &Rc<Upstream>,
    address: Address<'_>,
    parts: Parts,
    again: impl FnOnce() -> Option<Request<Upload>>,
) -> Result<Response<Source>, Refusal> {
    let limits = &worker.limits;
    let mut request = Request::from_parts(parts, Upload::Empty);
    if let Some(link) = upstream.take_idle() {
        match send_inline(link, request, limits.response_timeout).await {
            Ok((response, carrier)) => return finish(worker, upstream, response, carrier),
            Err(SendFault::TimedOut) => return Err(fault(worker, Refusal::UpstreamTimedOut)),
            Err(SendFault::Unsent(unsent)) => request = *unsent,
            Err(SendFault::Broken(error)) => match again() {
                Some(remade) => request = remade,
                None => return Err(broken(worker, address, &error)),
            },
        }
        worker.shard.upstream_retry();
    }
    let link = connect(worker, address).await?;
    match send_inline(link, request, limits.response_timeout).await {
        Ok((response, carrier)) => finish(worker, upstream, response, carrier),
        Err(SendFault::TimedOut) => Err(fault(worker, Refusal::UpstreamTimedOut)),
        Err(SendFault::Unsent(_)) => Err(fault(worker, Refusal::UpstreamBroken)),
        Err(SendFault::Broken(error)) => Err(broken(worker, address, &error)),
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
pub(super) async fn send_with_body(
    connection: &Rc<Connection>,
    upstream: &Rc<Upstream>,
    address: Address<'_>,
    mut parts: Parts,
    body: RequestBody,
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
            Err(SendFault::Broken(error)) => {
                return Err(match progress.fault() {
                    Some(fault) => fault.into(),
                    None => broken(worker, address, &error),
                });
            }
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
    release: Option<Arc<Release>>,
}

fn upload(
    connection: &Rc<Connection>,
    parts: &mut Parts,
    body: RequestBody,
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
    let turn = Turn::new(Arc::clone(&connection.activity));
    let (body, progress) = Upload::stream(body, turn, hold);
    (UploadWithRelease { body, release }, progress)
}

/// Await the response head. Its time begins anew with each piece of the body that the
/// upstream takes, and stands still while the visitor is waited for: a slow line is not
/// the upstream's fault.
async fn await_answer<F>(
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
        .map_err(|error| broken(worker, address, &error))
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
            worker.tell("timed out", host, port, |times| {
                tracing::warn!(host, port, times, "connecting to the upstream timed out");
            });
            Err(fault(worker, Refusal::UpstreamConnectTimedOut))
        }
        Err(ConnectError::Own) => {
            worker.tell("own", host, port, |times| {
                tracing::error!(
                    host, port, times,
                    "the upstream is this very Gatelet, so what is asked of it would come back for ever: set \
                     `upstream` to the address of the app"
                );
            });
            Err(fault(worker, Refusal::UpstreamOwn))
        }
        Err(ConnectError::Failed(error)) => {
            worker.tell("unreachable", host, port, |times| {
                tracing::warn!(host, port, times, %error, "cannot connect to the upstream");
            });
            Err(fault(worker, Refusal::UpstreamUnreachable))
        }
    }
}

/// Turn the upstream's response into ours.
fn finish(
    worker: &Worker,
    upstream: &Rc<Upstream>,
    response: Response<Incoming>,
    mut carrier: Carrier,
) -> Result<Response<Source>, Refusal> {
    carrier.heed(response.headers());
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // Nobody asked it to.
        return Err(fault(worker, Refusal::UpstreamBroken));
    }
    let (parts, incoming) = framed_plainly(worker, response)?.into_parts();
    let download = Download::new(
        incoming,
        carrier,
        Rc::clone(upstream),
        worker.limits.body_timeout,
    );
    Ok(Response::from_parts(parts, Source::Upstream(download)))
}

/// The response, where its body is framed as it can be passed on: what else it is coded in
/// would be lost on the way. A length beside a coding is of no body (RFC 9112 §6.3).
fn framed_plainly(
    worker: &Worker,
    mut response: Response<Incoming>,
) -> Result<Response<Incoming>, Refusal> {
    let headers = response.headers_mut();
    if !is_coded_plainly(headers) {
        return Err(fault(worker, Refusal::UpstreamBroken));
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    Ok(response)
}

/// Whether a response's body is coded for the connection by nothing but chunks.
fn is_coded_plainly(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    codings.all(|coding| {
        let coding = coding.as_bytes().trim_ascii();
        coding.eq_ignore_ascii_case(b"chunked") || coding.eq_ignore_ascii_case(b"identity")
    })
}

/// The same for a connection that is not kept.
pub(super) fn finish_own(
    worker: &Worker,
    upstream: &Rc<Upstream>,
    response: Response<Incoming>,
    task: AbortOnDrop,
) -> Result<Response<Source>, Refusal> {
    let (parts, incoming) = framed_plainly(worker, response)?.into_parts();
    let download = Download::new(
        incoming,
        Carrier::Own { _task: task },
        Rc::clone(upstream),
        worker.limits.body_timeout,
    );
    Ok(Response::from_parts(parts, Source::Upstream(download)))
}

pub(super) fn broken(worker: &Worker, address: Address<'_>, error: &hyper::Error) -> Refusal {
    let Address { tls: _, host, port } = address;
    worker.tell("broken", host, port, |times| {
        tracing::warn!(host, port, times, %error, "the upstream broke off");
    });
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
