//! What this request did that matters to security: a line in the log at once, and a
//! row when it is answered.

use std::cell::RefCell;

use gatelet_ports::store::audit::{self, Actor};
use gatelet_sign_in::audit::{Event, Outcome, row_id, user_agent};
use gatelet_wasi::random;
use gatelet_web::log;

use crate::visit::Visit;

/// Most events of one request. No flow has as many.
const EVENTS_MAX: usize = 16;

/// What is to be written down.
#[derive(Debug, Default)]
pub(crate) struct Record(RefCell<Vec<Event>>);

impl Record {
    /// One more.
    pub(crate) fn push(&self, event: Event) {
        let mut events = self.0.borrow_mut();
        if events.len() < EVENTS_MAX {
            events.push(event);
        }
    }
}

/// Writes all of it down, in one call. Whoever signed in has, whether or not that works:
/// the lines are in the log.
pub(crate) async fn keep(visit: &Visit<'_>) {
    let events = visit.record.0.take();
    if events.is_empty() {
        return;
    }
    let rows = events.iter().map(|event| row(visit, event)).collect();
    if let Err(error) = audit::append(visit.arrival.place(), rows).await {
        log::error(
            "audit.not_kept",
            &format!("{} events: {error:?}", events.len()),
        );
    }
}

fn row(visit: &Visit<'_>, event: &Event) -> audit::Event {
    let arrival = &visit.arrival;
    let address = arrival.client.map(|client| client.ip());
    let origin = arrival.base_url().as_str();
    let id = row_id(event, origin, address, arrival.now, random::bytes());
    audit::Event {
        id: id.as_str().to_owned(),
        at: arrival.now,
        act: event.act.as_str().to_owned(),
        done: event.act.outcome() == Outcome::Done,
        actor: Actor::Visitor,
        user_id: event.user_id.clone(),
        target: event.target.as_str().to_owned(),
        origin: origin.to_owned(),
        address: address
            .map(|address| address.to_string())
            .unwrap_or_default(),
        user_agent: user_agent(arrival.head.field("user-agent").unwrap_or_default()),
    }
}
