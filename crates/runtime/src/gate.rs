//! How is the gateway asked about a head? `gatelet:edge/gate`, driven natively:
//! settings fetched once, one instance a thread for `decide`, a few for `judge`.
//!
//! ```text
//! thread ─► shared ─► settings     what `refresh` collected
//!    │         └─────► judges      whole instances, for `judge`
//!    └──► ready ─► decider         a core module, for `load` and `decide`
//! ```

mod bindings;
mod decider;
mod judges;
mod login_watch;
mod names;
mod ready;
mod remembered;
mod settings;
mod shared;
#[cfg(test)]
mod tests;
mod thread;

pub use login_watch::{LoginWatch, Switched};
pub use shared::Gate;
pub use thread::ThreadGate;

/// Calls after which an instance is replaced, so that what a guest may leak ends.
const CALLS_MAX: u32 = 1 << 20;
