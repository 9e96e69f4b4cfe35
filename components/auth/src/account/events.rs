//! `/auth/account/events`: what has happened to the account, newest first.

use super::Member;
use crate::pages::{EventRow, EventsPage, Moment};
use crate::visit::Failure;
use gatelet_ports::store::audit::{self, Actor, Kept};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_web::audit::{ASKED_ROWS, after, page_of};
use gatelet_web::{Answer, page};
use http::StatusCode;

pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let arrival = &member.visit.arrival;
    let after = after(&arrival.query());
    let user_id = member.session.user_id.clone();
    let kept = audit::of_user(arrival.place(), user_id, after, ASKED_ROWS).await?;
    let (kept, next) = page_of(kept);
    let path = member.section.path();
    let next = next.map(|after| format!("{path}?after={after}"));
    let shown = EventsPage {
        frame: member.visit.frame(),
        account: member.frame(),
        events: kept
            .into_iter()
            .filter_map(|kept| row(member, kept))
            .collect(),
        next,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// None of an act that this program does not know: a newer one wrote it down.
fn row(member: &Member<'_>, kept: Kept) -> Option<EventRow> {
    let Kept {
        event,
        last_at,
        times,
    } = kept;
    let act = Act::named(&event.act)?;
    Some(EventRow {
        act,
        provider: matches!(
            act,
            Act::SessionBegun | Act::AccountLinked | Act::AccountUnlinked
        )
        .then(|| member.visit.provider_name(&event.target)),
        is_operators: event.actor == Actor::Operator,
        last_at: Moment(last_at),
        times,
        browser: (!event.user_agent.is_empty()).then(|| Browser::of(&event.user_agent)),
        address: event.address,
    })
}
