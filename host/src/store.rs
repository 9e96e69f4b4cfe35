//! How do the operator's tools reach the database? Through the store component
//! itself, with the grants of the component that uses it.

use std::sync::{Arc, Weak};

use anyhow::{Context as _, Result, anyhow};
use wasmtime::component::InstancePre;

use crate::app::{self, Components};
use crate::engine::{self, Identity};
use crate::manifest::Manifest;
use crate::state::Grants;
use crate::variables::Variables;

pub mod bindings;
mod instance;

#[doc(hidden)]
pub use crate::state::State;
use bindings::StorePre;
pub use bindings::exports::gatelet::store::admin::{Migration, Report, Step};
pub use bindings::exports::gatelet::store::types::Error as StoreError;
pub use instance::StoreInstance;

/// The interface by which the store is found among the dependencies.
const ADMIN: &str = "gatelet:store/admin@";

/// The store, ready to be called.
pub struct StoreAdmin {
    pre: StorePre<State>,
    engine: wasmtime::Engine,
    grants: Arc<Grants>,
}

impl StoreAdmin {
    /// The dependency that exports `gatelet:store/admin`, with the grants of the
    /// component that depends on it. None where the manifest has none.
    ///
    /// # Errors
    /// One line when it cannot be loaded.
    pub(crate) fn find(
        manifest: &Manifest,
        variables: &Variables,
        components: &Components,
    ) -> Result<Option<Self>> {
        let engine = components.engine();
        for (name, component) in &manifest.components {
            for dependency in component.dependencies.values() {
                let bytes = std::fs::read(&dependency.source).with_context(|| {
                    format!(
                        "{} cannot be read; was it built?",
                        dependency.source.display()
                    )
                })?;
                let compiled = components.cache().component(
                    engine,
                    &Identity::of([bytes.as_slice()]),
                    || Ok(bytes.clone()),
                )?;
                if !compiled
                    .component_type()
                    .exports(engine)
                    .any(|(name, _)| name.starts_with(ADMIN))
                {
                    continue;
                }
                let pre: InstancePre<State> = engine::linker(engine)?.instantiate_pre(&compiled)?;
                let grants = app::grants(name, component, variables, components.databases())?;
                return Ok(Some(Self {
                    pre: StorePre::new(pre)?,
                    engine: engine.clone(),
                    grants: Arc::new(grants),
                }));
            }
        }
        Ok(None)
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// The store's line for the operator.
    pub async fn migrate(&self, now: u64) -> Result<Report> {
        let (mut store, instance) = self.instantiate().await?;
        let answer = store
            .run_concurrent(async |accessor| {
                instance
                    .gatelet_store_admin()
                    .call_migrate(accessor, now)
                    .await
            })
            .await??;
        answer.map_err(|line| anyhow!(line))
    }

    /// Connects, creates, writes, reads, cleans up.
    ///
    /// # Errors
    /// When the store cannot be run at all.
    pub async fn check(&self) -> Result<Vec<Step>> {
        let (mut store, instance) = self.instantiate().await?;
        Ok(store
            .run_concurrent(async |accessor| {
                instance.gatelet_store_admin().call_check(accessor).await
            })
            .await??)
    }

    /// Forgets up to `limit` expired rows; how many went.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn sweep(&self, now: u64, limit: u32) -> Result<u64> {
        let (mut store, instance) = self.instantiate().await?;
        let answer = store
            .run_concurrent(async |accessor| {
                instance
                    .gatelet_store_admin()
                    .call_sweep(accessor, now, limit)
                    .await
            })
            .await??;
        answer.map_err(|error| anyhow!("{error:?}"))
    }

    /// Whether the database answers, with the schema that the store knows.
    ///
    /// # Errors
    /// When the store cannot be run at all.
    pub async fn ready(&self) -> Result<Result<(), StoreError>> {
        let (mut store, instance) = self.instantiate().await?;
        Ok(store
            .run_concurrent(async |accessor| {
                instance.gatelet_store_health().call_ready(accessor).await
            })
            .await??)
    }

    /// Whether the database answers, whatever else is the matter with it.
    ///
    /// # Errors
    /// When the store cannot be run at all.
    pub async fn is_available(&self) -> Result<bool> {
        Ok(self.ready().await? != Err(StoreError::Unavailable))
    }

    async fn instantiate(&self) -> Result<(wasmtime::Store<State>, bindings::Store)> {
        let mut store = app::store(&self.engine, &self.grants, &Weak::new());
        let instance = self.pre.instantiate_async(&mut store).await?;
        Ok((store, instance))
    }
}
