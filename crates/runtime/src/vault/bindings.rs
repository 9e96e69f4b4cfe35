//! Generated from `wit/vault`: the two halves, to be called here.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wasmtime::component::bindgen!({
    path: ["../../wit/store", "../../wit/vault"],
    world: "gatelet:vault/vault",
    additional_derives: [serde::Serialize],
});
