//! Generated from `wit/`: the ports of the store, and the door every host knocks on.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: ["../../wit/store", "../../wit/edge"],
    world: "gatelet:edge/auth",
    generate_all,
});

use crate::Auth;

wasip3::http::service::export!(Auth);
