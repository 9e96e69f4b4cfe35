//! SQL about the schema itself and for the operator's check.

use super::{Again, Statement};

/// Made before the first migration, so not one itself.
pub(crate) const CREATE_MIGRATIONS: &str = "
    CREATE TABLE IF NOT EXISTS auth_migrations (
        version BIGINT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        applied_at BIGINT NOT NULL
    )";

/// One row; nothing in it when no migration was applied.
pub(crate) const VERSION: Statement = Statement {
    text: "SELECT MAX(version) FROM auth_migrations",
    again: Again::Yes,
};

pub(crate) const IS_APPLIED: &str = "SELECT version FROM auth_migrations WHERE version = $1";

pub(crate) const RECORD: &str =
    "INSERT INTO auth_migrations (version, name, applied_at) VALUES ($1, $2, $3)";
