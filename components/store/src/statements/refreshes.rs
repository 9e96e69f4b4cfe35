//! SQL about refresh tokens of another program.

use super::{Again, Statement};

/// A row where the caller has it from now on: nobody had, or not in time.
pub(crate) const CLAIM: Statement = Statement {
    text: "
        INSERT INTO auth_refreshes (token_digest, claimed_until, outcome, expires_at)
        VALUES ($1, $3, NULL, $3)
        ON CONFLICT (token_digest) DO UPDATE
        SET claimed_until = $3, outcome = NULL, expires_at = $3
        WHERE (auth_refreshes.outcome IS NULL AND auth_refreshes.claimed_until <= $2)
            OR auth_refreshes.expires_at <= $2",
    again: Again::No,
};

pub(crate) const FIND: Statement = Statement {
    text: "SELECT outcome FROM auth_refreshes WHERE token_digest = $1",
    again: Again::Yes,
};

pub(crate) const SETTLE: Statement = Statement {
    text: "
        UPDATE auth_refreshes SET outcome = $2, expires_at = $3
        WHERE token_digest = $1 AND outcome IS NULL",
    again: Again::Yes,
};

pub(crate) const RELEASE: Statement = Statement {
    text: "DELETE FROM auth_refreshes WHERE token_digest = $1 AND outcome IS NULL",
    again: Again::Yes,
};

pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_refreshes
        WHERE token_digest IN (
            SELECT token_digest FROM auth_refreshes
            WHERE expires_at <= $1
            ORDER BY expires_at
            LIMIT $2)",
    again: Again::Yes,
};
