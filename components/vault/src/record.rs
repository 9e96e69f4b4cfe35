//! What was done is written down: who, what, from where, and no value.

use gatelet_ports::store::audit::Actor;
use gatelet_ports::store::types::Place;
use gatelet_secrets::Kind;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_web::audit::{Whence, keep};
use gatelet_web::log;

use crate::caller::Caller;

impl Caller {
    /// A line of the log, and a row.
    pub(crate) async fn record(&self, act: Act, about: &str, now: u64) {
        let event = Event::of(act, &self.actor.user_id).about(about);
        log::note(act.as_str(), &event.detail());
        let whence = Whence {
            actor: match self.kind {
                Kind::Operator => Actor::Operator,
                Kind::Person | Kind::Agent => Actor::Visitor,
            },
            origin: self.actor.origin.clone(),
            address: self.actor.address.parse().ok(),
            user_agent: self.actor.user_agent.clone(),
            now,
        };
        let main = Place {
            url: String::new(),
            schema: String::new(),
        };
        keep(main, vec![whence.row(&event)]).await;
    }
}
