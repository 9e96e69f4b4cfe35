//! Where does a request come from, and what is the app told of it? What visitors
//! say about that counts only where the peer is a proxy that the operator listed.

use core::fmt;
use core::fmt::Write as _;
use core::net::{IpAddr, SocketAddr};

use crate::base_url::Scheme;
use crate::cookie::{COOKIES_MAX, RawCookies};
use crate::head::{Head, Lines};
use crate::negotiate::Signs;
use crate::origin::Origin;
use crate::reply::Reply;

/// Most entries of the list.
pub const PROXIES_MAX: usize = 64;
/// Most addresses of an `X-Forwarded-For` that are passed on: the nearest.
const CHAIN_MAX: usize = 32;

/// The proxies in front of us whose `X-Forwarded-*` fields are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// An address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// Why a list is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyError {
    /// Over [`PROXIES_MAX`].
    TooMany,
    /// Not an address or a network.
    Malformed(String),
}

impl TrustedProxies {
    /// Parses `10.0.0.0/8, 192.0.2.7, 2001:db8::/32, …`.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let mut networks = Vec::new();
        for entry in text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
            if networks.len() == PROXIES_MAX {
                return Err(ProxyError::TooMany);
            }
            networks.push(
                Network::parse(entry)
                    .ok_or_else(|| ProxyError::Malformed(entry.chars().take(64).collect()))?,
            );
        }
        Ok(Self(networks))
    }

    /// Whether a peer's address, as text, is on the list.
    #[must_use]
    pub fn trusts(&self, peer: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        parse_address(peer).is_some_and(|peer| self.contains(peer))
    }

    /// Whether an address is on the list.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

/// Which host a request is for, and whose it is: by the request itself, and where
/// its peer is a listed proxy, by what that says.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    head: Head<'a>,
    claimed: Claimed<'a>,
    client: Option<ClientAddress>,
}

/// The visitor's address, as far as anybody we believe can tell. Only
/// [`Provenance::of`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address, whole; IPv4 as IPv4 however it came.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }
}

impl<'a> Provenance<'a> {
    /// Of a request's head.
    #[must_use]
    pub fn of(head: &Head<'a>, proxies: &TrustedProxies) -> Self {
        Self {
            head: *head,
            claimed: Claimed::read(head, proxies),
            client: way(head, proxies).client.map(ClientAddress),
        }
    }

    /// The host that the visitor asked for.
    #[must_use]
    pub fn authority(&self) -> &'a str {
        self.claimed.authority(&self.head)
    }

    /// What is found at that host, of several that proxies in a row may have written.
    ///
    /// # Errors
    /// What `found_at` says of the farthest.
    pub fn find<T, E>(&self, found_at: impl Fn(&'a str) -> Result<T, E>) -> Result<T, E> {
        self.claimed.find(&self.head, found_at)
    }

    /// The reply to whoever visits an `https://` origin by plain HTTP, as a believed
    /// proxy says.
    #[must_use]
    pub fn to_https(&self, origin: &Origin) -> Option<Reply> {
        in_clear(&self.head, &self.claimed, origin)
            .then(|| Reply::to_https(&self.head, &Signs::of(&self.head), origin))
    }

    /// `Strict-Transport-Security`, where an answer of this origin says it here.
    #[must_use]
    pub fn transport_security<'o>(&self, origin: &'o Origin) -> Option<&'o str> {
        origin
            .transport_security()
            .filter(|_| !in_clear(&self.head, &self.claimed, origin))
    }

    /// Whether a listed proxy brought it. What such a one's network says of the visitor in
    /// fields of its own is as good as its word.
    #[must_use]
    pub fn is_by_proxy(&self) -> bool {
        self.claimed.believed
    }

    /// Whose request it is; None where nobody knows.
    #[must_use]
    pub fn client(&self) -> Option<ClientAddress> {
        self.client
    }
}

