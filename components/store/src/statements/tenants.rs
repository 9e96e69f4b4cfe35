//! SQL about who keeps users in a place. What a departure does is
//! [`crate::tenant::Departure`]'s.

use super::{Again, Statement};

/// The place was there. That it was made for this one is known of places from before
/// this was written down: nobody made a place before its record.
pub(crate) const ARRIVE: Statement = Statement {
    text: "
        INSERT INTO auth_tenants (tenant, made)
        SELECT $1, CASE
            WHEN NOT EXISTS (SELECT 1 FROM auth_tenants WHERE made = 1)
                AND (SELECT MIN(applied_at) FROM auth_migrations) >= $2 THEN 1
            ELSE 0 END
        WHERE TRUE
        ON CONFLICT (tenant) DO NOTHING",
    again: Again::Yes,
};

pub(crate) const ANYBODY: Statement = Statement {
    text: "SELECT tenant FROM auth_tenants LIMIT 1",
    again: Again::Yes,
};
