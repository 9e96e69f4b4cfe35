//! SQL about what people see and change of their own account.
//!
//! Whoever changes something is a holder: 1 user, 2 the session that it is done in,
//! 3 now. Where that session has ended, nothing happens. What rests on what was seen
//! names the revision, as in [`super::sign_in`], and by `sessions_begun` every session
//! that it ends or leaves: 4 revision, 5 sessions begun.

use super::mailed::{link_is_good, mailbox};
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

/// 6 link, 7 email from now on, 8 email before, 9 the session's token from now on.
pub(crate) const CHANGE_EMAIL: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET email = $7, email_verified = TRUE, updated_at = $3, revision = revision + 1
        WHERE id = $1 AND revision = $4 AND sessions_begun = $5 AND email = $8
            AND disabled_at IS NULL AND leaves_at IS NULL AND ",
        is_live!(),
        " AND ",
        link_is_good!("$6", "$7", "$3"),
        "
        RETURNING id"
    ),
    then: &[
        mailbox!("$7", "$3"),
        "
        DELETE FROM auth_links
        WHERE email IN ($7, $8) AND EXISTS (SELECT 1 FROM guard)",
        "
        UPDATE auth_sessions
        SET token_digest = $9
        WHERE token_digest = $2 AND user_id IN (SELECT id FROM guard)",
    ],
};

/// How long before an address is changed somebody may have proved who they are, in seconds,
/// and how long the link for it is good: what whoever changed it added is no older.
macro_rules! since_the_change {
    () => {
        "user_id IN (SELECT id FROM guard) AND created_at >= (
                SELECT created_at FROM auth_links WHERE token_digest = $5) - 87000"
    };
}

/// 1 user, 2 revision, 3 sessions begun, 4 now, 5 link, 6 email from now on, 7 email before.
///
/// Somebody else may have had the account: sessions and tokens go, a deletion that was
/// asked for is off, and so is every way in and every link that came with the change or
/// after it. What undoes an earlier change stays.
pub(crate) const TAKE_BACK_EMAIL: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET email = $6, email_verified = TRUE, updated_at = $4, revision = revision + 1,
            sessions_begun = sessions_begun + 1, leaves_at = NULL
        WHERE id = $1 AND revision = $2 AND sessions_begun = $3 AND email = $7
            AND disabled_at IS NULL AND ",
        link_is_good!("$5", "$6", "$4"),
        "
        RETURNING id"
    ),
    then: &[
        "
        DELETE FROM auth_sessions
        WHERE user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_access_tokens
        WHERE user_id IN (SELECT id FROM guard)",
        concat!(
            "
        DELETE FROM auth_accounts
        WHERE issuer NOT IN ('email', 'password') AND ",
            since_the_change!()
        ),
        concat!(
            "
        DELETE FROM auth_authenticators
        WHERE ",
            since_the_change!()
        ),
        concat!(
            "
        DELETE FROM auth_recovery_codes
        WHERE ",
            since_the_change!()
        ),
        concat!(
            "
        DELETE FROM auth_passkeys
        WHERE ",
            since_the_change!()
        ),
        mailbox!("$6", "$4"),
        "
        DELETE FROM auth_links
        WHERE (email IN ($6, $7) OR user_id = $1 AND created_at >= (
                SELECT created_at FROM auth_links WHERE token_digest = $5))
            AND EXISTS (SELECT 1 FROM guard)",
    ],
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

/// With all that hangs on them. Whom an operator has switched off stays to be looked at.
pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_users
        WHERE id IN (
            SELECT id FROM auth_users
            WHERE leaves_at <= $1 AND disabled_at IS NULL
            ORDER BY leaves_at
            LIMIT $2)",
    again: Again::Yes,
};
