//! Is a host taken for an origin that it is not?

use url::Url;

use super::{BASE_URL, KEY, NOW, lines};
use crate::base_url::{Authority, BaseUrl};
use crate::error::Code;
use crate::origin_record::{MAIN, OriginRecord, Place};
use crate::pattern::HostPattern;
use crate::settings::{Base, GateSettings};

/// An authority, looked up among origins of all kinds.
pub(super) fn authority(input: &[u8]) -> bool {
    let Some([text]) = lines(input) else {
        return false;
    };
    let settings = many();
    match settings.origins.resolve(text, NOW) {
        Ok(origin) => {
            let url = origin.base_url();
            let read = Authority::parse(text).expect("what resolves is an authority");
            assert!(url.matches(&read), "{text} is not {url}");
            let read = as_browsers_read(url.scheme().as_str(), text);
            assert!(
                read.is_none_or(|read| read == url.as_str()),
                "{text}: {url}"
            );
            let again = settings.origins.resolve(url.authority(), NOW);
            assert!(again.is_ok_and(|again| again.base_url() == url), "{url}");
            let served = match url.host().split_once('.') {
                Some((label, "apps.example.com")) => !label.is_empty(),
                Some(("app" | "shop", "example.com")) => true,
                _ => url.host() == "[2001:db8::1]",
            };
            assert!(served, "{text} is {url}");
            true
        }
        Err(none) => {
            assert_ne!(none.code, Code::SettingsInvalid, "{text}");
            false
        }
    }
}

/// A pattern and an authority, a line each. Lets in the hosts that it stands for.
pub(super) fn pattern(input: &[u8]) -> bool {
    let Some([text, wanted]) = lines(input) else {
        return false;
    };
    let Some(pattern) = HostPattern::parse(text) else {
        return false;
    };
    let written = pattern.to_string();
    assert_eq!(HostPattern::parse(&written).as_ref(), Some(&pattern));
    assert!(pattern.covers(pattern.least()), "{written}");
    assert!(BaseUrl::parse(&written).is_err(), "{written} is no host's");
    let Some(authority) = Authority::parse(wanted) else {
        return false;
    };
    let Some(url) = pattern.base_url_for(&authority) else {
        return false;
    };
    assert!(pattern.covers(&url), "{url} is none of {written}");
    let (scheme, rest) = written.split_once("://*").expect("a pattern has a star");
    let read = as_browsers_read(scheme, wanted);
    assert!(
        read.is_none_or(|read| read == url.as_str()),
        "{wanted}: {url}"
    );
    let own = url
        .as_str()
        .strip_prefix(scheme)
        .and_then(|url| url.strip_prefix("://"));
    let own = own.and_then(|own| own.strip_suffix(rest));
    let own = own.expect("what a pattern ends in is its hosts' too");
    assert!(
        !own.is_empty() && !own.contains(['.', ':', '/', '@']),
        "{url}"
    );
    true
}

/// Scheme, host and port of an authority, as browsers write them, but for the dot at the
/// end, which they keep and we do not. None where no browser goes: behind `xn--` must
/// stand what such a label is made of, and we do not look into it.
fn as_browsers_read(scheme: &str, authority: &str) -> Option<String> {
    let url = match Url::parse(&format!("{scheme}://{authority}/")) {
        Ok(url) => url,
        Err(error) => {
            let encoded = authority.to_ascii_lowercase().contains("xn--");
            assert!(encoded, "{authority}: {error}");
            return None;
        }
    };
    assert!(url.username().is_empty() && url.password().is_none());
    let host = url.host_str().expect("a host").trim_end_matches('.');
    Some(match url.port() {
        None => format!("{scheme}://{host}"),
        Some(port) => format!("{scheme}://{host}:{port}"),
    })
}

/// Origins by host, by pattern, and one that is over.
fn many() -> GateSettings {
    let record = |name: &str, base_url: &str, expires_at| OriginRecord {
        name: name.to_owned(),
        parent: MAIN.to_owned(),
        is_preview: false,
        values: vec![("base_url".to_owned(), base_url.to_owned())],
        place: Place::main(),
        created_at: 0,
        expires_at,
    };
    let base = [("base_url", BASE_URL), ("session_keys", KEY)];
    let records = vec![
        record("shop", "https://shop.example.com:8443", None),
        record("over", "https://over.example.com", Some(NOW)),
        record("apps", "https://*.apps.example.com", None),
        record("shops", "https://*--shop.apps.example.com", None),
        record("v6", "https://[2001:db8::1]", None),
    ];
    GateSettings::new(Base::of_variables(base), records, true).expect("the literals are settings")
}
