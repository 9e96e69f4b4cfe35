//! How does one thread judge by heads alone, and when does it load settings anew?

use std::cell::RefCell;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use gatelet_core::{Head, Verdict};

use super::CALLS_MAX;
use super::names::Names;
use super::ready::Ready;
use super::shared::Gate;

/// One thread's gate.
pub struct ThreadGate {
    gate: Arc<Gate>,
    ready: RefCell<Option<Ready>>,
    names: Names,
}

impl ThreadGate {
    /// Nothing is instantiated before it is asked.
    #[must_use]
    pub fn new(gate: Arc<Gate>) -> Self {
        Self {
            gate,
            ready: RefCell::new(None),
            names: Names::default(),
        }
    }

    /// Judges without I/O.
    ///
    /// # Errors
    /// When the guest traps or the settings no longer load.
    pub fn decide(&self, head: &Head<'_>, now: u64) -> Result<Verdict> {
        let mut slot = self.ready.borrow_mut();
        let generation = self.gate.settings.generation();
        let outdated = |ready: &Ready| ready.generation != generation || ready.calls >= CALLS_MAX;
        if slot.as_ref().is_none_or(outdated) {
            *slot = Some(self.gate.ready()?);
        }
        let ready = slot.as_mut().context("filled above")?;
        let verdict = ready.decide(head, now);
        if verdict.is_err() {
            // A guest that trapped is in no known state.
            *slot = None;
        }
        verdict
    }

    /// What the origin is called that an authority means at `now`.
    pub fn origin(&self, authority: &str, now: u64) -> Option<Arc<String>> {
        let settings = &self.gate.settings;
        let generation = settings.generation();
        self.names
            .find(generation, || settings.current(), authority, now)
    }

    /// The shared part.
    #[must_use]
    pub fn shared(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Which settings this thread's instance has loaded.
    #[cfg(test)]
    pub(super) fn generation(&self) -> Option<u64> {
        self.ready.borrow().as_ref().map(|ready| ready.generation)
    }
}
