//! Does a section say what it must not, behind the body or in front of a cache?

use http::{HeaderMap, HeaderName, HeaderValue};

use super::head::{is_ours_to_say, pairs, words};
use crate::section::{self, Answer, Section};

/// A trailer section. Lets in one of which nothing is dropped.
pub(super) fn trailers(input: &[u8]) -> bool {
    let before = pairs(input);
    let mut after = before.clone();
    let dropped = section::edit_trailers(&mut after);
    assert_eq!(dropped, after.len() < before.len());
    for (name, _) in &after {
        assert!(!is_ours_to_say(name), "{name} arrives");
        assert!(!is_of_a_header_section(name), "{name} arrives");
    }
    // What stays, stays as it was and where it was.
    let kept = |name: &str| {
        let mut names = after.iter().map(|(kept, _)| kept);
        names.any(|kept| kept.eq_ignore_ascii_case(name))
    };
    let stayed: Vec<_> = before.iter().filter(|(name, _)| kept(name)).collect();
    assert_eq!(stayed, after.iter().collect::<Vec<_>>());
    let mut again = after.clone();
    assert!(!section::edit_trailers(&mut again) && again == after);

    // Both doors hold sections in forms of their own.
    let mut map = header_map(&before);
    section::edit_trailers(&mut map);
    assert_eq!(map, header_map(&after));
    !dropped && !after.is_empty()
}

/// The fields of an app's answer, which is to set a session cookie of ours. Lets in one
/// that is the browser's alone already.
pub(super) fn shared_cache(input: &[u8]) -> bool {
    const OURS: &[u8] = b"set-cookie:__Host-gatelet=x; Path=/\n";
    let answer = Answer {
        status: 200,
        to_head: false,
        is_late: false,
    };
    let before = pairs(input);
    let mut after = before.clone();
    section::edit_response(&mut after, answer, OURS);
    let mut cookies = after.iter().filter(|(name, _)| name == "set-cookie");
    assert!(cookies.any(|(_, value)| value.starts_with(b"__Host-gatelet=")));
    assert!(is_private(&after), "a shared cache keeps {after:?}");

    // Where nobody is told, the app's word about caches is its own.
    let mut plain = before.clone();
    section::edit_response(&mut plain, answer, b"");
    let said = |section: &[(String, Vec<u8>)]| -> Vec<Vec<u8>> {
        let fields = section.iter().filter(|(name, _)| is_about_caches(name));
        fields.map(|(_, value)| value.clone()).collect()
    };
    let connection = before
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("connection"));
    assert!(connection || said(&plain) == said(&before));

    // What freshens a stored response brings no cookie.
    for answer in [
        Answer {
            status: 304,
            ..answer
        },
        Answer {
            to_head: true,
            ..answer
        },
    ] {
        let mut stored = before.clone();
        section::edit_response(&mut stored, answer, OURS);
        let brought = |section: &[(String, Vec<u8>)]| {
            let fields = section
                .iter()
                .filter(|(_, value)| value.starts_with(b"__Host-gatelet=x;"));
            fields.count()
        };
        assert!(brought(&stored) <= brought(&before));
    }
    is_private(&before)
}

fn is_about_caches(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "cache-control"
        || name.ends_with("-cache-control")
        || ["edge-control", "surrogate-control", "x-accel-expires"].contains(&name.as_str())
}

/// Whether RFC 9111 §5.2.2.7 keeps it from shared caches, and no field that some of them
/// obey instead says otherwise.
fn is_private(section: &[(String, Vec<u8>)]) -> bool {
    let mut private = false;
    for (name, value) in section.iter().filter(|(name, _)| is_about_caches(name)) {
        if !name.eq_ignore_ascii_case("cache-control") {
            return false;
        }
        // Quoted text says nothing: a directive in it is none.
        let text = String::from_utf8_lossy(value).to_ascii_lowercase();
        for directive in text.split(',') {
            let (word, rest) = directive.split_once('=').unwrap_or((directive, ""));
            // RFC 9110 §5.6.3: blanks are spaces and tabs.
            match word.trim_matches([' ', '\t']) {
                "private" => private |= rest.is_empty(),
                "public" | "s-maxage" if !text.contains('"') => return false,
                _ => {}
            }
        }
    }
    private
}

/// What belongs in a header section (RFC 9110 §6.5.1), said in other words than where it
/// is enforced.
fn is_of_a_header_section(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["authorization"
            | "connection"
            | "cookie"
            | "expect"
            | "host"
            | "te"
            | "trailer"
            | "upgrade"]
            | ["set", "cookie"]
            | ["cache", "control"]
            | ["content", "encoding" | "length" | "range" | "type"]
            | ["transfer", "encoding"]
            | ["keep", "alive"]
            | ["www", "authenticate"]
            | ["proxy", "authenticate" | "authorization" | "connection"]
            | ["http2", "settings"]
            | ["x", "request", "id"]
    )
}

fn header_map(pairs: &[(String, Vec<u8>)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value))
        {
            Section::append(&mut map, name.as_str(), value.as_bytes());
        }
    }
    map
}
