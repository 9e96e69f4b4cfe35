//! How does an application of WebAssembly components run here? Its manifest read,
//! its components composed and compiled, instances made and given what they were
//! granted. Nothing here knows who listens for requests.
//!
//! ```text
//! app ─► compose (wac-graph), engine (compiled code)
//!  ├──► state ─► grants ─► manifest, variables, allowed_hosts, sqlite, postgres, mysql,
//!  │      │               key_value; postgres, mysql ─► seats
//!  │      └────► outbound (wasi:http)
//!  └──► interfaces (spin:*) ─► passwords   hashes, few at once
//! gate ─► app    asks a component about a head
//! store ─► app   calls the store's ports, for the operator's tools
//! vault ─► app   calls the vault's two halves, for them and to start applications
//! ```

mod allowed_hosts;
mod app;
mod bundle;
mod compose;
mod engine;
mod files;
pub mod gate;
mod grants;
mod guest_log;
mod interfaces;
mod judging;
mod key_value;
pub mod manifest;
mod mysql;
mod outbound;
mod passwords;
mod postgres;
pub mod private;
mod repeated;
mod runtime_config;
mod seats;
#[cfg(test)]
mod shipped;
mod smtp;
mod sqlite;
mod state;
pub mod store;
mod variables;
pub mod vault;

pub use allowed_hosts::{AllowedHosts, Destination};
pub use app::{Body, BodyError, Components, Computing, Loaded, Room, RunOptions, Unanswered};
pub use bundle::Bundle;
pub use engine::{Compiler, Processors};
pub use mysql::{Address as MySqlAddress, AddressError as MySqlAddressError};
pub use outbound::{Fetched, probe};
pub use postgres::{
    Address as DatabaseAddress, AddressError as DatabaseAddressError, unknown_to_spin,
};
pub use repeated::{Repeated, and_more};
pub use runtime_config::{KeyValueStore, RedisUrl, RuntimeConfig};
pub use smtp::{LettersDue, due as letters_due};
pub use sqlite::back_up;
pub use variables::Variables;

// Of the harness of the front-door tests, by file: servers to try connections on.
#[cfg(test)]
macro_rules! harness {
    ($($module:ident = $path:literal;)*) => {
        $(
            #[allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations, reason = "made for more tests than these")]
            #[path = $path]
            mod $module;
        )*
    };
}
#[cfg(test)]
harness! {
    janitor = "../../../tests/src/janitor.rs";
    mariadb = "../../../tests/src/mariadb.rs";
    port = "../../../tests/src/port.rs";
    process = "../../../tests/src/process.rs";
    redis_server = "../../../tests/src/redis.rs";
    runtime = "../../../tests/src/runtime.rs";
    service = "../../../tests/src/service.rs";
}
#[cfg(test)]
use port::free_port;
