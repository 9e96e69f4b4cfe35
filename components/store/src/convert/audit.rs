//! Events to parameters, and rows to events.

use crate::{
    bindings::exports::gatelet::store::audit::{Actor, Cursor, Event, Kept},
    convert::{seconds, text},
    failure::Failure,
    value::{Row, Value},
};

/// As `statements::audit` numbers them.
pub(crate) fn event_parameters(event: Event) -> Result<Vec<Value>, Failure> {
    let Event {
        id,
        at,
        act,
        done,
        actor,
        user_id,
        target,
        origin,
        address,
        user_agent,
    } = event;
    Ok(vec![
        text(id)?,
        seconds(at)?,
        text(act)?,
        Value::Boolean(done),
        text(actor_word(actor).to_owned())?,
        text(user_id)?,
        text(target)?,
        text(origin)?,
        text(address)?,
        text(user_agent)?,
    ])
}

/// Before this time and id; before all of them, without.
pub(crate) fn cursor_parameters(after: Option<Cursor>) -> Result<[Value; 2], Failure> {
    Ok(match after {
        Some(Cursor { at, id }) => [seconds(at)?, text(id)?],
        None => [Value::Integer(i64::MAX), Value::Text(String::new())],
    })
}

pub(crate) fn kept(mut row: Row) -> Result<Kept, Failure> {
    Ok(Kept {
        event: Event {
            id: row.text()?,
            at: row.seconds()?,
            act: row.text()?,
            done: row.boolean()?,
            actor: actor(&row.text()?)?,
            user_id: row.text()?,
            target: row.text()?,
            origin: row.text()?,
            address: row.text()?,
            user_agent: row.text()?,
        },
        last_at: row.seconds()?,
        times: row.seconds()?,
    })
}

fn actor_word(actor: Actor) -> &'static str {
    match actor {
        Actor::Visitor => "visitor",
        Actor::Operator => "operator",
    }
}

fn actor(word: &str) -> Result<Actor, Failure> {
    [Actor::Visitor, Actor::Operator]
        .into_iter()
        .find(|actor| actor_word(*actor) == word)
        .ok_or_else(|| Failure::internal("an event by nobody that there is"))
}
