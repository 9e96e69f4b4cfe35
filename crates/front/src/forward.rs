//! How is a request sent to the upstream and its response brought back?

use std::rc::Rc;

use gatelet_core::head::Lines;
use gatelet_core::{Edits, Head, Verdict};
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::{Body, Incoming};

use super::application::ComponentIndex;
use super::component;
use super::connection::Connection;
use super::head;
use super::record::Record;
use super::refusal::Refusal;
use super::reply_body::Source;
use super::send::{self, Address};
use super::upgrade;
use super::upload::Upload;
use super::upstream::{Target, Upstream};
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
        send::send_head(worker, &upstream, address, parts, || again.request()).await?
    } else {
        record.hand_over();
        Box::pin(send::send_with_body(
            connection, &upstream, address, parts, body,
        ))
        .await?
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
fn edit_response(response: &mut Response<Source>, append: Lines, worker: &Worker) {
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
