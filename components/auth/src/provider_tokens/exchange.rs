//! What takes the place of an access token that runs out? A refresh token may be good once,
//! so one caller exchanges it; others use the old access token, or wait where that is over.

use gatelet_core::error::{Code, StoreError};
use gatelet_ports::store::audit::Actor;
use gatelet_ports::store::provider_tokens::{self, Kept};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::provider::Provider;
use gatelet_sign_in::provider_tokens::{ProviderTokens, Refreshed};
use gatelet_sign_in::token::TokenRequest;
use gatelet_wasi::clock;
use gatelet_web::audit::{self, Whence};
use gatelet_web::log;

use super::letting_go::told;
use super::{Row, TRIES};
use crate::renewal::{RENEWED_SECONDS, Renewal, Turn};
use crate::{exchange, issuer};

/// What came of an exchange is in the account's row; whoever asks reads it there.
const RENEWED: &str = "renewed";

/// What comes of it.
pub(super) enum Exchanged {
    /// New ones; or the old ones, while another caller is at it.
    Tokens(Box<ProviderTokens>),
    /// Others are in the row by now.
    Again,
    /// The provider takes the refresh token no more.
    Ended,
    /// Nobody can say.
    Unavailable,
}

/// Exchanges the refresh token of these, or has another caller do it.
pub(super) async fn exchanged(
    row: &Row<'_>,
    provider: &Provider,
    kept: &Kept,
    tokens: &ProviderTokens,
) -> Result<Exchanged, Code> {
    let Some(digest) = tokens.refresh_digest() else {
        return Ok(Exchanged::Unavailable);
    };
    let issuer = provider.account_issuer();
    let renewal = Renewal {
        digest,
        with: &issuer,
    };
    if renewal.is_away() {
        return Ok(Exchanged::Unavailable);
    }
    // Where it is, is found out before the time for it runs.
    let reached = match issuer::reach(provider, clock::unix_seconds()).await {
        Ok(reached) => reached,
        Err(refusal) => {
            renewal.keep_away();
            log::error(refusal.code.as_str(), &refusal.detail);
            return Ok(Exchanged::Unavailable);
        }
    };
    let old = || Exchanged::Tokens(Box::new(tokens.clone()));
    match renewal.turn(|now| tokens.is_good(now)).await? {
        Turn::Yours => {}
        Turn::Another => return Ok(old()),
        // The provider gives one out again until it is over, or what was given instead is
        // not in the row yet.
        Turn::Renewed(_) if tokens.is_good(clock::unix_seconds()) && has(row, kept).await? => {
            return Ok(old());
        }
        Turn::Renewed(_) => return Ok(Exchanged::Again),
        Turn::Ended => return Ok(Exchanged::Ended),
        Turn::Away => return Ok(Exchanged::Unavailable),
    }
    // What was read before may be spent by now: whoever spent it could not say so.
    if !has(row, kept).await? {
        renewal.release().await;
        return Ok(Exchanged::Again);
    }
    let refresh_token = tokens.refresh_token.as_ref().ok_or(Code::Internal)?;
    let now = clock::unix_seconds();
    let request = TokenRequest::refresh(provider, reached.endpoints(), refresh_token, now);
    let refreshed = match exchange::post(request).await {
        Ok(answer) => Refreshed::judge(
            provider,
            tokens,
            answer.status,
            &answer.content_type,
            &answer.body,
            clock::unix_seconds(),
        ),
        Err(refusal) => Refreshed::Unavailable(refusal),
    };
    settled(row, kept, provider, &renewal, refreshed).await
}

/// Whether the row has what was read before.
async fn has(row: &Row<'_>, kept: &Kept) -> Result<bool, Code> {
    Ok(row.read().await?.as_deref() == Some(&kept.sealed[..]))
}

