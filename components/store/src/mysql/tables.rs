//! The tables of one place: are they there, how do they come about, and how do they go?

use std::borrow::Cow;

use super::{follow::Guard, link::Link, plan::Plan, script};
use crate::{
    database::Make,
    failure::{Failure, Kind},
    migrations::Migration,
    place::Schema,
    placed::{Namespace, placed},
    sql::statements,
    statements::schema,
    value::Value,
};

/// What a migration finds done that was cut short before, by the numbers of errors: a
/// column and an index that are there, an index that is gone.
const DONE: [&str; 3] = ["1060", "1061", "1091"];
/// The same of a table that was made anew under another name: the old one is gone.
const MOVED: [&str; 2] = ["1051", "1146"];

/// Those of one place, under the lock.
pub(super) struct Tables<'a> {
    pub(super) link: &'a Link,
    pub(super) schema: Option<&'a Schema>,
    /// Of those that are made.
    pub(super) collation: &'static str,
}

impl<'a> Tables<'a> {
    /// Where none is made.
    pub(super) fn of(link: &'a Link, schema: &'a Schema) -> Self {
        Self {
            link,
            schema: Some(schema),
            collation: "",
        }
    }

    pub(super) async fn apply(
        &self,
        migrations: &[&Migration],
        make: &Make,
        now: i64,
    ) -> Result<(), Failure> {
        for migration in migrations {
            let version = Value::Integer(i64::from(migration.version));
            let applied = self.follow(schema::IS_APPLIED, &[version]).await?;
            if applied > 0 {
                return Err(Failure::new(Kind::Applied, "the migration is applied"));
            }
            self.script(migration.text).await?;
        }
        self.link.begin().await?;
        for migration in migrations {
            let version = Value::Integer(i64::from(migration.version));
            if migration.raises_oldest_program() {
                let raise = schema::RAISE_OLDEST_PROGRAM;
                self.follow(raise, std::slice::from_ref(&version)).await?;
            }
            let record = [
                version,
                Value::Text(migration.name.to_owned()),
                Value::Integer(now),
            ];
            self.follow(schema::RECORD, &record).await?;
        }
        if let Make::Missing(Some(tenant)) = make {
            let made = "INSERT INTO auth_tenants (tenant, made) VALUES ($1, 1)";
            self.follow(made, &[Value::Text(tenant.id())]).await?;
        }
        self.link.commit().await
    }

    /// Whether any version is written down.
    pub(super) async fn are_there(&self) -> Result<bool, Failure> {
        match self.follow(schema::APPLIED.text, &[]).await {
            Err(failure) if failure.kind == Kind::Missing => Ok(false),
            outcome => Ok(outcome? > 0),
        }
    }

    /// Drops what we made in a place beside the main tables; of those nothing is dropped.
    pub(super) async fn clear(&self) -> Result<(), Failure> {
        let Some(schema) = self.schema else {
            return Ok(());
        };
        let prefix = format!("{}__", schema.short());
        let ours = format!(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND table_comment = '{made}' AND LEFT(table_name, {length}) = '{prefix}auth_' \
             AND INSTR(SUBSTR(table_name, {length}), '__') = 0",
            made = script::MADE,
            length = prefix.len() + "auth_".len(),
        );
        let rows = self.link.rows(&ours, &[]).await?;
        let tables: Result<Vec<_>, _> = rows.into_iter().map(|mut row| row.text()).collect();
        let tables = tables?;
        if tables.is_empty() {
            return Ok(());
        }
        // Whoever refers to whom.
        self.link.change("SET foreign_key_checks = 0", &[]).await?;
        let all = tables.join(", ");
        self.link.change(&format!("DROP TABLE {all}"), &[]).await?;
        self.link.change("SET foreign_key_checks = 1", &[]).await
    }

    /// Runs a script, or what of it was not done before it was cut short.
    pub(super) async fn script(&self, text: &str) -> Result<(), Failure> {
        let mut goes_on = false;
        for statement in statements(text) {
            for statement in script::translated(&self.placed(statement), self.collation) {
                let Err(failure) = self.link.change(&statement, &[]).await else {
                    continue;
                };
                if !self.is_done(&statement, &failure, goes_on).await? {
                    return Err(failure);
                }
                goes_on = true;
            }
        }
        Ok(())
    }

    async fn is_done(
        &self,
        statement: &str,
        failure: &Failure,
        goes_on: bool,
    ) -> Result<bool, Failure> {
        match failure.code.as_deref() {
            // A table is there: of ours, or in the way?
            Some("1050") => match script::made(statement) {
                Some(table) => self.is_ours(table).await,
                None => Ok(false),
            },
            // A row that is there.
            Some("1062") => Ok(statement.trim_start().starts_with("INSERT")),
            // A column that has its new name.
            Some("1054") => Ok(statement.contains("RENAME COLUMN")),
            Some(code) => Ok(DONE.contains(&code) || goes_on && MOVED.contains(&code)),
            None => Ok(false),
        }
    }

    async fn is_ours(&self, table: &str) -> Result<bool, Failure> {
        let known = format!(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND table_name = '{table}' AND table_comment = '{}'",
            script::MADE
        );
        Ok(!self.link.rows(&known, &[]).await?.is_empty())
    }

    /// How many rows it read, or changed.
    pub(super) async fn follow(&self, text: &str, parameters: &[Value]) -> Result<u64, Failure> {
        let plan = Plan::of(&self.placed(text));
        let answer = self.link.follow(&plan, parameters, &Guard::None).await?;
        Ok(answer.count.max(answer.rows.len() as u64))
    }

    fn placed<'t>(&self, text: &'t str) -> Cow<'t, str> {
        placed(text, Namespace::ShortPrefix, self.schema)
    }
}
