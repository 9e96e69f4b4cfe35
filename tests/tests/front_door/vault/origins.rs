//! Client secrets of Gatelet's own, out of the vault.

use gatelet_tests::cases::Engine;
use gatelet_tests::commands::{refused, run};
use gatelet_tests::{on_both_engines, secrets};

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
