//! How long may a guest's statement go on, and with how much memory? SQLite asks every
//! now and then whether it should.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// For one call.
const TIME_MAX: Duration = Duration::from_secs(60);
/// What SQLite may hold in this process while a statement goes on: all connections
/// share it, for it cannot tell whose memory is whose.
const MEMORY_MAX_BYTES: i64 = 256 * 1024 * 1024;
/// Steps of SQLite's machine between two looks: some tens of microseconds.
const STEPS: i32 = 1000;

/// Held by whoever waits for the outcome.
pub(super) struct Wanted(Arc<AtomicBool>);

/// What bounds one call.
pub(super) struct Bounds {
    unwanted: Arc<AtomicBool>,
}

impl Wanted {
    pub(super) fn new() -> (Self, Bounds) {
        let unwanted = Arc::new(AtomicBool::new(false));
        (Self(Arc::clone(&unwanted)), Bounds { unwanted })
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Bounds {
    /// None where nobody waits for it any more.
    pub(super) fn run<R>(
        &self,
        connection: &mut Connection,
        work: impl FnOnce(&Connection) -> R,
    ) -> Option<R> {
        if self.unwanted.load(Ordering::Relaxed) {
            return None;
        }
        let unwanted = Arc::clone(&self.unwanted);
        let until = Instant::now() + TIME_MAX;
        let enough = move || {
            unwanted.load(Ordering::Relaxed)
                || Instant::now() >= until
                || memory_used() > MEMORY_MAX_BYTES
        };
        // A connection that takes no such question answers none.
        connection.progress_handler(STEPS, Some(enough)).ok()?;
        let outcome = work(connection);
        let nothing: Option<fn() -> bool> = None;
        connection.progress_handler(0, nothing).ok()?;
        Some(outcome)
    }
}

/// Whether a connection keeps nothing of its own: what is temporary lives as long as it.
pub(super) fn holds_nothing(connection: &Connection) -> bool {
    let found = connection.prepare_cached("SELECT count(*) FROM temp.sqlite_schema");
    let count = found.and_then(|mut found| found.query_one([], |row| row.get::<_, i64>(0)));
    count == Ok(0)
}

fn memory_used() -> i64 {
    #[expect(unsafe_code, reason = "rusqlite has no word for it")]
    // SAFETY: it takes nothing and reads a counter under SQLite's own lock.
    unsafe {
        rusqlite::ffi::sqlite3_memory_used()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts for ever.
    const ENDLESS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    #[test]
    fn a_statement_that_nobody_waits_for_is_interrupted() {
        let (wanted, bounds) = Wanted::new();
        let mut connection = Connection::open_in_memory().unwrap();
        let running = std::thread::spawn(move || {
            let outcome = bounds.run(&mut connection, |connection| {
                connection.query_row(ENDLESS, [], |row| row.get::<_, i64>(0))
            });
            (connection, outcome)
        });
        std::thread::sleep(Duration::from_millis(50));
        drop(wanted);
        let (mut connection, outcome) = running.join().unwrap();
        let code = outcome.unwrap().unwrap_err().sqlite_error_code();
        assert_eq!(code, Some(rusqlite::ErrorCode::OperationInterrupted));
        let (_wanted, bounds) = Wanted::new();
        let after = bounds.run(&mut connection, |connection| {
            connection.query_row("SELECT 1", [], |row| row.get::<_, i64>(0))
        });
        assert_eq!(after, Some(Ok(1)), "the connection is good for others");
    }

    #[test]
    fn what_has_not_begun_and_nobody_waits_for_does_not() {
        let (wanted, bounds) = Wanted::new();
        drop(wanted);
        let mut connection = Connection::open_in_memory().unwrap();
        assert_eq!(bounds.run(&mut connection, |_| ()), None);
    }

    #[test]
    fn a_statement_that_takes_memory_without_end_is_interrupted() {
        let (_wanted, bounds) = Wanted::new();
        let mut connection = Connection::open_in_memory().unwrap();
        let aside = connection.pragma_update(None, "temp_store", "MEMORY");
        aside.unwrap();
        let hoarding = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT zeroblob(1000000) || i FROM n ORDER BY 1";
        let outcome = bounds.run(&mut connection, |connection| {
            connection.query_row(hoarding, [], |row| row.get::<_, Vec<u8>>(0))
        });
        let code = outcome.unwrap().unwrap_err().sqlite_error_code();
        assert_eq!(code, Some(rusqlite::ErrorCode::OperationInterrupted));
    }

    #[test]
    fn what_is_temporary_does_not_go_on_to_the_next() {
        let connection = Connection::open_in_memory().unwrap();
        assert!(holds_nothing(&connection));
        connection
            .execute_batch("CREATE TEMP TABLE kept (it)")
            .unwrap();
        assert!(!holds_nothing(&connection));
    }
}
