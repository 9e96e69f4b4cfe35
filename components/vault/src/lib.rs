//! The vault: secrets that no page, tool or agent can read back. It alone has the
//! encryption key, the store keeps what it cannot open.
//!
//! What is decided from data alone is decided in `gatelet-secrets`. `tools` and `reveal`
//! are the two halves of the contract, for hosts that call functions; `door` answers the
//! same functions by HTTP, one half or the other, for components.

mod applications;
mod bindings;
mod caller;
mod convert;
mod copies;
mod door;
mod opened;
mod record;
mod rekey;
mod requests;
mod reveal;
mod secrets;
mod settings;
mod stored;
mod tools;
mod variables;
mod writing;

/// The component.
struct Vault;
