//! SQL about letters that wait to be sent.

use super::{Again, Statement};

pub(crate) const QUEUE: Statement = Statement {
    text: "
        INSERT INTO auth_outbox (id, kind, sealed, queued_at, due_at, attempts, why)
        VALUES ($1, $2, $3, $4, $5, 0, $6)",
    again: Again::No,
};

/// Of two that look at once the second finds, when it comes to change the row, that it is
/// no longer due.
pub(crate) const TAKE_UP: Statement = Statement {
    text: "
        UPDATE auth_outbox
        SET due_at = $2, attempts = attempts + 1
        WHERE due_at <= $1 AND id IN (
            SELECT id FROM auth_outbox
            WHERE due_at <= $1
            ORDER BY due_at, id
            LIMIT $3)
        RETURNING id, kind, sealed, queued_at, attempts",
    // What the first run took up would wait until it is due again.
    again: Again::No,
};

pub(crate) const AGAIN: Statement = Statement {
    text: "
        UPDATE auth_outbox
        SET due_at = $3, why = $4
        WHERE id = $1 AND attempts = $2",
    again: Again::Yes,
};

pub(crate) const REMOVE: Statement = Statement {
    text: "DELETE FROM auth_outbox WHERE id = $1 AND attempts = $2",
    again: Again::Yes,
};

/// How many wait, since when the oldest does.
pub(crate) const WAITING: Statement = Statement {
    text: "SELECT COUNT(*), MIN(queued_at) FROM auth_outbox",
    again: Again::Yes,
};

/// Why the letter that failed last did.
pub(crate) const WHY: Statement = Statement {
    text: "
        SELECT why FROM auth_outbox
        WHERE why <> $1
        ORDER BY due_at DESC
        LIMIT 1",
    again: Again::Yes,
};

pub(crate) const FORGET: Statement = Statement {
    text: "
        DELETE FROM auth_outbox
        WHERE id IN (
            SELECT id FROM auth_outbox
            WHERE queued_at <= $1
            ORDER BY queued_at
            LIMIT $2)",
    again: Again::Yes,
};
