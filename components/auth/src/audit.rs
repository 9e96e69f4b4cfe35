//! What this request did that matters to security: a line in the log at once, and a
//! row when it is answered.

use std::cell::RefCell;

use gatelet_sign_in::audit::Event;
use gatelet_web::audit::{self, Whence};

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
    let whence = Whence::of(&visit.arrival);
    let rows = events.iter().map(|event| whence.row(event)).collect();
    audit::keep(visit.arrival.place(), rows).await;
}
