//! `/auth/account`: who am I?

use crate::pages::AccountPage;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_web::{Answer, Current, current, page, see_other, with_cookies};
use http::StatusCode;

/// The account; nobody is sent to sign in and comes back.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    match current(&visit.arrival).await? {
        Current::Live(session, mut cookies) => {
            let (csrf, seed) = visit.arrival.csrf(CsrfForm::SignOut);
            cookies.extend(seed);
            let shown = AccountPage {
                frame: visit.frame(),
                person: session.person(),
                provider: visit.provider_name(&session.provider),
                expires_at: session.expires_at,
                csrf,
            };
            Ok(with_cookies(page(StatusCode::OK, &shown), cookies))
        }
        Current::Nobody(cookies) => Ok(with_cookies(
            see_other("/auth/sign-in?return_to=/auth/account"),
            cookies,
        )),
    }
}
