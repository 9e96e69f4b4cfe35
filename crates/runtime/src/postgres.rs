//! Which connection to Postgres does a handle get? One of its address, behind the
//! component's grant; what a guest leaves behind in a session goes with it.
//!
//! ```text
//! address ─► tls        what a URL says, and whom to believe
//! session               how a connection comes about, and whether the server answers
//! client                how a statement runs on one
//! ```

mod address;
mod client;
mod session;
mod tls;

use std::sync::Arc;

use crate::allowed_hosts::{AllowedHosts, Destination};
use crate::seats::{ByAddress, Seats};

pub use address::{Address, AddressError, unknown_to_spin};
pub(crate) use client::{Client, Parameter, StatementError};
use session::Server;
pub(crate) use session::Sessions;
use tls::{Encryption, Trust};

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

/// A URL or DSN, and the certificate authority to trust for it.
type Key = (String, Option<String>);

/// The pools of one component.
pub(crate) type Pools = ByAddress<Key, Sessions>;

impl Default for Pools {
    fn default() -> Self {
        Self::with_connections(None)
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
        let key = (address.to_owned(), ca_root.map(str::to_owned));
        // Pools are made behind the grant, which does not change.
        let seats = self.of(&key, |most| seats(allowed, address, ca_root, most))?;
        let taken = seats.take().await.map_err(ConnectError::Failed)?;
        Ok(Client::new(taken))
    }
}

fn seats(
    allowed: &AllowedHosts,
    written: &str,
    ca_root: Option<&str>,
    most: usize,
) -> Result<Seats<Sessions>, ConnectError> {
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
    let most = address.connections.unwrap_or(most);
    let server = Arc::new(Server::new(address, tls));
    Seats::new(Sessions(server), most).map_err(ConnectError::Pool)
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
