//! Where does a request want something put? `COPY` and `MOVE` name a second path, in a field
//! (RFC 4918 §10.3), which the rules have to see as well.

use crate::base_url::BaseUrl;

/// Whether an app may do something to the place that a request of this method names. What
/// every server knows knows no such field.
pub(crate) fn is_read_by(method: &str) -> bool {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    !KNOWN.contains(&method)
}

/// The value of a `Destination`, in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Destination<'a> {
    /// Scheme and authority, where it names them.
    origin: Option<&'a str>,
    path: &'a str,
}

impl<'a> Destination<'a> {
    /// Nowhere that anybody could tell: all rules have to agree.
    const ODD: Self = Self {
        origin: None,
        path: "",
    };

    /// Takes what can be read in one way alone: `https://host/path` or `/path`. Apps find the
    /// path behind an odd host, or behind `?` and `#`, each in its own way.
    pub(crate) fn parse(value: &'a [u8]) -> Self {
        let text = core::str::from_utf8(value).unwrap_or_default();
        if text.contains(['?', '#']) {
            return Self::ODD;
        }
        let scheme = ["https://", "http://"].into_iter().find(|scheme| {
            let begins = text.get(..scheme.len());
            begins.is_some_and(|begins| begins.eq_ignore_ascii_case(scheme))
        });
        let Some(scheme) = scheme else {
            return match text.starts_with('/') && !text.starts_with("//") {
                true => Self {
                    origin: None,
                    path: text,
                },
                false => Self::ODD,
            };
        };
        let authority = &text[scheme.len()..];
        let length = authority.find('/').unwrap_or(authority.len());
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        if length == 0 || !authority[..length].bytes().all(is_plain) {
            return Self::ODD;
        }
        let (origin, path) = text.split_at(scheme.len() + length);
        Self {
            origin: Some(origin),
            path: if path.is_empty() { "/" } else { path },
        }
    }

    /// What the rules are asked about. Another server's is, too: apps look at the path alone.
    pub(crate) const fn path(&self) -> &'a str {
        self.path
    }

    /// As an app takes it that is spoken to by another scheme or name than the visitor
    /// used: without those, which it would take for another server's. None where it is
    /// right as it is.
    pub(crate) fn at_home(&self, home: &BaseUrl) -> Option<&'a str> {
        let origin = BaseUrl::parse(self.origin?).ok()?;
        (origin.authority() == home.authority()).then_some(self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_path_here_or_elsewhere() {
        let home = BaseUrl::parse("https://app.example.com").expect("a base URL");
        for (value, path, at_home) in [
            ("https://app.example.com/b/c", "/b/c", true),
            ("HTTP://APP.example.com/b%20c", "/b%20c", true),
            ("https://app.example.com:443/b", "/b", true),
            ("https://app.example.com", "/", true),
            ("https://app.example.com//b", "//b", true),
            ("https://app.example.com:8443/b", "/b", false),
            ("https://other.example/b", "/b", false),
            ("https://[::1]:80/b", "/b", false),
            ("/b/c", "/b/c", false),
            ("/b://app.example.com/c", "/b://app.example.com/c", false),
        ] {
            let parsed = Destination::parse(value.as_bytes());
            assert_eq!(parsed.path(), path, "{value}");
            assert_eq!(parsed.at_home(&home), at_home.then_some(path), "{value}");
        }
    }

    /// Some servers look for the first slash, some decode first, some join what stands behind
    /// a question mark to the path.
    #[test]
    fn what_apps_read_in_several_ways_is_no_path() {
        for value in [
            "",
            "b/c",
            "//app.example.com/b",
            "https:/app.example.com/b",
            "https:///b",
            "https:\\\\app.example.com\\b",
            "ftp://app.example.com/b",
            "x://h/b",
            "%2Fb%2Fx://h/c",
            "http://app.example.com:1?/b",
            "http://app.example.com#/b",
            "http://app.example.com%2Fb/c",
            "https://app.example.com@other.example/b",
            "https://app.example.com\\b/c",
            "https://app.example.com\t/b",
            " /b",
            "/b#/../c",
            "/b?c",
        ] {
            assert_eq!(
                Destination::parse(value.as_bytes()),
                Destination::ODD,
                "{value}"
            );
        }
        assert_eq!(Destination::parse(b"/\xff"), Destination::ODD);
    }

    #[test]
    fn what_every_server_knows_puts_nothing_elsewhere() {
        for method in ["COPY", "MOVE", "move", "LINK", "BREW"] {
            assert!(is_read_by(method), "{method}");
        }
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            assert!(!is_read_by(method), "{method}");
        }
    }
}
