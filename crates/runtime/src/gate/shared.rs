//! What do all threads share of one component's gate?

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use gatelet_core::crossing;
use gatelet_core::inquiry::Inquiry;
use tokio::runtime::Handle;
use wasmtime::InstancePre;

use super::answers::Answers;
use super::bindings::GatePre;
use super::instances::Instances;
use super::ready::Ready;
use super::remembered::Remembered;
use super::settings::Settings;
use crate::app::Loaded;
use crate::state::State;

/// The gate of one component.
pub struct Gate {
    component: Arc<Loaded>,
    whole: GatePre<State>,
    /// What judges in it, without a way out: for `decide` alone.
    module: InstancePre<()>,
    pub(super) settings: Settings,
    answers: Answers,
    instances: Instances,
    /// Whether the store is there.
    store_ready: Remembered,
}

impl Gate {
    /// The gate of a component; none where it exports none.
    ///
    /// # Errors
    /// The component's line for the operator.
    pub async fn open(component: &Arc<Loaded>) -> Result<Option<Self>> {
        let Some(module) = component.judging() else {
            return Ok(None);
        };
        let whole = GatePre::new(component.pre.clone())?;
        let gate = Self {
            answers: Answers::default(),
            store_ready: Remembered::default(),
            instances: Instances::new(Arc::clone(component), whole.clone()),
            whole,
            module: InstancePre::clone(module),
            component: Arc::clone(component),
            settings: Settings::default(),
        };
        gate.refresh().await?;
        // Whatever `load` says against the settings is said before anything is served.
        gate.ready()?;
        Ok(Some(gate))
    }

    /// Fetches the settings anew.
    ///
    /// # Errors
    /// The component's line for the operator.
    pub async fn refresh(&self) -> Result<()> {
        let mut store = self.component.store();
        let gate = self.whole.instantiate_async(&mut store).await?;
        let settings = store
            .run_concurrent(async |accessor| gate.gatelet_edge_gate().call_refresh(accessor).await)
            .await??
            .map_err(|line| anyhow!(line))?;
        self.settings.take(settings);
        Ok(())
    }

    /// What is found about a question at `now`, in Unix seconds, by an instance on
    /// `runtime`.
    ///
    /// # Errors
    /// When the guest traps or the settings no longer load.
    pub(super) async fn answer(
        &self,
        question: Arc<[u8]>,
        now: u64,
        runtime: &Handle,
    ) -> Result<Arc<[u8]>> {
        let inquiry = crossing::read_inquiry(&question).context("the gate asks nonsense")?;
        let may_exchange = inquiry.may_exchange();
        let ask = || {
            let (instances, settings) = (&self.instances, &self.settings);
            instances.answer(settings, Arc::clone(&question), may_exchange, now, runtime)
        };
        match inquiry {
            // Whoever exchanges takes their time, and others may go on with what there is.
            _ if may_exchange => ask().await.map(Into::into),
            Inquiry::Ready => {
                let answer = self.answers.find((Arc::clone(&question), now), ask);
                self.store_ready.or_ask(answer).await
            }
            _ => self.answers.find((Arc::clone(&question), now), ask).await,
        }
    }

    /// When `refresh` is due again, if ever.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.settings.current().until
    }

    /// An instance for one thread, with the settings of this moment.
    ///
    /// # Errors
    /// When they do not load: the component's line for the operator.
    pub(super) fn ready(&self) -> Result<Ready> {
        Ready::new(&self.module, &self.settings.current())
    }
}
