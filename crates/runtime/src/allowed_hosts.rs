//! What may a component reach? `allowed_outbound_hosts`, with Spin's meaning:
//! nothing, unless an entry allows scheme, host and port.

use std::net::IpAddr;

use anyhow::{Context as _, Result, bail, ensure};
use ipnet::IpNet;
use url::Host;

/// The domain of service chaining.
const INTERNAL: &str = ".spin.internal";

/// What one component may reach.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts(Vec<Allowed>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Allowed {
    /// None is any.
    scheme: Option<String>,
    host: HostRule,
    port: PortRule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostRule {
    Any,
    /// `.example.com` for `*.example.com`.
    Subdomain(String),
    Itself,
    Literal(Host),
    Network(IpNet),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PortRule {
    Any,
    Default,
    Range(u16, u16),
}

/// Where a request wants to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// `http`, `https`, `postgres`, …
    pub scheme: String,
    /// Name or address.
    pub host: Host,
    /// Port, the scheme's own where none was given.
    pub port: u16,
}

impl AllowedHosts {
    /// Reads entries, templates filled: of one that a variable filled there may be
    /// several, separated by commas. Spin takes one alone.
    ///
    /// # Errors
    /// One line that names the entry.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        entries
            .into_iter()
            .flat_map(|filled| filled.split(','))
            .map(|entry| {
                Allowed::parse(entry.trim())
                    .with_context(|| format!("allowed_outbound_hosts: `{}`", redacted(entry)))
            })
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Whether an entry allows it.
    #[must_use]
    pub fn allows(&self, destination: &Destination) -> bool {
        self.0.iter().any(|allowed| allowed.allows(destination))
    }
}

impl Destination {
    /// Reads scheme, host and port.
    ///
    /// # Errors
    /// When the host is none, or there is no port and the scheme has none of its own.
    pub fn new(scheme: &str, host: &str, port: Option<u16>) -> Result<Self> {
        let port = port
            .or_else(|| default_port(scheme))
            .with_context(|| format!("{scheme} has no default port"))?;
        Ok(Self {
            scheme: scheme.to_owned(),
            // A Postgres address has lost the brackets that a URL's host keeps.
            host: match host.parse() {
                Ok(address) => Host::Ipv6(address),
                Err(_) => Host::parse(host)?,
            },
            port,
        })
    }

    /// The component that `http://<component>.spin.internal` leads to.
    #[must_use]
    pub fn chained_component(&self) -> Option<&str> {
        match &self.host {
            Host::Domain(name) => name.strip_suffix(INTERNAL),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }
}

impl Allowed {
    fn parse(entry: &str) -> Result<Self> {
        let (scheme, rest) = entry
            .split_once("://")
            .context("has no scheme; write scheme://host[:port]")?;
        let scheme = match scheme {
            "*" => None,
            scheme if !scheme.is_empty() && scheme.chars().all(char::is_alphabetic) => {
                Some(scheme.to_owned())
            }
            _ => bail!("the scheme is letters or `*`"),
        };
        ensure!(
            !rest.contains('@'),
            "names a user; only scheme, host and port are allowed here"
        );
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if let Ok(network) = rest.parse::<IpNet>() {
            return Ok(Self {
                scheme,
                host: HostRule::Network(network),
                port: PortRule::Default,
            });
        }
        ensure!(
            !rest.contains(['/', '?', '#']),
            "has a path; only scheme, host and port are allowed here"
        );
        let (host, port) = split_port(rest);
        Ok(Self {
            scheme,
            host: HostRule::parse(host)?,
            port: PortRule::parse(port)?,
        })
    }

    fn allows(&self, destination: &Destination) -> bool {
        let Destination { scheme, host, port } = destination;
        self.scheme.as_ref().is_none_or(|allowed| allowed == scheme)
            && self.host.allows(host)
            && self.port.allows(*port, scheme)
    }
}

impl HostRule {
    fn parse(host: &str) -> Result<Self> {
        Ok(match host {
            "*" => Self::Any,
            "self" | "self.alt" => Self::Itself,
            _ => match host.strip_prefix("*.") {
                Some(domain) => {
                    ensure!(!domain.contains('*'), "`*` stands alone or first");
                    match Host::parse(domain)? {
                        Host::Domain(domain) => Self::Subdomain(format!(".{domain}")),
                        Host::Ipv4(_) | Host::Ipv6(_) => bail!("an address has no subdomains"),
                    }
                }
                None => {
                    ensure!(!host.contains('*'), "`*` stands alone or first");
                    Self::Literal(Host::parse(host)?)
                }
            },
        })
    }

    fn allows(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Subdomain(suffix), Host::Domain(name)) => name.ends_with(suffix.as_str()),
            (Self::Literal(literal), host) => literal == host,
            (Self::Network(network), Host::Ipv4(address)) => {
                network.contains(&IpAddr::V4(*address))
            }
            (Self::Network(network), Host::Ipv6(address)) => {
                network.contains(&IpAddr::V6(*address))
            }
            (Self::Subdomain(_), Host::Ipv4(_) | Host::Ipv6(_))
            | (Self::Network(_), Host::Domain(_))
            | (Self::Itself, _) => false,
        }
    }
}

