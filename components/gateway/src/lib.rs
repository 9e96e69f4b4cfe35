//! The gateway: a request's head in, a verdict out. Judging is
//! [`gatelet_core::decide`]'s; this component translates, asks the store at most
//! once, and forwards where the host does not do that itself.

mod bindings;
mod forward;
mod gate;
mod handler;
mod settings;

/// What this component exports: the gate, for hosts that forward natively, and
/// `wasi:http/handler`, for every host.
struct Gateway;
