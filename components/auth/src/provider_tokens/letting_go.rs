//! What becomes of tokens when nobody may use them any more? They go from the account, and
//! the provider is told so, after the answer: it may take its time.

use std::rc::Rc;

use gatelet_core::secret::Secret;
use gatelet_ports::store::provider_tokens;
use gatelet_ports::store::types::Identity;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::provider::{KeepsTokens, Provider};
use gatelet_sign_in::provider_tokens::ProviderTokens;
use gatelet_sign_in::token::TokenRequest;
use gatelet_wasi::clock;
use gatelet_web::log;
use wasip3::wit_bindgen;

use super::Row;
use crate::visit::Visit;
use crate::{exchange, issuer};

/// How long a provider may take to hear of a token, in seconds.
const REVOCATION_SECONDS: u64 = 5;

/// Tokens of an account that is about to go.
pub(crate) struct OfWay {
    account: Identity,
    tokens: Option<ProviderTokens>,
}

/// After a session of this user's has ended: where it was the last, tokens go.
pub(crate) async fn let_go(visit: &Visit<'_>, user_id: &str) {
    if !keeps_any(visit) {
        return;
    }
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    // The store has logged why not; they are sealed, and no session is there to use them.
    let taken = provider_tokens::take_unused(place, user_id.to_owned(), now).await;
    for kept in taken.unwrap_or_default() {
        let tokens = row(visit, &kept.identity).open(&kept.sealed);
        revoke(
            visit,
            user_id,
            OfWay {
                account: kept.identity,
                tokens,
            },
        );
    }
}

/// What is kept for an account, before it goes.
pub(crate) async fn of_way(
    visit: &Visit<'_>,
    issuer: &str,
    subject: &str,
    provider: &str,
) -> OfWay {
    let account = Identity {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        provider: provider.to_owned(),
    };
    let tokens = match keeps_any(visit) {
        true => {
            let row = row(visit, &account);
            let sealed = row.read().await.ok().flatten();
            sealed.and_then(|sealed| row.open(&sealed))
        }
        false => None,
    };
    OfWay { account, tokens }
}

/// Tells the provider that these are good for nothing any more.
pub(crate) fn revoke(visit: &Visit<'_>, user_id: &str, way: OfWay) {
    let OfWay { account, tokens } = way;
    let provider = visit.providers().get(&account.provider);
    let Some((tokens, provider)) = tokens.zip(provider) else {
        return;
    };
    if !tokens.is_of(provider) {
        return;
    }
    visit.record(Event::of(Act::ProviderTokensRevoked, user_id).about(provider.id.as_str()));
    let (provider, setup) = (provider.clone(), Rc::clone(visit.setup));
    wit_bindgen::spawn(async move {
        told(&provider, &tokens).await;
        // It holds the settings of the request for as long as they are needed.
        drop(setup);
    });
}

/// The refresh token first: with it many providers let the access token go too (RFC 7009
/// §2.1), and the rest are told of that one.
pub(super) async fn told(provider: &Provider, tokens: &ProviderTokens) {
    let now = clock::unix_seconds();
    let reached = match issuer::reach(provider, now).await {
        Ok(reached) => reached,
        Err(refusal) => return log::note(refusal.code.as_str(), &refusal.detail),
    };
    let refresh = tokens.refresh_token.as_ref();
    let refresh = refresh.map(|token| (token, "refresh_token"));
    let both: [Option<(&Secret, &'static str)>; 2] =
        [refresh, Some((&tokens.access_token, "access_token"))];
    for (token, kind) in both.into_iter().flatten() {
        let endpoints = reached.endpoints();
        let request = TokenRequest::revocation(provider, endpoints, token, kind, now);
        let Some(request) = request else {
            let detail = format!("{}: it has no endpoint for that", provider.id);
            return log::note("provider_tokens.not_revoked", &detail);
        };
        let refused = match exchange::post_within(request, REVOCATION_SECONDS).await {
            Ok(answer) if answer.status == 200 => continue,
            Ok(answer) => format!("{}: answered {}", provider.id, answer.status),
            Err(refusal) => format!("{}: {}", provider.id, refusal.detail),
        };
        log::note("provider_tokens.not_revoked", &format!("{refused}, {kind}"));
    }
}

fn keeps_any(visit: &Visit<'_>) -> bool {
    let mut providers = visit.providers().iter();
    providers.any(|provider| provider.keeps_tokens != KeepsTokens::No)
}

fn row<'a>(visit: &'a Visit<'_>, account: &'a Identity) -> Row<'a> {
    Row {
        site: visit.site,
        keys: visit.arrival.keys,
        account,
    }
}
