//! Is the schema of a place the one that this program knows, and if it is older,
//! how does it become that one?

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashSet},
    ops::Deref,
    time::{SystemTime, UNIX_EPOCH},
};

use gatelet_core::origins::written;

use crate::{
    bindings::exports::gatelet::store_admin::admin::Departure,
    convert::seconds,
    database::{Database, Make},
    failure::{Failure, Kind},
    migrations::{KNOWN, MIGRATIONS, Migration, Scope},
    place::{Place, Schema},
    settings::written_origins,
    statements::{Statement, schema, tenants},
    tenant::Tenant,
    value::Value,
};

/// What a migration did.
pub(crate) struct Migrated {
    pub(crate) applied: Vec<&'static Migration>,
    pub(crate) version: u32,
}

/// Places that an instance remembers to be in order.
const CHECKED_PLACES: usize = 4_096;

/// Before an instance's first statement in a place: one cheap query, and the
/// migrations where the host had no chance to run them at its start.
///
/// A place of its own is brought up to date, never made: a request that is late
/// would bring a dropped one back.
pub(crate) async fn ensure(database: &Database) -> Result<(), Failure> {
    thread_local! {
        static CHECKED: RefCell<HashSet<Place>> = RefCell::default();
    }
    let place = &database.place;
    if CHECKED.with_borrow(|checked| checked.contains(place)) {
        return Ok(());
    }
    let present = present(database).await?;
    if present.is_empty() && !place.is_main() {
        return Err(gone(place));
    }
    if !missing(place, &present)?.is_empty() {
        // The main tables are made at an instance's first use too.
        let make = match place.is_main() {
            true => Make::Missing(None),
            false => Make::Nothing,
        };
        advance(database, seconds_now(), &make).await?;
    }
    CHECKED.with_borrow_mut(|checked| {
        if checked.len() >= CHECKED_PLACES {
            checked.clear();
        }
        checked.insert(place.clone());
    });
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "for `applied_at` alone, where no port call says what time it is"
)]
fn seconds_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}

/// Before what the operator's tools read. They may be newer than the programs that
/// serve, and whoever only looks changes nothing: whether there are tables at all.
pub(crate) async fn look(database: &Database) -> Result<bool, Failure> {
    let present = present(database).await?;
    missing(&database.place, &present)?;
    Ok(!present.is_empty())
}

/// Before what they write: tables are made where there are none, and brought up to
/// date where those that serve go on with them.
pub(crate) async fn prepare(database: &Database) -> Result<(), Failure> {
    let present = present(database).await?;
    if present.is_empty() && !database.place.is_main() {
        return Err(gone(&database.place));
    }
    let missing = missing(&database.place, &present)?;
    if missing.is_empty() {
        return Ok(());
    }
    let breaks = !present.is_empty() && missing.iter().any(|one| one.is_breaking());
    if breaks {
        return Err(older());
    }
    let make = match database.place.is_main() {
        true => Make::Missing(None),
        false => Make::Nothing,
    };
    advance(database, seconds_now(), &make).await.map(drop)
}

/// Whether the database answers and has the schema that this program knows, now.
pub(crate) async fn ready(database: &Database) -> Result<(), Failure> {
    if missing(&database.place, &present(database).await?)?.is_empty() {
        return Ok(());
    }
    Err(older())
}

/// Make a place where it is missing, and bring its schema up to date. It knows its
/// tenant then.
pub(crate) async fn migrate(
    database: &Database,
    tenant: Option<Tenant>,
    now: u64,
) -> Result<Migrated, Failure> {
    // Under the lock once more, where it is made.
    database.refuse_main().await?;
    let migrated = advance(database, now, &Make::Missing(tenant.clone())).await?;
    if let Some(tenant) = &tenant
        && !database.place.is_main()
    {
        arrive(database, tenant).await?;
    }
    Ok(migrated)
}

async fn arrive(database: &Database, tenant: &Tenant) -> Result<(), Failure> {
    let parameters = [Value::Text(tenant.id()), seconds(tenant.created_at)?];
    database.arrive(&tenants::ARRIVE, &parameters).await
}

