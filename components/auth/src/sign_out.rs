//! `/auth/sign-out`: asks, then ends the session where it is kept and clears every
//! cookie of ours.

use crate::pages::{SignOutPage, Who, with_parameter};
use crate::problem::Problem;
use crate::session;
use crate::visit::{CsrfForm, Failure, Visit};
use crate::{continuation, elsewhere, provider_sign_out, provider_tokens};
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::provider::Provider;
use gatelet_web::{
    Answer, Current, Explain, current, page, see_other, shown, with, with_cookies, with_return_to,
};
use http::{HeaderName, HeaderValue, StatusCode};

/// On the way to the sign-in page, which says so then.
pub(crate) const SIGNED_OUT: &str = "signed_out=1";

/// The question. A GET must not sign out: any page could hold such a link.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let return_to = visit.return_to(visit.arrival.query().text("return_to"));
    let (who, mut cookies) = match current(&visit.arrival).await {
        Ok(Current::Live(session, cookies)) => (Who::Somebody(session.person()), cookies),
        Ok(Current::Nobody(cookies)) => (Who::Nobody, cookies),
        // Whoever leaves this browser to others must get out, whatever is down.
        Err(_logged) => (
            shown(&visit.arrival).map_or(Who::Unknown, Who::Somebody),
            Vec::new(),
        ),
    };
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::SignOut);
    cookies.extend(seed);
    let shown = SignOutPage {
        frame: visit.frame(),
        who,
        csrf,
        return_to: return_to.as_str().to_owned(),
        sign_in_href: with_return_to("/auth/sign-in", &return_to),
    };
    Ok(with_cookies(page(StatusCode::OK, &shown), cookies))
}

/// Signs out, and says so on the sign-in page.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    visit.arrival.judge_csrf_token(CsrfForm::SignOut, typed)?;
    let return_to = visit.return_to(typed.text("return_to"));
    let provider = provider(visit).await;
    Ok(forgotten(match end(visit).await {
        Ok(cookies) => {
            let there = match provider {
                Some(provider) => provider_sign_out::onward(visit, &provider, &return_to).await,
                None => None,
            };
            let there = there.or_else(|| elsewhere::sign_out_address(visit, &return_to));
            let onwards = match there {
                Some(address) => continuation::onwards(visit, &address),
                None => see_other(&signed_out(&return_to)),
            };
            with_cookies(onwards, cookies)
        }
        Err(failure) => visit.failed(failure),
    }))
}

/// By which provider whoever is signed in came, where one is to end its session too.
async fn provider(visit: &Visit<'_>) -> Option<String> {
    if !visit.providers().iter().any(Provider::ends_session) {
        return None;
    }
    match current(&visit.arrival).await {
        Ok(Current::Live(session, _)) => Some(session.provider),
        // Signed out here is more than not at all.
        Ok(Current::Nobody(_)) | Err(_) => None,
    }
}

/// Back from a provider that has ended its session: `state` is where to go after the next
/// sign-in.
pub(crate) fn show_signed_out(visit: &Visit<'_>) -> Answer {
    let return_to = visit.return_to(visit.arrival.query().text("state"));
    see_other(&signed_out(&return_to))
}

/// The sign-in page, which says that somebody has signed out.
pub(crate) fn signed_out(return_to: &ReturnTarget) -> String {
    let sign_in = with_return_to("/auth/sign-in", return_to);
    with_parameter(&sign_in, SIGNED_OUT)
}

/// Ends the session, and gives the cookies with which the browser forgets it. It does so
/// in any case: somebody is about to leave it to others.
pub(crate) async fn end(visit: &Visit<'_>) -> Result<Vec<String>, Failure> {
    let whose = shown(&visit.arrival);
    if elsewhere::backend(visit).is_some() {
        // The session is another program's to end: the browser forgets it.
        let cookies = session::all_cleared(visit).into_iter();
        return Ok(cookies.chain(elsewhere::forgotten(visit)).collect());
    }
    let ended = session::end(visit).await;
    let cookies = session::all_cleared(visit);
    match ended {
        Ok(()) => {
            if let Some(person) = whose {
                visit.record(Event::of(Act::SessionEnded, &person.id));
                provider_tokens::let_go(visit, &person.id).await;
            }
            Ok(cookies)
        }
        Err(error) => {
            gatelet_web::log::error(Problem::NotEnded.code(), &format!("{error:?}"));
            let mut failure = Failure::from(Problem::NotEnded);
            failure.cookies = cookies;
            Err(failure)
        }
    }
}

/// The answer, by which the browser forgets what it made ready too.
pub(crate) fn forgotten(answer: Answer) -> Answer {
    // Pages that the browser has made ready are somebody's too. Not "cache": Chrome
    // stands still for seconds over it, and what an app lets the browser keep is the
    // app's say. Not "cookies": that would take the app's own, and a whole domain's.
    with(
        answer,
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"prefetchCache\", \"prerenderCache\""),
    )
}
