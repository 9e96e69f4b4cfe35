//! What does a thread judge with? An instance of its own that has no way out,
//! settings loaded, called as a plain function.

use anyhow::Result;
use gatelet_core::{Head, Verdict};
use wasmtime::InstancePre;

use super::decider::Decider;
use super::settings::Loading;

/// How long a call may compute, in ticks of the engine's clock: one second.
const CALL_TICKS_MAX: u64 = 100;

/// An instance with settings loaded.
pub(super) struct Ready {
    decider: Decider,
    pub(super) generation: u64,
    pub(super) calls: u32,
}

impl Ready {
    pub(super) fn new(module: &InstancePre<()>, settings: &Loading) -> Result<Self> {
        let mut decider = Decider::new(module, CALL_TICKS_MAX)?;
        decider.load(&settings.handed)?;
        Ok(Self {
            decider,
            generation: settings.generation,
            calls: 0,
        })
    }

    pub(super) fn decide(&mut self, head: &Head<'_>, now: u64) -> Result<Verdict> {
        self.begin().decide(head, now)
    }

    /// For one call.
    pub(super) fn begin(&mut self) -> &mut Decider {
        self.calls += 1;
        self.decider.wind_up(CALL_TICKS_MAX);
        &mut self.decider
    }
}
