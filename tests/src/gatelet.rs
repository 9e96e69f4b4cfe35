//! How is Gatelet itself started? The real binary on a copy of the real
//! manifest, in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Seek as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rustix::process::Signal;
use tempfile::TempDir;
use url::Url;

use crate::cases::{Door, Engine};
use crate::hostile_provider::CLIENT_SECRET;
use crate::identity_provider::{Client, IdentityProvider};
use crate::mariadb;
use crate::postgres::{self, Database};
use crate::process::{Process, START_LIMIT};
use crate::server::{self, Server};
use crate::upstream::Upstream;
use crate::visitor::{Visitor, tls};
use crate::{free_port, repository, secrets};

/// What is to be started.
#[derive(Debug)]
pub struct Setup {
    folder: TempDir,
    port: u16,
    database: Option<Database>,
    variables: BTreeMap<String, String>,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
}

/// Components are compiled at the first start. By each of the first tests at once, that would
/// take longer than a start may: it is done before any of them.
fn compile_once() {
    static COMPILED: Once = Once::new();
    COMPILED.call_once(|| {
        let state = tempfile::tempdir().expect("a temporary folder");
        let output = server::gatelet()
            .args(["origins", "list", "--from"])
            .arg(repository().join("spin.toml"))
            .env("SPIN_VARIABLE_SESSION_KEYS", session_key("k1"))
            .env("GATELET_STATE_DIR", state.path())
            .output();
        let output = output.expect("target/quick/gatelet is built (make build)");
        assert!(output.status.success(), "{output:?}");
    });
}

/// A running Gatelet. Drained and ended when dropped; its log is then looked
/// through for every secret that the tests know.
#[derive(Debug)]
pub struct Gatelet {
    setup: Setup,
    process: Process,
}

impl Setup {
    /// The demo app behind a fresh, empty database.
    pub fn new(engine: Engine) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gatelet-test-")
            .tempdir()
            .expect("a temporary folder");
        let manifest = repository().join("spin.toml");
        fs::copy(manifest, folder.path().join("spin.toml")).expect("the manifest");
        symlink(repository().join("target"), folder.path().join("target")).expect("a link");
        let port = free_port();
        let mut setup = Self {
            folder,
            port,
            database: None,
            variables: BTreeMap::new(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
        }
        .variable("base_url", &format!("http://localhost:{port}"))
        .variable("session_keys", &session_key("k1"));
        if engine == Engine::Postgres {
            setup = setup.on(Database::fresh());
        }
        setup
    }

    /// Serves the application in this folder of the repository, with its manifest
    /// changed like this.
    #[must_use]
    pub fn application(self, folder: &str, change: impl FnOnce(String) -> String) -> Self {
        let manifest = repository().join(folder).join("spin.toml");
        let manifest = fs::read_to_string(manifest).expect("a manifest");
        let manifest = change(manifest.replace("../../target/", "target/"));
        fs::write(self.folder().join("spin.toml"), manifest).expect("our folder");
        self
    }

    /// Uses this database.
    #[must_use]
    pub fn on(mut self, database: Database) -> Self {
        secrets::remember(postgres::PASSWORD);
        self = self
            .variable("database_url", &database.url)
            .variable("database_host", &database.host);
        self.database = Some(database);
        self
    }

    /// Uses this database of MariaDB. Which server may be reached follows from the URL.
    #[must_use]
    pub fn on_mariadb(self, database: &mariadb::Database) -> Self {
        secrets::remember(mariadb::PASSWORD);
        self.variable("database_url", &database.url)
    }

