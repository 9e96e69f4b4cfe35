//! Generated from `wit/store` and `wit/store-admin`: the ports this component exports.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: ["../../wit/store", "../../wit/store-admin"],
    world: "gatelet:store-admin/store",
    generate_all,
});

use crate::Store;

export!(Store with_types_in self);
