//! What do a thousand secrets and a thousand applications cost whoever asks for names? As
//! an agent asks: by the endpoint, over HTTP.

use std::time::Instant;

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::visitor::Visitor;
use http::Method;
use serde_json::{Value, json};

use super::Effort;
use super::browser::Browser;
use super::paced::Latencies;
use super::served::{ENGINES, FRESH_SECONDS, Shared, Way};
use super::spread::Spread;

/// Secrets, and applications.
pub(crate) const COUNT: usize = 1000;
/// Names that a project declares.
pub(crate) const DECLARED: usize = 50;
/// Of each call, in a round.
const TIMES: usize = 20;

/// On one engine, in milliseconds at the median of a round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vault {
    pub(crate) engine: &'static str,
    /// What the targets of the two are called.
    pub(crate) called: [&'static str; 2],
    /// `list_org_secrets`.
    pub(crate) list_ms: Spread,
    /// `reconcile_project`, of which every secret is written.
    pub(crate) reconcile_ms: Spread,
}

pub(crate) fn measure(shared: &Shared, effort: Effort) -> Vec<Vault> {
    let on = |(name, engine)| on(name, engine, shared, effort);
    ENGINES.map(on).into()
}

fn on(name: &'static str, engine: Engine, shared: &Shared, effort: Effort) -> Vault {
    let key = "1Ycs7g2vN0ZfV9zqU0fF3J8pQb4xkqQm0v1cW5yBz2E";
    let setup = shared
        .setup(engine, Way::Gate, FRESH_SECONDS)
        .variable("secrets_enc_key", key);
    let gatelet = shared.start_as(setup, Way::Gate);
    let (visitor, account) = signed_in(&gatelet);
    gatelet.setup().run(&["groups", "create", "admins"]);
    run(&gatelet, &["groups", "add", "admins", &account.email]);
    fill(&gatelet, &visitor);
    let agent = Agent {
        visitor: gatelet.visitor(),
        token: token(&visitor),
    };
    let declared: Vec<String> = (0..DECLARED).map(secret).collect();
    let project = json!({"version": 2, "secrets": declared});
    let (mut list, mut reconcile) = (Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        let (mut listed, mut reconciled) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            let (took, answer) = agent.call("list_org_secrets", json!({}));
            listed.push(took);
            assert!(answer.to_string().contains("SECRET_0999"), "all of them");
            let app = application(0);
            let arguments = json!({"applicationId": app, "project": project});
            let (took, answer) = agent.call("reconcile_project", arguments);
            reconciled.push(took);
            let set = &answer["structuredContent"]["plan"]["secrets"]["set"];
            assert_eq!(set.as_array().map(Vec::len), Some(DECLARED), "{answer}");
            agent.call(
                "delete_env_vars",
                json!({"applicationId": app, "keys": declared}),
            );
        }
        list.push(Latencies::of(listed).percentile(50.0));
        reconcile.push(Latencies::of(reconciled).percentile(50.0));
    }
    Vault {
        engine: name,
        called: match engine {
            Engine::Sqlite => [
                "1,000 secrets listed on SQLite, ms",
                "50 names reconciled on SQLite, ms",
            ],
            Engine::Postgres => [
                "1,000 secrets listed on Postgres, ms",
                "50 names reconciled on Postgres, ms",
            ],
        },
        list_ms: Spread::of(list),
        reconcile_ms: Spread::of(reconcile),
    }
}

fn secret(number: usize) -> String {
    format!("SECRET_{number:04}")
}

fn application(number: usize) -> String {
    format!("app-{number:04}")
}

/// By the pages' forms.
fn fill(gatelet: &Gatelet, visitor: &Visitor) {
    let path = "/auth/console/secrets";
    let page = visitor.visit(path).send().expect(200);
    let form = page.form_with(path, "act", "put").fill("value", "a value");
    let mut browser = Browser::on(gatelet, visitor, &page, "");
    for number in 0..COUNT {
        let form = form.clone().fill("name", &secret(number)).encoded();
        assert_eq!(browser.submit(path, &form).status, 303, "a secret");
    }
    let path = "/auth/console/applications";
    let page = visitor.visit(path).send().expect(200);
    let form = page.form(path);
    for number in 0..COUNT {
        let form = form.clone().fill("name", &application(number)).encoded();
        assert_eq!(browser.submit(path, &form).status, 303, "an application");
    }
}

/// An agent's, made at the page for that.
fn token(visitor: &Visitor) -> String {
    let path = "/auth/console/agents";
    let page = visitor.visit(path).send().expect(200);
    let mut form = page.form_with(path, "act", "create");
    form.fields.retain(|(name, _)| !name.contains(':'));
    form = form.fill("name", "bench").fill("days", "7");
    for scope in ["secrets:names", "env:write"] {
        form = form.fill(scope, "on");
    }
    let made = visitor.submit(&form, &page.url).send().expect(201).text();
    let from = made.find("<code>gat_").expect("a token") + "<code>".len();
    made[from..].split('<').next().expect("its end").to_owned()
}

struct Agent {
    visitor: Visitor,
    token: String,
}

impl Agent {
    /// How long it took, in milliseconds, and the tool's result.
    fn call(&self, tool: &str, arguments: Value) -> (f64, Value) {
        let params = json!({"name": tool, "arguments": arguments});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let request = self
            .visitor
            .request(Method::POST, "/auth/mcp")
            .without_cookies()
            .header("authorization", &format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .body(message.to_string());
        let start = Instant::now();
        let answer = request.send().expect(200);
        let took = start.elapsed().as_secs_f64() * 1e3;
        let result = answer.json()["result"].clone();
        assert_eq!(result["isError"], false, "{result}");
        (took, result)
    }
}
