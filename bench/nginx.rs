//! Plain nginx: as the origin that everything forwards to, and as the proxy to
//! be compared with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use gatelet_tests::free_port;
use gatelet_tests::process::Process;
use tempfile::TempDir;

use super::answer::Answer;

/// A running nginx. Ended when dropped.
pub(crate) struct Nginx {
    port: u16,
    process: Process,
    folder: TempDir,
}

impl Nginx {
    /// Serves a file of 1 KiB.
    pub(crate) fn origin(workers: usize) -> Self {
        Self::start(
            workers,
            "root html; default_type text/plain; open_file_cache max=100; index page.txt;",
            "",
        )
    }

    /// Forwards to an origin over kept connections, HTTP/1.1, no logs.
    pub(crate) fn proxy(workers: usize, origin: &Self) -> Self {
        Self::start(
            workers,
            "location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $http_host; \
             proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Host $http_host; \
             proxy_set_header X-Forwarded-Proto $scheme; }",
            &format!(
                "upstream origin {{ server 127.0.0.1:{}; keepalive 128; keepalive_requests 100000000; }}",
                origin.port
            ),
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

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The master and its workers.
    pub(crate) fn process_ids(&self) -> Vec<u32> {
        let master = self.process.id();
        let children = fs::read_to_string(format!("/proc/{master}/task/{master}/children"))
            .unwrap_or_default();
        let workers = children.split_whitespace().filter_map(|id| id.parse().ok());
        [master].into_iter().chain(workers).collect()
    }

    fn start(workers: usize, server: &str, around: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gatelet-nginx-")
            .tempdir()
            .expect("a temporary folder");
        let path = folder.path().to_owned();
        fs::create_dir(path.join("html")).expect("a fresh folder");
        fs::write(path.join("html/page.txt"), "x".repeat(1024)).expect("a fresh folder");
        open_to_workers(&path);
        let port = free_port();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|what| format!("{what}_temp_path {}/{what};\n", path.display()))
            .collect();
        let configuration = format!(
            "worker_processes {workers};\ndaemon off;\npid {0}/pid;\nerror_log {0}/error.log;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; keepalive_requests 100000000; {temporary} {around}\n\
             server {{ listen 127.0.0.1:{port} reuseport; {server} }} }}\n",
            path.display()
        );
        fs::write(path.join("nginx.conf"), configuration).expect("a fresh folder");
        let mut process = Process::start(
            "nginx",
            Command::new(program())
                .arg("-p")
                .arg(&path)
                .arg("-c")
                .arg(path.join("nginx.conf")),
            &path.join("log"),
        );
        process.wait_until("listen", Duration::from_secs(10), |_| {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        let nginx = Self {
            port,
            process,
            folder,
        };
        // The master listens before its workers are there, who are counted.
        let start = Instant::now();
        while nginx.process_ids().len() <= workers {
            assert!(start.elapsed() < Duration::from_secs(10), "no workers");
            sleep(Duration::from_millis(10));
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.process.stop(Duration::from_secs(5));
        let _kept_until_now = self.folder.path();
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

/// Workers of a master that runs as root run as nobody.
fn open_to_workers(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a folder of ours");
}

fn program() -> PathBuf {
    ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
        .unwrap_or_else(|| "nginx".into())
}
