//! `/auth/account`: who am I?

use crate::answer::{Answer, page, see_other, with_cookies};
use crate::failure::Failure;
use crate::pages::AccountPage;
use crate::session::{self, Current};
use crate::visit::Visit;
use gatelet_sign_in::csrf::CsrfForm;
use http::StatusCode;

/// The account; nobody is sent to sign in and comes back.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    match session::current(visit).await? {
        Current::Live(session, mut cookies) => {
            let (csrf, seed) = visit.csrf(CsrfForm::SignOut);
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
