//! SQL about users.

use super::{Again, Guarded, Statement};

/// Columns as in every look-up of a user.
pub(crate) const FIND_BY_ID: Statement = Statement {
    text: "
        SELECT id, email, email_verified, name, created_at, revision, sessions_begun,
            disabled_at IS NOT NULL
        FROM auth_users
        WHERE id = $1",
    again: Again::Yes,
};

/// Columns as in every look-up of a user: the user, then what was seen.
pub(crate) const FIND_BY_EMAIL: Statement = Statement {
    text: "
        SELECT id, email, email_verified, name, created_at, revision, sessions_begun,
            disabled_at IS NOT NULL
        FROM auth_users
        WHERE email = $1",
    again: Again::Yes,
};

/// What an operator sees of a user: live sessions by the time in `$2`.
macro_rules! listed {
    ($which:literal) => {
        concat!(
            "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at, u.disabled_at, u.member_of,
            (SELECT COUNT(*) FROM auth_sessions s
                WHERE s.user_id = u.id AND s.expires_at > $2 AND s.idle_expires_at > $2)
        FROM auth_users u
        WHERE ",
            $which
        )
    };
}

/// A page, after an email; 3 rows.
pub(crate) const LISTED: Statement = Statement {
    text: listed!("u.email > $1 ORDER BY u.email LIMIT $3"),
    again: Again::Yes,
};

pub(crate) const LISTED_BY_ID: Statement = Statement {
    text: listed!("u.id = $1"),
    again: Again::Yes,
};

pub(crate) const LISTED_BY_EMAIL: Statement = Statement {
    text: listed!("u.email = $1"),
    again: Again::Yes,
};

pub(crate) const WAYS_IN: Statement = Statement {
    text: "
        SELECT provider, issuer, subject, created_at
        FROM auth_accounts
        WHERE user_id = $1
        ORDER BY created_at, issuer, subject",
    again: Again::Yes,
};

/// 1 id, 2 email, 3 verified, 4 name, 5 created, 6 hash or none, 7 disabled or none.
pub(crate) const INSERT: Guarded = Guarded {
    guard: "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, disabled_at)
        VALUES ($1, $2, $3, $4, $5, $5, $7)
        ON CONFLICT (email) DO NOTHING
        RETURNING id",
    then: &["
        INSERT INTO auth_accounts
            (issuer, subject, provider, user_id, password_hash, created_at, updated_at)
        SELECT 'password', guard.id, 'password', guard.id, $6, $5, $5
        FROM guard
        WHERE CAST($6 AS TEXT) IS NOT NULL"],
};

/// Sessions and tokens go by statements after it: one that begins meanwhile changes the row
/// too, and is seen by no statement that was there before it.
pub(crate) const DISABLE: Statement = Statement {
    text: "
        UPDATE auth_users
        SET disabled_at = $2, updated_at = $2, revision = revision + 1
        WHERE id = $1 AND disabled_at IS NULL",
    // The second run would answer that it was no news.
    again: Again::No,
};

pub(crate) const ENABLE: Statement = Statement {
    text: "
        UPDATE auth_users
        SET disabled_at = NULL, updated_at = $2, revision = revision + 1
        WHERE id = $1 AND disabled_at IS NOT NULL",
    again: Again::No,
};

pub(crate) const DELETE: Statement = Statement {
    text: "DELETE FROM auth_users WHERE id = $1",
    again: Again::No,
};
