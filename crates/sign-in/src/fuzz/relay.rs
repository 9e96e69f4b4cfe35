//! To whom does an answer go that came to a relay? Origins judged by the parser that
//! browsers have, of the URL Standard.

use url::Url;

use super::{NOW, ORIGIN, RELAY, issuer, keys, lines, marked, relayed_attempt, url};
use crate::authorization::IssuerParameter;
use crate::callback::AuthorizationResponse;
use crate::relay::{Passage, Relay, RelayOrigins, RelayState, SEAL_RANDOM_BYTES, Target};
use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;

const DOMAIN: &str = "previews.example";
/// Too long to be found in sealed text by chance.
const CODE: &str = "an-authorization-code-in-the-clear";

/// `relay_origins`, and the origin of an attempt, a line each. Lets in an attempt whose
/// answer goes on.
pub(super) fn origins(input: &[u8]) -> bool {
    let Some([list, target]) = lines(input) else {
        return false;
    };
    let allowed = match RelayOrigins::parse(list) {
        Ok(allowed) => allowed,
        Err(error) => {
            assert!(!error.to_string().contains(char::is_control), "one line");
            return false;
        }
    };
    let Ok(target) = BaseUrl::parse(target) else {
        return false;
    };
    if allowed.contain(&target) {
        assert!(is_named(list, target.as_str()), "{target} is not in {list}");
    }
    let Some(passage) = passage(&target, &allowed) else {
        return false;
    };
    let own = Url::parse(target.as_str()).expect("a base URL is a URL");
    let host = own.host_str().expect("with a host");
    let near = ["relay.example", DOMAIN]
        .iter()
        .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
    assert!(near || is_named(list, target.as_str()), "{target}");
    assert_eq!(
        own.scheme(),
        "https",
        "what came encrypted goes on encrypted"
    );
    let location = location(&passage, CODE, &keys());
    let there = Url::parse(&location).expect("a location is a URL");
    assert_eq!(there.origin(), own.origin(), "{location}");
    assert_eq!(there.path(), "/auth/callback/google");
    let is_read = there.query_pairs().any(|(_, value)| value.contains(CODE));
    assert!(!is_read, "the code is sealed: {location}");
    true
}

/// The query of a callback at a relay, then at the origin behind it. Marks stand for the
/// attempt's state as the relay gets it and as the origin does, and for the sealed code.
/// Lets in what one of both takes.
pub(super) fn callback(input: &[u8]) -> bool {
    let (attempt, keys) = (relayed_attempt(ORIGIN), keys());
    let relayed = attempt.state_parameter(&keys);
    let allowed = RelayOrigins::parse(ORIGIN).expect("the literal is an origin");
    let passage = passage(&url(ORIGIN), &allowed).expect("it is allowed");
    let location = location(&passage, CODE, &keys);
    let read = |text: &str, name: &str| -> Option<String> {
        let mut all = url::form_urlencoded::parse(text.as_bytes());
        all.find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let (_, query) = location.split_once('?').expect("it has parameters");
    let sealed = read(query, "code").expect("with a code");
    let ours = [
        (1, relayed.as_str()),
        (2, attempt.state()),
        (3, sealed.as_str()),
    ];
    let input = marked(input, &ours);
    let Ok(response) = AuthorizationResponse::parse(&input) else {
        return false;
    };
    let text = String::from_utf8_lossy(&input).into_owned();
    let at_relay = RelayState::of(&response, &keys).is_some_and(|state| state.is_ok());
    if at_relay {
        assert_eq!(read(&text, "state"), Some(relayed), "we sealed it");
    }
    let issuer = IssuerParameter::Optional(issuer());
    let arrived = response.judge(&attempt, &issuer, &keys);
    if let Ok(code) = &arrived {
        assert_eq!(code.secret().expose(), CODE);
        assert_eq!(read(&text, "state").as_deref(), Some(attempt.state()));
        assert_eq!(read(&text, "code"), Some(sealed), "no relay sealed another");
    }
    let other = relayed_attempt("https://other.example");
    assert!(response.judge(&other, &issuer, &keys).is_err());
    at_relay || arrived.is_ok()
}

/// An attempt's at this origin, served and set up with the relay.
fn passage(target: &BaseUrl, allowed: &RelayOrigins) -> Option<Passage> {
    let (keys, base_url) = (keys(), url(RELAY));
    let attempt = relayed_attempt(target.as_str());
    let state = format!("state={}", attempt.state_parameter(&keys));
    let response = AuthorizationResponse::parse(state.as_bytes()).ok()?;
    let state = RelayState::of(&response, &keys)?.ok()?;
    assert_eq!(state.target(), target);
    let relay = Relay {
        base_url: &base_url,
        domains: &[DOMAIN],
        allowed,
    };
    let served = Some(Target {
        base_url: target,
        relay: Some(&base_url),
    });
    let judge = |served| state.clone().judge(&relay, attempt.provider(), served, NOW);
    assert!(judge(None).is_err(), "nobody serves it");
    judge(served).ok()
}

fn location(passage: &Passage, code: &str, keys: &KeyRing) -> String {
    let query = format!("code={code}");
    let response = AuthorizationResponse::parse(query.as_bytes()).expect("a code");
    let random = [3; SEAL_RANDOM_BYTES];
    let location = passage.location(&response, None, keys, &random);
    location.expect("a short code goes on")
}

/// Whether an entry is this origin, or a domain above its host.
fn is_named(list: &str, target: &str) -> bool {
    let target = Url::parse(target).expect("a base URL is a URL");
    let host = target.host_str().expect("with a host");
    list.split(',').map(str::trim).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        match entry.strip_prefix("*.") {
            Some(domain) => {
                let domain = domain.trim_end_matches(['.', '/']);
                host.strip_suffix(domain)
                    .is_some_and(|own| own.ends_with('.'))
            }
            None => Url::parse(&entry).is_ok_and(|named| {
                let name = named.host_str().unwrap_or_default().trim_end_matches('.');
                let port = |url: &Url| url.port_or_known_default();
                (named.scheme(), name, port(&named)) == (target.scheme(), host, port(&target))
            }),
        }
    })
}
