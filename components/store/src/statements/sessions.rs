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

/// When it ends by that, unless it is used again. Where the origin is only looking, it
/// stays as it is.
macro_rules! slid {
    () => {
        concat!(
            "CASE
                WHEN CAST($4 AS BIGINT) = 0 THEN idle_expires_at
                WHEN $3 + ",
            idle_seconds!(),
            " < expires_at THEN $3 + ",
            idle_seconds!(),
            "
                ELSE expires_at END"
        )
    };
}

/// Whether that is worth a write: it is a minute later than what is kept, or a tenth of
/// the idle time where that is less; or a stricter origin has been there.
macro_rules! due {
    () => {
        concat!(
            "CAST($4 AS BIGINT) <> 0 AND (idle_seconds IS NULL
                OR ",
            idle_seconds!(),
            " < idle_seconds
                OR ",
            slid!(),
            " < idle_expires_at
                OR ",
            slid!(),
            " - idle_expires_at >= CASE WHEN idle_seconds < 600 THEN idle_seconds / 10 ELSE 60 END
                    AND ",
            slid!(),
            " > idle_expires_at)"
        )
    };
}

/// The session that a token, an audience and a time mean.
macro_rules! live {
    () => {
        "token_digest = $1 AND audience = $2 AND expires_at > $3 AND idle_expires_at > $3
            AND NOT EXISTS (
                SELECT 1 FROM auth_users
                WHERE id = auth_sessions.user_id AND disabled_at IS NOT NULL)"
    };
}

/// Slides it, in one write.
macro_rules! slide {
    ($which:expr) => {
        concat!(
            "UPDATE auth_sessions
        SET idle_seconds = ",
            idle_seconds!(),
            ",
            idle_expires_at = ",
            slid!(),
            "
        WHERE ",
            live!(),
            $which
        )
    };
}

/// A live session with its user. The email is verified while whoever let the user in
/// vouches for it; of a password or a passkey, while anybody has proved it.
macro_rules! found {
    ($before:expr, $idle:expr, $granted:expr) => {
        concat!(
            "
        SELECT ",
            $before,
            "u.id, u.email,
            u.email_verified AND (s.issuer IN ('password', 'passkey') OR EXISTS (
                SELECT 1 FROM auth_accounts a
                WHERE a.issuer = s.issuer AND a.subject = s.subject AND a.user_id = u.id
                    AND a.vouched_email = u.email)),
            u.name, u.created_at,
            s.provider, s.audience, s.amr, s.authenticated_at, s.created_at, s.expires_at,
            ",
            $idle,
            ", u.member_of, s.provider_groups",
            $granted,
            "
        FROM auth_sessions s
        JOIN auth_users u ON u.id = s.user_id
        WHERE s.token_digest = $1 AND s.audience = $2
            AND s.expires_at > $3 AND s.idle_expires_at > $3 AND u.disabled_at IS NULL"
        )
    };
}

/// Whether the user was granted the app, which is parameter 4 or 5.
macro_rules! granted {
    ($app:literal) => {
        concat!(
            ",
            EXISTS (
                SELECT 1 FROM auth_app_grants g
                WHERE g.user_id = u.id AND g.app = ",
            $app,
            ")"
        )
    };
}

/// How a session is found and slid. 1 token, 2 audience, 3 now, 4 idle expiry, perhaps
/// 5 app. Columns as in [`FIND`].
pub(crate) struct Resume {
    /// Both in one round trip, for a server.
    pub(crate) whole: Statement,
    /// The first alone, as if slid, and before it a column with whether that is due: for a
    /// file, where only who writes waits for others who write.
    pub(crate) find: Statement,
    /// The second. Changes nothing where the session has ended.
    pub(crate) slide: Statement,
}

macro_rules! resume {
    ($granted:expr) => {
        Resume {
            whole: Statement {
                text: concat!(
                    "
        WITH slid AS (
        ",
                    slide!(concat!(
                        " AND (",
                        due!(),
                        ")
        RETURNING idle_expires_at)"
                    )),
                    found!(
                        "",
                        "COALESCE((SELECT idle_expires_at FROM slid), s.idle_expires_at)",
                        $granted
                    )
                ),
                again: Again::Yes,
            },
            find: Statement {
                text: found!(
                    concat!(
                        due!(),
                        ",
            "
                    ),
                    concat!(
                        "CASE WHEN ",
                        due!(),
                        " THEN ",
                        slid!(),
                        " ELSE idle_expires_at END"
                    ),
                    $granted
                ),
                again: Again::Yes,
            },
            slide: Statement {
                text: slide!(""),
                again: Again::Yes,
            },
        }
    };
}

/// For an origin that anybody with an account may use.
pub(crate) const RESUME: Resume = resume!("");

/// For one that is granted.
pub(crate) const RESUME_FOR_APP: Resume = resume!(granted!("$5"));

/// Find alone, for a database that takes no writes.
pub(crate) const FIND: Statement = Statement {
    text: found!("", "s.idle_expires_at", ""),
    again: Again::Yes,
};

/// The same, and then whether the user was granted the app.
pub(crate) const FIND_FOR_APP: Statement = Statement {
    text: found!("", "s.idle_expires_at", granted!("$4")),
    again: Again::Yes,
};

macro_rules! running {
    ($of:literal) => {
        concat!(
            "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at,
            s.provider, s.audience, s.amr, s.authenticated_at, s.created_at, s.expires_at,
            s.idle_expires_at, u.member_of, s.provider_groups, s.token_digest
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
