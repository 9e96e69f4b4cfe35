//! Is the store there? Anybody may ask, as often as they like, so it is asked once a
//! second at most, and by one at a time.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::Mutex;

/// How long an answer is given again.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// The last answer.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Option<(Instant, Arc<[u8]>)>>);

impl Remembered {
    /// The last answer while it is good, else that of `ask`, which all who come
    /// meanwhile wait for.
    pub(super) async fn or_ask(
        &self,
        ask: impl Future<Output = Result<Arc<[u8]>>>,
    ) -> Result<Arc<[u8]>> {
        let mut last = self.0.lock().await;
        if let Some((at, finding)) = &*last
            && at.elapsed() < GOOD_FOR
        {
            return Ok(Arc::clone(finding));
        }
        let finding = ask.await?;
        *last = Some((Instant::now(), Arc::clone(&finding)));
        Ok(finding)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_store_is_asked_once_however_many_want_to_know() {
        let (remembered, asked) = (Remembered::default(), AtomicUsize::new(0));
        let ask = || async {
            asked.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(Arc::from(*b"there"))
        };
        let all = (0..100).map(|_| remembered.or_ask(ask()));
        for answer in futures::future::join_all(all).await {
            assert_eq!(*answer.unwrap(), *b"there");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn whoever_asked_and_left_holds_up_nobody() {
        let remembered = Remembered::default();
        let never = remembered.or_ask(std::future::pending());
        let left = tokio::time::timeout(Duration::from_millis(20), never).await;
        assert!(left.is_err());
        let next = remembered.or_ask(async { Ok(Arc::from(*b"there")) }).await;
        assert_eq!(*next.unwrap(), *b"there");
    }
}
