//! SQL about what users prove a sign-in with beside a password or a provider.
//!
//! Those that are guarded number their parameters alike: 1 user, 2 revision, 3 now.

use super::{Again, Guarded, Statement};

/// id, revision, sessions begun, whether switched off; since when there is an authenticator, its secret and
/// last step; how many recovery codes and passkeys.
pub(crate) const FIND: Statement = Statement {
    text: "
        SELECT u.id, u.revision, u.sessions_begun, u.disabled_at IS NOT NULL, a.created_at, a.sealed_secret, a.last_step,
            (SELECT COUNT(*) FROM auth_recovery_codes WHERE user_id = u.id),
            (SELECT COUNT(*) FROM auth_passkeys WHERE user_id = u.id)
        FROM auth_users u
        LEFT JOIN auth_authenticators a ON a.user_id = u.id
        WHERE u.id = $1",
    again: Again::Yes,
};

/// 4 sealed secret, 5 step.
pub(crate) const ADD_AUTHENTICATOR: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $2 AND disabled_at IS NULL AND leaves_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM auth_authenticators WHERE user_id = $1)
        RETURNING id",
    then: &["
        INSERT INTO auth_authenticators (user_id, sealed_secret, last_step, created_at)
        SELECT guard.id, $4, $5, $3
        FROM guard"],
};

pub(crate) const REMOVE_AUTHENTICATOR: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $2 AND disabled_at IS NULL AND leaves_at IS NULL
            AND EXISTS (SELECT 1 FROM auth_authenticators WHERE user_id = $1)
        RETURNING id",
    then: &[
        "
        DELETE FROM auth_authenticators
        WHERE user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_recovery_codes
        WHERE user_id IN (SELECT id FROM guard)
            AND NOT EXISTS (SELECT 1 FROM auth_passkeys WHERE user_id = $1)",
    ],
};

/// A step is used up with all before it, in the statement that looks.
pub(crate) const USE_AUTHENTICATOR: Statement = Statement {
    text: "
        UPDATE auth_authenticators
        SET last_step = $2
        WHERE user_id = $1 AND last_step < $2
        RETURNING sealed_secret",
    again: Again::No,
};

/// 2 as it is, 3 as it shall be.
pub(crate) const RESEAL_AUTHENTICATOR: Statement = Statement {
    text: "
        UPDATE auth_authenticators
        SET sealed_secret = $3
        WHERE user_id = $1 AND sealed_secret = $2",
    again: Again::Yes,
};

macro_rules! recovery_code {
    ($digest:literal) => {
        concat!(
            "
        INSERT INTO auth_recovery_codes (user_id, code_digest, created_at)
        SELECT guard.id, ",
            $digest,
            ", $3
        FROM guard"
        )
    };
}

/// 4 to 13 digests.
pub(crate) const SET_RECOVERY_CODES: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $2 AND disabled_at IS NULL AND leaves_at IS NULL
        RETURNING id",
    then: &[
        "
        DELETE FROM auth_recovery_codes
        WHERE user_id IN (SELECT id FROM guard)",
        recovery_code!("$4"),
        recovery_code!("$5"),
        recovery_code!("$6"),
        recovery_code!("$7"),
        recovery_code!("$8"),
        recovery_code!("$9"),
        recovery_code!("$10"),
        recovery_code!("$11"),
        recovery_code!("$12"),
        recovery_code!("$13"),
    ],
};

pub(crate) const USE_RECOVERY_CODE: Statement = Statement {
    text: "
        DELETE FROM auth_recovery_codes
        WHERE user_id = $1 AND code_digest = $2",
    again: Again::No,
};

macro_rules! passkey {
    () => {
        "p.credential_id, p.public_key, p.sign_count, p.backup_eligible, p.backed_up,
            p.transports, p.name, p.created_at, p.last_used_at
        FROM auth_passkeys p"
    };
}

pub(crate) const PASSKEYS: Statement = Statement {
    text: concat!(
        "
        SELECT ",
        passkey!(),
        "
        WHERE p.user_id = $1
        ORDER BY p.created_at, p.credential_id"
    ),
    again: Again::Yes,
};

/// A user's columns as in [`super::users::FIND_BY_EMAIL`], then those of [`PASSKEYS`].
pub(crate) const FIND_PASSKEY: Statement = Statement {
    text: concat!(
        "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at, u.revision,
            u.sessions_begun, u.disabled_at IS NOT NULL, ",
        passkey!(),
        "
        JOIN auth_users u ON u.id = p.user_id
        WHERE p.credential_id = $1"
    ),
    again: Again::Yes,
};

