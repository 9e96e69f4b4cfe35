//! What came in? A request's head, read in place.

use core::fmt;
use core::fmt::Write as _;

use crate::cookie::Cookies;
use crate::error::Code;
use crate::scan;

/// Longest target, in bytes.
pub const TARGET_MAX_BYTES: usize = 16 * 1024;
/// Longest header section, in bytes, as a block of lines.
pub const FIELDS_MAX_BYTES: usize = 64 * 1024;
/// Most header fields: as many as hosts take in HTTP/1, so that it is the same in every
/// version and at every door.
pub const FIELDS_MAX: usize = 100;

/// A request's head as it crosses from a host: `gatelet:edge/gate.head`.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// As received: `GET`, `POST`, …
    pub method: &'a str,
    /// Path and query in origin form, as received.
    pub target: &'a str,
    /// `Host` or `:authority`, as received; empty when there was none.
    pub authority: &'a str,
    /// Whether the visitor's connection to this host was TLS.
    pub tls: bool,
    /// IP address of the peer, without port; empty when the host cannot tell.
    pub peer: &'a str,
    /// The header section: `name:value` lines, names in lower case, each ended
    /// by a line feed.
    pub fields: &'a [u8],
}

impl<'a> Head<'a> {
    /// The target's path, without query.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.target
            .split_once('?')
            .map_or(self.target, |(path, _)| path)
    }

    /// The header fields in order. It ends at a line that is none.
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        Fields(self.fields)
    }

    /// Values of the fields of this lower-case name.
    pub fn values<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.fields().named(name)
    }

    /// Every cookie of the request that is text, over all its `Cookie` fields: HTTP/2 may
    /// split them (RFC 9113 §8.2.3).
    pub fn cookies(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.fields().named("cookie").flat_map(Cookies::new)
    }

    /// Refuses what is no HTTP or over a limit, before anything else is read.
    pub(crate) fn screen(&self) -> Result<(), Code> {
        if self.target.len() > TARGET_MAX_BYTES {
            return Err(Code::TargetTooLong);
        }
        if self.fields.len() > FIELDS_MAX_BYTES {
            return Err(Code::FieldsTooLarge);
        }
        // RFC 9112 §3.2.1: origin form. The other forms are for proxies.
        if !self.target.starts_with('/')
            || !self
                .target
                .bytes()
                .fold(true, |plain, byte| plain & is_target_byte(byte))
        {
            return Err(Code::RequestMalformed);
        }
        if self.method.is_empty() || !self.method.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Code::RequestMalformed);
        }
        Ok(())
    }
}

/// One header field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// In lower case, as far as the host keeps to it.
    pub name: &'a [u8],
    /// Without the line feed.
    pub value: &'a [u8],
}

/// Fields of a header section, in place. [`Fields::rest`] is empty at its end,
/// unless a line was no field.
#[derive(Clone, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Of such a block.
    #[must_use]
    pub const fn new(block: &'a [u8]) -> Self {
        Self(block)
    }

    /// Values of the fields of this lower-case name.
    pub fn named<'n>(self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.filter(move |field| field.name == name.as_bytes())
            .map(|field| field.value)
    }

    /// What has not been read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        let end = scan::find(b'\n', self.0)?;
        let (line, rest) = (self.0.get(..end)?, self.0.get(end + 1..)?);
        let colon = scan::find(b':', line).filter(|colon| *colon > 0)?;
        self.0 = rest;
        Some(Field {
            name: line.get(..colon)?,
            value: line.get(colon + 1..)?,
        })
    }
}

/// Writes a header section as the block that [`Head::fields`] reads, for hosts
/// that hand over pairs. Fields that could break out of their line are an error.
pub fn write_fields<'n, 'v>(
    pairs: impl IntoIterator<Item = (&'n str, &'v [u8])>,
) -> Result<Vec<u8>, Code> {
    let mut block = Vec::with_capacity(1024);
    for (name, value) in pairs {
        // RFC 9110 §5.5: CR, LF and NUL in a value are invalid and dangerous.
        let broken = name.is_empty()
            || name.bytes().any(|byte| byte == b':' || byte <= b' ')
            || value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        if broken {
            return Err(Code::RequestMalformed);
        }
        block.extend(name.bytes().map(|byte| byte.to_ascii_lowercase()));
        block.push(b':');
        block.extend_from_slice(value);
        block.push(b'\n');
    }
    Ok(block)
}

/// Header fields on their way out, in the same form: `name:value` lines.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Lines(String);

impl Lines {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// Those of such a block. What is no field is left out.
    #[must_use]
    pub fn of_block(block: &str) -> Self {
        let mut fields = Fields::new(block.as_bytes());
        let is_whole = fields.all(|field| !scan::has_control(field.value));
        if is_whole && fields.rest().is_empty() {
            return Self(block.to_owned());
        }
        let mut lines = Self::with_capacity(block.len());
        let fields = block.lines().filter_map(|line| line.split_once(':'));
        for (name, value) in fields.filter(|(name, _)| !name.is_empty()) {
            lines.push(name, value);
        }
        lines
    }

    /// None yet, with room.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Name and value of each, in order. Values have no line feed.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().filter_map(|line| line.split_once(':'))
    }

    /// The value of the first field of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The whole block.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole block.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a field. A value with a control character would break out of its
    /// line, so such a field is left out; no caller has one.
    pub fn push(&mut self, name: &str, value: &str) {
        if scan::has_control(value.as_bytes()) {
            return;
        }
        self.0.reserve(name.len() + value.len() + 2);
        self.begin(name);
        self.0.push_str(value);
        self.end();
    }

    /// Begins a field, whose value, free of control characters, is then written
    /// to [`Lines::text`].
    pub(crate) fn begin(&mut self, name: &str) {
        self.0.push_str(name);
        self.0.push(':');
    }

    /// The block, to append a value to.
    pub(crate) fn text(&mut self) -> &mut String {
        &mut self.0
    }

    /// Ends a field.
    pub(crate) fn end(&mut self) {
        self.0.push('\n');
    }
}

