//! May this request pass, where the head alone does not settle it? At most one call
//! of the store.

use gatelet_core::error::Code;
use gatelet_core::settings::GateSettings;
use gatelet_core::{Head, Question, Verdict, problem, question, ready_answered};

use crate::store::{health, sessions, types};

/// Judges with I/O allowed. `tell` takes one line for the operator's log, where an
/// origin's settings are no good.
pub async fn judge(
    head: &Head<'_>,
    settings: &GateSettings,
    now: u64,
    tell: fn(String),
) -> Verdict {
    match question(head, settings, now) {
        Question::Settled(verdict) => {
            if let Verdict::Respond(reply) = &verdict
                && reply.code == Some(Code::SettingsInvalid)
                && let Some(line) = problem(head, settings, now)
            {
                tell(line);
            }
            verdict
        }
        Question::Ready => ready_answered(health::ready().await.map_err(Into::into)),
        Question::Resume(mut resume) => {
            let answer = sessions::resume(
                types::Place::from(&resume.place),
                resume.token_digest.to_vec(),
                core::mem::take(&mut resume.audience),
                resume.app.take(),
                now,
                resume.idle_expires_at,
            );
            let answer = answer.await.map_err(Into::into);
            let answer = answer.map(|found| found.map(Into::into));
            resume.answered(answer, head, settings, now)
        }
    }
}
