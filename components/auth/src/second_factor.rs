//! `/auth/second-factor`: the second step of signing in. Who made the first is in a
//! signed cookie of this browser; a session begins when both are made, and not before.

use crate::account::{Section, authenticator, on_the_way};
use crate::complete::complete_both;
use crate::limits;
use crate::pages::{SecondFactorPage, Step};
use crate::passkey;
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::cookie::CookieAge;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::Form;
use gatelet_ports::store::accounts;
use gatelet_ports::store::factors::{self, Held};
use gatelet_ports::store::limits::{self as limits_port, Bucket, Rule};
use gatelet_ports::store::once;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::authenticator::AuthenticatorSecret;
use gatelet_sign_in::limits::Act as LimitedAct;
use gatelet_sign_in::pending::{PENDING_SECONDS, PENDING_TRIES, Pending, TRIES_OF_USER};
use gatelet_sign_in::recovery_code::RecoveryCode;
use gatelet_sign_in::second_factor::{SecondFactorPolicy, SecondProof};
use gatelet_web::{
    Answer, Explain, Faults, page, scripted, see_other, with_cookies, with_return_to, worth_a_retry,
};
use gatelet_webauthn::Purpose;
use http::StatusCode;

/// Where it is.
pub(crate) const PATH: &str = "/auth/second-factor";
const COOKIE: &str = "second-factor";

/// The cookie that remembers the first step.
pub(crate) fn remember(visit: &Visit<'_>, pending: Pending) -> String {
    let value = pending.seal(visit.arrival.keys);
    let age = CookieAge::Seconds(PENDING_SECONDS);
    visit.arrival.set_own_cookie(COOKIE, &value, age)
}

/// The question; without a first step the way to it.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let Some(pending) = pending(visit) else {
        return Ok(see_other("/auth/sign-in"));
    };
    let Some(held) = held(visit, &pending).await? else {
        return Ok(with_cookies(see_other("/auth/sign-in"), [forget(visit)]));
    };
    let (shown, seed) = form(visit, &pending, &held, &Form::default()).await?;
    Ok(with_cookies(paged(StatusCode::OK, &shown), seed))
}

/// Judges what was typed, and signs in.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let pending = pending(visit).ok_or(Problem::SecondFactorGone)?;
    let return_to = visit.return_to(pending.return_target());
    let gone = || {
        let failure = Failure::from(Problem::SecondFactorGone).returning(&return_to);
        failure.with_cookie(forget(visit))
    };
    let Some(held) = held(visit, &pending).await? else {
        return Err(gone());
    };
    let outcome = match visit
        .arrival
        .judge_csrf_token(CsrfForm::SecondFactor, typed)
    {
        Ok(()) => proved(visit, &pending, &held, typed).await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok((pending, second, leads_to)) => {
            let completion = complete_both(visit, pending, &second).await;
            let completion = completion.map_err(|problem| {
                let failure = Failure::from(problem).returning(&return_to);
                failure.with_cookie(forget(visit))
            })?;
            let answer = completion.after_form(visit, &leads_to.unwrap_or(return_to))?;
            Ok(with_cookies(answer, [forget(visit)]))
        }
        Err(Problem::SecondFactorGone) => Err(gone()),
        Err(problem) if visit.arrival.head.reader() == Reader::Program => Err(problem.into()),
        Err(problem) => {
            let (mut shown, seed) = form(visit, &pending, &held, typed).await?;
            match problem {
                Problem::SecondFactorWrong => shown.faults.field("code", problem.message()),
                problem if problem.passes() => {
                    shown.faults.passing(problem.code(), problem.message());
                }
                problem => shown.faults.form(problem.message()),
            }
            let answer = worth_a_retry(paged(problem.status(), &shown));
            Ok(with_cookies(limits::told(answer, problem), seed))
        }
    }
}

/// From what was typed to a second proof. The first step is used up with it.
async fn proved(
    visit: &Visit<'_>,
    pending: &Pending,
    held: &Held,
    typed: &Form,
) -> Result<(Pending, SecondProof, Option<ReturnTarget>), Problem> {
    let admitted = limits::admit(visit, LimitedAct::Code, None).await?;
    // A signature is not guessed: whoever is locked out of codes still has a passkey.
    if !passkey::is_in(typed) {
        within_limits(visit, pending).await?;
    }
    let has_any = held.authenticator.is_some() || held.passkeys > 0;
    let (second, pending, leads_to) = if has_any {
        let second = match passkey::is_in(typed) {
            true => Some(passkey::second_proof(visit, pending.user_id(), typed).await?),
            false => by_code(visit, held, typed.text("code")).await?,
        };
        (second, pending.clone(), None)
    } else if visit.second_factor() == SecondFactorPolicy::Required {
        let second = authenticator::added(visit, &held.seen, typed).await?;
        // Codes for the day on which the app is lost, and on from there.
        let return_to = visit.return_to(pending.return_target());
        let codes = on_the_way(Section::RecoveryCodes.path(), Some(&return_to));
        let codes = ReturnTarget::parse(&codes);
        (second, pending.clone().after_changes(1), codes)
    } else {
        return Err(Problem::SecondFactorGone);
    };
    let Some(second) = second else {
        visit.record(Event::of(Act::FactorWrong, pending.user_id()));
        return Err(Problem::SecondFactorWrong);
    };
    admitted.give_back(visit).await;
    let is_first = once::spend(
        visit.arrival.place(),
        "second-factor".into(),
        pending.digest().to_vec(),
        visit.arrival.now,
        pending.expires(),
    );
    if !is_first.await? {
        return Err(Problem::SecondFactorGone);
    }
    Ok((pending, second, leads_to))
}

