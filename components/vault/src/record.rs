//! What was done is written down: who, what, from where, and no value.

use gatelet_ports::store::audit::{self, Actor};
use gatelet_ports::store::types::Place;
use gatelet_secrets::Kind;
use gatelet_sign_in::audit::{Act, Event, Outcome, row_id, user_agent};
use gatelet_wasi::random;
use gatelet_web::log;

use crate::caller::Caller;

impl Caller {
    /// A line of the log and a row. Whether the row is kept changes nothing about what was
    /// done: the line is in the log.
    pub(crate) async fn record(&self, act: Act, about: &str, now: u64) {
        let actor = &self.actor;
        let event = Event::of(act, &actor.user_id).about(about);
        log::note(act.as_str(), &event.detail());
        let address = actor.address.parse().ok();
        let id = row_id(&event, &actor.origin, address, now, random::bytes());
        let row = audit::Event {
            id: id.as_str().to_owned(),
            at: now,
            act: act.as_str().to_owned(),
            done: act.outcome() == Outcome::Done,
            actor: match self.kind {
                Kind::Operator => Actor::Operator,
                Kind::Person | Kind::Agent => Actor::Visitor,
            },
            user_id: event.user_id,
            target: event.target.as_str().to_owned(),
            origin: actor.origin.clone(),
            address: actor.address.clone(),
            user_agent: user_agent(&actor.user_agent),
        };
        let main = Place {
            url: String::new(),
            schema: String::new(),
        };
        if let Err(error) = audit::append(main, vec![row]).await {
            log::error("audit.not_kept", &format!("{act}: {error:?}"));
        }
    }
}
