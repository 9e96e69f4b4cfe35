//! Which header fields are about one connection and never cross the gateway?

/// RFC 9110 §7.6.1, its list of fields that predate it, and the one by which HTTP/2
/// was asked for (RFC 7540 §3.2.1), lower case. `te` is dropped whole: whoever
/// forwards may say `te: trailers` for itself. `trailer` is not among them: it
/// announces fields that do cross (§6.6.2).
pub(crate) const NAMES: [&str; 9] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Where a name, in any case, stands in [`NAMES`]; none for one that crosses.
pub(crate) fn position(name: &str) -> Option<usize> {
    // Only a few first letters occur: most names end here.
    let may_be = matches!(
        name.as_bytes().first().map(u8::to_ascii_lowercase),
        Some(b'c' | b'h' | b'k' | b'p' | b't' | b'u')
    );
    if !may_be {
        return None;
    }
    NAMES
        .iter()
        .position(|known| name.eq_ignore_ascii_case(known))
}

/// The names in one value of `Connection` (RFC 9110 §7.6.1), as written, each
/// to be dropped from the message. Empty elements are passed over (§5.6.1).
pub(crate) fn named_by(value: &[u8]) -> impl Iterator<Item = &str> {
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
        for (at, name) in NAMES.iter().enumerate() {
            assert_eq!(position(name), Some(at), "{name}");
            assert_eq!(position(&name.to_ascii_uppercase()), Some(at), "{name}");
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
            assert_eq!(position(name), None, "{name}");
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
