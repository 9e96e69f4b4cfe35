//! Client secrets of Gatelet's own, out of the vault.

use gatelet_tests::cases::Engine;
use gatelet_tests::commands::{refused, run};
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::{on_both_engines, secrets};

use p256::ecdsa::SigningKey;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

use super::{put, setup};

on_both_engines! {
    a_providers_secret_is_in_the_vault_and_the_others_go_on_without_it,
}

fn a_providers_secret_is_in_the_vault_and_the_others_go_on_without_it(engine: Engine) {
    let secret = "GOCSPX-Yd7k2Hv9Lq-3xWn8Bt0";
    secrets::plant(secret);
    let mut gatelet = setup(engine)
        .variable("google_client_id", "1.apps.example")
        .variable("google_client_secret", "vault:GOOGLE_SECRET")
        .start();
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/sign-in").send().expect(200).text();
    assert!(!page.contains("/auth/start/google"), "{page}");
    gatelet.wait_for_line(&["vault.missing", "GOOGLE_SECRET"]);

    put(&gatelet, "GOOGLE_SECRET", secret.as_bytes());
    gatelet.restart();
    let page = visitor.visit("/auth/sign-in").send().expect(200).text();
    assert!(page.contains("/auth/start/google"), "{page}");

    let base = "base_url=http://shop.localhost:1";
    let plain = [
        "origins",
        "set",
        "shop",
        base,
        "google_client_secret=GOCSPX-written-down",
    ];
    let said = refused(&gatelet, &plain);
    assert!(
        said.contains("write vault:NAME") && !said.contains("GOCSPX"),
        "{said}"
    );
    let by_name = [
        "origins",
        "set",
        "shop",
        base,
        "google_client_id=2.apps.example",
        "google_client_secret=vault:SHOP_SECRET",
    ];
    run(&gatelet, &by_name);
    let shown = run(&gatelet, &["origins", "show", "shop"]);
    assert!(
        shown.contains("google_client_secret = vault:SHOP_SECRET (its own)"),
        "{shown}"
    );
}

#[test]
fn what_is_no_client_secret_in_the_vault_turns_off_its_provider_alone() {
    let key = SigningKey::from_slice(&[9; 32]).expect("below the order");
    let pem = key.to_pkcs8_pem(LineEnding::LF).expect("a key is encoded");
    secrets::remember(pem.lines().nth(1).expect("a second line"));
    let apple = r#"[{"preset":"apple","team_id":"TEAM123456","key_id":"KEY1234567","client_id":"com.acme.web"}]"#;
    let mut gatelet = setup(Engine::Sqlite)
        .variable("oidc_providers", apple)
        .variable("oidc_client_secrets", r#"{"apple":"vault:APPLE"}"#)
        .variable("google_client_id", "1.apps.example")
        .variable("google_client_secret", "vault:GOOGLE")
        .start();
    let offered = |gatelet: &Gatelet| {
        let page = gatelet.visitor().visit("/auth/sign-in").send();
        let page = page.expect(200).text();
        ["apple", "google"].map(|id| page.contains(&format!("/auth/start/{id}")))
    };
    put(&gatelet, "APPLE", b"no key");
    put(&gatelet, "GOOGLE", b"GOCSPX-of-the-vault");
    gatelet.restart();
    assert_eq!(offered(&gatelet), [false, true]);
    let line = gatelet.wait_for_line(&["vault.missing", "vault:APPLE", "AuthKey_"]);
    assert!(!line.contains("no key"), "{line}");
    put(&gatelet, "APPLE", pem.as_bytes());
    put(&gatelet, "GOOGLE", b"two\nlines");
    gatelet.restart();
    assert_eq!(offered(&gatelet), [true, false]);
}
