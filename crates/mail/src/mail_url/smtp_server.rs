//! Which mail server takes letters from us, and how is the way there kept private?

use core::fmt;
use core::net::IpAddr;

use gatelet_core::base_url::BaseUrl;
use gatelet_core::secret::Secret;

use super::{MailUrlError, text};

/// A mail server that takes letters from us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpServer {
    /// Name or address, an IPv6 one without brackets.
    pub host: String,
    /// 587 for `smtp:` and 465 for `smtps:` where none was written.
    pub port: u16,
    /// How the way there is kept private.
    pub security: Security,
    /// Who we are there.
    pub credentials: Option<Credentials>,
}

/// How letters are kept private on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS before a password or a letter, or nothing is sent (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Implicit,
    /// In the clear: on this machine, or with no credentials within a private network.
    Clear,
}

/// Name and password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// As the server knows us.
    pub user: String,
    /// What proves it.
    pub password: Secret,
}

impl SmtpServer {
    /// Of what stands behind `smtp://`.
    pub(super) fn parse(rest: &str, security: Security) -> Result<Self, MailUrlError> {
        // A password may hold an `@`; a host does not.
        let (credentials, place) = match rest.rsplit_once('@') {
            Some((userinfo, place)) => (Some(Credentials::parse(userinfo)?), place),
            None => (None, rest),
        };
        let (place, query) = match place.split_once('?') {
            Some((place, query)) => (place, Some(query)),
            None => (place, None),
        };
        let place = place.strip_suffix('/').unwrap_or(place);
        // Host and port as in a base URL, whose rules are checked already.
        let scheme = BaseUrl::parse(&format!("http://{place}")).map_err(|error| {
            use gatelet_core::base_url::BaseUrlError as Base;
            match error {
                Base::Port => MailUrlError::Port,
                Base::Path => MailUrlError::Rest,
                Base::Host | Base::Scheme | Base::UserInformation => MailUrlError::Host,
            }
        })?;
        let written = place
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse::<u16>().ok());
        let default = match security {
            Security::Implicit => 465,
            Security::StartTls | Security::Clear => 587,
        };
        let host = scheme.host();
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let may_be_clear = scheme.is_loopback() || credentials.is_none() && is_private(host);
        let security = match (query, security) {
            (None, security) => security,
            (Some("tls=off"), Security::StartTls) if may_be_clear => Security::Clear,
            (Some("tls=off"), _) => return Err(MailUrlError::Clear),
            (Some(_), _) => return Err(MailUrlError::Rest),
        };
        Ok(Self {
            host: host.to_owned(),
            port: match place.ends_with(']') {
                true => default,
                false => written.unwrap_or(default),
            },
            security,
            credentials,
        })
    }

    /// Why port and scheme hardly belong together, with the mend: one of them speaks TLS
    /// from the first byte (RFC 8314 §7.3). A server may have its ports otherwise.
    #[must_use]
    pub fn crossed(&self) -> Option<&'static str> {
        match (self.security, self.port) {
            (Security::StartTls | Security::Clear, 465) => {
                Some("port 465 is TLS from the first byte: write smtps://")
            }
            (Security::Implicit, 25 | 587) => {
                Some("ports 587 and 25 begin in the clear and go on to TLS: write smtp://")
            }
            _ => None,
        }
    }
}

/// Whether a host cannot be on the public internet: an address or a name that nobody there
/// can have. A name of one label is a container's or comes from a search list; no top-level
/// domain is `svc`, which clusters use, or `internal`, and `local` is the link's (RFC 6762).
fn is_private(host: &str) -> bool {
    match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        Err(_) => match host.rsplit_once('.') {
            None => true,
            Some((_, top)) => matches!(top, "internal" | "local" | "svc"),
        },
    }
}

