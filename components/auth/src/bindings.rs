//! Generated from `wit/passwords`: where passwords are hashed, to be called here.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: "../../wit/passwords",
    world: "gatelet:passwords/asking",
    generate_all,
});
