//! For whose host is a cookie of the app's?

use crate::head::Fields;

/// A cookie without its `Domain` where that is the upstream's host and the visitor's is not
/// below it: browsers would drop it (RFC 6265 §5.3, step 6). It is the visitor's host's then.
pub(super) fn for_the_visitor(set_cookie: &[u8], upstream: &str, told: &[u8]) -> Option<Vec<u8>> {
    // The last one counts (RFC 6265 §5.3, step 4).
    let attributes = set_cookie.split(|byte| *byte == b';').skip(1);
    let domain = attributes.filter_map(domain_in).last()?;
    let domain = core::str::from_utf8(domain.strip_prefix(b".").unwrap_or(domain)).ok()?;
    if !host_of(upstream.split_once("://")?.1).eq_ignore_ascii_case(domain) {
        return None;
    }
    let host = Fields::new(told).named("x-forwarded-host").next()?;
    let host = host_of(core::str::from_utf8(host).ok()?);
    let above = host.len().checked_sub(domain.len());
    let parted = above.and_then(|above| host.split_at_checked(above));
    let is_below = parted.is_some_and(|(above, rest)| {
        rest.eq_ignore_ascii_case(domain) && (above.is_empty() || above.ends_with('.'))
    });
    if is_below {
        return None;
    }
    let mut parts = set_cookie.split(|byte| *byte == b';');
    let mut right = parts.next()?.to_vec();
    for part in parts.filter(|part| domain_in(part).is_none()) {
        right.push(b';');
        right.extend_from_slice(part);
    }
    Some(right)
}

/// Without a port. An address in brackets stays as it is: no cookie is for one.
fn host_of(authority: &str) -> &str {
    authority.split(':').next().unwrap_or(authority)
}

/// What an attribute says, where it is `Domain`.
fn domain_in(attribute: &[u8]) -> Option<&[u8]> {
    let equals = attribute.iter().position(|byte| *byte == b'=')?;
    let (name, value) = attribute.split_at(equals);
    let is_domain = name.trim_ascii().eq_ignore_ascii_case(b"domain");
    is_domain.then(|| value[1..].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &[u8] = b"x-forwarded-host:shop.example.com\nx-forwarded-proto:https\n";

    #[test]
    fn a_cookie_of_the_upstreams_host_is_the_visitors() {
        for (set_cookie, right) in [
            ("sid=1; Domain=app.internal; Path=/", Some("sid=1; Path=/")),
            ("sid=1;domain = .App.Internal", Some("sid=1")),
            (
                "a=b; Domain=x; HttpOnly; domain=app.internal",
                Some("a=b; HttpOnly"),
            ),
            ("sid=1; Path=/", None),
            ("domain=app.internal; Path=/", None),
            ("sid=1; Domain=internal", None),
            ("sid=1; Domain=other.app.internal", None),
            ("sid=1; Domain=example.com", None),
            ("sid=1; Domain=app.internal; Domain=example.com", None),
            ("sid=1; Domain", None),
            ("", None),
        ] {
            let upstream = "http://app.internal:8080";
            let found = for_the_visitor(set_cookie.as_bytes(), upstream, TOLD);
            let expected = right.map(|right| right.as_bytes().to_vec());
            assert_eq!(found, expected, "{set_cookie}");
        }
        // What the visitor's host is below is right as it is.
        let of_example = b"sid=1; Domain=example.com";
        assert_eq!(
            for_the_visitor(of_example, "http://example.com", TOLD),
            None
        );
        let whole = b"sid=1; Domain=shop.example.com";
        assert_eq!(
            for_the_visitor(whole, "http://shop.example.com", TOLD),
            None
        );
    }
}
