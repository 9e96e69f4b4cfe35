//! The native HTTP front: how does a request come in, get judged, reach the app
//! behind and come back? What serves it, and what judges, are traits that the
//! caller implements; nothing here knows WebAssembly.
//!
//! ```text
//! listener ─► thread (one worker, one runtime)
//!               serving ─► exchange ─► gate.decide ─► forward ─► send ─► upstream
//!                                 │               │         └─► upgrade
//!                                 │               └─► respond
//!                                 └─► component (on the component runtime)
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
mod event_stream;
mod exchange;
mod forward;
mod head;
mod listener;
mod metrics;
mod misdirected;
mod options;
mod order;
mod places;
mod record;
mod refusal;
mod replay;
mod reply_body;
mod request_body;
mod request_id;
mod request_line;
mod seldom;
mod send;
mod server;
mod serving;
mod standing;
mod thread;
mod tls;
mod upgrade;
mod upload;
mod upstream;
mod watch;
mod worker;

pub use admin::Admin;
pub use application::{
    Answered, Application, BodyError, ComponentBody, ComponentIndex, Gate, Route, Unanswered,
    Visitor,
};
pub use metrics::Metrics;
pub use options::{AccessLogFormat, Door, Limits, ServeOptions, TlsFiles};
pub use server::{ServeError, Server, stop_signal};
pub use tls::TlsError;

/// By which requests are traced.
pub const X_REQUEST_ID: http::HeaderName = http::HeaderName::from_static("x-request-id");
