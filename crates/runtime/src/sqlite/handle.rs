//! One connection in a guest's hands: each statement runs where it may block, or at once where
//! it waits for nothing (`at_once`), in its turn, within bounds. What was committed is on the
//! disk before it is answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Pool;
use super::at_once::Place;
use super::bounds::{Bounds, Wanted};
use super::durable::{Commit, Durable};
use super::statement::{BEGIN, COMMIT, Effect, is, is_of_rows, is_pragma};
use super::turns::Turn;

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
        if is_pragma(&statement) {
            self.pool.log.forget();
        }
        if self.has_turn() {
            return self.run_in_turn(statement, work).await;
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

    /// The same for one of a transaction that has its turn: on the thread that asks where it
    /// can, and timed wherever it runs.
    async fn run_in_turn<R: Send + 'static>(
        self: Arc<Self>,
        statement: String,
        work: impl FnOnce(&rusqlite::Connection, &str) -> R + Send + 'static,
    ) -> Result<R, String> {
        let ran = match self.here(&statement) {
            Some(here) => Ok(here.run(&statement, work)?),
            None => Err(work),
        };
        let work = match ran {
            Ok(ran) => return answered(Arc::clone(&self.pool.durable), ran).await,
            Err(work) => work,
        };
        let pool = Arc::clone(&self.pool);
        let timed = move |it: &rusqlite::Connection| {
            let work = || work(it, &statement);
            match is_of_rows(&statement) {
                true => pool.at_once.timed(&statement, work),
                // A commit that comes here does more than those that do not.
                false => work(),
            }
        };
        self.on(None, Effect::Any, timed).await
    }

    /// Begins a transaction that writes on the thread that asks, when it is its turn. False where
    /// that has not begun, because this is another statement or another program writes: it is
    /// to be run, with the turn that it has by now.
    pub(crate) async fn begin_at_once(&self, statement: &str) -> bool {
        if !is(statement, BEGIN) || self.has_turn() {
            return false;
        }
        let turn = self.pool.turns.to_write().await;
        // Nothing else ends on the connection what begins here, before the turn is its own.
        let connection = self.connection.try_lock().ok();
        let connection = connection.as_ref().and_then(|it| it.as_ref());
        let begun = turn.is_some() && connection.is_some_and(|it| self.begin_here(it));
        self.held().get_or_insert(turn);
        begun
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

    fn held(&self) -> MutexGuard<'_, Option<Turn>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_turn(&self) -> bool {
        self.held().is_some()
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

    /// Whether it has begun. No other program is waited for: SQLite would have this thread sleep.
    fn begin_here(&self, connection: &rusqlite::Connection) -> bool {
        let Some(_place) = self.pool.at_once.place(BEGIN) else {
            return false;
        };
        let waits = connection.pragma_query_value(None, "busy_timeout", |row| row.get::<_, u32>(0));
        let Ok(waits) = waits else { return false };
        if connection.busy_timeout(Duration::ZERO).is_err() {
            return false;
        }
        let begin = || connection.prepare_cached(BEGIN)?.execute([]);
        let begun = self.pool.at_once.timed(BEGIN, begin);
        let _as_before = connection.busy_timeout(Duration::from_millis(waits.into()));
        begun.is_ok()
    }

    /// Where a statement runs on the thread that asks: in a transaction that has the lock on
    /// writing, on a connection on which nothing else runs. It waits for no lock and no disk.
    fn here<'h>(&'h self, statement: &'h str) -> Option<Here<'h>> {
        let statement = match is(statement, COMMIT) {
            true if self.pool.log.is_short() => COMMIT,
            false if is_of_rows(statement) => statement,
            true | false => return None,
        };
        let place = self.pool.at_once.place(statement)?;
        let connection = self.connection.try_lock().ok()?;
        let is_writing = connection.as_ref().is_some_and(is_writing);
        is_writing.then_some(Here {
            handle: self,
            connection,
            known_as: statement,
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
                let shorten = |connection: &_| self.pool.log.shorten(connection);
                self.within(&mut connection, &bounds, turn, effect, work, shorten)
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
        answered(durable, ran.map_err(|error| error.to_string())??).await
    }

    /// What it answers, and whether it has committed something. None where nobody waits
    /// for it any more. The turn lasts as long as a transaction that it began, and for what
    /// is done after a commit.
    fn within<R>(
        &self,
        connection: &mut Option<rusqlite::Connection>,
        bounds: &Bounds,
        turn: Turn,
        effect: Effect,
        work: impl FnOnce(&rusqlite::Connection) -> R,
        then: impl FnOnce(&rusqlite::Connection),
    ) -> Option<(R, bool)> {
        let connection = connection
            .as_mut()
            .expect("a handle gives its connection back when dropped");
        let (had_begun, rows) = (is_writing(connection), connection.total_changes());
        let outcome = bounds.run(connection, work);
        let goes_on = is_writing(connection);
        let is_committed = match (had_begun, effect) {
            _ if goes_on => false,
            (true, _) | (false, Effect::Any) => true,
            // What could not be prepared a moment ago may do more than was known.
            (false, Effect::Rows | Effect::None) => connection.total_changes() != rows,
        };
        if is_committed {
            then(connection);
        }
        let mut held = self.held();
        match goes_on {
            true => drop(held.get_or_insert(turn)),
            false => *held = None,
        }
        outcome.map(|outcome| (outcome, is_committed))
    }
}

/// A statement's connection on the thread that asks.
struct Here<'h> {
    handle: &'h Handle,
    connection: MutexGuard<'h, Option<rusqlite::Connection>>,
    /// [`COMMIT`], however it is written, or the statement.
    known_as: &'h str,
    _place: Place,
}

impl Here<'_> {
    fn run<R>(
        mut self,
        statement: &str,
        work: impl FnOnce(&rusqlite::Connection, &str) -> R,
    ) -> Result<(R, Option<Commit>), String> {
        let (_wanted, bounds) = Wanted::new();
        let work = |connection: &rusqlite::Connection| work(connection, statement);
        let connection = &mut self.connection;
        let run = || {
            self.handle
                .within(connection, &bounds, None, Effect::Any, work, |_| ())
        };
        let ran = self.handle.pool.at_once.timed(self.known_as, run);
        let (outcome, is_over) = ran.ok_or(UNWANTED.to_owned())?;
        // What else ends its transaction has failed, and was rolled back.
        let is_committed = is_over && self.known_as == COMMIT;
        let waits = is_committed.then(|| self.handle.pool.durable.next());
        Ok((outcome, waits))
    }
}

