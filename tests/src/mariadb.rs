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
/// One who may do all to the tests' databases, and nothing to the server.
const PLAIN_USER: &str = "plain";

/// A server's own: one that starts removes what others have in theirs.
const TEMPORARY: &str = "tmp";

/// Data that nobody will miss: no waiting for the disk, and no statistics of each table.
const CARELESS: [&str; 6] = [
    "--debug-no-sync",
    "--sync-frm=0",
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-stats-persistent=0",
];

/// A MariaDB server that a test may stop and start.
#[derive(Debug)]
pub struct Server {
    service: Service,
    /// Of its own, beside those of every server.
    options: Vec<String>,
}

impl Server {
    /// A new one on a free port, running.
    pub fn start_new() -> Self {
        Self::start_with(&[])
    }

    /// The same with options of its own.
    pub fn start_with(options: &[&str]) -> Self {
        let service = Service::new("mariadb", Signal::TERM);
        let data = service.folder().join("data");
        fs::create_dir(&data).expect("a folder in a fresh one");
        service.give("data");
        fs::create_dir(service.folder().join(TEMPORARY)).expect("a folder in a fresh one");
        service.give(TEMPORARY);
        let user = service.write(
            "user.sql",
            &format!(
                "FLUSH PRIVILEGES;\n\
                 CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
                 GRANT ALL ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n\
                 CREATE USER '{PLAIN_USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
                 GRANT ALL ON `gatelet_test_%`.* TO '{PLAIN_USER}'@'%';\n"
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
                .args(CARELESS)
                .env("TMPDIR", service.folder().join(TEMPORARY))
                .arg("--auth-root-authentication-method=normal")
                .arg(format!("--datadir={}", data.display()))
                .arg(format!("--extra-file={}", user.display())),
        );
        let options = options.iter().map(|&one| one.to_owned()).collect();
        let server = Self { service, options };
        server.start();
        server
    }

    /// Starts the server, if it is not running.
    pub fn start(&self) {
        let here = self.service.folder().display();
        self.service.start(
            self.service
                .command(&program("mariadbd"))
                .args(["--no-defaults", "--bind-address=127.0.0.1"])
                .arg(format!("--port={}", self.service.port()))
                .arg(format!("--datadir={here}/data"))
                .arg(format!("--socket={here}/socket"))
                .arg(format!("--pid-file={here}/pid"))
                .args(CARELESS)
                .env("TMPDIR", self.service.folder().join(TEMPORARY))
                .args(["--skip-name-resolve", "--skip-log-bin"])
                .arg("--innodb-file-per-table=0")
                .args(["--max-connections=500", "--innodb-buffer-pool-size=64M"])
                .args(&self.options),
            "ready for connections",
        );
    }

    /// Stops the server: connections break, new ones are refused.
    pub fn stop(&self) {
        self.service.stop();
    }

    /// Stops the server where it is: connections are taken, and nobody answers.
    pub fn freeze(&self) {
        self.service.freeze();
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.service.thaw();
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.service.port()
    }

    /// A fresh, empty database.
    pub fn database(&self) -> Database {
        Database::create(self.service.port(), USER)
    }
}

impl Database {
    /// Whoever uses its URL is this user.
    fn create(port: u16, user: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gatelet_test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let password = url_encoded(PASSWORD);
        let database = Database {
            url: format!("mysql://{user}:{password}@127.0.0.1:{port}/{name}"),
            host: format!("mysql://127.0.0.1:{port}"),
            name,
            port,
        };
        let create = format!("CREATE DATABASE {}", database.name);
        run(async {
            let mut client = database.connect("mysql").await;
            client.query_drop(create).await.expect("a new database");
        });
        database
    }
}

/// What other databases are made from.
#[derive(Debug)]
pub struct Template {
    port: u16,
    statements: String,
}

impl Template {
    /// A fresh database with all of it.
    pub fn copy(&self) -> Database {
        let database = Database::create(self.port, USER);
        database.execute(&self.statements);
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

    /// What it takes to make another like it.
    pub fn template(&self) -> Template {
        let port = self.port;
        let statements = self.dump();
        Template { port, statements }
    }

    /// The same rows on a server that takes no writes (`--read-only`), for a user who is
    /// nobody there.
    pub fn read_only(&self) -> Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        let server = SHARED.get_or_init(|| Server::start_with(&["--read-only"]));
        let database = Self::create(server.port(), PLAIN_USER);
        database.execute(&self.dump());
        database
    }

