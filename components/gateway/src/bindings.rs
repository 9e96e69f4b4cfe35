//! Generated from `wit/`: the ports this component imports and the `gate` it exports.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: ["../../wit/store", "../../wit/edge"],
    world: "gatelet:edge/gateway",
    generate_all,
});

use crate::Gateway;

export!(Gateway with_types_in self);
wasip3::http::service::export!(Gateway);
