//! Which scheme, host and port? Base URLs as configuration writes them, and
//! authorities as requests do.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// Longest host name, in bytes (RFC 1035 §2.3.4).
const HOST_MAX_BYTES: usize = 253;
/// Longest label of a host name, in bytes.
const LABEL_MAX_BYTES: usize = 63;

/// `http` or `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// TLS.
    Https,
}

/// Scheme, host and port, and nothing more: `https://app.example.com:8443`.
/// Kept in its canonical form: lower case, no default port, no trailing dot or
/// slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    text: String,
    scheme: Scheme,
    port: u16,
}

/// Why a text is no base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseUrlError {
    /// Neither `http://` nor `https://`.
    Scheme,
    /// The host is no host name or address.
    Host,
    /// The port is no number from 1 to 65535.
    Port,
    /// Has a path, query or fragment.
    Path,
    /// Has a user name or password.
    UserInformation,
}

/// Host and port of a request's authority, as received. The host is a name or
/// an address, with at most one trailing dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// In any case; an IPv6 address in its brackets.
    pub host: &'a str,
    /// None where it was left out, or empty (RFC 3986 §3.2.3).
    pub port: Option<u16>,
}

impl Scheme {
    /// `http` or `https`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl BaseUrl {
    /// Parses scheme, host and optional port; a single trailing slash is let pass.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let (scheme, rest) = split_scheme(text).ok_or(BaseUrlError::Scheme)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '\\']) {
            return Err(BaseUrlError::Path);
        }
        if authority.contains('@') {
            return Err(BaseUrlError::UserInformation);
        }
        let (host, port) = split_port(authority);
        let port = match port {
            None => scheme.default_port(),
            Some(port) => parse_port(port).ok_or(BaseUrlError::Port)?,
        };
        let host = canonical_host(host).ok_or(BaseUrlError::Host)?;
        let mut text = format!("{}://{host}", scheme.as_str());
        if port != scheme.default_port() {
            text.push(':');
            text.push_str(&port.to_string());
        }
        Ok(Self { text, scheme, port })
    }

    /// The whole, in canonical form and without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host, and port where it is not the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text
            .get(self.scheme.as_str().len() + "://".len()..)
            .expect("a base URL begins with its scheme")
    }

    /// The host in lower case; an IPv6 address in its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        split_port(self.authority()).0
    }

    /// The port, the scheme's own where none was written.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The port where it is not the scheme's own.
    #[must_use]
    pub fn own_port(&self) -> Option<u16> {
        (self.port != self.scheme.default_port()).then_some(self.port)
    }

    /// Whether the host can only be this machine: `localhost`, `*.localhost`
    /// (RFC 6761 §6.3), 127.0.0.0/8, `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || host
                .parse::<Ipv4Addr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// Whether the host is an address and not a name.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.host().starts_with('[') || self.host().parse::<Ipv4Addr>().is_ok()
    }

    /// Whether the host is `domain`, in lower case and without a dot at either end,
    /// or below it. On label boundaries: `evil-example.com` is not within
    /// `example.com`, and an address is within nothing but itself.
    #[must_use]
    pub fn is_within(&self, domain: &str) -> bool {
        let below = |rest: &str| rest.ends_with('.') && !domain.is_empty() && !self.is_address();
        let host = self.host();
        host == domain || host.strip_suffix(domain).is_some_and(below)
    }

    /// Whether a request's authority means this host and port: in any case, with
    /// or without a trailing dot, with or without the scheme's own port.
    #[must_use]
    pub fn matches(&self, authority: &Authority<'_>) -> bool {
        if authority.port.unwrap_or(self.scheme.default_port()) != self.port {
            return false;
        }
        let host = authority.host.strip_suffix('.').unwrap_or(authority.host);
        if host.eq_ignore_ascii_case(self.host()) {
            return true;
        }
        // IPv6 has many spellings of one address.
        self.host().starts_with('[')
            && parse_ipv6(host).is_some_and(|address| parse_ipv6(self.host()) == Some(address))
    }
}

impl<'a> Authority<'a> {
    /// Parses `Host` or `:authority` (RFC 9110 §7.2: `uri-host [":" port]`).
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (host, port) = split_port(text);
        let port = match port {
            None | Some("") => None,
            Some(port) => Some(parse_port(port)?),
        };
        if host.starts_with('[') {
            parse_ipv6(host)?;
        } else if !is_host_name(host.strip_suffix('.').unwrap_or(host)) {
            return None;
        }
        Some(Self { host, port })
    }

    /// In lower case, without a trailing dot or an empty port, and with the one
    /// spelling of an IPv6 address.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = canonical_host(self.host).unwrap_or_default();
        if let Some(port) = self.port {
            text.push(':');
            text.push_str(&port.to_string());
        }
        text
    }

    /// The base URL that it is under this scheme, in canonical form.
    #[must_use]
    pub fn under(&self, scheme: Scheme) -> Option<BaseUrl> {
        let host = self.host.strip_suffix('.').unwrap_or(self.host);
        let scheme = scheme.as_str();
        let text = match self.port {
            None => format!("{scheme}://{host}"),
            Some(port) => format!("{scheme}://{host}:{port}"),
        };
        BaseUrl::parse(&text).ok()
    }
}

