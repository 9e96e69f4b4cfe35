//! What is answered to one request?

use std::borrow::Cow;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use gatelet_core::credential::Usage;
use gatelet_core::decide::{LIVE_PATH, READY_PATH};
use gatelet_core::reply::Reply;
use gatelet_core::{Edits, Head, Verdict};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, STRICT_TRANSPORT_SECURITY};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;

use super::application::ComponentIndex;
use super::component;
use super::connection::Connection;
use super::forward::{self, Outgoing};
use super::head;
use super::metrics::Settled;
use super::misdirected;
use super::options::Door;
use super::record::Record;
use super::refusal::{self, Refusal};
use super::reply_body::{ReplyBody, Source};
use super::request_body::RequestBody;
use super::request_id::RequestId;
use super::request_line;
use super::standing::Judged;
use super::watch::Turn;

/// Answer a request. Whatever fails is an answer too.
pub(super) async fn answer(
    connection: Rc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Infallible> {
    let id = request_id(&connection, &request);
    let mut record = Record::begin(&connection, &request, id);
    let is_head = *request.method() == Method::HEAD;
    let is_http2 = request.version() == Version::HTTP_2;
    let asker = refusal::asker(request.headers());
    let mut response = match settle(&connection, request, &mut record).await {
        Ok(response) => misdirected::point_home(&connection, asker, response),
        Err(refusal) => {
            record.code = Some(Cow::Borrowed(refusal.code()));
            let mut response = refusal.response(asker.reads, &connection.worker.names);
            if let Some(value) = record.insists.take() {
                let headers = response.headers_mut();
                headers.insert(STRICT_TRANSPORT_SECURITY, value);
            }
            response
        }
    };
    response
        .headers_mut()
        .insert(super::X_REQUEST_ID, record.id.value());
    // A drain closes what is idle, and a request that is just coming with it: whoever keeps
    // connections opens others before that. HTTP/2 has GOAWAY for it.
    let is_tunnel = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    if connection.worker.leaving.get() && !is_http2 && !is_tunnel {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    record.status = Some(response.status());
    let turn = Turn::new(Arc::clone(&connection.activity));
    let declared = response
        .headers()
        .get(http::header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let bodiless = is_head
        || response.status().is_informational()
        || matches!(
            response.status(),
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
    Ok(response.map(|source| {
        // HTTP/2 has no method to look back at when the body is sent.
        let source = if is_head { Source::Empty } else { source };
        ReplyBody::new(source, declared, bodiless, record, turn)
    }))
}

fn request_id(connection: &Connection, request: &Request<Incoming>) -> RequestId {
    if connection.trusted
        && let Some(given) = request.headers().get(super::X_REQUEST_ID)
        && let Some(id) = RequestId::adopt(given)
    {
        return id;
    }
    connection.worker.request_ids.next()
}

async fn settle(
    connection: &Rc<Connection>,
    request: Request<Incoming>,
    record: &mut Record,
) -> Result<Response<Source>, Refusal> {
    record.settled = Settled::Refused;
    let worker = &connection.worker;
    let (mut parts, body) = request.into_parts();
    let body = RequestBody::of(&parts, body);
    request_line::check(&mut parts)?;
    request_line::join_cookies(&mut parts.headers);
    request_line::check_size(&parts, worker.limits.head_bytes)?;
    if let Door::UnprotectedBareForward(upstream) = &worker.door {
        record.settled = Settled::Forwarded;
        let outgoing = Outgoing {
            parts,
            body,
            edits: Edits {
                upstream: upstream.clone(),
                ..Edits::default()
            },
            judged: None,
        };
        return forward::forward(connection, outgoing, record).await;
    }
    if worker.leaving.get()
        && matches!(parts.uri.path(), LIVE_PATH | READY_PATH)
        && matches!(parts.method, Method::GET | Method::HEAD)
    {
        return Err(Refusal::Leaving);
    }
    let route = worker
        .application
        .route(parts.uri.path())
        .ok_or(Refusal::RouteUnknown)?;
    record.component = Some(route.component);
    if route.gate && worker.door == Door::Gate {
        judged(connection, route.component, parts, body, record).await
    } else {
        record.settled = Settled::Handled;
        let (request, id) = (Request::from_parts(parts, body), record.id.value());
        Box::pin(component::handle(connection, route.component, request, id)).await
    }
}

async fn judged(
    connection: &Rc<Connection>,
    component: ComponentIndex,
    parts: Parts,
    body: RequestBody,
    record: &mut Record,
) -> Result<Response<Source>, Refusal> {
    let worker = &connection.worker;
    let mut block = Vec::with_capacity(1024);
    head::write_block(&parts.headers, &mut block);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (verdict, asked) = {
        let head = Head {
            method: parts.method.as_str(),
            target: parts.uri.path_and_query().map_or("*", |path| path.as_str()),
            authority: host(&parts),
            tls: connection.tls,
            peer: &connection.peer_address,
            fields: &block,
        };
        match worker.gate.decide(component, &head, now) {
            Verdict::Ask => (
                worker
                    .gate
                    .judge(component, head, now, Usage::Arriving)
                    .await,
                true,
            ),
            settled => (settled, false),
        }
    };
    match verdict {
        Verdict::Forward(edits) => {
            record.settled = Settled::Forwarded;
            let judged = Judged {
                component,
                block,
                now,
                kept: asked.then(|| edits.clone()),
            };
            let outgoing = Outgoing {
                parts,
                body,
                edits,
                judged: Some(judged),
            };
            forward::forward(connection, outgoing, record).await
        }
        Verdict::Respond(reply) => {
            record.settled = Settled::Denied;
            respond(connection, reply, record)
        }
        Verdict::Ask => {
            tracing::error!("the gate asked to be asked again");
            Err(Refusal::ComponentFailed)
        }
    }
}

fn host(parts: &Parts) -> &str {
    parts
        .headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
}

fn respond(
    connection: &Connection,
    reply: Reply,
    record: &mut Record,
) -> Result<Response<Source>, Refusal> {
    let Reply {
        status,
        fields,
        body,
        code,
    } = reply;
    record.code = code.map(|code| Cow::Borrowed(code.as_str()));
    let status = StatusCode::from_u16(status).map_err(|_| Refusal::ComponentFailed)?;
    let mut response = Response::new(Source::Empty);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    head::append_fields(headers, fields.into_string(), &connection.worker.names);
    // The body says how long it is.
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    if !body.is_empty() {
        *response.body_mut() = Source::Whole(body.into());
    }
    Ok(response)
}
