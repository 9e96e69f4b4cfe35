//! Do all readers of this path see the same one?

use crate::percent::{self, Octet};

/// A path that no server reads differently: proof that a rule which matches it
/// matches what the app serves. Only [`CanonicalPath::parse`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CanonicalPath<'a>(&'a str);

impl<'a> CanonicalPath<'a> {
    /// Takes a path without query. None when it holds anything that servers
    /// normalise, each in its way: empty or dot segments, backslashes, path
    /// parameters (`;`), raw bytes beyond visible ASCII, broken percent
    /// sequences, or the percent-encoded forms of all these, of `/` and of `%`.
    #[must_use]
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let rest = path.strip_prefix('/')?;
        let (inner, last) = rest
            .rsplit_once('/')
            .map_or((None, rest), |(inner, last)| (Some(inner), last));
        let plain = |segment: &str| segment != "." && segment != "..";
        let segments = inner.is_none_or(|inner| {
            inner
                .split('/')
                .all(|segment| !segment.is_empty() && plain(segment))
        });
        (segments && plain(last) && has_plain_bytes(path.as_bytes())).then_some(Self(path))
    }

    /// The path.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'a str {
        self.0
    }
}

fn has_plain_bytes(path: &[u8]) -> bool {
    percent::octets(path).all(|octet| match octet {
        Octet::Encoded(byte) => is_plain_when_decoded(byte),
        Octet::Plain(b'\\' | b';' | b'?' | b'#') | Octet::Broken => false,
        Octet::Plain(byte) => byte.is_ascii_graphic(),
    })
}

/// Whether an encoded byte stays one segment's text however often it is decoded.
fn is_plain_when_decoded(byte: u8) -> bool {
    !byte.is_ascii_control() && !matches!(byte, b'.' | b'/' | b'\\' | b';' | b'%' | b'?' | b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_all_read_alike_are_canonical() {
        for path in [
            "/",
            "/a",
            "/a/",
            "/a/b.c",
            "/a/...",
            "/.well-known/x",
            "/a..b",
            "/a%20b",
            "/caf%C3%A9",
            "/a:b@c,d=e&f+g!$'()*~-_",
        ] {
            assert_eq!(
                CanonicalPath::parse(path).map(CanonicalPath::as_str),
                Some(path),
                "{path}"
            );
        }
        for path in [
            "",
            "a",
            "*",
            "//",
            "//a",
            "/a//",
            "/a//b",
            "/.",
            "/..",
            "/./",
            "/../",
            "/a/..",
            "/a/./b",
            "/a/../b",
            "/a/.",
            "/%2e",
            "/%2E%2e/a",
            "/a/%2e%2e/b",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a%5Cb",
            "/a\\b",
            "/a;b",
            "/a;/b",
            "/a%3bb",
            "/%252e%252e/a",
            "/a%25",
            "/a%00",
            "/a%0a",
            "/a%09b",
            "/a%7f",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a b",
            "/a\tb",
            "/a\0",
            "/a?b",
            "/a#b",
            "/a%3fb",
            "/a%23b",
            "/café",
            "/a%+1",
        ] {
            assert_eq!(CanonicalPath::parse(path), None, "{path}");
        }
    }
}
