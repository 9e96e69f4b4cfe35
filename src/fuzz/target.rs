//! Does a target lead elsewhere, or mean another path to some reader? Judged by the
//! parser that browsers have, of the URL Standard.

use url::Url;

use super::lines;
use crate::path::CanonicalPath;
use crate::percent;
use crate::return_target::ReturnTarget;

const HERE: &str = "https://app.example.com";
const APP: &str = "https://armory.example.com";

/// A return target.
pub(super) fn return_target(input: &[u8]) -> bool {
    let Some([text]) = lines(input) else {
        return false;
    };
    let is_app = |base_url: &crate::base_url::BaseUrl| base_url.as_str() == APP;
    let here = ReturnTarget::parse(text);
    let anywhere = ReturnTarget::parse_for(text, is_app);
    if let Some(target) = &here {
        assert_eq!(anywhere.as_ref(), Some(target), "here is among anywhere");
        assert_eq!(origin(target.as_str()), HERE, "{text}");
    }
    let Some(target) = anywhere else {
        return false;
    };
    let rebuilt = target.as_str();
    let origin = origin(rebuilt);
    assert!(
        origin == HERE || origin == APP,
        "{rebuilt} leads to {origin}"
    );
    assert_eq!(target.base_url().unwrap_or(HERE), origin, "{rebuilt}");
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    assert!(rebuilt.bytes().all(plain), "{rebuilt}");
    assert_eq!(
        ReturnTarget::parse_for(rebuilt, is_app).as_ref(),
        Some(&target),
        "it is its own form"
    );
    // Nor does it after decoding by a server in between.
    let mut decoded = rebuilt.to_owned();
    for _ in 0..4 {
        let path = decoded.split(['?', '#']).next().unwrap_or_default();
        decoded = String::from_utf8_lossy(&percent::decoded(path.as_bytes())).into_owned();
        assert_eq!(self::origin(&decoded), origin, "{rebuilt} decoded");
    }
    let mut encoded = "x=".to_owned();
    target.encode_into(&mut encoded);
    let read: Vec<_> = url::form_urlencoded::parse(encoded.as_bytes()).collect();
    assert_eq!(read, [("x".into(), rebuilt.into())], "as a parameter");
    true
}

/// Where a browser goes that is sent there.
fn origin(location: &str) -> String {
    let base = Url::parse(HERE).and_then(|here| here.join("/auth/sign-in"));
    let base = base.expect("the literals are a URL");
    base.join(location).map_or_else(
        |error| error.to_string(),
        |there| there.origin().ascii_serialization(),
    )
}

/// A path without query.
pub(super) fn path(input: &[u8]) -> bool {
    let Some([text]) = lines(input) else {
        return false;
    };
    let Some(path) = CanonicalPath::parse(text) else {
        return false;
    };
    let segments = || path.as_str().split('/').skip(1);
    let last = segments().count() - 1;
    assert!(
        segments().take(last).all(|segment| !segment.is_empty()),
        "{text}"
    );
    let lower = path.as_str().to_ascii_lowercase();
    for odd in [
        "%2e", "%2f", "%5c", "%25", "%3b", "%0", "%1", "%7f", "\\", ";", "?", "#",
    ] {
        assert!(!lower.contains(odd), "{text}");
    }
    // Whoever decodes it and reads it again, however often, has the same segments.
    let names = |text: &str| -> Vec<Vec<u8>> {
        let segments = text.split('/').skip(1);
        segments
            .map(|segment| percent::decoded(segment.as_bytes()))
            .collect()
    };
    let read = Url::parse(&format!("{HERE}{text}")).expect("a path of a URL");
    assert_eq!(read.origin().ascii_serialization(), HERE, "{text}");
    assert_eq!(names(read.path()), names(text), "{text}");
    assert_eq!((read.query(), read.fragment()), (None, None), "{text}");
    let decoded = percent::decoded(text.as_bytes());
    assert_eq!(percent::decoded(&decoded), decoded, "{text} decoded twice");
    true
}
