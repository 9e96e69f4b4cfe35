//! Which other programs stand in front of Gatelet and behind it? Real ones, set up by
//! the very text that the documentation shows.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::free_port;
use crate::process::{Process, START_LIMIT};

pub mod app;
pub mod documented;
pub mod example;
pub mod pooler;
pub mod proxy;

/// A running program. Ended when dropped.
#[derive(Debug)]
pub struct Neighbour {
    process: Process,
    folder: TempDir,
    port: u16,
}

impl Neighbour {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Its base URL in plain HTTP.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The folder of its settings.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All it has written so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The port of that.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process that was started.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits for more than that it listens.
    pub fn wait_until(&mut self, what: &str, mut ready: impl FnMut() -> bool) {
        self.process.wait_until(what, START_LIMIT, |_| ready());
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.process.stop(Duration::from_secs(5));
        if std::thread::panicking() {
            println!("---- the log of a neighbour ----\n{}", self.log());
        }
    }
}

/// A folder and a free port for a program that is to be started.
#[derive(Debug)]
pub struct Ground {
    folder: TempDir,
    port: u16,
}

impl Ground {
    /// For a program of this name.
    pub fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix(&format!("gatelet-{name}-"))
            .tempdir()
            .expect("a temporary folder");
        // Servers that are started by root hand their work to nobody.
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).expect("a folder of ours");
        let port = free_port();
        Self { folder, port }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it is to listen, on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Puts a file there; gives its whole path.
    pub fn write(&self, file: &str, text: &str) -> PathBuf {
        let path = self.path(file);
        fs::write(&path, text).expect("a folder of ours");
        path
    }

    /// Starts it and waits until it listens.
    #[track_caller]
    pub fn start(self, command: &mut Command) -> Neighbour {
        let name = command.get_program().to_string_lossy().into_owned();
        let command = command.current_dir(self.folder.path());
        let mut process = Process::start(&name, command, &self.path("log"));
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        process.wait_until("listen", START_LIMIT, |_| {
            TcpStream::connect(address).is_ok()
        });
        Neighbour {
            process,
            folder: self.folder,
            port: self.port,
        }
    }
}

/// Where a program of this name lies; None on a machine that lacks it, said aloud. What
/// runs everything for everybody (`CI`) has to have it.
#[track_caller]
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    or_skip(found, name)
}

/// Passes on what was found; a machine that may lack it is told what is left out.
#[track_caller]
fn or_skip<T>(found: Option<T>, name: &str) -> Option<T> {
    assert!(
        found.is_some() || std::env::var_os("CI").is_none(),
        "{name} is missing: run scripts/test-tools.sh"
    );
    if found.is_none() {
        eprintln!("left out: {name} is missing (scripts/test-tools.sh)");
    }
    found
}

/// Where pip put this of what the tests need, folder or program, once it is installed.
#[track_caller]
pub(crate) fn python_packages(name: &str) -> Option<PathBuf> {
    let path = crate::repository().join("target/python").join(name);
    or_skip(path.exists().then_some(path), name)
}
