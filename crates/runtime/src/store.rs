//! How do the operator's tools reach the database? Through the store component
//! itself, with the grants of the component that uses it.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use wasmtime::component::{Accessor, Component, InstancePre};

use crate::app::Components;
use crate::engine::Identity;
use crate::grants::Grants;
use crate::interfaces;
use crate::manifest::Manifest;
use crate::variables::Variables;

pub mod bindings;
mod instance;
mod operators;
mod origins;
mod outbox;

#[doc(hidden)]
pub use crate::state::State;
use bindings::StorePre;
pub use bindings::exports::gatelet::store::origins::{
    Kind as OriginKind, Origin, State as OriginState,
};
pub use bindings::exports::gatelet::store::types::{Error as StoreError, Place};
use bindings::exports::gatelet::store_admin::admin::Guest as Admin;
pub use bindings::exports::gatelet::store_admin::admin::{
    Departure, Migration, Report, Step, Tenant,
};
pub use instance::StoreInstance;
pub use origins::{Created, Deleted, tenant};
pub use outbox::Queued;

/// The interface by which the store is found among the dependencies.
const ADMIN: &str = "gatelet:store-admin/admin@";

/// The store, ready to be called.
pub struct StoreAdmin {
    pre: StorePre<State>,
    engine: wasmtime::Engine,
    grants: Arc<Grants>,
}

impl StoreAdmin {
    /// The dependency that exports `gatelet:store-admin/admin`, with the grants of the
    /// component that depends on it. None where the manifest has none.
    ///
    /// # Errors
    /// One line when it cannot be loaded.
    pub fn find(
        manifest: &Manifest,
        variables: &Variables,
        components: &Components,
    ) -> Result<Option<Self>> {
        let engine = components.engine();
        for (name, component) in &manifest.components {
            for dependency in component.dependencies.values() {
                let (files, source) = (components.files(), &dependency.source);
                let identity = Identity::of([&files.digest(source)?[..]]);
                let bytes = || files.bytes(source);
                let compiled: Component = components.cache().compiled(engine, &identity, bytes)?;
                if !compiled
                    .component_type()
                    .exports(engine)
                    .any(|(name, _)| name.starts_with(ADMIN))
                {
                    continue;
                }
                let pre: InstancePre<State> =
                    interfaces::linker(engine)?.instantiate_pre(&compiled)?;
                return Ok(Some(Self {
                    pre: StorePre::new(pre)?,
                    engine: engine.clone(),
                    grants: components.grants_of_tools(name, component, variables)?,
                }));
            }
        }
        Ok(None)
    }

    /// Makes a place where it is missing, brings its schema up to date, and tells it of
    /// its tenant.
    ///
    /// # Errors
    /// The store's line for the operator.
    pub async fn migrate(&self, place: &Place, tenant: Option<Tenant>, now: u64) -> Result<Report> {
        let place = place.clone();
        self.line(async |accessor, admin| admin.call_migrate(accessor, place, tenant, now).await)
            .await
    }

    /// A tenant goes: with the last one a schema that [`StoreAdmin::migrate`] made for
    /// one, with all that is in it.
    ///
    /// # Errors
    /// The store's line for the operator.
    pub async fn leave_place(&self, place: &Place, tenant: Tenant) -> Result<Departure> {
        let place = place.clone();
        self.line(async |accessor, admin| admin.call_leave_place(accessor, place, tenant).await)
            .await
    }

    /// Connects, creates, writes, reads, cleans up.
    ///
    /// # Errors
    /// When the store cannot be run at all.
    pub async fn check(&self, place: &Place) -> Result<Vec<Step>> {
        let place = place.clone();
        self.call(async |accessor, admin| admin.call_check(accessor, place).await)
            .await
    }

    /// Whether Better Auth's tables can be read. The error within is one line for the
    /// operator.
    ///
    /// # Errors
    /// When the store cannot be run at all.
    pub async fn check_better_auth(&self) -> Result<Result<(), String>> {
        self.call(async |accessor, admin| admin.call_check_better_auth(accessor).await)
            .await
    }

