//! SQL about sessions. How they begin is in [`super::sign_in`].

use super::{Again, Statement};

/// How long the session lasts without use: as the strictest origin has it, of those
/// where it was used and this one.
macro_rules! idle_seconds {
    () => {
        "CASE
                WHEN CAST($4 AS BIGINT) = 0 THEN idle_seconds
                WHEN idle_seconds < CAST($4 AS BIGINT) - CAST($3 AS BIGINT) THEN idle_seconds
                ELSE CAST($4 AS BIGINT) - CAST($3 AS BIGINT) END"
    };
}

/// The start of a statement that finds a session and slides it, in one round trip. The
/// email is verified while whoever let the user in vouches for it; of a password or
/// a passkey, while anybody has proved it.
macro_rules! resume {
    ($granted:literal) => {
        concat!(
            "
        UPDATE auth_sessions
        SET idle_seconds = ",
            idle_seconds!(),
            ",
            idle_expires_at = CASE
                WHEN CAST($4 AS BIGINT) = 0 THEN idle_expires_at
                WHEN $3 + ",
            idle_seconds!(),
            " < expires_at THEN $3 + ",
            idle_seconds!(),
            "
                ELSE expires_at END
        WHERE token_digest = $1 AND audience = $2 AND expires_at > $3 AND idle_expires_at > $3
            AND NOT EXISTS (
                SELECT 1 FROM auth_users
                WHERE id = auth_sessions.user_id AND disabled_at IS NOT NULL)
        RETURNING user_id,
            (SELECT email FROM auth_users WHERE id = auth_sessions.user_id),
            (SELECT email_verified FROM auth_users WHERE id = auth_sessions.user_id)
                AND (auth_sessions.issuer IN ('password', 'passkey') OR EXISTS (
                    SELECT 1 FROM auth_accounts a
                    JOIN auth_users u ON u.id = a.user_id AND u.email = a.vouched_email
                    WHERE a.issuer = auth_sessions.issuer AND a.subject = auth_sessions.subject
                        AND a.user_id = auth_sessions.user_id)),
            (SELECT name FROM auth_users WHERE id = auth_sessions.user_id),
            (SELECT created_at FROM auth_users WHERE id = auth_sessions.user_id),
            provider, audience, amr, authenticated_at, created_at, expires_at, idle_expires_at,
            (SELECT member_of FROM auth_users WHERE id = auth_sessions.user_id)",
            $granted
        )
    };
}

/// Columns as in [`FIND`].
pub(crate) const RESUME: Statement = Statement {
    text: resume!(""),
    again: Again::Yes,
};

/// The same, and then whether the user was granted the app.
pub(crate) const RESUME_FOR_APP: Statement = Statement {
    text: resume!(
        ",
            EXISTS (
                SELECT 1 FROM auth_app_grants
                WHERE user_id = auth_sessions.user_id AND app = $5)"
    ),
    again: Again::Yes,
};

macro_rules! find {
    ($granted:literal) => {
        concat!(
            "
        SELECT u.id, u.email,
            u.email_verified AND (s.issuer IN ('password', 'passkey') OR EXISTS (
                SELECT 1 FROM auth_accounts a
                WHERE a.issuer = s.issuer AND a.subject = s.subject AND a.user_id = u.id
                    AND a.vouched_email = u.email)),
            u.name, u.created_at,
            s.provider, s.audience, s.amr, s.authenticated_at, s.created_at, s.expires_at,
            s.idle_expires_at, u.member_of",
            $granted,
            "
        FROM auth_sessions s
        JOIN auth_users u ON u.id = s.user_id
        WHERE s.token_digest = $1 AND s.audience = $2
            AND s.expires_at > $3 AND s.idle_expires_at > $3 AND u.disabled_at IS NULL"
        )
    };
}

/// Find alone, for a database that takes no writes.
pub(crate) const FIND: Statement = Statement {
    text: find!(""),
    again: Again::Yes,
};

/// The same, and then whether the user was granted the app.
pub(crate) const FIND_FOR_APP: Statement = Statement {
    text: find!(
        ",
            EXISTS (
                SELECT 1 FROM auth_app_grants g
                WHERE g.user_id = u.id AND g.app = $4)"
    ),
    again: Again::Yes,
};

macro_rules! running {
    ($of:literal) => {
        concat!(
            "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at,
            s.provider, s.audience, s.amr, s.authenticated_at, s.created_at, s.expires_at,
            s.idle_expires_at, u.member_of, s.token_digest
        FROM auth_sessions s
        JOIN auth_users u ON u.id = s.user_id
        WHERE s.token_digest > $1 AND s.expires_at > $2 AND s.idle_expires_at > $2",
            $of,
            "
        ORDER BY s.token_digest
        LIMIT $3"
        )
    };
}

/// A page of live sessions, after a digest. Columns as in [`FIND`], but what a user's
/// own record says of the email; then the digest.
pub(crate) const RUNNING: Statement = Statement {
    text: running!(""),
    again: Again::Yes,
};

/// The same of one user.
pub(crate) const RUNNING_OF_USER: Statement = Statement {
    text: running!(" AND s.user_id = $4"),
    again: Again::Yes,
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
