//! Generated from `wit/smtp`: the port this component exports.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: "../../wit/smtp",
    world: "gatelet:smtp/smtp",
    generate_all,
});

use crate::Smtp;

export!(Smtp with_types_in self);
