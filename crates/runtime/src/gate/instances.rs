//! Who asks the store? Whole instances: few of them, each with many calls at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use super::bindings::GatePre;
use super::instance::{Call, Instance};
use super::settings::Settings;
use crate::app::Loaded;
use crate::engine::processor_count;
use crate::state::State;

/// Calls at once; further ones wait. The database's pool is smaller still.
const AT_ONCE: usize = 128;
/// Of those, for which a provider may be asked: one that is slow leaves the others theirs.
const EXCHANGING_AT_ONCE: usize = 32;
/// Calls at once in one instance: as many as Spin gives it.
const AT_ONCE_IN_ONE: usize = 16;

pub(super) struct Instances {
    component: Arc<Loaded>,
    whole: GatePre<State>,
    places: Arc<Semaphore>,
    exchanging: Arc<Semaphore>,
    processors: usize,
    serving: Mutex<Vec<Instance>>,
}

impl Instances {
    pub(super) fn new(component: Arc<Loaded>, whole: GatePre<State>) -> Self {
        Self {
            component,
            whole,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            exchanging: Arc::new(Semaphore::new(EXCHANGING_AT_ONCE)),
            processors: processor_count(),
            serving: Mutex::default(),
        }
    }

    /// What is found about a question at `now`, in Unix seconds, by an instance that runs
    /// on `runtime`. It goes on to its end where nobody waits for it any more, and keeps
    /// its place until then.
    ///
    /// # Errors
    /// When the guest traps or the settings do not load.
    pub(super) async fn answer(
        &self,
        settings: &Settings,
        question: Arc<[u8]>,
        may_exchange: bool,
        now: u64,
        runtime: &Handle,
    ) -> Result<Vec<u8>> {
        let exchanging = match may_exchange {
            true => Some(Arc::clone(&self.exchanging).acquire_owned().await?),
            false => None,
        };
        let place = Arc::clone(&self.places).acquire_owned().await?;
        let (found, finding) = oneshot::channel();
        let call = Call {
            question,
            now,
            found,
            places: (place, exchanging),
        };
        self.hand_over(settings, call, runtime);
        finding.await.context("the gate's instance ended")?
    }

    /// To the instance that has least to do; to a new one where all have something and
    /// are fewer than processors, or are full.
    fn hand_over(&self, settings: &Settings, call: Call, runtime: &Handle) {
        let generation = settings.generation();
        let mut serving = self.serving();
        // Those that go end what they have begun.
        serving.retain(|instance| instance.is_good(generation));
        let least = serving.iter().min_by_key(|instance| instance.busy());
        let has_room =
            |busy| busy == 0 || busy < AT_ONCE_IN_ONE && serving.len() >= self.processors;
        let call = match least.filter(|instance| has_room(instance.busy())) {
            Some(instance) => match instance.take(call) {
                Ok(()) => return,
                // It ended just now.
                Err(call) => call,
            },
            None => call,
        };
        let fresh = Instance::start(&self.component, &self.whole, settings.current(), runtime);
        // Where even that has ended, whoever asks is told: the call's end is dropped.
        drop(fresh.take(call));
        serving.push(fresh);
    }

    fn serving(&self) -> MutexGuard<'_, Vec<Instance>> {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
