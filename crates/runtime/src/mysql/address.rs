//! What does a MySQL URL say? `mysql://user:password@host:port/database?ssl-mode=…`, of
//! which Spin understands the same.
//!
//! No error repeats the URL or a part of it: wherever it is cut wrongly, that part may
//! be the password's.

use std::fmt;
use std::time::Duration;

use gatelet_core::percent;
use mysql_async::{Opts, OptsBuilder, SslOpts};
use rustls::pki_types::CertificateDer;
use url::Url;

const SCHEME: &str = "mysql";
const PORT: u16 = 3306;
/// Prepared statements that one connection keeps.
const STATEMENTS: usize = 256;
/// Largest packet, so largest row, in bytes: it is held whole before anything is counted.
const PACKET_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Between signs of life where nothing is sent.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// A database's address.
pub struct Address {
    /// Name or address, without the brackets of IPv6.
    host: String,
    port: u16,
    user: String,
    password: Option<String>,
    database: Option<String>,
    is_encrypted: bool,
    /// Changed rows are those that were found, changed or not.
    counts_found: bool,
}

/// Why a URL is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It is not written as one.
    NoUrl,
    /// Nobody is to be reached.
    NoHost,
    /// Nobody connects.
    NoUser,
    /// A parameter that is not understood.
    Parameter(String),
    /// One whose value is not, and what it may be.
    Value(&'static str, &'static str),
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// What is wrong with it, with the mend and without any part of it.
    pub fn parse(written: &str) -> Result<Self, AddressError> {
        let url = Url::parse(written).map_err(|_| AddressError::NoUrl)?;
        if url.scheme() != SCHEME || url.fragment().is_some() {
            return Err(AddressError::NoUrl);
        }
        // Of a password that is not encoded the rest would be host, path or query.
        let rest = [url.path(), url.query().unwrap_or_default()];
        if rest.iter().any(|part| part.contains('@')) {
            return Err(AddressError::NoUrl);
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(AddressError::NoHost)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let user = decoded(url.username())?;
        if user.is_empty() {
            return Err(AddressError::NoUser);
        }
        let database = decoded(url.path().trim_start_matches('/'))?;
        let mut address = Self {
            host: decoded(host)?,
            port: url.port().unwrap_or(PORT),
            user,
            password: url.password().map(decoded).transpose()?,
            database: (!database.is_empty()).then_some(database),
            is_encrypted: false,
            counts_found: false,
        };
        for (name, value) in url.query_pairs() {
            address.set(&name, &value)?;
        }
        Ok(address)
    }

    /// Name or address, without the brackets of IPv6.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// 3306 where none is written.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The name of the database, where one is written.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Whether what is said is encrypted and the server's certificate verified: there is
    /// nothing between that and plain text.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.is_encrypted
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), AddressError> {
        match name.to_ascii_lowercase().as_str() {
            "ssl-mode" | "sslmode" => {
                self.is_encrypted = match value.to_ascii_lowercase().as_str() {
                    "disabled" | "disable" => false,
                    // Whatever it asks for, what is encrypted is verified: as on Spin.
                    "required" | "verify_ca" | "verify_identity" => true,
                    _ => {
                        let known = "is DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY";
                        return Err(AddressError::Value("ssl-mode", known));
                    }
                };
            }
            "client_found_rows" => {
                let known = "is true or false";
                let read = value.parse();
                self.counts_found =
                    read.map_err(|_| AddressError::Value("client_found_rows", known))?;
            }
            _ if is_name(name) => return Err(AddressError::Parameter(name.to_owned())),
            _ => return Err(AddressError::NoUrl),
        }
        Ok(())
    }

    /// What the driver is to do. A server on this machine is reached by TCP like any
    /// other: a grant is one for a host and a port.
    pub(super) fn options(&self) -> Opts {
        OptsBuilder::default()
            .ip_or_hostname(&*self.host)
            .tcp_port(self.port)
            .user(Some(&*self.user))
            .pass(self.password.as_deref())
            .db_name(self.database.as_deref())
            .prefer_socket(false)
            .tcp_keepalive(Some(KEEPALIVE))
            .stmt_cache_size(STATEMENTS)
            .max_allowed_packet(Some(PACKET_MAX_BYTES))
            .setup(vec!["SET autocommit = 1"])
            .client_found_rows(self.counts_found)
            .ssl_opts(self.is_encrypted.then(verified))
            .into()
    }
}

