//! What Spin's users type works: `spin build`, `spin up` without more, `spin new`
//! with our template.

use std::fs;

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::repository;
use gatelet_tests::spin_template::render;

const TEMPLATE: &str = "templates/gatelet-hello";

/// As `spin new -t gatelet-hello shop` asks for them.
const VALUES: [(&str, &str); 4] = [
    ("project-name", "corner shop"),
    ("project-description", "Sells things"),
    ("authors", "Ada <ada@example.com>"),
    ("gatelet-components", "target/components"),
];

#[test]
fn a_start_without_the_one_variable_that_is_needed_names_it() {
    let setup = Setup::new(Engine::Sqlite).without("session_keys");
    let log = setup.refuse();
    assert!(log.contains("session_keys"), "{log}");
}

#[test]
fn an_app_made_from_the_template_has_login_before_it() {
    let gatelet = Setup::new(Engine::Sqlite)
        .application(&format!("{TEMPLATE}/content"), |_| {
            let manifest = repository().join(TEMPLATE).join("content/spin.toml");
            let built = "target/wasm32-wasip2/release/corner_shop.wasm";
            let manifest = render(&manifest, &VALUES);
            assert!(manifest.contains(built), "{manifest}");
            manifest.replace(built, "target/components/hello.wasm")
        })
        .start();
    let (visitor, account) = (gatelet.visitor(), Account::new("Ada"));
    visitor.get("/").send().expect_denial(401, "session.none");
    let landed = visitor.follow(account.sign_up(&visitor, "/"));
    let greeting = format!("Hello Ada, you are {}.\n", account.email);
    assert_eq!(landed.text(), greeting);
}

#[test]
fn the_templates_app_is_the_examples_and_its_parameters_are_those_it_uses() {
    let read = |path: &str| fs::read_to_string(repository().join(path)).expect(path);
    assert_eq!(
        read("templates/gatelet-hello/content/src/lib.rs"),
        read("examples/hello/src/lib.rs")
    );
    let cargo = repository().join(TEMPLATE).join("content/Cargo.toml.tmpl");
    let cargo: toml::Table = render(&cargo, &VALUES).parse().expect("TOML");
    assert_eq!(cargo["package"]["name"].as_str(), Some("corner-shop"));

    let about: toml::Table = read("templates/gatelet-hello/metadata/spin-template.toml")
        .parse()
        .expect("TOML");
    let asked = about["parameters"].as_table().expect("parameters").keys();
    // Spin knows the others by itself.
    let own = ["project-name", "authors"];
    let used = VALUES.map(|(name, _)| name);
    for name in asked {
        assert!(used.contains(&name.as_str()), "{name} is asked for in vain");
    }
    for name in used {
        let known = own.contains(&name) || about["parameters"].get(name).is_some();
        assert!(known, "{name} is never asked for");
    }
}
