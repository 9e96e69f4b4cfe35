//! Where are a provider's endpoints and what are its keys? Fetched when they are
//! needed and kept for a while, each under whose they are: an issuer's metadata
//! under the issuer, a key set under its address. The caches are an instance's
//! own and hold nothing of any request.

use crate::away::{self, Waiting};
use crate::outbound::{self, ProviderAnswer};
use gatelet_sign_in::authorization::Endpoints;
use gatelet_sign_in::discovery::{DISCOVERY_MAX_AGE_SECONDS, ProviderMetadata};
use gatelet_sign_in::endpoint::EndpointUrl;
use gatelet_sign_in::jwks::{CachedKeySet, KeySet};
use gatelet_sign_in::provider::{OpenIdConnect, Provider, ProviderKind};
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What discovery says, judged by what is configured: two origins may hold one issuer to
/// different hosts and algorithms.
static METADATA: Mutex<Vec<(OpenIdConnect, ProviderMetadata, u64)>> = Mutex::new(Vec::new());
/// Origins come and go, and with them what is configured.
const METADATA_MAX: usize = 64;
/// Key sets under their addresses.
static KEYS: Mutex<BTreeMap<String, Kept>> = Mutex::new(BTreeMap::new());
/// A provider that moves its keys about must not fill the memory.
const KEY_SETS_MAX: usize = 64;

/// Fetches in a row within the interval that unknown keys may cause: a provider
/// that rotates right after a fetch must not lock people out.
const EARLY_FETCHES_MAX: u8 = 3;

/// A key set, and how often in a row it was fetched early.
struct Kept {
    set: CachedKeySet,
    early: u8,
}

/// Where a provider is reached.
pub(crate) enum Reached {
    /// An OpenID Connect issuer.
    OpenIdConnect(Box<ProviderMetadata>),
    /// GitHub.
    GitHub(Endpoints),
}

impl Reached {
    /// The endpoints that every kind has.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        match self {
            Self::OpenIdConnect(metadata) => &metadata.endpoints,
            Self::GitHub(endpoints) => endpoints,
        }
    }
}

/// What becomes of who would wait for a provider that does not answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenAway {
    /// They wait: somebody signs in, and it may have come back.
    Wait,
    /// They are refused at once: anybody may ask, and each would hold a place.
    FailFast,
}

/// Finds out where a provider is reached; asks it at most once an hour.
pub(crate) async fn reach(provider: &Provider, now: u64) -> Result<Reached, Refusal> {
    reach_or(provider, WhenAway::Wait, now).await
}

/// The same where it may be away.
pub(crate) async fn reach_or(
    provider: &Provider,
    when_away: WhenAway,
    now: u64,
) -> Result<Reached, Refusal> {
    let oidc = match &provider.kind {
        ProviderKind::GitHub(github) => return Ok(Reached::GitHub(github.endpoints())),
        ProviderKind::OpenIdConnect(oidc) => oidc,
    };
    let is_fresh = |fetched: u64| now.saturating_sub(fetched) < DISCOVERY_MAX_AGE_SECONDS;
    let known = locked(&METADATA)
        .iter()
        .find(|(configured, _, fetched)| *configured == **oidc && is_fresh(*fetched))
        .map(|(_, metadata, _)| metadata.clone());
    if let Some(metadata) = known {
        return Ok(Reached::OpenIdConnect(Box::new(metadata)));
    }
    let answer = fetched(&oidc.discovery_url(), "application/json", when_away).await?;
    let metadata =
        ProviderMetadata::judge(oidc, answer.status, &answer.content_type, &answer.body)?;
    let mut kept = locked(&METADATA);
    kept.retain(|(configured, _, fetched)| *configured != **oidc && is_fresh(*fetched));
    if kept.len() >= METADATA_MAX {
        kept.clear();
    }
    kept.push(((**oidc).clone(), metadata.clone(), now));
    Ok(Reached::OpenIdConnect(Box::new(metadata)))
}

/// What is judged by the keys at this address; once more by newer ones, where old ones may be
/// why it does not hold, as after a rotation. The outer error is one of the keys themselves.
pub(crate) async fn judged_by_keys<T>(
    jwks_uri: &EndpointUrl,
    now: u64,
    judge: impl Fn(&KeySet) -> Result<T, Refusal>,
) -> Result<Result<T, Refusal>, Refusal> {
    judged_by_keys_or(jwks_uri, WhenAway::Wait, now, judge).await
}

