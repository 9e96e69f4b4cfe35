//! Values go in by every road; then everything that came out is searched for them. What
//! answers, logs and commands say is searched as it comes, by the harness.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use gatelet_tests::account::signed_in;
use gatelet_tests::canary::Canaries;
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::visitor::Visitor;
use gatelet_tests::{free_port, on_both_engines, secrets};
use http::Method;
use serde_json::{Value, json};

use super::{put, setup};

on_both_engines! {
    no_value_is_found_in_anything_that_comes_out,
}

const PAGES: [&str; 11] = [
    "/auth/console",
    "/auth/console/secrets",
    "/auth/console/secrets/BY_HAND",
    "/auth/console/requests",
    "/auth/console/applications",
    "/auth/console/applications/web",
    "/auth/console/agents",
    "/auth/console/origins",
    "/auth/console/users",
    "/auth/console/sessions",
    "/auth/console/audit",
];

/// With characters that every encoding writes in another way.
fn planted(road: &str) -> String {
    let value = format!("{road}-K7x\"canary\" & <ü>/+?=%41\\{road}-Qz5wN0d8");
    secrets::plant(&value);
    value
}

fn no_value_is_found_in_anything_that_comes_out(engine: Engine) {
    let metrics = free_port();
    let gatelet = setup(engine)
        .arguments(&["--metrics-listen", &format!("127.0.0.1:{metrics}")])
        .start();
    let (visitor, account) = signed_in(&gatelet);
    gatelet.setup().run(&["groups", "create", "admins"]);
    run(&gatelet, &["groups", "add", "admins", &account.email]);
    run(&gatelet, &["apps", "add", "web"]);

    put(&gatelet, "BY_HAND", planted("by-hand").as_bytes());
    let link = run(&gatelet, &["vault", "request", "BY_LINK", "--json"]);
    let link: Value = serde_json::from_str(&link).expect("JSON");
    let link = link["url"].as_str().expect("a URL").to_owned();
    let by_link = planted("by-link");
    let page = visitor.visit(&link).send().expect(200);
    let too_long = format!("{by_link}{}", "x".repeat(8_192));
    let form = page.form("/auth/console/enter");
    let refused = visitor
        .submit(&form.clone().fill("value", &too_long), &page.url)
        .send();
    assert_eq!(refused.status, 400);
    assert!(
        refused
            .text()
            .contains("Secret value must be ≤ 8192 bytes.")
    );
    let entered = visitor
        .submit(&form.clone().fill("value", &by_link), &page.url)
        .send();
    assert!(entered.status.as_u16() < 400, "{}", entered.description());
    let again = visitor
        .submit(&form.clone().fill("value", &planted("too-late")), &page.url)
        .send();
    assert!(again.status.as_u16() >= 400, "{}", again.description());

    run(&gatelet, &["env", "bind", "web", "BY_HAND"]);
    let of_a_variable = planted("variable");
    let pair = format!("OWN={of_a_variable}");
    run(&gatelet, &["env", "set", "web", &pair]);
    let bad = [
        format!("PATH={}", planted("refused")),
        planted("no-pair-at-all"),
    ];
    for pair in &bad {
        let output = gatelet.setup().run(&["env", "set", "web", pair]);
        assert!(!output.status.success());
    }
    let project = json!({"version": 2, "secrets": [planted("in-a-project")]}).to_string();
    let output = gatelet.setup().run_reading(
        &["env", "reconcile", "web", "--file", "-"],
        project.as_bytes(),
    );
    assert!(!output.status.success());

    by_tools(&gatelet, &visitor);
    for page in PAGES {
        visitor.visit(page).send().expect(200);
    }
    for arguments in [
        &["vault", "list"][..],
        &["vault", "list", "--json"],
        &["vault", "requests", "--json"],
        &["env", "list", "web", "--json"],
        &["audit", "--json"],
        &["config"],
        &["doctor"],
        &["vault", "rekey", "--json"],
        &["vault", "delete", "BY_HAND", "--json"],
    ] {
        gatelet.setup().run(arguments);
    }
    let shown = Visitor::new(&format!("http://127.0.0.1:{metrics}"));
    shown.get("/metrics").send().expect(200);

    // Nothing comes after it into the same buffers.
    let last = form.fill("value", &planted("at-last"));
    visitor.submit(&last, &page.url).send().expect(410);
    drop(visitor);
    in_memory(&gatelet);
    match engine {
        Engine::Postgres => {
            secrets::assert_no_canary_in("a dump", gatelet.database().dump().as_bytes())
        }
        Engine::Sqlite => {
            let mut files = 0;
            in_files(gatelet.setup().folder(), &mut files);
            assert!(files > 3, "the database is among them");
        }
    }
}

