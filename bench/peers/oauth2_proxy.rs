//! oauth2-proxy, sessions in its cookie, which is what it does unless told otherwise.
//! <https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview>

use std::process::Command;

use gatelet_tests::gatelet::session_key;
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::neighbour::Ground;

use super::peer::{Peer, base_url, signed_in_by};
use super::{Absent, named};
use crate::THREADS;
use crate::cpu;
use crate::machine::said;
use crate::nginx::Nginx;
use crate::who::Who;

pub(super) fn start(origin: &Nginx, provider: &IdentityProvider) -> Result<Peer, Absent> {
    let program = named(Who::Oauth2Proxy, "OAUTH2_PROXY")?;
    let ground = Ground::new("oauth2-proxy");
    let redirect_url = format!("{}/oauth2/callback", base_url());
    let client = provider.client(&redirect_url);
    // 32 bytes in base64url.
    let key = session_key("k1");
    let (_, cookie_secret) = key.split_once(':').expect("an id and a key");
    let settings = [
        ("PROVIDER", "oidc"),
        ("OIDC_ISSUER_URL", provider.issuer()),
        ("CLIENT_ID", &client.id),
        ("CLIENT_SECRET", &client.secret),
        ("CODE_CHALLENGE_METHOD", "S256"),
        ("REDIRECT_URL", &redirect_url),
        ("COOKIE_SECRET", cookie_secret),
        ("COOKIE_SECURE", "false"),
        ("EMAIL_DOMAINS", "*"),
        ("SKIP_PROVIDER_BUTTON", "true"),
        ("REQUEST_LOGGING", "false"),
        ("AUTH_LOGGING", "false"),
        ("HTTP_ADDRESS", &format!("127.0.0.1:{}", ground.port())),
        ("UPSTREAMS", &format!("{}/", origin.url())),
    ];
    let mut command = Command::new(&program);
    command.env("GOMAXPROCS", THREADS.to_string());
    for (name, value) in settings {
        command.env(format!("OAUTH2_PROXY_{name}"), value);
    }
    let running = ground.start(&mut command);
    let head = signed_in_by(provider, running.port());
    let version = said(&program, &["--version"], "oauth2-proxy");
    let (port, ids) = (running.port(), cpu::family(running.id()));
    let peer = Peer::new(Who::Oauth2Proxy, port, head, version)
        .run_by(ids, running)
        .tells("X-Forwarded-Email", "ada@example.com");
    Ok(peer)
}
