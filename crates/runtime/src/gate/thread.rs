//! How does one thread judge, and when does it load settings anew?

use std::cell::RefCell;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use gatelet_core::credential::Usage;
use gatelet_core::{Head, Verdict};
use tokio::runtime::Handle;

use super::CALLS_MAX;
use super::decider::Asked;
use super::names::Names;
use super::ready::Ready;
use super::shared::Gate;

/// How often a question is asked, where its settings change meanwhile.
const ASKED_MAX: usize = 3;

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
        self.with(|ready| ready.decide(head, now))
    }

    /// Judges where that takes I/O, which is done on `runtime`.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub async fn judge(
        &self,
        head: &Head<'_>,
        now: u64,
        usage: Usage,
        runtime: &Handle,
    ) -> Result<Verdict> {
        for _ in 0..ASKED_MAX {
            let question = match self.with(|ready| ready.begin().ask(head, now, usage))? {
                Asked::Settled(verdict) => return Ok(verdict),
                Asked::Question(question) => question,
            };
            let finding = self
                .gate
                .answer(Arc::clone(&question), now, runtime)
                .await?;
            let conclude = |ready: &mut Ready| {
                let decider = ready.begin();
                decider.conclude(head, now, usage, &question, &finding)
            };
            match self.with(conclude)? {
                // Settings changed while it was asked.
                Verdict::Ask => {}
                verdict => return Ok(verdict),
            }
        }
        bail!("settings changed each time that a question was asked")
    }

    /// With an instance that has the settings of now.
    fn with<T>(&self, call: impl FnOnce(&mut Ready) -> Result<T>) -> Result<T> {
        let mut slot = self.ready.borrow_mut();
        let generation = self.gate.settings.generation();
        let outdated = |ready: &Ready| ready.generation != generation || ready.calls >= CALLS_MAX;
        if slot.as_ref().is_none_or(outdated) {
            *slot = Some(self.gate.ready()?);
        }
        let ready = slot.as_mut().context("filled above")?;
        let outcome = call(ready);
        if outcome.is_err() {
            // A guest that trapped is in no known state.
            *slot = None;
        }
        outcome
    }

    /// What the origin is called that an authority means at `now`.
    pub fn origin(&self, authority: &str, now: u64) -> Option<Arc<String>> {
        let settings = &self.gate.settings;
        let generation = settings.generation();
        self.names
            .find(generation, || settings.current(), authority, now)
    }

    /// Which settings this thread's instance has loaded.
    #[cfg(test)]
    pub(super) fn generation(&self) -> Option<u64> {
        self.ready.borrow().as_ref().map(|ready| ready.generation)
    }
}
