//! May a request pass that middleware asks about? The gateway's judgement, for
//! whoever stands before an app and holds no key.

use crate::ports::{health, place, sessions, store_error, stored_session};
use crate::{clock, log, settings};
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::reply::Reply;
use gatelet_core::settings::GateSettings;
use gatelet_core::{Head, Question, Verdict, problem, question, ready_answered, remote};
use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_future;

/// Answers a question, and what is none with a refusal. Bare handles and no bodies:
/// this is asked for every request of an app.
pub(crate) async fn answer(request: &Request) -> Result<Response, ErrorCode> {
    let fields = request.get_headers().get(remote::QUESTION);
    let asked = fields.first().and_then(|field| remote::open(field));
    let verdict = match asked.as_deref().and_then(remote::read_head) {
        Some(head) => {
            let now = clock::now();
            match settings::setup(now).await {
                Ok(setup) => judge(&head, &setup.gate, now).await,
                // The log has said what is wrong.
                Err(_) => refusal(Code::SettingsInvalid),
            }
        }
        None => refusal(Code::RequestMalformed),
    };
    let written = remote::write_verdict(&verdict);
    let written = written.or_else(|| remote::write_verdict(&refusal(Code::Internal)));
    let field = written.unwrap_or_default().into_bytes();
    let fields = Fields::from_list(&[(remote::ANSWER.to_owned(), field)])
        .map_err(|_| ErrorCode::InternalError(None))?;
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _) = Response::new(fields, None, no_trailers);
    Ok(response)
}

async fn judge(head: &Head<'_>, settings: &GateSettings, now: u64) -> Verdict {
    match question(head, settings, now) {
        Question::Settled(verdict) => {
            if let Verdict::Respond(reply) = &verdict
                && reply.code == Some(Code::SettingsInvalid)
                && let Some(line) = problem(head, settings, now)
            {
                log::error(Code::SettingsInvalid.as_str(), &line);
            }
            verdict
        }
        Question::Ready => ready_answered(health::ready().await.map_err(store_error)),
        Question::Resume(resume) => {
            let session = sessions::resume(
                place(&resume.place),
                resume.token_digest.to_vec(),
                resume.audience.clone(),
                resume.app.clone(),
                now,
                resume.idle_expires_at,
            );
            let session = session.await.map_err(store_error);
            let session = session.map(|session| session.map(stored_session));
            resume.answered(session, head, settings, now)
        }
    }
}

fn refusal(code: Code) -> Verdict {
    Verdict::Respond(Reply::refusal(code, Reader::Program, ""))
}