    /// Sets a variable. All go through the env file, so that no secret stands
    /// among the arguments.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        if name == "session_keys" {
            for key in value.split(',') {
                secrets::remember(key.split_once(':').map_or(key, |(_, key)| key));
            }
        }
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Leaves a variable to the manifest.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// Adds arguments to `gatelet up`.
    #[must_use]
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|&one| one.to_owned());
        self.arguments.extend(arguments);
        self
    }

    /// Sets an environment variable of the process.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Puts this app behind the gateway.
    #[must_use]
    pub fn upstream(self, upstream: &Upstream) -> Self {
        let url = upstream.url();
        self.variable("upstream", &url)
    }

    /// Speaks TLS itself, with a certificate for `localhost`.
    #[must_use]
    pub fn tls(self) -> Self {
        let (certificate, key) = (self.certificate(), self.folder().join("key.pem"));
        tls::make_certificate("localhost", &certificate, &key);
        let base_url = format!("https://localhost:{}", self.port);
        self.variable("base_url", &base_url).arguments(&[
            "--tls-cert",
            "certificate.pem",
            "--tls-key",
            "key.pem",
        ])
    }

    fn certificate(&self) -> PathBuf {
        self.folder().join("certificate.pem")
    }

    /// Uses this door of the gateway.
    #[must_use]
    pub fn door(self, door: Door) -> Self {
        self.arguments(&[
            "--door",
            match door {
                Door::Gate => "gate",
                Door::Handler => "handler",
            },
        ])
    }

    /// Lets people sign in with these providers; each pair is an id and a
    /// provider, and the registered clients come back in the same order.
    pub fn providers(self, providers: &[(&str, &IdentityProvider)]) -> (Self, Vec<Client>) {
        let entries: Vec<_> = providers
            .iter()
            .map(|(id, provider)| (*id, *provider, serde_json::json!({}), serde_json::json!({})))
            .collect();
        self.providers_with(&entries)
    }

    /// With these entries of a hostile provider's, which all have its secret.
    #[must_use]
    pub fn hostile(self, entries: &[serde_json::Value]) -> Self {
        let secret = |entry: &serde_json::Value| {
            let id = entry["id"].as_str().expect("an id");
            (id.to_owned(), serde_json::json!(CLIENT_SECRET))
        };
        let secrets: serde_json::Map<_, _> = entries.iter().map(secret).collect();
        self.variable("oidc_providers", &serde_json::json!(entries).to_string())
            .variable(
                "oidc_client_secrets",
                &serde_json::json!(secrets).to_string(),
            )
            .variable("provider_hosts", "http://127.0.0.1:*")
    }

    /// The same with more fields in the setting and more client metadata.
    pub fn providers_with(
        mut self,
        providers: &[(
            &str,
            &IdentityProvider,
            serde_json::Value,
            serde_json::Value,
        )],
    ) -> (Self, Vec<Client>) {
        let (mut list, mut client_secrets, mut clients) = (Vec::new(), BTreeMap::new(), Vec::new());
        for (id, provider, fields, metadata) in providers {
            let client = provider.client_with(&self.redirect_uri(id), metadata);
            let mut entry = serde_json::json!({
                "id": id, "name": format!("Provider {id}"),
                "issuer": provider.issuer(), "client_id": client.id,
            });
            if let (Some(entry), Some(fields)) = (entry.as_object_mut(), fields.as_object()) {
                entry.extend(fields.clone());
            }
            list.push(entry);
            client_secrets.insert(*id, client.secret.clone());
            clients.push(client);
        }
        let list = serde_json::Value::from(list).to_string();
        let client_secrets = serde_json::json!(client_secrets).to_string();
        self = self
            .variable("oidc_providers", &list)
            .variable("oidc_client_secrets", &client_secrets)
            .variable("provider_hosts", "http://127.0.0.1:*");
        (self, clients)
    }

    /// The redirect URI of a provider at this base URL.
    pub fn redirect_uri(&self, provider: &str) -> String {
        format!("{}/auth/callback/{provider}", self.base_url())
    }

    /// The base URL as configured.
    pub fn base_url(&self) -> &str {
        self.variables.get("base_url").map_or("", String::as_str)
    }

    /// The folder of the manifest, with the embedded database in `.spin`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database server's database, if there is one.
    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// Starts and waits until it is ready.
    #[track_caller]
    pub fn start(self) -> Gatelet {
        let mut gatelet = self.start_unready();
        gatelet.wait_until("/health/ready");
        gatelet
    }

    /// Starts and does not wait.
    pub fn start_unready(self) -> Gatelet {
        let process = self.spawn();
        Gatelet {
            setup: self,
            process,
        }
    }

    /// Starts something that is expected to refuse; gives what it said.
    #[track_caller]
    pub fn refuse(self) -> String {
        let mut process = self.spawn();
        let status = process.wait(START_LIMIT);
        let log = process.log();
        assert!(!status.success(), "it ended well\n{log}");
        secrets::assert_none_in("a refusal to start", &log);
        log
    }

    /// Runs another subcommand, such as `doctor`, with the same settings.
    pub fn run(&self, subcommand: &[&str]) -> Output {
        self.run_with(subcommand, &[])
    }

    /// The same with more in the environment.
    pub fn run_with(&self, subcommand: &[&str], environment: &[(&str, &str)]) -> Output {
        self.run_given(subcommand, environment, Stdio::null())
    }

    /// The same, which reads this.
    pub fn run_reading(&self, subcommand: &[&str], input: &[u8]) -> Output {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(input).expect("it takes them");
        file.rewind().expect("a file");
        self.run_given(subcommand, &[], file.into())
    }

    /// Types a line into a shell in its folder, where `gatelet` is the program and has the
    /// same settings.
    pub fn shell(&self, line: &str) -> Output {
        let programs = self.folder().join("bin");
        fs::create_dir_all(&programs).expect("our folder");
        let gatelet = programs.join("gatelet");
        if !gatelet.exists() {
            symlink(server::gatelet().get_program(), gatelet).expect("a link");
        }
        let path = std::env::var("PATH").unwrap_or_default();
        let output = self
            .here(Command::new("sh"))
            .args(["-c", line])
            .envs(self.settings())
            .env("PATH", format!("{}:{path}", programs.display()))
            .stdin(Stdio::null())
            .output()
            .expect("a shell");
        for text in [&output.stdout, &output.stderr] {
            secrets::assert_none_in(line, &String::from_utf8_lossy(text));
        }
        output
    }

    fn run_given(&self, subcommand: &[&str], environment: &[(&str, &str)], input: Stdio) -> Output {
        let mut command = self.here(server::gatelet());
        // What follows `--` is another program's.
        let ours = subcommand.iter().position(|argument| *argument == "--");
        let (ours, theirs) = subcommand.split_at(ours.unwrap_or(subcommand.len()));
        command.args(ours).envs(environment.iter().copied());
        if subcommand.first() != Some(&"keys") {
            self.add_settings(&mut command);
        }
        command.args(theirs);
        let output = command
            .stdin(input)
            .output()
            .expect("target/quick/gatelet is built (make build)");
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            if subcommand.first() != Some(&"keys") {
                secrets::assert_none_in(&format!("gatelet {subcommand:?}"), &text);
            }
        }
        output
    }

    #[track_caller]
    fn spawn(&self) -> Process {
        let server = Server::chosen();
        let mut command = self.here(server.up(self.address(), &self.arguments));
        match server {
            Server::Gatelet => {
                compile_once();
                self.add_settings(&mut command);
            }
            // It reads no such file.
            Server::Spin(_) => {
                command.envs(self.settings());
            }
        }
        Process::start("gatelet", &mut command, &self.log()).ended_by(server.end_signal())
    }

    /// Every variable under its name in the environment.
    fn settings(&self) -> impl Iterator<Item = (String, &String)> {
        self.variables
            .iter()
            .map(|(name, value)| (format!("SPIN_VARIABLE_{}", name.to_uppercase()), value))
    }

    fn add_settings(&self, command: &mut Command) {
        let settings = self.folder().join("settings.env");
        let lines: String = self
            .settings()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        // Whole or not at all: several commands may run at once.
        let fresh = tempfile::NamedTempFile::new_in(self.folder()).expect("our folder");
        fs::write(fresh.path(), lines).expect("a file in a folder of ours");
        fresh.persist(&settings).expect("the same folder");
        command.arg("--env-file").arg(&settings);
    }

    /// In the test's folder and environment.
    fn here(&self, mut command: Command) -> Command {
        command
            .current_dir(self.folder())
            .envs(&self.environment)
            .env_remove("RUST_LOG");
        command
    }

    /// Where it will listen.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    fn log(&self) -> PathBuf {
        self.folder().join("gatelet.log")
    }
}

