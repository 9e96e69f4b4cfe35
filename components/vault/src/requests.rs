//! A person is asked for a secret: by a link that is good once.

use gatelet_ports::store::types::Error;
use gatelet_ports::store::vault::{self as store, Request as Kept};
use gatelet_secrets::{Code, ENTRY_SECONDS, LinkToken, SecretName, SecretValue, VaultError};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::user_id::UserId;
use gatelet_wasi::random;

use crate::bindings::exports::gatelet::vault::tools::{
    Entry, EntryLink, Request, RequestState, Stored,
};
use crate::caller::Caller;
use crate::secrets::{self, Prepared};
use crate::stored::{retried, said};

/// Those that are listed: made within a day.
const LISTED_SECONDS: u64 = 86_400;
/// No id of ours is longer: a UUID.
const ID_MAX_BYTES: usize = 36;

pub(crate) async fn ask(caller: &Caller, name: &str, now: u64) -> Result<EntryLink, VaultError> {
    let name = SecretName::parse(name)?;
    let token = LinkToken::from_random(random::bytes());
    let request = Kept {
        id: UserId::from_random(random::bytes()).as_str().to_owned(),
        name: name.as_str().to_owned(),
        created_at: now,
        expires_at: now + ENTRY_SECONDS,
        created_by: caller.by(),
        fulfilled_at: None,
    };
    let link = EntryLink {
        request_id: request.id.clone(),
        token: token.expose().to_owned(),
        expires_at: request.expires_at,
    };
    let added = store::add_request(caller.org(), request, token.digest().to_vec()).await;
    added.map_err(said)?;
    caller
        .record(Act::SecretRequested, name.as_str(), now)
        .await;
    Ok(link)
}

fn state(request: &Kept, now: u64) -> RequestState {
    match request.fulfilled_at {
        Some(_) => RequestState::Fulfilled,
        None if request.expires_at <= now => RequestState::Expired,
        None => RequestState::Pending,
    }
}

pub(crate) async fn status(
    caller: &Caller,
    id: String,
    now: u64,
) -> Result<RequestState, VaultError> {
    let is_id = (1..=ID_MAX_BYTES).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_id {
        return Ok(RequestState::NotFound);
    }
    let found = store::find_request(caller.org(), id).await.map_err(said)?;
    Ok(found.map_or(RequestState::NotFound, |request| state(&request, now)))
}

pub(crate) async fn list(caller: &Caller, now: u64) -> Result<Vec<Request>, VaultError> {
    let after = now.saturating_sub(LISTED_SECONDS);
    let found = store::list_requests(caller.org(), after).await;
    let shown = |request: Kept| Request {
        state: state(&request, now),
        request_id: request.id,
        name: request.name,
        created_at: request.created_at,
        expires_at: request.expires_at,
        created_by: request.created_by,
    };
    Ok(found.map_err(said)?.into_iter().map(shown).collect())
}

/// What is said to whoever has a link that is good for nothing.
fn refused(why: &str) -> VaultError {
    VaultError::new(Code::NotFound, why)
}

/// The request of a link that is good.
async fn pending(
    caller: &Caller,
    token: &LinkToken,
    now: u64,
) -> Result<(Kept, SecretName), VaultError> {
    let found = store::find_request_by_token(caller.org(), token.digest().to_vec()).await;
    let request = found.map_err(said)?;
    let request = request.ok_or_else(|| refused("there is no such link"))?;
    match state(&request, now) {
        RequestState::Pending => {
            let name = SecretName::parse(&request.name).map_err(|_| VaultError::internal())?;
            Ok((request, name))
        }
        RequestState::Fulfilled => Err(refused("this link was used already: ask for another")),
        RequestState::Expired | RequestState::NotFound => {
            Err(refused("the time of this link is over: ask for another"))
        }
    }
}

fn token(text: &str) -> Result<LinkToken, VaultError> {
    LinkToken::parse(text).ok_or_else(|| refused("there is no such link"))
}

pub(crate) async fn find(caller: &Caller, text: &str, now: u64) -> Result<Entry, VaultError> {
    let (request, name) = pending(caller, &token(text)?, now).await?;
    let names = vec![request.name.clone()];
    let found = store::find_secrets(caller.org(), names).await;
    let found = found.map_err(said)?.into_iter().next();
    Ok(Entry {
        name: request.name,
        expires_at: request.expires_at,
        rotates: found.is_some_and(|found| found.sealed.is_some()),
        used_by: secrets::used_by(caller, &name).await?,
    })
}

pub(crate) async fn enter(
    caller: &Caller,
    text: &str,
    value: String,
    now: u64,
) -> Result<Stored, VaultError> {
    // A value that will not do leaves the link as it is.
    let value = SecretValue::parse(value)?;
    let entered = retried(async || {
        let token = token(text)?;
        let (_, name) = pending(caller, &token, now).await?;
        let Prepared { secret, rotates } = secrets::prepared(caller, &name, &value).await?;
        let kept = store::fulfil(token.digest().to_vec(), secret, now).await;
        match kept {
            Ok(()) => Ok((name, rotates)),
            // The link or the secret: looking again tells which.
            Err(Error::Conflict) => Err(VaultError::conflict()),
            Err(error) => Err(said(error)),
        }
    });
    match entered.await {
        Ok((name, rotated)) => Ok(secrets::entered(caller, &name, rotated, now).await),
        Err(error) => {
            caller
                .record(Act::SecretEntryRefused, error.code.as_str(), now)
                .await;
            Err(error)
        }
    }
}
