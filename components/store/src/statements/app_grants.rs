//! SQL about the apps that users were granted.

use super::{Again, Statement};

pub(crate) const IS_GRANTED: Statement = Statement {
    text: "
        SELECT app
        FROM auth_app_grants
        WHERE user_id = $1 AND app = $2",
    again: Again::Yes,
};

/// Changes a row wherever the user is there, also when the app was granted before.
pub(crate) const GRANT: Statement = Statement {
    text: "
        INSERT INTO auth_app_grants (user_id, app, created_at)
        SELECT id, $2, $3
        FROM auth_users
        WHERE email = $1
        ON CONFLICT (user_id, app) DO UPDATE SET created_at = auth_app_grants.created_at",
    again: Again::Yes,
};

pub(crate) const REVOKE: Statement = Statement {
    text: "
        DELETE FROM auth_app_grants
        WHERE app = $2 AND user_id IN (SELECT id FROM auth_users WHERE email = $1)",
    // The second run would answer that there was none.
    again: Again::No,
};

/// A page, after an email and app.
pub(crate) const GRANTED: Statement = Statement {
    text: "
        SELECT u.email, g.app
        FROM auth_app_grants g
        JOIN auth_users u ON u.id = g.user_id
        WHERE u.email > $1 OR (u.email = $1 AND g.app > $2)
        ORDER BY u.email, g.app
        LIMIT $3",
    again: Again::Yes,
};
