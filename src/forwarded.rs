//! Where does a request come from, and what is the app told of it? What visitors
//! say about that counts only where the peer is a proxy that the operator listed.

use core::fmt;
use core::net::{IpAddr, SocketAddr};

use crate::head::{Head, Lines};
use crate::origin::Origin;

/// Most entries of the list.
pub const PROXIES_MAX: usize = 64;
/// Longest `X-Forwarded-For` that is passed on, in bytes.
const CHAIN_MAX_BYTES: usize = 1024;

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
    authority: &'a str,
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
            authority: Claimed::read(head, proxies).authority(head),
            client: client(head, proxies).map(ClientAddress),
        }
    }

    /// The host that the visitor asked for.
    #[must_use]
    pub fn authority(&self) -> &'a str {
        self.authority
    }

    /// Whose request it is; None where nobody knows.
    #[must_use]
    pub fn client(&self) -> Option<ClientAddress> {
        self.client
    }
}

/// Each proxy appends the address that asked it, so the nearest's word is the last,
/// and believed as far as the proxies before it are listed too. What the first that is
/// not listed says is the visitor's own tale.
fn client(head: &Head<'_>, proxies: &TrustedProxies) -> Option<IpAddr> {
    let mut address = parse_address(head.peer)?;
    let fields: Vec<&[u8]> = head.values("x-forwarded-for").collect();
    let hops = fields
        .iter()
        .rev()
        .flat_map(|field| field.rsplit(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|hop| !hop.is_empty());
    for hop in hops {
        if !proxies.contains(address) {
            break;
        }
        // A proxy that cannot tell says `unknown` or a name of its own.
        address = hop_address(core::str::from_utf8(hop).ok()?)?;
    }
    Some(address)
}

/// What a believed proxy says about the visitor; all empty when nobody is believed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Claimed<'a> {
    pub(crate) believed: bool,
    /// The addresses that the request passed, without our peer.
    pub(crate) chain: Option<&'a str>,
    pub(crate) scheme: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
}

impl<'a> Claimed<'a> {
    /// Reads the fields of a request whose peer is on the list.
    pub(crate) fn read(head: &Head<'a>, proxies: &TrustedProxies) -> Self {
        if !proxies.trusts(head.peer) {
            return Self::default();
        }
        let last = |name| {
            head.values(name)
                .last()
                .and_then(|value| core::str::from_utf8(value).ok())
        };
        // Whoever appends stands at the end: that is the proxy we know.
        let nearest = |name| {
            last(name)
                .and_then(|value| value.rsplit(',').next())
                .map(str::trim)
                .filter(|value| !value.is_empty())
        };
        Self {
            believed: true,
            chain: last("x-forwarded-for")
                .map(str::trim)
                .filter(|chain| is_chain(chain)),
            scheme: nearest("x-forwarded-proto")
                .filter(|scheme| matches!(*scheme, "http" | "https")),
            host: nearest("x-forwarded-host"),
        }
    }

    /// The host that the visitor asked for.
    pub(crate) fn authority(&self, head: &Head<'a>) -> &'a str {
        self.host.unwrap_or(head.authority)
    }
}

/// How much of a name [`fold`] looks at, in bytes: what is reserved shows in it.
pub(crate) const FOLDED_MAX_BYTES: usize = 32;

/// A field's name as servers read it that make variables of names (CGI, RFC 3875
/// §4.1.18, and its heirs): lower case, and `-` for whatever is no letter or digit.
/// They fold all of those to one character, so `X-Forwarded+User` would be ours.
pub(crate) fn fold<'b>(name: &[u8], buffer: &'b mut [u8; FOLDED_MAX_BYTES]) -> &'b [u8] {
    for (to, from) in buffer.iter_mut().zip(name) {
        *to = if from.is_ascii_alphanumeric() {
            from.to_ascii_lowercase()
        } else {
            b'-'
        };
    }
    &buffer[..name.len().min(FOLDED_MAX_BYTES)]
}

/// Whether a field, by its folded name, is one that only we or a believed proxy may
/// send to the app: identity, provenance, and what Spin tells a component.
pub(crate) fn is_reserved(name: &[u8]) -> bool {
    // Only a few letters occur where it matters: most names end here.
    let may_be = matches!(
        name,
        [b'x' | b'X', _, b'f' | b'F' | b'r' | b'R', ..]
            | [b's' | b'S', b'p' | b'P', ..]
            | [b'f' | b'F', b'o' | b'O', ..]
    );
    if !may_be {
        return false;
    }
    let mut buffer = [0; FOLDED_MAX_BYTES];
    let folded = fold(name, &mut buffer);
    folded.starts_with(b"spin-") || is_provenance(folded)
}

/// Whether a folded name tells who is asking or where a request comes from, and so is
/// dropped unless its sender is believed.
fn is_provenance(folded: &[u8]) -> bool {
    folded.starts_with(b"x-forwarded-")
        || matches!(folded, b"x-forwarded" | b"forwarded" | b"x-real-ip")
}

/// Whether a believed proxy's field goes on to the app as it came.
pub(crate) fn passes_when_believed(name: &str) -> bool {
    matches!(
        name,
        "x-forwarded-port"
            | "x-forwarded-prefix"
            | "x-forwarded-server"
            | "forwarded"
            | "x-real-ip"
    )
}

/// Tells the app who asked, for which host, by which scheme.
pub(crate) fn tell(
    head: &Head<'_>,
    claimed: &Claimed<'_>,
    authority: &str,
    origin: &Origin,
    lines: &mut Lines,
) {
    if parse_address(head.peer).is_some() {
        lines.begin("x-forwarded-for");
        if let Some(chain) = claimed.chain {
            lines.text().push_str(chain);
            lines.text().push_str(", ");
        }
        lines.text().push_str(head.peer);
        lines.end();
    }
    lines.push("x-forwarded-host", authority);
    let scheme = match claimed.scheme {
        Some(scheme) => scheme,
        None if head.tls => "https",
        // A proxy in front may hold the certificate: what visitors see is the
        // base URL, never what this one connection happens to be.
        None => origin.base_url().scheme().as_str(),
    };
    lines.push("x-forwarded-proto", scheme);
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

/// An address as a proxy writes it: some add the port, some brackets.
fn hop_address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    parse_address(bare.unwrap_or(text))
        .or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip().to_canonical()))
}

/// Addresses and names as proxies write them, nothing that could be anything else.
fn is_chain(chain: &str) -> bool {
    !chain.is_empty()
        && chain.len() <= CHAIN_MAX_BYTES
        && chain
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"., :[]_-".contains(&byte))
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

    #[test]
    fn a_reserved_name_is_known_in_every_spelling_that_a_server_folds() {
        // RFC 9110 §5.6.2: what a name may hold beside letters and digits.
        for between in b"!#$%&'*+-.^_`|~" {
            let between = char::from(*between).to_string();
            for name in [
                "x-forwarded-user",
                "X-Forwarded-Email-Verified",
                "x-forwarded",
                "Forwarded",
                "x-real-ip",
                "spin-client-addr",
            ] {
                let name = name.replace('-', &between);
                assert!(is_reserved(name.as_bytes()), "{name}");
            }
            for name in ["x-forward", "x-realm", "x-real-ip-too", "spinner", "for"] {
                let name = name.replace('-', &between);
                assert!(!is_reserved(name.as_bytes()), "{name}");
            }
        }
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
}
