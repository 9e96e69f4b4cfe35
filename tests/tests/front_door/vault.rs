//! Secrets, as an operator handles them, and what can be found of them afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::commands::{refused, run};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::{on_both_engines, secrets, through_both_doors};
use http::Method;
use serde_json::{Value, json};

mod leaks;
mod origins;
mod walk_through;

on_both_engines! {
    a_secret_goes_in_by_standard_input_and_out_into_a_process,
    what_an_application_has_of_its_own_stays,
    the_key_is_turned_with_nobody_noticing,
}

through_both_doors! {
    a_visitor_who_is_led_to_the_vault_calls_nothing,
}

/// 32 bytes in base64url.
const KEY: &str = "1Ycs7g2vN0ZfV9zqU0fF3J8pQb4xkqQm0v1cW5yBz2E";
const ANOTHER_KEY: &str = "b3xN1kqj0oQeYJm6tT5W9r2LdCz8Xv4aPshUuGEiy7A";

fn setup(engine: Engine) -> Setup {
    secrets::remember(KEY);
    secrets::remember(ANOTHER_KEY);
    Setup::new(engine).variable("secrets_enc_key", KEY)
}

/// Keeps a value; what the command printed.
#[track_caller]
fn put(gatelet: &Gatelet, name: &str, value: &[u8]) -> Value {
    let output = gatelet
        .setup()
        .run_reading(&["vault", "put", name, "--json"], value);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[track_caller]
fn answer(gatelet: &Gatelet, arguments: &[&str]) -> Value {
    let mut arguments = arguments.to_vec();
    arguments.push("--json");
    serde_json::from_str(&run(gatelet, &arguments)).expect("JSON")
}

/// Whether a program started for the application has this value under the key.
#[track_caller]
fn starts_with(gatelet: &Gatelet, application: &str, key: &str, value: &str) -> bool {
    let test = format!("[ \"${key}\" = \"$EXPECTED\" ]");
    let arguments = ["run", application, "--", "sh", "-c", &test];
    let output = gatelet.setup().run_with(&arguments, &[("EXPECTED", value)]);
    output.status.success()
}

fn a_secret_goes_in_by_standard_input_and_out_into_a_process(engine: Engine) {
    let gatelet = setup(engine).start();
    let value = "-----BEGIN KEY-----\nQ2FuYXJ5LTAx/+8Jt4mPz7Rc0\n-----END KEY-----\n";
    secrets::plant("Q2FuYXJ5LTAx/+8Jt4mPz7Rc0");
    assert_eq!(
        put(&gatelet, "SIGNING_KEY", value.as_bytes()),
        json!({"name": "SIGNING_KEY", "rotated": false})
    );
    run(&gatelet, &["apps", "add", "web"]);
    assert_eq!(
        answer(
            &gatelet,
            &["env", "bind", "web", "SIGNING_KEY", "--as", "KEY"]
        ),
        json!({"envKey": "KEY"})
    );
    assert!(starts_with(&gatelet, "web", "KEY", value));
    let ours = "env | grep -q 'SPIN_VARIABLE_\\|SECRETS_ENC_KEY' && exit 1 || exit 0";
    let environment = [("SECRETS_ENC_KEY", KEY)];
    let arguments = ["run", "web", "--", "sh", "-c", ours];
    let output = gatelet.setup().run_with(&arguments, &environment);
    assert!(
        output.status.success(),
        "our own settings are not the program's"
    );

    let file = gatelet.setup().folder().join("web.env");
    let path = file.to_str().expect("a path");
    run(&gatelet, &["vault", "export", "web", "--to-file", path]);
    let mode = fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let written = fs::read_to_string(&file).expect("the file");
    assert_eq!(written, format!("KEY=\"{}\"\n", value.replace('\n', "\\n")));
    let said = refused(
        &gatelet,
        &["vault", "export", "web", "--to-file", "/dev/tty"],
    );
    assert!(
        said.contains("terminal") || said.contains("cannot"),
        "{said}"
    );

    for (value, says) in [
        (&[b'x'; 8_193][..], "Secret value must be ≤ 8192 bytes."),
        (b"", "Secret value must not be empty."),
        (b"a\0b", "Secret value must have no NUL character."),
    ] {
        let output = gatelet.setup().run_reading(&["vault", "put", "BAD"], value);
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        assert!(!output.status.success() && said.ends_with(says), "{said}");
    }
    put(&gatelet, "LONGEST", &[b'x'; 8_192]);
    for name in ["signing_key", "1A", "A B", ""] {
        let output = gatelet
            .setup()
            .run_reading(&["vault", "put", name], b"value");
        assert!(!output.status.success(), "{name}");
    }
    let names = answer(&gatelet, &["vault", "list"]);
    let names: Vec<_> = names
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert_eq!(names, ["LONGEST", "SIGNING_KEY"]);
}

fn what_an_application_has_of_its_own_stays(engine: Engine) {
    let gatelet = setup(engine).variable("app_name", "shop").start();
    let [first, second] = [
        "7fQ2xk-first-Zp04-m9Ltw3-Ud81",
        "c5Vy0s-second-Rk6-h1Xoa8-Ne27",
    ];
    secrets::plant(first);
    secrets::plant(second);
    put(&gatelet, "API_KEY", first.as_bytes());
    let project = json!({"version": 2, "name": "shop", "secrets": ["API_KEY", {"name": "API_KEY", "as": "COPY"}, "NOT_YET"]});
    let reconcile = |arguments: &[&str]| -> Value {
        let all = [&["env", "reconcile", "--file", "-", "--json"], arguments].concat();
        let output = gatelet
            .setup()
            .run_reading(&all, project.to_string().as_bytes());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        answer["plan"]["secrets"].clone()
    };
    let planned = reconcile(&["--dry-run"]);
    assert_eq!(planned["set"], json!(["API_KEY"]));
    assert_eq!(planned["missing"], json!(["NOT_YET"]));
    assert_eq!(planned["action"], "write");
    assert_eq!(
        answer(&gatelet, &["env", "list", "shop"]),
        json!([]),
        "only said"
    );
    reconcile(&[]);
    assert_eq!(reconcile(&[])["keep"], json!(["API_KEY"]));
    assert!(starts_with(&gatelet, "shop", "API_KEY", first));

    run(&gatelet, &["env", "set", "shop", "COPY=its own"]);
    assert_eq!(put(&gatelet, "API_KEY", second.as_bytes())["rotated"], true);
    let listed = answer(&gatelet, &["env", "list", "shop"]);
    assert_eq!(listed[0]["stale"], true, "{listed}");
    let planned = reconcile(&[]);
    assert_eq!(planned["set"], json!(["API_KEY"]));
    assert_eq!(planned["overridden"], json!(["API_KEY"]));
    assert!(starts_with(&gatelet, "shop", "API_KEY", second));
    assert!(starts_with(&gatelet, "shop", "COPY", "its own"));

    run(&gatelet, &["env", "delete", "shop", "COPY"]);
    reconcile(&[]);
    assert!(starts_with(&gatelet, "shop", "COPY", second));
    let deleted = answer(&gatelet, &["vault", "delete", "API_KEY"]);
    let affected = deleted["affectedApps"].as_array().expect("a list");
    assert_eq!(affected.len(), 2, "{deleted}");
    assert!(
        starts_with(&gatelet, "shop", "API_KEY", second),
        "copies stay"
    );
    let said = refused(&gatelet, &["env", "bind", "nothing", "API_KEY"]);
    assert!(said.contains("there is no application nothing"), "{said}");
    let said = refused(&gatelet, &["env", "bind", "shop", "API_KEY"]);
    assert!(said.contains("there is no secret API_KEY"), "{said}");
}

fn the_key_is_turned_with_nobody_noticing(engine: Engine) {
    let mut gatelet = setup(engine).start();
    let value = "Wm3e9-two-keys-Gq71-Bz5tKc0";
    secrets::plant(value);
    put(&gatelet, "API_KEY", value.as_bytes());
    run(&gatelet, &["apps", "add", "web"]);
    run(&gatelet, &["env", "bind", "web", "API_KEY"]);

    gatelet.restart_with(&[("secrets_enc_key", ANOTHER_KEY)]);
    let said = refused(&gatelet, &["run", "web", "--", "true"]);
    assert!(
        said.contains("which secrets_enc_key does not have: nothing is lost"),
        "{said}"
    );
    let said = refused(&gatelet, &["vault", "rekey"]);
    assert!(said.contains("API_KEY, web:API_KEY"), "{said}");

    gatelet.restart_with(&[("secrets_enc_key", &format!("{ANOTHER_KEY},{KEY}"))]);
    put(&gatelet, "LATER", b"sealed-under-the-first");
    let done = answer(&gatelet, &["vault", "rekey"]);
    assert_eq!(
        done,
        json!({"secrets": 1, "variables": 1, "kept": 1, "unopened": []})
    );
    let done = answer(&gatelet, &["vault", "rekey"]);
    assert_eq!(
        done,
        json!({"secrets": 0, "variables": 0, "kept": 3, "unopened": []})
    );

    gatelet.restart_with(&[("secrets_enc_key", ANOTHER_KEY)]);
    assert!(starts_with(&gatelet, "web", "API_KEY", value));
    let listed = answer(&gatelet, &["env", "list", "web"]);
    assert_eq!(listed[0]["source"], "org-linked", "{listed}");

    gatelet.restart_with(&[("secrets_enc_key", "")]);
    for arguments in [
        &["vault", "list"][..],
        &["env", "list", "web"],
        &["run", "web", "--", "true"],
    ] {
        let said = refused(&gatelet, arguments);
        assert!(
            said.contains("not configured: set secrets_enc_key (SECRETS_ENC_KEY)"),
            "{said}"
        );
    }
}

fn a_visitor_who_is_led_to_the_vault_calls_nothing(door: Door) {
    let operator = json!({
        "kind": "operator", "org": "default", "user_id": "", "role": "owner",
        "origin": "", "address": "", "user_agent": "",
    });
    for (half, function, arguments) in [
        ("vault", "configured", json!({})),
        ("vault", "list-secrets", json!({"actor": operator})),
        (
            "vault-reveal",
            "reveal-to-settings",
            json!({"actor": operator, "names": ["API_KEY"]}),
        ),
    ] {
        let gatelet = setup(Engine::Sqlite)
            .door(door)
            .variable("upstream", &format!("http://{half}.spin.internal"))
            .variable("public_paths", "/*")
            .start();
        let value = "kP4v-led-astray-Xz93-Tb1Rw7";
        secrets::plant(value);
        put(&gatelet, "API_KEY", value.as_bytes());
        let visitor = gatelet.visitor();
        for signature in [None, Some(""), Some("v1.k1.AAAA.AAAA")] {
            let call = visitor
                .request(Method::POST, &format!("/{function}"))
                .header("content-type", "application/json")
                .body(arguments.to_string());
            let call = match signature {
                Some(signature) => call.header("gatelet-vault-1", signature),
                None => call,
            };
            let answer = call.send().expect_denial(400, "request.malformed");
            assert!(!answer.text().contains("API_KEY"));
        }
        gatelet.wait_for_line(&["vault.unsigned"]);
    }
}
