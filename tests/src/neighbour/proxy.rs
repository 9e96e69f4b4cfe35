//! Which proxies stand in front? Each as `docs/deploy.md` sets it up, with a
//! certificate for [`HOST`] that the test made.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::documented::{block, fill, filled_in};
use super::{Ground, Neighbour, program, python_packages};
use crate::free_port;
use crate::process::START_LIMIT;
use crate::visitor::{Visitor, tls};

/// The page that the settings are taken from.
const PAGE: &str = "docs/deploy.md";

/// The host that visitors type.
pub const HOST: &str = "app.example.com";

/// A proxy that ends TLS for [`HOST`].
#[derive(Debug)]
pub struct Proxy {
    neighbour: Neighbour,
    certificate: PathBuf,
    /// What stands between it and Gatelet.
    second: Option<Neighbour>,
}

impl Proxy {
    /// A visitor who comes through it, from an address that is not its own.
    pub fn visitor(&self) -> Visitor {
        let origin = format!("https://{HOST}");
        Visitor::new(&origin)
            .trusting(&self.certificate)
            .encrypted_at(&origin, self.neighbour.address())
            .from_address([127, 0, 0, 9].into())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.neighbour.address()
    }

    /// What Gatelet tells the app of a visitor's way: every address from theirs to the
    /// last proxy's.
    pub fn chain(&self) -> &'static str {
        match self.second {
            None => "127.0.0.9, 127.0.0.1",
            Some(_) => "127.0.0.9, 127.0.0.1, 127.0.0.1",
        }
    }

    /// nginx.
    pub fn nginx(gatelet: SocketAddr) -> Option<Self> {
        Self::nginx_with(gatelet, |settings| settings)
    }

    /// nginx with its settings changed like this.
    pub fn nginx_with(gatelet: SocketAddr, change: impl FnOnce(String) -> String) -> Option<Self> {
        let program = program("nginx")?;
        let ground = Ground::new("nginx");
        let certificate = certificate(&ground);
        let settings = filled_in(
            PAGE,
            "nginx",
            &[
                ("listen 443 ", &format!("listen 127.0.0.1:{} ", ground.port)),
                ("listen 80;", &format!("listen 127.0.0.1:{};", free_port())),
                ("127.0.0.1:3000", &gatelet.to_string()),
                CERTIFICATE,
                KEY,
            ],
        );
        let neighbour = nginx(&program, ground, &change(settings));
        Some(Self {
            neighbour,
            certificate,
            second: None,
        })
    }

    /// nginx with a cache for whatever may be kept.
    pub fn nginx_cache(gatelet: SocketAddr) -> Option<Self> {
        Self::nginx_with(gatelet, |settings| {
            let zone = "proxy_cache_path cache keys_zone=pages:1m;\n";
            let (off, on) = ("proxy_buffering         off;", "proxy_cache pages;");
            fill(zone.to_owned() + &settings, &[(off, on)])
        })
    }

    /// Varnish, with nginx before it that ends TLS.
    pub fn varnish(gatelet: SocketAddr) -> Option<Self> {
        let second = varnish(gatelet)?;
        let own = second.address().to_string();
        let first = Self::nginx_with(gatelet, |settings| {
            let before = filled_in(PAGE, "nginx, before varnish", &[("127.0.0.1:6081", &own)]);
            let (gatelet, next) = ("proxy_pass http://gatelet;", "proxy_pass http://$next;");
            before + &fill(settings, &[(gatelet, next)])
        })?;
        Some(first.before(second))
    }

    /// Caddy, and nginx behind it.
    pub fn caddy_and_nginx(gatelet: SocketAddr) -> Option<Self> {
        let second = second_nginx(gatelet)?;
        let first = Self::caddy(second.address())?;
        Some(first.before(second))
    }

    fn before(self, second: Neighbour) -> Self {
        Self {
            second: Some(second),
            ..self
        }
    }

    /// Caddy.
    pub fn caddy(gatelet: SocketAddr) -> Option<Self> {
        let program = program("caddy")?;
        let ground = Ground::new("caddy");
        let certificate = certificate(&ground);
        let settings = filled_in(
            PAGE,
            "caddy",
            &[("127.0.0.1:3000", &gatelet.to_string()), CERTIFICATE, KEY],
        );
        let around = format!(
            "{{\n admin off\n auto_https disable_redirects\n default_bind 127.0.0.1\n\
              https_port {}\n http_port {}\n storage file_system {}\n}}\n",
            ground.port,
            free_port(),
            ground.path("storage").display()
        );
        let file = ground.write("Caddyfile", &(around + &settings));
        let mut command = Command::new(program);
        command
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(file)
            .env("HOME", ground.folder.path());
        Some(Self {
            neighbour: ground.start(&mut command),
            certificate,
            second: None,
        })
    }

    /// Apache.
    pub fn apache(gatelet: SocketAddr) -> Option<Self> {
        Self::apache_with(gatelet, |settings| settings)
    }

    /// Apache with `mod_cache`.
    pub fn apache_cache(gatelet: SocketAddr) -> Option<Self> {
        Self::apache_with(gatelet, |settings| {
            let cache = block(PAGE, "apache, cache");
            fill(settings, &[("</VirtualHost>", &(cache + "</VirtualHost>"))])
        })
    }

    fn apache_with(gatelet: SocketAddr, change: impl FnOnce(String) -> String) -> Option<Self> {
        let program = program("apache2")?;
        let ground = Ground::new("apache");
        let certificate = certificate(&ground);
        let cache = ground.path("cache");
        fs::create_dir(&cache).expect("a folder of ours");
        fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).expect("a folder of ours");
        let settings = filled_in(
            PAGE,
            "apache",
            &[
                ("*:443", &format!("127.0.0.1:{}", ground.port)),
                ("127.0.0.1:3000", &gatelet.to_string()),
                CERTIFICATE,
                KEY,
            ],
        );
        let settings = change(settings).replace("/var/cache/apache2/mod_cache_disk", "cache");
        let modules: String = APACHE_MODULES
            .iter()
            .map(|name| {
                format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n")
            })
            .collect();
        let around = format!(
            "ServerRoot {0}\nDefaultRuntimeDir {0}\nPidFile pid\nErrorLog /dev/stderr\n\
             ServerName {HOST}\nListen 127.0.0.1:{1}\n{modules}\
             User nobody\nGroup nogroup\nStartServers 1\nThreadsPerChild 16\n",
            ground.folder.path().display(),
            ground.port
        );
        let file = ground.write("apache.conf", &(around + &settings));
        let mut command = Command::new(program);
        command.args(["-D", "FOREGROUND", "-f"]).arg(file);
        Some(Self {
            neighbour: ground.start(&mut command),
            certificate,
            second: None,
        })
    }

    /// Traefik.
    pub fn traefik(gatelet: SocketAddr) -> Option<Self> {
        let program = python_packages("bin/traefik")?;
        let ground = Ground::new("traefik");
        let certificate = certificate(&ground);
        let port = format!("\"127.0.0.1:{}\"", ground.port);
        let routes = ground.path("gatelet.yml");
        let routes = routes.to_string_lossy();
        let places = [("\":443\"", &*port), ("/etc/traefik/gatelet.yml", &routes)];
        let settings = filled_in(PAGE, "traefik", &places);
        let file = ground.write("traefik.yml", &settings);
        let to = gatelet.to_string();
        let places = [("127.0.0.1:3000", to.as_str()), CERTIFICATE, KEY];
        ground.write("gatelet.yml", &filled_in(PAGE, "traefik, routes", &places));
        let mut command = Command::new(program);
        command.arg("--configFile").arg(file);
        let mut proxy = Self {
            neighbour: ground.start(&mut command),
            certificate,
            second: None,
        };
        // It listens before it has read its routes.
        let visitor = proxy.visitor();
        let process = &mut proxy.neighbour.process;
        process.wait_until("read its routes", START_LIMIT, |_| {
            let live = visitor.get("/health/live").try_send();
            live.is_ok_and(|answer| answer.status == 200)
        });
        Some(proxy)
    }

    /// `HAProxy`.
    pub fn haproxy(gatelet: SocketAddr) -> Option<Self> {
        let program = program("haproxy")?;
        let ground = Ground::new("haproxy");
        let certificate = certificate(&ground);
        let read = |path: &Path| fs::read_to_string(path).expect("it was written");
        let both = read(&certificate) + &read(&ground.path("key.pem"));
        ground.write("both.pem", &both);
        let settings = filled_in(
            PAGE,
            "haproxy",
            &[
                ("bind :443", &format!("bind 127.0.0.1:{}", ground.port)),
                ("127.0.0.1:3000", &gatelet.to_string()),
                ("/etc/ssl/app.example.com.both.pem", "both.pem"),
            ],
        );
        let file = ground.write("haproxy.cfg", &settings);
        let mut command = Command::new(program);
        command.arg("-db").arg("-f").arg(file);
        Some(Self {
            neighbour: ground.start(&mut command),
            certificate,
            second: None,
        })
    }
}

