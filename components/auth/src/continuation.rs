//! `/auth/continue`: where a form that signed somebody in leads, and from there on
//! to the app.
//!
//! Chromium holds every redirect that follows a form to `form-action`. An app whose
//! first page redirects to another origin would be out of reach by a form, and the
//! sign-in page would seem to do nothing. A page in between ends the form; what it
//! sends the browser to is a visit of its own.

use crate::leaving;
use crate::pages::ContinuePage;
use crate::visit::Visit;
use gatelet_core::return_target::ReturnTarget;
use gatelet_web::{Answer, page, see_other, with, with_return_to};
use http::{HeaderName, HeaderValue, StatusCode};

/// From a form: by way of the page.
pub(crate) fn after_form(return_to: &ReturnTarget) -> Answer {
    see_other(&with_return_to("/auth/continue", return_to))
}

/// The page. It leaves by itself, and in the browser's history it leaves no trace.
pub(crate) fn show(visit: &Visit<'_>) -> Answer {
    // Whoever has just proved who they are, and is leaving, has nowhere else to go.
    if leaving::is_here(visit) {
        return see_other(leaving::PATH);
    }
    let return_to = visit.return_to(visit.arrival.query().text("return_to"));
    onwards(visit, return_to.as_str())
}

/// The page that leads to this URL, which is one of ours or a return target.
pub(crate) fn onwards(visit: &Visit<'_>, url: &str) -> Answer {
    let shown = ContinuePage {
        frame: visit.frame(),
        return_to: url.to_owned(),
    };
    let answer = page(StatusCode::OK, &shown);
    match HeaderValue::from_str(&format!("0; url={url}")) {
        Ok(refresh) => with(answer, HeaderName::from_static("refresh"), refresh),
        // It is ASCII; and there is the link.
        Err(_) => answer,
    }
}
