//! One connection in a guest's hands: each statement runs where it may block, or at once where
//! it waits for nothing (`at_once`), in its turn, within bounds. What was committed is on the
//! disk before it is answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Pool;
use super::at_once::Place;
use super::bounds::{Bounds, Wanted};
use super::turns::{Effect, Turn};

/// Why there is no outcome.
const UNWANTED: &str = "nobody waits for it";

/// A connection in a guest's hands.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Connection(pub(crate) Arc<Handle>);

/// The same, to be used off the guest's thread.
pub(crate) struct Handle {
    pool: Arc<Pool>,
    /// None once it is given back.
    connection: Mutex<Option<rusqlite::Connection>>,
    /// The turn of a transaction that writes, to its end. Where it came too late there is
    /// none, and the transaction waits for no other.
    turn: Mutex<Option<Turn>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        let slot = self
            .connection
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = slot.take() {
            self.pool.give_back(connection);
        }
    }
}

impl Handle {
    pub(super) fn new(pool: Arc<Pool>, connection: rusqlite::Connection) -> Self {
        Self {
            pool,
            connection: Mutex::new(Some(connection)),
            turn: Mutex::default(),
        }
    }

    /// Runs a statement where it may block, when it is its turn. Dropped before, what runs
    /// is interrupted; so is what takes too long or too much memory.
    ///
    /// # Errors
    /// When it panicked, or the process ends.
    pub(crate) async fn run<R: Send + 'static>(
        self: Arc<Self>,
        statement: String,
        work: impl FnOnce(&rusqlite::Connection, &str) -> R + Send + 'static,
    ) -> Result<R, String> {
        if self.has_turn() {
            if let Some(here) = self.here(&statement) {
                return here.run(&statement, work);
            }
            let work = move |it: &rusqlite::Connection| work(it, &statement);
            return self.on(None, Effect::Any, work).await;
        }
        let (statement, effect) = self.judged(statement).await?;
        let turns = &self.pool.turns;
        let turn = match effect {
            Effect::None => turns.to_read().await,
            Effect::Rows | Effect::Any => turns.to_write().await,
        };
        let handle = Arc::clone(&self);
        handle
            .on(turn, effect, move |it| work(it, &statement))
            .await
    }

    /// Asks the connection for what it knows without a look at the database: at once, but
    /// where a statement runs on it, after that.
    ///
    /// # Errors
    /// As [`Handle::run`].
    pub(crate) async fn ask<R: Send + 'static>(
        self: Arc<Self>,
        question: fn(&rusqlite::Connection) -> R,
    ) -> Result<R, String> {
        let at_once = || {
            let connection = self.connection.try_lock().ok()?;
            connection.as_ref().map(question)
        };
        match at_once() {
            Some(answer) => Ok(answer),
            None => self.on(None, Effect::None, question).await,
        }
    }

    fn has_turn(&self) -> bool {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        turn.is_some()
    }

    /// The statement, and what it does: nothing where it cannot be prepared.
    async fn judged(self: &Arc<Self>, statement: String) -> Result<(String, Effect), String> {
        let turns = &self.pool.turns;
        if let Some(effect) = turns.effect(&statement) {
            return Ok((statement, effect));
        }
        let turn = turns.to_read().await;
        let judge = move |connection: &rusqlite::Connection| {
            let _turn = turn;
            let prepared = connection.prepare_cached(&statement);
            let effect = prepared.map(|prepared| Effect::of(&statement, prepared.readonly()));
            (statement, effect.ok())
        };
        let (statement, effect) = Arc::clone(self).on(None, Effect::None, judge).await?;
        if let Some(effect) = effect {
            turns.learn(&statement, effect);
        }
        Ok((statement, effect.unwrap_or(Effect::None)))
    }

    /// Where a statement runs on the thread that asks. Nothing else runs on the connection: it
    /// is not waited for, and the turn cannot end meanwhile.
    fn here(&self, statement: &str) -> Option<Here<'_>> {
        let place = self.pool.at_once.place(statement)?;
        let connection = self.connection.try_lock().ok()?;
        self.has_turn().then_some(Here {
            handle: self,
            connection,
            _place: place,
        })
    }

    async fn on<R: Send + 'static>(
        self: Arc<Self>,
        turn: Turn,
        effect: Effect,
        work: impl FnOnce(&rusqlite::Connection) -> R + Send + 'static,
    ) -> Result<R, String> {
        let (wanted, bounds) = Wanted::new();
        let durable = Arc::clone(&self.pool.durable);
        let ran = move || {
            let within = {
                let connection = self.connection.lock();
                let mut connection = connection.unwrap_or_else(PoisonError::into_inner);
                self.within(&mut connection, &bounds, turn, effect, work)
            };
            let (outcome, is_committed) = within.ok_or(UNWANTED)?;
            // The turn is over: others write while this one waits for the disk.
            let waits = match is_committed {
                true => self.pool.durable.committed().map_err(lost)?,
                false => None,
            };
            Ok::<_, String>((outcome, waits))
        };
        let ran = tokio::task::spawn_blocking(ran).await;
        drop(wanted);
        let (outcome, waits) = ran.map_err(|error| error.to_string())??;
        if let Some(commit) = waits {
            durable.wait(commit).await.map_err(lost)?;
        }
        Ok(outcome)
    }

    /// What it answers, and whether it has committed something. None where nobody waits
    /// for it any more. The turn lasts as long as a transaction that it began.
    fn within<R>(
        &self,
        connection: &mut Option<rusqlite::Connection>,
        bounds: &Bounds,
        turn: Turn,
        effect: Effect,
        work: impl FnOnce(&rusqlite::Connection) -> R,
    ) -> Option<(R, bool)> {
        let connection = connection
            .as_mut()
            .expect("a handle gives its connection back when dropped");
        let (had_begun, rows) = (is_writing(connection), connection.total_changes());
        let outcome = bounds.run(connection, work);
        let goes_on = is_writing(connection);
        let mut held = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match goes_on {
            true => drop(held.get_or_insert(turn)),
            false => *held = None,
        }
        let is_committed = match (had_begun, effect) {
            _ if goes_on => false,
            (true, _) | (false, Effect::Any) => true,
            // What could not be prepared a moment ago may do more than was known.
            (false, Effect::Rows | Effect::None) => connection.total_changes() != rows,
        };
        outcome.map(|outcome| (outcome, is_committed))
    }
}

