//! A stand-in for WorkOS, and an app with WorkOS's own SDK to stand behind Gatelet.

use serde_json::{Value, json};

use crate::gatelet::Setup;
use crate::node::Node;
use crate::response::Response;
use crate::secrets;
use crate::visitor::Visitor;

/// The cookie.
pub const COOKIE: &str = "wos-session";
const CLIENT_ID: &str = "client_of_the_tests";
const API_KEY: &str = "sk_w0rkos-key-of-tests-0123456789";
const PASSWORD: &str = "w0rkos-c00kie-passw0rd-of-tests-0123456789";

/// Both of them.
#[derive(Debug)]
pub struct WorkOsApp {
    node: Node,
}

impl WorkOsApp {
    /// Starts them.
    pub fn start() -> Self {
        secrets::remember(API_KEY);
        secrets::remember(PASSWORD);
        let said = json!({ "clientId": CLIENT_ID, "apiKey": API_KEY, "password": PASSWORD });
        let node = Node::start("workos-app.mjs", &[&said.to_string()]);
        Self { node }
    }

    /// A Gatelet in front of the app.
    #[must_use]
    pub fn behind(&self, setup: Setup) -> Setup {
        setup
            .variable("auth_backend", "workos")
            .variable("workos_client_id", CLIENT_ID)
            .variable("workos_api_key", API_KEY)
            .variable("workos_cookie_password", PASSWORD)
            .variable("workos_url", self.api())
            .variable("provider_hosts", "http://127.0.0.1:*")
            .variable("upstream", self.url())
            .variable("public_paths", "/login, /open")
            .variable("sign_in_url", "/login")
    }

    /// What an app of it has in its environment.
    #[must_use]
    pub fn environment(&self, setup: Setup) -> Setup {
        setup
            .environment("WORKOS_CLIENT_ID", CLIENT_ID)
            .environment("WORKOS_API_KEY", API_KEY)
            .environment("WORKOS_COOKIE_PASSWORD", PASSWORD)
            .variable("workos_url", self.api())
            .variable("provider_hosts", "http://127.0.0.1:*")
    }

    /// Where the app listens.
    pub fn url(&self) -> &str {
        self.node.greeting()["url"].as_str().expect("a URL")
    }

    /// Where the stand-in's API is.
    pub fn api(&self) -> &str {
        self.node.greeting()["api"].as_str().expect("a URL")
    }

    /// Signs in at the app, by its SDK.
    #[track_caller]
    pub fn sign_in(visitor: &Visitor, email: &str) -> Response {
        visitor
            .get(&format!("/login?email={email}"))
            .send()
            .expect(200)
    }

    /// From now on: `seconds` of an access token, `delay` of an exchange in milliseconds,
    /// `away`.
    pub fn set(&self, what: &Value) {
        self.node.ask(&json!({ "set": what }));
    }

    /// How many refresh tokens were brought, and how many of them refused.
    pub fn counts(&self) -> (u64, u64) {
        let counts = self.node.ask(&json!({ "counts": true }));
        let number = |name: &str| counts[name].as_u64().expect("a number");
        (number("exchanges"), number("refused"))
    }

    /// Ends every session.
    pub fn revoke(&self) {
        self.node.ask(&json!({ "revoke": true }));
    }

    /// Signs with another key from now on.
    pub fn rotate_keys(&self) {
        self.node.ask(&json!({ "rotate": true }));
    }

    /// How many sessions there are.
    pub fn live(&self) -> u64 {
        let live = self.node.ask(&json!({ "live": true }));
        live.as_u64().expect("a number")
    }

    /// A cookie that is wrong in one way.
    pub fn wrong(&self, kind: &str, email: &str) -> String {
        let sealed = self.node.ask(&json!({ "wrong": kind, "email": email }));
        sealed.as_str().expect("a cookie").to_owned()
    }
}