/// The outcome, once the disk has what it rests on.
async fn answered<R>(
    durable: Arc<Durable>,
    (outcome, waits): (R, Option<Commit>),
) -> Result<R, String> {
    if let Some(commit) = waits {
        durable.wait(commit).await.map_err(lost)?;
    }
    Ok(outcome)
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
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Waker};

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

        fn pool(&self) -> Arc<Pool> {
            self.databases.pool("default")
        }

        fn file(&self) -> std::path::PathBuf {
            self.pool().file.clone()
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

    /// Another test may have the place at that moment.
    async fn in_time<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let began = std::time::Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("it never is");
    }

    /// Begins a transaction at once.
    async fn begun_at_once(handle: &Arc<Handle>) {
        in_time(async || {
            let begun = handle.begin_at_once(BEGIN).await;
            if !begun {
                run(handle, BEGIN).await.unwrap();
                run(handle, "ROLLBACK").await.unwrap();
            }
            begun.then_some(())
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_transaction_needs_no_other_thread_and_what_may_wait_has_one() {
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
        for statement in ["SELECT 1", COMMIT] {
            assert!(handle.here(statement).is_none(), "nothing has begun");
        }
        assert!(!handle.begin_at_once("BEGIN").await, "it may write later");
        begun_at_once(&handle).await;
        assert!(handle.has_turn());
        assert!(!handle.begin_at_once(BEGIN).await, "it has begun");
        in_time(async || is_here("INSERT INTO kept VALUES (2)").await.then_some(())).await;
        for waits in [
            "CREATE INDEX of_it ON kept (it)",
            "PRAGMA user_version",
            "ROLLBACK",
        ] {
            assert!(handle.here(waits).is_none(), "{waits}");
        }
        in_time(async || handle.here("\n commit ").map(drop)).await;
        run(&handle, COMMIT).await.unwrap();
        in_time(async || {
            begun_at_once(&handle).await;
            is_here("INSERT INTO kept VALUES (3)").await;
            is_here(COMMIT).await.then_some(())
        })
        .await;
        assert!(!handle.has_turn());
        let other = house.handle().await;
        run(&other, "DELETE FROM kept").await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_another_program_holds_is_waited_for_elsewhere_as_long_as_the_guest_says() {
        let house = House::new().await;
        let handle = house.handle().await;
        run(&handle, "PRAGMA busy_timeout = 4321").await.unwrap();
        let other = rusqlite::Connection::open(house.file()).unwrap();
        other.execute_batch(BEGIN).unwrap();
        let began = std::time::Instant::now();
        in_time(async || handle.pool.at_once.place(BEGIN).map(drop)).await;
        assert!(!handle.begin_at_once(BEGIN).await);
        assert!(began.elapsed() < Duration::from_secs(4), "it slept");
        let begin = run(&handle, BEGIN);
        let end = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            other.execute_batch(COMMIT).unwrap();
        };
        let (begun, ()) = tokio::join!(begin, end);
        begun.unwrap();
        run(&handle, COMMIT).await.unwrap();
        begun_at_once(&handle).await;
        run(&handle, COMMIT).await.unwrap();
        let waits = |connection: &rusqlite::Connection, statement: &str| {
            connection.query_row(statement, [], |row| row.get::<_, i64>(0))
        };
        for said in [4321, 1234, 0] {
            run(&handle, &format!("PRAGMA busy_timeout = {said}"))
                .await
                .unwrap();
            begun_at_once(&handle).await;
            run(&handle, COMMIT).await.unwrap();
            let waits = Arc::clone(&handle).run("PRAGMA busy_timeout".to_owned(), waits);
            assert_eq!(waits.await.unwrap(), Ok(said), "as the guest has it");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_guest_has_commits_wait_where_others_compute() {
        let house = House::new().await;
        let handle = house.handle().await;
        for settled in [
            "synchronous = FULL",
            "wal_autocheckpoint = 1",
            "synchronous = OFF",
        ] {
            run(&handle, &format!("PRAGMA {settled}")).await.unwrap();
            let setting = settled.split(' ').next().unwrap();
            let asks = |connection: &rusqlite::Connection, statement: &str| {
                connection.query_row(statement, [], |row| row.get::<_, i64>(0))
            };
            let asked = Arc::clone(&handle).run(format!("PRAGMA {setting}"), asks);
            let as_before = if setting == "synchronous" { 1 } else { 0 };
            assert_eq!(asked.await.unwrap(), Ok(as_before), "{settled}");
        }
        assert!(!house.pool().log.is_short(), "somebody may have moved it");
        run(&handle, "INSERT INTO kept VALUES (1)").await.unwrap();
        assert!(house.pool().log.is_short(), "it is told of as before");
        run(&handle, "PRAGMA wal_checkpoint").await.unwrap();
        run(&handle, BEGIN).await.unwrap();
        assert!(handle.here(COMMIT).is_none(), "it begins anew");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_long_log_is_moved_by_a_commit_that_may_wait() {
        let house = House::new().await;
        let handle = house.handle().await;
        let log_bytes = || {
            let log = house.file().with_extension("db-wal");
            std::fs::metadata(log).unwrap().len()
        };
        run(&handle, BEGIN).await.unwrap();
        run(&handle, "INSERT INTO kept VALUES (zeroblob(5000000))")
            .await
            .unwrap();
        run(&handle, COMMIT).await.unwrap();
        let longest = log_bytes();
        assert!(longest > 5_000_000);
        for _ in 0..3 {
            run(&handle, BEGIN).await.unwrap();
            run(&handle, "UPDATE kept SET it = zeroblob(5000000)")
                .await
                .unwrap();
            run(&handle, COMMIT).await.unwrap();
        }
        // It is written over from its beginning.
        assert!(log_bytes() < 2 * longest, "{}", log_bytes());
        run(&handle, BEGIN).await.unwrap();
        run(&handle, "DELETE FROM kept").await.unwrap();
        assert!(!house.pool().log.is_short());
        in_time(async || handle.pool.at_once.place(COMMIT).map(drop)).await;
        assert!(handle.here(COMMIT).is_none(), "it is long");
        run(&handle, COMMIT).await.unwrap();
        for _ in 0..2 {
            run(&handle, "INSERT INTO kept VALUES (1)").await.unwrap();
        }
        assert!(house.pool().log.is_short());
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

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_commit_on_the_thread_that_asks_waits_for_the_disk_and_hears_when_it_fails() {
        let works = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let count = Arc::new(AtomicUsize::new(0));
        let (disk, counted) = (Arc::clone(&works), Arc::clone(&count));
        let flush = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            match disk.load(Ordering::Relaxed) {
                true => Ok(()),
                false => Err(std::io::Error::other("broken")),
            }
        };
        let (_folder, handle) = on_a_disk(flush).await;
        run(&handle, "CREATE TABLE kept (it)").await.unwrap();
        let commit = async || {
            begun_at_once(&handle).await;
            run(&handle, "INSERT INTO kept VALUES (1)").await.unwrap();
            in_time(async || handle.here(COMMIT).map(drop)).await;
            let before = count.load(Ordering::Relaxed);
            let work = |connection: &rusqlite::Connection, statement: &str| {
                connection.execute_batch(statement).unwrap();
            };
            let committed = Arc::clone(&handle).run(COMMIT.to_owned(), work).await;
            (committed, count.load(Ordering::Relaxed) - before)
        };
        assert_eq!(commit().await, (Ok(()), 1));
        works.store(false, Ordering::Relaxed);
        let (said, waited) = commit().await;
        let said = said.unwrap_err();
        assert!(said.contains("may be lost: broken"), "{said}");
        assert_eq!(waited, 1);
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
