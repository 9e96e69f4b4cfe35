//! Generated from `wit/vault`: the two halves that this component exports. Their shapes
//! are what the door in JSON speaks, too.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    path: ["../../wit/store", "../../wit/vault"],
    world: "gatelet:vault/vault",
    with: {
        "gatelet:store/types@0.1.0": gatelet_ports::store::types,
        "gatelet:store/vault@0.1.0": gatelet_ports::store::vault,
        "gatelet:store/origins@0.1.0": gatelet_ports::store::origins,
        "gatelet:store/audit@0.1.0": gatelet_ports::store::audit,
    },
    additional_derives: [serde::Serialize, serde::Deserialize],
    generate_all,
});

use crate::Vault;

export!(Vault with_types_in self);
wasip3::http::service::export!(Vault);
