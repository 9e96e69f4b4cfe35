//! SQL about users.

use super::{Again, Statement};

pub(crate) const FIND_BY_EMAIL: Statement = Statement {
    text: "
        SELECT id, email, email_verified, name, created_at
        FROM auth_users
        WHERE email = $1",
    again: Again::Yes,
};

pub(crate) const UPDATE_PROFILE: Statement = Statement {
    text: "
        UPDATE auth_users
        SET name = $2, email_verified = $3, updated_at = $4
        WHERE id = $1",
    again: Again::Yes,
};
