//! Which messages are answered, and how.

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::{Value, json};

use super::{
    BOTH_WAYS, SCOPES, admin, at, call, listing, post, post_alone, setup, token, tool_error,
};

fn started() -> (Gatelet, Visitor, String) {
    let gatelet = setup(Engine::Sqlite).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &SCOPES);
    (gatelet, visitor, token)
}

#[test]
fn a_handshake_is_answered_and_no_session_is_begun() {
    let (_gatelet, visitor, token) = started();
    let hello = json!({"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}});
    let answer = post(&visitor, &token, &hello)
        .without("mcp-protocol-version")
        .send()
        .expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("mcp-session-id"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    let greeting = answer.json();
    assert_eq!(
        (&greeting["id"], &greeting["result"]["protocolVersion"]),
        (&json!("a"), &json!("2025-06-18"))
    );
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let taken = post(&visitor, &token, &ready)
        .header("mcp-session-id", "x")
        .send()
        .expect(202);
    assert_eq!(
        (taken.text().as_str(), taken.header("content-type")),
        ("", "")
    );
    let ping = json!({"jsonrpc": "2.0", "id": 2, "method": "ping"});
    let answer = post(&visitor, &token, &ping).send().expect(200);
    assert_eq!(
        answer.json(),
        json!({"jsonrpc": "2.0", "id": 2, "result": {}})
    );
}

#[test]
fn what_is_no_message_is_refused_by_its_code() {
    let (_gatelet, visitor, token) = started();
    let ping = r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"ping","params":{{"a":{}{}}}}}"#,
        "[".repeat(99),
        "]".repeat(99)
    );
    for (body, status, code) in [
        ("", 400, -32700),
        ("{", 400, -32700),
        (&format!("[{ping}]"), 400, -32600),
        ("[]", 400, -32600),
        (r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, 400, -32600),
        (
            r#"{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}"#,
            400,
            -32600,
        ),
        (&deep, 400, -32600),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"resources/list"}"#,
            200,
            -32601,
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}"#,
            200,
            -32602,
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"reveal"}}"#,
            200,
            -32602,
        ),
        (&format!("{ping}{}", " ".repeat(1024 * 1024)), 413, -32600),
    ] {
        let answer = post(&visitor, &token, &Value::Null)
            .body(body.to_owned())
            .send()
            .expect(status);
        assert_eq!(
            answer.json()["error"]["code"],
            code,
            "{}",
            answer.description()
        );
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    let typed = |content_type: &str| {
        let request = at(&visitor, Method::POST, Some(&token));
        request.header("content-type", content_type).body(ping)
    };
    typed("application/json; charset=utf-8").send().expect(200);
    typed("text/plain").send().expect(415);
    typed("application/json")
        .header("accept", "text/event-stream")
        .send()
        .expect(406);
}

#[test]
fn a_revision_that_is_not_spoken_is_refused_with_those_that_are() {
    let (_gatelet, visitor, token) = started();
    for version in ["2024-11-05", "2099-01-01", "x"] {
        let request = post(&visitor, &token, &listing()).without("mcp-protocol-version");
        let answer = request
            .header("mcp-protocol-version", version)
            .send()
            .expect(400);
        let error = answer.json()["error"].clone();
        assert_eq!(error["code"], -32022);
        assert_eq!(
            error["data"]["supported"],
            json!(["2026-07-28", "2025-11-25", "2025-06-18"])
        );
    }
}

