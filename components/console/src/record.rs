//! What the console itself did is written down: a line of the log, and a row. What the
//! vault did, the vault writes down.

use gatelet_ports::store::audit::{self, Actor};
use gatelet_sign_in::audit::{Event, Outcome, row_id, user_agent};
use gatelet_wasi::random;
use gatelet_web::log;

use crate::admin::Admin;

/// Whether the row is kept changes nothing about what was done: the line is in the log.
pub(crate) async fn keep(admin: &Admin<'_>, event: Event) {
    let arrival = &admin.visit.arrival;
    admin.visit.note(event.act.as_str(), &event.detail());
    let address = arrival.client.map(|client| client.ip());
    let origin = arrival.base_url().as_str();
    let id = row_id(&event, origin, address, arrival.now, random::bytes());
    let row = audit::Event {
        id: id.as_str().to_owned(),
        at: arrival.now,
        act: event.act.as_str().to_owned(),
        done: event.act.outcome() == Outcome::Done,
        actor: Actor::Visitor,
        user_id: event.user_id,
        target: event.target.as_str().to_owned(),
        origin: origin.to_owned(),
        address: address
            .map(|address| address.to_string())
            .unwrap_or_default(),
        user_agent: user_agent(arrival.head.field("user-agent").unwrap_or_default()),
    };
    if let Err(error) = audit::append(arrival.place(), vec![row]).await {
        log::error("audit.not_kept", &format!("{}: {error:?}", event.act));
    }
}
