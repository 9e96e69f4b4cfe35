//! `/auth/account/recovery-codes`: what stands in for a second step whose device is lost.

use super::Member;
use super::authenticator::held;
use crate::confirm::recent;
use crate::mailed::notices::{self, Factor, Told};
use crate::pages::RecoveryCodesPage;
use crate::problem::Problem;
use crate::visit::Failure;
use gatelet_ports::store::factors::{self, Held};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::recovery_code::{RECOVERY_CODES, RecoveryCode};
use gatelet_wasi::random;
use gatelet_web::{Answer, page, scripted, see_other};
use http::StatusCode;

/// How many are left.
pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let held = held(member.visit, &member.session).await?;
    Ok(paged(&form(member, &held, Vec::new())))
}

/// Makes new ones and shows them, once: here and not after a redirect, since nobody keeps
/// them.
pub(super) async fn submit(member: &Member<'_>) -> Result<Answer, Failure> {
    let Member { visit, session, .. } = member;
    recent(visit, session)?;
    let held = held(visit, session).await?;
    if held.authenticator.is_none() && held.passkeys == 0 {
        return Ok(see_other(&member.on_the_way(member.section.path())));
    }
    let codes: Vec<RecoveryCode> = (0..RECOVERY_CODES)
        .map(|_| RecoveryCode::from_random(&random::bytes()))
        .collect();
    let digests = codes
        .iter()
        .map(|code| code.digest(&session.user_id).to_vec());
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    let kept = factors::set_recovery_codes(place, held.seen.clone(), digests.collect(), now).await;
    match kept {
        Err(Error::Conflict) => return Err(Problem::AccountChanged.into()),
        kept => kept?,
    }
    visit.record(Event::of(Act::RecoveryCodesMade, &session.user_id));
    let told = Told::FactorAdded(Factor::RecoveryCodes);
    notices::tell_user(visit, &session.user_id, told).await;
    let codes = codes.iter().map(RecoveryCode::shown).collect();
    Ok(paged(&form(member, &held, codes)))
}

fn paged(shown: &RecoveryCodesPage) -> Answer {
    scripted(page(StatusCode::OK, shown))
}

fn form(member: &Member<'_>, held: &Held, codes: Vec<String>) -> RecoveryCodesPage {
    RecoveryCodesPage {
        frame: member.visit.frame(),
        account: member.frame(),
        left: held.recovery_codes,
        useful: held.authenticator.is_some() || held.passkeys > 0,
        codes,
        csrf: member.csrf.clone(),
    }
}