/// Varnish, in plain HTTP.
fn varnish(gatelet: SocketAddr) -> Option<Neighbour> {
    let program = program("varnishd")?;
    let ground = Ground::new("varnish");
    let port = format!(".port = \"{}\"", gatelet.port());
    let settings = filled_in(PAGE, "varnish", &[(".port = \"3000\"", &port)]);
    let file = ground.write("default.vcl", &settings);
    let mut command = Command::new(program);
    command
        .args(["-F", "-a", &format!("127.0.0.1:{}", ground.port)])
        .args(["-s", "malloc,16m", "-j", "none"])
        .args(VARNISH_PARAMETERS)
        .arg("-n")
        .arg(ground.path("work"))
        .arg("-f")
        .arg(file);
    Some(ground.start(&mut command))
}

/// nginx behind another proxy, in plain HTTP.
fn second_nginx(gatelet: SocketAddr) -> Option<Neighbour> {
    let program = program("nginx")?;
    let ground = Ground::new("nginx");
    let second = block(PAGE, "nginx, second of two");
    let settings = filled_in(
        PAGE,
        "nginx",
        &[
            (
                "listen 443 ssl http2;",
                &format!("listen 127.0.0.1:{};", ground.port),
            ),
            ("listen 80;", &format!("listen 127.0.0.1:{};", free_port())),
            ("127.0.0.1:3000", &gatelet.to_string()),
        ],
    );
    let mut lines = Vec::new();
    for line in settings.lines() {
        let words: Vec<_> = line.split_whitespace().take(2).collect();
        let said_anew = second.lines().find(|anew| {
            let anew: Vec<_> = anew.split_whitespace().take(2).collect();
            !anew.is_empty() && anew == words
        });
        if !line.contains("ssl_certificate") {
            lines.push(said_anew.unwrap_or(line));
        }
    }
    Some(nginx(&program, ground, &lines.join("\n")))
}

