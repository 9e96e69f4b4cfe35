//! SQL about the ways in that a user has.

use super::{Again, Guarded, Statement};

pub(crate) const FIND_PASSWORD: Statement = Statement {
    text: "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at, a.password_hash
        FROM auth_users u
        JOIN auth_accounts a ON a.provider = 'password' AND a.subject = u.id
        WHERE u.email = $1",
    again: Again::Yes,
};

pub(crate) const FIND_LINKED: Statement = Statement {
    text: "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at
        FROM auth_accounts a
        JOIN auth_users u ON u.id = a.user_id
        WHERE a.provider = $1 AND a.subject = $2",
    again: Again::Yes,
};

const NEW_USER: &str = "
    INSERT INTO auth_users (id, email, email_verified, name, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $5)
    RETURNING id";

pub(crate) const REGISTER: Guarded = Guarded {
    guard: NEW_USER,
    then: &["
        INSERT INTO auth_accounts (provider, subject, user_id, password_hash, created_at, updated_at)
        SELECT 'password', guard.id, guard.id, $6, $5, $5
        FROM guard"],
};

pub(crate) const REGISTER_LINKED: Guarded = Guarded {
    guard: NEW_USER,
    then: &["
        INSERT INTO auth_accounts (provider, subject, user_id, created_at, updated_at)
        SELECT $6, $7, guard.id, $5, $5
        FROM guard"],
};

pub(crate) const LINK: Statement = Statement {
    text: "
        INSERT INTO auth_accounts (provider, subject, user_id, created_at, updated_at)
        VALUES ($2, $3, $1, $4, $4)",
    again: Again::No,
};

/// Only while nobody has proved the email. The sessions go with their accounts.
pub(crate) const TAKE_OVER: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET email_verified = TRUE, updated_at = $4
        WHERE id = $1 AND email_verified = FALSE
        RETURNING id",
    then: &[
        "
        DELETE FROM auth_accounts
        WHERE user_id IN (SELECT id FROM guard)",
        "
        INSERT INTO auth_accounts (provider, subject, user_id, created_at, updated_at)
        SELECT $2, $3, guard.id, $4, $4
        FROM guard",
    ],
};

pub(crate) const REHASH: Statement = Statement {
    text: "
        UPDATE auth_accounts
        SET password_hash = $3, updated_at = $4
        WHERE provider = 'password' AND subject = $1 AND password_hash = $2",
    again: Again::Yes,
};
