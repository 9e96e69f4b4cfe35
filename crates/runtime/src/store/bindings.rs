//! Generated from `wit/edge/deps/store`: the store's ports, to be called here.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wasmtime::component::bindgen!({
    path: "../../wit/edge/deps/store",
    world: "store",
    additional_derives: [PartialEq],
});
