//! What belongs to one instance of a component?

use std::sync::{Arc, Weak};
use std::time::Instant;

use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::app::Visitors;
use crate::engine::{COMPUTE_TICKS_MAX, INSTANCE_MEMORY_MAX_BYTES, TICK};
use crate::grants::Grants;
use crate::guest_log::{GuestLog, GuestStream};
use crate::outbound::{Depth, Neighbours, Outbound};

/// What one instance has: handles, and the way to its component's grants.
pub struct State {
    pub(crate) grants: Arc<Grants>,
    pub(crate) table: ResourceTable,
    pub(crate) limits: StoreLimits,
    /// Whose requests it has taken on.
    pub(crate) visitors: Arc<Visitors>,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
    /// Ticks of the engine's clock in which the guest computed since `begun`.
    ticks: u64,
    begun: Instant,
    forsaken: bool,
}

/// A store whose guest may compute for a bounded time.
pub(crate) fn store(
    engine: &Engine,
    grants: &Arc<Grants>,
    neighbours: &Weak<dyn Neighbours>,
    depth: Depth,
) -> Store<State> {
    let outbound = Outbound {
        grants: Arc::clone(grants),
        neighbours: Weak::clone(neighbours),
        depth,
    };
    let mut store = Store::new(engine, State::new(Arc::clone(grants), outbound));
    store.limiter(|state| &mut state.limits);
    // A guest yields at every tick, so that one that computes holds up nobody, and
    // is stopped when it has computed for too long.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|mut store| {
        store.data_mut().tick()?;
        Ok(UpdateDeadline::Yield(1))
    });
    store
}

impl State {
    fn new(grants: Arc<Grants>, outbound: Outbound) -> Self {
        let mut wasi = WasiCtxBuilder::new();
        wasi.stdout(GuestLog::new(&grants, GuestStream::Output));
        wasi.stderr(GuestLog::new(&grants, GuestStream::Error));
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
            visitors: Arc::default(),
            outbound,
            ticks: 0,
            begun: Instant::now(),
            forsaken: false,
        }
    }

    /// A new request: the guest may compute anew.
    pub(crate) fn begin(&mut self) {
        self.ticks = 0;
        self.begun = Instant::now();
    }

    /// Nobody waits for anything that it would do.
    pub(crate) fn forsake(&mut self) {
        self.forsaken = true;
    }

    /// The guest was found computing.
    ///
    /// # Errors
    /// When it has for too long, or for nobody.
    fn tick(&mut self) -> wasmtime::Result<()> {
        wasmtime::ensure!(!self.forsaken, "nobody waits for the guest");
        self.ticks += 1;
        // A stream that lasts for hours may use a quarter of a processor.
        let earned = self.begun.elapsed().as_millis() / (4 * TICK.as_millis());
        wasmtime::ensure!(
            u128::from(self.ticks) <= u128::from(COMPUTE_TICKS_MAX) + earned,
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
