//! Which header fields are about one connection and never cross the gateway?

/// RFC 9110 §7.6.1 and its list of fields that predate it, lower case. `te` is
/// dropped whole: whoever forwards may say `te: trailers` for itself. `trailer`
/// is not among them: it announces fields that do cross (§6.6.2).
pub const NAMES: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Whether a field of this lower-case name is hop-by-hop by itself.
#[must_use]
pub fn is_hop_by_hop(name: &str) -> bool {
    // Only a few lengths and first letters occur: most names end here.
    matches!(
        name.as_bytes().first(),
        Some(b'c' | b'k' | b'p' | b't' | b'u')
    ) && NAMES.contains(&name)
}

/// The names in one value of `Connection` (RFC 9110 §7.6.1), as written, each
/// to be dropped from the message. Empty elements are passed over (§5.6.1).
pub fn named_by(value: &[u8]) -> impl Iterator<Item = &str> {
    value
        .split(|byte| *byte == b',')
        .filter_map(|element| core::str::from_utf8(element).ok())
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_is_hop_by_hop_and_others_are_not() {
        for name in NAMES {
            assert!(is_hop_by_hop(name), "{name}");
        }
        for name in [
            "",
            "cookie",
            "content-length",
            "trailer",
            "te2",
            "host",
            "upgrade-insecure-requests",
        ] {
            assert!(!is_hop_by_hop(name), "{name}");
        }
    }

    #[test]
    fn connection_names_are_read_with_blanks_and_empty_elements() {
        let cases: [(&[u8], &[&str]); 5] = [
            (b"close", &["close"]),
            (
                b"keep-alive, X-Forwarded-User",
                &["keep-alive", "X-Forwarded-User"],
            ),
            (b" , x ,,\ty ", &["x", "y"]),
            (b"", &[]),
            (b"x,\xff", &["x"]),
        ];
        for (value, names) in cases {
            assert_eq!(named_by(value).collect::<Vec<_>>(), names, "{value:?}");
        }
    }
}
