//! SQL about groups of users. `auth_users.member_of` and `auth_group_members` say the
//! same, and change together, where the former is still what was read.

use super::{Again, Guarded, Statement};

pub(crate) const CREATE: Statement = Statement {
    text: "
        INSERT INTO auth_groups (name, created_at)
        VALUES ($1, $2)
        ON CONFLICT (name) DO NOTHING",
    // The second run would answer that it was there.
    again: Again::No,
};

pub(crate) const IS_THERE: Statement = Statement {
    text: "SELECT name FROM auth_groups WHERE name = $1",
    again: Again::Yes,
};

/// A page, after a name.
pub(crate) const LISTED: Statement = Statement {
    text: "
        SELECT g.name, g.created_at,
            (SELECT COUNT(*) FROM auth_group_members m WHERE m.group_name = g.name)
        FROM auth_groups g
        WHERE g.name > $1
        ORDER BY g.name
        LIMIT $2",
    again: Again::Yes,
};

/// A page, after a user's id.
pub(crate) const MEMBERS: Statement = Statement {
    text: "
        SELECT u.id, u.email
        FROM auth_group_members m
        JOIN auth_users u ON u.id = m.user_id
        WHERE m.group_name = $1 AND m.user_id > $2
        ORDER BY m.user_id
        LIMIT $3",
    again: Again::Yes,
};

pub(crate) const MEMBER_OF: Statement = Statement {
    text: "SELECT member_of FROM auth_users WHERE id = $1",
    again: Again::Yes,
};

macro_rules! while_member_of {
    () => {
        "
        UPDATE auth_users
        SET member_of = $3
        WHERE id = $1 AND member_of = $2
        RETURNING id"
    };
}

/// 1 user, 2 member of, 3 member of from now on, 4 group, 5 now.
pub(crate) const ADD: Guarded = Guarded {
    guard: while_member_of!(),
    then: &["
        INSERT INTO auth_group_members (group_name, user_id, created_at)
        SELECT $4, guard.id, $5
        FROM guard"],
};

/// 1 user, 2 member of, 3 member of from now on, 4 group.
pub(crate) const REMOVE: Guarded = Guarded {
    guard: while_member_of!(),
    then: &["
        DELETE FROM auth_group_members
        WHERE group_name = $4 AND user_id IN (SELECT id FROM guard)"],
};

/// Nobody comes into it by an invitation any more.
pub(crate) const WITHDRAW: Statement = Statement {
    text: "
        DELETE FROM auth_invitations
        WHERE token_digest IN (
            SELECT token_digest FROM auth_invitation_groups WHERE group_name = $1)",
    again: Again::Yes,
};

/// A conflict while anybody is in it.
pub(crate) const DELETE: Statement = Statement {
    text: "DELETE FROM auth_groups WHERE name = $1",
    again: Again::No,
};
