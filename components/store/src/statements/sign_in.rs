//! SQL that signs somebody in: what the sign-in changes about users and accounts, and
//! the session that begins on it. Each is one transaction.
//!
//! Every guard but those that make a user locks the user's row and names the
//! `revision` that the decision was made on. On Postgres what follows it sees the
//! database as it was when the statement began, perhaps before a wait for that lock:
//! nothing that another sign-in did meanwhile. The numbers on the row itself are
//! looked at again after the wait, so they alone settle whether the rest is true:
//!
//! - Whoever changes the ways in of a user makes `revision` grow and names it.
//! - Whoever begins a session makes `sessions_begun` grow. Whoever ends all of them
//!   names it, and so has seen each.
//!
//! All number their parameters alike: 1 token, 2 audience, 3 amr, 4 auth time,
//! 5 created, 6 expires, 7 idle expires. Where there is a linked account, 8 issuer,
//! 9 subject, 10 provider. Then the user's.

use super::Guarded;

macro_rules! session_with_password {
    () => {
        "
        INSERT INTO auth_sessions
            (token_digest, user_id, issuer, subject, provider, audience, amr, authenticated_at,
            created_at, expires_at, idle_expires_at, idle_seconds)
        SELECT $1, guard.id, 'password', guard.id, 'password', $2, $3, $4, $5, $6, $7,
            CAST($7 AS BIGINT) - CAST($5 AS BIGINT)
        FROM guard"
    };
}

macro_rules! session_with_account {
    () => {
        "
        INSERT INTO auth_sessions
            (token_digest, user_id, issuer, subject, provider, audience, amr, authenticated_at,
            created_at, expires_at, idle_expires_at, idle_seconds)
        SELECT $1, guard.id, $8, $9, $10, $2, $3, $4, $5, $6, $7,
            CAST($7 AS BIGINT) - CAST($5 AS BIGINT)
        FROM guard"
    };
}

macro_rules! account {
    () => {
        "
        INSERT INTO auth_accounts (issuer, subject, provider, user_id, created_at, updated_at)
        SELECT $8, $9, $10, guard.id, $5, $5
        FROM guard"
    };
}

macro_rules! guard_with_password {
    () => {
        "
        UPDATE auth_users
        SET sessions_begun = sessions_begun + 1
        WHERE id = $8 AND revision = $9
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE issuer = 'password' AND subject = $8 AND password_hash = $10)
        RETURNING id, email, email_verified, name, created_at"
    };
}

/// 8 id, 9 email, 10 verified, 11 name, 12 user created, 13 hash.
pub(crate) const REGISTER: Guarded = Guarded {
    guard: "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, sessions_begun)
        VALUES ($8, $9, $10, $11, $12, $12, 1)
        RETURNING id, email, email_verified, name, created_at",
    then: &[
        "
        INSERT INTO auth_accounts
            (issuer, subject, provider, user_id, password_hash, created_at, updated_at)
        SELECT 'password', guard.id, 'password', guard.id, $13, $5, $5
        FROM guard",
        session_with_password!(),
    ],
};

/// 11 id, 12 email, 13 verified, 14 name, 15 user created.
pub(crate) const REGISTER_LINKED: Guarded = Guarded {
    guard: "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, sessions_begun)
        VALUES ($11, $12, $13, $14, $15, $15, 1)
        RETURNING id, email, email_verified, name, created_at",
    then: &[account!(), session_with_account!()],
};

/// While the hash that was checked is the user's. 8 user, 9 revision, 10 hash.
pub(crate) const PASSWORD: Guarded = Guarded {
    guard: guard_with_password!(),
    then: &[session_with_password!()],
};

/// The same, and the password is hashed anew. 11 the new hash. No way in changes by
/// it, so the revision stays.
pub(crate) const PASSWORD_REHASHED: Guarded = Guarded {
    guard: guard_with_password!(),
    then: &[
        "
        UPDATE auth_accounts
        SET password_hash = $11, updated_at = $5
        WHERE issuer = 'password' AND password_hash = $10
            AND subject IN (SELECT id FROM guard)",
        session_with_password!(),
    ],
};

/// While the account is the user's. The name and the proof of the address are the
/// provider's to say; what was proved stays so. An account from before issuers were
/// kept gets its issuer, and so do the sessions that came through it.
///
/// 11 user, 12 revision, 13 name or none, 14 verified email or none, 15 what stands
/// for the issuer in an account from before.
pub(crate) const LINKED: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET name = COALESCE($13, name),
            email_verified = CASE WHEN email = $14 THEN TRUE ELSE email_verified END,
            updated_at = $5,
            sessions_begun = sessions_begun + 1
        WHERE id = $11 AND revision = $12
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE issuer IN ($8, $15) AND subject = $9 AND user_id = $11)
        RETURNING id, email, email_verified, name, created_at",
    then: &[
        "
        UPDATE auth_accounts
        SET issuer = $8, provider = $10, updated_at = $5
        WHERE subject = $9 AND user_id IN (SELECT id FROM guard)
            AND (issuer = $8 AND provider <> $10
                OR issuer = $15 AND NOT EXISTS (
                    SELECT 1 FROM auth_accounts WHERE issuer = $8 AND subject = $9))",
        "
        UPDATE auth_sessions
        SET issuer = $8
        WHERE issuer = $15 AND subject = $9 AND user_id IN (SELECT id FROM guard)",
        session_with_account!(),
    ],
};

/// Only to a user whose email somebody has proved. 11 user, 12 revision.
pub(crate) const LINK: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, sessions_begun = sessions_begun + 1
        WHERE id = $11 AND revision = $12 AND email_verified = TRUE
        RETURNING id, email, email_verified, name, created_at",
    then: &[account!(), session_with_account!()],
};

/// Only while nobody has proved the email. Of whoever had the user before nothing
/// stays. 11 user, 12 revision, 13 sessions begun, 14 name.
pub(crate) const TAKE_OVER: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET email_verified = TRUE, name = $14, updated_at = $5,
            revision = revision + 1, sessions_begun = sessions_begun + 1
        WHERE id = $11 AND revision = $12 AND sessions_begun = $13
            AND email_verified = FALSE
        RETURNING id, email, email_verified, name, created_at",
    then: &[
        "
        DELETE FROM auth_sessions
        WHERE user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_accounts
        WHERE user_id IN (SELECT id FROM guard)",
        account!(),
        session_with_account!(),
    ],
};
