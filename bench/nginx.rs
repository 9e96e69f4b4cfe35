//! Plain nginx: as the origin that everything forwards to, and as the proxy to
//! be compared with.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use gatelet_tests::neighbour::{Ground, Neighbour};
use gatelet_tests::upstream::Upstream;

use super::answer::Answer;
use super::cpu;
use super::machine::said;

/// What everything below is handed on to the witness, by the origin.
pub(crate) const WITNESSED: &str = "/witnessed";
/// The same without this prefix, in pieces as they come, WebSockets too: the app of the
/// tests, which answers in every way.
pub(crate) const LIVELY: &str = "/lively";

/// A running nginx. Ended when dropped.
pub(crate) struct Nginx(Neighbour);

/// The file that the origin serves.
pub(crate) fn page() -> String {
    "x".repeat(1024)
}

impl Nginx {
    /// Serves a file of 1 KiB. What comes to [`WITNESSED`] a witness sees, as it came: the
    /// measured requests go to the file.
    pub(crate) fn origin(workers: usize, witness: &Upstream) -> Self {
        Self::start(
            workers,
            &format!(
                "root html; default_type text/plain; open_file_cache max=100; index page.txt; \
                 location {WITNESSED} {{ proxy_pass {app}; }} \
                 location {LIVELY}/ {{ proxy_pass {app}/; proxy_http_version 1.1; \
                 proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $kept; \
                 proxy_buffering off; proxy_request_buffering off; client_max_body_size 0; }}",
                app = witness.url()
            ),
            "underscores_in_headers on; map $http_upgrade $kept { default upgrade; '' close; }",
        )
    }

    /// Forwards to the servers at these ports, in turns, over kept connections, HTTP/1.1,
    /// no logs.
    pub(crate) fn proxy(workers: usize, ports: &[u16]) -> Self {
        let servers: String = ports
            .iter()
            .map(|port| format!("server 127.0.0.1:{port}; "))
            .collect();
        Self::start(
            workers,
            "location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $http_host; \
             proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Host $http_host; \
             proxy_set_header X-Forwarded-Proto $scheme; }",
            &format!("upstream origin {{ {servers}keepalive 128; keepalive_requests 100000000; }}"),
        )
    }

    /// Refuses everything by itself with this answer, but for `Server`, which nginx
    /// always sends.
    pub(crate) fn refusing(workers: usize, answer: &Answer) -> Self {
        let fields: String = answer
            .fields
            .iter()
            .filter(|(name, _)| {
                ![
                    "content-type",
                    "content-length",
                    "date",
                    "server",
                    "connection",
                ]
                .contains(&name.to_ascii_lowercase().as_str())
            })
            .map(|(name, value)| format!("add_header {name} {} always; ", quoted(value)))
            .collect();
        let kind = answer.field("content-type").unwrap_or("text/plain");
        Self::start(
            workers,
            &format!(
                "default_type {}; location / {{ {fields} return {} {}; }}",
                quoted(kind),
                answer.status,
                quoted(&answer.body)
            ),
            "server_tokens off;",
        )
    }

    /// Name and version.
    pub(crate) fn version() -> String {
        said(program(), &["-v"], "nginx")
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// The master and its workers.
    pub(crate) fn process_ids(&self) -> Vec<u32> {
        cpu::family(self.0.id())
    }

    fn start(workers: usize, server: &str, around: &str) -> Self {
        let ground = Ground::new("nginx");
        let path = ground.folder().display();
        let port = ground.port();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|what| format!("{what}_temp_path {path}/{what};\n"))
            .collect();
        let configuration = format!(
            "worker_processes {workers};\ndaemon off;\npid {path}/pid;\nerror_log {path}/error.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; keepalive_requests 100000000; {temporary} {around}\n\
             server {{ listen 127.0.0.1:{port} reuseport; {server} }} }}\n"
        );
        let mut command = Command::new(program());
        command.arg("-p").arg(ground.folder());
        command
            .arg("-c")
            .arg(ground.write("nginx.conf", &configuration));
        fs::create_dir(ground.folder().join("html")).expect("a fresh folder");
        ground.write("html/page.txt", &page());
        let mut program = ground.start(&mut command);
        // The master listens before its workers are there, who are counted.
        cpu::wait_for_workers(&mut program, workers);
        Self(program)
    }
}

/// As nginx reads a text.
fn quoted(text: &str) -> String {
    assert!(
        !text.contains(['\'', '$', '\\']),
        "nginx would read more into {text}"
    );
    format!("'{text}'")
}

fn program() -> PathBuf {
    ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
        .unwrap_or_else(|| "nginx".into())
}
