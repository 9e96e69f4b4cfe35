//! The harness of the front-door tests: real servers, started and ended by the
//! test that wants them.

use std::path::{Path, PathBuf};

pub mod account;
pub mod alone;
pub mod authenticator;
pub mod better_auth;
pub mod browser;
pub mod canary;
pub mod cases;
pub mod commands;
pub mod cookie_jar;
pub mod cookie_name;
pub mod form;
pub mod gatelet;
pub mod hostile_provider;
pub mod identity_provider;
pub mod janitor;
pub mod mail_server;
pub mod mariadb;
pub mod neighbour;
pub mod node;
pub mod open_api;
pub mod passkey;
pub mod port;
pub mod postgres;
pub mod printed_mail;
pub mod process;
pub mod raw_socket;
pub mod redis;
pub mod relay_state;
pub mod response;
pub mod runtime;
pub mod secrets;
pub mod section;
pub mod server;
pub mod service;
pub mod session_cookie;
pub mod spin_template;
pub mod upstream;
pub mod visitor;
pub mod workos;

pub use port::free_port;

/// The root of the checkout.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ is a folder of the checkout")
        .to_owned()
}
