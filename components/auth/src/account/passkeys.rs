//! `/auth/account/passkeys`: passkeys are added, named and removed.

use super::authenticator::held;
use super::{Member, Notice, Section, is_last};
use crate::confirm::recent;
use crate::mailed::notices::{self, Factor, Told};
use crate::pages::{Moment, PasskeysPage, ShownPasskey};
use crate::passkey::{self, NewPasskey};
use crate::problem::Problem;
use crate::visit::Failure;
use gatelet_forms::Form;
use gatelet_ports::store::factors::{self, Held, Passkey};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::name::DisplayName;
use gatelet_sign_in::second_factor::SecondFactorPolicy;
use gatelet_texts::{account, common};
use gatelet_web::{Answer, Explain, Faults, page, scripted, see_other, worth_a_retry};
use http::StatusCode;

const PATH: &str = Section::Passkeys.path();
/// How many somebody may have. The store keeps to the same.
const PASSKEYS_MAX: usize = 20;
/// In the place of the issuer of a way in.
const PASSKEY: &str = "passkey";

/// All of them; with `add`, the way to one more.
pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let Member { visit, session, .. } = member;
    let adds = visit.arrival.query().get("add").is_some();
    if adds {
        recent(visit, session)?;
    }
    let shown = form(member, adds).await?;
    Ok(scripted(page(StatusCode::OK, &shown)))
}

/// Adds one, names it, or removes it.
pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let Member { visit, session, .. } = member;
    recent(visit, session)?;
    let held = held(visit, session).await?;
    let done = match typed.text("do") {
        "add" => added(member, &held, typed).await,
        "rename" => renamed(member, typed).await,
        "remove" => removed(member, &held, typed).await,
        _ => Err(Problem::not_found()),
    };
    match done {
        Ok(there) => Ok(see_other(&member.on_the_way(&there))),
        Err(problem @ (Problem::PasskeyRefused | Problem::PasskeyUnverified)) => {
            let mut shown = form(member, true).await?;
            shown.faults.form(problem.message());
            Ok(scripted(worth_a_retry(page(problem.status(), &shown))))
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn added(member: &Member<'_>, held: &Held, typed: &Form) -> Result<String, Problem> {
    let Member { visit, session, .. } = member;
    if held.passkeys as usize >= PASSKEYS_MAX {
        return Err(Problem::TooManyPasskeys);
    }
    let NewPasskey {
        registered,
        transports,
        signs_in,
    } = passkey::registered(visit, session, typed).await?;
    let passkey = Passkey {
        id: registered.id,
        public_key: registered.public_key,
        sign_count: registered.sign_count,
        backup_eligible: registered.backup_eligible,
        backed_up: registered.backed_up,
        transports,
        name: name(member, typed),
        created_at: 0,
        last_used_at: None,
    };
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    match factors::add_passkey(place, held.seen.clone(), passkey, now).await {
        Err(Error::Conflict) => return Err(Problem::AccountChanged),
        kept => kept?,
    }
    visit.record(Event::of(Act::FactorAdded, &session.user_id).about("passkey"));
    notices::tell_user(visit, &session.user_id, Told::FactorAdded(Factor::Passkey)).await;
    let offers_codes = visit.second_factor() != SecondFactorPolicy::Off;
    let there = match held.recovery_codes {
        // For the day on which the device is lost.
        0 if offers_codes => Section::RecoveryCodes.path(),
        _ => PATH,
    };
    Ok(match signs_in {
        true => Notice::PasskeyAdded.at(there),
        false => Notice::PasskeySecondStep.at(there),
    })
}

async fn renamed(member: &Member<'_>, typed: &Form) -> Result<String, Problem> {
    let Member { visit, session, .. } = member;
    let id = typed.text("id").to_owned();
    let place = visit.arrival.place();
    let renamed =
        factors::rename_passkey(place, session.user_id.clone(), id, name(member, typed)).await?;
    match renamed {
        true => Ok(Notice::PasskeyRenamed.at(PATH)),
        false => Err(Problem::AccountChanged),
    }
}

async fn removed(member: &Member<'_>, held: &Held, typed: &Form) -> Result<String, Problem> {
    let Member { visit, session, .. } = member;
    let is_last_factor = held.authenticator.is_none() && held.passkeys == 1;
    if is_last_factor && visit.second_factor() == SecondFactorPolicy::Required {
        return Err(Problem::SecondFactorRequired);
    }
    let id = typed.text("id").to_owned();
    if held.passkeys == 1 {
        let profile = member.profile().await.map_err(|failure| failure.problem)?;
        if is_last(visit, &profile, PASSKEY, &id) {
            return Err(Problem::LastWayIn);
        }
    }
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    match factors::remove_passkey(place, held.seen.clone(), id, now).await {
        Err(Error::Conflict) => return Err(Problem::AccountChanged),
        gone => gone?,
    }
    visit.record(Event::of(Act::FactorRemoved, &session.user_id).about("passkey"));
    notices::tell_user(
        visit,
        &session.user_id,
        Told::FactorRemoved(Factor::Passkey),
    )
    .await;
    Ok(Notice::PasskeyRemoved.at(PATH))
}

/// What the user typed, or a name in its place.
fn name(member: &Member<'_>, typed: &Form) -> String {
    match DisplayName::parse(typed.text("name")) {
        Ok(name) => name.as_str().to_owned(),
        Err(_) => common::PASSKEY.of(member.visit.language()).to_owned(),
    }
}

async fn form(member: &Member<'_>, adds: bool) -> Result<PasskeysPage, Problem> {
    let Member { visit, session, .. } = member;
    let all = factors::passkeys(visit.arrival.place(), session.user_id.clone()).await?;
    if adds && all.len() >= PASSKEYS_MAX {
        return Err(Problem::TooManyPasskeys);
    }
    let (csrf, return_to) = (member.csrf.clone(), member.return_to.as_ref());
    let passkey = match adds {
        true => passkey::ask_for_new(visit, PATH, session, &all, csrf, return_to),
        false => None,
    };
    let signal = passkey::accepted(visit, &session.user_id, &all);
    Ok(PasskeysPage {
        frame: visit.frame(),
        account: member.frame(),
        faults: Faults::default(),
        passkeys: all.into_iter().map(shown).collect(),
        passkey,
        signal,
        csrf: member.csrf.clone(),
    })
}

fn shown(passkey: Passkey) -> ShownPasskey {
    ShownPasskey {
        id: passkey.id,
        name: passkey.name,
        backup: match (passkey.backup_eligible, passkey.backed_up) {
            (_, true) => account::PASSKEY_BACKED_UP,
            (true, false) => account::PASSKEY_NOT_BACKED_UP,
            (false, false) => account::PASSKEY_ONE_DEVICE,
        },
        created_at: Moment(passkey.created_at),
        last_used_at: passkey.last_used_at.map(Moment),
    }
}
