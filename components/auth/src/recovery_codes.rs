//! `/auth/account/recovery-codes`: what stands in for a second step whose device is lost.

use crate::authenticator::{held, signed_in};
use crate::confirm::recent;
use crate::pages::RecoveryCodesPage;
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_forms::Form;
use gatelet_ports::store::factors::{self, Held};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::recovery_code::{RECOVERY_CODES, RecoveryCode};
use gatelet_wasi::random;
use gatelet_web::{Answer, page, see_other, with_cookies};
use http::StatusCode;

const PATH: &str = "/auth/account/recovery-codes";

/// How many are left.
pub(crate) async fn show(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let (session, mut cookies) = match signed_in(visit, PATH).await? {
        Ok(live) => live,
        Err(answer) => return Ok(answer),
    };
    let held = held(visit, &session).await?;
    let (shown, seed) = form(visit, &held, Vec::new());
    cookies.extend(seed);
    Ok(with_cookies(page(StatusCode::OK, &shown), cookies))
}

/// Makes new ones and shows them, once: here and not after a redirect, since nobody keeps
/// them.
pub(crate) async fn submit(visit: &Visit<'_>, typed: &Form) -> Result<Answer, Failure> {
    let (session, _) = match signed_in(visit, PATH).await? {
        Ok(live) => live,
        Err(answer) => return Ok(answer),
    };
    visit
        .arrival
        .judge_csrf_token(CsrfForm::RecoveryCodes, typed)?;
    recent(visit, &session)?;
    let held = held(visit, &session).await?;
    if held.authenticator.is_none() && held.passkeys == 0 {
        return Ok(see_other(PATH));
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
    visit.note("recovery_codes.made", &format!("user {}", session.user_id));
    let codes = codes.iter().map(RecoveryCode::shown).collect();
    let (shown, seed) = form(visit, &held, codes);
    Ok(with_cookies(page(StatusCode::OK, &shown), seed))
}

fn form(visit: &Visit<'_>, held: &Held, codes: Vec<String>) -> (RecoveryCodesPage, Option<String>) {
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::RecoveryCodes);
    let shown = RecoveryCodesPage {
        frame: visit.frame(),
        left: held.recovery_codes,
        useful: held.authenticator.is_some() || held.passkeys > 0,
        codes,
        csrf,
    };
    (shown, seed)
}