/// What is told of a request's way, as far as it is believed.
struct Way {
    client: Option<IpAddr>,
    /// How many proxies are believed, one after another, the nearest first.
    believed: usize,
}

/// Each proxy appends the address that asked it, so the nearest's word is the last,
/// and believed as far as the proxies before it are listed too. What the first that is
/// not listed says is the visitor's own tale.
fn way(head: &Head<'_>, proxies: &TrustedProxies) -> Way {
    let mut way = Way {
        client: parse_address(head.peer),
        believed: 0,
    };
    let mut hops = hops(head);
    while let Some(address) = way.client
        && proxies.contains(address)
    {
        way.believed += 1;
        match hops.next() {
            // A proxy that cannot tell says `unknown` or a name of its own.
            Some(hop) => way.client = hop_address(hop),
            None => break,
        }
    }
    way
}

/// The members of every `X-Forwarded-For`, the last first.
fn hops<'a>(head: &Head<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    members(head, "x-forwarded-for").into_iter().rev()
}

/// The members of a list over all its fields, in order (RFC 9110 §5.3, §5.6.1).
fn members<'a>(head: &Head<'a>, name: &str) -> Vec<&'a [u8]> {
    head.values(name)
        .flat_map(|field| field.split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|member| !member.is_empty())
        .collect()
}

/// What a believed proxy says about the visitor; all empty when nobody is believed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Claimed<'a> {
    pub(crate) believed: bool,
    /// How many proxies in a row are.
    proxies: usize,
    /// `http` or `https`.
    pub(crate) scheme: Option<&'static str>,
    pub(crate) host: Option<&'a str>,
}

impl<'a> Claimed<'a> {
    /// Reads the fields of a request whose peer is on the list. Of several members the
    /// nearest proxy wrote the last, the one before it that before: what the farthest
    /// that is believed says counts, for it stands nearest to the visitor.
    pub(crate) fn read(head: &Head<'a>, proxies: &TrustedProxies) -> Self {
        if !proxies.trusts(head.peer) {
            return Self::default();
        }
        let believed = way(head, proxies).believed;
        let farthest = |name| {
            let members = members(head, name);
            let at = members.len().saturating_sub(believed);
            core::str::from_utf8(members.get(at)?).ok()
        };
        Self {
            believed: true,
            proxies: believed,
            scheme: farthest("x-forwarded-proto").and_then(scheme),
            host: farthest("x-forwarded-host"),
        }
    }

    /// The host that the visitor asked for.
    pub(crate) fn authority(&self, head: &Head<'a>) -> &'a str {
        self.host.unwrap_or(head.authority)
    }

    /// What is found at the host that the visitor asked for. Of several that believed
    /// proxies may have written the nearest counts at which there is anything: one that
    /// is no host of ours is what a proxy calls the next one, and one before it may be
    /// the visitor's own, where a proxy wrote none. The error is of the farthest.
    pub(crate) fn find<T, E>(
        &self,
        head: &Head<'a>,
        found_at: impl Fn(&'a str) -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(farthest) = self.host else {
            return found_at(head.authority);
        };
        let said = members(head, "x-forwarded-host");
        let nearer = said.iter().rev().take(self.proxies.saturating_sub(1));
        let mut nearer = nearer.filter_map(|member| core::str::from_utf8(member).ok());
        match nearer.find_map(|host| found_at(host).ok()) {
            Some(found) => Ok(found),
            None => found_at(farthest),
        }
    }
}

/// By the names that proxies use; for a WebSocket some say `ws`.
fn scheme(text: &str) -> Option<&'static str> {
    let is = |known: &[&str]| known.iter().any(|known| text.eq_ignore_ascii_case(known));
    if is(&["https", "wss"]) {
        Some("https")
    } else if is(&["http", "ws"]) {
        Some("http")
    } else {
        None
    }
}

