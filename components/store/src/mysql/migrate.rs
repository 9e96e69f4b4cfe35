//! How does a schema change where each change commits by itself? Under a lock, and so that
//! what was cut short goes on. Of a place beside the main tables nothing counts before the
//! versions are written down, which is one transaction; and nothing once they are gone.

use super::{MySql, follow::Guard, link::Link, plan::Plan, tables::Tables};
use crate::{
    database::Make,
    failure::{Failure, Kind},
    migrations::Migration,
    place::Schema,
    statements::schema,
    tenant::Departure,
    value::Value,
};

/// What migrations take, seconds that they wait for it.
const LOCK: &str = "SELECT GET_LOCK(CONCAT('gatelet-', MD5(DATABASE())), 60)";

impl MySql {
    pub(crate) async fn apply(
        &self,
        migrations: &[&Migration],
        make: &Make,
        schema: Option<&Schema>,
        now: i64,
    ) -> Result<(), Failure> {
        let link = Link::open(&self.url).await?;
        let collation = link.server().await?.collation;
        link.lock().await?;
        let tables = Tables {
            link: &link,
            schema,
            collation,
        };
        // Others may have made it while this waited: then it is theirs, whatever comes now.
        let is_there = tables.are_there().await?;
        if let Make::Missing(_) = make {
            if !is_there {
                tables.clear().await?;
            }
            tables.script(schema::CREATE_MIGRATIONS).await?;
        }
        let applied = tables.apply(migrations, make, now).await;
        // Of a place that was to be made nothing stays.
        if let (Err(failure), Make::Missing(_)) = (&applied, make)
            && failure.kind != Kind::Applied
            && !is_there
        {
            tables.clear().await?;
        }
        applied
    }

    /// A tenant goes, and with the last the tables where they may.
    pub(crate) async fn leave(
        &self,
        schema: &Schema,
        departure: &Departure,
    ) -> Result<(), Failure> {
        let Departure {
            is_shared,
            is_made,
            leave,
        } = departure;
        let link = Link::open(&self.url).await?;
        link.lock().await?;
        let tables = Tables::of(&link, schema);
        let goes = format!("SELECT 1 FROM DUAL WHERE NOT ({is_shared}) AND {is_made}");
        if link.rows(&goes, &[]).await?.is_empty() {
            link.begin().await?;
            for statement in leave {
                let plan = Plan::of(statement);
                link.follow(&plan, &[], &Guard::None).await?;
            }
            return link.commit().await;
        }
        // From here on it is not there, wherever this ends.
        tables.follow("DELETE FROM auth_migrations", &[]).await?;
        tables.clear().await
    }

    /// Not while the place goes.
    pub(crate) async fn arrive(
        &self,
        arrive: &str,
        tenant: &[Value],
        schema: Option<&Schema>,
    ) -> Result<(), Failure> {
        let link = Link::open(&self.url).await?;
        link.lock().await?;
        let tables = Tables {
            link: &link,
            schema,
            collation: "",
        };
        if !tables.are_there().await? {
            return Err(Failure::new(Kind::Missing, "the place has gone meanwhile"));
        }
        let arrived = link.follow(&Plan::of(arrive), tenant, &Guard::None).await;
        arrived.map(drop)
    }

    /// What was left of a place that came or went half.
    pub(crate) async fn clear(&self, schema: &Schema) -> Result<(), Failure> {
        let link = Link::open(&self.url).await?;
        link.lock().await?;
        let tables = Tables::of(&link, schema);
        match tables.are_there().await? {
            true => Ok(()),
            false => tables.clear().await,
        }
    }
}

impl Link {
    /// One program changes a schema at a time. The lock goes with the connection.
    async fn lock(&self) -> Result<(), Failure> {
        let taken = match self.rows(LOCK, &[]).await?.pop() {
            Some(mut row) => row.integer()? == 1,
            None => false,
        };
        match taken {
            true => Ok(()),
            false => Err(Failure::new(
                Kind::Unavailable,
                "others are migrating the same tables: try again",
            )),
        }
    }
}
