//! SQL about the schema itself and for the operator's check.

use super::{Again, Statement};

/// All of ours. What refers to another comes after it.
pub(crate) const TABLES: &[&str] = &[
    "auth_migrations",
    "auth_users",
    "auth_accounts",
    "auth_sessions",
    "auth_verifications",
    "auth_origins",
    "auth_origins_revision",
    "auth_app_grants",
    "auth_counters",
    "auth_lockouts",
    "auth_links",
    "auth_compatibility",
    "auth_tenants",
    "auth_authenticators",
    "auth_recovery_codes",
    "auth_passkeys",
    "auth_access_tokens",
    "auth_events",
    "auth_groups",
    "auth_group_members",
    "auth_invitations",
    "auth_invitation_groups",
    "auth_invitation_apps",
    "auth_outbox",
    "auth_secrets",
    "auth_refreshes",
    "auth_secret_requests",
    "auth_applications",
    "auth_variables",
];

/// Made before the first migration, so not one itself.
pub(crate) const CREATE_MIGRATIONS: &str = "
    CREATE TABLE IF NOT EXISTS auth_migrations (
        version BIGINT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        applied_at BIGINT NOT NULL
    )";

/// The versions that are applied.
pub(crate) const APPLIED: Statement = Statement {
    text: "SELECT version FROM auth_migrations",
    again: Again::Yes,
};

pub(crate) const IS_APPLIED: &str = "SELECT version FROM auth_migrations WHERE version = $1";

/// The oldest schema that a program may know and go on.
pub(crate) const OLDEST_PROGRAM: Statement = Statement {
    text: "SELECT oldest_program FROM auth_compatibility",
    again: Again::Yes,
};

pub(crate) const RAISE_OLDEST_PROGRAM: &str =
    "UPDATE auth_compatibility SET oldest_program = $1 WHERE oldest_program < $1";

pub(crate) const RECORD: &str =
    "INSERT INTO auth_migrations (version, name, applied_at) VALUES ($1, $2, $3)";
