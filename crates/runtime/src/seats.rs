//! Which connection to a database server is free? Pools by address, bounded. What one
//! learns of a server that has fallen silent, all know who want a connection of it.
//!
//! The engines ([`crate::postgres`], [`crate::mysql`]) say how a connection is made, what
//! its errors mean, and how a statement runs on one.

mod away;
mod recent;

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError};

pub(crate) use away::Away;
use away::May;
pub(crate) use recent::Recent;

/// Connections to one address for each component. Two components serve, and the
/// smallest servers for rent give twenty seats in all.
const CONNECTIONS: usize = 8;
/// Addresses that one component has connections to.
const ADDRESSES: usize = 128;
/// Waiting for a connection that others use, or for a seat that others have.
const WAIT_TIMEOUT: Duration = Duration::from_secs(8);
/// Between two looks for a seat.
const RETRY: Duration = Duration::from_millis(100);
/// After which it is asked whether the server still answers: whoever waits here has a
/// visitor waiting.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long a connection whose server takes no writes is kept all the same: a server that
/// stays so is not dialled for every write.
const DIALLED_AGAIN: Duration = Duration::from_secs(1);

/// The other end of all connections to one address.
pub(crate) trait Answering {
    /// What is known of it.
    fn away(&self) -> &Away;
    /// Whether it answers anybody at all: a new connection, as whoever waits for an answer
    /// cannot tell.
    fn answers(&self) -> impl Future<Output = bool> + Send;
}

/// Makes connections to one address.
pub(crate) trait Dial: Manager<Error: Undialled> {
    /// The other end.
    fn server(&self) -> &impl Answering;
}

/// Why there is no connection. No text repeats a password.
pub(crate) trait Undialled: std::error::Error {
    /// It is known to be silent, and another is asking.
    const AWAY: Self;
    /// It was dialled and did not answer in time.
    fn is_silent(&self) -> bool;
    /// It has no seat left; one may become free.
    fn is_crowded(&self) -> bool;
}

/// Connections to one address.
pub(crate) struct Seats<M: Dial>(Pool<M>);

/// Those of one component, by address and whatever else tells them apart.
pub(crate) struct ByAddress<K, M: Dial> {
    seats: Mutex<Recent<K, Seats<M>>>,
    connections: usize,
}

impl<M: Dial> Clone for Seats<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Dial> Seats<M> {
    /// So many at most.
    ///
    /// # Errors
    /// One line.
    pub(crate) fn new(manager: M, connections: usize) -> Result<Self, String> {
        Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT_TIMEOUT))
            .build()
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// One that is free or new. Nobody waits for a server that is known to be silent.
    ///
    /// # Errors
    /// One line.
    pub(crate) async fn take(&self) -> Result<Object<M>, String> {
        let (asked, away) = (Instant::now(), self.0.manager().server().away());
        let outcome = match away.may(asked) {
            May::NotAsk => Err(PoolError::Backend(M::Error::AWAY)),
            May::Try => self.free(asked).await,
            May::Ask => tokio::select! {
                outcome = self.free(asked) => outcome,
                () = away.fell_silent() => Err(PoolError::Backend(M::Error::AWAY)),
            },
        };
        outcome.map_err(|error| match error {
            PoolError::Backend(error) => {
                if error.is_silent() {
                    away.is_silent(asked);
                }
                error.to_string()
            }
            PoolError::Timeout(_) => format!(
                "timeout waiting for server: all {} connections are in use",
                self.0.status().max_size
            ),
            other => other.to_string(),
        })
    }

    /// Where the server has no seat left, one that becomes free: there or here.
    async fn free(&self, asked: Instant) -> Result<Object<M>, PoolError<M::Error>> {
        loop {
            match self.0.get().await {
                Err(PoolError::Backend(error))
                    if error.is_crowded() && asked.elapsed() < WAIT_TIMEOUT =>
                {
                    tokio::time::sleep(RETRY).await;
                }
                outcome => return outcome,
            }
        }
    }
}

impl<K: Eq + std::hash::Hash + Clone, M: Dial> ByAddress<K, M> {
    /// With so many connections to an address at most, where that says nothing itself.
    pub(crate) fn with_connections(connections: Option<usize>) -> Self {
        Self {
            seats: Mutex::new(Recent::new(ADDRESSES)),
            connections: connections.unwrap_or(CONNECTIONS).max(1),
        }
    }

    /// Those of this key, made where there are none yet: with so many connections at most.
    pub(crate) fn of<E>(
        &self,
        key: &K,
        make: impl FnOnce(usize) -> Result<Seats<M>, E>,
    ) -> Result<Seats<M>, E> {
        let mut known = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seats) = known.get(key) {
            return Ok(seats);
        }
        let seats = make(self.connections)?;
        known.insert(key.clone(), seats.clone());
        Ok(seats)
    }
}

/// What comes of a statement, for as long as the server answers others who ask; none where
/// it has fallen silent. It may have run then.
pub(crate) async fn unless_silent<T>(
    running: impl Future<Output = T>,
    server: &impl Answering,
) -> Option<T> {
    tokio::pin!(running);
    loop {
        if let Ok(outcome) = tokio::time::timeout(PATIENCE, &mut running).await {
            return Some(outcome);
        }
        // Slow over this one thing, or silent? It may answer while that is asked.
        let asked = Instant::now();
        let is_there = tokio::select! {
            outcome = &mut running => return Some(outcome),
            is_there = server.answers() => is_there,
        };
        if is_there {
            server.away().answers();
        } else if server.away().is_silent(asked) {
            return None;
        }
    }
}

/// Lets go of the free connections beside this one, which has just refused a write: the
/// server was the one that takes them, and a new connection may lead to the one that is
/// now. Answers whether this one is to go, too.
pub(crate) fn leads_elsewhere<M: Dial>(connection: &Object<M>) -> bool {
    let is_old = |metrics: &Metrics| metrics.age() >= DIALLED_AGAIN;
    if let Some(pool) = Object::pool(connection) {
        pool.retain(|_, metrics| !is_old(&metrics));
    }
    is_old(Object::metrics(connection))
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

/// Addresses hold passwords.
impl<K, M: Dial> std::fmt::Debug for ByAddress<K, M> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ByAddress")
    }
}
