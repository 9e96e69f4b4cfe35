//! Which connection to MySQL or MariaDB does a handle get? Pools by address, bounded,
//! behind the component's grant; what a guest leaves behind in a session goes with it.
//!
//! ```text
//! address    what a URL says, and whom to believe
//! session    how a connection comes about, and whether the server answers
//! client     how a statement runs on one
//! leftover   what a statement leaves behind
//! ```

mod address;
mod client;
mod leftover;
mod session;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{Object, Pool, PoolError};

use crate::allowed_hosts::{AllowedHosts, Destination};
use crate::postgres::{May, Recent};

use address::Address;
pub(crate) use client::{Client, Found, StatementError};
use session::{Server, SessionError, Sessions};

/// Connections to one address for each component: as many as to a Postgres server.
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

/// Why there is no connection: one line that does not repeat the address, which holds a
/// password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectError(pub(crate) String);

/// The pools of one component.
pub(crate) struct Pools {
    pools: Mutex<Recent<String, ServerPool>>,
    connections: usize,
}

/// Connections to one address.
#[derive(Clone)]
struct ServerPool {
    connections: Pool<Sessions>,
    server: Arc<Server>,
}

impl Pools {
    /// With so many connections to an address at most.
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
    ) -> Result<Client, ConnectError> {
        let pool = self.pool(allowed, address)?;
        match pool.connection().await {
            Ok(connection) => Ok(Client::new(connection)),
            Err(PoolError::Backend(error)) => Err(ConnectError(error.to_string())),
            Err(PoolError::Timeout(_)) => Err(ConnectError(format!(
                "timeout waiting for server: all {} connections are in use",
                pool.connections.status().max_size
            ))),
            Err(other) => Err(ConnectError(other.to_string())),
        }
    }

    fn pool(&self, allowed: &AllowedHosts, written: &str) -> Result<ServerPool, ConnectError> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        // Pools are made behind the grant, which does not change.
        if let Some(pool) = pools.get(written) {
            return Ok(pool);
        }
        let address = Address::parse(written)
            .map_err(|error| ConnectError(format!("the address {error}")))?;
        check_grant(allowed, &address)?;
        let server = Arc::new(Server::new(address));
        let connections = Pool::builder(Sessions(Arc::clone(&server)))
            .max_size(self.connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT_TIMEOUT))
            .build()
            .map_err(|error| ConnectError(error.to_string()))?;
        let pool = ServerPool {
            connections,
            server,
        };
        pools.insert(written.to_owned(), pool.clone());
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
    let destination = Destination::new("mysql", &address.host, Some(address.port))
        .map_err(|_| ConnectError("the address names no host".to_owned()))?;
    match allowed.allows(&destination) {
        true => Ok(()),
        false => Err(ConnectError(format!(
            "mysql://{}:{} is not permitted by allowed_outbound_hosts",
            destination.host, destination.port
        ))),
    }
}

impl std::fmt::Debug for Pools {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pools")
    }
}
