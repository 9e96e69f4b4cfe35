//! Apps of one login have one form, at the origin that they share it with: providers
//! know that one's redirect URI, and people know its address. Whoever is to sign in at
//! an app is led there, and comes back.

use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::login_hint::LoginHint;
use gatelet_web::{Answer, see_other, with_return_to};

use crate::continuation;
use crate::pages::{with_other_account, with_parameter};
use crate::routes::Route;
use crate::sign_out::SIGNED_OUT;
use crate::start::ANEW;
use crate::visit::Visit;

/// The way to the pages of the shared login, where this request is for one of them and
/// they are elsewhere. Signing out is a matter of this host too, and ends here.
pub(crate) fn elsewhere(visit: &Visit<'_>, route: Route<'_>) -> Option<Answer> {
    let arrival = &visit.arrival;
    let asks = matches!(
        route,
        Route::SignIn | Route::SignUp | Route::Start(_) | Route::MagicLink | Route::ForgotPassword
    );
    // Where another program keeps the users, each origin says where they sign in.
    if !asks
        || !matches!(arrival.head.method(), "GET" | "HEAD")
        || arrival.origin.backend().foreign().is_some()
    {
        return None;
    }
    let site = visit.signs_in_at()?;
    let query = arrival.query();
    let page = format!("{}{}", site.base_url(), arrival.head.path());
    let mut there = with_return_to(&page, &back(visit, query.text("return_to")));
    if query.get("account") == Some("other") {
        there = with_other_account(&there);
    }
    if visit.wants_anew() {
        there = with_parameter(&there, ANEW);
    }
    if let Some(hint) = visit.login_hint() {
        there = hint.on(&there);
    }
    // After the form that signed out: a redirect would still be the form's, and the
    // policy keeps forms on this host.
    Some(match query.get("signed_out") {
        Some(_) => continuation::onwards(visit, &with_parameter(&there, SIGNED_OUT)),
        None => see_other(&there),
    })
}

/// Where a sign-in with this provider begins, where that is elsewhere.
pub(crate) fn start_elsewhere(
    visit: &Visit<'_>,
    provider: &str,
    return_to: &str,
    hint: Option<&LoginHint>,
) -> Option<String> {
    let site = visit.signs_in_at()?;
    let start = format!("{}/auth/start/{provider}", site.base_url());
    let there = with_return_to(&start, &back(visit, return_to));
    Some(hint.map_or(there.clone(), |hint| hint.on(&there)))
}

/// What was asked for, as it reads from elsewhere.
pub(crate) fn back(visit: &Visit<'_>, asked: &str) -> ReturnTarget {
    let asked = visit.return_to(asked);
    if asked.base_url().is_some() {
        return asked;
    }
    let here = visit.arrival.base_url();
    let absolute =
        |path: &str| ReturnTarget::parse_for(&format!("{here}{path}"), |base_url| base_url == here);
    absolute(asked.as_str())
        .or_else(|| absolute("/"))
        .unwrap_or_default()
}
