//! The embedded host: serves `spin.toml` from one binary. Anything here that
//! Spin does not do is behind a flag.
//!
//! ```text
//! cli ─► manifest + variables ─► site: Preparation ─► app: Components ─► engine
//!          │                       │                      │  compose (wac-graph)
//!          │                       ├─► store (migrate …)  │  interfaces (spin:*)
//!          └─► serve ◄── Application: routes, gate        └► outbound (wasi:http)
//! ```

mod allowed_hosts;
mod app;
pub mod bundle;
pub mod cli;
mod compose;
mod engine;
mod gate;
mod guest_log;
mod interfaces;
pub mod manifest;
mod outbound;
pub mod serve;
mod site;
mod state;
pub mod store;
pub mod variables;

pub use app::RunOptions;
pub use engine::Processors;
pub use site::{Application, Preparation};
