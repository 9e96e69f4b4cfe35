//! Where does an app send its visitors, and their cookies? To addresses that they can reach: one
//! that the app made of its own is put right, and no cookie is for that alone.

use crate::base_url::BaseUrl;
use crate::head::Fields;

use super::Section;

mod set_cookie;

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
            && set_cookie::for_the_visitor(value, upstream, told).is_some();
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
                let right = set_cookie::for_the_visitor(value, upstream, told);
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
