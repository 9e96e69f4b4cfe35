//! Which engine runs a statement, and on whose tables?

use std::borrow::Cow;

use crate::{
    failure::Failure,
    migrations::Migration,
    mysql::MySql,
    place::{Place, Schema},
    placed::{Namespace, placed},
    postgres::Postgres,
    settings::DatabaseUrl,
    sqlite::Sqlite,
    statements::{Again, Guarded, Statement, is_required, sessions::Resume},
    tenant::{Departure, Tenant},
    value::{Row, Value},
};

/// The tables of one place.
pub(crate) struct Database {
    engine: Engine,
    pub(crate) place: Place,
}

enum Engine {
    MySql(MySql),
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
            DatabaseUrl::MySql(url) => Engine::MySql(MySql { url }),
            DatabaseUrl::Sqlite(name) => Engine::Sqlite(Sqlite { name }),
        };
        Ok(Self { engine, place })
    }

    /// As the operator's tools call it.
    pub(crate) fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::MySql(_) => "mysql",
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
            Engine::MySql(mysql) => mysql.execute(text, parameters, *again).await,
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
        self.guarded_beside(guarded, parameters, &[]).await
    }

    /// The same with steps beside that have parameters of their own.
    pub(crate) async fn guarded_beside(
        &self,
        guarded: &Guarded,
        parameters: &[Value],
        beside: &[(&'static str, Vec<Value>)],
    ) -> Result<Vec<Row>, Failure> {
        let change = Change {
            guard: self.placed(guarded.guard),
            then: guarded.then.iter().map(|step| self.placed(step)).collect(),
            parameters,
            beside: self.placed_steps(beside),
        };
        match &self.engine {
            Engine::MySql(mysql) => mysql.guarded(&change).await,
            Engine::Postgres(postgres) => postgres.guarded(&change).await,
            Engine::Sqlite(sqlite) => sqlite.guarded(&change).await,
        }
    }

    /// Run statements one after the other, whole or not at all; answers the row of each
    /// that ran. Each has parameters of its own, and reads `before`, which has a row where
    /// it is to run.
    pub(crate) async fn steps(
        &self,
        steps: &[(&'static str, Vec<Value>)],
        follow: Follow,
        again: Again,
    ) -> Result<Vec<Row>, Failure> {
        let steps = self.placed_steps(steps);
        match &self.engine {
            _ if steps.is_empty() => Ok(Vec::new()),
            Engine::MySql(mysql) => mysql.steps(&steps, follow, again).await,
            Engine::Postgres(postgres) => postgres.steps(&steps, follow, again).await,
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
            Engine::MySql(_) | Engine::Sqlite(_) => {
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
            Engine::MySql(mysql) => mysql.apply(migrations, make, schema, now).await,
            Engine::Postgres(postgres) => postgres.apply(migrations, make, schema, now).await,
            Engine::Sqlite(sqlite) => sqlite.apply(migrations, make, schema, now).await,
        }
    }

    /// One whom the place keeps users for from now on.
    pub(crate) async fn arrive(&self, arrive: &Statement, tenant: &[Value]) -> Result<(), Failure> {
        match &self.engine {
            Engine::MySql(mysql) => {
                mysql
                    .arrive(&self.placed(arrive.text), tenant, self.schema())
                    .await
            }
            Engine::Postgres(_) | Engine::Sqlite(_) => self.execute(arrive, tenant).await.map(drop),
        }
    }

    /// What is left of a place that is not there, on an engine where that may be.
    pub(crate) async fn clear(&self, schema: &Schema) -> Result<(), Failure> {
        match &self.engine {
            Engine::MySql(mysql) => mysql.clear(schema).await,
            Engine::Postgres(_) | Engine::Sqlite(_) => Ok(()),
        }
    }

    /// The server's program and version, as people call it. [`crate::failure::Kind::Schema`] where it will
    /// not do, with what would.
    pub(crate) async fn server(&self) -> Result<String, Failure> {
        let (name, text) = match &self.engine {
            Engine::MySql(mysql) => return mysql.server().await,
            Engine::Postgres(_) => ("PostgreSQL", "SELECT current_setting('server_version')"),
            Engine::Sqlite(_) => ("SQLite", "SELECT sqlite_version()"),
        };
        let row = self.rows(text, &[], Again::Yes).await?.pop();
        let version = row.ok_or_else(|| Failure::internal("the database has no version"))?;
        Ok(format!("{name} {}", { version }.text()?))
    }

    /// Has a column of a table refer to another, where that takes a right of its own.
    pub(crate) async fn refer(&self, table: &str) -> Result<(), Failure> {
        if let Engine::MySql(_) = &self.engine {
            let refer =
                format!("ALTER TABLE {table} ADD FOREIGN KEY (more) REFERENCES {table} (value)");
            self.run(&refer, &[]).await?;
        }
        Ok(())
    }

    /// Seconds since 1970 by the database's own clock, which all programs have in
    /// common.
    pub(crate) async fn seconds_now(&self) -> Result<u64, Failure> {
        let text = match &self.engine {
            Engine::MySql(_) => "SELECT UNIX_TIMESTAMP()",
            Engine::Postgres(_) => "SELECT CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)",
            Engine::Sqlite(_) => "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
        };
        let mut rows = self.rows(text, &[], Again::Yes).await?;
        let row = rows.pop();
        row.ok_or_else(|| Failure::internal("the database has no clock"))?
            .seconds()
    }

    /// Whether nothing is left of a place that could not be made. MySQL takes back no
    /// change of the schema, and of the main tables nothing is dropped: what is in the way
    /// may be somebody else's.
    pub(crate) fn is_made_whole(&self) -> bool {
        !self.place.is_main() || !matches!(self.engine, Engine::MySql(_))
    }

    /// An error where a schema of this name cannot be apart from the main tables.
    pub(crate) async fn refuse_main(&self) -> Result<(), Failure> {
        match (&self.engine, self.schema()) {
            (Engine::Postgres(postgres), Some(schema)) => postgres.refuse_main(schema).await,
            (Engine::Postgres(_), None) | (Engine::MySql(_) | Engine::Sqlite(_), _) => Ok(()),
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
            Engine::MySql(mysql) => mysql.leave(schema, &departure).await,
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
            Engine::MySql(mysql) => mysql.query(text, parameters, again).await,
            Engine::Postgres(postgres) => postgres.query(text, parameters, again).await,
            Engine::Sqlite(sqlite) => sqlite.query(text, parameters).await,
        }
    }

    fn placed_steps<'a>(&self, steps: &'a [(&'static str, Vec<Value>)]) -> Vec<Step<'a>> {
        let placed = steps
            .iter()
            .map(|(text, own)| (self.placed(text), own.as_slice()));
        placed.collect()
    }

    fn schema(&self) -> Option<&Schema> {
        self.place.schema.as_ref()
    }

    fn placed<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let namespace = match &self.engine {
            Engine::Postgres(_) => Namespace::Schema,
            Engine::MySql(_) => Namespace::ShortPrefix,
            Engine::Sqlite(_) => Namespace::Prefix,
        };
        placed(text, namespace, self.schema())
    }
}

/// A statement in its place, and its parameters.
pub(crate) type Step<'a> = (Cow<'a, str>, &'a [Value]);

/// [`Guarded`] in its place, and what runs beside it.
pub(crate) struct Change<'a> {
    pub(crate) guard: Cow<'a, str>,
    pub(crate) then: Vec<Cow<'a, str>>,
    /// Of the guard and of `then`.
    pub(crate) parameters: &'a [Value],
    /// What reads `guard` too, and returns nothing.
    pub(crate) beside: Vec<Step<'a>>,
}

/// What follows the guard.
pub(crate) struct Follower<'a> {
    pub(crate) text: &'a str,
    pub(crate) parameters: &'a [Value],
    /// Whether nothing has happened where it answers no row.
    pub(crate) is_required: bool,
}

impl Change<'_> {
    /// One after the other.
    pub(crate) fn followers(&self) -> impl Iterator<Item = Follower<'_>> {
        let then = self.then.iter().map(|step| Follower {
            text: step,
            parameters: self.parameters,
            is_required: is_required(step),
        });
        then.chain(self.beside.iter().map(|(step, own)| Follower {
            text: step,
            parameters: own,
            is_required: false,
        }))
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

impl Follow {
    /// Whether there is a next step after one that answered these rows, where steps run one
    /// after the other. An error where none of them is to have run.
    pub(crate) fn goes_on(self, answered: &[Row]) -> Result<bool, Failure> {
        match self {
            Self::All => Ok(true),
            Self::Whole if answered.is_empty() => Err(Failure::undone_step()),
            Self::Whole => Ok(true),
            Self::Admitted => match answered.first() {
                Some(row) => row.clone().boolean(),
                None => Ok(false),
            },
        }
    }
}

/// Whether a migration may be the first.
#[derive(Clone, Debug)]
pub(crate) enum Make {
    /// It may, for this one where the place is an origin's.
    Missing(Option<Tenant>),
    Nothing,
}
