//! How is a Gatelet started that is to be measured? All have one address, one key and
//! one folder of compiled code, which a process wrote that is gone: whoever compiles keeps
//! what the compiler used.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup, session_key};
use gatelet_tests::session_cookie::SessionCookie;
use tempfile::TempDir;

use super::THREADS;
use super::head::Head;

/// Seconds that a session is believed without asking the store: the load generator keeps
/// its first cookie, which must outlast the run.
pub(crate) const FRESH_SECONDS: u64 = 86_400;
/// What visitors type.
pub(crate) const HOST: &str = "shop.localhost:3000";

/// Where `bench/floor/spin.toml` has the app.
const FLOORS_APP: &str = "127.0.0.1:3001";

/// Where users and sessions are.
pub(crate) const ENGINES: [(&str, Engine); 2] =
    [("SQLite", Engine::Sqlite), ("Postgres", Engine::Postgres)];

/// What all of them share.
pub(crate) struct Shared {
    compiled: TempDir,
    key: String,
    upstream: String,
}

/// How one judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Gate,
    Handler,
    /// The gate door, without judging.
    Bare,
    /// The handler door, to `bench/floor` in the gateway's place.
    Floor,
}

impl Shared {
    /// Compiles everything that the measured processes will run.
    pub(crate) fn compile(upstream: &str) -> Self {
        let shared = Self {
            compiled: tempfile::tempdir().expect("a temporary folder"),
            key: session_key("k1"),
            upstream: upstream.to_owned(),
        };
        for way in [Way::Gate, Way::Handler, Way::Bare, Way::Floor] {
            drop(shared.run(shared.setup(Engine::Sqlite, way, FRESH_SECONDS), way));
        }
        assert!(!shared.code().is_empty(), "compiled code was not kept");
        shared
    }

    /// A fresh process that has compiled nothing.
    pub(crate) fn start(&self, engine: Engine, way: Way, fresh_seconds: u64) -> Gatelet {
        self.start_as(self.setup(engine, way, fresh_seconds), way)
    }

    /// The same, of a [`Shared::setup`] with settings of its own.
    pub(crate) fn start_as(&self, setup: Setup, way: Way) -> Gatelet {
        let before = self.code();
        let gatelet = self.run(setup, way);
        self.assert_as_compiled(&before);
        gatelet
    }

    /// The same again, anew: whoever has signed somebody up has hashed a password, and may
    /// keep its memory.
    pub(crate) fn restart(&self, gatelet: &mut Gatelet) {
        let before = self.code();
        gatelet.restart();
        self.assert_as_compiled(&before);
    }

    /// What [`Shared::start`] starts.
    pub(crate) fn setup(&self, engine: Engine, way: Way, fresh_seconds: u64) -> Setup {
        let threads = THREADS.to_string();
        let setup = Setup::new(engine)
            .variable("base_url", &format!("http://{HOST}"))
            .variable("session_keys", &self.key)
            .variable("upstream", &self.upstream)
            .variable("session_fresh_seconds", &fresh_seconds.to_string())
            // One person signs in as often as the machine can.
            .variable("limits", "off")
            .arguments(&["--worker-threads", &threads, "--access-log", "off"])
            .arguments(&["--cache-dir", &self.compiled.path().to_string_lossy()]);
        match way {
            Way::Gate => setup.arguments(&["--door", "gate"]),
            Way::Handler => setup.arguments(&["--door", "handler"]),
            Way::Bare => setup.arguments(&["--unprotected-bare-forward", &self.upstream]),
            Way::Floor => {
                let (_, authority) = self.upstream.split_once("://").expect("a URL");
                setup
                    .application("bench/floor", |text| text.replace(FLOORS_APP, authority))
                    .arguments(&["--door", "handler"])
            }
        }
    }

    /// The head of somebody who signs up here, with a copy of the session that is believed
    /// for as long as whoever judges it lets it be.
    pub(crate) fn head(&self, gatelet: &Gatelet) -> Head {
        let cookie = signed_in(gatelet).0.cookie("gatelet").expect("signed in");
        let session = SessionCookie {
            fresh_seconds: FRESH_SECONDS,
            ..SessionCookie::parse(&cookie.value)
        };
        let cookie = format!("{}={}", cookie.name, session.signed_with(&self.key));
        Head::new(HOST, &cookie)
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// Names of the files of compiled code.
    fn code(&self) -> BTreeSet<OsString> {
        names(self.compiled.path())
    }

    fn assert_as_compiled(&self, before: &BTreeSet<OsString>) {
        assert_eq!(*before, self.code(), "a process that is measured compiled");
    }

    fn run(&self, setup: Setup, way: Way) -> Gatelet {
        let mut gatelet = setup.start_unready();
        gatelet.wait_until(match way {
            Way::Gate | Way::Handler => "/health/ready",
            // They have no probes: everything is the origin's.
            Way::Bare | Way::Floor => "/page.txt",
        });
        gatelet
    }
}

fn names(folder: &Path) -> BTreeSet<OsString> {
    std::fs::read_dir(folder)
        .expect("a folder of ours")
        .map(|entry| entry.expect("an entry").file_name())
        .collect()
}
