//! One answer for all who ask the same. A browser asks for a page and for fifty things on
//! it at once, all with one session: that is one question, or two.
//!
//! Nobody is given what was asked before they came: whoever comes while a question is
//! being asked waits for the next time that it is, with all others who do. So what has
//! ended before somebody asks has ended for them.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, anyhow};
use tokio::sync::{Mutex as Turn, OnceCell};

/// A question, and the Unix second at which it is asked. Credentials are in it.
type Asked = (Arc<[u8]>, u64);
/// What comes of asking once.
type Round = OnceCell<Result<Arc<[u8]>, String>>;

/// Questions that are being asked.
#[derive(Default)]
pub(super) struct Answers(Mutex<HashMap<Asked, Askers>>);

/// Those who ask the same.
struct Askers {
    count: usize,
    /// Whose turn it is to ask.
    turn: Arc<Turn<()>>,
    /// The next time, which has not begun.
    next: Arc<Round>,
}

impl Answers {
    /// What `ask` finds, which is begun after this was called.
    ///
    /// # Errors
    /// Those of `ask`, to everybody who waited for it.
    pub(super) async fn find<F>(&self, question: Asked, ask: impl Fn() -> F) -> Result<Arc<[u8]>>
    where
        F: Future<Output = Result<Vec<u8>>>,
    {
        let joined = self.join(question);
        let round = Arc::clone(&joined.round);
        // Where the one who asks goes away, another of them does.
        let found = round.get_or_init(async || {
            let _turn = joined.turn.lock().await;
            joined.begin();
            let found = ask().await;
            found.map(Into::into).map_err(|error| format!("{error:#}"))
        });
        found.await.clone().map_err(|error| anyhow!(error))
    }

    fn join(&self, question: Asked) -> Joined<'_> {
        let mut all = self.all();
        let askers = all.entry(question.clone()).or_insert_with(|| Askers {
            count: 0,
            turn: Arc::default(),
            next: Arc::default(),
        });
        askers.count += 1;
        Joined {
            turn: Arc::clone(&askers.turn),
            round: Arc::clone(&askers.next),
            answers: self,
            question,
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Asked, Askers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who asks.
struct Joined<'a> {
    answers: &'a Answers,
    question: Asked,
    turn: Arc<Turn<()>>,
    round: Arc<Round>,
}

impl Joined<'_> {
    /// Whoever comes from now on is too late for this time.
    fn begin(&self) {
        if let Some(askers) = self.answers.all().get_mut(&self.question)
            && Arc::ptr_eq(&askers.next, &self.round)
        {
            askers.next = Arc::default();
        }
    }
}

impl Drop for Joined<'_> {
    fn drop(&mut self) {
        let mut all = self.answers.all();
        if let Some(askers) = all.get_mut(&self.question) {
            askers.count -= 1;
            if askers.count == 0 {
                all.remove(&self.question);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures::future::join_all;

    use super::*;

    /// Counts how often it is asked, and says which time it was.
    #[derive(Default)]
    struct Store {
        asked: AtomicUsize,
    }

    impl Store {
        async fn ask(&self) -> Result<Vec<u8>> {
            let time = self.asked.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(vec![u8::try_from(time)?])
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::Relaxed)
        }
    }

    fn question(text: &str) -> Asked {
        (text.as_bytes().into(), 7)
    }

    #[tokio::test]
    async fn of_all_who_ask_the_same_at_once_the_first_asks_and_one_for_the_rest() {
        let (answers, store) = (Answers::default(), Store::default());
        let all = (0..100).map(|_| answers.find(question("a"), || store.ask()));
        let mut found = join_all(all).await.into_iter().map(Result::unwrap);
        assert_eq!(found.next().as_deref(), Some(&[0][..]));
        assert!(found.all(|found| *found == [1]));
        assert_eq!(store.asked(), 2);
        assert!(answers.all().is_empty(), "nothing is kept");
    }

    #[tokio::test]
    async fn who_come_while_it_is_asked_wait_for_the_next_time() {
        let (answers, store) = (Answers::default(), Store::default());
        let first = answers.find(question("a"), || store.ask());
        let later = async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let all = (0..100).map(|_| answers.find(question("a"), || store.ask()));
            join_all(all).await
        };
        let (first, later) = tokio::join!(first, later);
        assert_eq!(*first.unwrap(), [0]);
        for found in later {
            assert_eq!(*found.unwrap(), [1], "not what was asked before");
        }
        assert_eq!(store.asked(), 2);
    }

    #[tokio::test]
    async fn other_questions_and_other_seconds_are_asked_beside_it() {
        let (answers, together) = (Answers::default(), tokio::sync::Barrier::new(3));
        let ask = || async {
            // Nobody gets past it alone.
            together.wait().await;
            Ok(Vec::new())
        };
        let (a, b, later) = tokio::join!(
            answers.find(question("a"), ask),
            answers.find(question("b"), ask),
            answers.find((question("a").0, 8), ask),
        );
        assert!(a.is_ok() && b.is_ok() && later.is_ok());
    }

    #[tokio::test]
    async fn whoever_asked_and_left_holds_up_nobody() {
        let (answers, store) = (Answers::default(), Store::default());
        let never = answers.find(question("a"), std::future::pending);
        let leaves = tokio::time::timeout(Duration::from_millis(20), never);
        let stays = answers.find(question("a"), || store.ask());
        let (left, stayed) = tokio::join!(leaves, stays);
        assert!(left.is_err());
        assert_eq!(*stayed.unwrap(), [0]);
        assert!(answers.all().is_empty());
    }

    #[tokio::test]
    async fn what_fails_fails_for_all_of_that_time_and_not_the_next() {
        let (answers, store) = (Answers::default(), Store::default());
        let fails = || async { Err(anyhow!("it trapped")) };
        let all = (0..3).map(|_| answers.find(question("a"), fails));
        for found in join_all(all).await {
            assert_eq!(found.unwrap_err().to_string(), "it trapped");
        }
        let found = answers.find(question("a"), || store.ask()).await;
        assert_eq!(*found.unwrap(), [0]);
    }
}
