//! May a request pass that middleware asks about? The gateway's judgement, for
//! whoever stands before an app and holds no key.

use crate::answer::{Answer, octets};
use crate::log;
use crate::ports::{health, place, sessions, store_error, stored_session};
use crate::settings::Setup;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::reply::Reply;
use gatelet_core::settings::GateSettings;
use gatelet_core::{Head, Question, Verdict, problem, question, ready_answered, remote};

/// The answer to a question, and to what is none.
pub(crate) async fn answer(asked: &[u8], setup: &Setup, now: u64) -> Answer {
    let verdict = match remote::read_head(asked) {
        Some(head) => judge(&head, &setup.gate, now).await,
        None => refusal(Code::RequestMalformed),
    };
    let written = remote::write_verdict(&verdict);
    let written = written.or_else(|| remote::write_verdict(&refusal(Code::Internal)));
    octets(remote::CONTENT_TYPE, written.unwrap_or_default())
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
