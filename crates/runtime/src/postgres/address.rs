//! What does a database's URL say? Read as libpq reads it: hosts, who connects,
//! what is encrypted and whom that trusts. What other clients write into the same
//! URL is understood, or refused by name.
//!
//! No error repeats the URL or a part of it: wherever it is cut wrongly, that part
//! may be the password's.

mod dsn;
mod parameters;

use std::fmt;
use std::time::Duration;

use gatelet_core::percent;
use tokio_postgres::Config;

pub use parameters::unknown_to_spin;

use super::tls::{Encryption, Trust};

/// Schemes of a URL; anything else is a DSN.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
const PORT: u16 = 5432;
/// Opening a connection, TLS and authentication included; where there are several
/// hosts, to each.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT_OF_SEVERAL: Duration = Duration::from_secs(2);

/// A database's address. Debug shows no password, for [`Config`]'s does not.
#[derive(Clone, Debug)]
pub struct Address {
    /// Names or addresses, tried in this order.
    hosts: Vec<(String, u16)>,
    /// All but hosts, ports and encryption.
    pub(super) config: Config,
    pub(super) encryption: Encryption,
    pub(super) trust: Trust,
    /// Connections at once, where the URL says so.
    pub(super) connections: Option<usize>,
    /// The URL says that a pooler stands between.
    pub(super) is_pooled: bool,
    connect_timeout: Option<Duration>,
}

/// Why a URL is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It cannot be told where user and password end.
    Unescaped,
    /// It is cut wrongly, or is no Postgres URL at all.
    NoUrl,
    /// Nothing says where the server is.
    NoHost,
    /// A path, where a host is wanted.
    Socket,
    /// Another client's parameter, and what to do about it.
    Parameter(String, &'static str),
}

impl Address {
    /// Reads a URL, or a DSN as libpq writes them.
    ///
    /// # Errors
    /// What is wrong with it, with the mend and without any part of it.
    pub fn parse(written: &str) -> Result<Self, AddressError> {
        let Some(rest) = SCHEMES
            .iter()
            .find_map(|scheme| written.strip_prefix(scheme))
        else {
            return Self::of_dsn(written);
        };
        let (credentials, rest) = split_credentials(rest)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, database) = rest.split_once('/').unwrap_or((rest, ""));
        let mut config = Config::new();
        if let Some(credentials) = credentials {
            let (user, password) = match credentials.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (credentials, None),
            };
            config.user(decoded(user)?);
            if let Some(password) = password {
                config.password(percent::decoded(password.as_bytes()));
            }
        }
        if !database.is_empty() {
            config.dbname(decoded(database)?);
        }
        let mut address = Self::new(config);
        address.hosts = self::hosts(hosts)?;
        parameters::apply(&mut address, &pairs(query)?)
    }

    fn new(config: Config) -> Self {
        Self {
            hosts: Vec::new(),
            config,
            encryption: Encryption::Prefer,
            trust: Trust::System,
            connections: None,
            is_pooled: false,
            connect_timeout: None,
        }
    }

    /// `host=… user=…`, which guests may write too.
    fn of_dsn(written: &str) -> Result<Self, AddressError> {
        let pairs = dsn::pairs(written).ok_or(AddressError::NoUrl)?;
        parameters::apply(&mut Self::new(Config::new()), &pairs)
    }

    /// Name or address and port of every server that may answer.
    pub fn hosts(&self) -> impl Iterator<Item = (&str, u16)> {
        self.hosts.iter().map(|(host, port)| (host.as_str(), *port))
    }

    /// For each host, all of connecting included.
    pub(super) fn connect_timeout(&self) -> Duration {
        self.connect_timeout.unwrap_or(match self.hosts.len() {
            0 | 1 => CONNECT_TIMEOUT,
            _ => CONNECT_TIMEOUT_OF_SEVERAL,
        })
    }

    /// Whether somebody between here and the server could read along or take its
    /// place: what is encrypted for nobody in particular is encrypted for them too.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        match self.encryption {
            Encryption::VerifyCa | Encryption::VerifyFull => true,
            Encryption::Disable | Encryption::Allow | Encryption::Prefer | Encryption::Require => {
                false
            }
        }
    }

    /// Reads the certificate authority's file, where the URL names one.
    ///
    /// # Errors
    /// One line about the file.
    pub fn check_trust(&self) -> Result<(), String> {
        self.trust
            .read()
            .map(drop)
            .map_err(|error| match &self.trust {
                Trust::File(path) => format!("sslrootcert: {}: {error}", path.display()),
                Trust::System | Trust::Pem(_) => error,
            })
    }
}

