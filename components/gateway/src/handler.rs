//! How does every other host ask? `wasi:http/handler`: the same judgement, and
//! then the gateway forwards by itself.

use gatelet_core::error::Code;
use gatelet_core::head::write_fields;
use gatelet_core::negotiate::{Reader, Signs};
use gatelet_core::reply::Reply;
use gatelet_core::{Head, Verdict};
use wasip3::http::types::{ErrorCode, Fields, Method, Request, Response, Scheme};
use wasip3::{wit_future, wit_stream};

use crate::Gateway;
use crate::forward::{self, Section};
use crate::{gate, settings};

/// Where the host says who the peer is, over whatever a visitor sent: `ip:port`.
const PEER: &str = "spin-client-addr";

impl wasip3::exports::http::handler::Guest for Gateway {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let received = match Received::read(&request) {
            Ok(received) => received,
            Err(code) => return respond(Reply::refusal(code, Reader::Program, "")),
        };
        let now = gate::unix_seconds();
        let verdict = match settings::current_at(now).await {
            Ok(settings) => gate::judge(&received.head(), &settings, now).await,
            Err(line) => gate::unusable(&line),
        };
        match verdict {
            Verdict::Respond(reply) => respond(reply),
            Verdict::Ask => respond(Reply::refusal(Code::Internal, Reader::Program, "")),
            Verdict::Forward(_) if received.wants_upgrade() => {
                // WASI has no upgrade, so a WebSocket cannot pass this door.
                respond(Reply::refusal(
                    Code::UpgradeUnsupported,
                    Reader::Program,
                    "",
                ))
            }
            Verdict::Forward(edits) => {
                let reader = received.reader();
                match forward::forward(request, received.section, &edits).await {
                    Ok(response) => Ok(response),
                    Err(error) => {
                        let code = upstream_code(&error);
                        eprintln!("gateway: {}: {}", edits.upstream, code.as_str());
                        respond(Reply::refusal(code, reader, ""))
                    }
                }
            }
        }
    }
}

/// A request's head, copied out of the host's handles once.
struct Received {
    method: String,
    target: String,
    authority: String,
    tls: bool,
    peer: String,
    fields: Vec<u8>,
    section: Section,
}

impl Received {
    fn read(request: &Request) -> Result<Self, Code> {
        let section = request.get_headers().copy_all();
        let value = |name: &str| {
            let (_, value) = section
                .iter()
                .find(|(found, _)| found.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(value).ok()
        };
        let peer = value(PEER).and_then(|peer| peer.parse::<std::net::SocketAddr>().ok());
        Ok(Self {
            method: method_name(request.get_method()),
            target: request
                .get_path_with_query()
                .unwrap_or_else(|| "/".to_owned()),
            authority: request
                .get_authority()
                .or_else(|| value("host").map(str::to_owned))
                .unwrap_or_default(),
            tls: matches!(request.get_scheme(), Some(Scheme::Https)),
            peer: peer.map_or_else(String::new, |peer| peer.ip().to_string()),
            fields: write_fields(
                section
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_slice())),
            )?,
            section,
        })
    }

    fn head(&self) -> Head<'_> {
        let Self {
            method,
            target,
            authority,
            tls,
            peer,
            fields,
            section: _,
        } = self;
        Head {
            method,
            target,
            authority,
            tls: *tls,
            peer,
            fields,
        }
    }

    fn reader(&self) -> Reader {
        let head = self.head();
        Signs {
            accept: head.values("accept").next(),
            fetch_mode: head.values("sec-fetch-mode").next(),
            upgrade: false,
            requested_with: head.values("x-requested-with").next().is_some(),
        }
        .reader()
    }

    fn wants_upgrade(&self) -> bool {
        // `Upgrade` itself may be kept from guests; the key belongs to WebSockets
        // (RFC 6455 §4.1) and is not.
        ["upgrade", "sec-websocket-key"]
            .iter()
            .any(|wanted| self.section.iter().any(|(name, _)| name == wanted))
    }
}

/// A complete small reply, in one piece and with its length: some hosts stall
/// on responses that come in several.
fn respond(reply: Reply) -> Result<Response, ErrorCode> {
    let Reply {
        status,
        fields,
        body,
        code: _,
    } = reply;
    let headers = Fields::new();
    for (name, value) in fields.iter() {
        headers
            .append(name, value.as_bytes())
            .map_err(|_| ErrorCode::InternalError(None))?;
    }
    headers
        .set("content-length", &[body.len().to_string().into_bytes()])
        .map_err(|_| ErrorCode::InternalError(None))?;
    let (mut writer, reader) = wit_stream::new();
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _) = Response::new(headers, Some(reader), no_trailers);
    response
        .set_status_code(status)
        .map_err(|()| ErrorCode::HttpProtocolError)?;
    wasip3::wit_bindgen::spawn(async move {
        // Whoever has gone away does not read it; nothing is lost.
        let _unread = writer.write_all(body).await;
    });
    Ok(response)
}

fn upstream_code(error: &ErrorCode) -> Code {
    match error {
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout
        | ErrorCode::DnsTimeout => Code::UpstreamTimeout,
        _ => Code::UpstreamUnreachable,
    }
}

fn method_name(method: Method) -> String {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
        Method::Connect => "CONNECT",
        Method::Options => "OPTIONS",
        Method::Trace => "TRACE",
        Method::Patch => "PATCH",
        Method::Other(name) => return name,
    }
    .to_owned()
}
