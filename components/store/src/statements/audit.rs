//! SQL about what people and operators did.

use super::{Again, Statement};

/// 1 id, 2 at, 3 act, 4 done, 5 actor, 6 user, 7 target, 8 origin, 9 address,
/// 10 user agent.
macro_rules! insert {
    ($conflict:literal) => {
        concat!(
            "
        INSERT INTO auth_events
            (id, at, last_at, times, act, done, actor, user_id, target, origin, address, user_agent)
        VALUES ($1, $2, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO ",
            $conflict
        )
    };
}

/// What was done.
pub(crate) const APPEND: Statement = Statement {
    text: insert!("NOTHING"),
    again: Again::Yes,
};

/// The same as one of several.
pub(crate) const APPEND_STEP: &str = concat!(
    insert!("NOTHING"),
    "
        RETURNING 1"
);

/// The same beside a guarded change. No other row has its id: it is random.
pub(crate) const APPEND_BESIDE: &str = "
        INSERT INTO auth_events
            (id, at, last_at, times, act, done, actor, user_id, target, origin, address, user_agent)
        SELECT $1, $2, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10
        FROM guard";

/// What was refused, once more.
pub(crate) const COUNT: Statement = Statement {
    text: insert!(
        "UPDATE SET times = auth_events.times + 1, last_at = excluded.last_at,
            address = excluded.address, user_agent = excluded.user_agent"
    ),
    // The second run would count it twice.
    again: Again::No,
};

macro_rules! page {
    ($of:literal) => {
        concat!(
            "
        SELECT id, at, act, done, actor, user_id, target, origin, address, user_agent, last_at, times
        FROM auth_events
        WHERE (at, id) < ($1, $2) AND at >= $3
            AND (CAST($4 AS TEXT) IS NULL OR act = $4)",
            $of,
            "
        ORDER BY at DESC, id DESC
        LIMIT $5"
        )
    };
}

/// 1 before this time, 2 and this id, 3 since, 4 act or none, 5 rows.
pub(crate) const EVENTS: Statement = Statement {
    text: page!(""),
    again: Again::Yes,
};

/// The same, 6 of this user.
pub(crate) const EVENTS_OF_USER: Statement = Statement {
    text: page!(" AND user_id = $6"),
    again: Again::Yes,
};

pub(crate) const FORGET: Statement = Statement {
    text: "
        DELETE FROM auth_events
        WHERE id IN (
            SELECT id FROM auth_events
            WHERE last_at < $1
            ORDER BY last_at
            LIMIT $2)",
    again: Again::Yes,
};
