//! SQL about what may be done so many times in a while. Each statement is a step of
//! several: it reads `before`, which has a row where the step before it admitted. All or
//! nothing, in one statement: the row is locked while it is judged and changed. Whether
//! there was enough is written down, because `RETURNING` sees the row as it is afterwards.

use super::{Again, Statement};

/// What the bucket has given already, as the time when it is full again: now for one that
/// is. A bucket that would be full only two windows from now was taken from by a clock
/// that was ahead, or under a longer setting: it counts as full.
macro_rules! full_at {
    () => {
        "CASE WHEN auth_counters.full_at <= CAST($5 AS BIGINT)
                OR auth_counters.full_at > CAST($5 AS BIGINT) + CAST($4 AS BIGINT) + CAST($4 AS BIGINT)
            THEN CAST($5 AS BIGINT) ELSE auth_counters.full_at END"
    };
}

macro_rules! fits {
    () => {
        concat!(
            full_at!(),
            " + CAST($3 AS BIGINT) <= CAST($5 AS BIGINT) + CAST($4 AS BIGINT)"
        )
    };
}

/// Purpose, digest, cost, window and now, the last three in microseconds.
pub(crate) const TAKE: &str = concat!(
    "
        INSERT INTO auth_counters (purpose, bucket_digest, full_at, was_taken, ends_at)
        SELECT $1, $2,
            CASE WHEN CAST($3 AS BIGINT) <= CAST($4 AS BIGINT)
                THEN CAST($5 AS BIGINT) + CAST($3 AS BIGINT) ELSE CAST($5 AS BIGINT) END,
            CAST($3 AS BIGINT) <= CAST($4 AS BIGINT),
            (CAST($5 AS BIGINT) + CAST($3 AS BIGINT) + 999999) / 1000000
        FROM before WHERE TRUE
        ON CONFLICT (purpose, bucket_digest) DO UPDATE SET
            was_taken = ",
    fits!(),
    ",
            full_at = CASE WHEN ",
    fits!(),
    " THEN ",
    full_at!(),
    " + CAST($3 AS BIGINT) ELSE ",
    full_at!(),
    " END,
            ends_at = (",
    full_at!(),
    " + CAST($3 AS BIGINT) + 999999) / 1000000
        RETURNING was_taken, full_at AS until, 0 AS failures"
);

/// As for [`TAKE`], the window unused.
pub(crate) const GIVE_BACK: &str = "
        UPDATE auth_counters SET full_at = CASE
            WHEN full_at - CAST($3 AS BIGINT) < CAST($4 AS BIGINT) THEN CAST($4 AS BIGINT)
            ELSE full_at - CAST($3 AS BIGINT) END
        WHERE purpose = $1 AND bucket_digest = $2
        RETURNING was_taken, full_at AS until, 0 AS failures";

/// Whether all is forgotten. A row that ends later than any that begins now was written
/// by a clock that was ahead, or under a longer setting.
macro_rules! forgotten {
    () => {
        forgotten!("$4", "$5", "$6")
    };
    ($longest:literal, $forget:literal, $now:literal) => {
        concat!(
            "(auth_lockouts.ends_at <= CAST(",
            $now,
            " AS BIGINT)
            OR auth_lockouts.ends_at > CAST(",
            $now,
            " AS BIGINT) + 2 * (CAST(",
            $longest,
            " AS BIGINT) + CAST(",
            $forget,
            " AS BIGINT)))"
        )
    };
}

macro_rules! locked {
    () => {
        locked!("$4", "$5", "$6")
    };
    ($longest:literal, $forget:literal, $now:literal) => {
        concat!(
            "(NOT ",
            forgotten!($longest, $forget, $now),
            " AND auth_lockouts.locked_until > CAST(",
            $now,
            " AS BIGINT))"
        )
    };
}

/// For how long the door is shut by one more failure.
macro_rules! delay {
    () => {
        concat!(
            "CASE
                WHEN CASE WHEN ",
            forgotten!(),
            " THEN 1 ELSE auth_lockouts.failures + 1 END < CAST($2 AS BIGINT) THEN 0
                WHEN ",
            forgotten!(),
            " OR auth_lockouts.delay_seconds = 0 THEN CAST($3 AS BIGINT)
                WHEN 2 * auth_lockouts.delay_seconds > CAST($4 AS BIGINT) THEN CAST($4 AS BIGINT)
                ELSE 2 * auth_lockouts.delay_seconds END"
        )
    };
}

/// A door that is not shut is open for those whose clock is behind, too.
/// Digest, failures until the door is shut, for how long first, at most, how long they
/// are remembered, and now, in seconds.
pub(crate) const FAIL: &str = concat!(
    "
        INSERT INTO auth_lockouts (whose_digest, failures, delay_seconds, locked_until, was_taken, ends_at)
        SELECT $1, 1,
            CASE WHEN CAST($2 AS BIGINT) <= 1 THEN CAST($3 AS BIGINT) ELSE 0 END,
            CASE WHEN CAST($2 AS BIGINT) <= 1 THEN CAST($6 AS BIGINT) + CAST($3 AS BIGINT) ELSE 0 END,
            TRUE,
            CAST($6 AS BIGINT) + CAST($5 AS BIGINT)
                + CASE WHEN CAST($2 AS BIGINT) <= 1 THEN CAST($3 AS BIGINT) ELSE 0 END
        FROM before WHERE TRUE
        ON CONFLICT (whose_digest) DO UPDATE SET
            was_taken = NOT ",
    locked!(),
    ",
            failures = CASE
                WHEN ",
    locked!(),
    " THEN auth_lockouts.failures
                WHEN ",
    forgotten!(),
    " THEN 1 ELSE auth_lockouts.failures + 1 END,
            delay_seconds = CASE WHEN ",
    locked!(),
    " THEN auth_lockouts.delay_seconds ELSE ",
    delay!(),
    " END,
            locked_until = CASE WHEN ",
    locked!(),
    " THEN auth_lockouts.locked_until
                WHEN (",
    delay!(),
    ") = 0 THEN 0 ELSE CAST($6 AS BIGINT) + ",
    delay!(),
    " END,
            ends_at = CASE WHEN ",
    locked!(),
    " THEN auth_lockouts.ends_at ELSE CAST($6 AS BIGINT) + CAST($5 AS BIGINT) + ",
    delay!(),
    " END
        RETURNING was_taken, locked_until AS until, failures"
);

/// 1 digest, 2 for how long at most, 3 how long failures are remembered, 4 now, in seconds.
pub(crate) const SHUT: Statement = Statement {
    text: concat!(
        "SELECT locked_until FROM auth_lockouts WHERE whose_digest = $1 AND ",
        locked!("$2", "$3", "$4")
    ),
    again: Again::Yes,
};

pub(crate) const PARDON: &str = "
        DELETE FROM auth_lockouts
        WHERE whose_digest = $1
        RETURNING was_taken, locked_until AS until, failures";

/// 1 purpose, 2 digest.
pub(crate) const FORGET: Statement = Statement {
    text: "DELETE FROM auth_counters WHERE purpose = $1 AND bucket_digest = $2",
    // The second run would answer that nothing was counted.
    again: Again::No,
};

pub(crate) const FORGET_LOCKOUT: Statement = Statement {
    text: "DELETE FROM auth_lockouts WHERE whose_digest = $1",
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

pub(crate) const SWEEP_LOCKOUTS: Statement = Statement {
    text: "
        DELETE FROM auth_lockouts
        WHERE whose_digest IN (
            SELECT whose_digest FROM auth_lockouts
            WHERE ends_at <= $1
            ORDER BY ends_at
            LIMIT $2)",
    again: Again::Yes,
};

/// Those that are no statements of their own.
#[cfg(test)]
pub(crate) const STEPS: &[&str] = &[TAKE, GIVE_BACK, FAIL, PARDON];
