//! SQL about what people see and change of their own account.
//!
//! Whoever changes something is a holder: 1 user, 2 the session that it is done in,
//! 3 now. Where that session has ended, nothing happens. What rests on what was seen
//! names the revision, as in [`super::sign_in`], and by `sessions_begun` every session
//! that it ends or leaves: 4 revision, 5 sessions begun.

use super::{Again, Guarded, Statement};

/// Columns as in every look-up of a user, then when the user leaves.
pub(crate) const FIND: Statement = Statement {
    text: "
        SELECT id, email, email_verified, name, created_at, revision, sessions_begun,
            disabled_at IS NOT NULL, leaves_at
        FROM auth_users
        WHERE id = $1",
    again: Again::Yes,
};

/// More than anybody links.
pub(crate) const WAYS: Statement = Statement {
    text: "
        SELECT issuer, subject, provider, vouched_email, created_at
        FROM auth_accounts
        WHERE user_id = $1
        ORDER BY created_at, issuer, subject
        LIMIT 100",
    again: Again::Yes,
};

/// More than there are apps.
pub(crate) const GRANTED_APPS: Statement = Statement {
    text: "
        SELECT app, created_at
        FROM auth_app_grants
        WHERE user_id = $1
        ORDER BY app
        LIMIT 1000",
    again: Again::Yes,
};

/// Whether the holder's session lives.
macro_rules! is_live {
    () => {
        "EXISTS (
                SELECT 1 FROM auth_sessions
                WHERE token_digest = $2 AND user_id = $1 AND expires_at > $3
                    AND idle_expires_at > $3)"
    };
}
pub(super) use is_live;

/// 4 name.
pub(crate) const RENAME: Statement = Statement {
    text: concat!(
        "
        UPDATE auth_users
        SET name = $4, name_chosen = TRUE, updated_at = $3
        WHERE id = $1 AND ",
        is_live!()
    ),
    again: Again::Yes,
};

/// 6 hash, 7 the session's token from now on.
pub(crate) const SET_PASSWORD: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $4 AND sessions_begun = $5 AND ",
        is_live!(),
        "
        RETURNING id"
    ),
    then: &[
        "
        INSERT INTO auth_accounts
            (issuer, subject, provider, user_id, password_hash, created_at, updated_at)
        SELECT 'password', guard.id, 'password', guard.id, $6, $3, $3
        FROM guard
        WHERE TRUE
        ON CONFLICT (issuer, subject) DO UPDATE SET password_hash = $6, updated_at = $3",
        "
        DELETE FROM auth_sessions
        WHERE token_digest <> $2 AND user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_access_tokens
        WHERE user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_links
        WHERE email IN (SELECT email FROM auth_users WHERE id IN (SELECT id FROM guard))",
        "
        UPDATE auth_sessions
        SET token_digest = $7
        WHERE token_digest = $2 AND user_id IN (SELECT id FROM guard)",
    ],
};

/// 5 issuer, 6 subject, 7 provider, 8 the address that the provider vouches for.
pub(crate) const LINK: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $4 AND ",
        is_live!(),
        "
        RETURNING id"
    ),
    then: &["
        INSERT INTO auth_accounts
            (issuer, subject, provider, vouched_email, user_id, created_at, updated_at)
        SELECT $5, $6, $7, $8, guard.id, $3, $3
        FROM guard"],
};

/// Only where another is left: by the revision, of two who each take one away the second
/// sees that. 6 issuer, 7 subject.
pub(crate) const REMOVE_WAY: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $4 AND sessions_begun = $5
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE user_id = $1 AND issuer = $6 AND subject = $7)
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE user_id = $1 AND (issuer <> $6 OR subject <> $7))
            AND ",
        is_live!(),
        "
        RETURNING id"
    ),
    then: &[
        "
        DELETE FROM auth_sessions
        WHERE issuer = $6 AND subject = $7 AND user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_accounts
        WHERE issuer = $6 AND subject = $7 AND user_id IN (SELECT id FROM guard)",
    ],
};

/// 6 when.
pub(crate) const LEAVE: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET leaves_at = $6, revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $4 AND sessions_begun = $5 AND ",
        is_live!(),
        "
        RETURNING id"
    ),
    then: &["
        DELETE FROM auth_sessions
        WHERE user_id IN (SELECT id FROM guard)"],
};

pub(crate) const STAY: Statement = Statement {
    text: "
        UPDATE auth_users
        SET leaves_at = NULL, revision = revision + 1, updated_at = $2
        WHERE id = $1 AND leaves_at > $2 AND disabled_at IS NULL",
    // The second run would answer that there was nothing to stop.
    again: Again::No,
};

/// With all that hangs on them.
pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_users
        WHERE id IN (
            SELECT id FROM auth_users
            WHERE leaves_at <= $1
            ORDER BY leaves_at
            LIMIT $2)",
    again: Again::Yes,
};
