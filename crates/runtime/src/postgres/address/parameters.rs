//! What do the parameters of a database's URL ask for? All that libpq knows, and
//! what other clients write:
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{
    ChannelBinding, LoadBalanceHosts, SslNegotiation, TargetSessionAttrs,
};

use super::{Address, AddressError, PORT, host_name};
use crate::postgres::tls::{Encryption, Trust};

type Pair = (String, String);

/// What the pairs ask for, and what follows from them together.
pub(super) fn apply(address: &mut Address, pairs: &[Pair]) -> Result<Address, AddressError> {
    let mut asked = Asked::default();
    for (name, value) in pairs {
        asked.take(address, name, value, pairs)?;
    }
    asked.place(address)?;
    asked.encrypt(address)?;
    Ok(address.clone())
}

/// What of the URL does not reach a server through Spin, whose client knows fewer
/// parameters: a line for each.
#[must_use]
pub fn unknown_to_spin(url: &str) -> Vec<String> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let unknown = query.split('&').filter(|pair| {
        !pair.is_empty() && format!("postgres://h/?{pair}").parse::<Config>().is_err()
    });
    let names = unknown.filter_map(|pair| pair.split_once('='));
    names
        .filter(|(name, _)| super::is_name(name))
        .map(|(name, value)| match (name, value) {
            ("sslmode", "verify-full") => {
                "sslmode=verify-full: write sslmode=require there, which Spin verifies".to_owned()
            }
            ("sslmode", _) => "sslmode: Spin knows disable, prefer and require alone".to_owned(),
            _ => format!("{name}: Spin does not know it"),
        })
        .collect()
}

/// What stands in several parameters at once.
#[derive(Default)]
struct Asked {
    host: Option<String>,
    port: Option<String>,
    sslmode: Option<Encryption>,
    trust: Option<Trust>,
    application_name: Option<String>,
}

