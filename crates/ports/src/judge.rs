//! May this request pass, where the head alone does not settle it? At most one call
//! of the store.

use std::sync::{Mutex, PoisonError};

use gatelet_core::backend::{Asked, ForeignAnswer, ForeignLookUp};
use gatelet_core::credential::{LookUp, TokenLookUp, Usage};
use gatelet_core::error::{Code, StoreError};
use gatelet_core::session::{Resumed, StoredToken};
use gatelet_core::settings::GateSettings;
use gatelet_core::{Head, Question, Verdict, problem, question, ready_answered};

use crate::sealed;
use crate::store::{access_tokens, better_auth, health, sessions, types};

/// Judges with I/O allowed. `tell` takes one line for the operator's log, where an
/// origin's settings are no good.
pub async fn judge(
    head: &Head<'_>,
    settings: &GateSettings,
    now: u64,
    usage: Usage,
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
        Question::Ready => ready_answered(ready(now).await.map_err(Into::into)),
        Question::Resume(mut resume) => {
            resume.look_up = resume.look_up.about(usage);
            let answer = look_up(&resume.look_up, resume.app.clone(), now).await;
            let answer = answer.map_err(Into::into);
            resume.answered(answer, head, settings, now)
        }
        Question::Foreign(resume) => {
            let answer = look_up_foreign(&resume.look_up, usage).await;
            resume.answered(answer, head, settings, now)
        }
        Question::Token(resume) => {
            let answer = look_up_token(&resume.look_up, resume.app.clone(), now).await;
            resume.answered(answer.map_err(Into::into), head, settings, now)
        }
    }
}

/// Whether the store is there. Anybody may ask: one instance asks once a second.
async fn ready(now: u64) -> Result<(), types::Error> {
    static LAST: Mutex<Option<(u64, Result<(), types::Error>)>> = Mutex::new(None);
    let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, answer)) = *last()
        && at == now
    {
        return answer;
    }
    let answer = health::ready().await;
    *last() = Some((now, answer));
    answer
}

/// Asks the store about a credential, at `now` in Unix seconds; and whether its holder
/// was granted `app`, where that is of interest.
pub async fn look_up(
    question: &LookUp,
    app: Option<String>,
    now: u64,
) -> Result<Option<Resumed>, types::Error> {
    let found = sessions::resume(
        types::Place::from(&question.place),
        question.token_digest.to_vec(),
        question.audience.clone(),
        app,
        now,
        question.idle_expires_at,
    );
    Ok(found.await?.map(Into::into))
}

/// The same about sessions that another program keeps.
pub async fn look_up_foreign(
    question: &ForeignLookUp,
    usage: Usage,
) -> Result<ForeignAnswer, StoreError> {
    match question.asked() {
        Asked::BetterAuth => {
            let tokens = question.opened().map(str::to_owned).collect();
            let found = better_auth::find(tokens).await.map_err(StoreError::from)?;
            let found = found.into_iter().map(Into::into).collect();
            Ok(ForeignAnswer::BetterAuth(found))
        }
        Asked::WorkOs => {
            let seals: Vec<&str> = question.opened().collect();
            sealed::ask(&seals, usage == Usage::Arriving)
                .await
                .map(ForeignAnswer::WorkOs)
        }
    }
}

/// The same about a personal access token.
pub async fn look_up_token(
    question: &TokenLookUp,
    app: Option<String>,
    now: u64,
) -> Result<Option<StoredToken>, types::Error> {
    let found = access_tokens::resume(
        types::Place::from(&question.place),
        question.digest.to_vec(),
        question.audience.clone(),
        app,
        now,
    );
    Ok(found.await?.map(Into::into))
}
