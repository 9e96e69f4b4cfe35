//! How is the gateway asked about a head? `gatelet:edge/gate`, driven natively:
//! settings fetched once, one instance a thread that judges, a few that ask the store.
//!
//! ```text
//! thread ─► shared ─► settings                  what `refresh` collected
//!    │         └─────► answers                  one for all who ask the same
//!    │                    └► instances ─► instance   whole ones, for `answer`
//!    └──► ready ─► decider                      a core module, for all that needs no I/O
//! ```

mod answers;
mod bindings;
mod decider;
mod instance;
mod instances;
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
