//! SQL about requests for secrets. What fulfils one is in [`super::secrets`].

use crate::statements::{Again, Statement};

pub(crate) const COUNT: Statement = Statement {
    text: "SELECT COUNT(*) FROM auth_secret_requests WHERE org = $1",
    again: Again::Yes,
};

/// 1 org, 2 id, 3 token, 4 name, 5 created, 6 expires, 7 by.
pub(crate) const ADD: Statement = Statement {
    text: "
        INSERT INTO auth_secret_requests
            (org, id, token_digest, name, created_at, expires_at, created_by, fulfilled_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
    again: Again::No,
};

macro_rules! select {
    ($which:literal) => {
        concat!(
            "
        SELECT id, name, created_at, expires_at, created_by, fulfilled_at
        FROM auth_secret_requests
        WHERE org = $1 AND ",
            $which
        )
    };
}

pub(crate) const FIND: Statement = Statement {
    text: select!("id = $2"),
    again: Again::Yes,
};

pub(crate) const FIND_BY_TOKEN: Statement = Statement {
    text: select!("token_digest = $2"),
    again: Again::Yes,
};

pub(crate) const LIST: Statement = Statement {
    text: select!(
        "created_at > $2
        ORDER BY created_at DESC, id
        LIMIT 1000"
    ),
    again: Again::Yes,
};

/// For a day somebody may ask what became of one.
pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_secret_requests
        WHERE id IN (
            SELECT id FROM auth_secret_requests
            WHERE expires_at <= CAST($1 AS BIGINT) - 86400
            ORDER BY expires_at
            LIMIT $2)",
    again: Again::Yes,
};