impl Gatelet {
    /// The demo app on a fresh database.
    #[track_caller]
    pub fn start(engine: Engine) -> Self {
        Setup::new(engine).start()
    }

    /// An app of the test behind it, through this door, users in an embedded
    /// database.
    #[track_caller]
    pub fn in_front_of(upstream: &Upstream, door: Door) -> Self {
        Setup::new(Engine::Sqlite)
            .upstream(upstream)
            .door(door)
            .start()
    }

    /// What it was started with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The base URL that visitors use.
    pub fn base_url(&self) -> &str {
        self.setup.base_url()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.setup.address()
    }

    /// The server database; fails the test on the embedded one.
    pub fn database(&self) -> &Database {
        self.setup.database().expect("the test chose Postgres")
    }

    /// Somebody at another origin that is served here, whose name no resolver knows.
    pub fn visitor_at(&self, url: &str) -> Visitor {
        let port = Url::parse(url).expect("a URL").port().expect("a port");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Visitor::new(url)
            .served_at(url, address)
            .served_at(self.base_url(), address)
    }

    /// A new visitor at the base URL, wherever it really listens.
    pub fn visitor(&self) -> Visitor {
        let base = self.base_url();
        let certificate = self.setup.certificate();
        if certificate.exists() {
            return Visitor::new(base).trusting(&certificate);
        }
        Visitor::new(base).served_at(base, self.address())
    }

