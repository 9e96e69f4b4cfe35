//! An instance that asks the store: many calls at once, for as long as its settings are
//! those of the day.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use anyhow::{Result, anyhow};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use wasmtime::Store;
use wasmtime::component::Accessor;

use super::CALLS_MAX;
use super::bindings::{Gate, GatePre};
use super::settings::Loading;
use crate::app::Loaded;
use crate::state::State;

/// A question, and where what is found about it goes.
pub(super) struct Call {
    pub(super) question: Arc<[u8]>,
    pub(super) now: u64,
    pub(super) found: oneshot::Sender<Result<Vec<u8>>>,
    /// Held until it is answered.
    pub(super) places: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
}

/// The way to an instance. Dropped, the instance ends with the calls that it has.
pub(super) struct Instance {
    calls: mpsc::UnboundedSender<Call>,
    busy: Arc<AtomicUsize>,
    taken: AtomicU32,
    generation: u64,
}

impl Instance {
    /// A new one, which loads these settings before anything else.
    pub(super) fn start(
        component: &Arc<Loaded>,
        whole: &GatePre<State>,
        settings: Loading,
        runtime: &Handle,
    ) -> Self {
        let (calls, coming) = mpsc::unbounded_channel();
        let busy = Arc::<AtomicUsize>::default();
        let generation = settings.generation;
        let (component, whole) = (Arc::clone(component), whole.clone());
        runtime.spawn(serve(component, whole, settings, coming, Arc::clone(&busy)));
        Self {
            calls,
            busy,
            taken: AtomicU32::new(0),
            generation,
        }
    }

    /// Whether it may take more: its settings are these, and it has not ended.
    pub(super) fn is_good(&self, generation: u64) -> bool {
        self.generation == generation
            && self.taken.load(Ordering::Relaxed) < CALLS_MAX
            && !self.calls.is_closed()
    }

    /// Calls that it has.
    pub(super) fn busy(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }

    /// # Errors
    /// The call, where it has ended.
    pub(super) fn take(&self, call: Call) -> Result<(), Call> {
        self.busy.fetch_add(1, Ordering::Relaxed);
        self.taken.fetch_add(1, Ordering::Relaxed);
        self.calls.send(call).map_err(|refused| refused.0)
    }
}

/// One that trapped ends, and all that it had with it.
async fn serve(
    component: Arc<Loaded>,
    whole: GatePre<State>,
    settings: Loading,
    mut coming: mpsc::UnboundedReceiver<Call>,
    busy: Arc<AtomicUsize>,
) {
    let (mut store, gate) = match instantiate(&component, &whole, &settings).await {
        Ok(ready) => ready,
        Err(error) => {
            coming.close();
            while let Some(call) = coming.recv().await {
                let _gone = call.found.send(Err(anyhow!("{error:#}")));
            }
            return;
        }
    };
    let served = store.run_concurrent(async |accessor| {
        let mut running = FuturesUnordered::new();
        let mut open = true;
        loop {
            tokio::select! {
                call = coming.recv(), if open => match call {
                    Some(call) => running.push(answer(accessor, &gate, &busy, call)),
                    None => open = false,
                },
                Some(()) = running.next(), if !running.is_empty() => {}
                else => return,
            }
        }
    });
    if let Err(error) = served.await {
        tracing::error!("an instance of the gate ended early: {error:#}");
    }
}

async fn answer(accessor: &Accessor<State>, gate: &Gate, busy: &AtomicUsize, call: Call) {
    let Call {
        question,
        now,
        found,
        places: _places,
    } = call;
    accessor.with(|mut access| access.data_mut().begin());
    let gate = gate.gatelet_edge_gate();
    let finding = gate.call_answer(accessor, question.to_vec(), now).await;
    busy.fetch_sub(1, Ordering::Relaxed);
    let _gone = found.send(finding.map_err(anyhow::Error::from));
}

/// Settings loaded.
async fn instantiate(
    component: &Loaded,
    whole: &GatePre<State>,
    settings: &Loading,
) -> Result<(Store<State>, Gate)> {
    let mut store = component.store();
    let gate = whole.instantiate_async(&mut store).await?;
    let loaded = gate
        .gatelet_edge_gate()
        .call_load(&mut store, &settings.handed)
        .await?;
    loaded.map_err(|line| anyhow!(line))?;
    Ok((store, gate))
}
