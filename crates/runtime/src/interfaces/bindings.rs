//! Generated from `wit/spin`, `wit/passwords`, `wit/signatures` and `wit/smtp`: Spin's
//! interfaces and those of ours that have native code, to be implemented here.
#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wasmtime::component::bindgen!({
    inline: r#"
        package gatelet:host;
        world spin {
            import spin:variables/variables@3.0.0;
            import spin:postgres/postgres@4.2.0;
            import spin:mysql/mysql@3.0.0;
            import spin:sqlite/sqlite@3.1.0;
            import spin:key-value/key-value@3.0.0;
            import fermyon:spin/key-value@2.0.0;
            import wasi:keyvalue/store@0.2.0-draft2;
            import wasi:keyvalue/batch@0.2.0-draft2;
            import wasi:keyvalue/atomics@0.2.0-draft2;
            import gatelet:passwords/hashing@0.1.0;
            import gatelet:signatures/verifying@0.1.0;
            import gatelet:smtp/submission@0.1.0;
        }
    "#,
    path: [
        "../../wit/spin/variables",
        "../../wit/spin/postgres",
        "../../wit/spin/mysql",
        "../../wit/spin/sqlite",
        "../../wit/spin/key-value",
        "../../wit/spin/key-value-2",
        "../../wit/spin/wasi-key-value",
        "../../wit/passwords",
        "../../wit/signatures",
        "../../wit/smtp",
    ],
    world: "gatelet:host/spin",
    imports: {
        "gatelet:signatures/verifying.verify": trappable,
        default: async | trappable,
    },
    with: {
        "spin:postgres/postgres.connection": crate::postgres::Connection,
        "spin:postgres/postgres.connection-builder": crate::postgres::ConnectionBuilder,
        "spin:mysql/mysql.connection": crate::mysql::Connection,
        "spin:sqlite/sqlite.connection": crate::sqlite::Connection,
        "spin:key-value/key-value.store": crate::key_value::Handle,
        "fermyon:spin/key-value.store": crate::key_value::Handle,
        "wasi:keyvalue/store.bucket": crate::key_value::Handle,
        "wasi:keyvalue/atomics.cas": crate::key_value::Swap,
    },
});
