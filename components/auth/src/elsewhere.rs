//! What do our pages do where another program keeps users and sessions? They lead to where
//! people sign in, and what only our users have is not there.

use gatelet_core::backend::Foreign;
use gatelet_core::cookie::CookieAge;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::service::Endpoint;
use gatelet_texts::sign_in;
use gatelet_web::{Answer, page, see_other, with_cookies};
use http::StatusCode;

use crate::pages::ElsewherePage;
use crate::problem::Problem;
use crate::routes::Route;
use crate::visit::Visit;

/// Says in a browser, for a few seconds, that it was just led there.
const LED_COOKIE: &str = "led";
/// Whoever is back so soon without a session would go round in circles.
const LED_SECONDS: u64 = 10;

/// The other program, where there is one.
pub(crate) fn backend<'a>(visit: &Visit<'a>) -> Option<Foreign<'a>> {
    visit.arrival.origin.backend().foreign()
}

/// An error for what is not there then.
pub(crate) fn judge(visit: &Visit<'_>, route: Route<'_>) -> Result<(), Problem> {
    if backend(visit).is_none() {
        return Ok(());
    }
    let is_shown = matches!(visit.arrival.head.method(), "GET" | "HEAD");
    match route {
        // They all lead to the one place.
        Route::SignIn | Route::SignUp | Route::MagicLink | Route::ForgotPassword if is_shown => {
            Ok(())
        }
        Route::Start(_)
        | Route::SignOut
        | Route::Passphrase
        | Route::Continue
        | Route::Session
        | Route::Me
        | Route::Check
        | Route::Docs
        | Route::DocsText
        | Route::Service(Endpoint::SignOut | Endpoint::Session | Endpoint::Me, _)
        | Route::ServiceDocument
        | Route::ServicePage
        | Route::Style
        | Route::Theme
        | Route::Logo
        | Route::Icon
        | Route::PasskeyScript
        | Route::FragmentScript
        | Route::OnceScript
        | Route::WorkScript
        | Route::Unknown => Ok(()),
        Route::Root
        | Route::SignIn
        | Route::SignUp
        | Route::MagicLink
        | Route::ForgotPassword
        | Route::ResetPassword
        | Route::VerifyEmail
        | Route::UndoChange
        | Route::Confirm
        | Route::SecondFactor
        | Route::Passkey
        | Route::Leaving
        | Route::Account(_)
        | Route::Callback(_)
        | Route::BackChannelLogout(_)
        | Route::FrontChannelLogout(_)
        | Route::SignedOut
        | Route::Token
        | Route::Service(Endpoint::SignIn | Endpoint::Callback, _) => Err(Problem::Elsewhere),
    }
}

/// The way to where nobody's visitor signs in. A page of ours with a link stands between
/// where a redirect could come back here: the browser brings a session that is not good,
/// was led there just now, or has just signed out.
pub(crate) fn lead(visit: &Visit<'_>, backend: Foreign<'_>, return_to: &ReturnTarget) -> Answer {
    let arrival = &visit.arrival;
    let address = arrival.origin.sign_in_address();
    let href = address.map(|address| address.returning(arrival.base_url(), return_to));
    let query = arrival.query();
    let has_left = query.get("signed_out").is_some();
    let names = backend.cookie_names();
    let brings_one = arrival
        .cookies()
        .any(|(name, _)| names.iter().any(|own| own == name));
    let was_led = arrival.own_cookies(LED_COOKIE).next().is_some();
    let led = arrival.set_own_cookie(LED_COOKIE, "1", CookieAge::Seconds(LED_SECONDS));
    match href {
        Some(href) if !has_left && !brings_one && !was_led => with_cookies(see_other(&href), [led]),
        href => page(
            StatusCode::OK,
            &ElsewherePage {
                frame: visit.frame(),
                notice: match (has_left, brings_one) {
                    (true, _) => Some(sign_in::SIGNED_OUT),
                    (false, true) => Some(sign_in::ELSEWHERE_VOID),
                    (false, false) => None,
                },
                href,
            },
        ),
    }
}

/// Where whoever has signed out here goes on to do so there: the operator's page, or what
/// ends the browser's session at WorkOS.
pub(crate) fn sign_out_address(visit: &Visit<'_>, return_to: &ReturnTarget) -> Option<String> {
    let backend = backend(visit)?;
    let arrival = &visit.arrival;
    if let Some(address) = arrival.origin.sign_out_address() {
        return Some(address.returning(arrival.base_url(), return_to));
    }
    match backend {
        Foreign::BetterAuth(_) => None,
        Foreign::WorkOs(_) => {
            let workos = visit.setup.workos.as_ref()?.as_ref().ok()?;
            let of_session = |name: &str| backend.is_of_session(name);
            let mut shown = arrival.cookies().filter(|(name, _)| of_session(name));
            let content = shown.find_map(|(_, seal)| workos.open(seal, arrival.now).ok())?;
            let back = match return_to.base_url() {
                Some(_) => return_to.as_str().to_owned(),
                None => format!("{}{return_to}", arrival.base_url()),
            };
            workos.logout_url(&content, &back)
        }
    }
}

/// `Set-Cookie` values by which the browser forgets the other program's session, where
/// people are not led there to end it: as it is set for this host, and for the domain that
/// sessions are shared on.
pub(crate) fn forgotten(visit: &Visit<'_>) -> Vec<String> {
    let Some(backend) = backend(visit) else {
        return Vec::new();
    };
    if visit.arrival.origin.sign_out_address().is_some() {
        return Vec::new();
    }
    let here = visit.arrival.cookie_names();
    let host_only = here.host_only();
    let names = visit.arrival.cookies().map(|(name, _)| name);
    let mut names: Vec<&str> = names.filter(|name| backend.is_of_session(name)).collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(8);
    let scopes = here.domain().map(|_| here);
    let scopes: Vec<_> = scopes.into_iter().chain([&host_only]).collect();
    let cleared = names.iter().flat_map(|name| {
        let of_scope = scopes.iter();
        of_scope.map(|scope| scope.set(name, "", CookieAge::Clear))
    });
    cleared.collect()
}
