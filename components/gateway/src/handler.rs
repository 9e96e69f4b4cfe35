//! How does every other host ask? `wasi:http/handler`: the same judgement, and
//! then the gateway forwards by itself.

use gatelet_core::Verdict;
use gatelet_core::credential::Usage;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reading;
use gatelet_core::reply::Reply;
use gatelet_handler::{Received, respond};
use gatelet_ports::judge;
use gatelet_texts::Language;
use gatelet_wasi::clock;
use wasip3::http::types::{ErrorCode, Request, Response};

use crate::Gateway;
use crate::settings::{SETTINGS, tell};
use crate::{forward, gate};

impl wasip3::exports::http::handler::Guest for Gateway {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let received = match Received::read(&request) {
            Ok(received) => received,
            Err(code) => return respond(Reply::refusal(code, Reading::PROGRAM, "")),
        };
        let now = clock::unix_seconds();
        let verdict = match SETTINGS.current_at(now).await {
            Ok(settings) => judge(&received.head(), &settings, now, Usage::Arriving, tell).await,
            Err(line) => gate::unusable(&line, received.reading(&Language::ALL)),
        };
        match verdict {
            Verdict::Respond(reply) => respond(reply),
            Verdict::Ask => respond(Reply::refusal(Code::Internal, Reading::PROGRAM, "")),
            Verdict::Forward(edits) if received.wants_web_socket() => {
                // WASI has no upgrade, so a WebSocket cannot pass this door.
                let code = Code::UpgradeUnsupported;
                respond(edits.instead(Reply::refusal(code, Reading::PROGRAM, "")))
            }
            Verdict::Forward(edits) => {
                let reading = received.reading(&Language::ALL);
                match forward::forward(request, received, &edits).await {
                    Ok(response) => Ok(response),
                    Err(error) => {
                        let code = upstream_code(&error);
                        eprintln!("gateway: {}: {}", edits.upstream, code.as_str());
                        respond(edits.instead(Reply::refusal(code, reading, "")))
                    }
                }
            }
        }
    }
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
