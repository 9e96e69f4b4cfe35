//! Generated from `wit/store-admin`: users, their sessions and what happened, for admins.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    inline: r#"
        package gatelet:console;
        world administering {
            import gatelet:store-admin/users@0.1.0;
            import gatelet:store-admin/audit-log@0.1.0;
        }
    "#,
    path: ["../../wit/store", "../../wit/store-admin"],
    world: "gatelet:console/administering",
    with: {
        "gatelet:store/types@0.1.0": gatelet_ports::store::types,
        "gatelet:store/audit@0.1.0": gatelet_ports::store::audit,
    },
    generate_all,
});