/// Keeps what came of it, and tells those who wait.
async fn settled(
    row: &Row<'_>,
    kept: &Kept,
    provider: &Provider,
    renewal: &Renewal<'_>,
    refreshed: Refreshed,
) -> Result<Exchanged, Code> {
    let (now, digest) = (clock::unix_seconds(), renewal.digest);
    match refreshed {
        Refreshed::Renewed(tokens) => {
            let replaced = replace(row, kept, digest, &tokens).await;
            // One that stays is wanted again before long.
            let stays = tokens.refresh_digest() == Some(digest);
            let due = tokens.due_at().filter(|_| stays);
            let until = due.map_or(now + RENEWED_SECONDS, |due| {
                due.clamp(now + 1, now + RENEWED_SECONDS)
            });
            renewal.renewed(RENEWED, until).await;
            match replaced {
                Ok(Replaced::Yes) => {}
                // Whoever let the account go gave back the ones before.
                Ok(Replaced::LetGo) => {
                    told(provider, &tokens).await;
                    return Ok(Exchanged::Again);
                }
                // Given back, they would be the end of the others at some providers.
                Ok(Replaced::Others) => return Ok(Exchanged::Again),
                // They are good all the same, and the ones before are not any more.
                Err(code) => log::error("provider_tokens.not_kept", code.as_str()),
            }
            Ok(Exchanged::Tokens(tokens))
        }
        Refreshed::Ended => {
            let ended = end(row, kept, digest).await?;
            let _logged = renewal.ended().await;
            if ended {
                let provider = &kept.identity.provider;
                let event = Event::of(Act::ProviderTokensEnded, &kept.user_id).about(provider);
                log::note(event.act.as_str(), &event.detail());
                let whence = Whence {
                    actor: Actor::Visitor,
                    origin: row.site.base_url().as_str().to_owned(),
                    address: None,
                    user_agent: String::new(),
                    now,
                };
                let place = row.site.origin.place().into();
                audit::keep(place, vec![whence.row(&event)]).await;
                return Ok(Exchanged::Ended);
            }
            Ok(Exchanged::Again)
        }
        Refreshed::Unavailable(refusal) => {
            log::error(
                refusal.code.as_str(),
                &format!("{}: {}", provider.id, refusal.detail),
            );
            renewal.keep_away();
            renewal.release().await;
            Ok(Exchanged::Unavailable)
        }
    }
}

/// What became of the row of those that were exchanged.
enum Replaced {
    Yes,
    /// A sign-in has put others there: nobody needs these.
    Others,
    /// Nothing is there: nobody is to have these.
    LetGo,
}

/// Puts new ones in the place of those that were exchanged; also where a sign-in, at which
/// the provider gave no other refresh token, has carried that one over meanwhile.
async fn replace(
    row: &Row<'_>,
    kept: &Kept,
    digest: [u8; 32],
    tokens: &ProviderTokens,
) -> Result<Replaced, Code> {
    let mut before = kept.sealed.clone();
    for _ in 0..TRIES {
        // What the store could not say once it may say a moment later: the ones before are
        // spent, and these are all there is.
        match row.write(tokens, Some(before.clone())).await {
            Ok(true) => return Ok(Replaced::Yes),
            Ok(false) => {}
            Err(code) => log::note("provider_tokens.tried_again", code.as_str()),
        }
        match row.read().await {
            Ok(Some(sealed)) => match row.open(&sealed) {
                Some(found) if found == *tokens => return Ok(Replaced::Yes),
                Some(found) if found.refresh_digest() == Some(digest) => before = sealed,
                _ => return Ok(Replaced::Others),
            },
            Ok(None) => return Ok(Replaced::LetGo),
            Err(code) => log::note("provider_tokens.tried_again", code.as_str()),
        }
    }
    Err(Code::StoreConflict)
}

/// Drops those that are void, and ends what came through the account. False where others
/// are there by now.
async fn end(row: &Row<'_>, kept: &Kept, digest: [u8; 32]) -> Result<bool, Code> {
    let account = &kept.identity;
    let mut before = kept.sealed.clone();
    for _ in 0..TRIES {
        let place = row.site.origin.place().into();
        let (issuer, subject) = (account.issuer.clone(), account.subject.clone());
        let ended = provider_tokens::end(place, issuer, subject, before).await;
        if ended.map_err(StoreError::from)? {
            return Ok(true);
        }
        match carried_over(row, digest).await? {
            Some(sealed) => before = sealed,
            None => return Ok(false),
        }
    }
    Err(Code::StoreConflict)
}

/// What is in the row, where it has this very refresh token.
async fn carried_over(row: &Row<'_>, digest: [u8; 32]) -> Result<Option<Vec<u8>>, Code> {
    let sealed = row.read().await?;
    let has_it = |sealed: &Vec<u8>| {
        let opened = row.open(sealed);
        opened.and_then(|tokens| tokens.refresh_digest()) == Some(digest)
    };
    Ok(sealed.filter(has_it))
}
