use gatelet_core::Head;
use gatelet_secrets::tools::Tool;

use super::*;

const JSON: &str = "content-type:application/json\naccept:application/json, text/event-stream\n";
const ALL: [Revision; 3] = Revision::ALL;

fn received(fields: &str, body: &[u8]) -> Received {
    receive(
        &Fields::of(&Head {
            method: "POST",
            target: "/auth/mcp",
            authority: "app.example.com",
            tls: true,
            peer: "",
            fields: fields.as_bytes(),
        }),
        body,
    )
}

fn answered(fields: &str, body: &[u8]) -> Reply {
    match received(fields, body) {
        Received::Answered(reply) => reply,
        Received::Called(call) => panic!("{call:?}"),
    }
}

/// A request that is right by its revision, and the fields beside it.
fn request(revision: Revision, method: &str, mut params: Value) -> (String, Value) {
    let mut fields = format!("{JSON}mcp-protocol-version:{}\n", revision.as_str());
    if !revision.has_handshake() {
        fields.push_str(&format!("mcp-method:{method}\n"));
        if let Some(name) = params["name"].as_str() {
            fields.push_str(&format!("mcp-name:{name}\n"));
        }
        params["_meta"] = json!({META_REVISION: revision.as_str(), META_CAPABILITIES: {}});
    }
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
    (fields, body)
}

fn asked(revision: Revision, method: &str, params: Value) -> Reply {
    let (fields, body) = request(revision, method, params);
    answered(&fields, body.to_string().as_bytes())
}

fn result(revision: Revision, method: &str, params: Value) -> Value {
    let reply = asked(revision, method, params);
    let mut body = reply.body.expect("a document");
    assert_eq!((reply.status, &body["id"]), (200, &json!(7)), "{body}");
    body["result"].take()
}

/// Status and code of a refusal.
fn refused(fields: &str, body: &str) -> (u16, i64) {
    let reply = answered(fields, body.as_bytes());
    let body = reply.body.expect("a document");
    assert!(body.get("result").is_none(), "{body}");
    (reply.status, body["error"]["code"].as_i64().unwrap())
}

fn refused_of((fields, body): (String, Value)) -> (u16, i64) {
    refused(&fields, &body.to_string())
}

#[test]
fn a_program_with_a_handshake_is_greeted_in_its_revision_or_the_last_one() {
    for (asked, agreed) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
    ] {
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": "initialize",
            "params": {"protocolVersion": asked, "capabilities": {}, "clientInfo": {}}});
        let body = answered(JSON, body.to_string().as_bytes()).body.unwrap();
        let result = &body["result"];
        assert_eq!(result["protocolVersion"], agreed, "{asked}");
        assert_eq!(result["capabilities"], json!({"tools": {}}));
        assert_eq!(result["serverInfo"]["name"], "gatelet");
        assert!(
            result["instructions"]
                .as_str()
                .unwrap()
                .contains("never passes")
        );
    }
    for params in [json!({}), json!({"protocolVersion": 1})] {
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": params});
        assert_eq!(refused(JSON, &body.to_string()), (200, -32602));
    }
}

#[test]
fn notifications_and_responses_are_taken_without_a_word() {
    for body in [
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}),
        json!({"jsonrpc": "2.0", "method": "unheard/of"}),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": ""}}),
    ] {
        for version in [
            "",
            "mcp-protocol-version:2025-11-25\n",
            "mcp-protocol-version:2025-06-18\n",
        ] {
            let reply = answered(&format!("{JSON}{version}"), body.to_string().as_bytes());
            assert_eq!(reply, Reply::taken(), "{body}");
        }
    }
    let modern = format!("{JSON}mcp-protocol-version:2026-07-28\n");
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/x"}"#;
    assert_eq!(answered(&modern, notification.as_bytes()), Reply::taken());
    let lying = format!("{modern}mcp-method:tools/call\n");
    assert_eq!(refused(&lying, notification), (400, -32020));
    let unspoken = format!("{JSON}mcp-protocol-version:2024-11-05\n");
    assert_eq!(refused(&unspoken, notification), (400, -32022));
    let response = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
    assert_eq!(refused(&modern, response), (400, -32600));
}

