//! Which settings does the gate judge by, and until when?

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::bindings::exports::gatelet::edge::gate as port;

/// One component's, as its `refresh` gave them; for all threads.
pub(super) struct Settings(RwLock<Loading>);

/// What is to be loaded.
#[derive(Clone)]
pub(super) struct Loading {
    /// As [`gatelet_core::crossing`] writes them.
    pub(super) handed: Arc<Vec<u8>>,
    /// Whether the origins in them were all there were.
    complete: bool,
    pub(super) until: Option<Instant>,
    /// Counts refreshes; an instance that loaded another number loads again.
    pub(super) generation: u64,
}

impl Default for Settings {
    /// None yet.
    fn default() -> Self {
        Self(RwLock::new(Loading {
            handed: Arc::default(),
            complete: false,
            until: None,
            generation: 0,
        }))
    }
}

impl Settings {
    /// Takes what `refresh` gave.
    pub(super) fn take(&self, gathered: port::Gathered) {
        let port::Gathered {
            settings,
            complete,
            valid_seconds,
        } = gathered;
        let valid = Duration::from_secs(valid_seconds.into());
        self.change(|current| {
            current.until = (!valid.is_zero()).then(|| Instant::now() + valid);
            // While the store is away the origins stay as they were; and what has not
            // changed is not loaded again on every thread.
            let lost = current.complete && !complete;
            if !lost && *current.handed != settings {
                current.handed = Arc::new(settings);
                current.complete = complete;
                current.generation += 1;
            }
        });
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Loading)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn generation(&self) -> u64 {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        current.generation
    }

    pub(super) fn current(&self) -> Loading {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }
}
