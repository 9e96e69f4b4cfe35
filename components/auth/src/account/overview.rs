//! `/auth/account`: who am I, how did I come in, and where is the rest?

use super::Member;
use crate::pages::{Moment, OverviewPage};
use crate::visit::CsrfForm;
use gatelet_web::{Answer, page, with_cookies};
use http::StatusCode;

pub(super) fn show(member: &Member<'_>) -> Answer {
    let Member { visit, session, .. } = member;
    let (csrf, seed) = visit.arrival.csrf(CsrfForm::SignOut);
    let shown = OverviewPage {
        frame: visit.frame(),
        account: member.frame(),
        person: session.person(),
        provider: visit.provider_name(&session.provider),
        expires_at: Moment(session.expires_at),
        csrf,
    };
    with_cookies(page(StatusCode::OK, &shown), seed)
}
