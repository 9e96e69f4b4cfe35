//! How does a person with a browser go through the pages? Chromium, one empty
//! profile a person, driven by `tests/node/browser.mjs`.

use std::sync::{Arc, Mutex, Weak};

use serde_json::{Value, json};

use crate::node::Node;
use crate::repository;

/// Somebody with an empty browser profile.
#[derive(Debug)]
pub struct Person {
    browser: Arc<Node>,
    id: Value,
}

/// A tab of theirs.
#[derive(Debug)]
pub struct Tab {
    browser: Arc<Node>,
    id: Value,
}

impl Person {
    /// A person with an ordinary desktop window.
    pub fn new() -> Self {
        Self::with(&json!({ "viewport": { "width": 1280, "height": 800 } }))
    }

    /// A person with playwright's context options: `javaScriptEnabled`,
    /// `colorScheme`, `viewport`, `ignoreHTTPSErrors`.
    pub fn with(options: &Value) -> Self {
        let browser = browser();
        let id = browser.ask(&json!({ "op": "person", "options": options }));
        Self { browser, id }
    }

    /// Opens a tab.
    pub fn tab(&self) -> Tab {
        Tab {
            browser: self.browser.clone(),
            id: self.browser.ask(&json!({ "op": "tab", "person": self.id })),
        }
    }

    /// All cookies, as the browser's tools show them.
    pub fn cookies(&self) -> Vec<Value> {
        let cookies = self
            .browser
            .ask(&json!({ "op": "cookies", "person": self.id }));
        cookies.as_array().cloned().unwrap_or_default()
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _gone = self
            .browser
            .try_ask(&json!({ "op": "leave", "person": self.id }));
    }
}

/// A simulated authenticator, by Chromium's options for it.
#[derive(Clone, Debug)]
pub struct Authenticator(pub Value);

impl Authenticator {
    /// A device's own, which is backed up; whether it knows its owner when it asks.
    #[must_use]
    pub fn device(verified: bool) -> Self {
        Self(json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": verified,
            "automaticPresenceSimulation": true,
            "defaultBackupEligibility": true,
            "defaultBackupState": true,
        }))
    }

    /// A key on a ring: it keeps nothing and asks nobody who they are.
    #[must_use]
    pub fn security_key() -> Self {
        Self(json!({
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": false,
            "hasUserVerification": false,
            "automaticPresenceSimulation": true,
        }))
    }
}

/// One that a tab has.
#[derive(Clone, Debug)]
pub struct AuthenticatorId(Value);

impl Tab {
    /// Plugs an authenticator in.
    #[track_caller]
    pub fn authenticator(&self, authenticator: &Authenticator) -> AuthenticatorId {
        let Authenticator(options) = authenticator;
        AuthenticatorId(self.ask("authenticator", json!({ "options": options })))
    }

    /// How many credentials it keeps.
    #[track_caller]
    pub fn credentials(&self, authenticator: &AuthenticatorId) -> usize {
        let AuthenticatorId(id) = authenticator;
        let all = self.ask("credentials", json!({ "authenticator": id }));
        all.as_array().map_or(0, Vec::len)
    }

    /// Whether it knows its owner, when it asks.
    #[track_caller]
    pub fn verify_user(&self, authenticator: &AuthenticatorId, verified: bool) {
        let AuthenticatorId(id) = authenticator;
        self.ask(
            "verify_user",
            json!({ "authenticator": id, "verified": verified }),
        );
    }

    /// Whether somebody touches it when it asks.
    #[track_caller]
    pub fn touch(&self, authenticator: &AuthenticatorId, enabled: bool) {
        let AuthenticatorId(id) = authenticator;
        self.ask("touch", json!({ "authenticator": id, "enabled": enabled }));
    }

    /// Waits until the tab is at a URL that ends so.
    #[track_caller]
    pub fn wait_for_url(&self, ending: &str) {
        self.ask("wait_for_url", json!({ "ending": ending }));
    }

