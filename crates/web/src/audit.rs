//! How is what somebody did written down, and read a page at a time?

use std::net::IpAddr;

use gatelet_forms::Form;
use gatelet_ports::store::audit::{self, Actor, Cursor, Kept};
use gatelet_ports::store::types::Place;
use gatelet_sign_in::audit::{Event, Outcome, row_id, user_agent};
use gatelet_wasi::random;

use crate::arrival::Arrival;
use crate::log;

/// Who did it, when, and from where.
#[derive(Clone, Debug)]
pub struct Whence {
    /// Somebody who came, or the operator.
    pub actor: Actor,
    /// A base URL, or empty.
    pub origin: String,
    /// The IP address, where it is known.
    pub address: Option<IpAddr>,
    /// What the program calls itself; cut when it is written down.
    pub user_agent: String,
    /// Unix seconds.
    pub now: u64,
}

impl Whence {
    /// Of a visitor's request.
    #[must_use]
    pub fn of(arrival: &Arrival<'_>) -> Self {
        let field = arrival.head.field("user-agent");
        Self {
            actor: Actor::Visitor,
            origin: arrival.base_url().as_str().to_owned(),
            address: arrival.client.map(|client| client.ip()),
            user_agent: field.unwrap_or_default().to_owned(),
            now: arrival.now,
        }
    }

    /// The row of an event.
    #[must_use]
    pub fn row(&self, event: &Event) -> audit::Event {
        let Self {
            actor,
            origin,
            address,
            user_agent: program,
            now,
        } = self;
        let id = row_id(event, origin, *address, *now, random::bytes());
        audit::Event {
            id: id.as_str().to_owned(),
            at: *now,
            act: event.act.as_str().to_owned(),
            done: event.act.outcome() == Outcome::Done,
            actor: *actor,
            user_id: event.user_id.clone(),
            target: event.target.as_str().to_owned(),
            origin: origin.clone(),
            address: address.map(|it| it.to_string()).unwrap_or_default(),
            user_agent: user_agent(program),
        }
    }
}

/// Writes rows down, in one call. Whether they are kept changes nothing about what was done:
/// the lines are in the log.
pub async fn keep(place: Place, rows: Vec<audit::Event>) {
    let acts: Vec<_> = rows.iter().map(|row| row.act.clone()).collect();
    if let Err(error) = audit::append(place, rows).await {
        log::error("audit.not_kept", &format!("{}: {error:?}", acts.join(" ")));
    }
}

/// Rows of a page.
const PAGE_ROWS: usize = 30;
/// How many to ask for: one more says that there is a next page.
pub const ASKED_ROWS: u32 = PAGE_ROWS as u32 + 1;
/// Longest id of a row, in bytes: a UUID.
const ID_BYTES: usize = 36;

/// Which row a page begins after: `after=<at>.<id>` in its query.
#[must_use]
pub fn after(query: &Form) -> Option<Cursor> {
    query.get("after").and_then(cursor)
}

/// The rows of a page, of as many as were asked for, and what the next one begins after.
#[must_use]
pub fn page_of(mut kept: Vec<Kept>) -> (Vec<Kept>, Option<String>) {
    let has_more = kept.len() > PAGE_ROWS;
    kept.truncate(PAGE_ROWS);
    let last = kept.last().filter(|_| has_more);
    let next = last.map(|last| format!("{}.{}", last.event.at, last.event.id));
    (kept, next)
}

fn cursor(text: &str) -> Option<Cursor> {
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
        let found = cursor(&format!("17.{id}")).expect("a cursor");
        assert_eq!((found.at, found.id.as_str()), (17, id));
        for text in [
            "",
            "17",
            "17.",
            &format!(".{id}"),
            &format!("18446744073709551615.{id}"),
            &format!("17.{id}0"),
            &format!("17.{}", id.to_uppercase()),
        ] {
            assert!(cursor(text).is_none(), "{text}");
        }
    }
}
