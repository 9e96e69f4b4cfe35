//! Generated from `wit/edge/deps/store`: the ports this component exports.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: "../../wit/edge/deps/store",
    world: "store",
});

use crate::Store;

export!(Store with_types_in self);