/// 4 id, 5 key, 6 count, 7 eligible, 8 backed up, 9 transports, 10 name.
pub(crate) const ADD_PASSKEY: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $2 AND disabled_at IS NULL AND leaves_at IS NULL
            AND (SELECT COUNT(*) FROM auth_passkeys WHERE user_id = $1) < 20
        RETURNING id",
    then: &["
        INSERT INTO auth_passkeys
            (credential_id, user_id, public_key, sign_count, backup_eligible, backed_up,
            transports, name, created_at)
        SELECT $4, guard.id, $5, $6, $7, $8, $9, $10, $3
        FROM guard"],
};

/// 4 id.
pub(crate) const REMOVE_PASSKEY: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $2 AND disabled_at IS NULL AND leaves_at IS NULL
            AND EXISTS (
                SELECT 1 FROM auth_passkeys WHERE user_id = $1 AND credential_id = $4)
            AND (EXISTS (SELECT 1 FROM auth_accounts WHERE user_id = $1)
                OR EXISTS (
                    SELECT 1 FROM auth_passkeys WHERE user_id = $1 AND credential_id <> $4))
        RETURNING id",
    then: &[
        "
        DELETE FROM auth_passkeys
        WHERE credential_id = $4 AND user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_sessions
        WHERE issuer = 'passkey' AND subject = $4 AND user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_recovery_codes
        WHERE user_id IN (SELECT id FROM guard)
            AND NOT EXISTS (SELECT 1 FROM auth_authenticators WHERE user_id = $1)
            AND NOT EXISTS (
                SELECT 1 FROM auth_passkeys WHERE user_id = $1 AND credential_id <> $4)",
    ],
};

/// 3 name.
pub(crate) const RENAME_PASSKEY: Statement = Statement {
    text: "
        UPDATE auth_passkeys
        SET name = $3
        WHERE user_id = $1 AND credential_id = $2",
    again: Again::Yes,
};

/// WebAuthn level 3, section 7.2, step 22: a counter that does not grow is of a copy,
/// unless there is none.
macro_rules! counts_on {
    ($count:literal) => {
        concat!(
            "(sign_count < ",
            $count,
            " OR (sign_count = 0 AND CAST(",
            $count,
            " AS BIGINT) = 0))"
        )
    };
}
pub(super) use counts_on;

/// Nothing has used this challenge up.
macro_rules! is_unspent {
    ($challenge:literal) => {
        concat!(
            "NOT EXISTS (
                SELECT 1 FROM auth_verifications
                WHERE purpose = 'passkey' AND value_digest = ",
            $challenge,
            ")"
        )
    };
}
pub(super) use is_unspent;

/// This challenge is used up now, and void then. Of two who use one at once, both may pass the
/// guard on Postgres; then one of them makes the other's row a second time, which fails.
macro_rules! spend {
    ($challenge:literal, $now:literal, $expires:literal) => {
        concat!(
            "
        INSERT INTO auth_verifications (purpose, value_digest, created_at, expires_at)
        SELECT 'passkey', ",
            $challenge,
            ", ",
            $now,
            ", ",
            $expires,
            "
        FROM guard"
        )
    };
}
pub(super) use spend;

/// What a passkey has signed is of use, once. `sign_in::PASSKEY` does the same with a session.
///
/// 1 credential id, 2 count, 3 backed up, 4 challenge, 5 when it is void, 6 now.
pub(crate) const USE_PASSKEY: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_passkeys
        SET sign_count = $2, backed_up = $3, last_used_at = $6
        WHERE credential_id = $1
            AND ",
        counts_on!("$2"),
        "
            AND ",
        is_unspent!("$4"),
        "
        RETURNING credential_id AS id"
    ),
    then: &[spend!("$4", "$6", "$5")],
};

/// 1 challenge.
pub(crate) const IS_CHALLENGE_SPENT: Statement = Statement {
    text: "
        SELECT 1 FROM auth_verifications
        WHERE purpose = 'passkey' AND value_digest = $1",
    again: Again::Yes,
};

/// For the operator, whatever was seen: 1 user, 2 now. Whoever has found the phone may be
/// signed in by it.
pub(crate) const RESET: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, sessions_begun = sessions_begun + 1, updated_at = $2
        WHERE id = $1
            AND (EXISTS (SELECT 1 FROM auth_authenticators WHERE user_id = $1)
                OR EXISTS (SELECT 1 FROM auth_recovery_codes WHERE user_id = $1)
                OR EXISTS (SELECT 1 FROM auth_passkeys WHERE user_id = $1))
        RETURNING id",
    then: &[
        "
        DELETE FROM auth_authenticators
        WHERE user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_recovery_codes
        WHERE user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_passkeys
        WHERE user_id IN (SELECT id FROM guard)",
        "
        DELETE FROM auth_sessions
        WHERE user_id IN (SELECT id FROM guard)",
    ],
};
