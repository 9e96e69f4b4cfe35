//! `/auth/account/delete`: somebody leaves. All sessions end at once; the account goes
//! with all that is kept of it when the time of grace is over, unless they come back and
//! say that they stay.

use super::{Member, TRIES};
use crate::leaving;
use crate::mailed::notices::{self, Told};
use crate::pages::{DeletePage, Moment};
use crate::problem::Problem;
use crate::provider_tokens;
use crate::session;
use crate::visit::Failure;
use gatelet_core::error::Code;
use gatelet_forms::Form;
use gatelet_ports::store::own_account::{self, Profile};
use gatelet_ports::store::types::Error;
use gatelet_sign_in::audit::Act;
use gatelet_texts::problems;
use gatelet_web::{Answer, Faults, page, see_other, with_cookies, worth_a_retry};
use http::StatusCode;

pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let profile = member.profile().await?;
    let shown = form(member, &profile, Faults::default());
    Ok(page(StatusCode::OK, &shown))
}

pub(super) async fn submit(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    let mut profile = member.profile().await?;
    if !is_meant(typed.text("confirmation"), confirmation(&profile)) {
        let mut faults = Faults::default();
        faults.field("confirmation", problems::CONFIRMATION_WRONG);
        let shown = form(member, &profile, faults);
        return Ok(worth_a_retry(page(
            StatusCode::UNPROCESSABLE_ENTITY,
            &shown,
        )));
    }
    let visit = member.visit;
    let arrival = &visit.arrival;
    let leaves_at = leaves_at(member);
    for _ in 0..TRIES {
        let outcome = own_account::leave(
            arrival.place(),
            member.session.holder(),
            profile.seen.clone(),
            leaves_at,
            arrival.now,
        );
        match outcome.await {
            // Somebody signed in meanwhile, or this session has ended: looked at again.
            Err(Error::Conflict) => profile = member.profile().await?,
            outcome => {
                outcome?;
                member.record(Act::DeletionAsked, None);
                provider_tokens::let_go(visit, &member.session.user_id).await;
                let (email, is_verified) = (&profile.user.email, profile.user.email_verified);
                let told = Told::DeletionAsked(leaves_at);
                notices::tell(visit, email, is_verified, told).await;
                let mut cookies = session::all_cleared(visit);
                cookies.push(leaving::remember(visit, &member.session.user_id, leaves_at));
                return Ok(with_cookies(see_other(leaving::PATH), cookies));
            }
        }
    }
    Err(Problem::denied(Code::StoreConflict).into())
}

fn leaves_at(member: &Member<'_>) -> u64 {
    let days = member.visit.site.sign_in.account_deletion_days;
    member.visit.arrival.now.saturating_add(days * 86_400)
}

/// What is to be typed: the address, or of whoever has none the id.
fn confirmation(profile: &Profile) -> &str {
    match profile.user.email.as_str() {
        "" => &profile.user.id,
        email => email,
    }
}

fn is_meant(typed: &str, wanted: &str) -> bool {
    !wanted.is_empty() && typed.trim().eq_ignore_ascii_case(wanted)
}

fn form(member: &Member<'_>, profile: &Profile, faults: Faults) -> DeletePage {
    DeletePage {
        frame: member.visit.frame(),
        account: member.frame(),
        faults,
        confirmation: confirmation(profile).to_owned(),
        leaves_at: Moment(leaves_at(member)),
        is_at_once: member.visit.site.sign_in.account_deletion_days == 0,
        csrf: member.csrf.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_is_meant_where_it_is_typed_as_shown() {
        assert!(is_meant(" Ann@Example.com ", "ann@example.com"));
        for typed in ["", "ann", "ann@example.co", "yes"] {
            assert!(!is_meant(typed, "ann@example.com"), "{typed}");
        }
        assert!(!is_meant("", ""));
    }
}
