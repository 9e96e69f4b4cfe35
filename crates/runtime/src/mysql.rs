//! Which connection to MySQL or MariaDB does a handle get? One of its address,
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

use std::sync::Arc;

use crate::allowed_hosts::{AllowedHosts, Destination};
use crate::seats::{ByAddress, Seats};

pub use address::{Address, AddressError};
pub(crate) use client::{Client, Found, StatementError};
use session::Server;
pub(crate) use session::Sessions;

/// A connection in a guest's hands.
#[expect(unreachable_pub, reason = "generated code re-exports it")]
pub struct Connection(pub(crate) Arc<Client>);

/// Why there is no connection: one line that does not repeat the address, which holds a
/// password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectError(pub(crate) String);

/// The pools of one component, by URL.
pub(crate) type Pools = ByAddress<String, Sessions>;

impl Pools {
    /// A connection to an address that the grant covers.
    pub(crate) async fn connect(
        &self,
        allowed: &AllowedHosts,
        address: &str,
    ) -> Result<Client, ConnectError> {
        // Pools are made behind the grant, which does not change.
        let seats = self.of(&address.to_owned(), |most| {
            let address = Address::parse(address)
                .map_err(|error| ConnectError(format!("the address {error}")))?;
            check_grant(allowed, &address)?;
            let server = Arc::new(Server::new(address));
            Seats::new(Sessions(server), most).map_err(ConnectError)
        })?;
        Ok(Client::new(seats.take().await.map_err(ConnectError)?))
    }
}

fn check_grant(allowed: &AllowedHosts, address: &Address) -> Result<(), ConnectError> {
    let destination = Destination::new("mysql", address.host(), Some(address.port()))
        .map_err(|_| ConnectError("the address names no host".to_owned()))?;
    match allowed.allows(&destination) {
        true => Ok(()),
        false => Err(ConnectError(format!(
            "mysql://{}:{} is not permitted by allowed_outbound_hosts",
            destination.host, destination.port
        ))),
    }
}
