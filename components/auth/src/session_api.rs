//! `/auth/session` and `/auth/me`: the same answers for programs. Never a token.

use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use gatelet_core::error::Code;
use gatelet_web::{Answer, Current, Live, current, json, with_cookies};
use http::StatusCode;
use serde_json::{Value, json};

/// Whether there is a session, and whose. Nobody is an answer, not an error.
pub(crate) async fn session(visit: &Visit<'_>) -> Result<Answer, Failure> {
    Ok(match current(&visit.arrival).await? {
        Current::Live(session, cookies) => {
            let body = json!({
                "active": true,
                "user": user(&session),
                "provider": session.provider,
                "expiresAt": session.expires_at,
            });
            with_cookies(json(StatusCode::OK, &body), cookies)
        }
        Current::Nobody(cookies) => {
            with_cookies(json(StatusCode::OK, &json!({ "active": false })), cookies)
        }
    })
}

/// The user, or 401.
pub(crate) async fn me(visit: &Visit<'_>) -> Result<Answer, Failure> {
    match current(&visit.arrival).await? {
        Current::Live(session, cookies) => {
            Ok(with_cookies(json(StatusCode::OK, &user(&session)), cookies))
        }
        Current::Nobody(cookies) => {
            let mut failure = Failure::from(Problem::denied(Code::SessionNone));
            failure.cookies = cookies;
            Err(failure)
        }
    }
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
