//! What does a provider say that is broken, or not a friend? No real provider
//! can be made to sign for another audience, to redirect its token endpoint or
//! to send an endless key set, so this one stands in for those cases alone. What
//! a provider does in earnest is tested with the real one.
//!
//! It also plays GitHub's API, which cannot be had without GitHub and its
//! account: the shapes are those of <https://docs.github.com/en/rest/users>.
//!
//! It behaves until a test changes its [`Plan`].

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::runtime::{handle, run};
use crate::secrets;

mod endpoints;
mod id_token;

/// A client secret for it.
pub const CLIENT_SECRET: &str = "hostile-client-secret";
/// Our client id there.
pub const CLIENT_ID: &str = "gatelet-under-test";
/// The access token that it gives, which nobody else may ever see.
pub const ACCESS_TOKEN: &str = "access-token-of-the-hostile-provider";

type Change = Box<dyn Fn(&mut Value) + Send>;

/// How it signs ID tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// ES256 with the published key.
    Honest,
    /// `alg` is `none` and there is no signature.
    None,
    /// `alg` is `none` in another spelling.
    NoneInCapitals,
    /// HS256, keyed with the published public key as text.
    HmacWithPublicKey,
    /// HS256, keyed with the client secret.
    HmacWithClientSecret,
    /// ES256 with a key that is not published, under the published key's id.
    OtherKey,
    /// ES256 with a key that is not published, under an id of its own.
    UnknownKeyId,
    /// ES256 with a key that the token itself brings along (`jwk`).
    EmbeddedKey,
    /// ES256 with the published key and no `kid`.
    NoKeyId,
    /// The last byte of the signature is another.
    BrokenSignature,
    /// A signature that is cut off.
    TruncatedSignature,
}

/// How one endpoint answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Honest,
    /// With a redirect.
    Redirect(String),
    /// With this status and content, said to be JSON.
    Instead(u16, String),
    /// With white space first, this many bytes of it.
    Padded(usize),
    /// After a while.
    Slow(Duration),
    /// With half an answer, then nothing.
    CutOff,
}

/// What it does at each step.
pub struct Plan {
    /// Changes the discovery document.
    pub discovery: Change,
    /// Changes the published key set.
    pub keys: Change,
    /// Changes the header of the ID token.
    pub header: Change,
    /// Changes the claims of the ID token.
    pub claims: Change,
    /// Changes the token response.
    pub tokens: Change,
    /// Changes the UserInfo response; there is none without `userinfo_endpoint`.
    pub userinfo: Change,
    /// How the ID token is signed.
    pub signing: Signing,
    /// How the discovery endpoint answers.
    pub discovery_manner: Manner,
    /// How the key endpoint answers.
    pub keys_manner: Manner,
    /// How the token endpoint answers.
    pub token_manner: Manner,
    /// How the UserInfo endpoint answers.
    pub userinfo_manner: Manner,
    /// The answer of GitHub's `/user`.
    pub github_user: Value,
    /// The answer of GitHub's `/user/emails`.
    pub github_emails: Value,
    /// How that endpoint answers.
    pub github_emails_manner: Manner,
    /// What its codes end in.
    pub code_tail: String,
}

impl Default for Plan {
    fn default() -> Self {
        let as_is = || -> Change { Box::new(|_| ()) };
        Self {
            discovery: as_is(),
            keys: as_is(),
            header: as_is(),
            claims: as_is(),
            tokens: as_is(),
            userinfo: as_is(),
            signing: Signing::Honest,
            discovery_manner: Manner::Honest,
            keys_manner: Manner::Honest,
            token_manner: Manner::Honest,
            userinfo_manner: Manner::Honest,
            github_emails_manner: Manner::Honest,
            code_tail: String::new(),
            github_user: json!({ "id": 583_231, "login": "octocat", "name": "The Octocat", "email": null }),
            github_emails: json!([
                { "email": "octocat@github.example", "primary": true, "verified": true, "visibility": "private" },
                { "email": "old@github.example", "primary": false, "verified": false, "visibility": null },
            ]),
        }
    }
}

/// A running provider on a free loopback port. Ended when dropped.
pub struct HostileProvider {
    issuer: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

impl std::fmt::Debug for HostileProvider {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("HostileProvider")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

struct State {
    issuer: String,
    key: SigningKey,
    plan: Mutex<Plan>,
    /// The nonce and challenge of the authorization request, by code.
    asked: Mutex<Vec<Asked>>,
    requests: Mutex<Vec<String>>,
    /// What was posted to the token endpoint, form-encoded.
    token_requests: Mutex<Vec<String>>,
}

/// An authorization request's parts that its token depends on.
struct Asked {
    code: String,
    nonce: String,
}

impl HostileProvider {
    /// One that behaves.
    pub fn start() -> Self {
        secrets::remember(CLIENT_SECRET);
        secrets::remember(ACCESS_TOKEN);
        run(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
            let address: SocketAddr = listener.local_addr().expect("a bound socket");
            let issuer = format!("http://{address}");
            let state = Arc::new(State {
                issuer: issuer.clone(),
                key: id_token::new_key(),
                plan: Mutex::default(),
                asked: Mutex::default(),
                requests: Mutex::default(),
                token_requests: Mutex::default(),
            });
            let server = handle().spawn(serve(listener, state.clone()));
            Self {
                issuer,
                state,
                server,
            }
        })
    }

    /// Its issuer identifier, and GitHub's web address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// An element of `oidc_providers` for it.
    pub fn entry(&self, id: &str) -> Value {
        json!({
            "id": id, "name": "Hostile", "issuer": self.issuer,
            "client_id": CLIENT_ID, "algorithms": ["ES256"],
        })
    }

    /// An element of `oidc_providers` for it as a GitHub.
    pub fn github_entry(&self, id: &str) -> Value {
        json!({
            "id": id, "name": "GitHub", "kind": "github", "url": self.issuer,
            "api": format!("{}/api", self.issuer), "client_id": CLIENT_ID,
        })
    }

    /// Changes what it does from now on.
    pub fn plan(&self, change: impl FnOnce(&mut Plan)) {
        change(
            &mut self
                .state
                .plan
                .lock()
                .unwrap_or_else(|held| held.into_inner()),
        );
    }

    /// A token with these claims, signed as planned.
    pub fn signed(&self, claims: Value) -> String {
        let plan = self.state.plan.lock();
        let plan = plan.unwrap_or_else(|held| held.into_inner());
        id_token::made(&plan, &self.state.key, claims)
    }

    /// Behaves again.
    pub fn behave(&self) {
        self.plan(|plan| *plan = Plan::default());
    }

    /// `METHOD /path` of what has been asked since the last call.
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state.requests.lock().expect("nothing panics"))
    }
}

impl HostileProvider {
    /// A field of each token request so far; none where it has no such field.
    pub fn token_fields(&self, name: &str) -> Vec<Option<String>> {
        let requests = self.state.token_requests.lock().expect("nothing panics");
        let field = |request: &String| {
            let mut pairs = url::form_urlencoded::parse(request.as_bytes());
            let found = pairs.find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned())
        };
        requests.iter().map(field).collect()
    }
}

impl Drop for HostileProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = state.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| endpoints::answer(request, state.clone()));
            let _broken = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
