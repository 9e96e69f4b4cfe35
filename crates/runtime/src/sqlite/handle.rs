//! One connection in a guest's hands: each statement runs where it may block, in its turn,
//! within bounds.

use std::sync::{Arc, Mutex, PoisonError};

use super::Pool;
use super::bounds::{Bounds, Wanted};
use super::turns::Turn;

/// A connection in a guest's hands.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Connection(pub(crate) Arc<Handle>);

/// The same, to be used off the guest's thread.
pub(crate) struct Handle {
    pool: Arc<Pool>,
    /// None once it is given back.
    connection: Mutex<Option<rusqlite::Connection>>,
    /// The turn of a transaction that writes, to its end.
    turn: Mutex<Turn>,
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
        if self.is_writing() {
            return self.on(None, move |it| work(it, &statement)).await;
        }
        let (statement, writes) = self.judged(statement).await?;
        let turns = &self.pool.turns;
        let turn = match writes {
            true => turns.to_write().await,
            false => turns.to_read().await,
        };
        let handle = Arc::clone(&self);
        handle.on(turn, move |it| work(it, &statement)).await
    }

    /// Asks the connection for what it knows, which blocks on nobody.
    ///
    /// # Errors
    /// As [`Handle::run`].
    pub(crate) async fn ask<R: Send + 'static>(
        self: Arc<Self>,
        question: fn(&rusqlite::Connection) -> R,
    ) -> Result<R, String> {
        self.on(None, question).await
    }

    fn is_writing(&self) -> bool {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        turn.is_some()
    }

    /// The statement, and whether it writes. One that cannot be prepared does not.
    async fn judged(self: &Arc<Self>, statement: String) -> Result<(String, bool), String> {
        let turns = &self.pool.turns;
        if let Some(writes) = turns.writes(&statement) {
            return Ok((statement, writes));
        }
        let turn = turns.to_read().await;
        let judge = move |connection: &rusqlite::Connection| {
            let _turn = turn;
            let writes = match connection.prepare_cached(&statement) {
                Ok(prepared) => Some(!prepared.readonly()),
                Err(_) => None,
            };
            (statement, writes)
        };
        let (statement, writes) = Arc::clone(self).on(None, judge).await?;
        if let Some(writes) = writes {
            turns.learn(&statement, writes);
        }
        Ok((statement, writes.unwrap_or(false)))
    }

    async fn on<R: Send + 'static>(
        self: Arc<Self>,
        turn: Turn,
        work: impl FnOnce(&rusqlite::Connection) -> R + Send + 'static,
    ) -> Result<R, String> {
        let (wanted, bounds) = Wanted::new();
        let ran = tokio::task::spawn_blocking(move || self.within(&bounds, turn, work)).await;
        drop(wanted);
        let nobody = || "nobody waits for it".to_owned();
        ran.map_err(|error| error.to_string())?.ok_or_else(nobody)
    }

    /// None where nobody waits for it any more. The turn lasts as long as a transaction
    /// that it began.
    fn within<R>(
        &self,
        bounds: &Bounds,
        turn: Turn,
        work: impl FnOnce(&rusqlite::Connection) -> R,
    ) -> Option<R> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let connection = connection
            .as_mut()
            .expect("a handle gives its connection back when dropped");
        let outcome = bounds.run(connection, work);
        let is_writing = matches!(
            connection.transaction_state(None::<&str>),
            Ok(rusqlite::TransactionState::Write)
        );
        let mut held = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match is_writing {
            true if turn.is_some() => *held = turn,
            true => {}
            false => *held = None,
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::Databases;
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
}
