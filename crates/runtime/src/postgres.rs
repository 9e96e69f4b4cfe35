//! Which connection does a handle get? Pools by address, bounded, behind the
//! component's grant; what a guest leaves behind in a session goes with it.
//! Statements are prepared once for each connection, as long as they are in use.

mod recent;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleResult};
use deadpool_postgres::{ClientWrapper, ManagerConfig, RecyclingMethod, Runtime};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::Host;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::allowed_hosts::{AllowedHosts, Destination};

/// Connections to one address for each component, as with Spin.
const POOL_CONNECTIONS: usize = 64;
/// Addresses that one component has connections to.
const POOLS: usize = 128;
/// Prepared statements that one connection keeps. With 1,000 origins, each with
/// a schema and so with statements of its own, those in use stay.
const STATEMENTS: usize = 256;
/// Opening a connection, TLS and authentication included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Waiting for a connection that others use.
const WAIT_TIMEOUT: Duration = Duration::from_secs(10);

use recent::Recent;

/// A connection in a guest's hands.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Connection(pub(crate) Arc<Client>);

/// An address, and the certificate authority to trust for it.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct ConnectionBuilder {
    pub(crate) address: String,
    pub(crate) ca_root: Option<String>,
}

/// Why there is no connection. No text repeats the address: it holds a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConnectError {
    /// The address is no good, not granted, or nobody answers there.
    Failed(String),
    /// The certificate authority is none.
    Certificate(&'static str),
    /// The pool cannot be made.
    Pool(String),
}

/// The pools of one component.
pub(crate) struct Pools(Mutex<Recent<Address, Pool<Sessions>>>);

/// A URL or DSN, and the certificate authority to trust for it.
type Address = (String, Option<String>);

/// Makes connections to one address.
struct Sessions(deadpool_postgres::Manager);

/// A connection, and what is prepared on it by text.
struct Session {
    connection: ClientWrapper,
    statements: Mutex<Recent<String, Statement>>,
}

/// A pooled connection in use.
pub(crate) struct Client {
    connection: Option<Object<Sessions>>,
    session: AtomicU8,
}

/// Nothing that outlives a statement.
const CLEAN: u8 = 0;
/// In a transaction.
const OPEN: u8 = 1;
/// Settings or locks that only the connection's end undoes.
const TAINTED: u8 = 2;

type Parameters = [Box<dyn ToSql + Sync + Send>];

impl Default for Pools {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(POOLS)))
    }
}

impl Manager for Sessions {
    type Type = Session;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Session, tokio_postgres::Error> {
        Ok(Session {
            connection: self.0.create().await?,
            statements: Mutex::new(Recent::new(STATEMENTS)),
        })
    }

    async fn recycle(
        &self,
        session: &mut Session,
        metrics: &Metrics,
    ) -> RecycleResult<tokio_postgres::Error> {
        self.0.recycle(&mut session.connection, metrics).await
    }

    fn detach(&self, session: &mut Session) {
        self.0.detach(&mut session.connection);
    }
}

impl Pools {
    /// A connection to an address that the grant covers.
    pub(crate) async fn connect(
        &self,
        allowed: &AllowedHosts,
        address: &str,
        ca_root: Option<&str>,
    ) -> Result<Client, ConnectError> {
        // The address holds a password: no error repeats it.
        let config: Config = address.parse().map_err(|_| {
            ConnectError::Failed("the address is no Postgres URL or DSN".to_owned())
        })?;
        check_grant(allowed, &config)?;
        let pool = self.pool(config, address, ca_root)?;
        match pool.get().await {
            Ok(connection) => Ok(Client {
                connection: Some(connection),
                session: AtomicU8::new(CLEAN),
            }),
            Err(error) => Err(ConnectError::Failed(pool_failure(&error))),
        }
    }

