//! Where does a test get a Postgres database? From a throwaway cluster of the
//! test binary, a fresh database each; or from `TEST_DATABASE_URL`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::process::Signal;
use tokio_postgres::{Client, NoTls};

use crate::runtime::{handle, run};
use crate::service::Service;

/// The password of the clusters' one user. Also looked for in logs.
pub const PASSWORD: &str = "p0stgres-Secret/of:tests";

/// What the server makes databases from that are to have nothing.
const EMPTY: &str = "template1";

/// A Postgres server that a test may stop and start.
#[derive(Debug)]
pub struct Cluster {
    service: Service,
    /// `NAME=value` for the server's configuration.
    settings: Vec<String>,
}

impl Cluster {
    /// A new cluster on a free port, running.
    pub fn start_new() -> Self {
        Self::start_with(&[])
    }

    /// The same with settings of its own, `NAME=value` each.
    pub fn start_with(settings: &[&str]) -> Self {
        // Fast shutdown: ends sessions instead of waiting for them.
        let service = Service::new("postgres", Signal::INT);
        let password = service.write("password", PASSWORD);
        service.prepare(
            service
                .command(&server_program("initdb"))
                .args(["--username=gatelet", "--auth=scram-sha-256", "--no-sync"])
                .args(["--encoding=UTF8", "--no-locale", "--pgdata"])
                .arg(service.folder().join("data"))
                .arg("--pwfile")
                .arg(&password),
        );
        let cluster = Self {
            service,
            settings: settings.iter().map(|&one| one.to_owned()).collect(),
        };
        cluster.start();
        cluster
    }

    /// Speaks TLS from the next start on, with a certificate for `localhost` of an
    /// authority of its own, whose certificate lies in the file that is given back.
    /// Whoever does not encrypt is not let in.
    pub fn with_own_authority(mut self) -> (Self, PathBuf) {
        let folder = self.service.folder().to_owned();
        let authority = folder.join("authority.pem");
        let run = |program: &str, arguments: &[&str]| {
            let done = Command::new(program)
                .args(arguments)
                .current_dir(&folder)
                .output();
            let done = done.expect("openssl is installed (scripts/test-tools.sh)");
            let told = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{program} {arguments:?}: {told}");
        };
        let key = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ];
        let own = ["req", "-x509", "-days", "2", "-subj", "/CN=Authority"];
        let files = ["-keyout", "authority.key", "-out", "authority.pem"];
        run("openssl", &[&own[..], &key, &files].concat());
        let asked = ["req", "-subj", "/CN=localhost"];
        let files = ["-keyout", "server.key", "-out", "server.csr"];
        run("openssl", &[&asked[..], &key, &files].concat());
        fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("a file");
        let signed = [
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            "server.csr",
            "-extfile",
            "names",
        ];
        let by = [
            "-CA",
            "authority.pem",
            "-CAkey",
            "authority.key",
            "-CAcreateserial",
        ];
        run(
            "openssl",
            &[&signed[..], &by, &["-out", "server.crt"]].concat(),
        );
        run("chmod", &["600", "server.key"]);
        for file in ["server.key", "server.crt"] {
            self.service.give(file);
        }
        let here = folder.display();
        self.settings.extend([
            "ssl=on".to_owned(),
            format!("ssl_cert_file={here}/server.crt"),
            format!("ssl_key_file={here}/server.key"),
            format!("hba_file={here}/hba"),
        ]);
        let hba = "hostssl all all all scram-sha-256\n";
        self.service.write("hba", hba);
        self.stop();
        self.start();
        (self, authority)
    }

    /// Stops every process of the server where it is: connections are taken, and
    /// nobody answers.
    pub fn freeze(&self) {
        self.service.freeze();
    }

    /// Lets them go on.
    pub fn thaw(&self) {
        self.service.thaw();
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.service.port()
    }

    /// Starts the server, if it is not running.
    pub fn start(&self) {
        let folder = self.service.folder();
        self.service.start(
            self.service
                .command(&server_program("postgres"))
                .arg("-D")
                .arg(folder.join("data"))
                .args(["-p", &self.port().to_string(), "-h", "127.0.0.1", "-k"])
                .arg(folder)
                // Data that nobody will miss: no waiting for the disk.
                .args(["-c", "fsync=off", "-c", "synchronous_commit=off"])
                .args(["-c", "full_page_writes=off", "-c", "max_connections=200"])
                .args(self.settings.iter().flat_map(|one| ["-c", one])),
            "ready to accept connections",
        );
    }

    /// Stops the server: connections break, new ones are refused.
    pub fn stop(&self) {
        self.service.stop();
    }

    /// A fresh, empty database.
    pub fn database(&self) -> Database {
        Database::create(&format!(
            "postgres://gatelet:{}@127.0.0.1:{}/postgres",
            url_encoded(PASSWORD),
            self.port()
        ))
    }
}