impl Asked {
    fn take(
        &mut self,
        address: &mut Address,
        name: &str,
        value: &str,
        all: &[Pair],
    ) -> Result<(), AddressError> {
        let refused = |problem| Err(AddressError::Parameter(name.to_owned(), problem));
        let Address {
            config,
            connections,
            is_pooled,
            connect_timeout,
            ..
        } = address;
        match (name, value) {
            ("host", hosts) => self.host = Some(hosts.to_owned()),
            ("port", ports) => self.port = Some(ports.to_owned()),
            ("hostaddr", _) => return Err(hostaddr()),
            ("user", user) => {
                config.user(user);
            }
            ("password", password) => {
                config.password(password);
            }
            ("dbname", database) => {
                config.dbname(database);
            }
            ("options", options) => {
                config.options(options);
            }
            ("application_name", called) => {
                config.application_name(called);
            }
            ("fallback_application_name", called) => {
                self.application_name = Some(called.to_owned());
            }
            ("sslmode", mode) => match Encryption::named(mode) {
                Some(mode) => self.sslmode = Some(mode),
                None => {
                    return refused("is disable, allow, prefer, require, verify-ca or verify-full");
                }
            },
            // As JDBC writes it, and libpq reads it in a URL.
            ("ssl", "true") => self.sslmode = Some(Encryption::Require),
            ("ssl", _) => return refused("is true: sslmode says the rest"),
            ("sslrootcert", "") => {}
            ("sslrootcert", "system") => self.trust = Some(Trust::System),
            ("sslrootcert", path) => self.trust = Some(Trust::File(PathBuf::from(path))),
            ("sslnegotiation", "postgres") => {
                config.ssl_negotiation(SslNegotiation::Postgres);
            }
            ("sslnegotiation", "direct") => {
                config.ssl_negotiation(SslNegotiation::Direct);
            }
            ("sslnegotiation", _) => return refused("is postgres or direct"),
            ("channel_binding", "disable") => {
                config.channel_binding(ChannelBinding::Disable);
            }
            ("channel_binding", "prefer") => {
                config.channel_binding(ChannelBinding::Prefer);
            }
            ("channel_binding", "require") => {
                config.channel_binding(ChannelBinding::Require);
            }
            ("channel_binding", _) => return refused("is disable, prefer or require"),
            ("target_session_attrs", "any") => {}
            ("target_session_attrs", "read-write" | "primary") => {
                config.target_session_attrs(TargetSessionAttrs::ReadWrite);
            }
            ("target_session_attrs", "read-only" | "standby") => {
                config.target_session_attrs(TargetSessionAttrs::ReadOnly);
            }
            ("target_session_attrs", _) => return refused("is any, read-write or read-only here"),
            ("load_balance_hosts", "disable") => {}
            ("load_balance_hosts", "random") => {
                config.load_balance_hosts(LoadBalanceHosts::Random);
            }
            ("load_balance_hosts", _) => return refused("is disable or random"),
            ("connect_timeout", seconds) => match seconds.parse::<i64>() {
                // libpq waits for ever then, and a visitor cannot.
                Ok(..=0) => {}
                Ok(seconds) => *connect_timeout = Some(Duration::from_secs(seconds.unsigned_abs())),
                Err(_) => return refused("is a number of seconds"),
            },
            ("tcp_user_timeout", milliseconds) => match milliseconds.parse() {
                Ok(0) => {}
                Ok(milliseconds) => {
                    config.tcp_user_timeout(Duration::from_millis(milliseconds));
                }
                Err(_) => return refused("is a number of milliseconds"),
            },
            ("keepalives", "0" | "1") => {
                config.keepalives(value == "1");
            }
            ("keepalives", _) => return refused("is 0 or 1"),
            (
                "keepalives_idle"
                | "keepalives_interval"
                | "keepalives_count"
                | "keepalives_retries",
                _,
            ) => {
                let Ok(number) = value.parse::<u32>() else {
                    return refused("is a number");
                };
                match (name, number) {
                    (_, 0) => {}
                    ("keepalives_idle", seconds) => {
                        config.keepalives_idle(Duration::from_secs(seconds.into()));
                    }
                    ("keepalives_interval", seconds) => {
                        config.keepalives_interval(Duration::from_secs(seconds.into()));
                    }
                    _ => {
                        config.keepalives_retries(number);
                    }
                }
            }
            // Said to a pooler's users, who must not have named statements.
            ("pgbouncer", "true")
            | ("prepared_statements" | "prepare", "false")
            | ("statement_cache_size" | "prepareThreshold", "0") => *is_pooled = true,
            ("pgbouncer", "false") | ("prepared_statements" | "prepare", "true") => {}
            ("statement_cache_size" | "prepareThreshold", number)
                if number.parse::<u32>().is_ok() => {}
            ("pgbouncer" | "prepared_statements" | "prepare", _) => {
                return refused("is true or false");
            }
            ("statement_cache_size" | "prepareThreshold", _) => return refused("is a number"),
            ("connection_limit" | "pool_size", number) => match number.parse() {
                Ok(0) | Err(_) => return refused("is a number, and at least 1"),
                Ok(number) => *connections = Some(number),
            },
            // Ways that a hosting service or another client marks its own URLs.
            ("supa" | "workaround", _) => {}
            ("uselibpqcompat", "true") | ("schema", "public" | "") => {}
            ("uselibpqcompat", _) => {
                return refused("is true here: sslmode means what it does to libpq");
            }
            ("schema", _) => {
                return refused("is another client's: write options=-csearch_path%3DNAME");
            }
            ("client_encoding", encoding)
                if ["utf8", "utf-8", "unicode", "auto"]
                    .contains(&encoding.to_ascii_lowercase().as_str()) => {}
            ("client_encoding", _) => return refused("is UTF8 here"),
            ("gssencmode", "disable" | "prefer") | ("sslcompression", "0") | ("sslsni", "1") => {}
            ("gssencmode", _) => return refused("is disable here: nothing is encrypted by GSSAPI"),
            ("sslcertmode", "disable" | "allow")
            | ("ssl_min_protocol_version", "TLSv1" | "TLSv1.1" | "TLSv1.2") => {}
            ("sslcert" | "sslkey" | "sslpassword" | "sslcertmode", _) => {
                return refused(
                    "asks for a client's certificate, which is not supported: let the server take a password",
                );
            }
            ("sslaccept", _) => {
                return refused(
                    "is another client's: write sslmode=verify-full, or sslmode=require for no verification",
                );
            }
            (
                "sslcrl"
                | "sslcrldir"
                | "sslcompression"
                | "sslsni"
                | "sslidentity"
                | "ssl_min_protocol_version"
                | "ssl_max_protocol_version",
                _,
            ) => {
                return refused("is not supported: leave it out");
            }
            ("passfile" | "service" | "servicefile", _) => {
                return refused("is not supported: write host, user and password into the URL");
            }
            (
                "require_auth"
                | "requirepeer"
                | "krbsrvname"
                | "gsslib"
                | "gssdelegation"
                | "replication"
                | "min_protocol_version"
                | "max_protocol_version",
                _,
            ) => {
                return refused("is not supported: leave it out");
            }
            (
                "pool_timeout" | "socket_timeout" | "statement_timeout" | "idle_timeout"
                | "max_lifetime",
                _,
            ) => {
                return refused("is another client's, and its limits are set here: leave it out");
            }
            _ => {
                // A password that was cut at its `?` or `&` would be named.
                let may_be_password = all
                    .iter()
                    .any(|(name, value)| name == "password" || value.contains('@'));
                return match may_be_password {
                    true => Err(AddressError::Unescaped),
                    false => refused("is unknown: is it misspelt, or another client's?"),
                };
            }
        }
        Ok(())
    }

