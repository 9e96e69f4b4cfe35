//! SQL about users.

use super::{Again, Statement};

/// Columns as in every look-up of a user.
pub(crate) const FIND_BY_ID: Statement = Statement {
    text: "
        SELECT id, email, email_verified, name, created_at, revision, sessions_begun
        FROM auth_users
        WHERE id = $1",
    again: Again::Yes,
};

/// Columns as in every look-up of a user: the user, then what was seen.
pub(crate) const FIND_BY_EMAIL: Statement = Statement {
    text: "
        SELECT id, email, email_verified, name, created_at, revision, sessions_begun
        FROM auth_users
        WHERE email = $1",
    again: Again::Yes,
};
