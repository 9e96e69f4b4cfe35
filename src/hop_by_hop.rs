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

/// Drops from a header section what is about this connection: the fields of
/// [`NAMES`] and those that `Connection` names. Answers whether there were any.
pub fn drop_from(fields: &mut Vec<(String, Vec<u8>)>) -> bool {
    let lower = |name: &str| name.to_ascii_lowercase();
    let named: Vec<String> = fields
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"))
        .flat_map(|(_, value)| named_by(value).map(lower))
        .collect();
    let before = fields.len();
    fields.retain(|(name, _)| {
        let about = |name: &str| is_hop_by_hop(name) || named.iter().any(|named| named == name);
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            !about(&lower(name))
        } else {
            !about(name)
        }
    });
    fields.len() < before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_loses_what_is_about_the_connection_and_nothing_else() {
        let section = |names: &[&str]| -> Vec<(String, Vec<u8>)> {
            let value = |name: &str| match name {
                "connection" | "Connection" => b"X-Mine, close".to_vec(),
                _ => b"v".to_vec(),
            };
            names
                .iter()
                .map(|name| ((*name).to_owned(), value(name)))
                .collect()
        };
        for (names, kept) in [
            (&["accept", "x-mine"][..], &["accept", "x-mine"][..]),
            (&["accept", "connection", "x-mine", "te"], &["accept"]),
            (&["Connection", "X-MINE", "Keep-Alive", "b"], &["b"]),
            (&["upgrade", "transfer-encoding", "trailer"], &["trailer"]),
            (&[], &[]),
        ] {
            let mut fields = section(names);
            assert_eq!(drop_from(&mut fields), names != kept, "{names:?}");
            assert_eq!(fields, section(kept), "{names:?}");
        }
    }

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