/// `smtp://host:587`: without who we are there.
impl fmt::Display for SmtpServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.security {
            Security::StartTls | Security::Clear => "smtp",
            Security::Implicit => "smtps",
        };
        match self.host.contains(':') {
            true => write!(out, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(out, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

impl Credentials {
    fn parse(userinfo: &str) -> Result<Self, MailUrlError> {
        let (user, password) = userinfo.split_once(':').ok_or(MailUrlError::Credentials)?;
        let (user, password) = (text(user), text(password));
        match (user, password) {
            (Some(user), Some(password)) if !user.is_empty() && !password.is_empty() => Ok(Self {
                user,
                password: Secret::new(password),
            }),
            _ => Err(MailUrlError::Credentials),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::MailUrl;
    use super::*;

    fn smtp(url: &str) -> SmtpServer {
        match MailUrl::parse(url) {
            Ok(Some(MailUrl::Smtp(server))) => server,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn a_mail_server_is_read_as_people_write_it() {
        for (url, host, port, security, user, password) in [
            (
                "smtp://mail.example.com",
                "mail.example.com",
                587,
                Security::StartTls,
                "",
                "",
            ),
            (
                "smtp://mail.example.com:80",
                "mail.example.com",
                80,
                Security::StartTls,
                "",
                "",
            ),
            (
                "smtp://u:p@h.example:25/",
                "h.example",
                25,
                Security::StartTls,
                "u",
                "p",
            ),
            (
                "smtps://u%40h:p%2F%3a@h.example",
                "h.example",
                465,
                Security::Implicit,
                "u@h",
                "p/:",
            ),
            (
                "smtp://u:p@ss:w@h.example",
                "h.example",
                587,
                Security::StartTls,
                "u",
                "p@ss:w",
            ),
            (
                "smtps://u:p@[::1]",
                "::1",
                465,
                Security::Implicit,
                "u",
                "p",
            ),
            (
                "smtps://u:p@[::1]:2465",
                "::1",
                2465,
                Security::Implicit,
                "u",
                "p",
            ),
            (
                "smtp://127.0.0.1:1025?tls=off",
                "127.0.0.1",
                1025,
                Security::Clear,
                "",
                "",
            ),
            (
                "smtp://localhost:1025/?tls=off",
                "localhost",
                1025,
                Security::Clear,
                "",
                "",
            ),
        ] {
            let server = smtp(url);
            let credentials = server.credentials.as_ref();
            let (u, p) = credentials.map_or(("", ""), |c| (c.user.as_str(), c.password.expose()));
            assert_eq!(
                (server.host.as_str(), server.port, server.security, u, p),
                (host, port, security, user, password),
                "{url}"
            );
        }
    }

    #[test]
    fn letters_go_in_the_clear_within_a_private_network_alone_and_no_password_does() {
        for host in [
            "mailpit",
            "mailpit:1025",
            "10.0.0.5",
            "172.16.3.4:25",
            "192.168.1.5",
            "169.254.1.1",
            "[fd00::5]:1025",
            "[fe80::5]",
            "[::ffff:10.0.0.5]",
            "mail.corp.internal",
            "printer.local",
            "mailhog.mail.svc",
            "Mailhog.mail.svc.cluster.local.:25",
        ] {
            assert_eq!(
                smtp(&format!("smtp://{host}?tls=off")).security,
                Security::Clear,
                "{host}"
            );
            // Nobody gets it unasked.
            assert_eq!(smtp(&format!("smtp://{host}")).security, Security::StartTls);
            for url in [
                format!("smtp://u:hunter2@{host}?tls=off"),
                format!("smtps://{host}?tls=off"),
            ] {
                assert_eq!(MailUrl::parse(&url), Err(MailUrlError::Clear), "{url}");
            }
        }
        for host in [
            "mail.example.com",
            "internal.example.com",
            "svc.example",
            "notinternal.example.net",
            "a.notlocal",
            "8.8.8.8",
            "172.32.0.1",
            "100.64.0.1",
            "0.0.0.0",
            "[2001:db8::5]",
            "[::ffff:8.8.8.8]",
            "[::]",
        ] {
            let url = format!("smtp://{host}?tls=off");
            assert_eq!(MailUrl::parse(&url), Err(MailUrlError::Clear), "{url}");
        }
        // On this machine a password may.
        for host in ["localhost", "mail.localhost", "127.0.0.2", "[::1]"] {
            let server = smtp(&format!("smtp://u:p@{host}?tls=off"));
            assert_eq!(server.security, Security::Clear, "{host}");
        }
    }

    #[test]
    fn a_port_that_is_the_other_schemes_is_told_of() {
        for (url, mend) in [
            ("smtp://h.example:465", Some("smtps://")),
            ("smtp://u:p@localhost:465?tls=off", Some("smtps://")),
            ("smtps://h.example:587", Some("smtp://")),
            ("smtps://h.example:25", Some("smtp://")),
            ("smtp://h.example", None),
            ("smtp://h.example:25", None),
            ("smtp://h.example:2525", None),
            ("smtps://h.example", None),
            ("smtps://h.example:2465", None),
        ] {
            let said = smtp(url).crossed();
            assert_eq!(said.is_some(), mend.is_some(), "{url}");
            assert!(
                said.is_none_or(|said| said.ends_with(&format!("write {}", mend.unwrap_or("")))),
                "{url}"
            );
        }
    }
}
