//! Who judges when the head alone does not settle it? Whole instances, which may
//! ask the database, a bounded number at once.

use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use tokio::sync::Semaphore;
use wasmtime::Store;

use super::{CALLS_MAX, Gate, Head, Instance, Verdict, load};
use crate::state::State;

/// Instances at once; further heads wait. The database's pool is smaller still.
const AT_ONCE: usize = 128;
/// Idle instances kept.
const IDLE: usize = 16;

pub(super) struct Judges {
    places: Semaphore,
    idle: Mutex<Vec<Judge>>,
}

/// An instance with settings loaded.
struct Judge {
    store: Store<State>,
    gate: Instance,
    generation: u64,
    calls: u32,
}

impl Default for Judges {
    fn default() -> Self {
        Self {
            places: Semaphore::new(AT_ONCE),
            idle: Mutex::default(),
        }
    }
}

impl Judges {
    pub(super) async fn judge(&self, gate: &Gate, head: Head, now: u64) -> Result<Verdict> {
        let _place = self.places.acquire().await?;
        let generation = gate.generation();
        let idle = self.idle().pop();
        let mut judge = match idle {
            Some(judge) if judge.generation == generation && judge.calls < CALLS_MAX => judge,
            _ => Judge::new(gate).await?,
        };
        let Judge {
            store,
            gate,
            generation: _,
            calls,
        } = &mut judge;
        *calls += 1;
        store.data_mut().begin();
        let verdict = store
            .run_concurrent(async |accessor| {
                let gate = gate.gatelet_edge_gate();
                gate.call_judge(accessor, head, now).await
            })
            .await??;
        // One that trapped, or that nobody waited for, is not kept.
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(judge);
        }
        Ok(verdict)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Judge>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Judge {
    async fn new(gate: &Gate) -> Result<Self> {
        let settings = gate.settings();
        let mut store = gate.component.store();
        let instance = gate.whole.instantiate_async(&mut store).await?;
        load(&mut store, &instance, &settings).await?;
        Ok(Self {
            store,
            gate: instance,
            generation: settings.generation,
            calls: 0,
        })
    }
}
