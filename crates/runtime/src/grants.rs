//! What may a component use? Its configuration in the manifest, templates filled.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::{Result, ensure};

use crate::allowed_hosts::AllowedHosts;
use crate::key_value::KeyValueStores;
use crate::manifest::Component;
use crate::mysql;
use crate::postgres::Pools;
use crate::repeated::Repeated;
use crate::sqlite::Databases;
use crate::variables::Variables;

/// One component's.
pub(crate) struct Grants {
    /// The component's id.
    pub(crate) component: String,
    /// Its variables.
    pub(crate) variables: BTreeMap<String, String>,
    /// Its environment.
    pub(crate) environment: BTreeMap<String, String>,
    /// Where it may connect.
    pub(crate) allowed_hosts: AllowedHosts,
    /// Which SQLite databases it may open.
    pub(crate) sqlite_databases: Vec<String>,
    /// Those databases.
    pub(crate) databases: Arc<Databases>,
    /// Which key-value stores it may open.
    pub(crate) key_value_stores: Vec<String>,
    /// Those stores, and the others of the application.
    pub(crate) stores: Arc<KeyValueStores>,
    /// Its Postgres connections.
    pub(crate) postgres: Pools,
    /// Its MySQL connections.
    pub(crate) mysql: mysql::Pools,
    /// What it said of failures again and again.
    pub(crate) said: Arc<Mutex<Repeated>>,
}

impl Grants {
    /// Those of a component, its templates filled.
    ///
    /// # Errors
    /// One line that names the entry.
    pub(crate) fn of(
        name: &str,
        component: &Component,
        variables: &Variables,
        databases: &Arc<Databases>,
        stores: &Arc<KeyValueStores>,
        database_connections: Option<usize>,
    ) -> Result<Self> {
        let hosts = component
            .allowed_outbound_hosts
            .iter()
            .map(|template| variables.fill(template))
            .collect::<Result<Vec<_>>>()?;
        for label in &component.key_value_stores {
            ensure!(
                stores.knows(label),
                "key_value_stores: there is no store \"{label}\"; a runtime configuration file (--runtime-config-file) defines it, as [key_value_store.{label}]"
            );
        }
        Ok(Self {
            component: name.to_owned(),
            variables: component
                .variables
                .iter()
                .map(|(name, template)| Ok((name.clone(), variables.fill(template)?)))
                .collect::<Result<_>>()?,
            environment: component.environment.clone(),
            allowed_hosts: AllowedHosts::parse(hosts.iter().map(String::as_str))?,
            sqlite_databases: component.sqlite_databases.clone(),
            databases: Arc::clone(databases),
            key_value_stores: component.key_value_stores.clone(),
            stores: Arc::clone(stores),
            postgres: Pools::with_connections(database_connections),
            mysql: mysql::Pools::with_connections(database_connections),
            said: Arc::default(),
        })
    }
}
