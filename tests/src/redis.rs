//! Where does a test get a Redis server? One of its own, with a password, that it may stop,
//! start and hold up.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;

use crate::process::Process;
use crate::{free_port, janitor};

/// The servers' password. Also looked for in logs.
pub const PASSWORD: &str = "r3dis-Secret-of-tests";

/// A Redis server on a free port, running until it is dropped.
#[derive(Debug)]
pub struct Redis {
    folder: PathBuf,
    port: u16,
    process: Mutex<Option<Process>>,
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
        let folder = tempfile::Builder::new()
            .prefix("gatelet-redis-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        janitor::remove_at_end(&folder);
        let redis = Self {
            folder,
            port: free_port(),
            process: Mutex::default(),
            tls,
        };
        redis.start();
        redis
    }

    /// Starts it, with nothing in it. No answer is waited for by anybody else.
    pub fn start(&self) {
        let mut command = Command::new("redis-server");
        let port = self.port.to_string();
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
            .arg(&self.folder)
            .args(["--save", "", "--appendonly", "no"]);
        let log = self.folder.join("log");
        // What an earlier start wrote says nothing of this one.
        let _none = std::fs::remove_file(&log);
        let mut process =
            Process::start("redis-server (scripts/test-tools.sh)", &mut command, &log);
        process.wait_until("it takes connections", Duration::from_secs(30), |log| {
            log.contains("Ready to accept connections")
        });
        *self.process() = Some(process);
    }

    /// Ends it: nobody listens there any more.
    pub fn stop(&self) {
        drop(self.process().take());
    }

    /// It takes connections and answers nobody.
    pub fn hold_up(&self) {
        self.signal(Signal::STOP);
    }

    /// It goes on.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    /// Its address, with the password.
    pub fn url(&self) -> String {
        match &self.tls {
            None => format!("redis://:{PASSWORD}@127.0.0.1:{}/0", self.port),
            Some(_) => format!("rediss://:{PASSWORD}@localhost:{}/0", self.port),
        }
    }

    fn signal(&self, signal: Signal) {
        let mut process = self.process();
        process.as_mut().expect("it runs").signal(signal);
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(process) = self.process().as_mut() {
            // One that is held up does not end.
            process.signal(Signal::CONT);
        }
    }
}
