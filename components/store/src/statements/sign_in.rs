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
//! Nobody signs in as somebody who is leaving.
//!
//! All number their parameters alike: 1 token, 2 audience, 3 amr, 4 auth time,
//! 5 created, 6 expires, 7 idle expires. Where there is a linked account, 8 issuer,
//! 9 subject, 10 provider, and where it is new or changed, 11 the address that the
//! provider vouches for, or none. Then the user's, and at the end of all the browser's:
//! what it calls itself, its address, and where that is; the groups that a provider named,
//! and what it calls its session.
//!
//! - Whoever switches a user off makes `revision` grow too: nobody who saw the user
//!   before begins a session afterwards.
//!
//! A user who has no email any more has the id in its column: it is as unique, and
//! nobody's address.

use super::Guarded;
use super::factors::{counts_on, is_unspent, spend};

/// A session of the user that the guard returns: by which way in, what the browser says,
/// in which groups the provider says that the user is, and what it calls its session.
macro_rules! session {
    ($issuer:literal, $subject:literal, $provider:literal; $user_agent:literal, $address:literal, $region:literal, $provider_groups:literal, $provider_session:literal) => {
        concat!(
            "
        INSERT INTO auth_sessions
            (token_digest, user_id, issuer, subject, provider, audience, amr, authenticated_at,
            created_at, expires_at, idle_expires_at, idle_seconds, user_agent, address, region,
            provider_groups, provider_session)
        SELECT $1, guard.id, ",
            $issuer,
            ", ",
            $subject,
            ", ",
            $provider,
            ", $2, $3, $4, $5, $6, $7,
            CAST($7 AS BIGINT) - CAST($5 AS BIGINT), ",
            $user_agent,
            ", ",
            $address,
            ", ",
            $region,
            ", ",
            $provider_groups,
            ", ",
            $provider_session,
            "
        FROM guard"
        )
    };
}
pub(super) use session;

macro_rules! session_with_password {
    ($($browser:literal),+) => {
        session!("'password'", "guard.id", "'password'"; $($browser),+)
    };
}

macro_rules! session_with_account {
    ($($browser:literal),+) => {
        session!("$8", "$9", "$10"; $($browser),+)
    };
}

macro_rules! account {
    () => {
        "
        INSERT INTO auth_accounts
            (issuer, subject, provider, vouched_email, user_id, created_at, updated_at)
        SELECT $8, $9, $10, $11, guard.id, $5, $5
        FROM guard"
    };
}

macro_rules! guard_with_password {
    () => {
        "
        UPDATE auth_users
        SET sessions_begun = sessions_begun + 1
        WHERE id = $8 AND revision = $9 AND disabled_at IS NULL AND leaves_at IS NULL
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE issuer = 'password' AND subject = $8 AND password_hash = $10)
        RETURNING id, email, email_verified, name, created_at, member_of"
    };
}

/// 8 id, 9 email, 10 verified, 11 name, 12 user created, 13 hash.
pub(crate) const REGISTER: Guarded = Guarded {
    guard: "
        INSERT INTO auth_users
            (id, email, email_verified, name, name_chosen, created_at, updated_at, sessions_begun)
        VALUES ($8, $9, $10, $11, TRUE, $12, $12, 1)
        RETURNING id, email, email_verified, name, created_at, member_of",
    then: &[
        "
        INSERT INTO auth_accounts
            (issuer, subject, provider, user_id, password_hash, created_at, updated_at)
        SELECT 'password', guard.id, 'password', guard.id, $13, $5, $5
        FROM guard",
        session_with_password!("$14", "$15", "$16", "$17", "$18"),
    ],
};

/// 12 id, 13 email, 14 verified, 15 name, 16 user created.
pub(crate) const REGISTER_LINKED: Guarded = Guarded {
    guard: "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, sessions_begun)
        VALUES ($12, $13, $14, $15, $16, $16, 1)
        RETURNING id, email, email_verified, name, created_at, member_of",
    then: &[
        account!(),
        session_with_account!("$17", "$18", "$19", "$20", "$21"),
    ],
};

/// While the hash that was checked is the user's. 8 user, 9 revision, 10 hash.
pub(crate) const PASSWORD: Guarded = Guarded {
    guard: guard_with_password!(),
    then: &[session_with_password!("$11", "$12", "$13", "$14", "$15")],
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
        session_with_password!("$12", "$13", "$14", "$15", "$16"),
    ],
};

/// While the mailbox is the user's. 8 user, 9 revision, then the browser's.
pub(crate) const MAILBOX: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET sessions_begun = sessions_begun + 1
        WHERE id = $8 AND revision = $9 AND disabled_at IS NULL AND leaves_at IS NULL
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE issuer = 'email' AND subject = $8 AND vouched_email = email)
        RETURNING id, email, email_verified, name, created_at, member_of",
    then: &[session!("'email'", "guard.id", "'email'"; "$10", "$11", "$12", "$13", "$14")],
};

