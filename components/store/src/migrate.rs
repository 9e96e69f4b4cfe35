//! Is the schema the one that this program knows, and if it is older, how does
//! it become that one?

use std::{
    cmp::Ordering,
    sync::atomic::{AtomicBool, Ordering as Memory},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    database::Database,
    failure::{Failure, Kind},
    statements::schema,
};

/// One file of `migrations/`.
pub(crate) struct Migration {
    pub(crate) version: u32,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// In order, without gaps. Forward only: a migration that was released never changes.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "users",
        text: include_str!("../../../migrations/0001_users.sql"),
    },
    Migration {
        version: 2,
        name: "accounts",
        text: include_str!("../../../migrations/0002_accounts.sql"),
    },
    Migration {
        version: 3,
        name: "sessions",
        text: include_str!("../../../migrations/0003_sessions.sql"),
    },
    Migration {
        version: 4,
        name: "verifications",
        text: include_str!("../../../migrations/0004_verifications.sql"),
    },
];

/// The schema that this program knows.
const KNOWN: u32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// What the migration's block raises where it finds itself applied. Of our own:
/// SQLSTATE classes that begin with `G` are nobody's.
pub(crate) const APPLIED_SQLSTATE: &str = "GT001";

/// What a migration did.
pub(crate) struct Migrated {
    pub(crate) applied: Vec<&'static Migration>,
    pub(crate) version: u32,
}

/// Before an instance's first statement: one cheap query, and the migrations
/// where the host had no chance to run them at its start.
pub(crate) async fn ensure(database: &Database) -> Result<(), Failure> {
    static CHECKED: AtomicBool = AtomicBool::new(false);
    if CHECKED.load(Memory::Relaxed) {
        return Ok(());
    }
    match version(database).await?.cmp(&KNOWN) {
        Ordering::Equal => {}
        Ordering::Greater => return Err(newer()),
        Ordering::Less => {
            migrate(database, seconds_now()).await?;
        }
    }
    CHECKED.store(true, Memory::Relaxed);
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

/// Whether the database answers and has the schema that this program knows, now.
pub(crate) async fn ready(database: &Database) -> Result<(), Failure> {
    match version(database).await?.cmp(&KNOWN) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(newer()),
        Ordering::Less => Err(Failure::new(
            Kind::Schema,
            "the schema is older than this program",
        )),
    }
}

/// Bring the schema up to date. Each migration takes the lock, looks whether
/// somebody else was faster, and commits before the next.
pub(crate) async fn migrate(database: &Database, now: u64) -> Result<Migrated, Failure> {
    let now = i64::try_from(now).map_err(|_| Failure::internal("a time out of range"))?;
    let before = version(database).await?;
    let mut applied = Vec::new();
    for migration in MIGRATIONS
        .iter()
        .filter(|migration| migration.version > before)
    {
        match database.apply(migration, now).await {
            Ok(()) => applied.push(migration),
            Err(Failure {
                kind: Kind::Applied,
                ..
            }) => {}
            Err(failure) => return Err(failed(migration, failure)),
        }
    }
    match version(database).await? {
        version if version > KNOWN => Err(newer()),
        version => Ok(Migrated { applied, version }),
    }
}

/// 0 where there is no schema yet.
async fn version(database: &Database) -> Result<u32, Failure> {
    let rows = match database.query(&schema::VERSION, &[]).await {
        Err(Failure {
            kind: Kind::Missing,
            ..
        }) => return Ok(0),
        outcome => outcome?,
    };
    let mut row = rows
        .into_iter()
        .next()
        .ok_or_else(|| Failure::internal("MAX without a row"))?;
    let version = row.optional_integer()?.unwrap_or(0);
    u32::try_from(version).map_err(|_| newer())
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
fn failed(migration: &Migration, failure: Failure) -> Failure {
    let Migration {
        version,
        name,
        text: _,
    } = migration;
    let Failure { kind, code, detail } = failure;
    let kind = match kind {
        Kind::Unavailable | Kind::Broken | Kind::Undone => Kind::Unavailable,
        Kind::ReadOnly => Kind::ReadOnly,
        Kind::Full => Kind::Full,
        Kind::Conflict | Kind::Missing | Kind::Applied | Kind::Schema | Kind::Internal => {
            Kind::Schema
        }
    };
    Failure {
        kind,
        code,
        detail: format!("migration {version} ({name}) failed: {detail}"),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::MIGRATIONS;
    use crate::split::statements;

    #[test]
    fn the_list_is_the_folder_in_order_without_gaps() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let files: BTreeSet<String> = fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| {
                entry
                    .expect("readable")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        let listed: BTreeSet<String> = MIGRATIONS
            .iter()
            .map(|migration| format!("{:04}_{}.sql", migration.version, migration.name))
            .collect();
        assert_eq!(files, listed);
        for (migration, version) in MIGRATIONS.iter().zip(1..) {
            assert_eq!(migration.version, version, "{}", migration.name);
        }
    }

    #[test]
    fn migrations_hold_only_what_splits_and_runs_on_both_engines() {
        let allowed = [
            "CREATE TABLE ",
            "CREATE INDEX ",
            "CREATE UNIQUE INDEX ",
            "ALTER TABLE ",
        ];
        let allowed = allowed
            .iter()
            .chain(&["INSERT INTO ", "UPDATE ", "DELETE FROM ", "DROP "]);
        for migration in MIGRATIONS {
            assert!(
                !migration.text.contains('$'),
                "{}: no dollar quotes",
                migration.name
            );
            assert_ne!(statements(migration.text).count(), 0, "{}", migration.name);
            for statement in statements(migration.text) {
                let known = allowed.clone().any(|start| statement.starts_with(start));
                assert!(known, "{}: {statement}", migration.name);
            }
        }
    }
}
