//! What crosses from one connection to the next, and in which shape does the
//! gate see it?

use std::cell::RefCell;

use bytes::Bytes;
use gatelet_core::hop_by_hop;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

const COUNT: usize = 9;

/// RFC 9110 §7.6.1, its forerunners, and HTTP/2's own.
static NAMES: [HeaderName; COUNT] = [
    CONNECTION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    HTTP2_SETTINGS,
];

/// Write the header section as `name:value\n` lines.
pub(super) fn write_block(headers: &HeaderMap, block: &mut Vec<u8>) {
    for (name, value) in headers {
        block.extend_from_slice(name.as_str().as_bytes());
        block.push(b':');
        block.extend_from_slice(value.as_bytes());
        block.push(b'\n');
    }
}

/// Read such a block back: how a request is had again that was sent in vain.
pub(super) fn read_block(block: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(16);
    for (name, value) in lines(block) {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
    headers
}

/// What the hop-by-hop fields of a request asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    /// Protocol to switch to: `Upgrade`, named in `Connection`.
    pub(super) upgrade: Option<HeaderValue>,
    /// `TE: trailers`.
    pub(super) trailers: bool,
}

/// Drop the fields that are about one connection only (RFC 9110 §7.6.1), those
/// that `Connection` names among them, and say what they were.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>
pub(super) fn strip_hop_by_hop(headers: &mut HeaderMap) -> Hop {
    let mut hop = Hop::default();
    let mut found = [false; COUNT];
    // One pass to see which are there is cheaper than nine removals in vain, and
    // a name's length tells nearly all others apart.
    for name in headers.keys() {
        if matches!(name.as_str().len(), 2 | 7 | 10 | 14 | 16..=19)
            && let Some(at) = NAMES.iter().position(|known| known == name)
        {
            found[at] = true;
        }
    }
    if found[1] {
        hop.trailers = headers.get_all(TE).iter().any(|value| {
            hop_by_hop::named_by(value.as_bytes())
                .any(|coding| coding.eq_ignore_ascii_case("trailers"))
        });
    }
    if found[0] {
        let mut named: Vec<HeaderName> = Vec::new();
        let mut upgrades = false;
        for value in headers.get_all(CONNECTION) {
            for name in hop_by_hop::named_by(value.as_bytes()) {
                upgrades |= name.eq_ignore_ascii_case("upgrade");
                if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                    named.push(name);
                }
            }
        }
        if upgrades && found[3] {
            hop.upgrade = headers.get(UPGRADE).cloned();
        }
        for name in named {
            // `Content-Length` and `Host` are no connection options (§7.6.1);
            // a message that says so is out to confuse somebody.
            if name != CONTENT_LENGTH && name != HOST {
                headers.remove(name);
            }
        }
    }
    for (name, found) in NAMES.iter().zip(found) {
        if found {
            headers.remove(name);
        }
    }
    hop
}

/// Say to the upstream, for ourselves, what of [`Hop`] still holds.
pub(super) fn set_hop(headers: &mut HeaderMap, hop: &Hop) {
    if let Some(protocol) = &hop.upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol.clone());
    } else if hop.trailers {
        // RFC 9110 §10.1.4: who sends TE names it in Connection.
        headers.insert(CONNECTION, HeaderValue::from_static("te"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// Field names that the gate sets, parsed once.
#[derive(Default)]
pub(super) struct Names(RefCell<Vec<HeaderName>>);

impl Names {
    /// More than the gate ever sets; the bound is against one that makes names
    /// up.
    const REMEMBERED: usize = 32;

    fn get(&self, name: &[u8]) -> Option<HeaderName> {
        let mut known = self.0.borrow_mut();
        if let Some(known) = known.iter().find(|known| known.as_str().as_bytes() == name) {
            return Some(known.clone());
        }
        let parsed = HeaderName::from_bytes(name).ok()?;
        if known.len() < Self::REMEMBERED {
            known.push(parsed.clone());
        }
        Some(parsed)
    }
}

/// Make the gate's edits to a request. What is no field name or value is
/// skipped; the gate builds both from checked parts.
pub(super) fn edit_request(headers: &mut HeaderMap, remove: &[String], set: String, names: &Names) {
    for name in remove {
        headers.remove(name.as_str());
    }
    each_field(set, names, |name, value| {
        headers.insert(name, value);
    });
}

/// Append fields to a response.
pub(super) fn append_fields(headers: &mut HeaderMap, fields: String, names: &Names) {
    if !fields.is_empty() {
        each_field(fields, names, |name, value| {
            headers.append(name, value);
        });
    }
}

/// The fields of a block. Values share the block's memory.
fn each_field(block: String, names: &Names, mut act: impl FnMut(HeaderName, HeaderValue)) {
    let block = Bytes::from(block);
    for (name, value) in lines(&block) {
        if let (Some(name), Ok(value)) = (
            names.get(name),
            HeaderValue::from_maybe_shared(block.slice_ref(value)),
        ) {
            act(name, value);
        }
    }
}

/// The names in a block of fields.
pub(super) fn names_in(block: &str) -> Vec<HeaderName> {
    lines(block.as_bytes())
        .filter_map(|(name, _)| HeaderName::from_bytes(name).ok())
        .collect()
}

fn lines(block: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            if let Some(colon) = memchr::memchr(b':', line) {
                return Some((&line[..colon], &line[colon + 1..]));
            }
        }
    })
}

