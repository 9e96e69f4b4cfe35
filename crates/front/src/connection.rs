//! What is known of a visitor's connection by whoever answers a request on it?

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;

use gatelet_core::Head;
use gatelet_core::forwarded::Provenance;
use http::HeaderMap;

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

    /// Whose a request is, as far as those are believed who say so: the peer's, and behind
    /// a listed proxy that of the address it names, for all its visitors come from its own.
    /// None where it names none.
    pub(super) fn client(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = self.peer.ip().to_canonical();
        let proxies = &self.worker.trusted_proxies;
        if !proxies.contains(peer) {
            return Some(peer);
        }
        let mut fields = Vec::new();
        for said in headers.get_all("x-forwarded-for") {
            fields.extend_from_slice(b"x-forwarded-for:");
            fields.extend_from_slice(said.as_bytes());
            fields.push(b'\n');
        }
        let head = Head {
            method: "GET",
            target: "/",
            authority: "",
            tls: self.tls,
            peer: &self.peer_address,
            fields: &fields,
        };
        let client = Provenance::of(&head, proxies).client()?.ip();
        (!proxies.contains(client)).then_some(client)
    }
}