/// Tells the app who asked, for which host, by which scheme.
pub(crate) fn tell(head: &Head<'_>, claimed: &Claimed<'_>, origin: &Origin, lines: &mut Lines) {
    if let Some(peer) = parse_address(head.peer) {
        lines.begin("x-forwarded-for");
        push_chain(head, claimed, peer, lines.text());
        lines.end();
    }
    // In its one spelling, whatever the visitor's was.
    let host = origin.base_url().authority();
    if origin.passes_host() {
        lines.push("host", host);
    }
    lines.push("x-forwarded-host", host);
    lines.push("x-forwarded-proto", seen_scheme(head, claimed, origin));
}

/// The addresses that the request passed, our peer last. Of what a believed proxy says,
/// that from the last member on that is no address is left out: who wrote it would write
/// anything before it.
fn push_chain(head: &Head<'_>, claimed: &Claimed<'_>, peer: IpAddr, text: &mut String) {
    if claimed.believed {
        let passed = hops(head).take(CHAIN_MAX).map_while(hop_address);
        let passed: Vec<IpAddr> = passed.collect();
        for address in passed.into_iter().rev() {
            push_address(address, text);
            text.push_str(", ");
        }
    }
    // Nobody writes an IPv4 address in two ways: what was read as one is its text.
    match peer {
        IpAddr::V4(_) if !head.peer.contains(':') => text.push_str(head.peer),
        peer => push_address(peer, text),
    }
}

fn push_address(address: IpAddr, text: &mut String) {
    // Nothing of ours fails to be written.
    let _written = write!(text, "{address}");
}

/// The scheme that the visitor uses. A proxy in front may hold the certificate and not
/// say so: what visitors see is the base URL then, never what this one connection
/// happens to be.
fn seen_scheme(head: &Head<'_>, claimed: &Claimed<'_>, origin: &Origin) -> &'static str {
    let https = origin.base_url().scheme() == Scheme::Https;
    match claimed.scheme {
        // One of several proxies saw plain HTTP, and the visitor's browser HTTPS.
        Some("http") if https && shows_https(head) => "https",
        Some(scheme) => scheme,
        None if head.tls => "https",
        None => origin.base_url().scheme().as_str(),
    }
}

/// Whether something came along that browsers send over HTTPS alone: Fetch Metadata
/// (§4), cookies that are secure by their names. Whoever forges it hurts himself.
fn shows_https(head: &Head<'_>) -> bool {
    let cookies = head.values("cookie").flat_map(RawCookies::new);
    let mut names = cookies.take(COOKIES_MAX).map(|(name, _)| name);
    head.values("sec-fetch-mode").next().is_some() || names.any(|name| name.starts_with(b"__"))
}

/// Whether somebody visits an `https://` origin by plain HTTP, as a believed proxy says.
/// Where none says anything, nobody knows.
pub(crate) fn in_clear(head: &Head<'_>, claimed: &Claimed<'_>, origin: &Origin) -> bool {
    origin.base_url().scheme() == Scheme::Https && seen_scheme(head, claimed, origin) == "http"
}

/// Where a host says who its peer is, for [`Head::peer`]: `ip:port`.
pub const CLIENT_ADDRESS: &str = "spin-client-addr";

/// The peer by the values of [`CLIENT_ADDRESS`], in order. Spin appends its own to
/// those that the visitor sent, so the last one counts, and it alone: where that is no
/// address, nobody knows.
#[must_use]
pub fn peer<'v>(client_addresses: impl Iterator<Item = &'v [u8]>) -> Option<IpAddr> {
    peer_of(core::str::from_utf8(client_addresses.last()?).ok()?)
}

/// The address of a [`CLIENT_ADDRESS`] value.
#[must_use]
pub fn peer_of(client_address: &str) -> Option<IpAddr> {
    client_address
        .parse::<SocketAddr>()
        .map(|address| address.ip())
        .or_else(|_| client_address.parse())
        .ok()
}