#[test]
fn tools_are_listed_in_every_revision_on_one_page() {
    for revision in ALL {
        for params in [json!({}), json!({"cursor": null})] {
            let result = result(revision, "tools/list", params);
            assert_eq!(result["tools"].as_array().unwrap().len(), Tool::ALL.len());
            assert_eq!(result.get("nextCursor"), None);
            let is_cacheable = result["ttlMs"].is_u64() && result["cacheScope"] == "public";
            assert_eq!(is_cacheable, !revision.has_handshake());
            assert_eq!(
                result["resultType"] == "complete",
                !revision.has_handshake()
            );
        }
        let (fields, body) = request(revision, "tools/list", json!({"cursor": "2"}));
        assert_eq!(refused(&fields, &body.to_string()), (200, -32602));
    }
    // Without the field: as old as can be.
    let body = br#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#;
    assert!(answered(JSON, body).body.unwrap()["result"]["tools"].is_array());
}

#[test]
fn each_revision_has_its_methods_and_no_others() {
    for revision in ALL {
        let missing = if revision.has_handshake() { 200 } else { 404 };
        for method in [
            "resources/list",
            "prompts/get",
            "logging/setLevel",
            "subscriptions/listen",
            "",
            "tools/Call",
        ] {
            let refusal = refused_of(request(revision, method, json!({})));
            assert_eq!(refusal, (missing, -32601), "{revision:?} {method}");
        }
    }
    assert_eq!(result(Revision::V2025_11_25, "ping", json!({})), json!({}));
    let discovered = result(Revision::V2026_07_28, "server/discover", json!({}));
    assert_eq!(discovered["supportedVersions"], json!(["2026-07-28"]));
    assert_eq!(discovered["capabilities"], json!({"tools": {}}));
    let server = &discovered["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(server["name"], "gatelet");
    for method in ["ping", "initialize"] {
        let refusal = refused_of(request(Revision::V2026_07_28, method, json!({})));
        assert_eq!(refusal, (404, -32601), "{method}");
    }
    let old = refused_of(request(Revision::V2025_06_18, "server/discover", json!({})));
    assert_eq!(old, (200, -32601));
}

#[test]
fn a_call_names_a_tool_that_is_there() {
    for revision in ALL {
        let arguments = json!({"name": "API_KEY"});
        let params = json!({"name": "request_secret", "arguments": arguments});
        let (fields, body) = request(revision, "tools/call", params);
        let Received::Called(call) = received(&fields, body.to_string().as_bytes()) else {
            panic!("a call");
        };
        assert_eq!(call.tool(), Tool::RequestSecret);
        assert!(call.read().is_ok());
        let refusal = refused_of(request(revision, "tools/call", json!({"name": "reveal"})));
        assert_eq!(refusal, (200, -32602));
        for params in [json!({}), json!({"name": 7}), json!({"name": null})] {
            let refusal = refused_of(request(revision, "tools/call", params));
            assert_eq!(refusal, (200, -32602));
        }
    }
}

#[test]
fn arguments_that_are_missing_or_wrong_are_for_the_model() {
    let call = |params: Value| {
        let (fields, body) = request(Revision::V2025_11_25, "tools/call", params);
        match received(&fields, body.to_string().as_bytes()) {
            Received::Called(call) => call.read().map(|_| ()),
            Received::Answered(reply) => panic!("{reply:?}"),
        }
    };
    assert!(call(json!({"name": "list_applications"})).is_ok());
    assert!(call(json!({"name": "list_applications", "arguments": null})).is_ok());
    for arguments in [json!([]), json!("x"), json!({"x": 1}), json!({})] {
        let error = call(json!({"name": "request_secret", "arguments": arguments}));
        assert!(error.unwrap_err().message.starts_with("request_secret"));
    }
}

#[test]
fn field_and_body_agree_or_the_message_is_refused() {
    let modern = Revision::V2026_07_28;
    let params = || json!({"name": "request_secret", "arguments": {"name": "A"}});
    let (good, body) = request(modern, "tools/call", params());
    let body = body.to_string();
    assert!(matches!(
        received(&good, body.as_bytes()),
        Received::Called(_)
    ));
    let encoded = good.replace(
        "mcp-name:request_secret",
        "mcp-name:=?base64?cmVxdWVzdF9zZWNyZXQ=?=",
    );
    assert!(matches!(
        received(&encoded, body.as_bytes()),
        Received::Called(_)
    ));
    for (line, instead) in [
        ("mcp-protocol-version:2026-07-28\n", ""),
        (
            "mcp-protocol-version:2026-07-28\n",
            "mcp-protocol-version:2025-11-25\n",
        ),
        (
            "mcp-protocol-version:2026-07-28\n",
            "mcp-protocol-version:1900-01-01\n",
        ),
        (
            "mcp-protocol-version:2026-07-28\n",
            "mcp-protocol-version:2026-07-28\nmcp-protocol-version:2026-07-28\n",
        ),
        ("mcp-method:tools/call\n", ""),
        ("mcp-method:tools/call\n", "mcp-method:tools/list\n"),
        ("mcp-method:tools/call\n", "mcp-method:Tools/Call\n"),
        (
            "mcp-method:tools/call\n",
            "mcp-method:tools/call\nmcp-method:tools/call\n",
        ),
        ("mcp-name:request_secret\n", ""),
        ("mcp-name:request_secret\n", "mcp-name:list_org_secrets\n"),
        (
            "mcp-name:request_secret\n",
            "mcp-name:request_secret\u{e9}\n",
        ),
        ("mcp-name:request_secret\n", "mcp-name:=?base64?x?=\n"),
    ] {
        let fields = good.replace(line, instead);
        assert_ne!(fields, good);
        assert_eq!(refused(&fields, &body), (400, -32020), "{instead:?}");
    }
}

#[test]
fn a_message_that_stands_alone_says_what_it_must() {
    let (fields, body) = request(Revision::V2026_07_28, "tools/list", json!({}));
    for meta in [
        json!(null),
        json!({}),
        json!([]),
        json!({META_REVISION: "2026-07-28"}),
        json!({META_REVISION: "2026-07-28", META_CAPABILITIES: []}),
        json!({META_REVISION: 1, META_CAPABILITIES: {}}),
        json!({META_CAPABILITIES: {}}),
    ] {
        let mut body = body.clone();
        body["params"]["_meta"] = meta.clone();
        assert_eq!(refused(&fields, &body.to_string()), (400, -32602), "{meta}");
    }
}

#[test]
fn a_revision_that_is_not_spoken_is_refused_with_those_that_are() {
    for version in ["2024-11-05", "2025-03-26", "2099-01-01", "x", ""] {
        let fields = format!("{JSON}mcp-protocol-version:{version}\n");
        for params in [
            json!({}),
            json!({"_meta": {META_REVISION: version, META_CAPABILITIES: {}}}),
        ] {
            let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": params});
            let reply = answered(&fields, body.to_string().as_bytes());
            let body = reply.body.unwrap();
            assert_eq!(
                (reply.status, &body["error"]["code"]),
                (400, &json!(-32022))
            );
            assert_eq!(body["id"], 7);
            let supported = body["error"]["data"]["supported"].as_array().unwrap();
            assert_eq!(supported.len(), ALL.len());
        }
    }
}

#[test]
fn what_is_no_message_is_refused_by_its_fault() {
    let ping = r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    assert_eq!(answered(JSON, ping.as_bytes()).status, 200);
    for (body, refusal) in [
        ("", (400, -32700)),
        ("{", (400, -32700)),
        ("name=API_KEY", (400, -32700)),
        ("[]", (400, -32600)),
        (&format!("[{ping}]"), (400, -32600)),
        ("7", (400, -32600)),
        (r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, (400, -32600)),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            (400, -32600),
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","method":"x"}"#,
            (400, -32600),
        ),
        (
            r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}"#,
            (200, -32602),
        ),
    ] {
        assert_eq!(refused(JSON, body), refusal, "{body}");
    }
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":7,"method":"ping","params":{{"a":{}{}}}}}"#,
        "[".repeat(40),
        "]".repeat(40)
    );
    assert_eq!(refused(JSON, &deep), (400, -32600));
    let long = format!("{ping}{}", " ".repeat(BODY_MAX_BYTES));
    assert_eq!(refused(JSON, &long), (413, -32600));
    assert_eq!(refused("content-type:text/plain\n", ping), (415, -32600));
    assert_eq!(refused("", ping), (415, -32600));
    let streams = "content-type:application/json\naccept:text/event-stream\n";
    assert_eq!(refused(streams, ping), (406, -32600));
}

#[test]
fn nothing_of_a_message_is_repeated_but_its_id() {
    let secret = "sk-hunter2";
    for body in [
        json!({"jsonrpc": "2.0", "id": 7, "method": secret, "params": {}}),
        json!({"jsonrpc": secret, "id": 7, "method": "ping"}),
        json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": secret}}),
        json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": [secret]}),
        json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"cursor": secret}}),
        json!({"jsonrpc": "2.0", "id": 7, "method": "initialize", "params": {"protocolVersion": secret}}),
        json!([secret]),
        json!(secret),
    ] {
        for version in [
            "",
            "mcp-protocol-version:2025-11-25\n",
            "mcp-protocol-version:sk-hunter2\n",
        ] {
            let fields = format!("{JSON}{version}mcp-method:{secret}\nmcp-name:{secret}\n");
            let reply = answered(&fields, body.to_string().as_bytes());
            let said = reply.body.unwrap().to_string();
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
