//! Where does a test get a Redis server? One of its own, with a password, that it may stop,
//! start and hold up.

use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;

use crate::service::Service;

/// The servers' password. Also looked for in logs.
pub const PASSWORD: &str = "r3dis-Secret-of-tests";

/// A Redis server on a free port, running until it is dropped.
#[derive(Debug)]
pub struct Redis {
    service: Service,
    /// Certificate for `localhost` and its key, where it speaks TLS.
    tls: Option<[PathBuf; 2]>,
}

impl Redis {
    /// A new server with nothing in it.
    pub fn start_new() -> Self {
        Self::start_as(None)
    }

    /// The same, which speaks TLS alone, by this certificate for `localhost` and its key.
    pub fn start_with_tls(certificate: &Path, key: &Path) -> Self {
        Self::start_as(Some([certificate.to_owned(), key.to_owned()]))
    }

    fn start_as(tls: Option<[PathBuf; 2]>) -> Self {
        let service = Service::new("redis", Signal::TERM);
        let redis = Self { service, tls };
        redis.start();
        redis
    }

    /// Starts it, with nothing in it. No answer is waited for by anybody else.
    pub fn start(&self) {
        let mut command = Command::new("redis-server");
        command.current_dir(self.service.folder());
        let port = self.service.port().to_string();
        match &self.tls {
            None => command.args(["--port", &port]),
            Some([certificate, key]) => command
                .args([
                    "--port",
                    "0",
                    "--tls-port",
                    &port,
                    "--tls-auth-clients",
                    "no",
                ])
                .arg("--tls-cert-file")
                .arg(certificate)
                .arg("--tls-ca-cert-file")
                .arg(certificate)
                .arg("--tls-key-file")
                .arg(key),
        };
        command
            .args(["--bind", "127.0.0.1"])
            .args(["--requirepass", PASSWORD, "--dir"])
            .arg(self.service.folder())
            .args(["--save", "", "--appendonly", "no"]);
        self.service
            .start(&mut command, "Ready to accept connections");
    }

    /// Ends it: nobody listens there any more.
    pub fn stop(&self) {
        self.service.stop();
    }

    /// It takes connections and answers nobody.
    pub fn freeze(&self) {
        self.service.freeze();
    }

    /// It goes on.
    pub fn thaw(&self) {
        self.service.thaw();
    }

    /// Its address, with the password.
    pub fn url(&self) -> String {
        let port = self.service.port();
        match &self.tls {
            None => format!("redis://:{PASSWORD}@127.0.0.1:{port}/0"),
            Some(_) => format!("rediss://:{PASSWORD}@localhost:{port}/0"),
        }
    }
}
