//! How is the store called port by port? On an instance of its own, as the
//! contract's tests do.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use wasmtime::component::{Accessor, InstancePre};

use super::StoreAdmin;
use super::bindings::{Store, StorePre};
use crate::allowed_hosts::AllowedHosts;
use crate::engine;
use crate::grants::Grants;
use crate::interfaces;
use crate::key_value::KeyValueStores;
use crate::mysql;
use crate::outbound::{Depth, no_neighbours};
use crate::postgres::Pools;
use crate::runtime_config::KeyValueStore;
use crate::sqlite::Databases;
use crate::state::{State, store};

/// One instance of the store.
pub struct StoreInstance {
    store: wasmtime::Store<State>,
    ports: Store,
}

impl StoreAdmin {
    /// The store in this file, with no database.
    ///
    /// # Errors
    /// One line when it cannot be loaded.
    pub fn load(wasm: &Path) -> Result<Self> {
        let engine = engine::engine()?;
        let bytes = std::fs::read(wasm)
            .with_context(|| format!("{} cannot be read; was it built?", wasm.display()))?;
        let compiled = wasmtime::component::Component::new(&engine, &bytes)?;
        let pre: InstancePre<State> = interfaces::linker(&engine)?.instantiate_pre(&compiled)?;
        let grants = Arc::new(grants("", "", "", Path::new(""))?);
        Ok(Self {
            pre: StorePre::new(pre)?,
            engine,
            grants,
        })
    }

    /// The same store with a database, keys for the URLs of others, and what the
    /// variable `origins` says.
    ///
    /// # Errors
    /// None that an operator could mend.
    pub fn with_database(
        &self,
        database_url: &str,
        session_keys: &str,
        origins: &str,
        sqlite_folder: &Path,
    ) -> Result<Self> {
        let grants = Arc::new(grants(database_url, session_keys, origins, sqlite_folder)?);
        Ok(Self {
            pre: self.pre.clone(),
            engine: self.engine.clone(),
            grants,
        })
    }

    /// The same store with another place for the use of sessions: what the variable
    /// `session_store` says, and the key-value stores of the host, those that were
    /// configured and the default one in this folder.
    ///
    /// # Errors
    /// None that an operator could mend.
    pub fn with_session_store(
        &self,
        session_store: &str,
        configured: &BTreeMap<String, KeyValueStore>,
        folder: &Path,
    ) -> Result<Self> {
        let Grants {
            variables,
            databases,
            ..
        } = &*self.grants;
        let mut grants = grants("", "", "", Path::new(""))?;
        grants.variables = variables.clone();
        let said = session_store.to_owned();
        grants.variables.insert("session_store".to_owned(), said);
        grants.databases = Arc::clone(databases);
        grants.key_value_stores = vec!["default".to_owned()];
        grants.stores = Arc::new(KeyValueStores::new(configured, folder));
        Ok(Self {
            pre: self.pre.clone(),
            engine: self.engine.clone(),
            grants: Arc::new(grants),
        })
    }

    /// An instance for itself.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn instance(&self) -> Result<StoreInstance> {
        let mut store = store(
            &self.engine,
            &self.grants,
            &no_neighbours(),
            Depth::default(),
        );
        let ports = self.pre.instantiate_async(&mut store).await?;
        Ok(StoreInstance { store, ports })
    }
}

impl StoreInstance {
    /// Call its ports, as many at once as `call` likes.
    ///
    /// # Errors
    /// When the instance has trapped.
    pub async fn call<R>(
        &mut self,
        call: impl AsyncFnOnce(&Accessor<State>, &Store) -> R,
    ) -> Result<R> {
        let Self { store, ports } = self;
        let ports = &*ports;
        store.data_mut().begin();
        Ok(store
            .run_concurrent(async |accessor| call(accessor, ports).await)
            .await?)
    }
}

/// The grants of a component that has the store for a dependency. Any Postgres
/// or MySQL host: the tests' server is on a free port.
fn grants(
    database_url: &str,
    session_keys: &str,
    origins: &str,
    sqlite_folder: &Path,
) -> Result<Grants> {
    Ok(Grants {
        component: "store".to_owned(),
        variables: BTreeMap::from([
            ("database_url".to_owned(), database_url.to_owned()),
            ("session_keys".to_owned(), session_keys.to_owned()),
            ("origins".to_owned(), origins.to_owned()),
        ]),
        environment: BTreeMap::new(),
        allowed_hosts: AllowedHosts::parse(["mysql://*:*", "postgres://*:*"])?,
        sqlite_databases: vec!["default".to_owned(), "other".to_owned()],
        databases: Arc::new(Databases::in_folder(sqlite_folder)),
        key_value_stores: Vec::new(),
        stores: Arc::default(),
        mysql: mysql::Pools::with_connections(None),
        postgres: Pools::default(),
        said: Arc::default(),
    })
}
