//! May this request pass, where the head alone does not settle it? At most one call
//! of the store, and one of `auth` where the app gets a provider's access token.

use std::sync::{Mutex, PoisonError};

use gatelet_core::backend::ForeignAnswer;
use gatelet_core::credential::Usage;
use gatelet_core::error::StoreError;
use gatelet_core::inquiry::{
    Finding, ForeignInquiry, Inquiry, SessionFinding, SessionInquiry, TokenInquiry,
};
use gatelet_core::session::{Resumed, StoredToken};
use gatelet_core::settings::GateSettings;
use gatelet_core::{Head, Verdict, question};

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
    let question = question(head, settings, now);
    let answer = match question.inquiry(usage) {
        Some(inquiry) => answer(inquiry, now, tell).await,
        None => Finding::Nothing,
    };
    question.answered(answer, head, settings, now)
}

/// Asks whoever knows, at `now` in Unix seconds.
pub async fn answer(inquiry: Inquiry, now: u64, tell: fn(String)) -> Finding {
    match inquiry {
        Inquiry::Problem(line) => {
            tell(line);
            Finding::Nothing
        }
        Inquiry::Ready => Finding::Ready(ready(now).await.map_err(Into::into)),
        Inquiry::Session(asked) => Finding::Session(session(asked, now).await),
        Inquiry::Token(asked) => {
            Finding::Token(look_up_token(asked, now).await.map_err(Into::into))
        }
        Inquiry::Foreign(asked) => Finding::Foreign(look_up_foreign(asked).await),
    }
}

/// The session, and the access token that goes with it where one is wanted.
async fn session(
    mut asked: SessionInquiry,
    now: u64,
) -> Result<Option<SessionFinding>, StoreError> {
    let wanted = asked.wanted.take();
    let Some(resumed) = look_up(asked, now).await? else {
        return Ok(None);
    };
    let handed = match wanted.filter(|_| resumed.granted != Some(false)) {
        Some(wanted) => Some(sealed::handed_token(&wanted).await),
        None => None,
    };
    Ok(Some(SessionFinding { resumed, handed }))
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

/// Asks the store about a session, at `now` in Unix seconds.
///
/// # Errors
/// The store's.
pub async fn look_up(asked: SessionInquiry, now: u64) -> Result<Option<Resumed>, types::Error> {
    let SessionInquiry {
        place,
        token_digest,
        audience,
        app,
        idle_expires_at,
        wanted: _,
    } = asked;
    let (place, digest) = (types::Place::from(&place), token_digest.to_vec());
    let found = sessions::resume(place, digest, audience, app, now, idle_expires_at);
    Ok(found.await?.map(Into::into))
}

/// Asks about sessions that another program keeps.
///
/// # Errors
/// Where nobody can say.
pub async fn look_up_foreign(asked: ForeignInquiry) -> Result<ForeignAnswer, StoreError> {
    match asked {
        ForeignInquiry::BetterAuth(tokens) => {
            let found = better_auth::find(tokens).await.map_err(StoreError::from)?;
            let found = found.into_iter().map(Into::into).collect();
            Ok(ForeignAnswer::BetterAuth(found))
        }
        ForeignInquiry::WorkOs {
            seals,
            may_exchange,
        } => sealed::ask(&seals, may_exchange)
            .await
            .map(ForeignAnswer::WorkOs),
    }
}

/// Asks the store about a personal access token, at `now` in Unix seconds.
///
/// # Errors
/// The store's.
pub async fn look_up_token(
    asked: TokenInquiry,
    now: u64,
) -> Result<Option<StoredToken>, types::Error> {
    let TokenInquiry {
        place,
        digest,
        audience,
        app,
    } = asked;
    let (place, digest) = (types::Place::from(&place), digest.to_vec());
    let found = access_tokens::resume(place, digest, audience, app, now);
    Ok(found.await?.map(Into::into))
}
