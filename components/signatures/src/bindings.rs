//! Generated from `wit/signatures`: the port this component exports.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: "../../wit/signatures",
    world: "gatelet:signatures/signatures",
    generate_all,
});

use crate::Signatures;

export!(Signatures with_types_in self);
