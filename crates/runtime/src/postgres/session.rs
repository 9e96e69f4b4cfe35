//! How does a connection to a server come about? Each of its hosts and addresses in
//! turn, encrypted as the URL asks.
//!
//! Then one question: is the server that answers the one that was dialled? Behind a
//! pooler of transactions each statement may reach another server, or one where the
//! name of a statement is somebody else's. There, statements have no names.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use rustls::ClientConfig;
use tokio_postgres::config::{LoadBalanceHosts, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config, SimpleQueryMessage, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use crate::seats::{Answering, Away, Dial, Recent, Undialled, chain};

/// Prepared statements that one connection keeps. With 1,000 origins, each with
/// a schema and so with statements of its own, those in use stay.
const STATEMENTS: usize = 256;

/// How long what is sent may go unacknowledged, and between signs of life where nothing
/// is sent.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Makes connections to one address.
pub(crate) struct Sessions(pub(super) Arc<Server>);

/// What all connections to one address know of the other end.
pub(crate) struct Server {
    address: Address,
    tls: ClientConfig,
    pub(super) away: Away,
    /// A named statement was not found where it had been prepared.
    pub(super) is_pooler: AtomicBool,
    /// The host that answered last: the first to be dialled.
    good: AtomicUsize,
}

impl Server {
    pub(super) fn new(address: Address, tls: ClientConfig) -> Self {
        Self {
            address,
            tls,
            away: Away::default(),
            is_pooler: AtomicBool::new(false),
            good: AtomicUsize::new(0),
        }
    }

    /// Whether its URL may lead to a server that takes writes: unless it asks for one that
    /// takes none.
    pub(super) fn may_take_writes(&self) -> bool {
        self.address.config.get_target_session_attrs() != TargetSessionAttrs::ReadOnly
    }
}

/// A connection, and what is prepared on it by text.
pub(crate) struct Session {
    pub(super) client: Client,
    /// None where statements have no names.
    statements: Option<Mutex<Recent<String, Statement>>>,
    pub(super) server: Arc<Server>,
}

/// Why there is no connection. No text repeats a password.
#[derive(Debug)]
pub(crate) enum SessionError {
    /// The server has been silent, and another is asking.
    Away,
    /// It was dialled and did not answer in time.
    Silent { host: String },
    /// It was dialled: what it said, or did not.
    Refused {
        host: String,
        error: tokio_postgres::Error,
    },
    /// The host has no address.
    Unknown { host: String, why: String },
}

impl Manager for Sessions {
    type Type = Session;
    type Error = SessionError;

    async fn create(&self) -> Result<Session, SessionError> {
        let Self(server) = self;
        let Connected { client, named } = server.connect().await?;
        server.away.answers();
        let is_named = named && !server.is_pooler.load(Ordering::Relaxed);
        Ok(Session {
            client,
            statements: is_named.then(|| Mutex::new(Recent::new(STATEMENTS))),
            server: Arc::clone(server),
        })
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<SessionError> {
        match session.client.is_closed() {
            true => Err(RecycleError::message("closed")),
            false => Ok(()),
        }
    }
}

struct Connected {
    client: Client,
    /// Whether its statements may have names.
    named: bool,
}

impl Server {
    async fn connect(&self) -> Result<Connected, SessionError> {
        let hosts: Vec<_> = self.address.hosts().enumerate().collect();
        let first = match self.address.config.get_load_balance_hosts() {
            LoadBalanceHosts::Random => RandomState::new().hash_one(0) as usize,
            LoadBalanceHosts::Disable => self.good.load(Ordering::Relaxed),
            _ => 0,
        };
        let in_turn = hosts.iter().cycle().skip(first % hosts.len());
        let mut last = None;
        for &(position, (host, port)) in in_turn.take(hosts.len()) {
            match self.dial(host, port).await {
                Ok(connected) => {
                    self.good.store(position, Ordering::Relaxed);
                    return Ok(connected);
                }
                Err(error) if error.is_final() => return Err(error),
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("an address names a host"))
    }

    /// Each address of a host.
    async fn dial(&self, host: &str, port: u16) -> Result<Connected, SessionError> {
        let unknown = |why: String| SessionError::Unknown {
            host: shown(host, port),
            why,
        };
        let addresses = tokio::net::lookup_host((host, port)).await;
        let addresses = addresses.map_err(|error| unknown(error.to_string()))?;
        let mut last = None;
        for address in addresses {
            let connecting = self.greet(host, address);
            let outcome = tokio::time::timeout(self.address.connect_timeout(), connecting).await;
            let error = match outcome {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(error)) => SessionError::Refused {
                    host: shown(host, port),
                    error,
                },
                Err(_) => SessionError::Silent {
                    host: shown(host, port),
                },
            };
            if error.is_final() {
                return Err(error);
            }
            last = Some(error);
        }
        Err(last.unwrap_or_else(|| unknown("it has no address".to_owned())))
    }

    /// One address, by each way of encrypting that the URL allows.
    async fn greet(
        &self,
        host: &str,
        address: SocketAddr,
    ) -> Result<Connected, tokio_postgres::Error> {
        let mut attempts = self.address.encryption.attempts().iter().peekable();
        loop {
            let mode = *attempts.next().expect("there is one, and the last returns");
            match self.attempt(host, address, mode).await {
                Err(error) if attempts.peek().is_some() && is_about_encryption(&error) => {}
                outcome => return outcome,
            }
        }
    }

    async fn attempt(
        &self,
        host: &str,
        address: SocketAddr,
        mode: SslMode,
    ) -> Result<Connected, tokio_postgres::Error> {
        let mut config: Config = self.address.config.clone();
        config
            .host(host)
            .hostaddr(address.ip())
            .port(address.port())
            .ssl_mode(mode);
        // A peer that is gone without a word (a failover, a cable) is noticed by the
        // kernel: what is sent is acknowledged within this time, or the connection ends.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNACKNOWLEDGED);
        }
        if config.get_keepalives_interval().is_none() {
            config
                .keepalives_idle(KEEPALIVE)
                .keepalives_interval(KEEPALIVE)
                .keepalives_retries(3);
        }
        let tls = MakeRustlsConnect::new(self.tls.clone());
        let (client, connection) = config.connect(tls).await?;
        // It ends when the client goes, or the server does; what was asked fails then.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("a database connection ended: {}", chain(&error));
            }
        });
        let named = !self.address.is_pooled && is_at(&client, address).await;
        Ok(Connected { client, named })
    }
}

