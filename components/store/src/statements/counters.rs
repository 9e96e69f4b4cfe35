//! SQL about things that may be done so many times in a while.

use super::{Again, Statement};

/// All or nothing, in one statement: the row is locked while it is looked at and
/// changed. Whether there was enough is written down, because `RETURNING` sees the
/// row as it is afterwards. A window that ends a whole window later than one that begins
/// now was begun by a clock that was ahead, or under a longer setting: it is over.
pub(crate) const TAKE: Statement = Statement {
    text: "
        INSERT INTO auth_counters (purpose, bucket_digest, taken, was_taken, ends_at)
        VALUES ($1, $2,
            CASE WHEN CAST($3 AS BIGINT) <= CAST($4 AS BIGINT) THEN $3 ELSE 0 END,
            $3 <= $4, $6)
        ON CONFLICT (purpose, bucket_digest) DO UPDATE SET
            taken = CASE
                WHEN auth_counters.ends_at <= $5 OR auth_counters.ends_at > $6 + ($6 - $5) THEN excluded.taken
                WHEN auth_counters.taken + $3 <= $4 THEN auth_counters.taken + $3
                ELSE auth_counters.taken END,
            was_taken = CASE
                WHEN auth_counters.ends_at <= $5 OR auth_counters.ends_at > $6 + ($6 - $5) THEN excluded.was_taken
                ELSE auth_counters.taken + $3 <= $4 END,
            ends_at = CASE
                WHEN auth_counters.ends_at <= $5 OR auth_counters.ends_at > $6 + ($6 - $5) THEN excluded.ends_at
                ELSE auth_counters.ends_at END
        RETURNING was_taken, ends_at",
    // The second run would take once more.
    again: Again::No,
};

pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_counters
        WHERE (purpose, bucket_digest) IN (
            SELECT purpose, bucket_digest FROM auth_counters
            WHERE ends_at <= $1
            ORDER BY ends_at
            LIMIT $2)",
    again: Again::Yes,
};
