//! The `gatelet` command: what [`gatelet_front`] listens for is served by what
//! [`gatelet_runtime`] runs, and an operator is told how things stand. Anything
//! here that Spin does not do is behind a flag.
//!
//! ```text
//! cli ─► manifest + sources ─► application: Preparation ─► runtime
//!          │                        │  └─► store (migrate …)
//!          └─► front ◄── Application: routes, gates
//! ```
//!
//! Two programs are made of it: `gatelet`, and `gatelet-bundled`, which carries what
//! it serves.

mod application;
mod cli;
mod env_file;
mod private_file;
mod proxy_watch;
mod sources;

pub use cli::run;

/// A forwarded request makes some 40 small allocations; with glibc's allocator
/// they were a fifth of the instructions it took. What is given back is overwritten:
/// passwords and secrets pass through buffers of libraries, and a core is to hold none.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> =
    zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);