/// Whom this machine trusts, and nobody else.
fn verified() -> SslOpts {
    let trusted = rustls_native_certs::load_native_certs().certs;
    let trusted = trusted
        .into_iter()
        .map(|certificate: CertificateDer<'static>| certificate.to_vec().into())
        .collect();
    SslOpts::default()
        .with_disable_built_in_roots(true)
        .with_root_certs(trusted)
}

fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !name.is_empty() && name.len() <= 40 && name.bytes().all(is_part)
}

fn decoded(written: &str) -> Result<String, AddressError> {
    String::from_utf8(percent::decoded(written.as_bytes())).map_err(|_| AddressError::NoUrl)
}

/// Where it leads, without who connects.
impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Address({}:{}, …)", self.host, self.port)
    }
}

impl std::error::Error for AddressError {}

impl fmt::Display for AddressError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUrl => out.write_str(
                "is no MySQL URL: write mysql://user:password@host/database, with anything but letters and digits in user and password percent-encoded (/ becomes %2F, @ %40, : %3A, ? %3F, # %23, % %25)",
            ),
            Self::NoHost => out.write_str(
                "names no host: components reach no Unix socket, so write mysql://user:password@127.0.0.1/database for a server on this machine",
            ),
            Self::NoUser => {
                out.write_str("names no user: write mysql://user:password@host/database")
            }
            Self::Parameter(name) => write!(
                out,
                "has the parameter {name}, which is not understood here: ssl-mode and client_found_rows are"
            ),
            Self::Value(name, known) => write!(out, "has a parameter {name} of no use: it {known}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressError};

    fn refused(written: &str) -> AddressError {
        let parsed = Address::parse(written).map(drop);
        parsed.expect_err(written)
    }

    #[test]
    fn a_url_says_who_connects_where() {
        let address = Address::parse("mysql://u%40x:p%2Fw@db.example:3307/shop%20one").unwrap();
        let options = address.options();
        assert_eq!((&*address.host, address.port), ("db.example", 3307));
        assert_eq!(options.user(), Some("u@x"));
        assert_eq!(options.pass(), Some("p/w"));
        assert_eq!(options.db_name(), Some("shop one"));
        assert!(options.ssl_opts().is_none());
        assert!(!options.prefer_socket(), "the grant is for TCP");
        let plain = Address::parse("mysql://u@[::1]").unwrap();
        assert_eq!((&*plain.host, plain.port), ("::1", 3306));
        assert_eq!(plain.options().db_name(), None);
    }

    #[test]
    fn what_is_encrypted_is_verified() {
        let encrypted = |query: &str| {
            let address = Address::parse(&format!("mysql://u:p@h/d?{query}")).unwrap();
            let options = address.options();
            options.ssl_opts().map(|tls| {
                assert!(tls.disable_built_in_roots());
                assert!(!tls.skip_domain_validation() && !tls.accept_invalid_certs());
            })
        };
        for query in ["", "ssl-mode=DISABLED", "sslMode=disabled"] {
            assert_eq!(encrypted(query), None, "{query}");
        }
        for query in [
            "ssl-mode=REQUIRED",
            "sslMode=VERIFY_CA",
            "SsLmOdE=verify_identity",
        ] {
            assert_eq!(encrypted(query), Some(()), "{query}");
        }
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_repeating_it() {
        let cases = [
            ("postgres://u:hunter2@h/d", AddressError::NoUrl),
            ("u:hunter2@h", AddressError::NoUrl),
            ("mysql:///hunter2", AddressError::NoHost),
            ("mysql://h/hunter2", AddressError::NoUser),
            (
                "mysql://u:hunter2@h/d?socket=/run/x",
                AddressError::Parameter("socket".into()),
            ),
            (
                "mysql://u:hunter2@h/d?hun=ter2",
                AddressError::Parameter("hun".into()),
            ),
            ("mysql://u:p@h/d?hunter2%20=x", AddressError::NoUrl),
            ("mysql://u:p@hunter2/x@h/d", AddressError::NoUrl),
            ("mysql://u:x@y?hunter2=z@h/d", AddressError::NoUrl),
        ];
        for (written, error) in cases {
            assert_eq!(refused(written), error, "{written}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let mode = refused("mysql://u:p@h/d?ssl-mode=hunter2").to_string();
        assert!(
            mode.contains("VERIFY_CA") && !mode.contains("hunter2"),
            "{mode}"
        );
    }
}