    /// Presses what the selector finds.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.ask("click", json!({ "selector": selector }));
    }

    #[track_caller]
    fn ask(&self, op: &str, more: Value) -> Value {
        let mut question = json!({ "op": op, "tab": self.id });
        if let (Some(question), Value::Object(more)) = (question.as_object_mut(), more) {
            question.extend(more);
        }
        self.browser.ask(&question)
    }

    #[track_caller]
    fn text_of(&self, op: &str, more: Value) -> String {
        let answer = self.ask(op, more);
        answer.as_str().unwrap_or_default().to_owned()
    }

    /// Goes to a URL; gives the status.
    #[track_caller]
    pub fn go(&self, url: &str) -> u64 {
        let status = self.ask("goto", json!({ "url": url }));
        status.as_u64().unwrap_or_default()
    }

    /// Types into the field that the selector finds.
    #[track_caller]
    pub fn fill(&self, selector: &str, value: &str) {
        self.ask("fill", json!({ "selector": selector, "value": value }));
    }

    /// Presses a button and waits for the page that follows.
    #[track_caller]
    pub fn submit(&self, selector: &str) {
        self.ask("submit", json!({ "selector": selector }));
    }

    /// Presses a key, such as `Tab` or `Enter`.
    #[track_caller]
    pub fn press(&self, key: &str) {
        self.ask("press", json!({ "key": key }));
    }

    /// Waits for an element.
    #[track_caller]
    pub fn wait(&self, selector: &str) {
        self.ask("wait", json!({ "selector": selector }));
    }

    /// How many elements the selector finds.
    #[track_caller]
    pub fn count(&self, selector: &str) -> u64 {
        let count = self.ask("count", json!({ "selector": selector }));
        count.as_u64().unwrap_or_default()
    }

    /// The visible text of an element.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        self.text_of("text", json!({ "selector": selector }))
    }

    /// What a field holds.
    #[track_caller]
    pub fn value(&self, selector: &str) -> String {
        self.text_of("value", json!({ "selector": selector }))
    }

    /// Where the tab is.
    #[track_caller]
    pub fn url(&self) -> String {
        self.text_of("url", json!({}))
    }

    /// The page's title.
    #[track_caller]
    pub fn title(&self) -> String {
        self.text_of("title", json!({}))
    }

    /// The status of the page.
    #[track_caller]
    pub fn status(&self) -> u64 {
        self.ask("status", json!({})).as_u64().unwrap_or_default()
    }

    /// The back button.
    #[track_caller]
    pub fn back(&self) {
        self.ask("back", json!({}));
    }

    /// The reload button.
    #[track_caller]
    pub fn reload(&self) {
        self.ask("reload", json!({}));
    }

    /// Runs a script in the page.
    #[track_caller]
    pub fn evaluate(&self, expression: &str) -> Value {
        self.ask("evaluate", json!({ "expression": expression }))
    }

    /// What the page has written to the console, errors and policy breaches too.
    #[track_caller]
    pub fn console(&self) -> Vec<String> {
        let lines = self.ask("console", json!({}));
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .filter_map(|line| line.as_str().map(str::to_owned))
            .collect()
    }

    /// Looks at the page in a window of this width, in pixels, by `light` or `dark`.
    #[track_caller]
    pub fn look(&self, width: u32, color_scheme: &str) {
        self.ask(
            "look",
            json!({ "width": width, "colorScheme": color_scheme }),
        );
    }

    /// What axe-core finds fault with on the page, or cannot tell: a line each.
    #[track_caller]
    pub fn accessibility_faults(&self) -> Vec<String> {
        let lines = self.ask("accessibility", json!({}));
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .filter_map(|line| line.as_str().map(str::to_owned))
            .collect()
    }

    /// Saves the page as `target/screenshots/NAME.png`.
    #[track_caller]
    pub fn screenshot(&self, name: &str) {
        let path = repository().join(format!("target/screenshots/{name}.png"));
        self.ask("screenshot", json!({ "path": path }));
    }
}

/// One browser for all tests that run at the same moment; its last user ends it. Chromium
/// without windows where that is installed: a person costs a quarter of one with a window.
fn browser() -> Arc<Node> {
    static SHARED: Mutex<Weak<Node>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(|held| held.into_inner());
    shared.upgrade().unwrap_or_else(|| {
        let program = [
            "/usr/bin/chromium-headless-shell",
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
        ]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
        .expect("Chromium is installed (scripts/test-tools.sh)");
        let started = Arc::new(Node::start("browser.mjs", &[program]));
        *shared = Arc::downgrade(&started);
        started
    })
}
