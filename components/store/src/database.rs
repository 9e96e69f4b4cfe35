//! Which engine runs a statement?

use crate::{
    failure::Failure,
    migrate::Migration,
    postgres::Postgres,
    settings::DatabaseUrl,
    sqlite::Sqlite,
    statements::{Again, Guarded, Statement},
    value::{Row, Value},
};

/// The database that `database_url` names.
pub(crate) enum Database {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

impl Database {
    pub(crate) async fn from_settings() -> Result<Self, Failure> {
        Ok(match DatabaseUrl::read().await? {
            DatabaseUrl::Postgres(url) => Self::Postgres(Postgres { url }),
            DatabaseUrl::Sqlite(name) => Self::Sqlite(Sqlite { name }),
        })
    }

    /// As the operator's tools call it.
    pub(crate) fn engine(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }

    /// Run a statement that returns rows.
    pub(crate) async fn query(
        &self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<Vec<Row>, Failure> {
        let Statement { text, again } = statement;
        match self {
            Self::Postgres(postgres) => postgres.query(text, parameters, *again).await,
            Self::Sqlite(sqlite) => sqlite.query(text, parameters).await,
        }
    }

    /// Run a statement that changes rows; answers how many.
    pub(crate) async fn execute(
        &self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<u64, Failure> {
        let Statement { text, again } = statement;
        match self {
            Self::Postgres(postgres) => postgres.execute(text, parameters, *again).await,
            Self::Sqlite(sqlite) => sqlite.execute(text, parameters).await,
        }
    }

    /// Run statements whole or not at all; answers how many rows the guard let through.
    pub(crate) async fn guarded(
        &self,
        guarded: &Guarded,
        parameters: &[Value],
    ) -> Result<u64, Failure> {
        match self {
            Self::Postgres(postgres) => postgres.guarded(guarded, parameters).await,
            Self::Sqlite(sqlite) => sqlite.guarded(guarded, parameters).await,
        }
    }

    /// Run a statement made at run time, once.
    pub(crate) async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        match self {
            Self::Postgres(postgres) => postgres.query(text, parameters, Again::No).await,
            Self::Sqlite(sqlite) => sqlite.query(text, parameters).await,
        }
    }

    /// Apply one migration under the lock, whole or not at all. `Kind::Applied`
    /// when it was there already.
    pub(crate) async fn apply(&self, migration: &Migration, now: i64) -> Result<(), Failure> {
        match self {
            Self::Postgres(postgres) => postgres.apply(migration, now).await,
            Self::Sqlite(sqlite) => sqlite.apply(migration, now).await,
        }
    }
}
