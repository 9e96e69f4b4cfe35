//! What is known of a visitor's connection by whoever answers a request on it?

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use super::places::Admission;
use super::watch::Activity;
use super::worker::Worker;

/// A visitor's connection, as its requests see it.
pub(super) struct Connection {
    pub(super) worker: Rc<Worker>,
    pub(super) peer: SocketAddr,
    /// The peer's IP address, spelled out once.
    pub(super) peer_address: String,
    /// Whether the peer may name requests.
    pub(super) trusted: bool,
    pub(super) tls: bool,
    pub(super) activity: Arc<Activity>,
    _admission: Admission,
}

impl Connection {
    pub(super) fn new(worker: Rc<Worker>, peer: SocketAddr, admission: Admission) -> Self {
        let canonical = peer.ip().to_canonical();
        Self {
            peer,
            peer_address: canonical.to_string(),
            trusted: worker
                .request_id_from
                .iter()
                .any(|network| network.contains(&canonical)),
            tls: worker.tls.is_some(),
            activity: Arc::clone(&admission.handle.activity),
            worker,
            _admission: admission,
        }
    }
}
