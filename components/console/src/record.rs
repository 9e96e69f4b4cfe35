//! What the console itself did is written down: a line of the log, and a row. What the
//! vault did, the vault writes down.

use gatelet_sign_in::audit::Event;
use gatelet_web::audit::{self, Whence};

use crate::admin::Admin;

pub(crate) async fn keep(admin: &Admin<'_>, event: Event) {
    let arrival = &admin.visit.arrival;
    admin.visit.note(event.act.as_str(), &event.detail());
    audit::keep(arrival.place(), vec![Whence::of(arrival).row(&event)]).await;
}
