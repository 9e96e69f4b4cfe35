//! SQL about secrets. A row goes through versions and is not deleted, so whoever writes
//! one waits for whoever does so at the same time, and then finds another version.

use crate::statements::{Again, Guarded, Statement};

pub(crate) const COUNT: Statement = Statement {
    text: "SELECT COUNT(*) FROM auth_secrets WHERE org = $1",
    again: Again::Yes,
};

pub(crate) const LIST: Statement = Statement {
    text: "
        SELECT name, version, updated_at, updated_by
        FROM auth_secrets
        WHERE org = $1 AND sealed IS NOT NULL",
    again: Again::Yes,
};

/// Names that [`FIND`] takes at once.
pub(crate) const FIND_NAMES: usize = 32;

/// Deleted ones too. 1 org, the others names.
pub(crate) const FIND: Statement = Statement {
    text: "
        SELECT name, version, updated_at, updated_by, sealed
        FROM auth_secrets
        WHERE org = $1 AND name IN (
            $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
    again: Again::Yes,
};

/// A page, after a name.
pub(crate) const SEALED: Statement = Statement {
    text: "
        SELECT name, version, sealed
        FROM auth_secrets
        WHERE org = $1 AND name > $2 AND sealed IS NOT NULL
        ORDER BY name
        LIMIT $3",
    again: Again::Yes,
};

/// 1 org, 2 name, 3 now, 4 sealed, 5 by.
pub(crate) const ADD: Statement = Statement {
    text: "
        INSERT INTO auth_secrets (org, name, version, sealed, updated_at, updated_by)
        VALUES ($1, $2, 1, $4, $3, $5)
        ON CONFLICT (org, name) DO NOTHING",
    // The second run would answer that it was there.
    again: Again::No,
};

macro_rules! change {
    ($replaces:literal, $version:literal) => {
        concat!(
            "
        UPDATE auth_secrets
        SET version = ",
            $version,
            ", sealed = $4, updated_at = $3, updated_by = $5
        WHERE org = $1 AND name = $2 AND version = ",
            $replaces
        )
    };
}

/// The same, 6 the version that it replaces, 7 its own.
pub(crate) const CHANGE: Statement = Statement {
    text: change!("$6", "$7"),
    // The second run would find its own version.
    again: Again::No,
};

/// For this secret, and neither used nor expired.
macro_rules! request_is_good {
    () => {
        "EXISTS (
                SELECT 1 FROM auth_secret_requests
                WHERE token_digest = $6 AND org = $1 AND name = $2
                    AND fulfilled_at IS NULL AND expires_at > $3)"
    };
}

/// The secret's row is what those wait for who come with one link, or with two for one
/// secret: a link is used only together with a new version, so whoever finds the version
/// as it was finds the link unused.
const BURN: &[&str] = &["
        UPDATE auth_secret_requests
        SET fulfilled_at = $3
        WHERE token_digest = $6 AND EXISTS (SELECT 1 FROM guard)"];

/// As [`ADD`], 6 the link's token.
pub(crate) const ADD_BY_REQUEST: Guarded = Guarded {
    guard: concat!(
        "
        INSERT INTO auth_secrets (org, name, version, sealed, updated_at, updated_by)
        SELECT $1, $2, 1, $4, $3, $5
        WHERE ",
        request_is_good!(),
        "
        ON CONFLICT (org, name) DO NOTHING
        RETURNING name AS id"
    ),
    then: BURN,
};

/// The same, 7 the version that it replaces, 8 its own.
pub(crate) const CHANGE_BY_REQUEST: Guarded = Guarded {
    guard: concat!(
        change!("$7", "$8"),
        " AND ",
        request_is_good!(),
        "
        RETURNING name AS id"
    ),
    then: BURN,
};

/// Who has read the version before replaces nothing any more. 3 now.
pub(crate) const DELETE: Statement = Statement {
    text: "
        UPDATE auth_secrets
        SET sealed = NULL, version = version + 1, updated_at = $3
        WHERE org = $1 AND name = $2 AND sealed IS NOT NULL",
    // The second run would answer that there was none.
    again: Again::No,
};

/// 1 org, 2 name, 3 version, 4 sealed, 5 what it was.
pub(crate) const RESEAL: Statement = Statement {
    text: "
        UPDATE auth_secrets
        SET sealed = $4
        WHERE org = $1 AND name = $2 AND version = $3 AND sealed = $5",
    again: Again::No,
};

/// Deleted for a day, and no variable's. One that is entered anew meanwhile stays.
pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_secrets
        WHERE sealed IS NULL AND (org, name) IN (
            SELECT s.org, s.name FROM auth_secrets s
            WHERE s.sealed IS NULL AND s.updated_at <= CAST($1 AS BIGINT) - 86400
                AND NOT EXISTS (
                    SELECT 1 FROM auth_variables v
                    WHERE v.org = s.org AND v.secret_name = s.name)
            ORDER BY s.updated_at
            LIMIT $2)",
    again: Again::Yes,
};
