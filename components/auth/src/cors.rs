//! Which other pages may read an answer? Those of listed apps that share this site's
//! login, may read `/auth/check`, and nobody anything else (Fetch §3.2).

use crate::routes::Route;
use crate::visit::Visit;
use gatelet_sign_in::apps::parse_origin;
use gatelet_web::{Answer, no_content, with};
use http::HeaderValue;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, VARY,
};

/// How long a browser may remember a preflight's answer: as long as it may take an
/// app to be taken off the list.
const PREFLIGHT_SECONDS: &str = "60";

/// The answer to a preflight: without the fields that a listed app gets, a browser
/// takes it for a no.
pub(crate) fn preflight(visit: &Visit<'_>) -> Answer {
    let answer = no_content();
    match allowed(visit) {
        None => answer,
        Some(_) => with(
            with(
                answer,
                ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET"),
            ),
            ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(PREFLIGHT_SECONDS),
        ),
    }
}

/// The answer with the fields by which a listed app's page may read it, whatever
/// it says: a refusal too is for the app.
pub(crate) fn shared(visit: &Visit<'_>, answer: Answer) -> Answer {
    if Route::of(visit.arrival.head.path()) != Route::Check {
        return answer;
    }
    let answer = with(answer, VARY, HeaderValue::from_static("Origin"));
    match allowed(visit) {
        None => answer,
        Some(origin) => with(
            with(answer, ACCESS_CONTROL_ALLOW_ORIGIN, origin),
            ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        ),
    }
}

/// The `Origin` of a page that may read the answer.
fn allowed(visit: &Visit<'_>) -> Option<HeaderValue> {
    // POST has no business here, and gets its refusal unread.
    if !["GET", "HEAD", "OPTIONS"].contains(&visit.arrival.head.method()) {
        return None;
    }
    let origin = parse_origin(visit.arrival.head.field("origin")?)?;
    visit.is_app(&origin).then_some(())?;
    HeaderValue::from_str(origin.as_str()).ok()
}
