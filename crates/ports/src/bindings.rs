//! Generated from `wit/`: the ports of the store, to be called here.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: ["../../wit/store", "../../wit/edge"],
    world: "gatelet:edge/ports",
    generate_all,
});
