//! Where does `gatelet up` listen, at which address do people then come, and who is there
//! already?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs as _};
use std::str::FromStr;

use gatelet_core::base_url::BaseUrl;
use gatelet_settings::Setting;
use url::{Host, Url};

/// Where everybody expects it, where nothing else is said.
const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
/// Lower ones are a proxy's, and take root.
const UNPRIVILEGED: u16 = 1024;

/// An address as it was written: `127.0.0.1:3000`, `[::1]:3000`, `localhost:3000`, or a
/// port alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listen(Vec<SocketAddr>);

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const SHAPES: &str = "write address and port: 127.0.0.1:3000, localhost:3000, [::1]:3000, or 0.0.0.0:3000 for every address of this machine";
        if let Ok(port) = text.parse() {
            return Ok(Self(vec![SocketAddr::new(DEFAULT.ip(), port)]));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self(vec![address]));
        }
        let (name, port) = text.rsplit_once(':').ok_or(SHAPES)?;
        if name.is_empty() || name.contains([':', '/', '[']) || port.parse::<u16>().is_err() {
            return Err(SHAPES.to_owned());
        }
        let found = text
            .to_socket_addrs()
            .map_err(|error| format!("{name} has no address here ({error}): {SHAPES}"))?;
        let mut addresses: Vec<_> = found.filter(|found| is_ours(found.ip())).collect();
        addresses.sort_unstable();
        addresses.dedup();
        if addresses.is_empty() {
            return Err(format!("{name} is no address of this machine: {SHAPES}"));
        }
        Ok(Self(addresses))
    }
}

/// A name may have an address of a family that this machine does not speak.
fn is_ours(address: IpAddr) -> bool {
    TcpListener::bind((address, 0)).is_ok()
}

/// The addresses to listen on. Where none was named and the base URL is one of this
/// machine, the port is that one's: one setting says both.
pub(super) fn addresses(named: &[Listen], base_url: Option<&str>, tls: bool) -> Vec<SocketAddr> {
    if named.is_empty() {
        return vec![
            base_url
                .and_then(|url| followed(url, tls))
                .unwrap_or(DEFAULT),
        ];
    }
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in named.iter().flat_map(|Listen(one)| one) {
        // Said twice, it would be in its own way.
        if !addresses.contains(address) {
            addresses.push(*address);
        }
    }
    addresses
}

fn followed(base_url: &str, tls: bool) -> Option<SocketAddr> {
    let parsed = BaseUrl::parse(base_url).ok()?;
    let url = Url::parse(parsed.as_str()).ok()?;
    let port = url.port().filter(|port| *port >= UNPRIVILEGED)?;
    if !parsed.is_loopback() || (url.scheme() == "https") != tls {
        return None;
    }
    let address = match url.host()? {
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
        Host::Domain(_) => DEFAULT.ip(),
    };
    Some(SocketAddr::new(address, port))
}

/// The base URL where nobody set one: how people on this machine reach what listens. None
/// where the setting's default says it, or where they do not.
pub(super) fn base_url(listen: &[SocketAddr], tls: bool) -> Option<String> {
    let reached = listen.iter().find(|address| {
        let ip = address.ip();
        ip.is_loopback() || ip.is_unspecified()
    })?;
    let scheme = if tls { "https" } else { "http" };
    let host = match reached.ip() {
        IpAddr::V4(Ipv4Addr::LOCALHOST | Ipv4Addr::UNSPECIFIED)
        | IpAddr::V6(Ipv6Addr::LOCALHOST | Ipv6Addr::UNSPECIFIED) => "localhost".to_owned(),
        // Of 127.0.0.0/8.
        other => other.to_string(),
    };
    let url = format!("{scheme}://{host}:{}", reached.port());
    let parsed = BaseUrl::parse(&url).ok()?;
    (reached.port() != 0 && Some(parsed.as_str()) != Setting::BaseUrl.default())
        .then(|| parsed.as_str().to_owned())
}

/// Who listens on this port, and what to do about it.
pub(super) fn taken(address: SocketAddr) -> String {
    let free = address.port().saturating_add(1);
    let other = SocketAddr::new(address.ip(), free);
    let who = match holder(address.port()) {
        Some((id, name)) => format!("{name} (process {id}) listens there: stop it (kill {id})"),
        None => "another program listens there: stop it".to_owned(),
    };
    format!("{address} is taken: {who}, or listen elsewhere: --listen {other}")
}

