//! The endpoint at which agents call the vault's tools.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::response::Response;
use gatelet_tests::secrets;
use gatelet_tests::visitor::{Request, Visitor};
use http::Method;
use serde_json::{Value, json};

mod agents;
mod clients;
mod messages;
mod pages;

const PATH: &str = "/auth/mcp";
const SCOPES: [&str; 3] = ["secrets:names", "secrets:request", "env:write"];

/// A vault with a key, and an application of the name `web`.
fn setup(engine: Engine) -> Setup {
    let mut key = [0; 32];
    getrandom::fill(&mut key).expect("random bytes");
    let key = BASE64_URL_SAFE_NO_PAD.encode(key);
    secrets::remember(&key);
    Setup::new(engine)
        .variable("secrets_enc_key", &key)
        .variable("app_name", "web")
}

/// Somebody signed in, who is an admin.
#[track_caller]
fn admin(gatelet: &Gatelet) -> (Visitor, Account) {
    let (visitor, account) = signed_in(gatelet);
    let groups = run(gatelet, &["groups", "list", "--json"]);
    if !groups.contains("\"admins\"") {
        run(gatelet, &["groups", "create", "admins"]);
    }
    run(gatelet, &["groups", "add", "admins", &account.email]);
    (visitor, account)
}

/// A token with these scopes, made at the page for that.
#[track_caller]
fn token(admin: &Visitor, scopes: &[&str]) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("agent {}", COUNT.fetch_add(1, Ordering::Relaxed));
    let path = "/auth/console/agents";
    let page = admin.visit(path).send().expect(200);
    let mut form = page.form_with(path, "act", "create");
    form.fields.retain(|(name, _)| !name.contains(':'));
    form = form.fill("name", &name).fill("days", "7");
    for scope in scopes {
        form = form.fill(scope, "on");
    }
    let made = admin.submit(&form, &page.url).send().expect(201).text();
    let from = made.find("<code>gat_").expect("a token") + "<code>".len();
    let token = made[from..].split('<').next().expect("its end").to_owned();
    secrets::remember(&token);
    token
}

/// Somebody at the endpoint, without cookies.
fn at<'a>(visitor: &'a Visitor, method: Method, token: Option<&str>) -> Request<'a> {
    let request = visitor.request(method, PATH).without_cookies();
    match token {
        Some(token) => request.header("authorization", &format!("Bearer {token}")),
        None => request,
    }
}

/// A message as clients of the revisions with a handshake send one.
fn post<'a>(visitor: &'a Visitor, token: &str, message: &Value) -> Request<'a> {
    at(visitor, Method::POST, Some(token))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .body(message.to_string())
}

/// A message that stands alone, of revision 2026-07-28.
fn post_alone<'a>(visitor: &'a Visitor, token: &str, message: &Value) -> Request<'a> {
    let mut message = message.clone();
    message["params"]["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let method = message["method"].as_str().expect("a method").to_owned();
    let request = post(visitor, token, &message)
        .without("mcp-protocol-version")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", &method);
    match message["params"]["name"].as_str() {
        Some(name) => request.header("mcp-name", name),
        None => request,
    }
}

/// Sends a message in the older way, or in the newer one.
type Post = for<'a> fn(&'a Visitor, &str, &Value) -> Request<'a>;
const BOTH_WAYS: [Post; 2] = [post, post_alone];

fn call(name: &str, arguments: Value) -> Value {
    let params = json!({"name": name, "arguments": arguments});
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
}

fn listing() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}})
}

/// The error of a tool: its code and line.
#[track_caller]
fn tool_error(answer: &Response) -> (String, String) {
    let result = answer.json()["result"].clone();
    assert_eq!(result["isError"], true, "{}", answer.description());
    let text = result["content"][0]["text"].as_str().expect("a text");
    let error: Value = serde_json::from_str(text).expect("JSON");
    let part = |name: &str| error[name].as_str().expect("a text").to_owned();
    (part("code"), part("message"))
}
