//! How does one thread judge by heads alone? In an instance of its own that has no
//! way out, called as a plain function.

use std::cell::RefCell;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use anyhow::{Context as _, Result, anyhow};
use wasmtime::Store;

use super::{CALLS_MAX, Gate, Head, Instance, Verdict, load};

/// How long a call may compute, in ticks of the engine's clock: one second.
const CALL_TICKS_MAX: u64 = 100;

/// One thread's gate.
pub(crate) struct ThreadGate {
    gate: Arc<Gate>,
    ready: RefCell<Option<Ready>>,
}

/// An instance with settings loaded.
pub(super) struct Ready {
    store: Store<()>,
    gate: Instance,
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
    pub(crate) fn decide(&self, head: &Head, now: u64) -> Result<Verdict> {
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
        let mut store = Store::new(gate.inert.engine(), ());
        store.set_epoch_deadline(CALL_TICKS_MAX);
        let instance = gate.inert.instantiate(&mut store)?;
        at_once(load(&mut store, &instance, &settings))?;
        Ok(Self {
            store,
            gate: instance,
            generation: settings.generation,
            calls: 0,
        })
    }

    fn decide(&mut self, head: &Head, now: u64) -> Result<Verdict> {
        self.calls += 1;
        self.store.set_epoch_deadline(CALL_TICKS_MAX);
        let gate = self.gate.gatelet_edge_gate();
        Ok(gate.call_decide(&mut self.store, head, now)?)
    }
}

/// Runs what does not wait: nothing that could suspend is within reach.
fn at_once<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(anyhow!("the gate waits for something in `load`")),
    }
}
