//! Where does a test get a MySQL database? From a throwaway MariaDB server of the test
//! binary, a fresh database each.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, OptsBuilder, Row, Value};
use rustix::process::Signal;

use crate::runtime::run;
use crate::service::Service;

/// The password of the servers' one user. Also looked for in logs.
pub const PASSWORD: &str = "mar1adb-Secret/of:tests";
const USER: &str = "gatelet";

/// A MariaDB server that a test may stop and start.
#[derive(Debug)]
pub struct Server(Service);

impl Server {
    /// A new one on a free port, running.
    pub fn start_new() -> Self {
        let service = Service::new("mariadb", Signal::TERM);
        let data = service.folder().join("data");
        fs::create_dir(&data).expect("a folder in a fresh one");
        service.give("data");
        let user = service.write(
            "user.sql",
            &format!(
                "FLUSH PRIVILEGES;\n\
                 CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
                 GRANT ALL ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
            ),
        );
        service.prepare(
            service
                .command(&program("mariadb-install-db"))
                .args([
                    "--no-defaults",
                    "--skip-test-db",
                    "--innodb-log-file-size=8M",
                ])
                .arg("--auth-root-authentication-method=normal")
                .arg(format!("--datadir={}", data.display()))
                .arg(format!("--extra-file={}", user.display())),
        );
        let server = Self(service);
        server.start();
        server
    }

    /// Starts the server, if it is not running.
    pub fn start(&self) {
        let here = self.0.folder().display();
        self.0.start(
            self.0
                .command(&program("mariadbd"))
                .args(["--no-defaults", "--bind-address=127.0.0.1"])
                .arg(format!("--port={}", self.0.port()))
                .arg(format!("--datadir={here}/data"))
                .arg(format!("--socket={here}/socket"))
                .arg(format!("--pid-file={here}/pid"))
                // Data that nobody will miss: no waiting for the disk.
                .args([
                    "--innodb-flush-log-at-trx-commit=0",
                    "--innodb-doublewrite=0",
                ])
                .args(["--skip-name-resolve", "--skip-log-bin"])
                .args(["--max-connections=500", "--innodb-buffer-pool-size=64M"]),
            "ready for connections",
        );
    }

    /// Stops the server: connections break, new ones are refused.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// Stops the server where it is: connections are taken, and nobody answers.
    pub fn freeze(&self) {
        self.0.freeze();
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.0.thaw();
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// A fresh, empty database.
    pub fn database(&self) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gatelet_test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Database {
            url: format!(
                "mysql://{USER}:{}@127.0.0.1:{}/{name}",
                url_encoded(PASSWORD),
                self.0.port()
            ),
            host: format!("mysql://127.0.0.1:{}", self.0.port()),
            name,
            port: self.0.port(),
        };
        let create = format!("CREATE DATABASE {}", database.name);
        run(async {
            let mut client = database.connect("mysql").await;
            client.query_drop(create).await.expect("a new database");
        });
        database
    }
}

/// One test's database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `mysql://…`, password included.
    pub url: String,
    /// `mysql://host:port`: what components must be allowed to reach.
    pub host: String,
    name: String,
    port: u16,
}

impl Database {
    /// A fresh database on the server that the whole test binary shares.
    pub fn fresh() -> Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(Server::start_new).database()
    }

    /// Runs statements in this database.
    pub fn execute(&self, statements: &str) {
        run(async {
            let mut client = self.connect(&self.name).await;
            let done = client.query_drop(statements).await;
            done.unwrap_or_else(|error| panic!("{statements}: {error}"));
            client.disconnect().await.expect("a connection that ends");
        });
    }

    /// The first column of the first row, as text.
    pub fn value(&self, query: &str) -> Option<String> {
        run(async {
            let mut client = self.connect(&self.name).await;
            let row: Option<Row> = client.query_first(query).await.expect("a valid query");
            client.disconnect().await.expect("a connection that ends");
            match row?.take(0)? {
                Value::NULL => None,
                Value::Bytes(bytes) => Some(String::from_utf8(bytes).expect("text")),
                other => Some(other.as_sql(true)),
            }
        })
    }

    async fn connect(&self, name: &str) -> Conn {
        let options = OptsBuilder::default()
            .ip_or_hostname("127.0.0.1")
            .tcp_port(self.port)
            .prefer_socket(false)
            .user(Some(USER))
            .pass(Some(PASSWORD))
            .db_name(Some(name));
        let connected = Conn::new(options).await;
        connected.unwrap_or_else(|error| panic!("the test database does not answer: {error}"))
    }
}

/// A program of the server, as a user that it accepts: it refuses to run as root.
/// Debian has the server where only root's search path leads.
fn program(name: &str) -> PathBuf {
    let beside = Path::new("/usr/sbin").join(name);
    match beside.exists() {
        true => beside,
        false => name.into(),
    }
}

fn url_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
