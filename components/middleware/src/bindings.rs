//! Generated from `wit/middleware`: the handler it stands before.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: "../../wit/middleware",
    world: "middleware",
    with: {
        "wasi:http/types@0.3.0": wasip3::http::types,
        "wasi:clocks/types@0.3.0": wasip3::clocks::types,
        "wasi:http/handler@0.3.0": generate,
    },
});

use crate::Middleware;

wasip3::http::service::export!(Middleware);