impl PortRule {
    fn parse(port: Option<&str>) -> Result<Self> {
        let number = |text: &str| text.parse().with_context(|| format!("`{text}` is no port"));
        Ok(match port {
            None | Some("") => Self::Default,
            Some("*") => Self::Any,
            Some(port) => match port.split_once("..") {
                // Half open, as Rust and Spin write ranges.
                Some((first, end)) => {
                    let (first, end): (u16, u16) = (number(first)?, number(end)?);
                    ensure!(first < end, "the port range is empty");
                    Self::Range(first, end - 1)
                }
                None => {
                    let port = number(port)?;
                    Self::Range(port, port)
                }
            },
        })
    }

    fn allows(&self, port: u16, scheme: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Default => default_port(scheme) == Some(port),
            Self::Range(first, last) => (*first..=*last).contains(&port),
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "postgres" | "postgresql" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "mqtt" => Some(1883),
        _ => None,
    }
}

/// Host and port; the colons of an IPv6 address are its own.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// An entry may be a filled template: what stands before `@` may be a password.
fn redacted(entry: &str) -> String {
    match (entry.split_once("://"), entry.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => entry.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(scheme: &str, host: &str, port: u16) -> Destination {
        Destination::new(scheme, host, Some(port)).unwrap()
    }

    #[test]
    fn an_entry_allows_its_scheme_host_and_port_alone() {
        let cases: [(&str, Destination, bool); 23] = [
            ("http://app.example", to("http", "app.example", 80), true),
            ("http://app.example", to("http", "app.example", 8080), false),
            ("http://app.example", to("https", "app.example", 80), false),
            ("http://app.example", to("http", "xapp.example", 80), false),
            ("http://app.example/", to("http", "APP.example", 80), true),
            (
                "http://app.example:8080",
                to("http", "app.example", 8080),
                true,
            ),
            ("http://app.example:*", to("http", "app.example", 1), true),
            (
                "http://app.example:8000..8002",
                to("http", "app.example", 8001),
                true,
            ),
            (
                "http://app.example:8000..8002",
                to("http", "app.example", 8002),
                false,
            ),
            ("https://*.example", to("https", "a.b.example", 443), true),
            ("https://*.example", to("https", "example", 443), false),
            ("https://*.example", to("https", "badexample", 443), false),
            ("https://*:443", to("https", "anything", 443), true),
            ("https://*", to("https", "anything", 8443), false),
            ("*://*:*", to("redis", "anything", 1), true),
            ("http://10.0.0.0/8", to("http", "10.1.2.3", 80), true),
            ("http://10.0.0.0/8", to("http", "11.1.2.3", 80), false),
            ("http://[::1]:3000", to("http", "[::1]", 3000), true),
            ("http://[::1]", to("http", "[::1]", 80), true),
            ("postgres://[::1]", to("postgres", "::1", 5432), true),
            (
                "postgres://db.example",
                to("postgres", "db.example", 5432),
                true,
            ),
            ("http://self", to("http", "self", 80), false),
            (
                "http://demo.spin.internal",
                to("http", "demo.spin.internal", 80),
                true,
            ),
        ];
        for (entry, destination, allowed) in cases {
            let hosts = AllowedHosts::parse([entry]).unwrap();
            assert_eq!(
                hosts.allows(&destination),
                allowed,
                "{entry} {destination:?}"
            );
        }
    }

    #[test]
    fn a_variable_may_fill_in_several_entries() {
        let hosts = AllowedHosts::parse(["https://*:443, https://login.example:8443"]).unwrap();
        assert!(hosts.allows(&to("https", "any.example", 443)));
        assert!(hosts.allows(&to("https", "login.example", 8443)));
        assert!(!hosts.allows(&to("https", "any.example", 8443)));
        assert!(AllowedHosts::parse(["https://a.example,"]).is_err());
    }

    #[test]
    fn without_an_entry_nothing_is_allowed() {
        assert!(!AllowedHosts::default().allows(&to("http", "localhost", 80)));
    }

    #[test]
    fn entries_that_cannot_be_are_refused_without_showing_a_password() {
        for entry in [
            "",
            "*",
            "example.com",
            "http://a/path",
            "http://a*b",
            "http://*.*.x",
            "http://a:b",
            "h+p://x",
            "http://x:5..5",
        ] {
            assert!(AllowedHosts::parse([entry]).is_err(), "{entry}");
        }
        let error = format!(
            "{:#}",
            AllowedHosts::parse(["postgres://me:hunter2@db/x"]).unwrap_err()
        );
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_chained_component_is_named_by_its_host() {
        assert_eq!(
            to("http", "demo.spin.internal", 80).chained_component(),
            Some("demo")
        );
        assert_eq!(
            to("http", "demo.spin.internal.evil", 80).chained_component(),
            None
        );
    }
}