/// A tenant goes, and the schema with the last of them, where it was made for one.
/// What is gone is dropped.
pub(crate) async fn leave_place(
    database: &Database,
    tenant: &Tenant,
) -> Result<Departure, Failure> {
    let Place {
        database: own,
        schema,
    } = &database.place;
    let schema = match (own, schema) {
        (None, Some(schema)) => schema,
        (None, None) => {
            return Err(Failure::internal(
                "the main origin's tables are not dropped",
            ));
        }
        (Some(_), _) => {
            return Err(Failure::internal(
                "a database of its own is not dropped: that is its owner's to do",
            ));
        }
    };
    database.refuse_main().await?;
    // A newer program's tables are not known here, also where one could go on.
    let there = present(database).await?;
    if there.last() > Some(&KNOWN) {
        return Err(newer());
    }
    if there.is_empty() {
        database.clear(schema).await?;
        return Ok(Departure::Dropped);
    }
    // One of an older program does not know its tenants yet.
    advance(database, seconds_now(), &Make::Nothing).await?;
    arrive(database, tenant).await?;
    let is_written = is_written(schema).await?;
    database.leave(schema, tenant, is_written).await?;
    if present(database).await?.is_empty() {
        return Ok(Departure::Dropped);
    }
    let others = database.query(&tenants::ANYBODY, &[]).await?;
    Ok(match is_written || !others.is_empty() {
        true => Departure::Shared,
        false => Departure::Found,
    })
}

/// Whether the variable `origins` has one in this schema.
async fn is_written(schema: &Schema) -> Result<bool, Failure> {
    let written = written::parse(written_origins().await?.trim());
    let written = written.map_err(|error| Failure::internal(error.to_string()))?;
    let schema = schema.to_string();
    let mut places = written.iter().map(|record| &record.place);
    Ok(places.any(|place| place.url.is_empty() && place.schema == schema))
}

/// Each step takes the lock, looks whether somebody else was faster, and commits
/// before the next. Of a place that is made, all is one step where that can be: it is
/// there whole or not at all, and the disk is waited for once.
async fn advance(database: &Database, now: u64, make: &Make) -> Result<Migrated, Failure> {
    let now = i64::try_from(now).map_err(|_| Failure::internal("a time out of range"))?;
    let mut applied = Vec::new();
    // Every round applies something, or finds that somebody else has.
    for _ in 0..=MIGRATIONS.len() {
        let present = present(database).await?;
        let missing = missing(&database.place, &present)?;
        let Some(&next) = missing.first() else {
            let version = present.last().copied().unwrap_or_default();
            return Ok(Migrated { applied, version });
        };
        let fresh = present.is_empty();
        let step = match fresh && database.is_made_whole() {
            true => &missing[..],
            false => &missing[..1],
        };
        let make = match make {
            Make::Missing(_) if fresh => make,
            Make::Missing(_) | Make::Nothing => &Make::Nothing,
        };
        match database.apply(step, make, now).await {
            Ok(()) => applied.extend(step),
            Err(Failure {
                kind: Kind::Applied,
                ..
            }) => {}
            Err(failure) => return Err(failed(next, step.len(), database, failure)),
        }
    }
    Err(Failure::new(
        Kind::Unavailable,
        "others are migrating the same tables: try again",
    ))
}

/// The versions that a place has; none where there are no tables yet.
struct Present {
    versions: BTreeSet<u32>,
    /// The oldest schema that a program may know and go on; looked up where there is a
    /// version that this one does not know.
    oldest_program: Option<u32>,
}

impl Deref for Present {
    type Target = BTreeSet<u32>;

    fn deref(&self) -> &BTreeSet<u32> {
        &self.versions
    }
}

async fn present(database: &Database) -> Result<Present, Failure> {
    let versions = numbers(database, &schema::APPLIED).await?;
    let oldest_program = match versions.last() {
        Some(version) if *version > KNOWN => {
            numbers(database, &schema::OLDEST_PROGRAM).await?.pop_last()
        }
        _ => None,
    };
    Ok(Present {
        versions,
        oldest_program,
    })
}

/// The first column; nothing where the table is not there.
async fn numbers(database: &Database, statement: &Statement) -> Result<BTreeSet<u32>, Failure> {
    let rows = match database.query(statement, &[]).await {
        Err(Failure {
            kind: Kind::Missing,
            ..
        }) => return Ok(BTreeSet::new()),
        outcome => outcome?,
    };
    let number = |integer| u32::try_from(integer).map_err(|_| newer());
    rows.into_iter()
        .map(|mut row| row.integer().and_then(number))
        .collect()
}

/// The migrations that a place wants and has not, in order.
fn missing(place: &Place, present: &Present) -> Result<Vec<&'static Migration>, Failure> {
    refuse_unknown(present)?;
    let wanted = |migration: &&Migration| match migration.scope {
        Scope::EveryPlace => true,
        Scope::MainPlace => place.is_main(),
    };
    let missing = MIGRATIONS.iter().filter(wanted);
    Ok(missing
        .filter(|migration| !present.contains(&migration.version))
        .collect())
}

