//! Where did the sign-in lead whose callback, or whose link out of a letter, comes again? Back,
//! reload and a second click ask for it once more, after it is used up; whoever is signed in is
//! sent on, and not told that something went wrong.

use crate::visit::{Failure, Visit};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::cookie::CookieAge;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::attempt::{ATTEMPT_SECONDS, landed_at, seal_landed};
use gatelet_sign_in::callback::AuthorizationResponse;
use gatelet_sign_in::link_token::LinkToken;
use gatelet_sign_in::mailed::Link;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_web::{Current, current};

const COOKIE: &str = "landed";

/// The cookie that remembers it for as long as an attempt lasts.
pub(crate) fn remember(visit: &Visit<'_>, state: &str, return_to: &ReturnTarget) -> String {
    remembered(visit, state, return_to, ATTEMPT_SECONDS)
}

/// The same of a link, for as long as it was good.
pub(crate) fn remember_link(visit: &Visit<'_>, link: &Link, return_to: &ReturnTarget) -> String {
    let state = state_of_link(&link.token_digest);
    remembered(visit, &state, return_to, link.purpose.lifetime_seconds())
}

fn remembered(visit: &Visit<'_>, state: &str, return_to: &ReturnTarget, seconds: u64) -> String {
    let value = seal_landed(state, return_to, visit.arrival.keys);
    let age = CookieAge::Seconds(seconds);
    visit.arrival.set_own_cookie(COOKIE, &value, age)
}

/// No provider is sent such a state.
fn state_of_link(token_digest: &[u8; 32]) -> String {
    format!("link:{}", URL_SAFE_NO_PAD.encode(token_digest))
}

/// Where the link with this token has led this browser, where somebody is signed in there.
pub(crate) async fn link_again(visit: &Visit<'_>, token: &LinkToken) -> Option<ReturnTarget> {
    let led_to = led_to(visit, &state_of_link(&token.digest()))?;
    is_signed_in(visit).await.then_some(led_to)
}

/// Where a callback of no attempt leads that this browser has.
pub(crate) async fn again(
    visit: &Visit<'_>,
    response: &AuthorizationResponse,
    refusal: Refusal,
) -> Result<ReturnTarget, Failure> {
    let is_late = matches!(
        refusal.code,
        RefusalCode::StateMissing | RefusalCode::StateMismatch | RefusalCode::AttemptExpired
    );
    if is_late && is_signed_in(visit).await {
        let state = response.state().unwrap_or_default();
        return Ok(led_to(visit, state).unwrap_or_default());
    }
    Err(visit.refused(refusal).into())
}

/// Whether this browser has a live session. Where nobody can say, the refusal stands.
pub(crate) async fn is_signed_in(visit: &Visit<'_>) -> bool {
    matches!(current(&visit.arrival).await, Ok(Current::Live(..)))
}

/// Judged anew: an app elsewhere may have left the list meanwhile.
fn led_to(visit: &Visit<'_>, state: &str) -> Option<ReturnTarget> {
    let mut values = visit.arrival.own_cookies(COOKIE);
    let remembered = values.find_map(|value| landed_at(value, state, visit.arrival.keys));
    Some(visit.return_to(&remembered?))
}
