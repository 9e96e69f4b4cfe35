//! Letters with a link and a code, and what comes of them. A GET never uses a link up:
//! mail scanners follow every one. It shows a button, and the POST behind that does.
//!
//! The token stands in the link's query, for a fragment would need a script to get from
//! there into a form. So no line of the log says a query, pages that a token leads to
//! send no path in `Referer`, and what others' logs may say is good for minutes, once.

mod ask;
pub(crate) mod change;
mod completion;
mod letters;
pub(crate) mod magic_link;
pub(crate) mod notices;
mod present;
pub(crate) mod reset;
pub(crate) mod verify;

pub(crate) use completion::decided;
pub(crate) use present::{Presented, void};

use crate::continuation::after_form;
use crate::landed;
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::link_token::LinkToken;
use gatelet_sign_in::mailed::Purpose;
use gatelet_web::{Answer, with_return_to};
use http::HeaderValue;
use http::header::REFERRER_POLICY;

/// A page that was reached by a token: where it leads on, its address is not told. Not
/// `no-referrer`, with which browsers leave the origin out of our own forms.
fn discreet(mut answer: Answer) -> Answer {
    let policy = HeaderValue::from_static("strict-origin");
    answer.headers_mut().insert(REFERRER_POLICY, policy);
    answer
}

/// The answer, but for people whom this link has led in before, in this browser: a second click
/// and the way back bring it again, and they have what it was for. Programs hear that it is void.
async fn unless_led_in(
    visit: &Visit<'_>,
    presented: &Presented,
    answer: Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let is_void = matches!(
        &answer,
        Err(Failure {
            problem: Problem::LinkVoid(_),
            ..
        })
    );
    let is_asked = is_void && visit.arrival.head.reader() == Reader::Person;
    let token = LinkToken::parse(&presented.token).filter(|_| is_asked);
    let Some(token) = token else {
        return answer;
    };
    match landed::link_again(visit, &token).await {
        Some(return_to) => Ok(after_form(&return_to)),
        None => answer,
    }
}

/// Where a link of this purpose is asked for.
pub(crate) fn asked_at(purpose: Purpose, return_to: &ReturnTarget) -> String {
    let path = match purpose {
        // In the account's own pages, after signing in.
        Purpose::VerifyEmail | Purpose::ChangeEmail | Purpose::UndoChange => {
            return "/auth/account/email".to_owned();
        }
        Purpose::SignUp => "/auth/sign-up",
        Purpose::SignIn => "/auth/magic-link",
        Purpose::ResetPassword => "/auth/forgot-password",
    };
    with_return_to(path, return_to)
}
