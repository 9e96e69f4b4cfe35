//! Do all readers of this path see the same one?

use crate::percent::{self, Octet};

/// A path that no server reads differently: proof that a rule which matches it
/// matches what the app serves. Only [`CanonicalPath::parse`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CanonicalPath<'a>(&'a str);

impl<'a> CanonicalPath<'a> {
    /// Takes a path without query. None when it holds anything that servers
    /// normalise, each in its way: empty segments, those of dots and blanks alone,
    /// names that stand for another (`ADMINI~1`), backslashes, path parameters (`;`),
    /// raw bytes beyond visible ASCII, characters that some take for ASCII ones
    /// ([`lookalike`]), broken percent sequences, or the percent-encoded forms of all
    /// these, of `/` and of `%`.
    #[must_use]
    pub(crate) fn parse(path: &'a str) -> Option<Self> {
        let rest = path.strip_prefix('/')?.as_bytes();
        let mut segments = rest.split(|byte| *byte == b'/');
        // A slash at the end has nothing behind it.
        let last = segments.next_back().unwrap_or_default();
        let plain = segments.all(is_plain_segment)
            && (last.is_empty() || is_plain_segment(last))
            && has_plain_bytes(rest);
        plain.then_some(Self(path))
    }

    /// The path.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'a str {
        self.0
    }
}

/// Whether a segment has a name that is its own. On Windows dots and blanks at its end
/// are none of it, nor what stands behind a colon.
fn is_plain_segment(segment: &[u8]) -> bool {
    let mut name = segment;
    while let [b'.', rest @ ..] | [b'%', b'2', b'0', rest @ ..] = name {
        name = rest;
    }
    !matches!(name, [] | [b':', ..] | [b'%', b'3', b'a' | b'A', ..])
        && !is_short_name(&percent::decoded(segment))
}

/// Names of eight letters and three, which Windows makes for longer ones: `ADMINI~1.ASP`.
fn is_short_name(segment: &[u8]) -> bool {
    let Some(tilde) = segment.iter().rposition(|byte| *byte == b'~') else {
        return false;
    };
    let digits = &segment[tilde + 1..];
    let count = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let ends = matches!(digits.get(count), None | Some(b'.' | b':' | b'%'));
    tilde > 0 && count > 0 && tilde + 1 + count <= 8 && ends
}

fn has_plain_bytes(path: &[u8]) -> bool {
    let mut beyond_ascii = false;
    let plain = percent::octets(path).all(|octet| match octet {
        Octet::Encoded(byte) => {
            beyond_ascii |= !byte.is_ascii();
            is_plain_when_decoded(byte)
        }
        Octet::Plain(b'\\' | b';' | b'?' | b'#') | Octet::Broken => false,
        Octet::Plain(byte) => byte.is_ascii_graphic(),
    });
    plain && !(beyond_ascii && lookalike(&percent::decoded(path)))
}

/// Whether there is a character in it that servers take for an ASCII one, drop, or
/// trim: overlong UTF-8, blanks and marks without width, what Unicode's folding of
/// case and compatibility (NFKC) turns into letters, digits, dots and slashes.
fn lookalike(text: &[u8]) -> bool {
    (0..text.len()).any(|at| {
        matches!(
            &text[at..],
            [0xc0 | 0xc1, ..] | [0xe0, 0x80..=0x9f, ..] | [0xf0, 0x80..=0x8f, ..]
                // C1 controls, no-break space, soft hyphen; dotless and dotted I, long S.
                | [0xc2, 0x80..=0xa0 | 0xad, ..] | [0xc4, 0xb0 | 0xb1, ..] | [0xc5, 0xbf, ..]
                // Ogham and Mongolian blanks.
                | [0xe1, 0x9a, 0x80, ..] | [0xe1, 0xa0, 0x8e, ..]
                // Blanks, leaders of dots, marks; slashes; Kelvin; ideographic space.
                | [0xe2, 0x80, 0x80..=0x8f | 0xa4..=0xaf, ..]
                | [0xe2, 0x81, 0x84 | 0x9f..=0xaf, ..] | [0xe2, 0x84, 0xaa, ..]
                | [0xe2, 0x88, 0x95 | 0x96, ..] | [0xe3, 0x80, 0x80, ..]
                // Small forms, byte order mark, full width.
                | [0xef, 0xb9, 0x92 | 0x94 | 0x95 | 0xa8, ..] | [0xef, 0xbb, 0xbf, ..]
                | [0xef, 0xbc, 0x85 | 0x8e..=0x9b | 0xa1..=0xbc, ..]
                | [0xef, 0xbd, 0x81..=0x9a, ..]
        )
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
            "/.well-known/x",
            "/..a",
            "/a.",
            "/a%20/b.",
            "/a:b/c:",
            "/v1/users:batch",
            "/~user",
            "/~1/x",
            "/a~b",
            "/longer-than-8~1",
            "/abcdefg~1",
            "/abcdef~12",
            "/wiki/%E4%B8%AD%E6%96%87%EF%BC%81",
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
            "/...",
            "/a/.../b",
            "/%20/a",
            "/a/..%20/b",
            "/a/%20.%20",
            "/a/:b",
            "/a/..:b/c",
            "/a/.%3Ab",
            "/ADMINI~1",
            "/admin~12",
            "/a/admini~1/b",
            "/admin~12.asp",
            "/admini~1::$DATA",
            "/a%C0%AEb",
            "/%c0%ae%c0%ae/a",
            "/%E0%80%AE/a",
            "/%F0%80%80%AE/a",
            "/%EF%BC%8E%EF%BC%8E/a",
            "/a%EF%BC%8Fb",
            "/%EF%BD%81dmin",
            "/%EF%BC%A1dmin",
            "/admin%EF%BC%9B",
            "/%E2%80%A5/a",
            "/a%E2%88%95b",
            "/a%E2%81%84b",
            "/admin%C2%A0/x",
            "/admin%E3%80%80",
            "/ad%E2%80%8Bmin",
            "/ad%C2%ADmin",
            "/admin%E1%9A%80",
            "/admin%E1%A0%8E/x",
            "/%E2%84%AAey",
            "/u%C5%BFer",
            "/adm%C4%B1n",
        ] {
            assert_eq!(CanonicalPath::parse(path), None, "{path}");
        }
    }
}
