//! A store in a file of SQLite's: the table that Spin makes, so that an application can
//! change over with what it has kept. Guests' turns and bounds are those of their databases.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use tokio::sync::OnceCell;

use super::{Failed, Found, Room, Seen, number, sum};
use crate::sqlite::DatabaseFile;

/// The columns are Spin's; several stores may lie in one file.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (store, key)
)";
const KEYS: &str = "SELECT key FROM spin_key_value WHERE store = ?1";
const GET: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
const SET_NEW: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO NOTHING";
const REPLACE: &str = "UPDATE spin_key_value SET value = ?3
    WHERE store = ?1 AND key = ?2 AND value = ?4";
const DELETE: &str = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";

#[derive(Debug)]
pub(crate) struct File {
    label: Arc<str>,
    database: DatabaseFile,
    table: OnceCell<()>,
}

/// What SQLite says, or what was found.
enum Problem {
    Sqlite(rusqlite::Error),
    Found(Failed),
}

impl File {
    pub(super) fn new(label: &str, path: &Path) -> Self {
        Self {
            label: label.into(),
            database: DatabaseFile::at(path.to_owned()),
            table: OnceCell::new(),
        }
    }

    pub(super) async fn exists(&self, key: String) -> Result<bool, Failed> {
        self.run(GET, move |connection, label, get| {
            let mut found = connection.prepare_cached(get)?;
            Ok(found.exists(params![label, key])?)
        })
        .await
    }

    pub(super) async fn keys(&self) -> Result<Vec<String>, Failed> {
        self.run(KEYS, |connection, label, keys| {
            let mut room = Room::new();
            let mut found = connection.prepare_cached(keys)?;
            let mut rows = found.query(params![label])?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next()? {
                let key: String = row.get(0)?;
                room.take(key.len())?;
                keys.push(key);
            }
            Ok(keys)
        })
        .await
    }

    pub(super) async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Found>, Failed> {
        self.run(GET, move |connection, label, get| {
            let mut room = Room::new();
            let mut found = connection.prepare_cached(get)?;
            let pairs = keys.into_iter().map(|key| {
                let value = found.query_row(params![label, key], |row| row.get::<_, Vec<u8>>(0));
                let value = value.optional()?;
                room.take(key.len() + value.as_ref().map_or(0, Vec::len))?;
                Ok((key, value))
            });
            pairs.collect()
        })
        .await
    }

    pub(super) async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), Failed> {
        self.run(SET, move |connection, label, set| {
            let all = whole(connection)?;
            {
                let mut set = all.prepare_cached(set)?;
                for (key, value) in &pairs {
                    set.execute(params![label, key, value])?;
                }
            }
            Ok(all.commit()?)
        })
        .await
    }

    pub(super) async fn delete_many(&self, keys: Vec<String>) -> Result<(), Failed> {
        self.run(DELETE, move |connection, label, delete| {
            let all = whole(connection)?;
            {
                let mut delete = all.prepare_cached(delete)?;
                for key in &keys {
                    delete.execute(params![label, key])?;
                }
            }
            Ok(all.commit()?)
        })
        .await
    }

    /// The number is kept as Spin keeps it: eight bytes, the least first.
    pub(super) async fn increment(&self, key: String, delta: i64) -> Result<i64, Failed> {
        self.run(SET, move |connection, label, set| {
            let all = whole(connection)?;
            let before = all
                .prepare_cached(GET)?
                .query_row(params![label, key], |row| row.get::<_, Vec<u8>>(0))
                .optional()?;
            let before = before.map_or(Ok(0), |value| number(&value))?;
            let after = sum(before, delta)?;
            all.prepare_cached(set)?
                .execute(params![label, key, after.to_le_bytes()])?;
            all.commit()?;
            Ok(after)
        })
        .await
    }

    pub(super) async fn swap(
        &self,
        key: String,
        seen: Seen,
        value: Vec<u8>,
    ) -> Result<bool, Failed> {
        let statement = match &seen {
            Seen::NotLooked => SET,
            Seen::Nothing => SET_NEW,
            Seen::Value(_) => REPLACE,
        };
        self.run(statement, move |connection, label, statement| {
            let mut swap = connection.prepare_cached(statement)?;
            let changed = match seen {
                Seen::NotLooked | Seen::Nothing => swap.execute(params![label, key, value])?,
                Seen::Value(seen) => swap.execute(params![label, key, value, seen])?,
            };
            Ok(changed == 1)
        })
        .await
    }

    /// Where it may block, in the turn of this statement. The work is given the store's
    /// label and the statement.
    async fn run<R: Send + 'static>(
        &self,
        statement: &'static str,
        work: impl FnOnce(&Connection, &str, &str) -> Result<R, Problem> + Send + 'static,
    ) -> Result<R, Failed> {
        let make = async || {
            let made = |connection: &Connection, table: &str| connection.execute(table, []);
            let handle = self.handle().await?;
            let made = handle.run(TABLE.to_owned(), made).await?;
            made.map(drop).map_err(|error| said(&error))
        };
        self.table.get_or_try_init(make).await?;
        let label = Arc::clone(&self.label);
        let work =
            move |connection: &Connection, statement: &str| work(connection, &label, statement);
        let ran = self.handle().await?.run(statement.to_owned(), work).await?;
        ran.map_err(|problem| match problem {
            Problem::Sqlite(error) => said(&error),
            Problem::Found(failed) => failed,
        })
    }

    async fn handle(&self) -> Result<Arc<crate::sqlite::Handle>, Failed> {
        let opened = self.database.open().await;
        let connection = opened.map_err(|unopened| {
            let failed = unopened.to_string();
            tracing::warn!("key-value store {}: {failed}", self.label);
            failed
        })?;
        Ok(connection.0)
    }
}

/// All of it or nothing.
fn whole(connection: &Connection) -> rusqlite::Result<Transaction<'_>> {
    Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
}

fn said(error: &rusqlite::Error) -> Failed {
    error.to_string()
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        Self::Found(failed)
    }
}