/// While the passkey is the user's, and what it signed is of use, as `factors::USE_PASSKEY`
/// has it. Two copies of a passkey may sign two challenges at once and count alike: on Postgres
/// the guard of the second may see the counter of before, so it is looked at again where it is
/// written.
///
/// 8 user, 9 revision, 10 credential id, 11 count, 12 backed up, 13 challenge, 14 when that is
/// void, then the browser's.
pub(crate) const PASSKEY: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET sessions_begun = sessions_begun + 1
        WHERE id = $8 AND revision = $9 AND disabled_at IS NULL AND leaves_at IS NULL
            AND EXISTS (
                SELECT 1 FROM auth_passkeys
                WHERE credential_id = $10 AND user_id = $8 AND ",
        counts_on!("$11"),
        ")
            AND ",
        is_unspent!("$13"),
        "
        RETURNING id, email, email_verified, name, created_at, member_of"
    ),
    then: &[
        concat!(
            "
        UPDATE auth_passkeys
        SET sign_count = $11, backed_up = $12, last_used_at = $5
        WHERE credential_id = $10 AND user_id IN (SELECT id FROM guard)
            AND ",
            counts_on!("$11"),
            "
        RETURNING credential_id"
        ),
        spend!("$13", "$5", "$14"),
        session!("'passkey'", "$10", "'passkey'"; "$15", "$16", "$17", "$18", "$19"),
    ],
};

macro_rules! sessions_with_issuer {
    ($legacy:literal) => {
        concat!(
            "
        UPDATE auth_sessions
        SET issuer = $8
        WHERE issuer = ",
            $legacy,
            " AND subject = $9 AND user_id IN (SELECT id FROM guard)"
        )
    };
}

/// While the account is the user's, and its provider says of the address what it said
/// last. The name is the provider's to say until the
/// user chooses one. An account from before issuers were kept
/// gets its issuer, and so do the sessions that came through it.
///
/// 11 user, 12 revision, 13 name or none, 14 what stands for the issuer in an account
/// from before.
pub(crate) const LINKED: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET name = CASE WHEN name_chosen THEN name ELSE COALESCE($13, name) END,
            updated_at = $5, sessions_begun = sessions_begun + 1
        WHERE id = $11 AND revision = $12 AND disabled_at IS NULL AND leaves_at IS NULL
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE issuer IN ($8, $14) AND subject = $9 AND user_id = $11)
        RETURNING id, email,
            email_verified AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE issuer IN ($8, $14) AND subject = $9 AND user_id = $11
                    AND vouched_email = email),
            name, created_at, member_of",
    then: &[
        "
        UPDATE auth_accounts
        SET issuer = $8, provider = $10, updated_at = $5
        WHERE subject = $9 AND user_id IN (SELECT id FROM guard)
            AND (issuer = $8 AND provider <> $10
                OR issuer = $14 AND NOT EXISTS (
                    SELECT 1 FROM auth_accounts WHERE issuer = $8 AND subject = $9))",
        sessions_with_issuer!("$14"),
        session_with_account!("$15", "$16", "$17", "$18", "$19"),
    ],
};

/// The same where the provider says something else than last: as whoever decided on
/// this revision says, so it grows.
///
/// 12 user, 13 revision, 14 name or none, 15 what stands for the issuer, 16 email,
/// 17 verified.
pub(crate) const LINKED_ANEW: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET name = CASE WHEN name_chosen THEN name ELSE COALESCE($14, name) END,
            email = $16, email_verified = $17, updated_at = $5,
            revision = revision + 1, sessions_begun = sessions_begun + 1
        WHERE id = $12 AND revision = $13 AND disabled_at IS NULL AND leaves_at IS NULL
            AND EXISTS (
                SELECT 1 FROM auth_accounts
                WHERE issuer IN ($8, $15) AND subject = $9 AND user_id = $12)
        RETURNING id, email,
            CASE WHEN email = $11 THEN email_verified ELSE FALSE END,
            name, created_at, member_of",
    then: &[
        "
        UPDATE auth_accounts
        SET issuer = $8, provider = $10, vouched_email = $11, updated_at = $5
        WHERE subject = $9 AND user_id IN (SELECT id FROM guard)
            AND (issuer = $8
                OR issuer = $15 AND NOT EXISTS (
                    SELECT 1 FROM auth_accounts WHERE issuer = $8 AND subject = $9))",
        sessions_with_issuer!("$15"),
        session_with_account!("$18", "$19", "$20", "$21", "$22"),
    ],
};

/// Only to a user whose email somebody has proved, and the provider vouches for.
/// 12 user, 13 revision.
pub(crate) const LINK: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET revision = revision + 1, sessions_begun = sessions_begun + 1
        WHERE id = $12 AND revision = $13 AND disabled_at IS NULL AND leaves_at IS NULL
            AND email_verified = TRUE AND email = $11
        RETURNING id, email, email_verified, name, created_at, member_of",
    then: &[
        account!(),
        session_with_account!("$14", "$15", "$16", "$17", "$18"),
    ],
};

