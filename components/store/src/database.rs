//! Which engine runs a statement, and on whose tables?

use crate::{
    failure::Failure,
    migrations::Migration,
    place::{Place, Schema},
    placed::{Namespace, placed},
    postgres::Postgres,
    settings::DatabaseUrl,
    sqlite::Sqlite,
    statements::{Again, Guarded, Statement, sessions::Resume},
    tenant::{Departure, Tenant},
    value::{Row, Value},
};

/// The tables of one place.
pub(crate) struct Database {
    engine: Engine,
    pub(crate) place: Place,
}

enum Engine {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

impl Database {
    pub(crate) async fn of(place: Place) -> Result<Self, Failure> {
        let url = match &place.database {
            Some(url) => url.clone(),
            None => DatabaseUrl::read().await?.clone(),
        };
        let engine = match url {
            DatabaseUrl::Postgres(url) => Engine::Postgres(Postgres { url }),
            DatabaseUrl::Sqlite(name) => Engine::Sqlite(Sqlite { name }),
        };
        Ok(Self { engine, place })
    }

    /// As the operator's tools call it.
    pub(crate) fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::Postgres(_) => "postgres",
            Engine::Sqlite(_) => "sqlite",
        }
    }

    /// Run a statement that returns rows.
    pub(crate) async fn query(
        &self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<Vec<Row>, Failure> {
        let Statement { text, again } = statement;
        self.rows(text, parameters, *again).await
    }

    /// Run a statement that changes rows; answers how many.
    pub(crate) async fn execute(
        &self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<u64, Failure> {
        let Statement { text, again } = statement;
        let text = &self.placed(text);
        match &self.engine {
            Engine::Postgres(postgres) => postgres.execute(text, parameters, *again).await,
            Engine::Sqlite(sqlite) => sqlite.execute(text, parameters).await,
        }
    }

    /// Run statements whole or not at all; answers the rows that the guard returned.
    pub(crate) async fn guarded(
        &self,
        guarded: &Guarded,
        parameters: &[Value],
    ) -> Result<Vec<Row>, Failure> {
        let Guarded { guard, then } = guarded;
        let guard = &self.placed(guard);
        let then: Vec<_> = then.iter().map(|step| self.placed(step)).collect();
        match &self.engine {
            Engine::Postgres(postgres) => postgres.guarded(guard, &then, parameters).await,
            Engine::Sqlite(sqlite) => sqlite.guarded(guard, &then, parameters).await,
        }
    }

    /// Run statements one after the other, whole or not at all; answers the row of each
    /// that ran. Each has parameters of its own, and reads `before`, which has a row where
    /// it is to run.
    pub(crate) async fn steps(
        &self,
        steps: &[(&'static str, Vec<Value>)],
        follow: Follow,
    ) -> Result<Vec<Row>, Failure> {
        let steps: Vec<_> = steps
            .iter()
            .map(|(text, parameters)| (self.placed(text), parameters.as_slice()))
            .collect();
        match &self.engine {
            _ if steps.is_empty() => Ok(Vec::new()),
            Engine::Postgres(postgres) => postgres.steps(&steps, follow).await,
            Engine::Sqlite(sqlite) => sqlite.steps(&steps, follow).await,
        }
    }

    /// Find a session and slide it, where that is due.
    pub(crate) async fn resume(
        &self,
        resume: &Resume,
        parameters: &[Value],
    ) -> Result<Option<Row>, Failure> {
        let Resume { whole, find, slide } = resume;
        match &self.engine {
            Engine::Postgres(_) => Ok(self.query(whole, parameters).await?.into_iter().next()),
            Engine::Sqlite(_) => {
                let Some(mut row) = self.query(find, parameters).await?.into_iter().next() else {
                    return Ok(None);
                };
                let is_there = !row.boolean()? || self.execute(slide, parameters).await? > 0;
                Ok(is_there.then_some(row))
            }
        }
    }

    /// Run a statement made at run time, once.
    pub(crate) async fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        self.rows(text, parameters, Again::No).await
    }

    /// Apply migrations under the lock, whole or not at all. `Kind::Applied` when
    /// one was there already. With `make` the schema and the table of migrations
    /// are made where they are missing, without it they must be there.
    pub(crate) async fn apply(
        &self,
        migrations: &[&Migration],
        make: &Make,
        now: i64,
    ) -> Result<(), Failure> {
        let schema = self.schema();
        match &self.engine {
            Engine::Postgres(postgres) => postgres.apply(migrations, make, schema, now).await,
            Engine::Sqlite(sqlite) => sqlite.apply(migrations, make, schema, now).await,
        }
    }

    /// Seconds since 1970 by the database's own clock, which all programs have in
    /// common.
    pub(crate) async fn seconds_now(&self) -> Result<u64, Failure> {
        let text = match &self.engine {
            Engine::Postgres(_) => "SELECT CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)",
            Engine::Sqlite(_) => "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
        };
        let mut rows = self.rows(text, &[], Again::Yes).await?;
        let row = rows.pop();
        row.ok_or_else(|| Failure::internal("the database has no clock"))?
            .seconds()
    }

    /// An error where a schema of this name cannot be apart from the main tables.
    pub(crate) async fn refuse_main(&self) -> Result<(), Failure> {
        match (&self.engine, self.schema()) {
            (Engine::Postgres(postgres), Some(schema)) => postgres.refuse_main(schema).await,
            (Engine::Postgres(_), None) | (Engine::Sqlite(_), _) => Ok(()),
        }
    }

    /// A tenant goes, and the schema with what is in it where it may: whole or not at
    /// all.
    pub(crate) async fn leave(
        &self,
        schema: &Schema,
        tenant: &Tenant,
        is_written: bool,
    ) -> Result<(), Failure> {
        let tenants = self.placed("auth_tenants");
        let departure = Departure::of(tenant, schema, is_written, &tenants);
        match &self.engine {
            Engine::Postgres(postgres) => postgres.leave(schema, &departure).await,
            Engine::Sqlite(sqlite) => sqlite.leave(schema, &departure).await,
        }
    }

    async fn rows(
        &self,
        text: &str,
        parameters: &[Value],
        again: Again,
    ) -> Result<Vec<Row>, Failure> {
        let text = &self.placed(text);
        match &self.engine {
            Engine::Postgres(postgres) => postgres.query(text, parameters, again).await,
            Engine::Sqlite(sqlite) => sqlite.query(text, parameters).await,
        }
    }

    fn schema(&self) -> Option<&Schema> {
        self.place.schema.as_ref()
    }

    fn placed<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        let namespace = match &self.engine {
            Engine::Postgres(_) => Namespace::Schema,
            Engine::Sqlite(_) => Namespace::Prefix,
        };
        placed(text, namespace, self.schema())
    }
}

/// Which of several steps run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    /// Those before which all have answered true in their first column.
    Admitted,
    All,
    /// All, or none where one of them answers no row: a conflict.
    Whole,
}

/// Whether a migration may be the first.
#[derive(Clone, Debug)]
pub(crate) enum Make {
    /// It may, for this one where the place is an origin's.
    Missing(Option<Tenant>),
    Nothing,
}
