//! SQL about tokens that providers gave for accounts. They are sealed by whoever keeps them.

use super::{Again, Guarded, Statement};

/// 1 token, 2 audience, 3 now, 4 provider.
pub(crate) const OF_SESSION: Statement = Statement {
    text: "
        SELECT a.user_id, a.issuer, a.subject, a.provider, a.sealed_tokens,
            s.issuer = a.issuer AND s.subject = a.subject
        FROM auth_sessions s
        JOIN auth_users u ON u.id = s.user_id
        JOIN auth_accounts a ON a.user_id = s.user_id
        WHERE s.token_digest = $1 AND s.audience = $2
            AND s.expires_at > $3 AND s.idle_expires_at > $3
            AND u.disabled_at IS NULL
            AND a.provider = $4 AND a.sealed_tokens IS NOT NULL
        ORDER BY
            CASE WHEN s.issuer = a.issuer AND s.subject = a.subject THEN 0 ELSE 1 END,
            a.updated_at DESC, a.subject
        LIMIT 1",
    again: Again::Yes,
};

/// 1 issuer, 2 subject.
pub(crate) const OF_ACCOUNT: Statement = Statement {
    text: "
        SELECT sealed_tokens
        FROM auth_accounts
        WHERE issuer = $1 AND subject = $2 AND sealed_tokens IS NOT NULL",
    again: Again::Yes,
};

/// 1 issuer, 2 subject, 3 sealed.
pub(crate) const KEEP: Statement = Statement {
    text: "
        UPDATE auth_accounts
        SET sealed_tokens = $3
        WHERE issuer = $1 AND subject = $2",
    again: Again::Yes,
};

/// The same in the place of others. 4 those.
pub(crate) const REPLACE: Statement = Statement {
    text: "
        UPDATE auth_accounts
        SET sealed_tokens = $3
        WHERE issuer = $1 AND subject = $2 AND sealed_tokens = $4",
    again: Again::No,
};

/// 1 issuer, 2 subject, 3 those that are void.
pub(crate) const END: Guarded = Guarded {
    guard: "
        UPDATE auth_accounts
        SET sealed_tokens = NULL
        WHERE issuer = $1 AND subject = $2 AND sealed_tokens = $3
        RETURNING user_id AS id",
    then: &["
        DELETE FROM auth_sessions
        WHERE issuer = $1 AND subject = $2 AND user_id IN (SELECT id FROM guard)"],
};

/// Those of somebody who has no session. 1 user, 2 now.
pub(crate) const UNUSED: Statement = Statement {
    text: "
        SELECT user_id, issuer, subject, provider, sealed_tokens
        FROM auth_accounts
        WHERE user_id = $1 AND sealed_tokens IS NOT NULL
            AND NOT EXISTS (
                SELECT 1 FROM auth_sessions
                WHERE user_id = $1 AND expires_at > $2 AND idle_expires_at > $2)",
    again: Again::Yes,
};

/// 1 issuer, 2 subject, 3 those that were found.
pub(crate) const TAKE: Statement = Statement {
    text: "
        UPDATE auth_accounts
        SET sealed_tokens = NULL
        WHERE issuer = $1 AND subject = $2 AND sealed_tokens = $3",
    again: Again::No,
};

/// All of a user.
pub(crate) const FORGET: Statement = Statement {
    text: "
        UPDATE auth_accounts
        SET sealed_tokens = NULL
        WHERE user_id = $1 AND sealed_tokens IS NOT NULL",
    again: Again::Yes,
};