/// A newer program's schema that this one cannot live with.
fn refuse_unknown(present: &Present) -> Result<(), Failure> {
    let is_known = present.last().is_none_or(|version| *version <= KNOWN);
    let goes_on = present.oldest_program.is_some_and(|oldest| oldest <= KNOWN);
    match is_known || goes_on {
        true => Ok(()),
        false => Err(newer()),
    }
}

/// Its record is made after it and removed before it, so nobody should ask.
fn gone(place: &Place) -> Failure {
    let what = match &place.schema {
        Some(schema) => format!("the schema {schema} has no tables"),
        None => "an origin's own database has no tables".to_owned(),
    };
    Failure::new(
        Kind::Schema,
        format!("{what}: they are made with the origin, or by `gatelet migrate`"),
    )
}

fn older() -> Failure {
    let detail = format!(
        "the database's schema is older than version {KNOWN}, which this program wants: \
         `gatelet migrate` brings it up to date, and programs that serve with the older one \
         must be as new then"
    );
    Failure::new(Kind::Schema, detail)
}

fn newer() -> Failure {
    let detail = format!(
        "the database's schema is newer than version {KNOWN}, the newest that this program \
         knows: run the version of Gatelet that made it, or a later one"
    );
    Failure::new(Kind::Schema, detail)
}

/// Which migration it was, and `schema` unless the database says something that
/// passes (no connection, no writes, no room).
fn failed(next: &Migration, steps: usize, database: &Database, failure: Failure) -> Failure {
    let Failure { kind, code, detail } = failure;
    let kind = match kind {
        Kind::Unavailable | Kind::Broken | Kind::Undone => Kind::Unavailable,
        Kind::ReadOnly => Kind::ReadOnly,
        Kind::Full => Kind::Full,
        Kind::Conflict | Kind::Missing | Kind::Applied | Kind::Schema | Kind::Internal => {
            Kind::Schema
        }
    };
    let what = match (steps, &database.place.schema) {
        (1, _) => format!("migration {} ({}) failed", next.version, next.name),
        (_, Some(schema)) => format!("the schema {schema} could not be made"),
        (_, None) => "the tables could not be made".to_owned(),
    };
    Failure {
        kind,
        code,
        detail: format!("{what}: {detail}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{KNOWN, MIGRATIONS, Present, Scope, missing};
    use crate::place::{Place, Schema};

    fn versions(place: &Place, present: &[u32]) -> Option<Vec<u32>> {
        beside(place, present, None)
    }

    fn beside(place: &Place, present: &[u32], oldest_program: Option<u32>) -> Option<Vec<u32>> {
        let present = Present {
            versions: BTreeSet::from_iter(present.iter().copied()),
            oldest_program,
        };
        let missing = missing(place, &present).ok()?;
        Some(missing.iter().map(|migration| migration.version).collect())
    }

    #[test]
    fn a_place_wants_what_it_has_not_and_nothing_of_the_main_ones() {
        let own = Place {
            database: None,
            schema: Schema::parse("x").ok(),
        };
        let all: Vec<u32> = MIGRATIONS.iter().map(|m| m.version).collect();
        let every: Vec<u32> = MIGRATIONS
            .iter()
            .filter(|m| m.scope == Scope::EveryPlace)
            .map(|m| m.version)
            .collect();
        assert_eq!(versions(&Place::MAIN, &[]), Some(all.clone()));
        assert_eq!(versions(&own, &[]), Some(every.clone()));
        assert_eq!(versions(&Place::MAIN, &all), Some(vec![]));
        assert_eq!(versions(&own, &every), Some(vec![]));
        // A place that has become the main one, and the other way round.
        let mains = all.iter().filter(|version| !every.contains(version));
        assert_eq!(
            versions(&Place::MAIN, &every),
            Some(mains.copied().collect())
        );
        assert_eq!(versions(&own, &all), Some(vec![]));
        assert_eq!(versions(&own, &[1, 2]), Some(every[2..].to_vec()));
    }

    #[test]
    fn a_program_goes_on_beside_newer_tables_that_say_so() {
        let all: Vec<u32> = (1..=KNOWN + 1).collect();
        let newer = |oldest| beside(&Place::MAIN, &all, oldest);
        for oldest in [1, KNOWN - 1, KNOWN] {
            assert_eq!(newer(Some(oldest)), Some(vec![]), "{oldest}");
        }
        assert_eq!(newer(Some(KNOWN + 1)), None);
        assert_eq!(newer(None), None, "before that was written down");
    }

    #[test]
    fn a_version_past_the_known_is_refused_whatever_is_missing_before_it() {
        assert_eq!(versions(&Place::MAIN, &[KNOWN + 1]), None);
        assert_eq!(versions(&Place::MAIN, &[1, 2, u32::MAX]), None);
    }
}
