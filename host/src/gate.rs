//! How is the gateway asked about a head? `gatelet:edge/gate`, driven natively:
//! settings fetched once, one instance a thread for `decide`, a few for `judge`.

mod bindings;
mod decider;
mod judges;
mod module;
#[cfg(test)]
mod tests;
mod thread;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use wasmtime::{AsContextMut, InstancePre};

use crate::app::Loaded;
use crate::state::State;

use bindings::exports::gatelet::edge::gate as port;
use bindings::{Gate as Instance, GatePre};
use judges::Judges;

pub(crate) use decider::DECIDE;
pub(crate) use module::exporting;
pub(crate) use port::{Head, Verdict};
pub(crate) use thread::ThreadGate;

/// The interface by which a component's gate is known.
pub(crate) const EXPORT: &str = "gatelet:edge/gate@0.1.0";
/// Calls after which an instance is replaced, so that what a guest may leak ends.
const CALLS_MAX: u32 = 1 << 20;

/// The gate of one component.
pub(crate) struct Gate {
    component: Arc<Loaded>,
    whole: GatePre<State>,
    /// What judges in it, without a way out: for `decide` alone.
    module: InstancePre<()>,
    settings: RwLock<Loading>,
    judges: Judges,
}

/// Settings as `refresh` gave them.
#[derive(Clone)]
struct Loading {
    handed: Arc<port::Settings>,
    until: Option<Instant>,
    /// Counts refreshes; an instance that loaded another number loads again.
    generation: u64,
}

impl Gate {
    /// The gate of a component; none where it exports none.
    ///
    /// # Errors
    /// The component's line for the operator.
    pub(crate) async fn open(component: &Arc<Loaded>) -> Result<Option<Self>> {
        let Some(module) = component.judging() else {
            return Ok(None);
        };
        let gate = Self {
            whole: GatePre::new(component.pre.clone())?,
            module: InstancePre::clone(module),
            component: Arc::clone(component),
            settings: RwLock::new(Loading {
                handed: Arc::new(port::Settings {
                    values: Vec::new(),
                    origins: Vec::new(),
                    complete: false,
                    valid_seconds: 0,
                }),
                until: None,
                generation: 0,
            }),
            judges: Judges::default(),
        };
        gate.refresh().await?;
        // Whatever `load` says against the settings is said before anything is served.
        thread::Ready::new(&gate)?;
        Ok(Some(gate))
    }

    /// Fetches the settings anew.
    ///
    /// # Errors
    /// The component's line for the operator.
    pub(crate) async fn refresh(&self) -> Result<()> {
        let mut store = self.component.store();
        let gate = self.whole.instantiate_async(&mut store).await?;
        let settings = store
            .run_concurrent(async |accessor| gate.gatelet_edge_gate().call_refresh(accessor).await)
            .await??
            .map_err(|line| anyhow!(line))?;
        let valid = Duration::from_secs(settings.valid_seconds.into());
        let mut current = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        current.until = (!valid.is_zero()).then(|| Instant::now() + valid);
        // While the store is away the origins stay as they were; and what has not
        // changed is not loaded again on every thread.
        let lost = current.handed.complete && !settings.complete;
        if !lost && *current.handed != settings {
            current.handed = Arc::new(settings);
            current.generation += 1;
        }
        Ok(())
    }

    /// Judges with I/O allowed.
    ///
    /// # Errors
    /// When the guest traps or the settings no longer load.
    pub(crate) async fn judge(&self, head: Head, now: u64) -> Result<Verdict> {
        self.judges.judge(self, head, now).await
    }

    /// When `refresh` is due again, if ever.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.settings().until
    }

    fn generation(&self) -> u64 {
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        settings.generation
    }

    fn settings(&self) -> Loading {
        let settings = self.settings.read().unwrap_or_else(PoisonError::into_inner);
        settings.clone()
    }
}

/// Hands the settings to an instance.
async fn load<T: Send>(
    store: impl AsContextMut<Data = T>,
    gate: &Instance,
    settings: &Loading,
) -> Result<()> {
    let loaded = gate
        .gatelet_edge_gate()
        .call_load(store, &settings.handed)
        .await?;
    loaded.map_err(|line| anyhow!(line))
}
