//! `/auth/session` and `/auth/me`: the same answers for programs. Never a token.

use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use gatelet_core::credential::recognise_token;
use gatelet_core::error::Code;
use gatelet_core::session::StoredToken;
use gatelet_ports::look_up_token;
use gatelet_ports::store::app_grants;
use gatelet_web::{Answer, Current, Live, current, json, with_cookies};
use http::StatusCode;
use serde_json::{Value, json};

/// Whose a call is.
pub(crate) enum Who {
    /// Somebody's who is signed in.
    Live(Live),
    /// Somebody's who shows a personal access token, and what the store knows that by.
    Token(StoredToken, [u8; 32]),
    /// Nobody's.
    Nobody,
}

/// Whether there is a session, and whose. Nobody is an answer, not an error.
pub(crate) async fn session(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let (who, cookies) = by_cookie(visit).await?;
    let body = if let Who::Live(session) = &who
        && may_be_told_of(visit, session).await?
    {
        json!({
            "active": true,
            "user": user(session),
            "provider": session.provider,
            "expiresAt": session.expires_at,
        })
    } else {
        json!({ "active": false })
    };
    Ok(with_cookies(json(StatusCode::OK, &body), cookies))
}

/// The user, or 401; 403 for an app that the user was not granted.
pub(crate) async fn me(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let (who, cookies) = by_cookie(visit).await?;
    match who {
        Who::Live(session) if !may_be_told_of(visit, &session).await? => {
            Err(Problem::denied(Code::AppNotGranted).into())
        }
        Who::Live(session) => Ok(with_cookies(json(StatusCode::OK, &user(&session)), cookies)),
        Who::Token(..) | Who::Nobody => {
            let mut failure = Failure::from(Problem::denied(Code::SessionNone));
            failure.cookies = cookies;
            Err(failure)
        }
    }
}

/// Whose a call is, by cookie or by token, and cookies to set. Whoever shows a token means
/// it, whatever cookies the program keeps.
pub(crate) async fn who(visit: &Visit<'_>) -> Result<(Who, Vec<String>), Failure> {
    let arrival = &visit.arrival;
    let shown = recognise_token(&arrival.head.core(), arrival.origin).map_err(Problem::denied)?;
    let Some(question) = shown else {
        let (who, cookies) = by_cookie(visit).await?;
        if let Who::Live(session) = &who
            && !may_be_told_of(visit, session).await?
        {
            return Err(Problem::denied(Code::AppNotGranted).into());
        }
        return Ok((who, cookies));
    };
    let app = arrival.origin.granted_app().map(str::to_owned);
    let found = look_up_token(question.inquiry(app), arrival.now).await?;
    let is_granted = arrival
        .origin
        .may_be_used(found.as_ref().and_then(|found| found.granted));
    let token = found.and_then(|found| question.confirmed(found, arrival.origin, arrival.now));
    let token = token.ok_or(Problem::denied(Code::TokenInvalid))?;
    if !is_granted {
        return Err(Problem::denied(Code::AppNotGranted).into());
    }
    Ok((Who::Token(token, question.digest), Vec::new()))
}

/// An app learns nothing of whom it was not granted to, as from the gateway.
pub(crate) async fn may_be_told_of(visit: &Visit<'_>, session: &Live) -> Result<bool, Failure> {
    match visit.arrival.origin.granted_app() {
        Some(app) => granted(visit, session, app).await,
        None => Ok(true),
    }
}

/// Whether somebody was granted this app.
pub(crate) async fn granted(visit: &Visit<'_>, session: &Live, app: &str) -> Result<bool, Failure> {
    let (place, user) = (visit.arrival.place(), session.user_id.clone());
    Ok(app_grants::is_granted(place, user, app.to_owned()).await?)
}

async fn by_cookie(visit: &Visit<'_>) -> Result<(Who, Vec<String>), Failure> {
    Ok(match current(&visit.arrival).await? {
        Current::Live(session, cookies) => (Who::Live(*session), cookies),
        Current::Nobody(cookies) => (Who::Nobody, cookies),
    })
}

/// A user as programs read one.
pub(crate) fn user(session: &Live) -> Value {
    let groups = session.groups.split(',').filter(|name| !name.is_empty());
    let groups: Vec<&str> = groups.collect();
    json!({
        "id": session.user_id,
        "email": session.email,
        "emailVerified": session.email_verified,
        "name": session.name,
        "groups": groups,
    })
}
