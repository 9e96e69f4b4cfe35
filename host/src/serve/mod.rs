//! The front of `gatelet up`: how does a request come in, reach the app behind
//! and come back?
//!
//! ```text
//! listener ─► worker (one thread, one runtime)
//!               connection ─► exchange ─► gate.decide ─► forward ─► upstream
//!                                    │               └─► respond
//!                                    └─► component (on the component runtime)
//! ```
//!
//! `site` is what the front asks of the application; everything else is private
//! but for the options, the server and its metrics. Measured choices are in
//! docs/design/0002-native-forward.md.

mod access_log;
mod admin;
mod component;
mod connection;
mod download;
mod exchange;
mod forward;
mod head;
mod listener;
mod metrics;
mod misdirected;
mod options;
mod record;
mod refusal;
mod reply_body;
mod request_id;
mod request_line;
mod server;
mod site;
mod tls;
mod upgrade;
mod upload;
mod upstream;
mod watch;
mod worker;

pub use admin::Admin;
pub use metrics::Metrics;
pub use options::{AccessLogFormat, Door, Limits, ServeOptions, TlsFiles};
pub use server::{ServeError, Server, stop_signal};
pub use site::{
    BodyError, ComponentBody, ComponentIndex, Edits, Gate, Head, Reply, Route, Site, Verdict,
    Visitor,
};
pub use tls::TlsError;

/// A forwarded request makes some 40 small allocations; with glibc's allocator
/// they were a fifth of the instructions it took.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const X_REQUEST_ID: http::HeaderName = http::HeaderName::from_static("x-request-id");