    /// Every table with its rows.
    fn dump(&self) -> String {
        run(async {
            let mut client = self.connect(&self.name).await;
            let tables: Vec<String> = client.query("SHOW TABLES").await.expect("tables");
            let mut statements = vec!["SET foreign_key_checks = 0".to_owned()];
            for table in &tables {
                let shown = client
                    .query_first(format!("SHOW CREATE TABLE {table}"))
                    .await;
                let (_, create): (String, String) = shown.expect("a table").expect("its text");
                statements.push(create);
                // What is computed takes no value.
                let columns = client
                    .query_first(format!(
                        "SELECT GROUP_CONCAT(CONCAT('`', column_name, '`')) FROM information_schema.columns \
                         WHERE table_schema = DATABASE() AND table_name = '{table}' AND extra NOT LIKE '%GENERATED%'"
                    ))
                    .await;
                let columns: String = columns.expect("columns").expect("a row");
                let rows = client.query(format!("SELECT {columns} FROM {table}")).await;
                let rows: Vec<Row> = rows.expect("rows");
                for row in rows {
                    let values = row.unwrap().into_iter();
                    let values: Vec<_> = values.map(|value| value.as_sql(true)).collect();
                    let values = values.join(", ");
                    statements.push(format!("INSERT INTO {table} ({columns}) VALUES ({values})"));
                }
            }
            client.disconnect().await.expect("a connection that ends");
            statements.join(";")
        })
    }

    /// Runs statements in this database.
    pub fn execute(&self, statements: &str) {
        run(async {
            let mut client = self.connect(&self.name).await;
            let settings = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT'), \
                            max_recursive_iterations = 1000000";
            client.query_drop(settings).await.expect("settings");
            let done = client.query_drop(translated(statements)).await;
            done.unwrap_or_else(|error| panic!("{statements}: {error}"));
            client.disconnect().await.expect("a connection that ends");
        });
    }

    /// The first column of the first row, as text.
    pub fn value(&self, query: &str) -> Option<String> {
        run(async {
            let mut client = self.connect(&self.name).await;
            let row: Option<Row> = client
                .query_first(translated(query))
                .await
                .expect("a valid query");
            client.disconnect().await.expect("a connection that ends");
            match row?.take(0)? {
                Value::NULL => None,
                Value::Bytes(bytes) => Some(String::from_utf8(bytes).expect("text")),
                other => Some(other.as_sql(true)),
            }
        })
    }

    /// The same for a user of its own, who has these rights to it.
    pub fn of_user_with(&self, rights: &str) -> Self {
        let Self { name, port, .. } = self;
        let user = name.replace("gatelet_test_", "only_");
        self.execute(&format!(
            "CREATE USER '{user}'@'%' IDENTIFIED BY '{PASSWORD}'; \
             GRANT {rights} ON {name}.* TO '{user}'@'%'"
        ));
        let password = url_encoded(PASSWORD);
        Self {
            url: format!("mysql://{user}:{password}@127.0.0.1:{port}/{name}"),
            ..self.clone()
        }
    }

    /// Ends every connection to it but the one that asks for it.
    pub fn end_connections(&self) {
        let others = self.value(
            "SELECT GROUP_CONCAT('KILL ', id SEPARATOR ';') FROM information_schema.processlist \
             WHERE db = DATABASE() AND id <> CONNECTION_ID()",
        );
        if let Some(kill) = others {
            self.execute(&kill);
        }
    }

    /// How many wait for a lock in it. `information_schema.innodb_trx` is as old as whoever
    /// asked last, so the engine's own report is read.
    pub fn waiting(&self) -> usize {
        let (report, here): (String, Vec<u64>) = run(async {
            let mut client = self.client().await;
            let report = client.query_first("SHOW ENGINE INNODB STATUS").await;
            let report: Option<(String, String, String)> = report.expect("a report");
            let here = client
                .query("SELECT id FROM information_schema.processlist WHERE db = DATABASE()")
                .await;
            client.disconnect().await.expect("a connection that ends");
            (report.expect("a row").2, here.expect("ids"))
        });
        let waiting = report
            .split("---TRANSACTION ")
            .filter(|one| one.contains("\nLOCK WAIT"))
            .filter_map(|one| one.split_once("thread id ")?.1.split(',').next())
            .filter_map(|id| id.parse().ok());
        waiting.filter(|id: &u64| here.contains(id)).count()
    }

    /// A connection to it.
    pub async fn client(&self) -> Conn {
        self.connect(&self.name).await
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

/// A text that tests have for every engine: a query of its own stands behind `INSERT`, and
/// no type is called `TEXT` in a cast.
fn translated(statements: &str) -> String {
    let statements = statements
        .replace("AS TEXT)", "AS CHAR)")
        // A word of theirs.
        .replace(", key,", ", `key`,");
    let Some(rest) = statements.strip_prefix("WITH RECURSIVE ") else {
        return statements;
    };
    let parts = rest
        .split_once(" INSERT INTO ")
        .and_then(|(with, insert)| Some((with, insert.split_once(" SELECT ")?)));
    match parts {
        Some((with, (insert, select))) => {
            format!("INSERT INTO {insert} WITH RECURSIVE {with} SELECT {select}")
        }
        None => statements,
    }
}

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
