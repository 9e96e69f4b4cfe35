//! How does the program serve that carries its components? From an empty folder,
//! with nothing in its environment and nothing on its path.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, START_LIMIT};
use crate::visitor::Visitor;
use crate::{free_port, repository};

/// An empty folder and a free port.
#[derive(Debug)]
pub struct Alone {
    folder: TempDir,
    address: SocketAddr,
}

impl Default for Alone {
    fn default() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            address: SocketAddr::from(([127, 0, 0, 1], free_port())),
        }
    }
}

impl Alone {
    /// Where it is started.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it and does not wait. All that it says is in `log` of the folder.
    pub fn up(&self, arguments: &[&str]) -> Process {
        let mut command = Command::new(program());
        command
            .args(["up", "--listen", &self.address.to_string()])
            .args(["--variable", &format!("base_url={}", self.base_url())])
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .env("GATELET_LOG", "gatelet=debug")
            .env("PATH", "");
        Process::start("gatelet", &mut command, &self.folder().join("log"))
    }

    /// Starts it and waits for its first page.
    pub fn serving(&self, arguments: &[&str]) -> Process {
        let mut process = self.up(arguments);
        let visitor = self.visitor();
        process.wait_until("a first page", START_LIMIT, |_| {
            let page = visitor.visit("/auth/sign-in").try_send();
            page.is_ok_and(|page| page.status == 200)
        });
        process
    }

    /// A new visitor at its base URL.
    pub fn visitor(&self) -> Visitor {
        let base_url = self.base_url();
        Visitor::new(&base_url).served_at(&base_url, self.address)
    }

    fn base_url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }
}

/// What `TEST_BUNDLED` names, or what `scripts/bundle.sh quick` built.
fn program() -> PathBuf {
    let named = std::env::var_os("TEST_BUNDLED").map(PathBuf::from);
    let program = named.unwrap_or_else(|| "target/quick/gatelet-bundled".into());
    repository().join(program)
}