impl Network {
    fn parse(entry: &str) -> Option<Self> {
        let (address, bits) = match entry.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits)),
            None => (entry.parse::<IpAddr>().ok()?, None),
        };
        let most: u8 = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            None => most,
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                bits.parse().ok().filter(|bits| *bits <= most)?
            }
            Some(_) => return None,
        };
        Some(Self {
            address,
            prefix_bits,
        })
    }

    fn contains(self, address: IpAddr) -> bool {
        let (network, address, most) = match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => (
                u128::from(network.to_bits()),
                u128::from(address.to_bits()),
                32,
            ),
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits(), address.to_bits(), 128)
            }
            _ => return false,
        };
        let ignored = most - u32::from(self.prefix_bits);
        // All 128 bits ignored is one shift too far.
        (network ^ address).checked_shr(ignored).unwrap_or(0) == 0
    }
}

/// An address, IPv4 also where it came as IPv6 (`::ffff:192.0.2.7`).
fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .ok()
        .map(|address| address.to_canonical())
}

/// An address as a proxy writes it: some add the port, some brackets, some the zone of
/// an interface, which says nothing elsewhere (RFC 4007 §11.2).
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let text = core::str::from_utf8(hop).ok()?;
    let (text, zone) = text.split_once('%').unwrap_or((text, ""));
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(address, _)| address),
        None => text,
    };
    parse_address(bare).or_else(|| {
        let with_port = zone.is_empty().then(|| text.parse::<SocketAddr>().ok())??;
        Some(with_port.ip().to_canonical())
    })
}

impl fmt::Display for ProxyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(out, "there are more than {PROXIES_MAX} entries"),
            Self::Malformed(entry) => write!(
                out,
                "{entry:?} is not an address or a network such as 10.0.0.0/8"
            ),
        }
    }
}