#[test]
fn a_message_that_stands_alone_is_answered_where_field_and_body_agree() {
    let (_gatelet, visitor, token) = started();
    let asked = call("list_applications", json!({}));
    let answer = post_alone(&visitor, &token, &asked)
        .send()
        .expect(200)
        .json();
    let result = &answer["result"];
    assert_eq!(result["resultType"], "complete");
    assert_eq!(
        result["structuredContent"]["applications"][0]["applicationId"],
        "web"
    );
    let listed = post_alone(&visitor, &token, &listing())
        .send()
        .expect(200)
        .json();
    assert!(listed["result"]["ttlMs"].is_u64());
    let discover = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {}});
    let about = post_alone(&visitor, &token, &discover)
        .send()
        .expect(200)
        .json();
    assert_eq!(about["result"]["capabilities"], json!({"tools": {}}));
    for (field, instead) in [
        ("mcp-method", "tools/list"),
        ("mcp-method", ""),
        ("mcp-name", "list_org_secrets"),
        ("mcp-name", ""),
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-protocol-version", ""),
    ] {
        let request = post_alone(&visitor, &token, &asked).without(field);
        let request = match instead {
            "" => request,
            value => request.header(field, value),
        };
        let answer = request.send().expect(400);
        assert_eq!(answer.json()["error"]["code"], -32020, "{field}: {instead}");
    }
    let bare = post(&visitor, &token, &asked).without("mcp-protocol-version");
    let bare = bare
        .header("mcp-protocol-version", "2026-07-28")
        .send()
        .expect(400);
    assert_eq!(bare.json()["error"]["code"], -32602);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}});
    let answer = post_alone(&visitor, &token, &ping).send().expect(404);
    assert_eq!(answer.json()["error"]["code"], -32601);
}

#[test]
fn a_value_in_an_argument_is_refused_and_stands_nowhere() {
    let (gatelet, visitor, token) = started();
    let value = "sk-hunter2-hunter2-hunter2";
    for asked in [
        call("request_secret", json!({"name": "API_KEY", "value": value})),
        call("request_secret", json!({"name": value})),
        call(
            "bind_secret",
            json!({"applicationId": "web", "name": "API_KEY", "secret": value}),
        ),
        call("secret_request_status", json!({"requestId": [value]})),
        call("list_org_secrets", json!(value)),
        call(
            "set_env_vars",
            json!({"applicationId": "web", "vars": {"A": [value]}}),
        ),
    ] {
        for send in BOTH_WAYS {
            let answer = send(&visitor, &token, &asked).send().expect(200);
            assert!(!answer.text().contains(value), "{}", answer.description());
            let (code, message) = tool_error(&answer);
            assert_eq!(code, "invalid", "{message}");
        }
    }
    let unknown = call(value, json!({}));
    let answer = post(&visitor, &token, &unknown).send().expect(200);
    assert!(!answer.text().contains(value));
    assert!(!gatelet.log().contains(value));
}

#[test]
fn what_the_vault_refuses_is_told_to_the_agent() {
    let (_gatelet, visitor, token) = started();
    for (asked, code) in [
        (
            call(
                "bind_secret",
                json!({"applicationId": "web", "name": "NOBODY_KEY"}),
            ),
            "not_found",
        ),
        (
            call("list_env_vars", json!({"applicationId": "nowhere"})),
            "not_found",
        ),
        (
            call("delete_org_secret", json!({"name": "NOBODY_KEY"})),
            "not_found",
        ),
    ] {
        let answer = post(&visitor, &token, &asked).send().expect(200);
        assert_eq!(tool_error(&answer).0, code, "{}", answer.description());
    }
}

#[test]
fn a_vault_without_a_key_names_the_variable_that_is_missing() {
    let gatelet = Setup::new(Engine::Sqlite).start();
    let (visitor, _) = admin(&gatelet);
    let token = token(&visitor, &SCOPES);
    for asked in [
        call("request_secret", json!({"name": "API_KEY"})),
        call("list_org_secrets", json!({})),
        call(
            "reconcile_project",
            json!({"applicationId": "web", "project": {"version": 2}}),
        ),
    ] {
        let answer = post(&visitor, &token, &asked).send().expect(200);
        let (code, message) = tool_error(&answer);
        assert_eq!(code, "not_configured");
        assert!(message.contains("SECRETS_ENC_KEY"), "{message}");
    }
    post(&visitor, &token, &listing()).send().expect(200);
}
