//! `/auth/check?app=<id>`: is somebody signed in, and may they use this app? For
//! apps on the shared domain: their servers pass the visitor's cookies on, their
//! pages ask with credentials. The answer is the store's, never a cookie's alone.

use crate::problem::Problem;
use crate::session_api::{granted, user};
use crate::visit::{Failure, Visit};
use gatelet_core::error::Code;
use gatelet_core::reply::SIGN_IN_PATH;
use gatelet_sign_in::apps::{AppAccess, AppId};
use gatelet_web::{Answer, Current, Explain, Live, in_language, in_store, json, with_cookies};
use http::StatusCode;
use serde_json::json;

/// 200 where the user may, 403 where not, 401 where nobody is signed in, 404 where
/// the app is not listed.
pub(crate) async fn check(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let query = visit.arrival.query();
    // Before the database is asked.
    let Some(app) = visit.site.app(query.text("app")) else {
        return Err(Problem::AppUnknown.into());
    };
    match in_store(&visit.arrival).await? {
        Current::Nobody(cookies) => {
            let problem = Problem::denied(Code::SessionNone);
            let body = json!({
                "active": false,
                "app": app.as_str(),
                "allowed": false,
                "error": problem.code(),
                "message": problem.message().of(visit.language()),
                // For others to send people to, so in full.
                "signInUrl": format!("{}{SIGN_IN_PATH}", visit.arrival.base_url().as_str()),
            });
            let answer = in_language(json(problem.status(), &body), visit.language());
            Ok(with_cookies(answer, cookies))
        }
        Current::Live(session, cookies) => {
            let allowed = may_use(visit, &session, app).await?;
            let mut body = json!({
                "active": true,
                "app": app.as_str(),
                "allowed": allowed,
            });
            // Who it is, is for the apps that they use.
            let status = if allowed {
                body["user"] = user(&session);
                StatusCode::OK
            } else {
                let problem = Problem::denied(Code::AppNotGranted);
                body["error"] = problem.code().into();
                body["message"] = problem.message().of(visit.language()).into();
                problem.status()
            };
            let answer = in_language(json(status, &body), visit.language());
            Ok(with_cookies(answer, cookies))
        }
    }
}

async fn may_use(visit: &Visit<'_>, session: &Live, app: &AppId) -> Result<bool, Failure> {
    match visit.site.sign_in.app_access {
        AppAccess::All => Ok(true),
        AppAccess::Granted => granted(visit, session, app.as_str()).await,
    }
}
