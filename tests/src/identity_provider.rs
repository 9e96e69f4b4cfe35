//! Who vouches for people? A real OpenID Connect provider with sign-in and
//! consent pages (`tests/node/identity-provider.mjs`).

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use serde_json::{Value, json};
use url::Url;

use crate::node::Node;
use crate::response::Response;
use crate::secrets;
use crate::visitor::Visitor;

/// The password of everybody at the provider.
pub const PASSWORD: &str = "provider-side secret";

/// A running provider. Ended when dropped.
#[derive(Debug)]
pub struct IdentityProvider {
    node: Node,
    issuer: String,
}

/// An application registered with a provider.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret; empty for a public client.
    pub secret: String,
}

impl IdentityProvider {
    /// A provider whose ID tokens carry name and email.
    pub fn start() -> Self {
        Self::with(&json!({ "idTokenClaims": true }))
    }

    /// A provider with `idTokenClaims` as given: when false, name and email are
    /// at the userinfo endpoint only, as OpenID Connect Core §5.4 has it. Its issuer has
    /// `path` behind the host.
    pub fn with(settings: &Value) -> Self {
        // One that does not answer is ended, and another has its place.
        let first = std::panic::catch_unwind(|| Self::with_people(settings));
        first.unwrap_or_else(|_| Self::with_people(settings))
    }

    fn with_people(settings: &Value) -> Self {
        let node = Node::start("identity-provider.mjs", &[&settings.to_string()]);
        let issuer = node.greeting()["issuer"].as_str().expect("an issuer");
        let provider = Self {
            issuer: issuer.to_owned(),
            node,
        };
        secrets::remember(PASSWORD);
        provider.add(
            "ada",
            json!({ "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace" }),
        );
        provider.add("grace", json!({ "email": "grace@example.com", "email_verified": false, "name": "Grace Hopper" }));
        provider.add("zofie", json!({ "email": "zofie@example.com", "email_verified": true, "name": "Žofie Ōkubo 🌿" }));
        provider.add("nomail", json!({ "name": "No Mail" }));
        provider
    }

    /// One provider for all tests that run at the same moment.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<IdentityProvider>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(|held| held.into_inner());
        shared.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *shared = Arc::downgrade(&started);
            started
        })
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Adds or replaces somebody; `claims` are theirs beside `sub`.
    pub fn add(&self, login: &str, claims: Value) {
        let mut person =
            json!({ "login": login, "password": PASSWORD, "sub": format!("sub-{login}") });
        if let (Some(person), Value::Object(claims)) = (person.as_object_mut(), claims) {
            person.extend(claims);
        }
        self.node.ask(&json!({ "op": "person", "person": person }));
    }

    /// Registers an application with exactly this redirect URI.
    pub fn client(&self, redirect_uri: &str) -> Client {
        self.client_with(redirect_uri, &json!({}))
    }

    /// The same with more client metadata (RFC 7591), such as
    /// `id_token_signed_response_alg`.
    pub fn client_with(&self, redirect_uri: &str, more: &Value) -> Client {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let client = Client {
            id: format!("client-{number}"),
            // Characters that must be encoded for HTTP Basic (RFC 6749 §2.3.1).
            secret: format!("s3cret+of/client:{number}%"),
        };
        secrets::remember(&client.secret);
        let mut metadata = json!({
            "client_id": client.id,
            "client_secret": client.secret,
            "redirect_uris": [redirect_uri],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
        });
        if let (Some(metadata), Value::Object(more)) = (metadata.as_object_mut(), more) {
            metadata.extend(more.clone());
        }
        self.node
            .ask(&json!({ "op": "client", "metadata": metadata }));
        client
    }

    /// Signs with new keys from now on; the old ones stay published or not.
    pub fn rotate_keys(&self, keep_old: bool) {
        self.node
            .ask(&json!({ "op": "rotate", "keepOld": keep_old }));
    }

    /// From now on: `accessSeconds` that an access token is good, `delay` of an exchange in
    /// milliseconds, `away` where it answers none.
    pub fn give_tokens(&self, what: Value) {
        let mut what = what;
        what["op"] = "tokens".into();
        self.node.ask(&what);
    }

    /// Takes back all that anybody allowed.
    pub fn revoke(&self) {
        self.node.ask(&json!({ "op": "revoke" }));
    }

    /// Whether it would take this access or refresh token.
    pub fn takes(&self, token: &str) -> bool {
        let live = self.node.ask(&json!({ "op": "live", "token": token }));
        live.as_bool().expect("yes or no")
    }

    /// How many refresh tokens were exchanged, and how many refused.
    pub fn refreshes(&self) -> (u64, u64) {
        let counts = self.node.ask(&json!({ "op": "counts" }));
        let number = |name: &str| counts[name].as_u64().expect("a number");
        (number("exchanged"), number("refused"))
    }

    /// `METHOD /path` of what has been asked since the last call.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.node.ask(&json!({ "op": "requests" }));
        let requests = requests.as_array().cloned().unwrap_or_default();
        requests
            .iter()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    }

    /// Goes from an authorization request through sign-in and consent, as a
    /// person would, up to the answer that sends the person back.
    #[track_caller]
    pub fn sign_in(&self, visitor: &Visitor, authorization: &str, login: &str) -> Response {
        self.walk(visitor, authorization, login, true)
    }

    /// The callback URL that whoever begins at this address of Gatelet's is sent back to.
    #[track_caller]
    pub fn come_back(&self, visitor: &Visitor, start: &str, login: &str) -> String {
        let start = visitor.visit(start).send().expect(303);
        let sent = self.sign_in(visitor, start.header("location"), login);
        sent.header("location").to_owned()
    }

    /// The same, with the answer to the callback.
    #[track_caller]
    pub fn there_and_back(&self, visitor: &Visitor, start: &str, login: &str) -> Response {
        visitor.visit(&self.come_back(visitor, start, login)).send()
    }

    /// As [`IdentityProvider::sign_in`], but says no at the consent page.
    #[track_caller]
    pub fn deny(&self, visitor: &Visitor, authorization: &str, login: &str) -> Response {
        self.walk(visitor, authorization, login, false)
    }

    #[track_caller]
    fn walk(&self, visitor: &Visitor, authorization: &str, login: &str, allow: bool) -> Response {
        let issuer = Url::parse(&self.issuer).expect("an issuer is a URL");
        let mut answer = visitor.visit(authorization).send();
        for _ in 0..12 {
            if answer.status.is_redirection() {
                let next = answer.url.join(answer.header("location")).expect("a URL");
                if next.origin() != issuer.origin() {
                    return answer;
                }
                answer = visitor.visit(next.as_str()).send();
                continue;
            }
            let answer_now = answer.expect(200);
            let text = answer_now.text();
            let form = if text.contains("/login\"") {
                let form = answer_now.form("/login");
                form.fill("login", login).fill("password", PASSWORD)
            } else {
                answer_now.form(if allow { "/allow" } else { "/deny" })
            };
            answer = visitor.submit(&form, &answer_now.url).send();
        }
        panic!("the provider goes in circles: {}", answer.description());
    }
}
