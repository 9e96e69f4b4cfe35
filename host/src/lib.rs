//! The embedded host: serves `spin.toml` from one binary. Anything here that
//! Spin does not do is behind a flag.

mod allowed_hosts;
pub mod app;
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
