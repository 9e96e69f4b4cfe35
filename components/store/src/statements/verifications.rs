//! SQL about values that may be used once.

use super::{Again, Statement};

pub(crate) const SPEND: Statement = Statement {
    text: "
        INSERT INTO auth_verifications (purpose, value_digest, created_at, expires_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (purpose, value_digest) DO NOTHING",
    again: Again::No,
};

/// Is known from now on; of two times the later one counts. 1 purpose, 2 digest, 3 until
/// when what it is about began, 4 until when that is known.
pub(crate) const KEEP: Statement = Statement {
    text: "
        INSERT INTO auth_verifications (purpose, value_digest, created_at, expires_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (purpose, value_digest) DO UPDATE
        SET created_at = $3, expires_at = $4
        WHERE auth_verifications.created_at < $3",
    again: Again::Yes,
};

/// A row where one of four is known, and what began then is among what it is about.
/// 1 purpose, 2 to 5 digests, 6 when.
pub(crate) const KNOWN: Statement = Statement {
    text: "
        SELECT 1 FROM auth_verifications
        WHERE purpose = $1 AND value_digest IN ($2, $3, $4, $5) AND created_at >= $6",
    again: Again::Yes,
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
