//! `/auth/account/authenticator`: an app that makes codes is set up, and removed.

use super::{Member, Notice, Section};
use crate::confirm::recent;
use crate::mailed::notices::{self, Factor, Told};
use crate::pages::{AuthenticatorPage, SetUp};
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use gatelet_core::error::Code;
use gatelet_forms::Form;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::factors::{self, Held};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::authenticator::AuthenticatorSecret;
use gatelet_sign_in::second_factor::{SecondFactorPolicy, SecondProof};
use gatelet_texts::problems;
use gatelet_wasi::random;
use gatelet_web::{Answer, Explain, Faults, Live, page, scripted, see_other, worth_a_retry};
use http::StatusCode;

/// Whether there is one; with `set_up`, the way to one.
pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let Member { visit, session, .. } = member;
    let held = held(visit, session).await?;
    let mut shown = form(member, &held);
    if held.authenticator.is_none() && visit.arrival.query().get("set_up").is_some() {
        recent(visit, session)?;
        shown.set_up = Some(offer(visit, &session.user_id, &session.email));
    }
    Ok(scripted(page(StatusCode::OK, &shown)))
}

/// Sets one up, or removes it.
pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let Member { visit, session, .. } = member;
    recent(visit, session)?;
    let held = held(visit, session).await?;
    if typed.text("do") == "remove" {
        removed(visit, &held).await?;
        let there = Notice::AuthenticatorRemoved.at(member.section.path());
        return Ok(see_other(&there));
    }
    if held.authenticator.is_some() {
        return Ok(see_other(&member.on_the_way(member.section.path())));
    }
    match added(visit, &held.seen, typed).await? {
        Some(_) => Ok(see_other(&member.on_the_way(Section::RecoveryCodes.path()))),
        None => {
            let problem = Problem::SecondFactorWrong;
            let mut shown = form(member, &held);
            shown.set_up = Some(offer_again(visit, &session.user_id, &session.email, typed));
            shown.faults.field("code", problems::CODE_NOT_OF_NOW);
            Ok(scripted(worth_a_retry(page(problem.status(), &shown))))
        }
    }
}

/// What whoever is signed in has.
pub(super) async fn held(visit: &Visit<'_>, session: &Live) -> Result<Held, Problem> {
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
            visit.record(Event::of(Act::FactorAdded, user_id).about("authenticator"));
            notices::tell_user(visit, user_id, Told::FactorAdded(Factor::Authenticator)).await;
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
            let user_id = &held.seen.user_id;
            visit.record(Event::of(Act::FactorRemoved, user_id).about("authenticator"));
            notices::tell_user(visit, user_id, Told::FactorRemoved(Factor::Authenticator)).await;
            Ok(())
        }
    }
}

/// A new secret for an app.
fn offer(visit: &Visit<'_>, user_id: &str, email: &str) -> SetUp {
    shown_to(
        visit,
        &AuthenticatorSecret::from_random(random::bytes()),
        user_id,
        email,
    )
}

/// The one that the app has by now, where it still can be taken.
pub(crate) fn offer_again(visit: &Visit<'_>, user_id: &str, email: &str, typed: &Form) -> SetUp {
    let (keys, now) = (visit.arrival.keys, visit.arrival.now);
    match AuthenticatorSecret::offered(typed.text("offer"), user_id, keys, now) {
        Some(secret) => shown_to(visit, &secret, user_id, email),
        None => offer(visit, user_id, email),
    }
}

fn shown_to(visit: &Visit<'_>, secret: &AuthenticatorSecret, user_id: &str, email: &str) -> SetUp {
    let site = visit.arrival.origin.site_name();
    let account = label(email, user_id);
    let sealed = secret.offer(user_id, visit.arrival.keys, visit.arrival.now);
    SetUp::new(secret.text(), &secret.uri(site, account), sealed)
}

/// What an app calls the account. Some keep one entry by a name: it is another for each
/// account, also for those without an address.
fn label<'a>(email: &'a str, user_id: &'a str) -> &'a str {
    match email {
        "" => user_id.split('-').next().unwrap_or(user_id),
        email => email,
    }
}

fn form(member: &Member<'_>, held: &Held) -> AuthenticatorPage {
    AuthenticatorPage {
        frame: member.visit.frame(),
        account: member.frame(),
        faults: Faults::default(),
        is_set_up: held.authenticator.is_some(),
        set_up: None,
        csrf: member.csrf.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn two_accounts_have_two_labels_also_without_an_address() {
        let (ann, bob) = (
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        );
        assert_eq!(label("ann@example.com", ann), "ann@example.com");
        assert_eq!((label("", ann), label("", bob)), ("0f8fad5b", "7c9e6679"));
    }
}
