//! The official clients, and the inspector's command line.

use gatelet_tests::cases::Engine;
use gatelet_tests::node::Node;
use gatelet_tests::on_both_engines;
use gatelet_tests::secrets;
use gatelet_tests::visitor::Visitor;
use serde_json::{Value, json};

use super::{PATH, SCOPES, admin, setup, token};

on_both_engines! {
    the_official_clients_use_every_tool_and_no_value_passes_through_them,
    the_inspectors_command_line_lists_and_calls_tools,
}

const VALUE: &str = "sk-0123456789-never-in-a-transcript";

#[test]
fn the_official_clients_are_turned_away_with_the_challenge() {
    let gatelet = setup(Engine::Sqlite).start();
    let (visitor, _) = admin(&gatelet);
    let node = Node::start("mcp-client.mjs", &[]);
    let url = format!("{}{PATH}", gatelet.base_url());
    let short = token(&visitor, &["secrets:names"]);
    let altered = match short.strip_suffix('0') {
        Some(text) => format!("{text}1"),
        None => format!("{}0", &short[..short.len() - 1]),
    };
    for kind in ["sdk", "client", "auto"] {
        let connect = |token: Value| {
            node.try_ask(&json!({"op": "connect", "client": kind, "url": url, "token": token}))
        };
        for wrong in [Value::Null, json!("gat_wrong"), json!(altered)] {
            let error = connect(wrong).expect_err("no token of ours");
            assert!(
                error.contains("401") || error.contains("nauthorized"),
                "{kind}: {error}"
            );
        }
        connect(json!(short)).expect("a token is a token");
        node.ask(&json!({"op": "tools"}));
        let asked =
            json!({"op": "call", "name": "request_secret", "arguments": {"name": "API_KEY"}});
        let error = node.try_ask(&asked).expect_err("too little scope");
        assert!(
            error.contains("403") || error.contains("scope"),
            "{kind}: {error}"
        );
    }
}

fn the_official_clients_use_every_tool_and_no_value_passes_through_them(engine: Engine) {
    let gatelet = setup(engine).start();
    let (visitor, _) = admin(&gatelet);
    let node = Node::start("mcp-client.mjs", &[]);
    let url = format!("{}{PATH}", gatelet.base_url());
    let token = token(&visitor, &SCOPES);
    secrets::remember(VALUE);
    for (kind, revision) in [
        ("sdk", "2025-11-25"),
        ("client", "2026-07-28"),
        ("auto", "2026-07-28"),
    ] {
        let agreed =
            node.ask(&json!({"op": "connect", "client": kind, "url": url, "token": token}));
        assert_eq!(agreed, revision, "{kind}");
        let about = node.ask(&json!({"op": "about"}));
        assert_eq!(about["server"]["name"], "gatelet", "{kind}");
        assert!(
            about["instructions"]
                .as_str()
                .is_some_and(|text| text.contains("never"))
        );
        let tools = node.ask(&json!({"op": "tools"}));
        assert_eq!(tools.as_array().map(Vec::len), Some(10), "{tools}");
        let name = format!("{}_KEY", kind.to_uppercase());
        use_every_tool(&node, &visitor, &name);
    }
}

