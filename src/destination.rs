//! Where does a request want something put? `COPY` and `MOVE` name a second path, in a field
//! (RFC 4918 §10.3), which the rules have to see as well.

/// The value of a `Destination`, in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Destination<'a> {
    /// Whose it is, where it says so.
    authority: Option<&'a str>,
    /// With its query. Not from a slash on where the value is no reference at all.
    target: &'a str,
}

impl<'a> Destination<'a> {
    /// What is no text is nowhere: a path that all rules have to agree on.
    pub(crate) fn parse(value: &'a [u8]) -> Self {
        let text = core::str::from_utf8(value).unwrap_or_default();
        let behind_scheme = match text.split_once("://") {
            Some((scheme, rest)) if !scheme.contains('/') => Some(rest),
            _ => text.strip_prefix("//"),
        };
        let Some(rest) = behind_scheme else {
            return Self {
                authority: None,
                target: text,
            };
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        Self {
            authority: Some(authority),
            target: if target.starts_with('/') { target } else { "/" },
        }
    }

    /// What the rules are asked about. Another server's is, too: apps look at the path alone.
    pub(crate) fn path(&self) -> &'a str {
        let end = self.target.find(['?', '#']).unwrap_or(self.target.len());
        &self.target[..end]
    }

    /// As an app takes it that is spoken to by another scheme or name than the visitor
    /// used: without those, which it would take for another server's. None where it is
    /// right as it is.
    pub(crate) fn at_home(&self, host: &str) -> Option<&'a str> {
        let is_own = self.authority?.eq_ignore_ascii_case(host);
        is_own.then_some(self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_path_here_or_elsewhere() {
        for (value, path, at_home) in [
            ("https://app.example.com/b/c?d#e", "/b/c", Some("/b/c?d#e")),
            ("http://APP.example.com/b", "/b", Some("/b")),
            ("https://app.example.com", "/", Some("/")),
            ("https://app.example.com?x", "/", Some("/")),
            ("//app.example.com/b", "/b", Some("/b")),
            ("https://app.example.com:8443/b", "/b", None),
            ("https://other.example/b", "/b", None),
            ("https://app.example.com@other.example/b", "/b", None),
            ("/b/c?d", "/b/c", None),
            ("/b://app.example.com/c", "/b://app.example.com/c", None),
            ("b/c", "b/c", None),
            ("", "", None),
        ] {
            let parsed = Destination::parse(value.as_bytes());
            assert_eq!(parsed.path(), path, "{value}");
            assert_eq!(parsed.at_home("app.example.com"), at_home, "{value}");
        }
        assert_eq!(Destination::parse(b"/\xff").path(), "");
    }
}
