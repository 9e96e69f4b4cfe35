//! `GET /auth/token?provider=`: an access token for scripts of this origin's pages, where
//! the operator allows it. Never what renews it.

use gatelet_core::claims::SessionToken;
use gatelet_core::cookie::Scratch;
use gatelet_core::credential::{recognise, recognise_token};
use gatelet_core::error::Code;
use gatelet_core::handed::WantedToken;
use gatelet_forms::FormCode;
use gatelet_ports::handed_token;
use gatelet_web::{Answer, Current, in_store, json, with_cookies};
use http::StatusCode;
use serde_json::json;

use crate::problem::Problem;
use crate::session_api::may_be_told_of;
use crate::visit::{Failure, Visit};

/// The token, when it runs out and what it is good for. 404 where scripts get none here, or
/// there is none; 401 where nobody is signed in, or the provider takes its own no more.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let arrival = &visit.arrival;
    let query = arrival.query();
    let provider = query.text("provider");
    if !visit.site.sign_in.gives_scripts(provider) {
        return Err(Problem::not_found().into());
    }
    is_of_a_page(visit)?;
    // A personal access token is for programs elsewhere, which are not to have this one.
    if !matches!(
        recognise_token(&arrival.head.core(), arrival.origin),
        Ok(None)
    ) {
        return Err(Problem::denied(Code::TokenInvalid).into());
    }
    let (session, cookies) = match in_store(arrival).await? {
        Current::Live(session, cookies) => (session, cookies),
        Current::Nobody(cookies) => {
            return Err(Failure {
                cookies,
                ..Problem::denied(Code::SessionNone).into()
            });
        }
    };
    if !may_be_told_of(visit, &session).await? {
        return Err(Problem::denied(Code::AppNotGranted).into());
    }
    let wanted = WantedToken {
        authority: arrival.base_url().authority().to_owned(),
        provider: provider.to_owned(),
        session: session_token(visit).ok_or(Problem::denied(Code::SessionNone))?,
    };
    match handed_token(&wanted).await {
        Ok(Some(token)) => {
            let body = json!({
                "access_token": token.access_token.expose(),
                "expires_at": token.expires_at,
                "scope": token.scope,
                "provider": provider,
            });
            Ok(with_cookies(json(StatusCode::OK, &body), cookies))
        }
        Ok(None) => Err(Problem::NoProviderToken.into()),
        Err(Code::ProviderRevoked) => Err(Failure {
            cookies: vec![arrival.cookie_names().clear_session()],
            ..Problem::denied(Code::ProviderRevoked).into()
        }),
        Err(code) => Err(Problem::denied(code).into()),
    }
}

/// What a page of this origin sends, by the browser's own word. What somebody opens in a
/// tab is none: a token is not to stand in a window.
fn is_of_a_page(visit: &Visit<'_>) -> Result<(), Problem> {
    visit.arrival.judge_caller()?;
    let head = &visit.arrival.head;
    let is_opened = head.field("sec-fetch-site") == Some("none")
        || head.field("sec-fetch-mode") == Some("navigate");
    match is_opened {
        true => Err(gatelet_web::Problem::Form(FormCode::CrossSite).into()),
        false => Ok(()),
    }
}

fn session_token(visit: &Visit<'_>) -> Option<SessionToken> {
    let arrival = &visit.arrival;
    let cookies = arrival.cookies();
    let cookies = cookies.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let mut scratch = Scratch::new();
    let (origin, keys, now) = (arrival.origin, arrival.keys, arrival.now);
    let credential = recognise(cookies, origin, keys, now, &mut scratch).ok()?;
    Some(credential.token())
}
