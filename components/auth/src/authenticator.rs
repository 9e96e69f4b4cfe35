//! `/auth/account/authenticator`: an app that makes codes is set up, and removed.

use crate::confirm::recent;
use crate::pages::{AuthenticatorPage, SetUp};
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::error::Code;
use gatelet_forms::Form;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::factors::{self, Held};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::authenticator::AuthenticatorSecret;
use gatelet_sign_in::second_factor::{SecondFactorPolicy, SecondProof};
use gatelet_wasi::random;
use gatelet_web::{
    Answer, Current, Explain, Faults, Live, in_store, page, see_other, with_cookies, worth_a_retry,
};
use http::StatusCode;

const PATH: &str = "/auth/account/authenticator";

/// Whether there is one; with `set_up`, the way to one.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let (session, mut cookies) = match signed_in(visit, PATH).await? {
        Ok(live) => live,
        Err(answer) => return Ok(answer),
    };
    let held = held(visit, &session).await?;
    let query = visit.arrival.query();
    let (mut shown, seed) = form(visit, &held);
    cookies.extend(seed);
    if held.authenticator.is_none() && query.get("set_up").is_some() {
        recent(visit, &session)?;
        shown.set_up = Some(offer(visit, &session.user_id, &session.email));
    }
    shown.notice = query.get("removed").map(|_| "The app is removed.");
    Ok(with_cookies(page(StatusCode::OK, &shown), cookies))
}

/// Sets one up, or removes it.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let (session, _) = match signed_in(visit, PATH).await? {
        Ok(live) => live,
        Err(answer) => return Ok(answer),
    };
    visit
        .arrival
        .judge_csrf_token(CsrfForm::Authenticator, typed)?;
    recent(visit, &session)?;
    let held = held(visit, &session).await?;
    if typed.text("do") == "remove" {
        removed(visit, &held).await?;
        return Ok(see_other("/auth/account/authenticator?removed=1"));
    }
    if held.authenticator.is_some() {
        return Ok(see_other(PATH));
    }
    match added(visit, &held.seen, typed).await? {
        Some(_) => Ok(see_other("/auth/account/recovery-codes")),
        None => {
            let problem = Problem::SecondFactorWrong;
            let (mut shown, seed) = form(visit, &held);
            shown.set_up = Some(offer_again(visit, &session, typed));
            shown.faults.field("code", "That is not the code of now.");
            let answer = worth_a_retry(page(problem.status(), &shown));
            Ok(with_cookies(answer, seed))
        }
    }
}

/// The session, or the way to one.
pub(crate) async fn signed_in(
    visit: &Visit<'_>,
    path: &str,
) -> Result<Result<(Live, Vec<String>), Answer>, Failure> {
    if visit.second_factor() == SecondFactorPolicy::Off {
        return Err(Problem::not_found().into());
    }
    Ok(match in_store(&visit.arrival).await? {
        Current::Live(session, cookies) => Ok((session, cookies)),
        Current::Nobody(cookies) => {
            let sign_in = see_other(&format!("/auth/sign-in?return_to={path}"));
            Err(with_cookies(sign_in, cookies))
        }
    })
}

/// What whoever is signed in has.
pub(crate) async fn held(visit: &Visit<'_>, session: &Live) -> Result<Held, Problem> {
    let held = factors::find(visit.arrival.place(), session.user_id.clone()).await?;
    held.ok_or(Problem::denied(Code::SessionNone))
}

/// Keeps the secret that was offered, where the code shows that the app has it. None
/// where the code is wrong.
pub(crate) async fn added(
    visit: &Visit<'_>,
    seen: &Seen,
    typed: &Form,
) -> Result<Option<SecondProof>, Problem> {
    let (user_id, now) = (&seen.user_id, visit.arrival.now);
    let keys = visit.arrival.keys;
    let secret = AuthenticatorSecret::offered(typed.text("offer"), user_id, keys, now);
    let right = secret.as_ref().and_then(|secret| {
        let right = secret.check(user_id, typed.text("code"), 0, now)?;
        Some((secret.expose().to_vec(), right))
    });
    let Some((secret, right)) = right else {
        return Ok(None);
    };
    let (place, step) = (visit.arrival.place(), right.step());
    match factors::add_authenticator(place, seen.clone(), secret, step, now).await {
        Err(Error::Conflict) => Err(Problem::AccountChanged),
        kept => {
            kept?;
            visit.note("authenticator.added", &format!("user {user_id}"));
            Ok(right.used(true))
        }
    }
}

async fn removed(visit: &Visit<'_>, held: &Held) -> Result<(), Problem> {
    let is_last = held.passkeys == 0;
    if is_last && visit.second_factor() == SecondFactorPolicy::Required {
        return Err(Problem::SecondFactorRequired);
    }
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    match factors::remove_authenticator(place, held.seen.clone(), now).await {
        Err(Error::Conflict) => Err(Problem::AccountChanged),
        gone => {
            gone?;
            visit.note(
                "authenticator.removed",
                &format!("user {}", held.seen.user_id),
            );
            Ok(())
        }
    }
}

/// A new secret for an app.
pub(crate) fn offer(visit: &Visit<'_>, user_id: &str, account: &str) -> SetUp {
    shown_to(
        visit,
        &AuthenticatorSecret::from_random(random::bytes()),
        user_id,
        account,
    )
}

/// The one that the app has by now, where it still can be taken.
fn offer_again(visit: &Visit<'_>, session: &Live, typed: &Form) -> SetUp {
    let (keys, now) = (visit.arrival.keys, visit.arrival.now);
    let offered = AuthenticatorSecret::offered(typed.text("offer"), &session.user_id, keys, now);
    match offered {
        Some(secret) => shown_to(visit, &secret, &session.user_id, &session.email),
        None => offer(visit, &session.user_id, &session.email),
    }
}

fn shown_to(
    visit: &Visit<'_>,
    secret: &AuthenticatorSecret,
    user_id: &str,
    account: &str,
) -> SetUp {
    let site = visit.arrival.origin.site_name();
    let account = if account.is_empty() { site } else { account };
    let sealed = secret.offer(user_id, visit.arrival.keys, visit.arrival.now);
    SetUp::new(secret.text(), &secret.uri(site, account), sealed)
}

fn form(visit: &Visit<'_>, held: &Held) -> (AuthenticatorPage, Option<String>) {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::Authenticator);
    let shown = AuthenticatorPage {
        frame: visit.frame(),
        faults: Faults::default(),
        notice: None,
        is_set_up: held.authenticator.is_some(),
        set_up: None,
        csrf,
    };
    (shown, seed)
}
