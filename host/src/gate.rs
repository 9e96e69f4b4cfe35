//! How is the gateway asked about a head? `gatelet:edge/gate`, driven natively:
//! settings fetched once, one instance a thread for `decide`, a few for `judge`.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use wasmtime::Store;

use crate::app::Loaded;
use crate::state::State;

mod bindings;

use bindings::exports::gatelet::edge::gate as port;
use bindings::{Gate as Instance, GatePre};

/// Idle instances kept for `judge`.
const JUDGES_IDLE: usize = 32;
/// Calls after which an instance is replaced, so that what a guest may leak ends.
const CALLS_MAX: u32 = 1 << 20;

/// The gate of one component.
pub(crate) struct Gate {
    component: Arc<Loaded>,
    pre: GatePre<State>,
    settings: RwLock<Loading>,
    judges: Mutex<Vec<Ready>>,
}

/// Settings as `refresh` gave them.
#[derive(Clone)]
struct Loading {
    handed: Arc<port::Settings>,
    until: Option<Instant>,
    /// Counts refreshes; an instance that loaded another number loads again.
    generation: u64,
}

/// An instance with settings loaded.
struct Ready {
    store: Store<State>,
    gate: Instance,
    generation: u64,
    calls: u32,
}

pub(crate) use port::{Head, Verdict};

impl Gate {
    /// The gate of a component; none where it exports none.
    pub(crate) async fn open(component: &Arc<Loaded>) -> Result<Option<Self>> {
        let Ok(pre) = GatePre::new(component.pre.clone()) else {
            return Ok(None);
        };
        let gate = Self {
            component: Arc::clone(component),
            pre,
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
            judges: Mutex::default(),
        };
        gate.refresh().await?;
        // Whatever `load` says against the settings is said before anything is served.
        gate.ready().await?;
        Ok(Some(gate))
    }

    /// Fetches the settings anew.
    ///
    /// # Errors
    /// The component's line for the operator.
    pub(crate) async fn refresh(&self) -> Result<()> {
        let mut store = self.component.store();
        let gate = self.pre.instantiate_async(&mut store).await?;
        let settings = store
            .run_concurrent(async |accessor| gate.gatelet_edge_gate().call_refresh(accessor).await)
            .await??
            .map_err(|line| anyhow!(line))?;
        let valid = Duration::from_secs(settings.valid_seconds.into());
        let until = (!valid.is_zero()).then(|| Instant::now() + valid);
        let mut current = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let generation = current.generation + 1;
        *current = Loading {
            handed: Arc::new(settings),
            until,
            generation,
        };
        Ok(())
    }

    /// When `refresh` is due again, if ever.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .until
    }

    fn generation(&self) -> u64 {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .generation
    }

    async fn ready(&self) -> Result<Ready> {
        let settings = self
            .settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut store = self.component.store();
        let gate = self.pre.instantiate_async(&mut store).await?;
        gate.gatelet_edge_gate()
            .call_load(&mut store, &settings.handed)
            .await?
            .map_err(|line| anyhow!(line))?;
        Ok(Ready {
            store,
            gate,
            generation: settings.generation,
            calls: 0,
        })
    }

    /// Judges with I/O allowed.
    ///
    /// # Errors
    /// When the guest traps or the settings no longer load.
    pub(crate) async fn judge(&self, head: Head, now: u64) -> Result<Verdict> {
        let idle = self
            .judges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut ready = match idle {
            Some(ready) if ready.generation == self.generation() && ready.calls < CALLS_MAX => {
                ready
            }
            _ => self.ready().await?,
        };
        let Ready {
            store,
            gate,
            generation: _,
            calls,
        } = &mut ready;
        *calls += 1;
        let verdict = store
            .run_concurrent(async |accessor| {
                gate.gatelet_edge_gate()
                    .call_judge(accessor, head, now)
                    .await
            })
            .await??;
        let mut judges = self.judges.lock().unwrap_or_else(PoisonError::into_inner);
        if judges.len() < JUDGES_IDLE {
            judges.push(ready);
        }
        Ok(verdict)
    }
}

/// One thread's instance of a gate.
pub(crate) struct ThreadGate {
    gate: Arc<Gate>,
    ready: RefCell<Option<Ready>>,
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
        if slot
            .as_ref()
            .is_none_or(|ready| ready.generation != generation || ready.calls >= CALLS_MAX)
        {
            *slot = Some(now_or_never(self.gate.ready())?);
        }
        let Ready {
            store,
            gate,
            generation: _,
            calls,
        } = slot.as_mut().context("filled above")?;
        *calls += 1;
        let verdict = now_or_never(async {
            Ok(gate
                .gatelet_edge_gate()
                .call_decide(&mut *store, head, now)
                .await?)
        });
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
}

/// Runs what never waits: `decide` and `load` do no I/O, and a guest that yields
/// because it computes is polled again at once.
fn now_or_never<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = std::pin::pin!(work);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..crate::engine::COMPUTE_TICKS_MAX {
        if let std::task::Poll::Ready(result) = work.as_mut().poll(&mut context) {
            return result;
        }
    }
    Err(anyhow!("the gate did not answer at once"))
}

#[cfg(test)]
mod tests;
