//! SQL about what was mailed and not used yet. What uses a link up is in
//! [`super::mailed`].

use super::{Again, Guarded, Statement};

/// 1 token, 2 purpose, 3 email, 4 user or none, 5 base URL, 6 return target, 7 name,
/// 8 hash or none, 9 code, 10 browser, 11 created, 12 expires. The new one is named
/// apart: on Postgres what follows does not see it, on SQLite it does.
pub(crate) const KEEP: Guarded = Guarded {
    guard: "
        INSERT INTO auth_links
            (token_digest, purpose, email, user_id, base_url, return_to, name, password_hash,
            code_mac, browser_digest, tries, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)
        RETURNING email AS id",
    then: &["
        DELETE FROM auth_links
        WHERE email IN (SELECT id FROM guard) AND purpose = $2 AND token_digest <> $1
            AND token_digest NOT IN (
                SELECT token_digest FROM auth_links
                WHERE email = $3 AND purpose = $2 AND token_digest <> $1 AND expires_at > $11
                ORDER BY created_at DESC, token_digest
                LIMIT 2)"],
};

macro_rules! columns {
    () => {
        "token_digest, purpose, email, user_id, base_url, return_to, name, password_hash,
            code_mac, browser_digest, created_at, expires_at"
    };
}

/// Columns as the port's record has them.
pub(crate) const FIND: Statement = Statement {
    text: concat!(
        "
        SELECT ",
        columns!(),
        "
        FROM auth_links
        WHERE token_digest = $1 AND expires_at > $2"
    ),
    again: Again::Yes,
};

/// 1 purpose, 2 browser, 3 tries, 4 now. A row is locked while it is counted on, so
/// that many at once have no more tries than one after the other.
pub(crate) const TRY_CODE: Statement = Statement {
    text: concat!(
        "
        UPDATE auth_links
        SET tries = tries + 1
        WHERE tries < $3 AND token_digest IN (
            SELECT token_digest FROM auth_links
            WHERE browser_digest = $2 AND purpose = $1 AND expires_at > $4
            ORDER BY created_at DESC, token_digest
            LIMIT 3)
        RETURNING ",
        columns!()
    ),
    // The second run would count once more.
    again: Again::No,
};

pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_links
        WHERE token_digest IN (
            SELECT token_digest FROM auth_links
            WHERE expires_at <= $1
            ORDER BY expires_at
            LIMIT $2)",
    again: Again::Yes,
};
