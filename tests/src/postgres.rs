//! Where does a test get a Postgres database? From a throwaway cluster of the
//! test binary, a fresh database each; or from `TEST_DATABASE_URL`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use rustix::process::Signal;
use tokio_postgres::{Client, NoTls};

use crate::process::Process;
use crate::runtime::{handle, run};
use crate::{free_port, janitor};

/// The password of the clusters' one user. Also looked for in logs.
pub const PASSWORD: &str = "p0stgres-Secret/of:tests";

/// A Postgres server that a test may stop and start.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    process: Mutex<Option<Process>>,
}

impl Cluster {
    /// A new cluster on a free port, running.
    pub fn start_new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gatelet-postgres-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        janitor::remove_at_end(&folder);
        give_to_server_user(&folder);

        let password = folder.join("password");
        fs::write(&password, PASSWORD).expect("a file in a fresh folder");
        give_to_server_user(&password);
        let made = server_program("initdb")
            .args(["--username=gatelet", "--auth=scram-sha-256", "--no-sync"])
            .args(["--encoding=UTF8", "--no-locale", "--pgdata"])
            .arg(folder.join("data"))
            .arg("--pwfile")
            .arg(&password)
            .current_dir(&folder)
            .output()
            .expect("initdb is installed (scripts/test-tools.sh)");
        assert!(
            made.status.success(),
            "initdb: {}{}",
            String::from_utf8_lossy(&made.stdout),
            String::from_utf8_lossy(&made.stderr)
        );
        let cluster = Self {
            folder,
            port: free_port(),
            process: Mutex::new(None),
        };
        cluster.start();
        cluster
    }

    /// Starts the server, if it is not running.
    pub fn start(&self) {
        let mut process = self.process.lock().expect("no test failed in here");
        if process.is_some() {
            return;
        }
        let log = self.folder.join("server.log");
        let _gone = fs::remove_file(&log);
        let mut server = Process::start(
            "postgres",
            server_program("postgres")
                .arg("-D")
                .arg(self.folder.join("data"))
                .args(["-p", &self.port.to_string(), "-h", "127.0.0.1", "-k"])
                .arg(&self.folder)
                // Data that nobody will miss: no waiting for the disk.
                .args(["-c", "fsync=off", "-c", "synchronous_commit=off"])
                .args(["-c", "full_page_writes=off", "-c", "max_connections=200"])
                .current_dir(&self.folder),
            &log,
        )
        // Fast shutdown: ends sessions instead of waiting for them.
        .ended_by(Signal::INT);
        server.wait_until("accept connections", Duration::from_secs(30), |log| {
            log.contains("ready to accept connections")
        });
        *process = Some(server);
    }

    /// Stops the server: connections break, new ones are refused.
    pub fn stop(&self) {
        drop(self.process.lock().expect("no test failed in here").take());
    }

    /// A fresh, empty database.
    pub fn database(&self) -> Database {
        Database::create(&format!(
            "postgres://gatelet:{}@127.0.0.1:{}/postgres",
            url_encoded(PASSWORD),
            self.port
        ))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

/// One test's database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `postgres://…`, password included.
    pub url: String,
    /// `postgres://host:port`: what components must be allowed to reach.
    pub host: String,
    name: String,
    administrator: String,
}

impl Database {
    /// A fresh database on the cluster that the whole test binary shares, or on
    /// the server that `TEST_DATABASE_URL` names.
    pub fn fresh() -> Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        match std::env::var("TEST_DATABASE_URL") {
            Ok(url) => Self::create(&url),
            Err(_) => SHARED.get_or_init(Cluster::start_new).database(),
        }
    }

    fn create(administrator: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "gatelet_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        execute_at(administrator, &format!("CREATE DATABASE {name}"));
        let mut url = url::Url::parse(administrator).expect("a database URL");
        url.set_path(&name);
        let host = format!(
            "postgres://{}:{}",
            url.host_str().expect("a host"),
            url.port().unwrap_or(5432)
        );
        Self {
            url: url.into(),
            host,
            name,
            administrator: administrator.to_owned(),
        }
    }

    /// Runs statements in this database.
    pub fn execute(&self, statements: &str) {
        execute_at(&self.url, statements);
    }

    /// The first column of the first row, as text.
    pub fn value(&self, query: &str) -> Option<String> {
        run(async {
            let client = connect(&self.url).await;
            let rows = client.simple_query(query).await.expect("a valid query");
            rows.iter().find_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
        })
    }

    /// Makes every transaction of new and present connections read-only, or
    /// ordinary again.
    pub fn set_read_only(&self, read_only: bool) {
        let state = if read_only { "on" } else { "off" };
        execute_at(
            &self.administrator,
            &format!(
                "ALTER DATABASE {} SET default_transaction_read_only = {state}",
                self.name
            ),
        );
        // The setting is taken up by a new session, so the present ones must end.
        execute_at(
            &self.administrator,
            &format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
                self.name
            ),
        );
    }

    /// Whether any table of this database holds this text in any column.
    pub fn contains(&self, text: &str) -> bool {
        let tables = run(async {
            let client = connect(&self.url).await;
            let query = "SELECT table_schema || '.' || table_name FROM information_schema.tables \
                         WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
            let rows = client.query(query, &[]).await.expect("the catalogue");
            rows.iter()
                .map(|row| row.get::<_, String>(0))
                .collect::<Vec<_>>()
        });
        assert!(!tables.is_empty(), "there are tables to look in");
        tables.iter().any(|table| {
            let quoted = text.replace('\'', "''");
            self.value(&format!(
                "SELECT 1 FROM {table} AS t WHERE t::text LIKE '%{quoted}%' LIMIT 1"
            ))
            .is_some()
        })
    }
}

fn execute_at(url: &str, statements: &str) {
    run(async {
        let client = connect(url).await;
        client
            .batch_execute(statements)
            .await
            .unwrap_or_else(|error| panic!("{statements}: {error}"));
    });
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .unwrap_or_else(|error| panic!("the test database does not answer: {error}"));
    handle().spawn(connection);
    client
}

/// A program of the newest installed server, as a user that it accepts: it
/// refuses to run as root.
fn server_program(name: &str) -> Command {
    let path = server_folder().join(name);
    if !rustix::process::geteuid().is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"])
        .arg(path);
    command
}

fn give_to_server_user(path: &Path) {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let done = Command::new("chown")
        .arg("nobody:nogroup")
        .arg(path)
        .status();
    assert!(done.is_ok_and(|status| status.success()), "chown {path:?}");
}

fn server_folder() -> PathBuf {
    let mut folders: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("initdb").exists().then_some((version, folder))
        })
        .collect();
    folders.sort();
    if let Some((_, folder)) = folders.pop() {
        return folder;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").exists())
        .expect("PostgreSQL's server programs are installed (scripts/test-tools.sh)")
}

fn url_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
