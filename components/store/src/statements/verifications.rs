//! SQL about values that may be used once.

use super::{Again, Statement};

pub(crate) const SPEND: Statement = Statement {
    text: "
        INSERT INTO auth_verifications (purpose, value_digest, created_at, expires_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (purpose, value_digest) DO NOTHING",
    again: Again::No,
};

pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_verifications
        WHERE (purpose, value_digest) IN (
            SELECT purpose, value_digest FROM auth_verifications
            WHERE expires_at <= $1
            ORDER BY expires_at
            LIMIT $2)",
    again: Again::Yes,
};