    /// The process, for memory and signals.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// What it has in memory, as [`Process::memory`] gives it.
    pub fn memory(&self, of: impl FnMut(&str, &[u8])) {
        self.process.memory(of);
    }

    /// Process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Resident memory in KiB.
    pub fn resident_kib(&self) -> u64 {
        self.process.resident_kib()
    }

    /// All it has written so far: the access log among it.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Waits for a line of the log that holds all of these; gives the line.
    #[track_caller]
    pub fn wait_for_line(&self, parts: &[&str]) -> String {
        let start = Instant::now();
        loop {
            let log = self.log();
            let line = log
                .lines()
                .find(|line| parts.iter().all(|part| line.contains(part)));
            if let Some(line) = line {
                return line.to_owned();
            }
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "no line with {parts:?}\n{log}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it as an operator would and starts it again, same settings, same
    /// port. What it wrote before stays in the log.
    #[track_caller]
    pub fn restart(&mut self) {
        self.process.stop(Duration::from_secs(30));
        self.process = self.setup.spawn();
        self.wait_until("/health/ready");
    }

    /// Changes settings, then restarts.
    #[track_caller]
    pub fn restart_with(&mut self, variables: &[(&str, &str)]) {
        for (name, value) in variables {
            self.setup
                .variables
                .insert((*name).to_owned(), (*value).to_owned());
            if *name == "session_keys" {
                for key in value.split(',') {
                    secrets::remember(key.split_once(':').map_or(key, |(_, key)| key));
                }
            }
        }
        self.restart();
    }

    /// Asks it to end; gives how long that took.
    pub fn stop(&mut self) -> Duration {
        let start = Instant::now();
        self.process.signal(Signal::TERM);
        self.process.wait(Duration::from_secs(40));
        start.elapsed()
    }

    /// Waits until a probe says 200.
    #[track_caller]
    pub fn wait_until(&mut self, probe: &str) {
        let visitor = self.visitor();
        self.process.wait_until(probe, START_LIMIT, |_| {
            visitor
                .get(probe)
                .try_send()
                .is_ok_and(|answer| answer.status.is_success())
        });
    }
}

impl Drop for Gatelet {
    fn drop(&mut self) {
        self.process.stop(Duration::from_secs(30));
        let log = self.log();
        if std::thread::panicking() {
            // libtest shows it with the failure.
            let from = log.len().saturating_sub(8000);
            let tail = String::from_utf8_lossy(&log.as_bytes()[from..]).into_owned();
            println!("---- the log of gatelet ----\n{tail}");
        } else {
            secrets::assert_none_in("the log", &log);
            assert!(!log.contains("panicked"), "something panicked\n{log}");
        }
    }
}

/// A fresh `kid:key` for `session_keys`.
pub fn session_key(kid: &str) -> String {
    let mut key = [0; 32];
    getrandom::fill(&mut key).expect("the system has randomness");
    format!("{kid}:{}", BASE64_URL_SAFE_NO_PAD.encode(key))
}
