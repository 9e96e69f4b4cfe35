//! Who judges when the head alone does not settle it? Whole instances, which may
//! ask the database, a bounded number at once.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use gatelet_core::credential::Usage;
use gatelet_core::{Verdict, crossing};
use tokio::sync::Semaphore;
use wasmtime::Store;

use super::CALLS_MAX;
use super::bindings::exports::gatelet::edge::gate::Usage as Crossing;
use super::bindings::{Gate as Instance, GatePre};
use super::settings::{Loading, Settings};
use crate::app::Loaded;
use crate::state::State;

/// Instances at once; further heads wait. The database's pool is smaller still.
const AT_ONCE: usize = 128;
/// Idle instances kept.
const IDLE: usize = 16;

pub(super) struct Judges {
    component: Arc<Loaded>,
    whole: GatePre<State>,
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

/// As it crosses.
fn asked_for(usage: Usage) -> Crossing {
    match usage {
        Usage::Arriving => Crossing::Arriving,
        Usage::Active => Crossing::Active,
        Usage::Silent => Crossing::Silent,
    }
}

impl Judges {
    pub(super) fn new(component: Arc<Loaded>, whole: GatePre<State>) -> Self {
        Self {
            component,
            whole,
            places: Semaphore::new(AT_ONCE),
            idle: Mutex::default(),
        }
    }

    pub(super) async fn judge(
        &self,
        settings: &Settings,
        head: Vec<u8>,
        now: u64,
        usage: Usage,
    ) -> Result<Verdict> {
        let _place = self.places.acquire().await?;
        let generation = settings.generation();
        let idle = self.idle().pop();
        let mut judge = match idle {
            Some(judge) if judge.generation == generation && judge.calls < CALLS_MAX => judge,
            _ => self.instance(&settings.current()).await?,
        };
        let Judge {
            store,
            gate,
            generation: _,
            calls,
        } = &mut judge;
        *calls += 1;
        store.data_mut().begin();
        let answer = store
            .run_concurrent(async |accessor| {
                let gate = gate.gatelet_edge_gate();
                gate.call_judge(accessor, head, now, asked_for(usage)).await
            })
            .await??;
        // One that trapped, or that nobody waited for, is not kept.
        let verdict = crossing::read_verdict(&answer).context("the gate answers nonsense")?;
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(judge);
        }
        Ok(verdict)
    }

    /// A new one, settings loaded.
    async fn instance(&self, settings: &Loading) -> Result<Judge> {
        let mut store = self.component.store();
        let gate = self.whole.instantiate_async(&mut store).await?;
        let loaded = gate
            .gatelet_edge_gate()
            .call_load(&mut store, &settings.handed)
            .await?;
        loaded.map_err(|line| anyhow!(line))?;
        Ok(Judge {
            store,
            gate,
            generation: settings.generation,
            calls: 0,
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Judge>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
