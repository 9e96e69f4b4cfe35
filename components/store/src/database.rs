//! Which engine runs a statement, and is it worth a second try?

use crate::{
    failure::{Failure, Kind},
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
        twice(*again, async || match self {
            Self::Postgres(postgres) => postgres.query(text, parameters).await,
            Self::Sqlite(sqlite) => sqlite.query(text, parameters).await,
        })
        .await
    }

    /// Run a statement that changes rows; answers how many.
    pub(crate) async fn execute(
        &self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<u64, Failure> {
        let Statement { text, again } = statement;
        twice(*again, async || match self {
            Self::Postgres(postgres) => postgres.execute(text, parameters).await,
            Self::Sqlite(sqlite) => sqlite.execute(text, parameters).await,
        })
        .await
    }

    /// Run statements whole or not at all; answers how many rows the guard let through.
    pub(crate) async fn guarded(
        &self,
        guarded: &Guarded,
        parameters: &[Value],
    ) -> Result<u64, Failure> {
        twice(Again::No, async || match self {
            Self::Postgres(postgres) => postgres.guarded(guarded, parameters).await,
            Self::Sqlite(sqlite) => sqlite.guarded(guarded, parameters).await,
        })
        .await
    }

    /// Run a statement made at run time, once.
    pub(crate) async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        match self {
            Self::Postgres(postgres) => postgres.query(text, parameters).await,
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

/// Once more, at once, where the first run left nothing behind or may be
/// repeated: a pooled connection that the server had closed, a deadlock.
async fn twice<T>(again: Again, run: impl AsyncFn() -> Result<T, Failure>) -> Result<T, Failure> {
    match run().await {
        Err(Failure {
            kind: Kind::Undone, ..
        }) => run().await,
        Err(Failure {
            kind: Kind::Broken, ..
        }) if again == Again::Yes => run().await,
        outcome => outcome,
    }
}
