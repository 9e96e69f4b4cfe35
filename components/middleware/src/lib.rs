//! Middleware: login before any Spin component, by a line in its `spin.toml`.
//!
//! Whatever it is given, the component that it stands before is given too. So it is
//! given nothing but the way to `auth`, which judges: no key, no database.

mod auth;
mod bindings;

use bindings::wasi::http::handler as next;
use gatelet_core::Verdict;
use gatelet_core::error::Code;
use gatelet_core::host_fields;
use gatelet_core::negotiate::Reading;
use gatelet_core::reply::Reply;
use gatelet_handler::{GoesOn, Received, edit_request, edit_response, respond};
use gatelet_texts::Language;
use wasip3::http::types::{ErrorCode, Request, Response};

struct Middleware;

impl wasip3::exports::http::handler::Guest for Middleware {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let received = match Received::read(&request) {
            Ok(received) => received,
            Err(code) => return respond(Reply::refusal(code, Reading::PROGRAM, "")),
        };
        match auth::judge(&received.head()).await {
            Ok(Verdict::Forward(edits)) => {
                let (scheme, authority) = (request.get_scheme(), request.get_authority());
                let (scheme, authority) = (scheme.as_ref(), authority.as_deref());
                let to_head = received.is_head();
                // The host tells the app of its route: what a visitor says of it went.
                let hosts = host_fields::appended(received.section());
                let request = edit_request(request, received, &edits, hosts, scheme, authority)?;
                let went = GoesOn::with(&edits);
                edit_response(next::handle(request).await?, &edits, to_head, went)
            }
            Ok(Verdict::Respond(reply)) => respond(reply),
            Ok(Verdict::Ask) => respond(Reply::refusal(
                Code::Internal,
                received.reading(&Language::ALL),
                "",
            )),
            Err(unanswered) => {
                eprintln!("middleware: {unanswered}");
                respond(Reply::refusal(
                    unanswered.code(),
                    received.reading(&Language::ALL),
                    "",
                ))
            }
        }
    }
}
