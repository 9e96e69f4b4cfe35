//! SQL about the variables of applications.

use crate::statements::{Again, Statement};

pub(crate) const COUNT: Statement = Statement {
    text: "SELECT COUNT(*) FROM auth_variables WHERE org = $1",
    again: Again::Yes,
};

macro_rules! select {
    ($sealed:literal, $which:literal) => {
        concat!(
            "
        SELECT application, key, version, secret_name, secret_version, overridden,
            updated_at, updated_by",
            $sealed,
            "
        FROM auth_variables
        WHERE org = $1",
            $which
        )
    };
}

pub(crate) const LIST: Statement = Statement {
    text: select!("", ""),
    again: Again::Yes,
};

pub(crate) const LIST_OF_APPLICATION: Statement = Statement {
    text: select!("", " AND application = $2"),
    again: Again::Yes,
};

pub(crate) const FIND: Statement = Statement {
    text: select!(", sealed, written", " AND application = $2"),
    again: Again::Yes,
};

/// A page, after an application and a key.
pub(crate) const SEALED: Statement = Statement {
    text: "
        SELECT application, key, version, sealed, written
        FROM auth_variables
        WHERE org = $1 AND (application, key) > ($2, $3)
        ORDER BY application, key
        LIMIT $4",
    again: Again::Yes,
};

/// A step of several. 1 org, 2 application, 3 key, 4 version, 5 secret or none, 6 its
/// version or none, 7 overridden, 8 now, 9 by, 10 sealed, 11 written or none.
pub(crate) const ADD: &str = "
        INSERT INTO auth_variables
            (org, application, key, version, secret_name, secret_version, overridden,
            updated_at, updated_by, sealed, written)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        RETURNING TRUE";

/// The same, 12 the version that it replaces.
pub(crate) const CHANGE: &str = "
        UPDATE auth_variables
        SET version = $4, secret_name = $5, secret_version = $6, overridden = $7,
            updated_at = $8, updated_by = $9, sealed = $10, written = $11
        WHERE org = $1 AND application = $2 AND key = $3 AND version = $12
        RETURNING TRUE";

/// Keys that [`DELETE`] takes at once.
pub(crate) const DELETE_KEYS: usize = 32;

/// 1 org, 2 application, the others keys.
pub(crate) const DELETE: Statement = Statement {
    text: "
        DELETE FROM auth_variables
        WHERE org = $1 AND application = $2 AND key IN (
            $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
        RETURNING key",
    // The second run would answer that there were none.
    again: Again::No,
};

/// 1 org, 2 key, 3 version, 4 sealed, 5 what it was, 6 application, 7 written or none.
pub(crate) const RESEAL: Statement = Statement {
    text: "
        UPDATE auth_variables
        SET sealed = $4, written = $7
        WHERE org = $1 AND application = $6 AND key = $2 AND version = $3 AND sealed = $5",
    again: Again::No,
};