/// Only while nobody has proved the email. Whoever has it keeps all but the email, the
/// sessions, and the apps and groups that were given to the email; the guard returns who
/// gets it.
///
/// 12 id, 13 email, 14 name, 15 user created; then of the one who has it 16 user,
/// 17 revision, 18 sessions begun.
pub(crate) const RECLAIM: Guarded = Guarded {
    guard: "
        UPDATE auth_users
        SET email = id, updated_at = $5, revision = revision + 1, member_of = ''
        WHERE id = $16 AND revision = $17 AND sessions_begun = $18 AND disabled_at IS NULL
            AND email = $13 AND email_verified = FALSE
        RETURNING CAST($12 AS TEXT) AS id, CAST($13 AS TEXT), TRUE, CAST($14 AS TEXT),
            CAST($15 AS BIGINT), ''",
    then: &[
        "
        DELETE FROM auth_sessions
        WHERE user_id = $16 AND EXISTS (SELECT 1 FROM guard)",
        "
        DELETE FROM auth_access_tokens
        WHERE user_id = $16 AND EXISTS (SELECT 1 FROM guard)",
        "
        DELETE FROM auth_app_grants
        WHERE user_id = $16 AND EXISTS (SELECT 1 FROM guard)",
        "
        DELETE FROM auth_group_members
        WHERE user_id = $16 AND EXISTS (SELECT 1 FROM guard)",
        "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, sessions_begun)
        SELECT guard.id, $13, TRUE, $14, $15, $15, 1
        FROM guard",
        account!(),
        session_with_account!("$19", "$20", "$21", "$22", "$23"),
    ],
};

macro_rules! invited {
    ($id:literal, $invitation:literal) => {
        concat!(
            "
        UPDATE auth_invitations
        SET used_at = $5
        WHERE used_at IS NULL AND expires_at > $5 AND ",
            $invitation,
            "
        RETURNING CAST(",
            $id,
            " AS TEXT) AS id"
        )
    };
}

macro_rules! groups_and_apps_of_invitation {
    ($which:literal) => {
        [
            concat!(
                "
        INSERT INTO auth_group_members (group_name, user_id, created_at)
        SELECT g.group_name, guard.id, $5
        FROM guard
        JOIN auth_invitations i ON TRUE
        JOIN auth_invitation_groups g ON g.token_digest = i.token_digest
        WHERE ",
                $which
            ),
            concat!(
                "
        INSERT INTO auth_app_grants (user_id, app, created_at)
        SELECT guard.id, a.app, $5
        FROM guard
        JOIN auth_invitations i ON TRUE
        JOIN auth_invitation_apps a ON a.token_digest = i.token_digest
        WHERE ",
                $which
            ),
        ]
    };
}

const BY_LINK: [&str; 2] = groups_and_apps_of_invitation!("i.token_digest = $14");
const BY_EMAIL: [&str; 2] = groups_and_apps_of_invitation!("i.email = $13 AND i.origin = $17");

/// By the link of an invitation. 8 id, 9 email, 10 verified, 11 name, 12 user created,
/// 13 hash, 14 invitation, 15 origin.
pub(crate) const REGISTER_INVITED: Guarded = Guarded {
    guard: concat!(
        invited!(
            "$8",
            "token_digest = $14 AND origin = $15 AND email IN ($9, '')"
        ),
        ", CAST($9 AS TEXT), CAST($10 AS BOOLEAN), CAST($11 AS TEXT), CAST($12 AS BIGINT),
            member_of"
    ),
    then: &[
        "
        INSERT INTO auth_users
            (id, email, email_verified, name, name_chosen, created_at, updated_at, sessions_begun,
            member_of)
        SELECT guard.id, $9, $10, $11, TRUE, $12, $12, 1,
            (SELECT member_of FROM auth_invitations WHERE token_digest = $14)
        FROM guard",
        "
        INSERT INTO auth_accounts
            (issuer, subject, provider, user_id, password_hash, created_at, updated_at)
        SELECT 'password', guard.id, 'password', guard.id, $13, $5, $5
        FROM guard",
        BY_LINK[0],
        BY_LINK[1],
        session_with_password!("$16", "$17", "$18", "$19", "$20"),
    ],
};

/// By the address that was invited, which the provider vouches for. 12 id, 13 email,
/// 14 verified, 15 name, 16 user created, 17 origin.
pub(crate) const REGISTER_LINKED_INVITED: Guarded = Guarded {
    guard: concat!(
        invited!("$12", "email = $13 AND origin = $17"),
        ", CAST($13 AS TEXT), CAST($14 AS BOOLEAN), CAST($15 AS TEXT), CAST($16 AS BIGINT),
            member_of"
    ),
    then: &[
        "
        INSERT INTO auth_users
            (id, email, email_verified, name, created_at, updated_at, sessions_begun, member_of)
        SELECT guard.id, $13, $14, $15, $16, $16, 1,
            (SELECT member_of FROM auth_invitations WHERE email = $13 AND origin = $17)
        FROM guard",
        account!(),
        BY_EMAIL[0],
        BY_EMAIL[1],
        session_with_account!("$18", "$19", "$20", "$21", "$22"),
    ],
};
