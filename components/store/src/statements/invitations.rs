//! SQL about invitations. One is used where a session begins: `sign_in`.

use super::{Again, Statement};

macro_rules! good {
    ($which:literal) => {
        concat!(
            "
        SELECT email, member_of, expires_at
        FROM auth_invitations
        WHERE ",
            $which,
            " AND origin = $2 AND used_at IS NULL AND expires_at > $3"
        )
    };
}

pub(crate) const FIND: Statement = Statement {
    text: good!("token_digest = $1"),
    again: Again::Yes,
};

pub(crate) const FIND_BY_EMAIL: Statement = Statement {
    text: good!("email = $1"),
    again: Again::Yes,
};

/// One that is not good yet. 1 token, 2 email, 3 origin, 4 groups, 5 created, 6 expires.
pub(crate) const INSERT: Statement = Statement {
    text: "
        INSERT INTO auth_invitations
            (token_digest, email, origin, member_of, created_at, expires_at, used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $5)",
    again: Again::No,
};

pub(crate) const INTO_GROUP: Statement = Statement {
    text: "INSERT INTO auth_invitation_groups (token_digest, group_name) VALUES ($1, $2)",
    again: Again::No,
};

pub(crate) const WITH_APP: Statement = Statement {
    text: "INSERT INTO auth_invitation_apps (token_digest, app) VALUES ($1, $2)",
    again: Again::No,
};

/// All that comes with it is there.
pub(crate) const OPEN: Statement = Statement {
    text: "UPDATE auth_invitations SET used_at = NULL WHERE token_digest = $1",
    again: Again::Yes,
};

/// Whether used or not: another takes its place.
pub(crate) const REPLACE: Statement = Statement {
    text: "DELETE FROM auth_invitations WHERE email = $1 AND origin = $2 AND email <> ''",
    again: Again::Yes,
};

pub(crate) const WITHDRAW: Statement = Statement {
    text: "
        DELETE FROM auth_invitations
        WHERE email = $1 AND origin = $2 AND used_at IS NULL AND expires_at > $3",
    // The second run would answer that there was none.
    again: Again::No,
};

pub(crate) const WITHDRAW_OPEN: Statement = Statement {
    text: "DELETE FROM auth_invitations WHERE email = '' AND used_at IS NULL AND created_at <= $1",
    again: Again::Yes,
};

pub(crate) const SWEEP: Statement = Statement {
    text: "
        DELETE FROM auth_invitations
        WHERE token_digest IN (
            SELECT token_digest FROM auth_invitations
            WHERE expires_at <= $1
            ORDER BY expires_at
            LIMIT $2)",
    again: Again::Yes,
};
