//! Does a callback pass that is no answer to this browser's attempt?

use super::{NOW, ORIGIN, attempt, issuer, keys, lines, marked};
use crate::attempt::Attempt;
use crate::authorization::IssuerParameter;
use crate::callback::AuthorizationResponse;
use crate::callback_path::CallbackPath;
use crate::provider::ProviderId;

/// The query of a callback, or the body of one by `form_post`. A mark stands for the
/// attempt's `state`.
pub(super) fn callback(input: &[u8]) -> bool {
    let attempt = attempt();
    let input = marked(input, &[(1, attempt.state())]);
    let Ok(response) = AuthorizationResponse::parse(&input) else {
        return false;
    };
    let issuer = IssuerParameter::Required(issuer());
    let Ok(code) = response.judge(&attempt, &issuer, &keys()) else {
        return false;
    };
    // As anybody reads a query: one of each, and no error.
    let only = |name: &str| -> Option<String> {
        let mut found = url::form_urlencoded::parse(&input).filter(|(key, _)| key == name);
        let value = found.next()?.1.into_owned();
        assert!(found.next().is_none(), "{name} comes twice");
        Some(value)
    };
    assert_eq!(only("state").as_deref(), Some(attempt.state()));
    assert_eq!(only("iss").as_deref(), Some("https://id.example"));
    assert_eq!(only("code").as_deref(), Some(code.secret().expose()));
    assert_eq!(only("error"), None);
    assert!(!code.secret().expose().is_empty());
    true
}

/// Name and value of an attempt's cookie, and a `state`, a line each. Marks stand for
/// what we sealed, for its name, and for its `state`.
pub(super) fn attempt_cookie(input: &[u8]) -> bool {
    const NAMES: &str = "__Host-gatelet";
    let (attempt, keys) = (attempt(), keys());
    let (sealed, cookie) = (attempt.seal(&keys), attempt.cookie_name(NAMES));
    let ours = [
        (1, sealed.as_str()),
        (2, cookie.as_str()),
        (3, attempt.state()),
    ];
    let input = marked(input, &ours);
    let Some([name, value, state]) = lines(&input) else {
        return false;
    };
    let find = |provider: &str, origin: &str, now: u64| {
        let provider = ProviderId::parse(provider).expect("the literal is an id");
        let path = CallbackPath::Own(provider);
        Attempt::find([(name, value)], NAMES, state, &path, origin, &keys, now).is_ok()
    };
    let expires = attempt.expires();
    let found = find("google", ORIGIN, expires - 1);
    let is_ours = (name, value, state) == (&cookie, &sealed, attempt.state());
    assert_eq!(
        found, is_ours,
        "what we sealed for this state is found, and no other"
    );
    assert!(!find("github", ORIGIN, NOW), "begun with another provider");
    assert!(!find("google", "https://other.example", NOW));
    assert!(!find("google", ORIGIN, expires), "it is over");
    let stays = !Attempt::superseded([(name, value)], NAMES, 0, &keys, NOW).contains(&name);
    let is_an_attempts = name.starts_with("__Host-gatelet-attempt-");
    assert_eq!(stays, value == sealed || !is_an_attempts, "{name}");
    found
}
