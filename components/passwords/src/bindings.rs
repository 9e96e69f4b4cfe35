//! Generated from `wit/passwords`: the port this component exports.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: "../../wit/passwords",
    world: "gatelet:passwords/passwords",
    generate_all,
});

use crate::Passwords;

export!(Passwords with_types_in self);
