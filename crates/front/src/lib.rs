//! The native HTTP front: how does a request come in, get judged, reach the app
//! behind and come back? What serves it, and what judges, are traits that the
//! caller implements; nothing here knows WebAssembly.
//!
//! ```text
//! listener ─► worker (one thread, one runtime)
//!               connection ─► exchange ─► gate.decide ─► forward ─► upstream
//!                                    │               └─► respond
//!                                    └─► component (on the component runtime)
//! ```
//!
//! [`Application`] is what the front asks of what it stands before, [`Gate`] is
//! who judges; [`Server`] and [`Admin`] listen. The rest is private. Measured
//! choices are in docs/design/0002-native-forward.md.

mod access_log;
mod admin;
mod application;
mod component;
mod connection;
mod download;
mod exchange;
mod forward;
mod head;
mod listener;
mod metrics;
mod options;
mod record;
mod refusal;
mod reply_body;
mod request_id;
mod request_line;
mod server;
mod tls;
mod upgrade;
mod upload;
mod upstream;
mod watch;
mod worker;

pub use admin::Admin;
pub use application::{
    Application, BodyError, ComponentBody, ComponentIndex, Edits, Gate, Head, Reply, Route,
    Verdict, Visitor,
};
pub use metrics::Metrics;
pub use options::{AccessLogFormat, Door, Limits, ServeOptions, TlsFiles};
pub use server::{ServeError, Server, stop_signal};
pub use tls::TlsError;

const X_REQUEST_ID: http::HeaderName = http::HeaderName::from_static("x-request-id");