impl std::error::Error for ProxyError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::head::write_fields;

    #[test]
    fn only_listed_peers_are_believed() {
        let list =
            TrustedProxies::parse("10.0.0.0/8, 192.0.2.7,2001:db8::/32, 172.16.5.0/23,").unwrap();
        for peer in [
            "10.0.0.0",
            "10.255.255.255",
            "192.0.2.7",
            "2001:db8::1",
            "2001:db8:ffff::",
            "172.16.4.0",
            "172.16.5.255",
            "::ffff:10.1.2.3",
        ] {
            assert!(list.trusts(peer), "{peer}");
        }
        for peer in [
            "",
            "11.0.0.0",
            "9.255.255.255",
            "192.0.2.8",
            "2001:db9::1",
            "172.16.6.0",
            "172.16.3.255",
            "::1",
            "localhost",
            "10.0.0.1:80",
            "10.0.0.1 ",
            "::10.1.2.3",
        ] {
            assert!(!list.trusts(peer), "{peer}");
        }
        assert!(
            TrustedProxies::parse("0.0.0.0/0")
                .unwrap()
                .trusts("203.0.113.9")
        );
        assert!(!TrustedProxies::parse("0.0.0.0/0").unwrap().trusts("::1"));
        assert!(TrustedProxies::parse("::/0").unwrap().trusts("::1"));
        assert!(!TrustedProxies::default().trusts("127.0.0.1"));
    }

    #[test]
    fn a_list_that_is_none_is_refused() {
        for entry in [
            "localhost",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "10.0.0",
            "*",
            "10.0.0.1:80",
            "/8",
        ] {
            assert_eq!(
                TrustedProxies::parse(entry),
                Err(ProxyError::Malformed(entry.to_owned())),
                "{entry}"
            );
        }
        assert_eq!(
            TrustedProxies::parse(&"10.0.0.1,".repeat(PROXIES_MAX + 1)),
            Err(ProxyError::TooMany)
        );
    }

    #[test]
    fn the_peer_is_read_from_the_hosts_own_field() {
        for (text, peer) in [
            ("192.0.2.7:51234", Some("192.0.2.7")),
            ("[2001:db8::1]:51234", Some("2001:db8::1")),
            ("192.0.2.7", Some("192.0.2.7")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("", None),
            ("localhost:80", None),
            ("192.0.2.7:x", None),
        ] {
            assert_eq!(
                peer_of(text).map(|peer| peer.to_string()).as_deref(),
                peer,
                "{text}"
            );
        }
    }

    fn provenance(peer: &str, fields: &[(&str, &str)]) -> (String, Option<String>) {
        let proxies = TrustedProxies::parse("10.0.0.0/8, 2001:db8::/32").unwrap();
        let fields = fields.iter().map(|(name, value)| (*name, value.as_bytes()));
        let head = Head {
            method: "GET",
            target: "/",
            authority: "internal:3000",
            tls: false,
            peer,
            fields: &write_fields(fields).unwrap(),
        };
        let found = Provenance::of(&head, &proxies);
        let client = found.client().map(|client| client.ip().to_string());
        (found.authority().to_owned(), client)
    }

    #[test]
    fn the_visitors_address_is_the_nearest_that_is_no_listed_proxy() {
        for (peer, chain, client, why) in [
            ("203.0.113.9", &[][..], Some("203.0.113.9"), "no proxy"),
            (
                "203.0.113.9",
                &["192.0.2.1"],
                Some("203.0.113.9"),
                "not listed",
            ),
            ("", &["192.0.2.1"], None, "a peer that nobody knows"),
            ("10.0.0.1", &[], Some("10.0.0.1"), "the proxy itself asks"),
            ("10.0.0.1", &["192.0.2.1"], Some("192.0.2.1"), "one proxy"),
            (
                "10.0.0.1",
                &["1.1.1.1, 192.0.2.1"],
                Some("192.0.2.1"),
                "a lie first",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1", "192.0.2.1"],
                Some("192.0.2.1"),
                "a field of lies first",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1, 192.0.2.1, 10.0.0.2"],
                Some("192.0.2.1"),
                "two proxies",
            ),
            (
                "10.0.0.1",
                &["192.0.2.1", "10.0.0.2"],
                Some("192.0.2.1"),
                "a field each",
            ),
            (
                "10.0.0.1",
                &["10.0.0.3, 10.0.0.2"],
                Some("10.0.0.3"),
                "proxies alone",
            ),
            (
                "10.0.0.1",
                &["192.0.2.1,, ,"],
                Some("192.0.2.1"),
                "empty members",
            ),
            (
                "10.0.0.1",
                &["192.0.2.1, unknown"],
                None,
                "a proxy that cannot tell",
            ),
            (
                "10.0.0.1",
                &["192.0.2.1, _hidden"],
                None,
                "a proxy that does not tell",
            ),
            ("10.0.0.1", &["192.0.2.1, \u{fc}"], None, "no text"),
            (
                "10.0.0.1",
                &["unknown, 192.0.2.1"],
                Some("192.0.2.1"),
                "nonsense before",
            ),
            (
                "10.0.0.1",
                &["192.0.2.1:443"],
                Some("192.0.2.1"),
                "with its port",
            ),
            (
                "10.0.0.1",
                &["[2001:db9::1]:443"],
                Some("2001:db9::1"),
                "IPv6 with its port",
            ),
            (
                "10.0.0.1",
                &["[2001:db9::1]"],
                Some("2001:db9::1"),
                "IPv6 in brackets",
            ),
            (
                "10.0.0.1",
                &["2001:db9:1:2:3:4:5:6"],
                Some("2001:db9:1:2:3:4:5:6"),
                "IPv6 whole",
            ),
            (
                "2001:db8::7",
                &["192.0.2.1"],
                Some("192.0.2.1"),
                "a proxy by IPv6",
            ),
            (
                "::ffff:10.0.0.1",
                &["::ffff:192.0.2.1"],
                Some("192.0.2.1"),
                "IPv4 as IPv6",
            ),
        ] {
            let fields: Vec<_> = chain
                .iter()
                .map(|field| ("x-forwarded-for", *field))
                .collect();
            assert_eq!(provenance(peer, &fields).1.as_deref(), client, "{why}");
        }
    }

    #[test]
    fn the_address_that_the_host_appended_counts_and_none_of_the_visitors() {
        for (values, found) in [
            (&["192.0.2.7:1"][..], Some("192.0.2.7")),
            (&["10.0.0.1:1", "192.0.2.7:1"], Some("192.0.2.7")),
            (
                &["10.0.0.1:1", "10.0.0.2:1", "[2001:db8::1]:1"],
                Some("2001:db8::1"),
            ),
            (&["10.0.0.1:1", "10.0.0.2:1, 192.0.2.7:1"], None),
            (&["10.0.0.1:1", ""], None),
            (&[], None),
        ] {
            let values = values.iter().map(|value| value.as_bytes());
            let peer = peer(values.clone()).map(|peer| peer.to_string());
            assert_eq!(peer.as_deref(), found, "{values:?}");
        }
    }

    #[test]
    fn the_host_is_the_listed_proxys_word_and_nobody_elses() {
        let fields = [
            ("x-forwarded-host", "lie.example"),
            ("x-forwarded-host", "a.example, app.example"),
        ];
        assert_eq!(provenance("10.0.0.1", &fields).0, "app.example");
        assert_eq!(provenance("203.0.113.9", &fields).0, "internal:3000");
        assert_eq!(provenance("", &fields).0, "internal:3000");
        assert_eq!(provenance("10.0.0.1", &[]).0, "internal:3000");
        assert_eq!(
            provenance("10.0.0.1", &[("x-forwarded-host", " ")]).0,
            "internal:3000"
        );
    }

    proptest! {
        #[test]
        fn nothing_that_a_visitor_writes_changes_whose_request_it_is(tale in "[ -~]{0,60}", visitor in any::<u32>()) {
            let visitor = core::net::Ipv4Addr::from_bits(visitor);
            prop_assume!(visitor.octets()[0] != 10);
            let told = format!("{tale}, {visitor}");
            let found = provenance("10.0.0.1", &[("x-forwarded-for", &told)]);
            prop_assert_eq!(found.1, Some(visitor.to_string()));
        }

        #[test]
        fn a_network_holds_what_shares_its_leading_bits(address in any::<u32>(), other in any::<u32>(), bits in 0_u32..=32) {
            let list = TrustedProxies::parse(&format!("{}/{bits}", core::net::Ipv4Addr::from_bits(address))).unwrap();
            let shared = (address ^ other).leading_zeros();
            prop_assert_eq!(list.trusts(&core::net::Ipv4Addr::from_bits(other).to_string()), shared >= bits);
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = (TrustedProxies::parse(&text), peer_of(&text));
        }
    }

    #[test]
    fn a_host_of_the_visitors_is_not_chosen_where_a_proxy_in_front_wrote_none() {
        let proxies = TrustedProxies::parse("10.0.0.0/8, 192.0.2.0/24").unwrap();
        let served = ["shop.example", "preview.example"];
        for (said, expected) in [
            // The outer wrote none, so the first is the visitor's.
            ("preview.example, shop.example", Ok("shop.example")),
            // The inner is called by a name of its own.
            ("shop.example, inner", Ok("shop.example")),
            ("preview.example, shop.example, inner", Ok("shop.example")),
            ("shop.example", Ok("shop.example")),
            ("elsewhere.example, inner", Err("elsewhere.example")),
        ] {
            let fields =
                format!("x-forwarded-for:203.0.113.7, 10.0.0.1\nx-forwarded-host:{said}\n");
            let head = Head {
                method: "GET",
                target: "/",
                authority: "127.0.0.1:3000",
                tls: false,
                peer: "192.0.2.1",
                fields: fields.as_bytes(),
            };
            let found = Provenance::of(&head, &proxies).find(|host| {
                if served.contains(&host) {
                    Ok(host)
                } else {
                    Err(host)
                }
            });
            assert_eq!(found, expected, "{said}");
        }
    }
}
