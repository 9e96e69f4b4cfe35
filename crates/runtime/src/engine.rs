//! How is WebAssembly run? One engine: compiled code cached on disk, instances
//! from a pool, guests that run away stopped.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

mod compiled;
mod functions;
mod pace;
mod processors;

pub(crate) use compiled::{CompiledCache, Identity};

pub use compiled::Compiler;
use functions::Functions;
use pace::Pace;
pub use processors::Processors;
use processors::common;

/// Instances alive at once, over all components.
const INSTANCES_MAX: u32 = 1000;
/// Most memory an instance may have, in bytes. Argon2id takes 19 MiB of it.
pub(crate) const INSTANCE_MEMORY_MAX_BYTES: usize = 64 * 1024 * 1024;
/// How often guests are looked at, while something is computed.
pub(crate) const TICK: Duration = Duration::from_millis(10);
/// How long a guest may compute without a break, in ticks: half a minute on a
/// loaded machine, for a password hash takes its time there.
pub(crate) const COMPUTE_TICKS_MAX: u64 = 3000;

/// What the process is for that an engine is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Compiles whatever there is, and ends.
    Compile,
    Serve,
}

/// Processors of this machine: so many guests compute at once.
pub(crate) fn processor_count() -> usize {
    // Asking looks at every control group that the process is in.
    static COUNT: LazyLock<usize> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    *COUNT
}

/// What this process has computed so far, in all its threads.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// An engine for this machine, with its clock running.
///
/// # Errors
/// One line when this machine cannot run it.
pub(crate) fn engine() -> Result<Engine> {
    engine_for(Processors::This, Role::Serve)
}

/// The same, whose compiled code is for these.
///
/// # Errors
/// One line when this machine cannot run it.
pub(crate) fn engine_for(processors: Processors, role: Role) -> Result<Engine> {
    let mut config = Config::new();
    if role == Role::Compile {
        config.enable_incremental_compilation(Arc::new(Functions::default()))?;
    }
    if processors == Processors::Common {
        common(&mut config)?;
    }
    config.wasm_component_model(true);
    config.wasm_component_model_async(true);
    config.epoch_interruption(true);
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(INSTANCES_MAX);
    pool.total_core_instances(INSTANCES_MAX * 8);
    pool.total_memories(INSTANCES_MAX * 2);
    pool.total_tables(INSTANCES_MAX * 8);
    pool.total_stacks(INSTANCES_MAX * 2);
    pool.max_memories_per_component(32);
    pool.max_tables_per_component(32);
    pool.max_core_instances_per_component(200);
    pool.max_memory_size(INSTANCE_MEMORY_MAX_BYTES);
    pool.table_elements(100_000);
    // A password hash touches 19 MiB: what an instance had goes back to the system.
    pool.max_unused_warm_slots(16);
    pool.linear_memory_keep_resident(0);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config)
        .map_err(anyhow::Error::from)
        .context("WebAssembly cannot be run here")?;

    let clock = engine.weak();
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            let mut pace = Pace::default();
            let (mut looked, mut used) = (Instant::now(), processor_time());
            while let Some(engine) = clock.upgrade() {
                engine.increment_epoch();
                drop(engine);
                let (now, so_far) = (Instant::now(), processor_time());
                let next = pace.next(so_far.saturating_sub(used), now - looked);
                (looked, used) = (now, so_far);
                std::thread::sleep(next);
            }
        })
        .context("a thread cannot be started")?;
    Ok(engine)
}