    fn pool(
        &self,
        mut config: Config,
        address: &str,
        ca_root: Option<&str>,
    ) -> Result<Pool<Sessions>, ConnectError> {
        let key = (address.to_owned(), ca_root.map(str::to_owned));
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&key) {
            return Ok(pool);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        let tls = MakeRustlsConnect::new(client_config(ca_root)?);
        let manager = deadpool_postgres::Manager::from_config(
            config,
            tls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool = Pool::builder(Sessions(manager))
            .max_size(POOL_CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT_TIMEOUT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .build()
            .map_err(|error| ConnectError::Pool(error.to_string()))?;
        pools.insert(key, pool.clone());
        Ok(pool)
    }
}

fn check_grant(allowed: &AllowedHosts, config: &Config) -> Result<(), ConnectError> {
    let denied = |what: String| {
        Err(ConnectError::Failed(format!(
            "{what} is not permitted by allowed_outbound_hosts"
        )))
    };
    if config.get_hosts().is_empty() {
        return Err(ConnectError::Failed("the address names no host".to_owned()));
    }
    // What is dialled where it is given, whatever the host says.
    if !config.get_hostaddrs().is_empty() {
        return denied("hostaddr".to_owned());
    }
    for (position, host) in config.get_hosts().iter().enumerate() {
        let name = match host {
            Host::Tcp(name) => name,
            Host::Unix(_) => return denied("a Unix socket".to_owned()),
        };
        let ports = config.get_ports();
        let port = ports.get(position).or(ports.first()).copied();
        let destination = Destination::new("postgres", name, port)
            .map_err(|_| ConnectError::Failed("the address names no host".to_owned()))?;
        if !allowed.allows(&destination) {
            return denied(format!("postgres://{name}:{}", destination.port));
        }
    }
    Ok(())
}

fn client_config(ca_root: Option<&str>) -> Result<ClientConfig, ConnectError> {
    let mut roots = RootCertStore::empty();
    match ca_root {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate
                    .map_err(|_| ConnectError::Certificate("the certificate is no PEM"))?;
                roots
                    .add(certificate)
                    .map_err(|_| ConnectError::Certificate("the certificate is no trust anchor"))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn pool_failure(error: &PoolError<tokio_postgres::Error>) -> String {
    match error {
        PoolError::Backend(error) => chain(error),
        PoolError::Timeout(_) => "no connection within the time limit".to_owned(),
        other => other.to_string(),
    }
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl Client {
    fn session(&self) -> &Session {
        self.connection
            .as_ref()
            .expect("taken when dropped, not before")
    }

    fn connection(&self) -> &ClientWrapper {
        &self.session().connection
    }

    /// Prepares a statement, unless it is on this connection.
    pub(crate) async fn prepare(
        &self,
        statement: &str,
    ) -> Result<Statement, tokio_postgres::Error> {
        let kept = || {
            let statements = self.session().statements.lock();
            statements.unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(prepared) = kept().get(statement) {
            return Ok(prepared);
        }
        let prepared = self.connection().prepare(statement).await?;
        // Changes of the schema run once.
        if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]
            .contains(&first_word(statement).as_str())
        {
            kept().insert(statement.to_owned(), prepared.clone());
        }
        Ok(prepared)
    }

    /// Runs a statement for its rows.
    pub(crate) async fn query(
        &self,
        prepared: &Statement,
        text: &str,
        parameters: &Parameters,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.note(text);
        let parameters: Vec<&(dyn ToSql + Sync)> =
            parameters.iter().map(|value| &**value as _).collect();
        self.connection().query(prepared, &parameters).await
    }

    /// Runs a statement for the number of rows it touched.
    pub(crate) async fn execute(
        &self,
        prepared: &Statement,
        text: &str,
        parameters: &Parameters,
    ) -> Result<u64, tokio_postgres::Error> {
        self.note(text);
        let parameters: Vec<&(dyn ToSql + Sync)> =
            parameters.iter().map(|value| &**value as _).collect();
        self.connection().execute(prepared, &parameters).await
    }

    /// Keeps track of what a statement leaves behind in the session.
    fn note(&self, statement: &str) {
        let session = match first_word(statement).as_str() {
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH" => return,
            "BEGIN" | "START" => OPEN,
            "COMMIT" | "END" | "ROLLBACK" | "ABORT" => CLEAN,
            // Within a transaction a schema change or a local setting ends with it.
            _ if self.session.load(Ordering::Relaxed) == OPEN => return,
            "CREATE" | "ALTER" | "DROP" => return,
            _ => TAINTED,
        };
        if self.session.load(Ordering::Relaxed) != TAINTED {
            self.session.store(session, Ordering::Relaxed);
        }
    }
}

fn first_word(statement: &str) -> String {
    let word = statement.split_whitespace().next();
    word.unwrap_or_default().to_ascii_uppercase()
}

impl Drop for Client {
    fn drop(&mut self) {
        if self.session.load(Ordering::Relaxed) != CLEAN
            && let Some(connection) = self.connection.take()
        {
            // Out of the pool and closed: the server rolls back what was open.
            drop(Object::take(connection));
        }
    }
}

impl std::fmt::Debug for Pools {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pools")
    }
}
