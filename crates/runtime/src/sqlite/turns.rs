//! Whose turn is it at one database? One connection writes at a time, in the order of
//! asking, and a few read beside it: SQLite itself would let the others poll for their turn,
//! each on a thread of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections that read at once.
const READERS: usize = 16;
/// How long a turn is waited for. Then SQLite says itself that the database is locked: a
/// guest may hold a transaction open for as long as it lives.
const WAIT: Duration = Duration::from_secs(5);
/// Statements of one database of which anything is remembered.
const KNOWN_MAX: usize = 1024;

#[derive(Debug)]
pub(super) struct Turns {
    writer: Arc<Semaphore>,
    readers: Arc<Semaphore>,
    /// Statements, and what they do.
    known: Mutex<HashMap<Box<str>, Effect>>,
}

/// What a statement does to its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    /// It changes rows, which SQLite counts, and nothing else.
    Rows,
    Any,
}

impl Effect {
    /// Of a statement that SQLite has prepared.
    pub(super) fn of(statement: &str, reads: bool) -> Self {
        match reads {
            true => Self::None,
            false if begins_with(statement, &CHANGES_ROWS) => Self::Rows,
            false => Self::Any,
        }
    }
}

/// Whether a statement looks at rows or changes some, and can end no transaction but by failing.
pub(super) fn is_of_rows(statement: &str) -> bool {
    begins_with(statement, &CHANGES_ROWS) || begins_with(statement, &["SELECT"])
}

/// Whether a statement is this one, and is nothing else.
pub(super) fn is(statement: &str, this: &str) -> bool {
    statement.trim_ascii().eq_ignore_ascii_case(this)
}

/// Whether a statement sets or does something beside the rows of its database.
pub(super) fn is_pragma(statement: &str) -> bool {
    begins_with(statement, &["PRAGMA"])
}

/// What statements begin with that change rows. `WITH` may also read.
const CHANGES_ROWS: [&str; 5] = ["DELETE", "INSERT", "REPLACE", "UPDATE", "WITH"];

fn begins_with(statement: &str, words: &[&str]) -> bool {
    let mut parts = statement
        .trim_start()
        .split(|c: char| !c.is_ascii_alphabetic());
    let word = parts.next().unwrap_or_default();
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_does_what_its_first_word_says() {
        for (statement, reads, effect) in [
            ("SELECT 1", true, Effect::None),
            ("WITH a AS (SELECT 1) SELECT * FROM a", true, Effect::None),
            ("INSERT INTO kept VALUES (1)", false, Effect::Rows),
            (
                "\n with a AS (SELECT 1) DELETE FROM kept",
                false,
                Effect::Rows,
            ),
            ("replace into kept VALUES (1)", false, Effect::Rows),
            ("DELETED", false, Effect::Any),
            ("CREATE TABLE kept (it)", false, Effect::Any),
            ("/* */ UPDATE kept SET it = 1", false, Effect::Any),
            ("", false, Effect::Any),
        ] {
            assert_eq!(Effect::of(statement, reads), effect, "{statement}");
        }
    }
}