    /// Hosts and ports that stand among the parameters.
    fn place(&self, address: &mut Address) -> Result<(), AddressError> {
        if let Some(hosts) = &self.host {
            if !address.hosts.is_empty() {
                let twice = "names a host, and one stands before it already";
                return Err(AddressError::Parameter("host".to_owned(), twice));
            }
            let names = hosts
                .split(',')
                .map(|host| Ok((host_name_plain(host)?, PORT)));
            address.hosts = names.collect::<Result<_, _>>()?;
        }
        if let Some(ports) = &self.port {
            let wrong = || {
                let problem = "is a port, or one for each host";
                AddressError::Parameter("port".to_owned(), problem)
            };
            let ports: Vec<u16> = ports
                .split(',')
                .map(|port| port.parse().map_err(|_| wrong()))
                .collect::<Result<_, _>>()?;
            let count = address.hosts.len();
            if ports.len() != 1 && ports.len() != count {
                return Err(wrong());
            }
            for (position, (_, port)) in address.hosts.iter_mut().enumerate() {
                *port = *ports.get(position).unwrap_or(&ports[0]);
            }
        }
        match address.hosts.is_empty() {
            true => Err(AddressError::NoHost),
            false => Ok(()),
        }
    }

    /// By libpq's rules for `sslmode` and `sslrootcert` together, but that the
    /// system's authorities stand where libpq has `~/.postgresql/root.crt`.
    fn encrypt(&mut self, address: &mut Address) -> Result<(), AddressError> {
        if let (None, Some(called)) = (
            address.config.get_application_name(),
            self.application_name.take(),
        ) {
            address.config.application_name(called);
        }
        address.encryption = match (self.sslmode, &self.trust) {
            (None, Some(Trust::System)) => Encryption::VerifyFull,
            (Some(mode), Some(Trust::System)) if mode != Encryption::VerifyFull => {
                let problem = "is system, and goes with sslmode=verify-full alone";
                return Err(AddressError::Parameter("sslrootcert".to_owned(), problem));
            }
            (Some(Encryption::Require), Some(Trust::File(_) | Trust::Pem(_))) => {
                Encryption::VerifyCa
            }
            (mode, _) => mode.unwrap_or(Encryption::Prefer),
        };
        if let Some(trust) = self.trust.take() {
            address.trust = trust;
        }
        Ok(())
    }
}

/// What is dialled where it is given, whatever the host says: no grant covers it.
fn hostaddr() -> AddressError {
    let problem = "goes past the host that may be reached: write the address as the host";
    AddressError::Parameter("hostaddr".to_owned(), problem)
}

fn host_name_plain(host: &str) -> Result<String, AddressError> {
    // It has been decoded already; a `%` left in it is no part of a name.
    match host.contains('%') {
        true => Err(AddressError::Unescaped),
        false => host_name(host),
    }
}
