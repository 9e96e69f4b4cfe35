//! SQL about applications that were made by hand.

use crate::statements::{Again, Statement};

pub(crate) const COUNT: Statement = Statement {
    text: "SELECT COUNT(*) FROM auth_applications WHERE org = $1",
    again: Again::Yes,
};

pub(crate) const LIST: Statement = Statement {
    text: "
        SELECT a.name, a.created_at,
            (SELECT COUNT(*) FROM auth_variables v
                WHERE v.org = a.org AND v.application = a.name)
        FROM auth_applications a
        WHERE a.org = $1",
    again: Again::Yes,
};

pub(crate) const ADD: Statement = Statement {
    text: "
        INSERT INTO auth_applications (org, name, created_at)
        VALUES ($1, $2, $3)
        ON CONFLICT (org, name) DO NOTHING",
    // The second run would answer that it was there.
    again: Again::No,
};

/// A step of several, as the next.
pub(crate) const REMOVE: &str = "
        DELETE FROM auth_applications
        WHERE org = $1 AND name = $2
        RETURNING TRUE";

pub(crate) const REMOVE_VARIABLES: &str = "
        DELETE FROM auth_variables
        WHERE org = $1 AND application = $2
        RETURNING TRUE";