/// A statement's connection on the thread that asks.
struct Here<'h> {
    handle: &'h Handle,
    connection: MutexGuard<'h, Option<rusqlite::Connection>>,
    _place: Place,
}

impl Here<'_> {
    fn run<R>(
        mut self,
        statement: &str,
        work: impl FnOnce(&rusqlite::Connection, &str) -> R,
    ) -> Result<R, String> {
        let (_wanted, bounds) = Wanted::new();
        let work = |connection: &rusqlite::Connection| work(connection, statement);
        let connection = &mut self.connection;
        let run = || {
            self.handle
                .within(connection, &bounds, None, Effect::Rows, work)
        };
        // What ends its transaction has failed, and was rolled back: nothing is for the disk.
        let ran = self.handle.pool.at_once.timed(statement, run);
        ran.map(|(outcome, _)| outcome).ok_or(UNWANTED.to_owned())
    }
}

fn lost(error: std::io::Error) -> String {
    format!("what was written may be lost: {error}")
}

/// Whether a transaction is open that has written, or has said that it will.
fn is_writing(connection: &rusqlite::Connection) -> bool {
    let state = connection.transaction_state(None::<&str>);
    matches!(state, Ok(rusqlite::TransactionState::Write))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::Databases;
    use crate::sqlite::durable::Durable;
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Waker};
    use std::time::Duration;

    /// Fewer threads than anybody who waits for a turn would need.
    fn on_few_threads<F: Future>(test: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .max_blocking_threads(2)
            .build();
        runtime.unwrap().block_on(test)
    }

    struct House {
        _folder: tempfile::TempDir,
        databases: Databases,
    }

    impl House {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let databases = Databases::in_folder(folder.path());
            let house = Self {
                _folder: folder,
                databases,
            };
            let handle = house.handle().await;
            run(&handle, "CREATE TABLE kept (it)").await.unwrap();
            house
        }

        async fn handle(&self) -> Arc<Handle> {
            self.databases.open("default").await.unwrap().0
        }
    }

    async fn run(handle: &Arc<Handle>, statement: &str) -> rusqlite::Result<usize> {
        let work = |connection: &rusqlite::Connection, statement: &str| {
            let mut prepared = connection.prepare(statement)?;
            let mut rows = prepared.query([])?;
            let mut count = 0;
            while rows.next()?.is_some() {
                count += 1;
            }
            Ok(count)
        };
        let ran = Arc::clone(handle).run(statement.to_owned(), work);
        ran.await.expect("it runs")
    }

    #[test]
    fn writers_wait_for_a_transaction_on_no_thread_and_readers_do_not_wait() {
        on_few_threads(async {
            let house = House::new().await;
            let first = house.handle().await;
            run(&first, "BEGIN IMMEDIATE").await.unwrap();
            let writers = (0..20).map(async |_| {
                let handle = house.handle().await;
                run(&handle, "INSERT INTO kept VALUES (1)").await
            });
            let all = futures::future::join_all(writers);
            let transaction = async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let reader = house.handle().await;
                assert_eq!(run(&reader, "SELECT * FROM kept").await, Ok(0));
                run(&first, "INSERT INTO kept VALUES (2)").await.unwrap();
                run(&first, "COMMIT").await.unwrap();
            };
            let (written, ()) = tokio::join!(all, transaction);
            assert!(written.iter().all(Result::is_ok), "{written:?}");
            assert_eq!(run(&first, "SELECT * FROM kept").await, Ok(21));
        });
    }

    #[test]
    fn a_turn_ends_with_the_transaction_with_its_handle_and_with_whoever_gave_up() {
        on_few_threads(async {
            let house = House::new().await;
            let second = house.handle().await;
            for end in ["COMMIT", "ROLLBACK", ""] {
                let first = house.handle().await;
                run(&first, "BEGIN").await.unwrap();
                run(&first, "INSERT INTO kept VALUES (1)").await.unwrap();
                let waiting = run(&second, "INSERT INTO kept VALUES (2)");
                let waiting = tokio::time::timeout(Duration::from_millis(20), waiting);
                assert!(waiting.await.is_err(), "it is another's turn");
                if !end.is_empty() {
                    run(&first, end).await.unwrap();
                }
                drop(first);
                run(&second, "INSERT INTO kept VALUES (3)").await.unwrap();
            }
            assert_eq!(run(&second, "SELECT * FROM kept").await, Ok(4));
        });
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_a_transaction_changes_needs_no_other_thread_and_what_may_wait_has_one() {
        let house = House::new().await;
        let handle = house.handle().await;
        let is_here = async |statement: &str| {
            let asked = std::thread::current().id();
            let work = move |connection: &rusqlite::Connection, statement: &str| {
                connection.execute_batch(statement).unwrap();
                asked == std::thread::current().id()
            };
            let ran = Arc::clone(&handle).run(statement.to_owned(), work);
            ran.await.expect("it runs")
        };
        assert!(!is_here("INSERT INTO kept VALUES (1)").await, "by itself");
        assert!(handle.here("SELECT 1").is_none(), "it has no turn");
        assert!(!is_here("BEGIN IMMEDIATE").await);
        // Another test may have the place at that moment.
        let mut tries = 0;
        while !is_here("INSERT INTO kept VALUES (2)").await {
            tries += 1;
            assert!(tries < 1_000);
        }
        assert!(!is_here("CREATE INDEX of_it ON kept (it)").await);
        assert!(!is_here("COMMIT").await);
        assert_eq!(run(&handle, "SELECT * FROM kept").await, Ok(tries + 2));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_connection_that_is_in_use_is_waited_for_elsewhere() {
        let house = House::new().await;
        let handle = house.handle().await;
        run(&handle, "BEGIN IMMEDIATE").await.unwrap();
        let mut running = pin!(run(&handle, "INSERT INTO kept VALUES (1)"));
        let in_use = handle.connection.lock().unwrap();
        let looked = running
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(looked.is_pending());
        drop(in_use);
        running.await.unwrap();
        run(&handle, "COMMIT").await.unwrap();
        assert_eq!(run(&handle, "SELECT * FROM kept").await, Ok(1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_fails_at_once_and_rolls_back_leaves_no_turn_behind() {
        let house = House::new().await;
        let (first, second) = (house.handle().await, house.handle().await);
        run(&first, "CREATE UNIQUE INDEX of_it ON kept (it)")
            .await
            .unwrap();
        run(&first, "BEGIN IMMEDIATE").await.unwrap();
        run(&first, "INSERT INTO kept VALUES (1)").await.unwrap();
        let again = run(&first, "INSERT OR ROLLBACK INTO kept VALUES (1)").await;
        assert!(again.is_err());
        run(&second, "INSERT INTO kept VALUES (2)").await.unwrap();
        assert_eq!(run(&first, "SELECT * FROM kept").await, Ok(1));
    }

    #[test]
    fn a_transaction_that_began_without_a_turn_waits_for_none() {
        on_few_threads(async {
            let house = House::new().await;
            let turns = &house.databases.pool("default").turns;
            let turn_of_another = turns.to_write().await;
            let handle = house.handle().await;
            // It comes too late, and SQLite itself lets it begin.
            run(&handle, "BEGIN IMMEDIATE").await.unwrap();
            let rest = async {
                run(&handle, "INSERT INTO kept VALUES (1)").await.unwrap();
                run(&handle, "COMMIT").await.unwrap();
            };
            let rest = tokio::time::timeout(Duration::from_secs(2), rest).await;
            assert!(rest.is_ok(), "its own statements wait for nobody");
            drop(turn_of_another);
            run(&handle, "INSERT INTO kept VALUES (2)").await.unwrap();
            assert_eq!(run(&handle, "SELECT * FROM kept").await, Ok(2));
        });
    }

    #[test]
    fn a_statement_that_fails_leaves_no_turn_behind() {
        on_few_threads(async {
            let house = House::new().await;
            let (first, second) = (house.handle().await, house.handle().await);
            for wrong in ["NONSENSE", "INSERT INTO nothing VALUES (1)", "COMMIT"] {
                assert!(run(&first, wrong).await.is_err(), "{wrong}");
                run(&second, "INSERT INTO kept VALUES (1)").await.unwrap();
            }
        });
    }

    /// A database whose disk is counted, or broken.
    async fn on_a_disk(
        flush: impl Fn() -> std::io::Result<()> + Send + Sync + 'static,
    ) -> (tempfile::TempDir, Arc<Handle>) {
        let folder = tempfile::tempdir().unwrap();
        let mut pool = Pool::of(folder.path().join("its.db"));
        pool.durable = Arc::new(Durable::new(Box::new(flush)));
        let handle = super::super::open(Arc::new(pool)).await.unwrap().0;
        (folder, handle)
    }

    #[tokio::test]
    async fn what_is_written_waits_for_the_disk_once_and_what_reads_does_not() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let flush = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        let (_folder, handle) = on_a_disk(flush).await;
        for (statement, waits) in [
            ("CREATE TABLE kept (it UNIQUE)", 1),
            ("INSERT INTO kept VALUES (1)", 1),
            ("INSERT INTO kept VALUES (1) ON CONFLICT DO NOTHING", 0),
            ("SELECT * FROM kept", 0),
            ("UPDATE kept SET it = 2 WHERE it = 3", 0),
            ("BEGIN IMMEDIATE", 0),
            ("INSERT INTO kept VALUES (2)", 0),
            ("SELECT * FROM kept", 0),
            ("CREATE INDEX more ON kept (it)", 0),
            ("COMMIT", 1),
            ("BEGIN", 0),
            ("SELECT * FROM kept", 0),
            ("COMMIT", 0),
            ("WITH two AS (SELECT 2) DELETE FROM kept WHERE it IN two", 1),
            ("DROP TABLE kept", 1),
        ] {
            let before = count.load(Ordering::Relaxed);
            run(&handle, statement).await.unwrap();
            let waited = count.load(Ordering::Relaxed) - before;
            assert_eq!(waited, waits, "{statement}");
        }
    }

    #[tokio::test]
    async fn what_a_broken_disk_may_have_lost_is_no_success() {
        let (_folder, handle) = on_a_disk(|| Err(std::io::Error::other("broken"))).await;
        let write = |connection: &rusqlite::Connection, statement: &str| {
            connection.execute_batch(statement).unwrap();
        };
        let table = Arc::clone(&handle).run("CREATE TABLE kept (it)".to_owned(), write);
        let said = table.await.unwrap_err();
        assert!(said.contains("may be lost: broken"), "{said}");
        assert_eq!(run(&handle, "SELECT * FROM kept").await, Ok(0), "it reads");
    }
}