/// Names alone: values may be cookies.
impl fmt::Debug for Lines {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('[')?;
        for (name, _) in self.iter() {
            write!(out, "{name} ")?;
        }
        out.write_char(']')
    }
}

/// Method, path and authority alone: the query and the fields may hold secrets.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            target: _,
            authority,
            tls: _,
            peer: _,
            fields: _,
        } = self;
        write!(out, "Head({method} {authority}{})", self.path())
    }
}

/// Visible ASCII without `#`, which no client sends (RFC 9110 §7.1). Beyond
/// ASCII is no URI either, but clients send it and apps know it.
fn is_target_byte(byte: u8) -> bool {
    (byte > b' ') & (byte != 0x7f) & (byte != b'#')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_that_could_break_out_of_their_line_are_refused() {
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a:b", "x"),
            ("a\n", "x"),
            ("a\r", "x"),
            ("a", "x\ny"),
            ("a", "x\ry"),
            ("a", "x\0"),
        ] {
            assert_eq!(
                write_fields([(name, value.as_bytes())]),
                Err(Code::RequestMalformed),
                "{name:?} {value:?}"
            );
        }
        assert_eq!(
            write_fields([("Accept", &b"a:b"[..]), ("x", b"")]),
            Ok(b"accept:a:b\nx:\n".to_vec())
        );
    }

    #[test]
    fn what_is_no_http_or_over_a_limit_is_refused() {
        let long = |bytes: usize| format!("/{}", "x".repeat(bytes - 1));
        let (longest, too_long) = (long(16 * 1024), long(16 * 1024 + 1));
        let block = vec![b'x'; 64 * 1024 + 1];
        let malformed = Err(Code::RequestMalformed);
        for (method, target, bytes, expected) in [
            ("GET", "/", 0, Ok(())),
            ("M-SEARCH", &longest, 64 * 1024, Ok(())),
            ("GET", &too_long, 0, Err(Code::TargetTooLong)),
            ("GET", "/", 64 * 1024 + 1, Err(Code::FieldsTooLarge)),
            ("", "/", 0, malformed),
            ("GE T", "/", 0, malformed),
            ("GET\u{fc}", "/", 0, malformed),
            ("GET", "", 0, malformed),
            ("GET", "*", 0, malformed),
            ("GET", "http://a/", 0, malformed),
            ("GET", "/a b", 0, malformed),
        ] {
            let head = Head {
                method,
                target,
                authority: "a",
                tls: false,
                peer: "",
                fields: &block[..bytes],
            };
            assert_eq!(head.screen(), expected, "{method:?} {target:.20?}");
        }
    }

    #[test]
    fn lines_are_a_block_and_back() {
        assert!(Lines::new().is_empty());
        let mut lines = Lines::of_block("a:1\nno field\nb:2:3\n");
        assert!(!lines.is_empty());
        assert_eq!((lines.get("a"), lines.get("b")), (Some("1"), Some("2:3")));
        lines.push("c", "");
        assert_eq!(lines.into_string(), "a:1\nb:2:3\nc:\n");
    }

    #[test]
    fn a_block_is_taken_as_it_is_where_every_line_will_do() {
        let kept = |block| Lines::of_block(block).into_string();
        for block in ["", "a:1\n", "a:1\nb:tab\there\nc:\n"] {
            assert_eq!(kept(block), block);
        }
        for block in ["a:1\nb:\0\n", "a:1\n:2\n", "a:1\nb\n", "b:\u{7f}\na:1"] {
            assert_eq!(kept(block), "a:1\n", "{block:?}");
        }
    }

    #[test]
    fn a_line_with_a_control_character_is_left_out() {
        let mut lines = Lines::new();
        lines.push("a", "1");
        for value in ["x\ny:z", "x\r", "\0", "\u{7f}"] {
            lines.push("b", value);
        }
        lines.push("c", "tab\tis fine");
        assert_eq!(lines.as_str(), "a:1\nc:tab\tis fine\n");
        assert_eq!(
            lines.iter().collect::<Vec<_>>(),
            [("a", "1"), ("c", "tab\tis fine")]
        );
        assert_eq!(format!("{lines:?}"), "[a c ]");
    }

    #[test]
    fn debug_shows_neither_query_nor_fields() {
        let head = Head {
            method: "GET",
            target: "/a?code=secret",
            authority: "h",
            tls: false,
            peer: "",
            fields: b"cookie:secret\n",
        };
        assert_eq!(format!("{head:?}"), "Head(GET h/a)");
    }

    proptest! {
        #[test]
        fn a_block_reads_back_as_it_was_written(pairs in proptest::collection::vec(("[a-z-]{1,20}", proptest::collection::vec(1_u8.., 0..40)), 0..20)) {
            let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.contains(&b'\n') && !value.contains(&b'\r')).collect();
            let block = write_fields(pairs.iter().map(|(name, value)| (name.as_str(), value.as_slice()))).unwrap();
            let mut fields = Fields::new(&block);
            let read: Vec<_> = fields.by_ref().map(|field| (String::from_utf8(field.name.to_vec()).unwrap(), field.value.to_vec())).collect();
            prop_assert_eq!(read, pairs);
            prop_assert!(fields.rest().is_empty());
        }
    }
}
