//! How does one thread judge by heads alone? In an instance of its own that has no
//! way out, called as a plain function.

use std::cell::RefCell;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::decider::Decider;
use super::{CALLS_MAX, Gate, Verdict};
use crate::serve::Head;

/// How long a call may compute, in ticks of the engine's clock: one second.
const CALL_TICKS_MAX: u64 = 100;

/// One thread's gate.
pub(crate) struct ThreadGate {
    gate: Arc<Gate>,
    ready: RefCell<Option<Ready>>,
}

/// An instance with settings loaded.
pub(super) struct Ready {
    decider: Decider,
    pub(super) generation: u64,
    calls: u32,
}

impl ThreadGate {
    pub(crate) fn new(gate: Arc<Gate>) -> Self {
        Self {
            gate,
            ready: RefCell::new(None),
        }
    }

    /// Judges without I/O.
    ///
    /// # Errors
    /// When the guest traps or the settings no longer load.
    pub(crate) fn decide(&self, head: &Head<'_>, now: u64) -> Result<Verdict> {
        let mut slot = self.ready.borrow_mut();
        let generation = self.gate.generation();
        let outdated = |ready: &Ready| ready.generation != generation || ready.calls >= CALLS_MAX;
        if slot.as_ref().is_none_or(outdated) {
            *slot = Some(Ready::new(&self.gate)?);
        }
        let ready = slot.as_mut().context("filled above")?;
        let verdict = ready.decide(head, now);
        if verdict.is_err() {
            // A guest that trapped is in no known state.
            *slot = None;
        }
        verdict
    }

    /// The shared part.
    pub(crate) fn shared(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Which settings this thread's instance has loaded.
    #[cfg(test)]
    pub(super) fn generation(&self) -> Option<u64> {
        self.ready.borrow().as_ref().map(|ready| ready.generation)
    }
}

impl Ready {
    pub(super) fn new(gate: &Gate) -> Result<Self> {
        let settings = gate.settings();
        let mut decider = Decider::new(&gate.module, CALL_TICKS_MAX)?;
        decider.load(&settings.handed)?;
        Ok(Self {
            decider,
            generation: settings.generation,
            calls: 0,
        })
    }

    fn decide(&mut self, head: &Head<'_>, now: u64) -> Result<Verdict> {
        self.calls += 1;
        self.decider.wind_up(CALL_TICKS_MAX);
        self.decider.decide(head, now)
    }
}
