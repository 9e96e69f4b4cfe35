//! SQL about where somebody is signed in. A holder is 1 user, 2 session, 3 now.

use super::own_account::is_live;
use super::{Again, Statement};

/// When a session was last used: it slides by its idle time with every use that asks the
/// store. One from before that was kept, or that was never used, was seen when it began.
macro_rules! columns {
    () => {
        "token_digest, provider, amr, audience, authenticated_at, created_at,
            CASE
                WHEN idle_seconds IS NULL THEN created_at
                WHEN idle_expires_at - idle_seconds < created_at THEN created_at
                ELSE idle_expires_at - idle_seconds END,
            user_agent, address, region"
    };
}

/// The first page. 1 user, 2 now, 3 rows.
pub(crate) const FIRST: Statement = Statement {
    text: concat!(
        "
        SELECT ",
        columns!(),
        "
        FROM auth_sessions
        WHERE user_id = $1 AND expires_at > $2 AND idle_expires_at > $2
        ORDER BY created_at DESC, token_digest DESC
        LIMIT $3"
    ),
    again: Again::Yes,
};

/// The next. 4 and 5 the last one's.
pub(crate) const NEXT: Statement = Statement {
    text: concat!(
        "
        SELECT ",
        columns!(),
        "
        FROM auth_sessions
        WHERE user_id = $1 AND expires_at > $2 AND idle_expires_at > $2
            AND (created_at, token_digest) < ($4, $5)
        ORDER BY created_at DESC, token_digest DESC
        LIMIT $3"
    ),
    again: Again::Yes,
};

pub(crate) const FIND: Statement = Statement {
    text: concat!(
        "
        SELECT ",
        columns!(),
        "
        FROM auth_sessions
        WHERE token_digest = $2 AND user_id = $1 AND expires_at > $3 AND idle_expires_at > $3"
    ),
    again: Again::Yes,
};

/// 4 which.
pub(crate) const END: Statement = Statement {
    text: concat!(
        "
        DELETE FROM auth_sessions
        WHERE token_digest = $4 AND user_id = $1 AND ",
        is_live!()
    ),
    // The second run would answer that it was gone.
    again: Again::No,
};

/// 1 issuer or empty, 2 what the provider calls it, 3 until when it began, 4 the provider.
/// Whose, and the digest.
pub(crate) const END_PROVIDER_SESSION: Statement = Statement {
    text: "
        DELETE FROM auth_sessions
        WHERE provider_session = $2 AND provider_session <> ''
            AND (issuer = $1 OR ($1 = '' AND provider = $4)) AND created_at <= $3
        RETURNING user_id, token_digest",
    again: Again::No,
};

/// 1 issuer, 2 subject, 3 what the provider calls it, empty for all; 4 until when it began.
/// Whose, and the digest.
pub(crate) const END_PROVIDER_ACCOUNT: Statement = Statement {
    text: "
        DELETE FROM auth_sessions
        WHERE user_id IN (
                SELECT user_id FROM auth_accounts WHERE issuer = $1 AND subject = $2)
            AND issuer = $1 AND subject = $2
            AND ($3 = '' OR provider_session = '' OR provider_session = $3)
            AND created_at <= $4
        RETURNING user_id, token_digest",
    again: Again::No,
};

pub(crate) const END_OTHERS: Statement = Statement {
    text: concat!(
        "
        DELETE FROM auth_sessions
        WHERE user_id = $1 AND token_digest <> $2 AND ",
        is_live!()
    ),
    again: Again::No,
};