/// What stands before the `@` that ends user and password, and what stands behind
/// it. Where it could be one or another the URL is refused: half a password would be
/// looked up as a host's name.
fn split_credentials(rest: &str) -> Result<(Option<&str>, &str), AddressError> {
    let Some((before, after)) = rest.split_once('@') else {
        return Ok((None, rest));
    };
    // A parameter's value may hold an `@`, and then none need stand before it.
    if let (Some((place, _)), Some((_, query))) = (before.split_once('?'), rest.split_once('?')) {
        let place = place.split('/').next().unwrap_or_default();
        let names_hosts = hosts(place).is_ok_and(|hosts| !hosts.is_empty());
        if names_hosts && pairs(query).is_ok() {
            return Ok((None, rest));
        }
    }
    match after.split('?').next().unwrap_or_default().contains('@') {
        true => Err(AddressError::Unescaped),
        false => Ok((Some(before), after)),
    }
}

/// `host[:port]`, separated by commas.
fn hosts(written: &str) -> Result<Vec<(String, u16)>, AddressError> {
    let chunks = written.split(',').filter(|_| !written.is_empty());
    chunks.map(host_and_port).collect()
}

fn host_and_port(chunk: &str) -> Result<(String, u16), AddressError> {
    let (host, port) = match chunk.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(AddressError::Unescaped)?;
            match rest.strip_prefix(':') {
                None if rest.is_empty() => (host, None),
                None => return Err(AddressError::Unescaped),
                port => (host, port),
            }
        }
        None => match chunk.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (chunk, None),
        },
    };
    Ok((host_name(host)?, port.map_or(Ok(PORT), self::port)?))
}

fn host_name(written: &str) -> Result<String, AddressError> {
    let host = decoded(written)?;
    match host.as_str() {
        "" => Err(AddressError::NoHost),
        path if path.starts_with(['/', '@']) => Err(AddressError::Socket),
        name if name.contains(['@', '/', '?', '#', ' ']) => Err(AddressError::Unescaped),
        _ => Ok(host),
    }
}

fn port(written: &str) -> Result<u16, AddressError> {
    match decoded(written)?.as_str() {
        "" => Ok(PORT),
        // Where a password was cut, this is a piece of it.
        port => port.parse().map_err(|_| AddressError::Unescaped),
    }
}

/// `name=value`, separated by `&`.
fn pairs(query: &str) -> Result<Vec<(String, String)>, AddressError> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or(AddressError::Unescaped)?;
            match is_name(name) {
                true => Ok((name.to_owned(), decoded(value)?)),
                false => Err(AddressError::Unescaped),
            }
        })
        .collect()
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

fn decoded(written: &str) -> Result<String, AddressError> {
    String::from_utf8(percent::decoded(written.as_bytes())).map_err(|_| AddressError::NoUrl)
}

impl fmt::Display for AddressError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unescaped => out.write_str(
                "cannot be told apart into password and host: percent-encode user and password (/ becomes %2F, @ %40, : %3A, ? %3F, # %23, % %25), as in postgres://user:password@host:5432/database",
            ),
            Self::NoUrl => out.write_str(
                "is no Postgres URL: write postgres://user:password@host/database, with anything but letters and digits in user and password percent-encoded (/ becomes %2F, @ %40, : %3A, ? %3F, # %23, % %25)",
            ),
            Self::NoHost => out.write_str(
                "names no host: components reach no Unix socket, so write postgres://user:password@localhost/database for a server on this machine",
            ),
            Self::Socket => out.write_str(
                "names a Unix socket, which components do not reach: write localhost for a server on this machine",
            ),
            Self::Parameter(name, problem) => write!(out, "its parameter {name} {problem}"),
        }
    }
}

impl std::error::Error for AddressError {}

#[cfg(test)]
mod tests;