/// What stands before `://` and behind it. By characters: the library's search for a
/// string takes three KiB of the gateway's room.
pub(crate) fn split_at_authority(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    Some((scheme, rest.strip_prefix("//")?))
}

fn split_scheme(text: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = split_at_authority(text)?;
    if scheme.eq_ignore_ascii_case("https") {
        Some((Scheme::Https, rest))
    } else if scheme.eq_ignore_ascii_case("http") {
        Some((Scheme::Http, rest))
    } else {
        None
    }
}

/// Splits off `:port`. The colons of an IPv6 address are within brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => {
            (&authority[..colon], Some(&authority[colon + 1..]))
        }
        _ => (authority, None),
    }
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

/// An IPv6 address in brackets. Zones have no place in a URL (RFC 9110 §4.2.1
/// goes by RFC 3986, which has none).
fn parse_ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn canonical_host(host: &str) -> Option<String> {
    if host.starts_with('[') {
        return parse_ipv6(host).map(|address| format!("[{address}]"));
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    is_host_name(host).then(|| host.to_ascii_lowercase())
}

/// Letters, digits, `-` and `_` in labels; what ends in a number must be an IPv4
/// address (URL Standard, "ends in a number checker").
pub(crate) fn is_host_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_MAX_BYTES).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= HOST_MAX_BYTES
        && host.split('.').all(is_label)
        && (!last
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit())
            || !last
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'x' || byte == b'X')
            || host.parse::<Ipv4Addr>().is_ok())
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Scheme => "does not begin with http:// or https://",
            Self::Host => "has no valid host name or address",
            Self::Port => "has no valid port",
            Self::Path => {
                "has a path, query or fragment: scheme, host and port are all that it takes"
            }
            Self::UserInformation => "has a user name or password",
        })
    }
}

