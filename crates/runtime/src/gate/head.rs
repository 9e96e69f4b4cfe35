//! In which shape is a request's head put to the gate?

use super::bindings::exports::gatelet::edge::gate as port;

/// A request head, borrowed from whoever received it.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// As received.
    pub method: &'a str,
    /// Path and query in origin form, as received.
    pub target: &'a str,
    /// `:authority` or `Host`, as received.
    pub authority: &'a str,
    /// Whether the visitor's connection is TLS.
    pub tls: bool,
    /// IP address of the peer, without port.
    pub peer: &'a str,
    /// `name:value\n` a field, lower-case names.
    pub fields: &'a [u8],
}

impl Head<'_> {
    /// As the interface hands it over.
    pub(super) fn owned(&self) -> port::Head {
        let Self {
            method,
            target,
            authority,
            tls,
            peer,
            fields,
        } = *self;
        port::Head {
            method: method.to_owned(),
            target: target.to_owned(),
            authority: authority.to_owned(),
            tls,
            peer: peer.to_owned(),
            fields: fields.to_vec(),
        }
    }
}