/// The same where it may be away.
pub(crate) async fn judged_by_keys_or<T>(
    jwks_uri: &EndpointUrl,
    when_away: WhenAway,
    now: u64,
    judge: impl Fn(&KeySet) -> Result<T, Refusal>,
) -> Result<Result<T, Refusal>, Refusal> {
    let current = keys(jwks_uri, Need::Current, when_away, now).await?;
    match judge(&current.unwrap_or_default()) {
        Err(refusal) if refusal.code.may_be_old_keys() => {
            match keys(jwks_uri, Need::Newer, when_away, now).await? {
                Some(newer) => Ok(judge(&newer)),
                None => Ok(Err(refusal)),
            }
        }
        judged => Ok(judged),
    }
}

/// Which key set will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Any set that is not too old will do.
    Current,
    /// The one at hand lacks the key, or has an old one of its name: another fetch, unless
    /// there was one just now.
    Newer,
}

/// The key set at this address. None when a newer one is needed and it is too
/// early to ask again.
async fn keys(
    jwks_uri: &EndpointUrl,
    need: Need,
    when_away: WhenAway,
    now: u64,
) -> Result<Option<KeySet>, Refusal> {
    let mut early = 0;
    if let Some(kept) = locked(&KEYS).get(jwks_uri.as_str()) {
        match need {
            Need::Current if !kept.set.is_stale(now) => return Ok(Some(kept.set.keys.clone())),
            Need::Newer if !kept.set.may_refetch(now) => {
                if kept.early == EARLY_FETCHES_MAX {
                    return Ok(None);
                }
                early = kept.early + 1;
            }
            Need::Current | Need::Newer => {}
        }
    }
    let accept = "application/jwk-set+json, application/json";
    let answer = fetched(jwks_uri, accept, when_away).await?;
    let keys = KeySet::judge(answer.status, &answer.body)?;
    let mut sets = locked(&KEYS);
    if sets.len() >= KEY_SETS_MAX {
        sets.clear();
    }
    let set = CachedKeySet {
        keys: keys.clone(),
        fetched: now,
    };
    sets.insert(jwks_uri.as_str().to_owned(), Kept { set, early });
    Ok(Some(keys))
}

/// What a provider has published there. Whether it answers is known for a while.
async fn fetched(
    url: &EndpointUrl,
    accept: &str,
    when_away: WhenAway,
) -> Result<ProviderAnswer, Refusal> {
    if when_away == WhenAway::FailFast && away::is_away(url.as_str()) {
        let detail = format!("{url}: others wait for it, or it failed a moment ago");
        return Err(Refusal::new(RefusalCode::ProviderUnreachable, detail));
    }
    let waiting = Waiting::begin(url.as_str());
    let answer = get(url, &[("accept", accept)]).await;
    waiting.end(answer.as_ref().is_ok_and(|answer| answer.status == 200));
    answer
}

/// One GET to a provider.
pub(crate) async fn get(
    url: &EndpointUrl,
    fields: &[(&str, &str)],
) -> Result<ProviderAnswer, Refusal> {
    let mut request = http::Request::get(url.as_str());
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    ask(url, request.body(Vec::new())).await
}

async fn ask(
    url: &EndpointUrl,
    request: http::Result<http::Request<Vec<u8>>>,
) -> Result<ProviderAnswer, Refusal> {
    ask_within(url, request, outbound::TOTAL_SECONDS).await
}

/// One request to a provider, which has so long for all of its answer.
pub(crate) async fn ask_within(
    url: &EndpointUrl,
    request: http::Result<http::Request<Vec<u8>>>,
    seconds: u64,
) -> Result<ProviderAnswer, Refusal> {
    let unreachable = |detail: &dyn std::fmt::Display| {
        Refusal::new(RefusalCode::ProviderUnreachable, format!("{url}: {detail}"))
    };
    let request = request.map_err(|error| unreachable(&error))?;
    outbound::send_within(request, seconds)
        .await
        .map_err(|error| unreachable(&error))
}

/// A panic while it was held cannot leave half an entry.
fn locked<T>(cache: &Mutex<T>) -> MutexGuard<'_, T> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}
