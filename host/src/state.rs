//! What belongs to one instance of a component, and what to the component?

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime::{StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::allowed_hosts::AllowedHosts;
use crate::engine::COMPUTE_TICKS_MAX;
use crate::guest_log::{GuestLog, GuestStream};
use crate::interfaces::{Databases, Pools};
use crate::outbound::Outbound;

/// Most memory an instance may have, in bytes. Argon2id takes 19 MiB of it.
pub(crate) const INSTANCE_MEMORY_MAX_BYTES: usize = 64 * 1024 * 1024;

/// What a component may use: its configuration, templates filled.
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
    /// Its Postgres connections.
    pub(crate) postgres: Pools,
}

/// What one instance has: handles, and the way to its component's grants.
pub struct State {
    pub(crate) grants: Arc<Grants>,
    pub(crate) table: ResourceTable,
    pub(crate) limits: StoreLimits,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
    /// Ticks of the engine's clock in which the guest computed since `begin`.
    ticks: u64,
}

impl State {
    pub(crate) fn new(grants: Arc<Grants>, outbound: Outbound) -> Self {
        let mut wasi = WasiCtxBuilder::new();
        wasi.stdout(GuestLog::new(&grants.component, GuestStream::Output));
        wasi.stderr(GuestLog::new(&grants.component, GuestStream::Error));
        for (name, value) in &grants.environment {
            wasi.env(name, value);
        }
        Self {
            grants,
            table: ResourceTable::new(),
            limits: StoreLimitsBuilder::new()
                .memory_size(INSTANCE_MEMORY_MAX_BYTES)
                .build(),
            // No sockets, no files: what a guest reaches it reaches by interfaces with a grant.
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound,
            ticks: 0,
        }
    }

    /// A new request: the guest may compute anew.
    pub(crate) fn begin(&mut self) {
        self.ticks = 0;
    }

    /// The guest was found computing.
    ///
    /// # Errors
    /// When it has for too long.
    pub(crate) fn tick(&mut self) -> wasmtime::Result<()> {
        self.ticks += 1;
        wasmtime::ensure!(
            self.ticks <= COMPUTE_TICKS_MAX,
            "the guest computed for too long without an answer"
        );
        Ok(())
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.outbound,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
