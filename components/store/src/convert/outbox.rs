//! Letters that wait, to parameters and from rows.

use super::{seconds, text};
use crate::{
    bindings::exports::gatelet::store::outbox::{Letter, TakenUp},
    failure::Failure,
    value::{Row, Value},
};

/// Many times what a letter has.
const SEALED_LIMIT_BYTES: usize = 256 * 1024;

/// id, kind, sealed, queued at, due at, why.
pub(crate) fn parameters(letter: Letter, due_at: u64) -> Result<[Value; 6], Failure> {
    let Letter {
        id,
        kind,
        sealed,
        queued_at,
    } = letter;
    if sealed.len() > SEALED_LIMIT_BYTES {
        return Err(Failure::internal("a letter that is too long"));
    }
    Ok([
        text(id)?,
        text(kind)?,
        Value::Bytes(sealed),
        seconds(queued_at)?,
        seconds(due_at)?,
        text(String::new())?,
    ])
}

/// id, kind, sealed, queued at, attempts.
pub(crate) fn taken_up(mut row: Row) -> Result<TakenUp, Failure> {
    Ok(TakenUp {
        letter: Letter {
            id: row.text()?,
            kind: row.text()?,
            sealed: row.bytes()?,
            queued_at: row.seconds()?,
        },
        attempts: u32::try_from(row.integer()?).unwrap_or(u32::MAX),
    })
}