/// A client that finds an answer at odds with the tool's schema fails.
fn use_every_tool(node: &Node, visitor: &Visitor, name: &str) {
    let call = |tool: &str, arguments: Value| {
        let answer = node.ask(&json!({"op": "call", "name": tool, "arguments": arguments}));
        assert!(!answer.to_string().contains(VALUE), "{tool}: {answer}");
        assert_ne!(answer["isError"], true, "{tool}: {answer}");
        answer["structuredContent"].clone()
    };
    let asked = call("request_secret", json!({"name": name}));
    let status = || {
        call(
            "secret_request_status",
            json!({"requestId": asked["requestId"]}),
        )
    };
    assert_eq!(status()["status"], "pending");
    enter(visitor, asked["url"].as_str().expect("a link"));
    assert_eq!(status()["status"], "fulfilled");

    let applications = call("list_applications", json!({}));
    assert_eq!(applications["applications"][0]["applicationId"], "web");
    let binding = json!({"applicationId": "web", "name": name, "as": "MAIL_KEY"});
    assert_eq!(call("bind_secret", binding)["envKey"], "MAIL_KEY");
    let secrets = call("list_org_secrets", json!({}));
    let secrets = secrets["secrets"].as_array().expect("a list");
    let kept = secrets
        .iter()
        .find(|secret| secret["name"] == name)
        .expect("it is there");
    assert_eq!(
        (&kept["usedByCount"], &kept["usedBy"][0]["app"]),
        (&json!(1), &json!("web"))
    );

    let project = json!({"version": 2, "name": "web", "secrets": [
        {"name": name, "as": "MAIL_KEY"}, {"name": name, "as": "OWN_KEY"}, "NOBODY_KEY"]});
    let reconcile = |is_dry_run: bool| {
        let arguments = json!({"project": project, "dryRun": is_dry_run});
        call("reconcile_project", arguments)
    };
    for (is_dry_run, step) in [(true, "set"), (false, "set"), (false, "keep")] {
        let done = reconcile(is_dry_run);
        assert_eq!(done["applied"], !is_dry_run);
        let plan = &done["plan"]["secrets"];
        let steps = ["keep", step, "missing"];
        for (binding, step) in plan["bindings"]
            .as_array()
            .expect("a list")
            .iter()
            .zip(steps)
        {
            assert_eq!(binding["step"], step, "{done}");
        }
        assert_eq!(plan["missing"], json!(["NOBODY_KEY"]));
    }
    let own = json!({"applicationId": "web", "vars": {"OWN_KEY": "mine", "PORT": "3000"}});
    call("set_env_vars", own);
    let done = reconcile(false);
    assert_eq!(
        done["plan"]["secrets"]["overridden"],
        json!([name]),
        "{done}"
    );
    let variables = call("list_env_vars", json!({"applicationId": "web"}));
    let source = |key: &str| {
        let all = variables["variables"].as_array().expect("a list");
        let found = all.iter().find(|variable| variable["key"] == key);
        found.expect("it is there")["source"].clone()
    };
    assert_eq!(source("MAIL_KEY"), "org-linked");
    assert_eq!(source("OWN_KEY"), "app-override");
    assert_eq!(source("PORT"), "app");
    let keys = json!({"applicationId": "web", "keys": ["MAIL_KEY", "OWN_KEY", "PORT"]});
    let deleted = call("delete_env_vars", keys);
    assert_eq!(deleted["deleted"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        call("delete_org_secret", json!({"name": name}))["affectedApps"],
        json!([])
    );
}

/// What a person does with the link.
#[track_caller]
fn enter(visitor: &Visitor, url: &str) {
    let page = visitor.visit(url).send().expect(200);
    let form = page.form("/auth/console/enter").fill("value", VALUE);
    visitor.submit(&form, &page.url).send().expect(200);
}

/// `--strict` fails where a client of another make could not use a schema.
fn the_inspectors_command_line_lists_and_calls_tools(engine: Engine) {
    let gatelet = setup(engine).start();
    let (visitor, _) = admin(&gatelet);
    let node = Node::start("mcp-client.mjs", &[]);
    let url = format!("{}{PATH}", gatelet.base_url());
    let token = token(&visitor, &SCOPES);
    let inspect = |token: &str, era: &str, more: &[&str]| {
        let authorization = format!("Authorization: Bearer {token}");
        let mut arguments = vec![url.as_str(), "--transport", "http", "--protocol-era", era];
        arguments.extend(["--stored-auth-only", "--header", &authorization]);
        arguments.extend(more);
        node.try_ask(&json!({"op": "inspect", "arguments": arguments}))
    };
    for era in ["legacy", "modern", "auto"] {
        let tools = inspect(&token, era, &["--method", "tools/list", "--strict"]);
        let tools = tools.expect("a list")["tools"].clone();
        let tools = tools.as_array().expect("a list");
        let names: Vec<_> = tools
            .iter()
            .filter_map(|tool| tool["name"].as_str())
            .collect();
        assert!(
            names.contains(&"request_secret") && names.len() == 10,
            "{names:?}"
        );
        let call = [
            "--method",
            "tools/call",
            "--tool-name",
            "request_secret",
            "--tool-arg",
        ];
        let asked = inspect(&token, era, &[&call[..], &["name=API_KEY"]].concat());
        let asked = asked.expect("a result");
        let link = asked["structuredContent"]["url"].as_str().expect("a link");
        assert!(link.contains("/auth/console/enter?token="), "{asked}");
        let wrong = inspect("gat_wrong", era, &["--method", "tools/list"]);
        wrong.expect_err("no token of ours");
    }
}
