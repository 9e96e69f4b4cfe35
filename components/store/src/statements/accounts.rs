//! SQL about the ways in that a user has.

use super::{Again, Statement};

/// A user's columns as in [`super::users::FIND_BY_EMAIL`], then the hash.
pub(crate) const FIND_PASSWORD: Statement = Statement {
    text: "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at, u.revision,
            u.sessions_begun, u.disabled_at IS NOT NULL, a.password_hash
        FROM auth_users u
        JOIN auth_accounts a ON a.issuer = 'password' AND a.subject = u.id
        WHERE u.email = $1",
    again: Again::Yes,
};

/// By issuer, or else by what stands for it in an account from before. Columns as in
/// [`super::users::FIND_BY_EMAIL`], then the vouched email, whether there is no other
/// way in, and whether another account vouches for the user's email.
pub(crate) const FIND_LINKED: Statement = Statement {
    text: "
        SELECT u.id, u.email, u.email_verified, u.name, u.created_at, u.revision,
            u.sessions_begun, u.disabled_at IS NOT NULL, a.vouched_email,
            NOT EXISTS (
                SELECT 1 FROM auth_accounts o
                WHERE o.user_id = u.id AND (o.issuer <> a.issuer OR o.subject <> a.subject)),
            EXISTS (
                SELECT 1 FROM auth_accounts o
                WHERE o.user_id = u.id AND (o.issuer <> a.issuer OR o.subject <> a.subject)
                    AND o.vouched_email = u.email)
        FROM auth_accounts a
        JOIN auth_users u ON u.id = a.user_id
        WHERE a.issuer IN ($1, $3) AND a.subject = $2
        ORDER BY CASE WHEN a.issuer = $1 THEN 0 ELSE 1 END
        LIMIT 1",
    again: Again::Yes,
};