impl std::error::Error for BaseUrlError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base_urls_are_kept_in_canonical_form() {
        for (text, canonical, host, port, loopback) in [
            (
                "https://app.example.com",
                "https://app.example.com",
                "app.example.com",
                443,
                false,
            ),
            (
                "https://app.example.com/",
                "https://app.example.com",
                "app.example.com",
                443,
                false,
            ),
            (
                "HTTPS://App.Example.COM.:443/",
                "https://app.example.com",
                "app.example.com",
                443,
                false,
            ),
            (
                "https://app.example.com:8443",
                "https://app.example.com:8443",
                "app.example.com",
                8443,
                false,
            ),
            (
                "http://app.example.com:443",
                "http://app.example.com:443",
                "app.example.com",
                443,
                false,
            ),
            (
                "http://localhost:3000",
                "http://localhost:3000",
                "localhost",
                3000,
                true,
            ),
            (
                "http://a.b.localhost",
                "http://a.b.localhost",
                "a.b.localhost",
                80,
                true,
            ),
            (
                "http://127.8.9.1:80",
                "http://127.8.9.1",
                "127.8.9.1",
                80,
                true,
            ),
            (
                "http://[0:0:0:0:0:0:0:1]:3000",
                "http://[::1]:3000",
                "[::1]",
                3000,
                true,
            ),
            (
                "http://[2001:DB8::1]",
                "http://[2001:db8::1]",
                "[2001:db8::1]",
                80,
                false,
            ),
            (
                "http://demo.spin.internal",
                "http://demo.spin.internal",
                "demo.spin.internal",
                80,
                false,
            ),
            (
                "https://xn--bcher-kva.example",
                "https://xn--bcher-kva.example",
                "xn--bcher-kva.example",
                443,
                false,
            ),
            ("http://10.0.0.1", "http://10.0.0.1", "10.0.0.1", 80, false),
            (
                "http://localhost.example.com",
                "http://localhost.example.com",
                "localhost.example.com",
                80,
                false,
            ),
            (
                "http://notlocalhost",
                "http://notlocalhost",
                "notlocalhost",
                80,
                false,
            ),
            (
                "http://128.0.0.1",
                "http://128.0.0.1",
                "128.0.0.1",
                80,
                false,
            ),
        ] {
            let url = BaseUrl::parse(text).unwrap_or_else(|error| panic!("{text} {error}"));
            assert_eq!(
                (url.as_str(), url.host(), url.port(), url.is_loopback()),
                (canonical, host, port, loopback),
                "{text}"
            );
            assert_eq!(BaseUrl::parse(url.as_str()).as_ref(), Ok(&url), "{text}");
        }
    }

    #[test]
    fn an_authority_means_a_host_in_any_of_its_spellings() {
        for (base_url, authority, means) in [
            ("https://app.example.com", "APP.example.com.:443", true),
            ("https://app.example.com", "app.example.com:80", false),
            ("https://app.example.com", "[::1]", false),
            ("https://[2001:db8::1]", "[2001:DB8:0:0::1]", true),
            ("https://[2001:db8::1]", "[2001:db8::1]:8443", false),
            ("https://[2001:db8::1]", "[2001:db8::2]", false),
            ("https://[2001:db8::1]", "app.example.com", false),
        ] {
            let base = BaseUrl::parse(base_url).expect("a base URL");
            let asked = Authority::parse(authority).expect("an authority");
            assert_eq!(base.matches(&asked), means, "{authority} at {base_url}");
        }
    }

    #[test]
    fn what_ends_in_a_number_is_no_name() {
        for (host, is_name) in [
            ("example.de", true),
            ("example.cafe", true),
            ("app.1st", true),
            ("app.0y", true),
            ("192.0.2.7", true),
            ("app.1", false),
            ("app.0x7f", false),
            ("app.0X7F", false),
            ("0x7f", false),
        ] {
            assert_eq!(is_host_name(host), is_name, "{host}");
        }
    }

    #[test]
    fn anything_more_than_scheme_host_and_port_is_refused() {
        for (text, error) in [
            ("", BaseUrlError::Scheme),
            ("app.example.com", BaseUrlError::Scheme),
            ("//app.example.com", BaseUrlError::Scheme),
            ("ftp://app.example.com", BaseUrlError::Scheme),
            ("https:app.example.com", BaseUrlError::Scheme),
            (" https://app.example.com", BaseUrlError::Scheme),
            ("https://", BaseUrlError::Host),
            ("https:///", BaseUrlError::Host),
            ("https://app.example.com/x", BaseUrlError::Path),
            ("https://app.example.com?x", BaseUrlError::Path),
            ("https://app.example.com#x", BaseUrlError::Path),
            ("https://app.example.com\\x", BaseUrlError::Path),
            (
                "https://user@app.example.com",
                BaseUrlError::UserInformation,
            ),
            (
                "https://user:pw@app.example.com",
                BaseUrlError::UserInformation,
            ),
            ("https://app.example.com:", BaseUrlError::Port),
            ("https://app.example.com:0", BaseUrlError::Port),
            ("https://app.example.com:65536", BaseUrlError::Port),
            ("https://app.example.com:+80", BaseUrlError::Port),
            ("https://app.example.com:x", BaseUrlError::Port),
            ("https://app..example.com", BaseUrlError::Host),
            ("https://.example.com", BaseUrlError::Host),
            ("https://example.com..", BaseUrlError::Host),
            ("https://app example.com", BaseUrlError::Host),
            ("https://*.example.com", BaseUrlError::Host),
            ("https://bücher.example", BaseUrlError::Host),
            ("https://app%2eexample.com", BaseUrlError::Host),
            ("https://[::1", BaseUrlError::Host),
            ("https://::1", BaseUrlError::Host),
            ("https://[fe80::1%25eth0]", BaseUrlError::Host),
            ("https://1.2.3", BaseUrlError::Host),
            ("https://1.2.3.256", BaseUrlError::Host),
            ("https://0x7f.1", BaseUrlError::Host),
            ("https://2130706433", BaseUrlError::Host),
        ] {
            assert_eq!(BaseUrl::parse(text), Err(error), "{text}");
        }
        let label = "a".repeat(64);
        assert_eq!(
            BaseUrl::parse(&format!("https://{label}.example")),
            Err(BaseUrlError::Host)
        );
        let name = "a.".repeat(127);
        assert_eq!(
            BaseUrl::parse(&format!("https://{name}aa")),
            Err(BaseUrlError::Host)
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>(), rest in "[-a-zA-Z0-9.:@/\\[\\]\\\\?#%]{0,40}") {
            let _ = (BaseUrl::parse(&text), Authority::parse(&text));
            let _ = Authority::parse(&rest);
            if let Ok(url) = BaseUrl::parse(&format!("https://{rest}")) {
                let again = BaseUrl::parse(url.as_str());
                prop_assert_eq!(again.as_ref(), Ok(&url));
                // Every other reader agrees on the host.
                let read = url::Url::parse(url.as_str()).unwrap();
                prop_assert_eq!(read.host_str(), Some(url.host()));
                prop_assert_eq!(read.port_or_known_default(), Some(url.port()));
                prop_assert_eq!(read.path(), "/");
            }
        }
    }
}
