//! Where did the sign-in lead whose callback comes again? Back and reload ask for it
//! once more, after its attempt is used up; whoever is signed in is sent on, and not
//! told that something went wrong.

use crate::visit::{Failure, Visit};
use gatelet_core::cookie::CookieAge;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::attempt::{ATTEMPT_SECONDS, landed_at, seal_landed};
use gatelet_sign_in::callback::AuthorizationResponse;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_web::{Current, current};

const COOKIE: &str = "landed";

/// The cookie that remembers it for as long as an attempt lasts.
pub(crate) fn remember(visit: &Visit<'_>, state: &str, return_to: &ReturnTarget) -> String {
    let value = seal_landed(state, return_to, visit.arrival.keys);
    let age = CookieAge::Seconds(ATTEMPT_SECONDS);
    visit.arrival.set_own_cookie(COOKIE, &value, age)
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
        return Ok(led_to(visit, response));
    }
    Err(visit.refused(refusal).into())
}

/// Whether this browser has a live session. Where nobody can say, the refusal stands.
pub(crate) async fn is_signed_in(visit: &Visit<'_>) -> bool {
    matches!(current(&visit.arrival).await, Ok(Current::Live(..)))
}

/// Judged anew: an app elsewhere may have left the list meanwhile.
fn led_to(visit: &Visit<'_>, response: &AuthorizationResponse) -> ReturnTarget {
    let state = response.state().unwrap_or_default();
    let mut values = visit.arrival.own_cookies(COOKIE);
    let remembered = values.find_map(|value| landed_at(value, state, visit.arrival.keys));
    visit.return_to(&remembered.unwrap_or_default())
}
