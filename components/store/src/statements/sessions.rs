//! SQL about sessions.

use super::{Again, Statement};

/// Find and slide in one round trip. Columns as in [`FIND`].
pub(crate) const RESUME: Statement = Statement {
    text: "
        UPDATE auth_sessions
        SET idle_expires_at = CASE WHEN $4 < expires_at THEN $4 ELSE expires_at END
        WHERE token_digest = $1 AND audience = $2 AND expires_at > $3 AND idle_expires_at > $3
        RETURNING user_id,
            (SELECT email FROM auth_users WHERE id = auth_sessions.user_id),
            (SELECT email_verified FROM auth_users WHERE id = auth_sessions.user_id),
            (SELECT name FROM auth_users WHERE id = auth_sessions.user_id),
            (SELECT created_at FROM auth_users WHERE id = auth_sessions.user_id),
            provider, audience, created_at, expires_at, idle_expires_at",
    again: Again::Yes,
};

/// Find alone, for a database that takes no writes.
pub(crate) const FIND: Statement = Statement {
    text: "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at,
            s.provider, s.audience, s.created_at, s.expires_at, s.idle_expires_at
        FROM auth_sessions s
        JOIN auth_users u ON u.id = s.user_id
        WHERE s.token_digest = $1 AND s.audience = $2
            AND s.expires_at > $3 AND s.idle_expires_at > $3",
    again: Again::Yes,
};

/// On the account that it begins with, the newest where a user has several at
/// one provider. Without such an account there is no session.
pub(crate) const CREATE: Statement = Statement {
    text: "
        INSERT INTO auth_sessions
            (token_digest, user_id, provider, subject, audience, created_at, expires_at, idle_expires_at)
        SELECT $1, user_id, provider, subject, $4, $5, $6, $7
        FROM auth_accounts
        WHERE user_id = $2 AND provider = $3
        ORDER BY created_at DESC, subject
        LIMIT 1",
    again: Again::No,
};

pub(crate) const END: Statement = Statement {
    text: "DELETE FROM auth_sessions WHERE token_digest = $1",
    again: Again::Yes,
};

pub(crate) const END_ALL: Statement = Statement {
    text: "DELETE FROM auth_sessions WHERE user_id = $1",
    again: Again::Yes,
};

pub(crate) const END_OTHERS: Statement = Statement {
    text: "DELETE FROM auth_sessions WHERE user_id = $1 AND token_digest <> $2",
    again: Again::Yes,
};

pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_sessions
        WHERE token_digest IN (
            SELECT token_digest FROM auth_sessions
            WHERE expires_at <= $1
            ORDER BY expires_at
            LIMIT $2)",
    again: Again::Yes,
};

/// Reads the whole table at worst: `idle_expires_at` has no index, on purpose.
pub(crate) const SWEEP_IDLE: Statement = Statement {
    text: "
        DELETE FROM auth_sessions
        WHERE token_digest IN (
            SELECT token_digest FROM auth_sessions
            WHERE idle_expires_at <= $1
            LIMIT $2)",
    again: Again::Yes,
};