/// Agents hand over values where there is no place for one.
fn by_tools(gatelet: &Gatelet, visitor: &Visitor) {
    let path = "/auth/console/agents";
    let page = visitor.visit(path).send().expect(200);
    let mut form = page.form_with(path, "act", "create");
    form.fields.retain(|(name, _)| !name.contains(':'));
    form = form.fill("name", "leaks").fill("days", "7");
    for scope in ["secrets:names", "secrets:request", "env:write"] {
        form = form.fill(scope, "on");
    }
    let made = visitor.submit(&form, &page.url).send().expect(201).text();
    let from = made.find("<code>gat_").expect("a token") + "<code>".len();
    let token = made[from..].split('<').next().expect("its end").to_owned();
    let value = planted("by-an-agent");
    for (tool, arguments) in [
        (
            "request_secret",
            json!({"name": "BY_AGENT", "value": value}),
        ),
        ("request_secret", json!({"name": value})),
        ("secret_request_status", json!({"requestId": value})),
        (
            "bind_secret",
            json!({"applicationId": "web", "name": "BY_LINK", "as": value}),
        ),
        (
            "bind_secret",
            json!({"applicationId": value, "name": "BY_LINK"}),
        ),
        (
            "set_env_vars",
            json!({"applicationId": "web", "vars": {"FLAG": value}}),
        ),
        (
            "set_env_vars",
            json!({"applicationId": "web", "vars": {"LD_PRELOAD": value}}),
        ),
        (
            "delete_env_vars",
            json!({"applicationId": "web", "keys": [value]}),
        ),
        (
            "reconcile_project",
            json!({"applicationId": "web", "project": {"version": 2, "secrets": [{"name": "BY_LINK", "value": value}]}}),
        ),
        ("list_env_vars", json!({"applicationId": "web"})),
        ("list_org_secrets", json!({})),
        ("delete_org_secret", json!({"name": value})),
        (value.as_str(), json!({})),
    ] {
        let params = json!({"name": tool, "arguments": arguments});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        gatelet
            .visitor()
            .request(Method::POST, "/auth/mcp")
            .without_cookies()
            .header("authorization", &format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .body(message.to_string())
            .send();
    }
}

/// In that of the console, of the vault and of the host that runs both, once nobody asks any
/// more. The key is there, as long as any of them serves.
fn in_memory(gatelet: &Gatelet) {
    let key = Canaries::default().with(super::KEY);
    let start = Instant::now();
    loop {
        let (mut has_key, mut found) = (false, None);
        gatelet.memory(|what, bytes| {
            has_key |= key.find(bytes).is_some();
            found = found.take().or_else(|| secrets::canary_in(what, bytes));
        });
        assert!(has_key, "memory is looked at");
        match found {
            None => return,
            // Instances that served the last requests end, and their connections.
            Some(_) if start.elapsed() < Duration::from_secs(10) => {
                sleep(Duration::from_millis(200));
            }
            Some(found) => panic!("{found}"),
        }
    }
}

fn in_files(folder: &Path, files: &mut usize) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let kind = entry.file_type().expect("a kind");
        match (kind.is_dir(), kind.is_file()) {
            (true, _) => in_files(&path, files),
            // Links lead to what was built.
            (false, false) => {}
            (false, true) => {
                let bytes = fs::read(&path).expect("a file");
                secrets::assert_no_canary_in(&path.display().to_string(), &bytes);
                *files += 1;
            }
        }
    }
}
