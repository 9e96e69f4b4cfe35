//! Generated from `wit/`: the `gate` that this component exports.
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
    with: {
        "gatelet:store/types@0.1.0": gatelet_ports::store::types,
        "gatelet:store/sessions@0.1.0": gatelet_ports::store::sessions,
        "gatelet:store/origins@0.1.0": gatelet_ports::store::origins,
        "gatelet:store/health@0.1.0": gatelet_ports::store::health,
    },
    generate_all,
});

use crate::Gateway;

export!(Gateway with_types_in self);
wasip3::http::service::export!(Gateway);
