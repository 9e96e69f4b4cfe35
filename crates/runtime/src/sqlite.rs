//! Which connection to a SQLite database does a guest get? One a handle, taken
//! from a small pool, used off the asynchronous threads where it may wait, confined to its
//! file.

mod at_once;
mod backup;
mod bounds;
mod confine;
mod durable;
mod handle;
mod log;
mod statement;
mod turns;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use at_once::AtOnce;
pub use backup::back_up;
use durable::Durable;
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub use handle::Connection;
pub(crate) use handle::Handle;
use log::Log;
use turns::Turns;

/// Connections in guests' hands, for each database.
const CONNECTIONS_MAX: usize = 512;
/// Idle connections kept for each database.
const POOL_IDLE_CONNECTIONS: usize = 16;

/// The SQLite databases of one application, by label.
#[derive(Debug)]
pub(crate) struct Databases {
    folder: PathBuf,
    pools: Mutex<HashMap<String, Arc<Pool>>>,
}

/// A database in a file that no label stands for.
#[derive(Debug)]
pub(crate) struct DatabaseFile(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    file: PathBuf,
    idle: Mutex<Vec<rusqlite::Connection>>,
    /// Handed out and not given back.
    out: AtomicUsize,
    turns: Turns,
    at_once: AtOnce,
    log: Arc<Log>,
    durable: Arc<Durable>,
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// Guests hold too many already.
    TooMany,
    /// SQLite says why.
    Failed(rusqlite::Error),
    /// It panicked, or the process ends.
    Ended(String),
}

impl Databases {
    /// Databases in this folder: `sqlite_db.db` is the default one, as with Spin.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            pools: Mutex::default(),
        }
    }

    /// A connection to the database of this label.
    ///
    /// # Errors
    /// When the file cannot be opened, or guests hold too many connections to it.
    pub(crate) async fn open(&self, label: &str) -> Result<Connection, Unopened> {
        open(self.pool(label)).await
    }

    fn pool(&self, label: &str) -> Arc<Pool> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = pools
            .entry(label.to_owned())
            .or_insert_with(|| Arc::new(Pool::of(file_of(&self.folder, label))));
        Arc::clone(pool)
    }
}

/// The file of a label, in the folder of databases.
fn file_of(folder: &Path, label: &str) -> PathBuf {
    folder.join(match label {
        "default" => "sqlite_db.db".to_owned(),
        label => format!("{label}.db"),
    })
}

impl DatabaseFile {
    /// The database in this file; it is made when it is first used.
    pub(crate) fn at(file: PathBuf) -> Self {
        Self(Arc::new(Pool::of(file)))
    }

    /// A connection to it.
    ///
    /// # Errors
    /// As [`Databases::open`].
    pub(crate) async fn open(&self) -> Result<Connection, Unopened> {
        open(Arc::clone(&self.0)).await
    }
}

async fn open(pool: Arc<Pool>) -> Result<Connection, Unopened> {
    let turn = pool.turns.to_read().await;
    let opened = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let connection = pool.take()?;
        Ok(Connection(Arc::new(Handle::new(pool, connection))))
    });
    opened
        .await
        .unwrap_or_else(|error| Err(Unopened::Ended(error.to_string())))
}

impl std::fmt::Display for Unopened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooMany => f.write_str("too many connections at once"),
            Self::Failed(failed) => failed.fmt(f),
            Self::Ended(why) => f.write_str(why),
        }
    }
}

impl Pool {
    fn of(file: PathBuf) -> Self {
        Self {
            durable: Arc::new(Durable::of(&file)),
            file,
            idle: Mutex::default(),
            out: AtomicUsize::new(0),
            turns: Turns::default(),
            at_once: AtOnce::default(),
            log: Arc::default(),
        }
    }

    fn take(&self) -> Result<rusqlite::Connection, Unopened> {
        if self.out.fetch_add(1, Ordering::Relaxed) >= CONNECTIONS_MAX {
            self.out.fetch_sub(1, Ordering::Relaxed);
            return Err(Unopened::TooMany);
        }
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let taken = idle.map_or_else(|| self.open(), Ok);
        taken.map_err(|error| {
            self.out.fetch_sub(1, Ordering::Relaxed);
            Unopened::Failed(error)
        })
    }

    fn open(&self) -> rusqlite::Result<rusqlite::Connection> {
        let mut connection = confine::open(&self.file)?;
        self.log.watch(&mut connection)?;
        Ok(connection)
    }

    fn give_back(&self, connection: rusqlite::Connection) {
        self.out.fetch_sub(1, Ordering::Relaxed);
        // A guest may have left in the middle of a transaction.
        if !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err() {
            return;
        }
        // What it put aside goes with it.
        if !bounds::holds_nothing(&connection) {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < POOL_IDLE_CONNECTIONS {
            idle.push(connection);
        }
    }
}
