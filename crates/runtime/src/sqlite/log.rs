//! How long is the log of a database? By itself SQLite moves what is in it into the database
//! within the commit that made it long, and waits for the disk. Here a commit that runs where
//! it may block does so, while it still has the turn to write.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Connection;

/// In pages, as SQLite has it by itself (`SQLITE_DEFAULT_WAL_AUTOCHECKPOINT`).
const LONG_PAGES: u32 = 1_000;
/// Nobody has committed yet, or the database has no such log.
const UNKNOWN: u32 = u32::MAX;

/// The write-ahead log of one database.
#[derive(Debug)]
pub(super) struct Log {
    pages: AtomicU32,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            pages: AtomicU32::new(UNKNOWN),
        }
    }
}

impl Log {
    /// Has a connection tell of the log's length, in place of moving it.
    pub(super) fn watch(self: &Arc<Self>, connection: &mut Connection) -> rusqlite::Result<()> {
        let log = Arc::clone(self);
        connection.wal_hook(Some(move |_: &mut _, pages| {
            let pages = u32::try_from(pages).unwrap_or(UNKNOWN);
            log.pages.store(pages, Ordering::Relaxed);
            Ok(())
        }))
    }

    /// Whether a commit only adds to it.
    pub(super) fn is_short(&self) -> bool {
        self.pages.load(Ordering::Relaxed) < LONG_PAGES
    }

    /// Somebody may have moved it: the next commit begins it anew, and waits for the disk.
    pub(super) fn forget(&self) {
        self.pages.store(UNKNOWN, Ordering::Relaxed);
    }

    /// Moves what can be moved where it is long: what somebody still reads stays. Blocks. It
    /// stays long here until the next commit, which begins it anew and waits for the disk.
    pub(super) fn shorten(&self, connection: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if (LONG_PAGES..UNKNOWN).contains(&pages) {
            // All of it is in the log as well, and the next commit tries again.
            let _later = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_short_once_somebody_has_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::<Log>::default();
        let mut connection = Connection::open(folder.path().join("its.db")).unwrap();
        log.watch(&mut connection).unwrap();
        let run = |statement| connection.execute_batch(statement).unwrap();
        run("CREATE TABLE kept (it)");
        assert!(!log.is_short(), "there is none");
        run("PRAGMA journal_mode = WAL; INSERT INTO kept VALUES (1)");
        assert!(log.is_short());
        run("INSERT INTO kept VALUES (zeroblob(5000000))");
        assert!(!log.is_short());
        run("INSERT INTO kept VALUES (1)");
        assert!(!log.is_short(), "nobody has moved it");
        log.shorten(&connection);
        run("INSERT INTO kept VALUES (1)");
        assert!(log.is_short());
    }
}
