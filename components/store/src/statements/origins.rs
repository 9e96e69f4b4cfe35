//! SQL about origins, which are in the main tables alone. Every write grows the
//! revision in the same transaction.

use super::{Again, Guarded, Statement};

pub(crate) const REVISION: Statement = Statement {
    text: "SELECT revision FROM auth_origins_revision",
    again: Again::Yes,
};

macro_rules! select {
    ($version:literal, $rest:literal) => {
        concat!(
            "
        SELECT name, parent, kind, state, branch, settings, schema_name, sealed_url,
            created_at, expires_at, ",
            $version,
            "
        FROM auth_origins
        WHERE ",
            $rest
        )
    };
}

macro_rules! all {
    ($version:literal) => {
        select!(
            $version,
            "name > $1
        ORDER BY name
        LIMIT $2"
        )
    };
}

macro_rules! expired {
    ($version:literal) => {
        select!(
            $version,
            "expires_at <= $1
        ORDER BY expires_at, name
        LIMIT $2"
        )
    };
}

/// A page of what is served, after a name. Columns as in [`FIND`].
pub(crate) const READY: Statement = Statement {
    text: select!(
        "version",
        "name > $1 AND state = $3 AND (expires_at IS NULL OR expires_at > $4)
        ORDER BY name
        LIMIT $2"
    ),
    again: Again::Yes,
};

/// A page of all, after a name. Columns as in [`FIND`].
pub(crate) const ALL: Statement = Statement {
    text: all!("version"),
    again: Again::Yes,
};

/// The same of tables from before records had versions.
pub(crate) const ALL_UNVERSIONED: Statement = Statement {
    text: all!("CAST(0 AS BIGINT)"),
    again: Again::Yes,
};

/// Columns as in [`FIND`].
pub(crate) const EXPIRED: Statement = Statement {
    text: expired!("version"),
    again: Again::Yes,
};

/// The same of tables from before records had versions.
pub(crate) const EXPIRED_UNVERSIONED: Statement = Statement {
    text: expired!("CAST(0 AS BIGINT)"),
    again: Again::Yes,
};

pub(crate) const FIND: Statement = Statement {
    text: select!("version", "name = $1"),
    again: Again::Yes,
};

/// Records from before hosts were written down.
pub(crate) const WITHOUT_HOST: Statement = Statement {
    text: "SELECT name, settings FROM auth_origins WHERE host IS NULL LIMIT 500",
    again: Again::Yes,
};

/// Those that say nothing of one, at once.
pub(crate) const FILL_NO_HOST: Statement = Statement {
    text: "UPDATE auth_origins SET host = $1 WHERE host IS NULL AND settings NOT LIKE $2",
    again: Again::Yes,
};

/// Of two that have one already the first gets it.
pub(crate) const FILL_HOST: Statement = Statement {
    text: "
        UPDATE auth_origins
        SET host = CASE
            WHEN EXISTS (SELECT 1 FROM auth_origins WHERE host = $2) THEN $3
            ELSE $2 END
        WHERE name = $1 AND host IS NULL",
    again: Again::Yes,
};

pub(crate) const SCHEMA: Statement = Statement {
    text: "SELECT schema_name FROM auth_origins WHERE name = $1",
    again: Again::Yes,
};

const GROW: &[&str] = &["
    UPDATE auth_origins_revision
    SET revision = revision + 1
    WHERE EXISTS (SELECT id FROM guard)"];

/// The first of a name stays. Its version is past every one that a record of the name
/// has had.
pub(crate) const INSERT: Guarded = Guarded {
    guard: "
        INSERT INTO auth_origins
            (name, parent, kind, state, branch, settings, schema_name, sealed_url,
            created_at, expires_at, host, own_schema, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
            (SELECT revision + 1 FROM auth_origins_revision))
        ON CONFLICT (name) DO NOTHING
        RETURNING name AS id, version",
    then: GROW,
};

/// While the state and the version are still those given. Without a sealed URL the one
/// that is there stays.
pub(crate) const UPDATE: Guarded = Guarded {
    guard: "
        UPDATE auth_origins
        SET parent = $2, kind = $3, state = $4, branch = $5, settings = $6, schema_name = $7,
            sealed_url = COALESCE($8, sealed_url), created_at = $9, expires_at = $10,
            host = $11, version = (SELECT revision + 1 FROM auth_origins_revision)
        WHERE name = $1 AND state = $12 AND version = $13
        RETURNING name AS id, version",
    then: GROW,
};

pub(crate) const REMOVE: Guarded = Guarded {
    guard: "
        DELETE FROM auth_origins
        WHERE name = $1 AND version = $2
        RETURNING name AS id",
    then: GROW,
};
