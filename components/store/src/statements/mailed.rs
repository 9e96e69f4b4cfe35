//! SQL that signs in whoever has used a link that was mailed. As in
//! [`super::sign_in`] each is one transaction, and the numbers on the user's row settle
//! what a wait for it may have changed: whoever uses a link makes `revision` grow, so of
//! two with one link the second finds another number, or the email taken.
//!
//! All number their parameters alike: 1 to 7 as there, 8 the link's token, 9 the email
//! that it was mailed to, and at the end the browser's three.
//!
//! A mailbox that was proved is an account with the issuer `email` and the user's id as
//! subject, which vouches for the email as a provider's account does.

use super::Guarded;
use super::sign_in::session;

/// Mailed to that email, and neither used nor expired.
macro_rules! link_is_good {
    () => {
        link_is_good!("$8", "$9", "$5")
    };
    ($link:literal, $email:literal, $now:literal) => {
        concat!(
            "EXISTS (
                SELECT 1 FROM auth_links
                WHERE token_digest = ",
            $link,
            " AND email = ",
            $email,
            " AND expires_at > ",
            $now,
            ")"
        )
    };
}
pub(super) use link_is_good;

macro_rules! session_with_mailbox {
    ($($browser:literal),+) => {
        session!("'email'", "guard.id", "'email'"; $($browser),+)
    };
}

macro_rules! mailbox {
    () => {
        mailbox!("$9", "$5")
    };
    ($email:literal, $now:literal) => {
        concat!(
            "
        INSERT INTO auth_accounts
            (issuer, subject, provider, vouched_email, user_id, created_at, updated_at)
        SELECT 'email', guard.id, 'email', ",
            $email,
            ", guard.id, ",
            $now,
            ", ",
            $now,
            "
        FROM guard
        WHERE TRUE
        ON CONFLICT (issuer, subject) DO UPDATE SET
            vouched_email = excluded.vouched_email, updated_at = excluded.updated_at"
        )
    };
}
pub(super) use mailbox;

/// With the hash in this parameter, where there is any.
macro_rules! password {
    ($hash:literal) => {
        concat!(
            "
        INSERT INTO auth_accounts
            (issuer, subject, provider, user_id, password_hash, created_at, updated_at)
        SELECT 'password', guard.id, 'password', guard.id, CAST(",
            $hash,
            " AS TEXT), $5, $5
        FROM guard
        WHERE CAST(",
            $hash,
            " AS TEXT) IS NOT NULL
        ON CONFLICT (issuer, subject) DO UPDATE SET
            password_hash = excluded.password_hash, updated_at = excluded.updated_at"
        )
    };
}

/// All that were mailed to it: one use is proof enough.
macro_rules! links_go {
    () => {
        "
        DELETE FROM auth_links
        WHERE email = $9 AND EXISTS (SELECT 1 FROM guard)"
    };
}

/// 10 user, 11 revision, 12 sessions begun, 13 whether sessions and tokens end, 14 whether
/// the other ways in go, 15 hash or none.
pub(crate) const SIGN_IN: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET email_verified = TRUE, updated_at = $5, revision = revision + 1,
            sessions_begun = sessions_begun + 1
        WHERE id = $10 AND revision = $11 AND disabled_at IS NULL AND leaves_at IS NULL
            AND email = $9
            AND (sessions_begun = $12 OR NOT CAST($13 AS BOOLEAN))
            AND ",
        link_is_good!(),
        "
        RETURNING id, email, email_verified, name, created_at, member_of"
    ),
    then: &[
        "
        DELETE FROM auth_sessions
        WHERE CAST($13 AS BOOLEAN) AND user_id IN (SELECT id FROM guard)",
        // A password that is replaced is not deleted first: on Postgres both would
        // happen at once.
        "
        DELETE FROM auth_accounts
        WHERE CAST($14 AS BOOLEAN) AND user_id IN (SELECT id FROM guard) AND issuer <> 'email'
            AND (issuer <> 'password' OR CAST($15 AS TEXT) IS NULL)",
        "
        DELETE FROM auth_authenticators
        WHERE CAST($14 AS BOOLEAN) AND user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_recovery_codes
        WHERE CAST($14 AS BOOLEAN) AND user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_passkeys
        WHERE CAST($14 AS BOOLEAN) AND user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_access_tokens
        WHERE CAST($13 AS BOOLEAN) AND user_id IN (SELECT id FROM guard)",
        password!("$15"),
        mailbox!(),
        links_go!(),
        session_with_mailbox!("$16", "$17", "$18", "$19", "$20"),
    ],
};

/// 10 id, 11 name, 12 user created, 13 hash or none.
pub(crate) const REGISTER: Guarded = Guarded {
    guard: concat!(
        "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, sessions_begun,
            name_chosen)
        SELECT CAST($10 AS TEXT), CAST($9 AS TEXT), TRUE, CAST($11 AS TEXT),
            CAST($12 AS BIGINT), CAST($12 AS BIGINT), 1, CAST($13 AS TEXT) IS NOT NULL
        WHERE ",
        link_is_good!(),
        "
        RETURNING id, email, email_verified, name, created_at, member_of"
    ),
    then: &[
        password!("$13"),
        mailbox!(),
        links_go!(),
        session_with_mailbox!("$14", "$15", "$16", "$17", "$18"),
    ],
};

/// As [`super::sign_in::RECLAIM`]. 10 id, 11 name, 12 user created, 13 hash or none;
/// then of the one who has the email 14 user, 15 revision, 16 sessions begun.
pub(crate) const RECLAIM: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET email = id, updated_at = $5, revision = revision + 1, member_of = ''
        WHERE id = $14 AND revision = $15 AND sessions_begun = $16 AND disabled_at IS NULL
            AND email = $9 AND email_verified = FALSE
            AND ",
        link_is_good!(),
        "
        RETURNING CAST($10 AS TEXT) AS id, CAST($9 AS TEXT), TRUE, CAST($11 AS TEXT),
            CAST($12 AS BIGINT), ''"
    ),
    then: &[
        "
        DELETE FROM auth_group_members
        WHERE user_id = $14 AND EXISTS (SELECT 1 FROM guard)",
        "
        DELETE FROM auth_sessions
        WHERE user_id = $14 AND EXISTS (SELECT 1 FROM guard)",
        "
        DELETE FROM auth_access_tokens
        WHERE user_id = $14 AND EXISTS (SELECT 1 FROM guard)",
        "
        DELETE FROM auth_app_grants
        WHERE user_id = $14 AND EXISTS (SELECT 1 FROM guard)",
        "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, sessions_begun,
            name_chosen)
        SELECT guard.id, $9, TRUE, $11, $12, $12, 1, CAST($13 AS TEXT) IS NOT NULL
        FROM guard",
        password!("$13"),
        mailbox!(),
        links_go!(),
        session_with_mailbox!("$17", "$18", "$19", "$20", "$21"),
    ],
};
