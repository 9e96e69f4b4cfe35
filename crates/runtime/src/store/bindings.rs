//! Generated from `wit/store` and `wit/store-admin`: the store's ports, to be called here.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wasmtime::component::bindgen!({
    path: ["../../wit/store", "../../wit/store-admin"],
    world: "gatelet:store-admin/store",
    additional_derives: [PartialEq],
});
