//! Is anybody believed who is not listed?

use core::net::IpAddr;

use super::head::{check, settings};
use super::{HOST, NOW, lines};
use crate::decide::{self, Verdict};
use crate::forwarded::{ClientAddress, Provenance, TrustedProxies, peer_of};
use crate::head::Head;

/// A list of proxies, a peer and what it says of those before it, a line each. Lets in
/// whoever is believed.
pub(super) fn forwarded(input: &[u8]) -> bool {
    let Some([list, peer, chain]) = lines(input) else {
        return false;
    };
    let _ = peer_of(peer);
    let mut settings = settings();
    settings.trusted_proxies = TrustedProxies::parse(list).unwrap_or_default();
    let believed = settings.trusted_proxies.trusts(peer);
    let address = |text: &str| {
        text.parse()
            .ok()
            .map(|address: IpAddr| address.to_canonical())
    };
    if believed {
        let peer = address(peer).expect("whoever is believed has an address");
        assert!(is_listed(list, peer), "{peer} is not in {list}");
    }
    let chain = chain.lines().next().unwrap_or_default();
    let fields = format!("x-forwarded-for:{chain}\n");
    let head = Head {
        method: "GET",
        target: "/open",
        authority: HOST,
        tls: true,
        peer,
        fields: fields.as_bytes(),
    };
    let Verdict::Forward(edits) = decide::decide(&head, &settings, NOW) else {
        unreachable!("the path is open to everybody")
    };
    let told = edits.set.get("x-forwarded-for");
    let client = Provenance::of(&head, &settings.trusted_proxies)
        .client()
        .map(ClientAddress::ip);
    if !believed {
        assert!(told.is_none() || told.and_then(address) == address(peer));
        assert_eq!(client, address(peer), "nobody else's word");
    }
    if let Some(client) = client.filter(|client| Some(*client) != address(peer)) {
        let hops = chain.split(',').map(str::trim);
        let strangers = hops
            .filter_map(address)
            .filter(|hop| !is_listed(list, *hop));
        assert!(
            !is_listed(list, client) || strangers.count() == 0,
            "{client}"
        );
        let written = chain.to_ascii_lowercase();
        assert!(written.contains(['.', ':']), "{client} is in no {written}");
    }
    assert!(edits.remove.iter().any(|name| name == "x-forwarded-for"));
    check(&Verdict::Forward(edits), fields.as_bytes());
    believed
}

/// Whether an address shares the leading bits of an entry, bit by bit.
fn is_listed(list: &str, address: IpAddr) -> bool {
    let bits = |address: IpAddr| -> Vec<bool> {
        let octets = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        octets
            .iter()
            .flat_map(|octet| (0..8).rev().map(move |at| octet >> at & 1 == 1))
            .collect()
    };
    list.split(',').map(str::trim).any(|entry| {
        let (network, length) = entry.split_once('/').unwrap_or((entry, "128"));
        let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<usize>()) else {
            return false;
        };
        let (network, address) = (bits(network), bits(address));
        let length = length.min(network.len());
        network.len() == address.len() && network[..length] == address[..length]
    })
}