/// Whether the server itself is at this address.
async fn is_at(client: &Client, address: SocketAddr) -> bool {
    let question = "SELECT host(inet_server_addr()), inet_server_port()";
    let Ok(messages) = client.simple_query(question).await else {
        return false;
    };
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((row.get(0)?, row.get(1)?)),
        _ => None,
    });
    row.is_some_and(|(host, port)| {
        host.parse() == Ok(address.ip()) as Result<IpAddr, std::net::AddrParseError>
            && port.parse() == Ok(address.port()) as Result<u16, std::num::ParseIntError>
    })
}

/// Where another way of encrypting may do: TLS did not come about, or the server has
/// no rule for this one (28000). A password that is wrong is wrong by any.
fn is_about_encryption(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(code) => code.code() == "28000",
        None => error.to_string().contains("TLS handshake"),
    }
}

fn shown(host: &str, port: u16) -> String {
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

impl Session {
    /// Whether statements have names here.
    pub(super) fn is_named(&self) -> bool {
        self.statements.is_some() && !self.server.is_pooler.load(Ordering::Relaxed)
    }

    /// Whether what was prepared is not there any more, so that it has not run; it is
    /// forgotten then.
    pub(super) fn is_lost(&self, text: &str, error: &tokio_postgres::Error) -> bool {
        let Some(said) = error.as_db_error() else {
            return false;
        };
        match said.code().code() {
            // Unknown, taken, or another's with other parameters: a pooler after all.
            "26000" | "42P05" | "08P01" => {
                if !self.server.is_pooler.swap(true, Ordering::Relaxed) {
                    tracing::info!(
                        "a pooler of transactions stands before the database: statements are no longer prepared"
                    );
                }
                true
            }
            // "cached plan must not change result type": its table was altered.
            "0A000" if said.message().contains("cached plan") => {
                self.forget(text);
                true
            }
            _ => false,
        }
    }

    fn forget(&self, text: &str) {
        if let Some(statements) = &self.statements {
            let mut statements = statements.lock().unwrap_or_else(PoisonError::into_inner);
            statements.remove(text);
        }
    }

    /// What is prepared here under this text.
    pub(super) fn kept(&self, text: &str) -> Option<Statement> {
        let mut statements = self
            .statements
            .as_ref()?
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        statements.get(text)
    }

    pub(super) fn keep(&self, text: &str, statement: &Statement) {
        if let Some(statements) = &self.statements {
            let mut statements = statements.lock().unwrap_or_else(PoisonError::into_inner);
            statements.insert(text.to_owned(), statement.clone());
        }
    }
}

impl SessionError {
    /// What another host would not answer otherwise: who connects is not let in.
    fn is_final(&self) -> bool {
        let Self::Refused { error, .. } = self else {
            return false;
        };
        error
            .code()
            .is_some_and(|code| code.code().starts_with("28"))
    }
}

impl Answering for Server {
    fn away(&self) -> &Away {
        &self.away
    }

    async fn answers(&self) -> bool {
        match self.connect().await {
            Ok(Connected { client, .. }) => {
                let limit = self.address.connect_timeout();
                let asked = tokio::time::timeout(limit, client.simple_query("SELECT 1"));
                asked.await.is_ok()
            }
            // It refuses, so it is there.
            Err(SessionError::Refused { error, .. }) => error.as_db_error().is_some(),
            Err(_) => false,
        }
    }
}

impl Dial for Sessions {
    fn server(&self) -> &impl Answering {
        &*self.0
    }
}

impl Undialled for SessionError {
    const AWAY: Self = Self::Away;

    fn is_silent(&self) -> bool {
        matches!(self, Self::Silent { .. })
    }

    fn is_crowded(&self) -> bool {
        let Self::Refused { error, .. } = self else {
            return false;
        };
        let Some(said) = error.as_db_error() else {
            return false;
        };
        // pgbouncer says so without a code of its own.
        said.code().code() == "53300" || said.message().contains("no more connections allowed")
    }
}

impl std::fmt::Display for SessionError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Away => out.write_str("the database has not answered, and is being asked again"),
            Self::Silent { host } => write!(out, "{host} does not answer"),
            Self::Unknown { host, why } => write!(out, "{host} is not found: {why}"),
            Self::Refused { host, error } => match error.as_db_error() {
                Some(said) => {
                    let (code, message) = (said.code().code(), said.message());
                    write!(out, "{host} refuses: {message} (SQLSTATE {code})")
                }
                None => write!(out, "{host}: {}", chain(error)),
            },
        }
    }
}

impl std::error::Error for SessionError {}