/// The process that listens on a port, as far as we may know.
#[cfg(target_os = "linux")]
fn holder(port: u16) -> Option<(u32, String)> {
    use std::fs::{read_dir, read_link, read_to_string};
    // proc_pid_net(5): local address, state (0A listens) and inode are columns 2, 4, 10.
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .find_map(|table| {
            let table = read_to_string(table).ok()?;
            table.lines().skip(1).find_map(|line| {
                let columns: Vec<_> = line.split_whitespace().collect();
                let (_, hex) = columns.get(1)?.rsplit_once(':')?;
                let listens = *columns.get(3)? == "0A" && u16::from_str_radix(hex, 16) == Ok(port);
                listens.then(|| columns.get(9).map(|inode| (*inode).to_owned()))?
            })
        })?;
    let socket = format!("socket:[{inode}]");
    let processes = read_dir("/proc").ok()?.flatten();
    processes
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
        .find_map(|(id, folder): (u32, std::path::PathBuf)| {
            let mut open = read_dir(folder.join("fd")).ok()?.flatten();
            let holds = open.any(|one| {
                read_link(one.path()).is_ok_and(|target| target.as_os_str() == socket.as_str())
            });
            let name = || read_to_string(folder.join("comm")).unwrap_or_default();
            holds.then(|| (id, name().trim().to_owned()))
        })
}

#[cfg(not(target_os = "linux"))]
fn holder(_port: u16) -> Option<(u32, String)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_understood_as_people_write_it() {
        for (text, address) in [
            ("127.0.0.1:3000", "127.0.0.1:3000"),
            ("[::1]:3000", "[::1]:3000"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("3001", "127.0.0.1:3001"),
        ] {
            assert_eq!(text.parse(), Ok(Listen(vec![one(address)])), "{text}");
        }
        let Listen(local) = "localhost:3000".parse().unwrap();
        assert!(local.contains(&DEFAULT), "{local:?}");
        for text in [
            "",
            "localhost",
            ":3000",
            "http://localhost:3000",
            "::1:3000",
            "localhost:http",
            "70000",
        ] {
            assert!(text.parse::<Listen>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_port_follows_a_base_url_of_this_machine_where_none_is_named() {
        for (base_url, tls, listens) in [
            (None, false, "127.0.0.1:3000"),
            (Some("http://localhost:4000"), false, "127.0.0.1:4000"),
            (
                Some("http://auth.stack.localhost:4000"),
                false,
                "127.0.0.1:4000",
            ),
            (Some("http://[::1]:4000"), false, "[::1]:4000"),
            (Some("https://localhost:4000"), true, "127.0.0.1:4000"),
            // What speaks TLS there is a proxy, and so is what listens on port 80.
            (Some("https://localhost:4000"), false, "127.0.0.1:3000"),
            (Some("http://localhost"), false, "127.0.0.1:3000"),
            (
                Some("https://app.example.com:8443"),
                false,
                "127.0.0.1:3000",
            ),
            (Some("nonsense"), false, "127.0.0.1:3000"),
        ] {
            assert_eq!(
                addresses(&[], base_url, tls),
                [one(listens)],
                "{base_url:?}"
            );
        }
        let named: Listen = "127.0.0.1:5000".parse().unwrap();
        assert_eq!(
            addresses(&[named], Some("http://localhost:4000"), false),
            [one("127.0.0.1:5000")]
        );
    }

    #[test]
    fn the_base_url_follows_the_listener_where_nobody_set_one() {
        for (listen, tls, url) in [
            ("127.0.0.1:3000", false, None),
            ("0.0.0.0:3000", false, None),
            ("127.0.0.1:4000", false, Some("http://localhost:4000")),
            ("[::]:4000", false, Some("http://localhost:4000")),
            ("[::1]:4000", false, Some("http://localhost:4000")),
            ("127.0.0.2:4000", false, Some("http://127.0.0.2:4000")),
            ("127.0.0.1:3443", true, Some("https://localhost:3443")),
            ("0.0.0.0:443", true, Some("https://localhost")),
            // Others come there: the operator must say how.
            ("192.0.2.7:3000", false, None),
            ("127.0.0.1:0", false, None),
        ] {
            assert_eq!(base_url(&[one(listen)], tls).as_deref(), url, "{listen}");
        }
    }

    #[test]
    fn who_holds_a_port_is_named_with_what_to_do() {
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = held.local_addr().unwrap();
        let line = taken(address);
        assert!(line.contains(&format!("{address} is taken: ")), "{line}");
        assert!(line.contains("--listen 127.0.0.1:"), "{line}");
        if cfg!(target_os = "linux") {
            assert!(
                line.contains(&format!("(process {})", std::process::id())),
                "{line}"
            );
        }
    }
}
