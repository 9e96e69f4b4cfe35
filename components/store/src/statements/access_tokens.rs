//! SQL about personal access tokens. A holder is 1 user, 2 session, 3 now.

use super::own_account::is_live;
use super::{Again, Guarded, Statement};

/// What was seen is 4 and 5, as in [`super::own_account`]. 6 digest, 7 id, 8 name,
/// 9 audience, 10 scopes, 11 expires, 12 the most that anybody has.
///
/// The revision grows: what ends all tokens at that very moment finds another one, or
/// waits and sees this token.
pub(crate) const CREATE: Guarded = Guarded {
    guard: concat!(
        "
        UPDATE auth_users
        SET revision = revision + 1, updated_at = $3
        WHERE id = $1 AND revision = $4 AND sessions_begun = $5
            AND disabled_at IS NULL AND leaves_at IS NULL
            AND (SELECT COUNT(*) FROM auth_access_tokens
                WHERE user_id = $1 AND expires_at > $3) < $12
            AND ",
        is_live!(),
        "
        RETURNING id"
    ),
    then: &["
        INSERT INTO auth_access_tokens
            (token_digest, id, user_id, name, audience, scopes, created_at, expires_at)
        SELECT $6, $7, guard.id, $8, $9, $10, $3, $11
        FROM guard"],
};

/// 1 user, 2 now.
pub(crate) const LIST: Statement = Statement {
    text: "
        SELECT id, name, audience, scopes, created_at, expires_at, used_at
        FROM auth_access_tokens
        WHERE user_id = $1 AND expires_at > $2
        ORDER BY created_at DESC, id
        LIMIT 1000",
    again: Again::Yes,
};

/// 4 id.
pub(crate) const REVOKE: Statement = Statement {
    text: concat!(
        "
        DELETE FROM auth_access_tokens
        WHERE id = $4 AND user_id = $1 AND ",
        is_live!()
    ),
    // The second run would answer that there was none.
    again: Again::No,
};

/// A user's columns as in [`super::users::FIND_BY_EMAIL`] without what was seen, the groups,
/// then the
/// token's as in [`LIST`]. 1 digest, 2 now, 3 audience.
macro_rules! find {
    ($granted:literal) => {
        concat!(
            "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at, u.member_of,
            t.id, t.name, t.audience, t.scopes, t.created_at, t.expires_at, t.used_at",
            $granted,
            "
        FROM auth_access_tokens t
        JOIN auth_users u ON u.id = t.user_id
        WHERE t.token_digest = $1 AND t.expires_at > $2 AND t.audience = $3
            AND u.leaves_at IS NULL
            AND u.disabled_at IS NULL"
        )
    };
}

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

pub(crate) const END_ALL: Statement = Statement {
    text: "DELETE FROM auth_access_tokens WHERE user_id = $1",
    again: Again::Yes,
};

/// 1 digest, 2 now.
pub(crate) const USED: Statement = Statement {
    text: "UPDATE auth_access_tokens SET used_at = $2 WHERE token_digest = $1",
    again: Again::Yes,
};

pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_access_tokens
        WHERE token_digest IN (
            SELECT token_digest FROM auth_access_tokens
            WHERE expires_at <= $1
            ORDER BY expires_at
            LIMIT $2)",
    again: Again::Yes,
};
