//! How is a request sent to the upstream and its response brought back?

use std::rc::Rc;

use bytes::Bytes;
use gatelet_core::Edits;
use gatelet_core::head::Lines;
use gatelet_core::section::{Answer, LATE_SECONDS};
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_LOCATION, EXPECT, HOST, LOCATION, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::Body;

use super::component;
use super::connection::Connection;
use super::event_stream;
use super::head;
use super::record::Record;
use super::refusal::Refusal;
use super::reply_body::Source;
use super::request_body::RequestBody;
use super::send::{self, Address};
use super::standing::{Judged, Promised, Standing};
use super::upgrade;
use super::upload::Upload;
use super::upstream::{Target, Upstream};
use super::worker::Worker;

/// A judged request on its way.
pub(super) struct Outgoing {
    pub(super) parts: Parts,
    pub(super) body: RequestBody,
    pub(super) edits: Edits,
    /// What it was judged by; `None` when nothing is judged.
    pub(super) judged: Option<Judged>,
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
                upstream: base_url,
                remove,
                cookies,
                set,
                response: response_fields,
                holds_seconds,
            },
        judged,
    } = outgoing;
    let set = Bytes::from(set.into_string());
    record.told = set.clone();
    let insists = response_fields.get(STRICT_TRANSPORT_SECURITY.as_str());
    record.insists = insists.and_then(|value| HeaderValue::from_str(value).ok());
    let to_head = parts.method == Method::HEAD;
    let went = worker.clock.now();
    // A tunnel carries what nobody judges. It is made of a GET alone (RFC 6455 §4.1),
    // and of one whose connection has nothing else on it.
    let may_switch =
        parts.method == Method::GET && parts.version == Version::HTTP_11 && body.is_end_stream();
    let hop = head::edit_request(
        &mut parts.headers,
        &remove,
        cookies.as_deref(),
        &set,
        may_switch,
        &worker.names,
    );
    parts.headers.insert(super::X_REQUEST_ID, record.id.value());

    let promised = Promised {
        upstream: base_url,
        set,
        holds_seconds,
    };
    let mut standing =
        judged.map(|judged| Standing::new(Rc::clone(connection), &parts, judged, promised));

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
            let mut response =
                component::handle(connection, index, request, record.id.value()).await?;
            record.upstream_answers();
            keep_home(&mut response, standing.as_ref());
            edit_response(&mut response, (to_head, went), response_fields, worker);
            return Ok(event_stream::watched(response, standing));
        }
        Target::Server {
            tls,
            host,
            port,
            authority,
        } => (*tls, host.as_str(), *port, authority),
    };
    if !standing.as_ref().is_some_and(Standing::names_host) {
        parts.headers.insert(HOST, authority.clone());
    }
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
            &mut standing,
        ))
        .await?
    } else if body.is_end_stream() {
        drop(visitor_upgrade);
        parts.headers.remove(EXPECT);
        say_empty(&parts.method, &mut parts.headers);
        let request_id = record.id.value();
        let again = || resend(standing.as_ref()?, worker, authority, request_id);
        record.hand_over();
        send::send_head(worker, &upstream, address, parts, again).await?
    } else {
        record.hand_over();
        Box::pin(send::send_with_body(
            connection, &upstream, address, parts, body,
        ))
        .await?
    };
    record.upstream_answers();
    let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    keep_home(&mut response, standing.as_ref());
    edit_response(&mut response, (to_head, went), response_fields, worker);
    if switched {
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    Ok(event_stream::watched(response, standing))
}

/// What the app says of its own address is put right where it is told who asks for it.
fn keep_home(response: &mut Response<Source>, standing: Option<&Standing>) {
    let headers = response.headers_mut();
    if let Some(standing) = standing
        && [LOCATION, CONTENT_LOCATION, SET_COOKIE]
            .iter()
            .any(|name| headers.contains_key(name))
    {
        standing.keep_home(headers);
    }
}

/// The response as it goes back, to a request for a head or not that went on when the clock
/// said this.
fn edit_response(
    response: &mut Response<Source>,
    (to_head, went): (bool, u32),
    append: Lines,
    worker: &Worker,
) {
    let status = response.status();
    let milliseconds = worker.clock.now().wrapping_sub(went);
    let answer = Answer {
        status: status.as_u16(),
        to_head,
        is_late: u64::from(milliseconds) >= LATE_SECONDS * 1000,
    };
    let headers = response.headers_mut();
    head::edit_response(headers, answer, append, &worker.names);
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
        worker.tell("no base URL", base_url, 0, |times| {
            tracing::error!(
                times,
                ?error,
                "the gateway named an upstream that is no base URL"
            );
        });
        Refusal::UpstreamUnknown
    })?;
    if let Some(Judged { component, .. }) = outgoing.judged
        && upstream.granted_to.get() != Some(component)
    {
        if !worker.application.may_reach(component, base_url) {
            worker.tell("not allowed", base_url, 0, |times| {
                tracing::error!(
                    upstream = base_url,
                    times,
                    "the upstream is not among the component's allowed_outbound_hosts"
                );
            });
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

/// RFC 9110 §8.6: a method that content is expected of says that there is none. HTTP/2
/// needs no length for that, and servers of HTTP/1.1 answer 411 without one.
fn say_empty(method: &Method, headers: &mut HeaderMap) {
    if matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

/// A request without a body once more, made of the head that was judged.
fn resend(
    standing: &Standing,
    worker: &Worker,
    authority: &HeaderValue,
    request_id: HeaderValue,
) -> Option<Request<Upload>> {
    let (method, uri) = standing.asked();
    // RFC 9110 §9.2.2: only what is safe to have happened twice.
    if !method.is_idempotent() {
        return None;
    }
    let Edits {
        upstream: _,
        remove,
        cookies,
        set,
        response: _,
        holds_seconds: _,
    } = standing.edits()?;
    let mut headers: HeaderMap = head::read_block(standing.block());
    let set = Bytes::from(set.into_string());
    let cookies = cookies.as_deref();
    head::edit_request(&mut headers, &remove, cookies, &set, false, &worker.names);
    headers.insert(super::X_REQUEST_ID, request_id);
    if !standing.names_host() {
        headers.insert(HOST, authority.clone());
    }
    headers.remove(EXPECT);
    say_empty(method, &mut headers);
    let mut request = Request::new(Upload::Empty);
    *request.method_mut() = method.clone();
    *request.uri_mut() = uri.clone();
    make_origin_form(request.uri_mut());
    *request.headers_mut() = headers;
    Some(request)
}
