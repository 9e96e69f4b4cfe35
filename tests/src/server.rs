//! Which server serves a test's manifest? `gatelet up`, or the Spin that
//! `TEST_SPIN` names (`make test-spin`).

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;

use crate::repository;

/// A host of `spin.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// The embedded host.
    Gatelet,
    /// This program, which understands `spin up`.
    Spin(PathBuf),
}

impl Server {
    /// The one that this test run is about.
    pub fn chosen() -> Self {
        match std::env::var_os("TEST_SPIN") {
            Some(program) if !program.is_empty() => Self::Spin(repository().join(program)),
            Some(_) | None => Self::Gatelet,
        }
    }

    /// What serves `spin.toml` of the working folder at this address. Variables are
    /// still to be given.
    #[track_caller]
    pub fn up(&self, address: SocketAddr, arguments: &[String]) -> Command {
        let mut command = match self {
            Self::Gatelet => {
                let mut command = gatelet();
                command.arg("up").args(arguments);
                command
            }
            Self::Spin(program) => {
                let mut command = Command::new(program);
                command.arg("up").args(understood_by_spin(arguments));
                command
            }
        };
        command
            .args(["--from", "spin.toml"])
            .args(["--listen", &address.to_string()]);
        command
    }

    /// What asks it to end. `spin up` passes only this one on to the process that
    /// serves.
    pub fn end_signal(&self) -> Signal {
        match self {
            Self::Gatelet => Signal::TERM,
            Self::Spin(_) => Signal::INT,
        }
    }
}

/// The operator's tool, which stands beside every server. `TEST_GATELET` names another
/// build of it.
pub fn gatelet() -> Command {
    let program = std::env::var_os("TEST_GATELET");
    let program = program.unwrap_or_else(|| "target/quick/gatelet".into());
    Command::new(repository().join(program))
}

/// Spin has one door, and of the tests' arguments the certificate's. A test that
/// gives others is about our own host: `tests/spin.txt` names it.
#[track_caller]
fn understood_by_spin(arguments: &[String]) -> Vec<&String> {
    let mut understood = Vec::new();
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--door" && value == "handler" => {}
            [name, _] if name == "--tls-cert" || name == "--tls-key" => understood.extend(pair),
            other => panic!("Spin knows no {other:?}: name this test in tests/spin.txt"),
        }
    }
    understood
}