    /// Forgets up to `limit` expired rows; how many went.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn sweep(&self, place: &Place, now: u64, limit: u32) -> Result<u64> {
        let place = place.clone();
        self.answer(async |accessor, admin| admin.call_sweep(accessor, place, now, limit).await)
            .await
    }

    /// Every origin, whatever its state, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn all_origins(&self) -> Result<Vec<Origin>> {
        self.answer(async |accessor, admin| admin.call_all_origins(accessor).await)
            .await
    }

    /// A new origin. The one that is there where the name is taken.
    ///
    /// # Errors
    /// When the database does not take it; [`StoreError::Conflict`] within, when another
    /// has its host or its own schema.
    pub async fn insert_origin(&self, origin: &Origin) -> Result<Option<Origin>> {
        let origin = origin.clone();
        self.answer(async |accessor, admin| admin.call_insert_origin(accessor, origin).await)
            .await
    }

    /// Replaces the origin of that name, while its state is the one expected and its
    /// version the one given; its version from then on.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] within, when it is gone or has changed, or another has
    /// its host.
    pub async fn update_origin(&self, expected: OriginState, origin: &Origin) -> Result<u64> {
        let origin = origin.clone();
        self.answer(async |accessor, admin| {
            admin.call_update_origin(accessor, expected, origin).await
        })
        .await
    }

    /// Removes an origin's record of this version, not its data; whether it was there.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn remove_origin(&self, name: &str, version: u64) -> Result<bool> {
        let name = name.to_owned();
        self.answer(async |accessor, admin| admin.call_remove_origin(accessor, name, version).await)
            .await
    }

    /// Origins whose time is over, oldest first, `limit` at most.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn expired_origins(&self, now: u64, limit: u32) -> Result<Vec<Origin>> {
        self.answer(async |accessor, admin| admin.call_expired_origins(accessor, now, limit).await)
            .await
    }

    /// Lets whoever has this canonical email use an app.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] within, when nobody has the email.
    pub async fn grant_app(&self, place: &Place, email: &str, app: &str, now: u64) -> Result<()> {
        let (place, email, app) = (place.clone(), email.to_owned(), app.to_owned());
        self.answer(async |accessor, admin| {
            admin.call_grant_app(accessor, place, email, app, now).await
        })
        .await
    }

    /// Takes a grant back; whether there was one.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn revoke_app(&self, place: &Place, email: &str, app: &str) -> Result<bool> {
        let (place, email, app) = (place.clone(), email.to_owned(), app.to_owned());
        self.answer(async |accessor, admin| {
            admin.call_revoke_app(accessor, place, email, app).await
        })
        .await
    }

    /// Email and app of every grant, by email.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn granted_apps(&self, place: &Place) -> Result<Vec<(String, String)>> {
        let place = place.clone();
        self.answer(async |accessor, admin| admin.call_granted_apps(accessor, place).await)
            .await
    }

    /// Whether the database answers, with the schema that the store knows.
    ///
    /// # Errors
    /// When the store cannot be run at all.
    pub async fn ready(&self) -> Result<Result<(), StoreError>> {
        Ok(self
            .instance()
            .await?
            .call(async |accessor, ports| ports.gatelet_store_health().call_ready(accessor).await)
            .await??)
    }

    /// Whether the database answers, whatever else is the matter with it.
    ///
    /// # Errors
    /// When the store cannot be run at all.
    pub async fn is_available(&self) -> Result<bool> {
        Ok(self.ready().await? != Err(StoreError::Unavailable))
    }

    /// A call whose failure is a case of the port's.
    async fn answer<R>(
        &self,
        call: impl AsyncFnOnce(&Accessor<State>, &Admin) -> wasmtime::Result<Result<R, StoreError>>,
    ) -> Result<R> {
        self.call(call).await?.map_err(said)
    }

    /// A call whose failure is a line for the operator.
    async fn line<R>(
        &self,
        call: impl AsyncFnOnce(&Accessor<State>, &Admin) -> wasmtime::Result<Result<R, String>>,
    ) -> Result<R> {
        self.call(call).await?.map_err(|line| anyhow!(line))
    }

    /// On an instance of its own.
    async fn call<R>(
        &self,
        call: impl AsyncFnOnce(&Accessor<State>, &Admin) -> wasmtime::Result<R>,
    ) -> Result<R> {
        let mut instance = self.instance().await?;
        let answer = instance
            .call(async |accessor, ports| call(accessor, ports.gatelet_store_admin_admin()).await)
            .await??;
        Ok(answer)
    }
}

/// A case of the port's, in a line for the operator.
fn said(error: StoreError) -> anyhow::Error {
    let said = match error {
        StoreError::Unavailable => "the database does not answer",
        StoreError::ReadOnly => "the database takes no writes",
        StoreError::Full => "the database is full",
        StoreError::Conflict => "something has changed meanwhile: look again",
        StoreError::Schema => {
            "the database's tables are not those of this program: `gatelet migrate` brings older ones up to date"
        }
        StoreError::Internal => "the store failed: its log says why",
    };
    anyhow::Error::new(error).context(said)
}

/// The tables of the main origin.
#[must_use]
pub fn main_place() -> Place {
    Place {
        url: String::new(),
        schema: String::new(),
    }
}