/// One test's database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `postgres://…`, password included.
    pub url: String,
    /// `postgres://host:port`: what components must be allowed to reach.
    pub host: String,
    made: Arc<Made>,
}

/// A database on its server. Copies are dropped with the last that knows them: they are made
/// by the hundred, of eight MB each without a row. Of one that is made from nothing somebody
/// may have the URL alone, so it stays for as long as the server.
#[derive(Debug)]
struct Made {
    name: String,
    administrator: String,
    is_copy: bool,
}

impl Drop for Made {
    fn drop(&mut self) {
        if !self.is_copy {
            return;
        }
        let administrator = std::mem::take(&mut self.administrator);
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // Beside the next test, and not at all where the server is gone.
        handle().spawn(async move {
            if let Ok((client, connection)) = tokio_postgres::connect(&administrator, NoTls).await {
                handle().spawn(connection);
                let _ = client.batch_execute(&drop).await;
            }
        });
    }
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

    /// A fresh database with all that this one has, which lets nobody in.
    pub fn copy(&self) -> Self {
        Self::create_like(&self.made.administrator, &self.made.name)
    }

    /// Ends everybody's connection, and takes no new one: it is there to be copied.
    pub fn let_nobody_in(&self) {
        let Made { name, .. } = &*self.made;
        execute_at(
            &self.made.administrator,
            &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
        );
        self.end_connections();
    }

    /// The same database by another address: host and port.
    #[must_use]
    pub fn at(&self, host: &str, port: u16) -> Self {
        let mut url = url::Url::parse(&self.url).expect("a database URL");
        url.set_host(Some(host)).expect("a host");
        url.set_port(Some(port)).expect("a URL with a host");
        Self {
            url: url.into(),
            host: format!("postgres://{host}:{port}"),
            ..self.clone()
        }
    }

    /// The same database by another URL.
    #[must_use]
    pub fn by_url(&self, url: String) -> Self {
        Self {
            url,
            ..self.clone()
        }
    }

    /// The same database with this query behind its URL.
    #[must_use]
    pub fn with(&self, query: &str) -> Self {
        Self {
            url: format!("{}?{query}", self.url),
            ..self.clone()
        }
    }

    fn create(administrator: &str) -> Self {
        Self::create_like(administrator, EMPTY)
    }

    fn create_like(administrator: &str, template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "gatelet_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        execute_at(
            administrator,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        );
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
            made: Arc::new(Made {
                name,
                administrator: administrator.to_owned(),
                is_copy: template != EMPTY,
            }),
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
            &self.made.administrator,
            &format!(
                "ALTER DATABASE {} SET default_transaction_read_only = {state}",
                self.made.name
            ),
        );
        // The setting is taken up by a new session, so the present ones must end.
        self.end_connections();
    }

    /// And waits until they are gone.
    fn end_connections(&self) {
        let ended = format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{}'",
            self.made.name
        );
        execute_at(&self.made.administrator, &ended);
    }

    /// Whether any table of this database holds this text in any column.
    pub fn contains(&self, text: &str) -> bool {
        let quoted = text.replace('\'', "''");
        let rows = self.rows_as("t::text");
        let query =
            format!("SELECT 1 FROM ({rows}) AS t (one) WHERE one LIKE '%{quoted}%' LIMIT 1");
        self.value(&query).is_some()
    }

    /// Every row of every table, as JSON.
    pub fn dump(&self) -> String {
        let rows = self.rows_as("row_to_json(t)::text");
        let query = format!("SELECT string_agg(one, ' ') FROM ({rows}) AS t (one)");
        self.value(&query).unwrap_or_default()
    }

    /// The query for every row `t` of every table, each as this expression says it.
    fn rows_as(&self, expression: &str) -> String {
        let tables = format!(
            "SELECT string_agg(format('SELECT {expression} FROM %I.%I AS t', table_schema, table_name), ' UNION ALL ') \
             FROM information_schema.tables \
             WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        );
        self.value(&tables).expect("there are tables to look in")
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

/// A program of the newest installed server.
fn server_program(name: &str) -> PathBuf {
    server_folder().join(name)
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
