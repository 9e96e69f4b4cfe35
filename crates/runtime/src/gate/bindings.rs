//! Generated from `wit/edge/gate.wit`: the gate, to be called here.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wasmtime::component::bindgen!({
    inline: r#"
        package gatelet:host;
        world gate {
            export gatelet:edge/gate@0.1.0;
        }
    "#,
    path: ["../../wit/store", "../../wit/edge"],
    world: "gatelet:host/gate",
    // `decide` is called in instances whose imports never suspend.
    exports: { "gatelet:edge/gate@0.1.0.load": async },
});
