//! A callback that is another origin's: the provider knows our redirect URI, and the
//! answer goes on to where the sign-in began. No cookie, no database, no provider.

use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use gatelet_core::error::Code;
use gatelet_sign_in::callback::AuthorizationResponse;
use gatelet_sign_in::provider::ProviderId;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::relay::RelayState;
use gatelet_web::{Answer, see_other};
use http::HeaderValue;
use http::header::REFERRER_POLICY;

/// Sends an answer on where its `state` is a relay's; None where it is our own.
/// `user` comes with a `form_post` of Apple's.
pub(crate) fn pass_on(
    visit: &Visit<'_>,
    provider: &str,
    response: &AuthorizationResponse,
    user: Option<&str>,
) -> Option<Result<Answer, Failure>> {
    let state = RelayState::of(response, visit.arrival.keys)?;
    let unsettled = state
        .as_ref()
        .is_ok_and(|state| visit.is_unsettled(state.target()));
    let location = state.and_then(|state| {
        let provider = ProviderId::parse(provider).ok_or(RefusalCode::ProviderUnknown)?;
        let served = visit.served(state.target());
        let passage =
            visit
                .site
                .let_pass(state, &provider, served.as_deref(), visit.arrival.now)?;
        passage.location(
            response,
            user,
            visit.arrival.keys,
            &gatelet_wasi::random::bytes(),
        )
    });
    Some(location.map(|location| sent_on(&location)).map_err(
        |refusal: Refusal| match refusal.code {
            // Not gone: nothing was sent or used up, and reloaded later it goes on.
            RefusalCode::RelayTargetUnknown if unsettled => {
                Problem::denied(Code::StoreUnavailable).into()
            }
            _ => visit.refused(refusal).into(),
        },
    ))
}

/// The address that it came to has the code in the clear: it stays here.
pub(crate) fn sent_on(location: &str) -> Answer {
    let mut answer = see_other(location);
    answer
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}
