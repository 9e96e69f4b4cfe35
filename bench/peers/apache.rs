//! Apache httpd with mod_auth_openidc, as its quickstart has it: sessions in the server's
//! shared memory, which is what it does unless told otherwise.
//! <https://github.com/OpenIDC/mod_auth_openidc>

use std::path::Path;
use std::process::Command;

use gatelet_tests::gatelet::session_key;
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::neighbour::Ground;

use super::Absent;
use super::peer::{Peer, base_url, signed_in_by};
use crate::THREADS;
use crate::cpu;
use crate::machine::said;
use crate::nginx::Nginx;
use crate::served::HOST;
use crate::who::Who;

const PROGRAM: &str = "/usr/sbin/apache2";
/// Debian's folder of them.
const MODULES: &str = "/usr/lib/apache2/modules";
const LOADED: [&str; 8] = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "headers",
    "proxy",
    "proxy_http",
    "auth_openidc",
];
/// As many as there may be connections.
const THREADS_EACH: usize = 64;

pub(super) fn start(origin: &Nginx, provider: &IdentityProvider) -> Result<Peer, Absent> {
    for needed in [PROGRAM, &format!("{MODULES}/mod_auth_openidc.so")] {
        if !Path::new(needed).exists() {
            return Err(Absent {
                who: Who::ModAuthOpenidc,
                why: format!("{needed} is missing (scripts/test-tools.sh bench)"),
            });
        }
    }
    let ground = Ground::new("apache");
    let folder = ground.folder().display();
    let redirect_uri = format!("{}/protected/redirect_uri", base_url());
    let client = provider.client(&redirect_uri);
    let modules: String = LOADED
        .iter()
        .map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"))
        .collect();
    let passphrase = session_key("k1");
    let settings = format!(
        "ServerRoot {folder}\nDefaultRuntimeDir {folder}\nPidFile pid\nErrorLog /dev/stderr\n\
         ServerName {HOST}\nListen 127.0.0.1:{}\n{modules}\
         User nobody\nGroup nogroup\n\
         StartServers {THREADS}\nServerLimit {THREADS}\nThreadLimit {THREADS_EACH}\n\
         ThreadsPerChild {THREADS_EACH}\nMaxRequestWorkers {all}\nMaxSpareThreads {all}\n\
         KeepAlive On\nKeepAliveTimeout 60\nMaxKeepAliveRequests 0\n\
         OIDCProviderMetadataURL {}/.well-known/openid-configuration\n\
         OIDCClientID {}\nOIDCClientSecret \"{}\"\n\
         OIDCRedirectURI {redirect_uri}\nOIDCCryptoPassphrase \"{passphrase}\"\n\
         OIDCPKCEMethod S256\nOIDCScope \"openid email profile\"\n\
         <Location />\nAuthType openid-connect\nRequire valid-user\n</Location>\n\
         ProxyRequests Off\nProxyPreserveHost On\n\
         RequestHeader set X-Forwarded-Proto http\nProxyPass / {}/\n",
        ground.port(),
        provider.issuer(),
        client.id,
        client.secret,
        origin.url(),
        all = THREADS * THREADS_EACH,
    );
    let mut command = Command::new(PROGRAM);
    let file = ground.write("apache.conf", &settings);
    command.args(["-D", "FOREGROUND", "-f"]).arg(file);
    let mut apache = ground.start(&mut command);
    cpu::wait_for_workers(&mut apache, THREADS);
    let head = signed_in_by(provider, apache.port());
    let (port, ids) = (apache.port(), cpu::family(apache.id()));
    let peer = Peer::new(Who::ModAuthOpenidc, port, head, version())
        .run_by(ids, apache)
        .tells("OIDC_CLAIM_sub", "sub-ada");
    Ok(peer)
}

/// The server's, and the module's by its package: it names none itself.
fn version() -> String {
    let package = [
        "-W",
        "--showformat=${Version}",
        "libapache2-mod-auth-openidc",
    ];
    let module = said("dpkg-query", &package, "mod_auth_openidc");
    format!("{}, {module}", said(PROGRAM, &["-v"], "Apache httpd"))
}
