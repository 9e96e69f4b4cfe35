//! Where does a test get a MySQL database? From a throwaway MariaDB server of the test
//! binary, a fresh database each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, OptsBuilder, Row, Value};
use rustix::process::Signal;

use crate::process::Process;
use crate::runtime::run;
use crate::{free_port, janitor};

/// The password of the servers' one user. Also looked for in logs.
pub const PASSWORD: &str = "mar1adb-Secret/of:tests";
const USER: &str = "gatelet";

/// A MariaDB server that a test may stop and start.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    port: u16,
    process: Mutex<Option<Process>>,
}

impl Server {
    /// A new one on a free port, running.
    pub fn start_new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gatelet-mariadb-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        janitor::remove_at_end(&folder);
        let data = folder.join("data");
        fs::create_dir(&data).expect("a folder in a fresh one");
        for folder in [&folder, &data] {
            give_to_server_user(folder);
        }
        let user = folder.join("user.sql");
        let sql = format!(
            "FLUSH PRIVILEGES;\n\
             CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
             GRANT ALL ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
        );
        fs::write(&user, sql).expect("a file in a fresh folder");
        give_to_server_user(&user);
        let made = server_program("mariadb-install-db")
            .args([
                "--no-defaults",
                "--skip-test-db",
                "--innodb-log-file-size=8M",
            ])
            .arg("--auth-root-authentication-method=normal")
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--extra-file={}", user.display()))
            .current_dir(&folder)
            .output()
            .expect("mariadb-install-db is installed (scripts/test-tools.sh)");
        assert!(
            made.status.success(),
            "mariadb-install-db: {}{}",
            String::from_utf8_lossy(&made.stdout),
            String::from_utf8_lossy(&made.stderr)
        );
        let server = Self {
            folder,
            port: free_port(),
            process: Mutex::new(None),
        };
        server.start();
        server
    }

    /// Starts the server, if it is not running.
    pub fn start(&self) {
        let mut process = self.process.lock().expect("no test failed in here");
        if process.is_some() {
            return;
        }
        let log = self.folder.join("server.log");
        let _gone = fs::remove_file(&log);
        let here = self.folder.display();
        let mut server = Process::start(
            "mariadbd",
            server_program("mariadbd")
                .args(["--no-defaults", "--bind-address=127.0.0.1"])
                .arg(format!("--port={}", self.port))
                .arg(format!("--datadir={here}/data"))
                .arg(format!("--socket={here}/socket"))
                .arg(format!("--pid-file={here}/pid"))
                // Data that nobody will miss: no waiting for the disk.
                .args([
                    "--innodb-flush-log-at-trx-commit=0",
                    "--innodb-doublewrite=0",
                ])
                .args(["--skip-name-resolve", "--skip-log-bin"])
                .args(["--max-connections=500", "--innodb-buffer-pool-size=64M"])
                .current_dir(&self.folder),
            &log,
        );
        server.wait_until("accept connections", Duration::from_secs(60), |log| {
            log.contains("ready for connections")
        });
        *process = Some(server);
    }

    /// Stops the server: connections break, new ones are refused.
    pub fn stop(&self) {
        drop(self.process.lock().expect("no test failed in here").take());
    }

    /// Stops the server where it is: connections are taken, and nobody answers.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
        // Its threads stop one after the other, and one may answer meanwhile.
        let id = {
            let process = self.process.lock().expect("no test failed in here");
            process.as_ref().expect("it runs").id()
        };
        let is_stopped = || {
            let threads = fs::read_dir(format!("/proc/{id}/task")).expect("it runs");
            threads.flatten().all(|thread| {
                let stat = fs::read_to_string(thread.path().join("stat"));
                stat.is_ok_and(|stat| stat.contains(") T "))
            })
        };
        while !is_stopped() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let mut process = self.process.lock().expect("no test failed in here");
        process.as_mut().expect("it runs").signal(signal);
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A fresh, empty database.
    pub fn database(&self) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("gatelet_test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Database {
            url: format!(
                "mysql://{USER}:{}@127.0.0.1:{}/{name}",
                url_encoded(PASSWORD),
                self.port
            ),
            host: format!("mysql://127.0.0.1:{}", self.port),
            name,
            port: self.port,
        };
        let create = format!("CREATE DATABASE {}", database.name);
        run(async {
            let mut client = database.connect("mysql").await;
            client.query_drop(create).await.expect("a new database");
        });
        database
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.thaw_if_running();
        self.stop();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    fn thaw_if_running(&self) {
        if let Ok(mut process) = self.process.lock()
            && let Some(process) = process.as_mut()
        {
            process.signal(Signal::CONT);
        }
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
fn server_program(name: &str) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program(name));
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"])
        .arg(program(name));
    command
}

/// Debian has the server where only root's search path leads.
fn program(name: &str) -> PathBuf {
    let beside = Path::new("/usr/sbin").join(name);
    match beside.exists() {
        true => beside,
        false => name.into(),
    }
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

fn url_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
