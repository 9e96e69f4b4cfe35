//! May a request pass that middleware asks about? The gateway's judgement, for
//! whoever stands before an app and holds no key.

use crate::settings;
use gatelet_core::credential::Usage;
use gatelet_core::error::Code;
use gatelet_core::negotiate::{Reading, Signs};
use gatelet_core::reply::Reply;
use gatelet_core::{Verdict, crossing, remote};
use gatelet_ports::judge;
use gatelet_texts::Language;
use gatelet_wasi::clock;
use gatelet_web::log;
use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_future;

/// Answers a question, and what is none with a refusal. Bare handles and no bodies:
/// this is asked for every request of an app.
pub(crate) async fn answer(request: &Request) -> Result<Response, ErrorCode> {
    let fields = request.get_headers().get(remote::QUESTION);
    let asked = fields.first().and_then(|field| remote::open(field));
    let verdict = match asked.as_deref().and_then(crossing::read_head) {
        Some(head) => {
            let now = clock::unix_seconds();
            match settings::setup(now).await {
                Ok(setup) => judge(&head, &setup.gate, now, Usage::Arriving, tell).await,
                // The log has said what is wrong.
                Err(code) => refusal(code, Signs::of(&head).reading(&Language::ALL)),
            }
        }
        None => refusal(Code::RequestMalformed, Reading::PROGRAM),
    };
    let written = remote::write_verdict(verdict);
    let written =
        written.or_else(|| remote::write_verdict(refusal(Code::Internal, Reading::PROGRAM)));
    said(written.unwrap_or_default())
}

/// What answers a question of this app's own: one field, and no body.
pub(crate) fn said(answer: String) -> Result<Response, ErrorCode> {
    let fields = Fields::from_list(&[(remote::ANSWER.to_owned(), answer.into_bytes())])
        .map_err(|_| ErrorCode::InternalError(None))?;
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _) = Response::new(fields, None, no_trailers);
    Ok(response)
}

/// What is wrong with an origin's settings is the operator's to read.
fn tell(line: String) {
    log::error(Code::SettingsInvalid.as_str(), &line);
}

fn refusal(code: Code, reading: Reading) -> Verdict {
    Verdict::Respond(Reply::refusal(code, reading, ""))
}