/// Whether the client waits for `100 Continue` before it sends its body.
pub(super) fn expects_continue(headers: &HeaderMap) -> bool {
    headers
        .get(EXPECT)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        headers
    }

    #[test]
    fn a_block_reads_back_as_it_was_written() {
        let headers = map(&[
            ("host", "app.test"),
            ("cookie", "a=b:c"),
            ("x-empty", ""),
            ("accept", "text/html"),
            ("cookie", "d=e"),
        ]);
        let mut block = Vec::new();
        write_block(&headers, &mut block);
        assert_eq!(
            block,
            b"host:app.test\ncookie:a=b:c\ncookie:d=e\nx-empty:\naccept:text/html\n"
        );
        assert_eq!(read_block(&block), headers);
    }

    #[test]
    fn edits_drop_first_and_set_then_and_skip_what_is_no_field() {
        let mut headers = map(&[("x-user", "eve"), ("x-user", "mallory"), ("cookie", "a")]);
        let names = Names::default();
        edit_request(
            &mut headers,
            &["x-user".to_owned(), "cookie".to_owned()],
            "x-user:alice\nx-bad:a\rb\nno line\nx y:z\nx-colon:a:b\n".to_owned(),
            &names,
        );
        assert_eq!(headers, map(&[("x-user", "alice"), ("x-colon", "a:b")]));
        append_fields(
            &mut headers,
            "set-cookie:a=1\nset-cookie:b=2\n".to_owned(),
            &names,
        );
        assert_eq!(headers.get_all("set-cookie").iter().count(), 2);
    }

    #[test]
    fn every_name_is_of_a_length_that_is_looked_at() {
        for name in &NAMES {
            let mut headers = HeaderMap::new();
            headers.insert(name.clone(), HeaderValue::from_static("x"));
            strip_hop_by_hop(&mut headers);
            assert!(headers.is_empty(), "{name}");
        }
    }

    #[test]
    fn connection_fields_and_those_they_name_do_not_cross() {
        let mut headers = map(&[
            ("connection", "close, X-Named"),
            ("connection", "keep-alive"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic x"),
            ("te", "gzip, trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("http2-settings", "AAA"),
            ("x-named", "gone"),
            ("trailer", "checksum"),
            ("cookie", "stays"),
        ]);
        let hop = strip_hop_by_hop(&mut headers);
        assert_eq!(
            headers,
            map(&[("trailer", "checksum"), ("cookie", "stays")])
        );
        assert_eq!(
            hop,
            Hop {
                upgrade: None,
                trailers: true
            }
        );
    }

    #[test]
    fn connection_cannot_name_away_length_or_host() {
        let fields = [("host", "app.test"), ("content-length", "3")];
        let mut headers = map(&fields);
        headers.insert(CONNECTION, HeaderValue::from_static("content-length, host"));
        strip_hop_by_hop(&mut headers);
        assert_eq!(headers, map(&fields));
    }

    #[test]
    fn an_upgrade_needs_both_fields() {
        let mut headers = map(&[("connection", "Upgrade"), ("upgrade", "websocket")]);
        let hop = strip_hop_by_hop(&mut headers);
        assert_eq!(hop.upgrade, Some(HeaderValue::from_static("websocket")));
        assert!(headers.is_empty());
        set_hop(&mut headers, &hop);
        assert_eq!(
            headers,
            map(&[("connection", "upgrade"), ("upgrade", "websocket")])
        );
        let mut without = map(&[("upgrade", "websocket")]);
        assert_eq!(strip_hop_by_hop(&mut without).upgrade, None);
    }
}
