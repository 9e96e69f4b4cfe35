//! What do all threads share of one component's gate?

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, anyhow};
use gatelet_core::credential::Usage;
use gatelet_core::decide::READY_PATH;
use gatelet_core::{Head, Verdict, crossing};
use wasmtime::InstancePre;

use super::bindings::GatePre;
use super::judges::Judges;
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
    judges: Judges,
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
            judges: Judges::new(Arc::clone(component), whole.clone()),
            whole,
            module: InstancePre::clone(module),
            component: Arc::clone(component),
            settings: Settings::default(),
            store_ready: Remembered::default(),
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

    /// Judges with I/O allowed.
    ///
    /// # Errors
    /// When the guest traps or the settings no longer load.
    pub fn judge(
        self: &Arc<Self>,
        head: &Head<'_>,
        now: u64,
        usage: Usage,
    ) -> impl Future<Output = Result<Verdict>> + Send + use<> {
        let gate = Arc::clone(self);
        let asks_for_the_store = head.path() == READY_PATH && matches!(head.method, "GET" | "HEAD");
        let head = crossing::write_head(head, Vec::new());
        async move {
            let judging = gate.judges.judge(&gate.settings, head, now, usage);
            if asks_for_the_store {
                gate.store_ready.or_ask(judging).await
            } else {
                judging.await
            }
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
