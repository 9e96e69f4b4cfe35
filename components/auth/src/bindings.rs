//! Generated from `wit/passwords`, `wit/signatures` and `wit/smtp`: where passwords are
//! hashed, signatures verified and mail servers spoken to, to be called here.
#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    reason = "generated"
)]

wit_bindgen::generate!({
    inline: r#"
        package gatelet:auth;
        world asking {
            import gatelet:passwords/hashing@0.1.0;
            import gatelet:signatures/verifying@0.1.0;
            import gatelet:smtp/submission@0.1.0;
        }
    "#,
    path: ["../../wit/passwords", "../../wit/signatures", "../../wit/smtp"],
    world: "gatelet:auth/asking",
    generate_all,
});