/// Whether a code may be tried at all: of this first step, and of this user. These are
/// counted whatever the setting `limits` says: three codes in a million are right.
async fn within_limits(visit: &Visit<'_>, pending: &Pending) -> Result<(), Problem> {
    let seconds = u32::try_from(PENDING_SECONDS).unwrap_or(u32::MAX);
    let step = ("second-factor-step", PENDING_TRIES, seconds);
    let user = gatelet_sign_in::pending::user_digest(pending.user_id());
    let users = TRIES_OF_USER.map(|limit| (limit, user));
    let rules = [(step, pending.digest())].into_iter().chain(users);
    let rules = rules.map(|((purpose, limit, window_seconds), whose)| {
        Rule::Bucket(Bucket {
            purpose: purpose.to_owned(),
            whose: whose.to_vec(),
            amount: 1,
            limit,
            window_seconds,
        })
    });
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    let states = limits_port::admit(place, rules.collect(), now).await?;
    if states.iter().all(|state| state.admitted) {
        return Ok(());
    }
    visit.record(Event::of(Act::Limited, pending.user_id()).about("second-factor"));
    Err(Problem::SecondFactorLimited)
}

/// Six digits are an app's, anything else a recovery code.
async fn by_code(
    visit: &Visit<'_>,
    held: &Held,
    typed: &str,
) -> Result<Option<SecondProof>, Problem> {
    let (place, user_id) = (visit.arrival.place(), held.seen.user_id.clone());
    if let Some(code) = RecoveryCode::parse(typed) {
        let digest = code.digest(&user_id).to_vec();
        let was_there = factors::use_recovery_code(place, user_id.clone(), digest).await?;
        if was_there {
            visit.record(Event::of(Act::RecoveryCodeUsed, &user_id));
        }
        return Ok(code.used(&user_id, was_there));
    }
    let Some(app) = &held.authenticator else {
        return Ok(None);
    };
    let secret = app
        .secret
        .as_deref()
        .and_then(AuthenticatorSecret::from_bytes);
    let Some(secret) = secret else {
        let detail = format!("the secret of user {user_id} opens under none of session_keys");
        gatelet_web::log::error("authenticator.unopened", &detail);
        return Ok(None);
    };
    match secret.check(&user_id, typed, app.last_step, visit.arrival.now) {
        Some(right) => {
            let is_first = factors::use_authenticator(place, user_id, right.step()).await?;
            Ok(right.used(is_first))
        }
        None => Ok(None),
    }
}

/// What whoever made the first step has, where they still are as they were then.
async fn held(visit: &Visit<'_>, pending: &Pending) -> Result<Option<Held>, Problem> {
    let held = factors::find(visit.arrival.place(), pending.user_id().to_owned()).await?;
    Ok(held.filter(|held| pending.holds_at(held.seen.revision)))
}

fn pending(visit: &Visit<'_>) -> Option<Pending> {
    let origin = visit.arrival.base_url().as_str();
    let mut values = visit.arrival.own_cookies(COOKIE);
    values.find_map(|value| Pending::open(value, origin, visit.arrival.keys, visit.arrival.now))
}

fn forget(visit: &Visit<'_>) -> String {
    visit.arrival.set_own_cookie(COOKIE, "", CookieAge::Clear)
}

async fn form(
    visit: &Visit<'_>,
    pending: &Pending,
    held: &Held,
    typed: &Form,
) -> Result<(SecondFactorPage, Option<String>), Problem> {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::SecondFactor);
    let return_to = visit.return_to(pending.return_target());
    let (user_id, place) = (pending.user_id(), visit.arrival.place());
    let passkey = match held.passkeys {
        0 => None,
        _ => {
            let all = factors::passkeys(place, user_id.to_owned()).await?;
            let ask = (Purpose::SecondFactor, PATH);
            let user = Some((user_id, all.as_slice()));
            passkey::ask(visit, ask, user, csrf.clone(), &return_to)
        }
    };
    let step = match (&held.authenticator, held.passkeys) {
        (None, 0) => {
            let found = accounts::find_by_id(visit.arrival.place(), user_id.to_owned()).await?;
            let email = found.map_or_else(String::new, |found| found.user.email);
            // Whoever mistyped has the secret in the app by now.
            Step::SetUp(authenticator::offer_again(visit, user_id, &email, typed))
        }
        (Some(_), _) => Step::Code,
        (None, _) => Step::RecoveryCode,
    };
    let shown = SecondFactorPage {
        frame: visit.frame(),
        faults: Faults::default(),
        step,
        passkey,
        csrf,
        sign_in_href: with_return_to("/auth/sign-in", &return_to),
    };
    Ok((shown, seed))
}

fn paged(status: StatusCode, shown: &SecondFactorPage) -> Answer {
    scripted(page(status, shown))
}
