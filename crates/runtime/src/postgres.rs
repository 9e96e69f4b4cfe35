//! Which connection does a handle get? Pools by address, bounded, behind the
//! component's grant; what a guest leaves behind in a session goes with it.
//!
//! ```text
//! address ─► tls        what a URL says, and whom to believe
//! session ─► away       how a connection comes about, and whether the server answers
//! client                how a statement runs on one
//! ```

mod address;
mod away;
mod client;
mod recent;
mod session;
mod tls;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{Object, Pool, PoolError};

use crate::allowed_hosts::{AllowedHosts, Destination};

pub use address::{Address, AddressError, unknown_to_spin};
pub(crate) use away::{Away, May};
pub(crate) use client::{Client, Parameter, StatementError};
pub(crate) use recent::Recent;
use session::{Server, SessionError, Sessions};
use tls::{Encryption, Trust};

/// Connections to one address for each component. Two components serve, and the
/// smallest servers for rent give twenty seats in all.
const POOL_CONNECTIONS: usize = 8;
/// Addresses that one component has connections to.
const POOLS: usize = 128;
/// Waiting for a connection that others use, or for a seat that others have.
const WAIT_TIMEOUT: Duration = Duration::from_secs(8);
/// Between two looks for a seat.
const SEAT_RETRY: Duration = Duration::from_millis(100);

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
    Certificate(String),
    /// The pool cannot be made.
    Pool(String),
}

/// The pools of one component.
pub(crate) struct Pools {
    pools: Mutex<Recent<Key, ServerPool>>,
    connections: usize,
}

/// A URL or DSN, and the certificate authority to trust for it.
type Key = (String, Option<String>);

/// Connections to one address.
#[derive(Clone)]
struct ServerPool {
    connections: Pool<Sessions>,
    server: Arc<Server>,
}

impl Default for Pools {
    fn default() -> Self {
        Self::with_connections(None)
    }
}

impl Pools {
    /// With so many connections to an address at most, where its URL says nothing.
    pub(crate) fn with_connections(connections: Option<usize>) -> Self {
        Self {
            pools: Mutex::new(Recent::new(POOLS)),
            connections: connections.unwrap_or(POOL_CONNECTIONS).max(1),
        }
    }

    /// A connection to an address that the grant covers.
    pub(crate) async fn connect(
        &self,
        allowed: &AllowedHosts,
        address: &str,
        ca_root: Option<&str>,
    ) -> Result<Client, ConnectError> {
        let pool = self.pool(allowed, address, ca_root)?;
        let failed = |error: &dyn std::fmt::Display| Err(ConnectError::Failed(error.to_string()));
        match pool.connection().await {
            Ok(connection) => Ok(Client::new(connection)),
            Err(PoolError::Backend(error)) => failed(&error),
            Err(PoolError::Timeout(_)) => failed(&format!(
                "timeout waiting for server: all {} connections are in use",
                pool.connections.status().max_size
            )),
            Err(other) => failed(&other),
        }
    }

    fn pool(
        &self,
        allowed: &AllowedHosts,
        written: &str,
        ca_root: Option<&str>,
    ) -> Result<ServerPool, ConnectError> {
        let key = (written.to_owned(), ca_root.map(str::to_owned));
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        // Pools are made behind the grant, which does not change.
        if let Some(pool) = pools.get(&key) {
            return Ok(pool);
        }
        let mut address = Address::parse(written)
            .map_err(|error| ConnectError::Failed(format!("the address {error}")))?;
        check_grant(allowed, &address)?;
        if let Some(pem) = ca_root {
            address.trust = Trust::Pem(pem.to_owned());
            if address.encryption != Encryption::Disable {
                address.encryption = Encryption::VerifyFull;
            }
        }
        let tls = tls::client_config(address.encryption, &address.trust)
            .map_err(|why| ConnectError::Certificate(format!("the certificate authority {why}")))?;
        let connections = address.connections.unwrap_or(self.connections);
        let server = Arc::new(Server::new(address, tls));
        let connections = Pool::builder(Sessions(Arc::clone(&server)))
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT_TIMEOUT))
            .build()
            .map_err(|error| ConnectError::Pool(error.to_string()))?;
        let pool = ServerPool {
            connections,
            server,
        };
        pools.insert(key, pool.clone());
        Ok(pool)
    }
}

impl ServerPool {
    /// One that is free or new. Nobody waits for a server that is known to be silent.
    async fn connection(&self) -> Result<Object<Sessions>, PoolError<SessionError>> {
        let asked = Instant::now();
        let away = || PoolError::Backend(SessionError::Away);
        let outcome = match self.server.away.may(asked) {
            May::NotAsk => return Err(away()),
            May::Try => self.seat(asked).await,
            May::Ask => tokio::select! {
                outcome = self.seat(asked) => outcome,
                () = self.server.away.fell_silent() => return Err(away()),
            },
        };
        if let Err(PoolError::Backend(SessionError::Silent { .. })) = &outcome {
            self.server.silent(asked);
        }
        outcome
    }

    /// Where the server has no seat left, one that becomes free: there or here.
    async fn seat(&self, asked: Instant) -> Result<Object<Sessions>, PoolError<SessionError>> {
        loop {
            match self.connections.get().await {
                Err(PoolError::Backend(error))
                    if error.is_crowded() && asked.elapsed() < WAIT_TIMEOUT =>
                {
                    tokio::time::sleep(SEAT_RETRY).await;
                }
                outcome => return outcome,
            }
        }
    }
}

fn check_grant(allowed: &AllowedHosts, address: &Address) -> Result<(), ConnectError> {
    for (host, port) in address.hosts() {
        let destination = Destination::new("postgres", host, Some(port))
            .map_err(|_| ConnectError::Failed("the address names no host".to_owned()))?;
        if !allowed.allows(&destination) {
            let Destination { host, port, .. } = destination;
            return Err(ConnectError::Failed(format!(
                "postgres://{host}:{port} is not permitted by allowed_outbound_hosts"
            )));
        }
    }
    Ok(())
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

impl std::fmt::Debug for Pools {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pools")
    }
}
