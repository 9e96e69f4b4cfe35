//! `/auth/account/leaving`: whoever has asked for the end of their account, and proves again who
//! they are, may say that they stay; and nothing else until they have.

use crate::pages::LeavingPage;
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::cookie::CookieAge;
use gatelet_core::error::Code;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_ports::store::own_account;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_texts::Moment;
use gatelet_web::{Answer, see_other, with_cookies};
use http::StatusCode;

/// Where the page is.
pub(crate) const PATH: &str = "/auth/account/leaving";
/// How long whoever proved who they are may take to say that they stay.
const SECONDS: u64 = 600;
const COOKIE: &str = "leaving";

/// The same, as a place to be led to.
pub(crate) fn page() -> ReturnTarget {
    ReturnTarget::parse(PATH).expect("our own path is on this site")
}

/// Who has proved to be leaving, in this browser, a short while ago.
struct Leaving {
    user_id: String,
    leaves_at: u64,
}

/// The cookie that says so: after the proof, and good for staying alone.
pub(crate) fn remember(visit: &Visit<'_>, user_id: &str, leaves_at: u64) -> String {
    let until = visit.arrival.now.saturating_add(SECONDS);
    let payload = format!("{until} {leaves_at} {user_id}");
    let value = visit.arrival.keys.seal(&purpose(visit), payload.as_bytes());
    let age = CookieAge::Seconds(SECONDS);
    visit.arrival.set_own_cookie(COOKIE, &value, age)
}

/// Whether somebody has, in this browser.
pub(crate) fn is_here(visit: &Visit<'_>) -> bool {
    find(visit).is_some()
}

/// The cookie's end, where it came along: somebody is signed in now.
pub(crate) fn forgotten(visit: &Visit<'_>) -> Option<String> {
    is_here(visit).then(|| visit.arrival.set_own_cookie(COOKIE, "", CookieAge::Clear))
}

/// The page, and to whom it is nothing, the way to sign in.
pub(crate) fn show(visit: &Visit<'_>) -> Answer {
    let Some(leaving) = find(visit) else {
        return see_other("/auth/sign-in");
    };
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::Leaving);
    let shown = LeavingPage {
        frame: visit.frame(),
        leaves_at: Moment(leaving.leaves_at),
        is_over: leaving.leaves_at <= visit.arrival.now,
        csrf,
    };
    with_cookies(gatelet_web::page(StatusCode::OK, &shown), seed)
}

/// They stay. Signing in is another matter.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    visit.arrival.judge_csrf_token(CsrfForm::Leaving, typed)?;
    let arrival = &visit.arrival;
    let Some(leaving) = find(visit) else {
        return Err(Problem::denied(Code::SessionNone).into());
    };
    let user_id = leaving.user_id;
    if own_account::stay(arrival.place(), user_id.clone(), arrival.now).await? {
        visit.record(Event::of(Act::DeletionWithdrawn, &user_id));
    }
    let answer = see_other("/auth/sign-in?return_to=/auth/account");
    Ok(with_cookies(answer, forgotten(visit)))
}

fn find(visit: &Visit<'_>) -> Option<Leaving> {
    let arrival = &visit.arrival;
    let purpose = purpose(visit);
    arrival.own_cookies(COOKIE).find_map(|value| {
        let payload = arrival.keys.open(&purpose, value)?;
        let text = core::str::from_utf8(&payload).ok()?;
        let mut words = text.splitn(3, ' ');
        let until: u64 = words.next()?.parse().ok()?;
        let leaves_at = words.next()?.parse().ok()?;
        let user_id = words.next()?.to_owned();
        (arrival.now < until).then_some(Leaving { user_id, leaves_at })
    })
}

/// A proof at one origin is none at another, which may keep its users elsewhere.
fn purpose(visit: &Visit<'_>) -> String {
    format!("{COOKIE} {}", visit.arrival.base_url().as_str())
}