/// nginx between Gatelet and an app, with a file of its own at `/static/file.txt`.
pub fn nginx_behind(app: SocketAddr) -> Option<Neighbour> {
    let program = program("nginx")?;
    let ground = Ground::new("nginx");
    fs::create_dir(ground.path("static")).expect("a fresh folder");
    ground.write("static/file.txt", "a file");
    let settings = filled_in(
        PAGE,
        "nginx, behind",
        &[
            ("127.0.0.1:8080;", &format!("127.0.0.1:{};", ground.port)),
            ("/srv/app", &ground.folder.path().to_string_lossy()),
            ("127.0.0.1:8000", &app.to_string()),
        ],
    );
    Some(nginx(&program, ground, &settings))
}

/// Where the pages say that the certificate lies, and where it does.
const CERTIFICATE: (&str, &str) = ("/etc/ssl/app.example.com.pem", "certificate.pem");
const KEY: (&str, &str) = ("/etc/ssl/app.example.com.key", "key.pem");

/// As the page says in a sentence.
const VARNISH_PARAMETERS: [&str; 4] = ["-p", "http_req_hdr_len=32k", "-p", "http_req_size=64k"];

const APACHE_MODULES: [&str; 9] = [
    "mpm_event",
    "authz_core",
    "headers",
    "proxy",
    "proxy_http",
    "socache_shmcb",
    "ssl",
    "cache",
    "cache_disk",
];

fn certificate(ground: &Ground) -> PathBuf {
    let certificate = ground.path("certificate.pem");
    tls::make_certificate(HOST, &certificate, &ground.path("key.pem"));
    certificate
}

/// nginx with these server blocks, in a folder of its own.
fn nginx(program: &Path, ground: Ground, servers: &str) -> Neighbour {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|what| format!("{what}_temp_path {what};\n"))
        .collect();
    let settings = format!(
        "worker_processes 1;\ndaemon off;\npid pid;\nerror_log stderr;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}{servers}\n}}\n"
    );
    let file = ground.write("nginx.conf", &settings);
    let mut command = Command::new(program);
    command.arg("-p").arg(ground.folder.path());
    command.arg("-c").arg(file);
    ground.start(&mut command)
}
