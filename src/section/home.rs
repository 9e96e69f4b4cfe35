//! Where does an app send its visitors, and their cookies? To addresses that they can reach: one
//! that the app made of its own is put right, and no cookie is for that alone.

use crate::base_url::BaseUrl;
use crate::head::Fields;

use super::Section;

/// The response fields that hold a URL of the app's (RFC 9110 §8.7, §10.2.2).
const NAMES: [&str; 2] = ["location", "content-location"];

const SET_COOKIE: &str = "set-cookie";

/// Puts right what names the upstream's own origin, or the visitor's by plain HTTP where
/// that is HTTPS, as apps do that do not read `X-Forwarded-Proto`; and has cookies for the
/// upstream's host be for the visitor's. `told` is what the app was told: a block of fields.
pub(super) fn keep(section: &mut impl Section, upstream: &str, told: &[u8]) -> bool {
    let mut mended = Vec::new();
    let mut has_foreign_cookies = false;
    section.each(&mut |name, value| {
        has_foreign_cookies |= name.eq_ignore_ascii_case(SET_COOKIE)
            && for_the_visitor(value, upstream, told).is_some();
        if let Some(name) = NAMES.iter().find(|known| name.eq_ignore_ascii_case(known))
            && let Some(value) = put_right(value, upstream, told)
        {
            mended.push((*name, value));
        }
    });
    for (name, value) in &mended {
        section.set(name, value.as_bytes());
    }
    if has_foreign_cookies {
        let mut cookies = Vec::new();
        section.each(&mut |name, value| {
            if name.eq_ignore_ascii_case(SET_COOKIE) {
                let right = for_the_visitor(value, upstream, told);
                cookies.push(right.unwrap_or_else(|| value.to_vec()));
            }
        });
        section.remove(SET_COOKIE);
        for cookie in &cookies {
            section.append(SET_COOKIE, cookie);
        }
    }
    has_foreign_cookies || !mended.is_empty()
}

/// A cookie without its `Domain` where that is the upstream's host and the visitor's is not
/// below it: browsers would drop it (RFC 6265 §5.3, step 6). It is the visitor's host's then.
fn for_the_visitor(set_cookie: &[u8], upstream: &str, told: &[u8]) -> Option<Vec<u8>> {
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
    let is_below = above.is_some_and(|above| {
        host[above..].eq_ignore_ascii_case(domain) && (above == 0 || host[..above].ends_with('.'))
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

fn put_right(value: &[u8], upstream: &str, told: &[u8]) -> Option<String> {
    let value = core::str::from_utf8(value).ok()?;
    // A path is right as it is, and `//host` has the scheme that the visitor has.
    let slashes = value.as_bytes().windows(2).position(|two| two == b"//");
    let authority_at = slashes? + 2;
    let end = value.get(authority_at..)?.find(['/', '?', '#', '\\']);
    let (origin, rest) = value.split_at(end.map_or(value.len(), |end| authority_at + end));
    let fields = |name| Fields::new(told).named(name).next();
    let text = |name| fields(name).and_then(|value| core::str::from_utf8(value).ok());
    let (scheme, host) = (text("x-forwarded-proto")?, text("x-forwarded-host")?);
    let of_upstream = if authority_at == 2 {
        [upstream.split('/').next()?, origin].concat()
    } else {
        origin.to_owned()
    };
    let named = BaseUrl::parse(&of_upstream).ok()?;
    let is_home = scheme == "https" && named.as_str() == ["http://", host].concat();
    (named.as_str() == upstream || is_home).then(|| [scheme, "://", host, rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &[u8] = b"x-user:a\nx-forwarded-host:shop.example.com\nx-forwarded-proto:https\n";

    fn located(value: &str, upstream: &str) -> Option<String> {
        put_right(value.as_bytes(), upstream, TOLD)
    }

    #[test]
    fn what_names_the_upstream_or_the_visitors_origin_by_plain_http_is_put_right() {
        for (value, rest) in [
            ("http://localhost:8080/next?a=b#c", "/next?a=b#c"),
            ("http://LOCALHOST:8080", ""),
            ("HTTP://localhost:8080?a", "?a"),
            ("//localhost:8080/x", "/x"),
            ("http://shop.example.com/x", "/x"),
            ("http://shop.example.com:80/x", "/x"),
            // Browsers read a path here, and none gets further.
            ("http://localhost:8080\\@evil.example/", "\\@evil.example/"),
        ] {
            let right = format!("https://shop.example.com{rest}");
            assert_eq!(
                located(value, "http://localhost:8080"),
                Some(right),
                "{value}"
            );
        }
        let by_default = located("https://app.internal:443/", "https://app.internal");
        assert_eq!(by_default.as_deref(), Some("https://shop.example.com/"));
    }

    #[test]
    fn what_leads_elsewhere_or_is_right_stays() {
        for value in [
            "",
            "/next",
            "next",
            "?a=http://localhost:8080/",
            "/x?to=http://localhost:8080/",
            "https://shop.example.com/x",
            "http://localhost:8081/",
            "https://localhost:8080/",
            "http://localhost:8080.evil.example/",
            "http://localhost:8080@evil.example/",
            "http://user@localhost:8080/",
            "http://localhost:80801/",
            "http://evil.example/http://localhost:8080/",
            "javascript://localhost:8080/",
            "mailto:x//localhost:8080",
            "http//localhost:8080/",
            "x//localhost:8080/",
            "/http://localhost:8080/",
            "//",
            "http://",
        ] {
            assert_eq!(located(value, "http://localhost:8080"), None, "{value}");
        }
        let of_one_letter = |told| put_right(b"http://a/x", "http://a", told);
        let right = of_one_letter(TOLD);
        assert_eq!(right.as_deref(), Some("https://shop.example.com/x"));
        assert_eq!(of_one_letter(b""), None, "told nothing");
    }

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

    #[test]
    fn of_several_cookies_each_stays() {
        let field = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let mut section = vec![
            field("Set-Cookie", "a=1; Domain=app.internal"),
            field("content-type", "text/html"),
            field("set-cookie", "b=2; Secure"),
        ];
        assert!(keep(&mut section, "http://app.internal", TOLD));
        let mut values = Vec::new();
        section.each(&mut |name, value| {
            if name.eq_ignore_ascii_case(SET_COOKIE) {
                values.push(String::from_utf8_lossy(value).into_owned());
            }
        });
        assert_eq!(values, ["a=1", "b=2; Secure"]);
        assert!(!keep(&mut section, "http://app.internal", TOLD));
    }
}
