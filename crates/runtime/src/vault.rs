//! How do the operator's tools reach the vault? Through the component itself, with its own
//! grants: the key is in no other place.

use std::fmt;
use std::sync::Arc;

use anyhow::Result;
use wasmtime::component::{Accessor, InstancePre};

use crate::app::{Components, Computing};
use crate::compose::Parts;
use crate::grants::Grants;
use crate::interfaces;
use crate::manifest::Manifest;
use crate::outbound::{Depth, no_neighbours};
use crate::state::{State, store};
use crate::variables::Variables;

pub mod bindings;

use bindings::exports::gatelet::vault::tools::{
    Application, Binding, EntryLink, Planned, Request, RequestState, Resealed, Secret, Stored,
    Usage, Variable,
};
use bindings::gatelet::vault::types::Error;
pub use bindings::gatelet::vault::types::{Actor, Code, Kind, Role};
use bindings::{Vault, VaultPre};

/// The vault, ready to be called.
pub struct VaultAdmin {
    pre: VaultPre<State>,
    engine: wasmtime::Engine,
    grants: Arc<Grants>,
}

/// Why the vault did nothing.
#[derive(Debug)]
pub struct Refused {
    /// For programs.
    pub code: Code,
    /// One line, without a value.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

impl VaultAdmin {
    /// The component that is given the variable with the key. None where the manifest has
    /// none.
    ///
    /// # Errors
    /// One line when it cannot be loaded.
    pub fn find(
        manifest: &Manifest,
        variables: &Variables,
        components: &Components,
        key: &str,
    ) -> Result<Option<Self>> {
        let mut holders = manifest.components.iter();
        let Some((name, component)) = holders.find(|(_, one)| one.variables.contains_key(key))
        else {
            return Ok(None);
        };
        let engine = components.engine();
        let parts = Parts::of(components.files(), component, &[], Computing::Native);
        let cache = components.cache();
        let compiled = cache.compiled(engine, &parts.identity()?, || parts.compose())?;
        let pre: InstancePre<State> = interfaces::linker(engine)?.instantiate_pre(&compiled)?;
        Ok(Some(Self {
            pre: VaultPre::new(pre)?,
            engine: engine.clone(),
            grants: components.grants_of_tools(name, component, variables)?,
        }))
    }

    /// By which id the key is known that seals; none where there is no key.
    ///
    /// # Errors
    /// When the component cannot be run at all.
    pub async fn configured(&self) -> Result<Option<String>> {
        self.call(async |accessor, vault| {
            vault
                .gatelet_vault_tools()
                .call_configured(accessor)
                .await
                .map(Ok)
        })
        .await
    }

    /// On an instance of its own.
    async fn call<R>(
        &self,
        call: impl AsyncFnOnce(&Accessor<State>, &Vault) -> wasmtime::Result<Result<R, Error>>,
    ) -> Result<R> {
        let mut store = store(
            &self.engine,
            &self.grants,
            &no_neighbours(),
            Depth::default(),
        );
        let vault = self.pre.instantiate_async(&mut store).await?;
        store.data_mut().begin();
        let answer = store
            .run_concurrent(async |accessor| call(accessor, &vault).await)
            .await??;
        Ok(answer.map_err(Refused::from)?)
    }
}

/// The functions of a half, by their names in the WIT.
macro_rules! calls {
    ($($half:ident { $($(#[$meta:meta])* $name:ident = $call:ident($($argument:ident: $type:ty),*) -> $answer:ty;)* })*) => {
        impl VaultAdmin {
            $($(
                $(#[$meta])*
                ///
                /// # Errors
                /// [`Refused`] within, or when the component cannot be run at all.
                pub async fn $name(&self, actor: Actor, $($argument: $type),*) -> Result<$answer> {
                    self.call(async |accessor, vault| {
                        let answer = vault.$half().$call(accessor, actor, $($argument),*).await?;
                        Ok(answer)
                    })
                    .await
                }
            )*)*
        }
    };
}

calls! {
    gatelet_vault_tools {
        /// The org's secrets, by name, and who uses them.
        list_secrets = call_list_secrets() -> Vec<Secret>;
        /// A link by which a person enters one secret, once.
        request_secret = call_request_secret(name: String, now: u64) -> EntryLink;
        /// What has become of a request.
        request_status = call_request_status(request_id: String, now: u64) -> RequestState;
        /// The requests of the last day, newest first.
        list_requests = call_list_requests(now: u64) -> Vec<Request>;
        /// Keeps a value.
        put_secret = call_put_secret(name: String, value: String, now: u64) -> Stored;
        /// A secret goes; who has copies.
        delete_secret = call_delete_secret(name: String, now: u64) -> Vec<Usage>;
        /// The applications there are.
        list_applications = call_list_applications(now: u64) -> Vec<Application>;
        /// Adds an application; whether it is new.
        add_application = call_add_application(name: String, now: u64) -> bool;
        /// Removes an application with its variables; whether there was one.
        remove_application = call_remove_application(name: String, now: u64) -> bool;
        /// An application's variables, by key.
        list_variables = call_list_variables(application: String, now: u64) -> Vec<Variable>;
        /// Sets variables that are no secrets.
        set_variables = call_set_variables(application: String, variables: Vec<(String, String)>, now: u64) -> Vec<Variable>;
        /// Deletes variables; those that were there.
        delete_variables = call_delete_variables(application: String, keys: Vec<String>, now: u64) -> Vec<String>;
        /// Writes a secret into an application's variables.
        bind_secret = call_bind_secret(application: String, binding: Binding, now: u64) -> Binding;
        /// Writes every secret that is declared; without `apply` only says so.
        reconcile = call_reconcile(application: String, bindings: Vec<Binding>, apply: bool, now: u64) -> Vec<Planned>;
        /// Seals everything under the first key.
        rekey = call_rekey(now: u64) -> Resealed;
    }
    gatelet_vault_reveal {
        /// All variables of an application with their values.
        reveal_to_environment = call_reveal_to_environment(application: String, now: u64) -> Vec<(String, String)>;
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let Error { code, message } = error;
        Self { code, message }
    }
}
