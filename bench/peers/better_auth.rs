//! Node with Better Auth, as an app has it (`tests/node/better-auth-proxy.mjs`), with its
//! cookie cache and without; both on one Postgres, which others may ask too.
//! <https://www.better-auth.com/docs/concepts/session-management>

use gatelet_tests::better_auth::SECRET;
use gatelet_tests::cookie_jar::Cookie;
use gatelet_tests::node::Node;
use gatelet_tests::postgres::{self, Database};
use gatelet_tests::secrets;
use http::Method;
use serde_json::json;

use super::peer::{Peer, base_url, head_of, visitor};
use crate::head::Head;
use crate::nginx::Nginx;
use crate::served::FRESH_SECONDS;
use crate::who::Who;
use crate::{THREADS, cpu};

/// The cookie that names a session, over plain HTTP.
const TOKEN: &str = "better-auth.session_token";

/// Where it keeps somebody who is signed in.
pub(super) struct AtBetterAuth {
    pub(super) database: Database,
    pub(super) session: Cookie,
    pub(super) user_id: String,
}

pub(super) fn start(origin: &Nginx) -> ([Peer; 2], AtBetterAuth) {
    secrets::remember(SECRET);
    secrets::remember(postgres::PASSWORD);
    let database = Database::fresh();
    let cached = node(&database, origin, FRESH_SECONDS);
    let asking = node(&database, origin, 0);

    let ann = visitor(port(&cached));
    let account = json!({
        "name": "Ann Lee", "email": "ann.lee@example.com", "password": "correct horse of Ann Lee",
    });
    let answer = ann
        .request(Method::POST, "/api/auth/sign-up/email")
        .header("content-type", "application/json")
        .header("origin", &base_url())
        .body(account.to_string())
        .send()
        .expect(200);
    let user_id = answer.json()["user"]["id"].as_str().map(str::to_owned);
    let user_id = user_id.expect("an id");
    let session = ann.cookie(TOKEN).expect("signed up is signed in");
    let with_cache = head_of(&ann);
    assert!(
        with_cache.cookie().contains("better-auth.session_data="),
        "a cookie cache"
    );
    let at_better_auth = AtBetterAuth {
        database,
        session,
        user_id,
    };
    let peers = [
        peer(Who::BetterAuth, cached, with_cache, &at_better_auth),
        peer(
            Who::BetterAuthAsking,
            asking,
            at_better_auth.head(),
            &at_better_auth,
        ),
    ];
    (peers, at_better_auth)
}

impl AtBetterAuth {
    /// Of whoever has nothing but its session.
    fn head(&self) -> Head {
        let visitor = visitor(0);
        visitor.change_jar(|jar| jar.put(self.session.clone()));
        head_of(&visitor)
    }
}

fn peer(who: Who, node: Node, head: Head, at: &AtBetterAuth) -> Peer {
    let versions = &node.greeting()["versions"];
    let version = |name: &str| versions[name].as_str().unwrap_or_default().to_owned();
    let version = format!(
        "Better Auth {}, Node {}",
        version("betterAuth"),
        version("node")
    );
    let (port, ids) = (port(&node), cpu::family(node.id()));
    assert_eq!(ids.len(), 1 + THREADS, "its processes");
    Peer::new(who, port, head, version)
        .run_by(ids, node)
        .tells("X-Forwarded-User", &at.user_id)
}

fn node(database: &Database, origin: &Nginx, cookie_cache_seconds: u64) -> Node {
    let setup = json!({
        "databaseUrl": database.url,
        "baseUrl": base_url(),
        "secret": SECRET,
        "origin": origin.url(),
        "workers": THREADS,
        "cookieCacheSeconds": cookie_cache_seconds,
    });
    Node::start("better-auth-proxy.mjs", &[&setup.to_string()])
}

fn port(node: &Node) -> u16 {
    let url = node.greeting()["url"].as_str().expect("a URL");
    let (_, port) = url.rsplit_once(':').expect("a port");
    port.parse().expect("a port")
}
