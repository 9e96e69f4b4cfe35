//! Whose turn is it at one database? One connection writes at a time, in the order of
//! asking, and a few read beside it: SQLite itself would let the others poll for their turn,
//! each on a thread of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::statement::Effect;

/// Connections that read at once.
const READERS: usize = 16;
/// How long a turn is waited for. Then SQLite says itself that the database is locked: a
/// guest may hold a transaction open for as long as it lives.
const WAIT: Duration = Duration::from_secs(5);
/// Statements of one database of which it is remembered what they do.
const KNOWN_MAX: usize = 1024;

#[derive(Debug)]
pub(super) struct Turns {
    writer: Arc<Semaphore>,
    readers: Arc<Semaphore>,
    /// Statements, and what they do.
    known: Mutex<HashMap<Box<str>, Effect>>,
}

/// A turn, over when it is dropped. None where it did not come in time.
pub(super) type Turn = Option<OwnedSemaphorePermit>;

impl Default for Turns {
    fn default() -> Self {
        Self {
            writer: Arc::new(Semaphore::new(1)),
            readers: Arc::new(Semaphore::new(READERS)),
            known: Mutex::default(),
        }
    }
}

impl Turns {
    pub(super) async fn to_write(&self) -> Turn {
        turn(&self.writer).await
    }

    pub(super) async fn to_read(&self) -> Turn {
        turn(&self.readers).await
    }

    /// What a statement does, where somebody has asked SQLite before.
    pub(super) fn effect(&self, statement: &str) -> Option<Effect> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(statement).copied()
    }

    pub(super) fn learn(&self, statement: &str, effect: Effect) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < KNOWN_MAX {
            known.insert(statement.into(), effect);
        }
    }
}

async fn turn(of: &Arc<Semaphore>) -> Turn {
    let turn = Arc::clone(of).acquire_owned();
    tokio::time::timeout(WAIT, turn).await.ok()?.ok()
}
