//! `/auth/account/events`: what has happened to the account, newest first.

use super::Member;
use crate::pages::{EventRow, EventsPage, Moment};
use crate::visit::Failure;
use gatelet_ports::store::audit::{self, Actor, Cursor, Kept};
use gatelet_sign_in::audit::Act;
use gatelet_sign_in::browser::Browser;
use gatelet_web::{Answer, page};
use http::StatusCode;

/// Rows of a page.
const PAGE_ROWS: usize = 30;
/// Longest id of a row, in bytes: a UUID.
const ID_BYTES: usize = 36;

pub(super) async fn show(member: &Member<'_>) -> Result<Answer, Failure> {
    let arrival = &member.visit.arrival;
    let query = arrival.query();
    let after = query.get("after").and_then(after);
    let rows = u32::try_from(PAGE_ROWS + 1).expect("a small number");
    let user_id = member.session.user_id.clone();
    let mut kept = audit::of_user(arrival.place(), user_id, after, rows).await?;
    let has_more = kept.len() > PAGE_ROWS;
    kept.truncate(PAGE_ROWS);
    let next = kept.last().filter(|_| has_more).map(|last| {
        let (path, event) = (member.section.path(), &last.event);
        format!("{path}?after={}.{}", event.at, event.id)
    });
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

fn after(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('.')?;
    let is_id = id.len() == ID_BYTES
        && id
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    Some(Cursor {
        at: at.parse().ok().filter(|at| *at <= u64::MAX >> 1)?,
        id: is_id.then(|| id.to_owned())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_events_begins_after_a_row_and_nothing_else() {
        let id = "01234567-89ab-4cde-8f01-23456789abcd";
        let cursor = after(&format!("17.{id}")).expect("a cursor");
        assert_eq!((cursor.at, cursor.id.as_str()), (17, id));
        for text in [
            "",
            "17",
            "17.",
            &format!(".{id}"),
            &format!("18446744073709551615.{id}"),
            &format!("17.{id}0"),
            &format!("17.{}", id.to_uppercase()),
        ] {
            assert!(after(text).is_none(), "{text}");
        }
    }
}
