//! Answers that pass, and every way in which one must not.

use proptest::prelude::*;

use super::*;
use crate::attempt::{ATTEMPT_RANDOM_BYTES, ATTEMPT_SECONDS};
use crate::authorization::{IssuerParameter, WhichAccount, authorization_url};
use crate::callback::AuthorizationCode;
use crate::tests::test_provider::{NOW, discover, document, keys, other_keys, provider};
use crate::token::TokenRequest;
use gatelet_core::return_target::ReturnTarget;

const RELAY: &str = "https://app.example";
const PREVIEW: &str = "https://feat--app.previews.example";
const OTHER_PREVIEW: &str = "https://other--app.previews.example";
const DOMAINS: &[&str] = &["previews.example"];

fn url(text: &str) -> BaseUrl {
    BaseUrl::parse(text).expect("a base URL")
}

fn acme() -> ProviderId {
    ProviderId::parse("acme").expect("an id")
}

fn attempt_at(origin: &str, seed: u8) -> Attempt {
    let relay = url(RELAY);
    let random = [seed; ATTEMPT_RANDOM_BYTES];
    Attempt::begin(
        &provider(),
        origin,
        Some(&relay),
        ReturnTarget::default(),
        &random,
        NOW,
    )
}

fn answer(parameters: &[(&str, &str)]) -> AuthorizationResponse {
    let encoded = gatelet_forms::encode(parameters.iter().copied());
    AuthorizationResponse::parse(encoded.as_bytes()).expect("parameters")
}

/// What the deployment is like when a callback comes in.
#[derive(Clone)]
struct Scene {
    relay: &'static str,
    provider: &'static str,
    allowed: &'static str,
    /// Base URL and relay of the origin that the target's host and port mean.
    served: Option<(&'static str, Option<&'static str>)>,
    now: u64,
}

const SCENE: Scene = Scene {
    relay: RELAY,
    provider: "acme",
    allowed: "",
    served: Some((PREVIEW, Some(RELAY))),
    now: NOW,
};

impl Scene {
    fn judge(&self, state: &str) -> Result<Passage, RefusalCode> {
        let response = answer(&[("code", "c0de"), ("state", state)]);
        let state = RelayState::of(&response, &keys())
            .expect("a relay state")
            .map_err(|refusal| refusal.code)?;
        let base_url = url(self.relay);
        let allowed = RelayOrigins::parse(self.allowed).expect("entries");
        let relay = Relay {
            base_url: &base_url,
            domains: DOMAINS,
            allowed: &allowed,
        };
        let served = self
            .served
            .map(|(target, relay)| (url(target), relay.map(url)));
        let served = served.as_ref().map(|(base_url, relay)| Target {
            base_url,
            relay: relay.as_ref(),
        });
        let provider = ProviderId::parse(self.provider).expect("an id");
        state
            .judge(&relay, &provider, served, self.now)
            .map_err(|refusal| refusal.code)
    }
}

fn passage(attempt: &Attempt) -> Passage {
    let scene = Scene {
        served: Some((
            if attempt.origin() == PREVIEW {
                PREVIEW
            } else {
                OTHER_PREVIEW
            },
            Some(RELAY),
        )),
        ..SCENE
    };
    scene
        .judge(&attempt.state_parameter(&keys()))
        .expect("it passes")
}

fn location(attempt: &Attempt, parameters: &[(&str, &str)], user: Option<&str>) -> url::Url {
    let state = attempt.state_parameter(&keys());
    let parameters: Vec<_> = parameters
        .iter()
        .copied()
        .chain([("state", state.as_str())])
        .collect();
    let location = passage(attempt)
        .location(&answer(&parameters), user, &keys(), &[5; SEAL_RANDOM_BYTES])
        .expect("a location");
    url::Url::parse(&location).expect("a URL")
}

fn arrive(
    attempt: &Attempt,
    location: &url::Url,
    keys: &KeyRing,
) -> Result<AuthorizationCode, RefusalCode> {
    AuthorizationResponse::parse(location.query().unwrap_or_default().as_bytes())
        .and_then(|response| response.judge(attempt, &IssuerParameter::Ignored, keys))
        .map_err(|refusal| refusal.code)
}

#[test]
fn an_answer_goes_through_the_relay_to_the_preview() {
    let (provider, attempt) = (provider(), attempt_at(PREVIEW, 1));
    let metadata = discover(&document()).expect("a document");
    let asked = authorization_url(
        &provider,
        &metadata.endpoints,
        &attempt,
        WhichAccount::Remembered,
        None,
        &keys(),
    );
    let asked: std::collections::HashMap<_, _> = url::Url::parse(&asked)
        .expect("a URL")
        .query_pairs()
        .into_owned()
        .collect();
    assert_eq!(
        asked["redirect_uri"],
        "https://app.example/auth/callback/acme"
    );
    assert!(asked["state"].len() < 400, "{}", asked["state"]);
    assert_eq!(asked["code_challenge"], attempt.code_challenge());
    assert_eq!(asked["nonce"], attempt.nonce());

    let passage = SCENE.judge(&asked["state"]).expect("it passes");
    assert_eq!(passage.target(), &url(PREVIEW));
    let location = location(
        &attempt,
        &[
            ("code", "c0de"),
            ("iss", "https://id.example"),
            ("session_state", "x"),
        ],
        None,
    );
    assert_eq!(
        location.as_str().split('?').next(),
        Some("https://feat--app.previews.example/auth/callback/acme")
    );
    let names: Vec<_> = location
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(names, ["code", "state", "iss"]);
    let cookie = (attempt.cookie_name("__Host-gatelet"), attempt.seal(&keys()));
    let found = Attempt::find(
        [(cookie.0.as_str(), cookie.1.as_str())],
        "__Host-gatelet",
        attempt.state(),
        &CallbackPath::Own(acme()),
        PREVIEW,
        &keys(),
        NOW,
    )
    .expect("the attempt of this browser");
    let code = arrive(&found, &location, &keys()).expect("a code");
    assert_eq!(code.secret().expose(), "c0de");
    let exchange = TokenRequest::new(&provider, &metadata.endpoints, &code, &found, NOW);
    assert!(
        exchange
            .body
            .expose()
            .contains("redirect_uri=https%3A%2F%2Fapp.example%2Fauth%2Fcallback%2Facme&")
    );
    assert!(
        exchange
            .body
            .expose()
            .ends_with(attempt.code_verifier().expose())
    );
}

#[test]
fn an_origins_own_state_is_no_relays() {
    let own = crate::tests::test_provider::attempt(1);
    assert_eq!(own.state_parameter(&keys()), own.state());
    for parameters in [
        vec![("code", "c"), ("state", own.state())],
        vec![("code", "c"), ("state", "")],
        vec![("code", "c")],
        vec![("state", "relay"), ("code", "c")],
        vec![("relay", "relay.x"), ("code", "c")],
    ] {
        assert_eq!(
            RelayState::of(&answer(&parameters), &keys()),
            None,
            "{parameters:?}"
        );
    }
    let here = Attempt::begin(
        &provider(),
        RELAY,
        Some(&url(RELAY)),
        ReturnTarget::default(),
        &[1; ATTEMPT_RANDOM_BYTES],
        NOW,
    );
    assert!(!here.is_relayed(), "nobody is their own relay");
}

#[test]
fn states_that_we_did_not_seal_are_refused() {
    let attempt = attempt_at(PREVIEW, 1);
    let state = attempt.state_parameter(&keys());
    let payload = postcard::to_allocvec(&Sealed {
        relay: RELAY,
        target: "https://evil.example",
        provider: "acme",
        state: attempt.state(),
        expires: NOW + 600,
    })
    .expect("a payload");
    let key = state.split('.').nth(1).expect("a key id");
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&payload);
    let mac = state.rsplit('.').next().expect("a MAC");
    for (case, state) in [
        ("nothing sealed", "relay.".to_owned()),
        ("junk", "relay.x.y.z".to_owned()),
        ("a target in the clear", format!("relay.{PREVIEW}")),
        (
            "another server's key",
            attempt.state_parameter(&other_keys()),
        ),
        (
            "another payload under the old MAC",
            format!("relay.{key}.{encoded}.{mac}"),
        ),
        ("no MAC", format!("relay.{key}.{encoded}.")),
        (
            "sealed for another purpose",
            format!("relay.{}", keys().seal("attempt", &payload)),
        ),
        (
            "an attempt's cookie",
            format!("relay.{}", attempt.seal(&keys())),
        ),
        (
            "more behind the payload",
            format!(
                "relay.{}",
                keys().seal(PURPOSE, &[payload.as_slice(), b"x"].concat())
            ),
        ),
        ("oversized", format!("{state}{}", "A".repeat(2000))),
        ("twice", format!("relay.{state}")),
    ] {
        assert_eq!(
            SCENE.judge(&state),
            Err(RefusalCode::RelayStateInvalid),
            "{case}"
        );
    }
}

#[test]
fn a_relay_state_with_any_character_altered_is_refused() {
    let state = attempt_at(PREVIEW, 1).state_parameter(&keys());
    for position in PREFIX.len()..state.len() {
        for replacement in ["A", "z", "_", ".", "%", ""] {
            let mut altered = state.clone();
            altered.replace_range(position..=position, replacement);
            if altered != state {
                assert_eq!(
                    SCENE.judge(&altered),
                    Err(RefusalCode::RelayStateInvalid),
                    "{position} {replacement}"
                );
            }
        }
    }
}

#[test]
fn answers_go_to_no_origin_but_the_one_that_asked() {
    let refused = RefusalCode::RelayTargetRefused;
    let unknown = RefusalCode::RelayTargetUnknown;
    let mismatch = RefusalCode::OriginMismatch;
    for (case, scene, expected) in [
        (
            "another relay's",
            Scene {
                relay: "https://other.example",
                ..SCENE
            },
            mismatch,
        ),
        (
            "the relay on another port",
            Scene {
                relay: "https://app.example:8443",
                ..SCENE
            },
            mismatch,
        ),
        (
            "the relay over plain HTTP",
            Scene {
                relay: "http://app.example",
                ..SCENE
            },
            mismatch,
        ),
        (
            "another provider's callback",
            Scene {
                provider: "google",
                ..SCENE
            },
            RefusalCode::ProviderMismatch,
        ),
        (
            "ten minutes later",
            Scene {
                now: NOW + ATTEMPT_SECONDS,
                ..SCENE
            },
            RefusalCode::AttemptExpired,
        ),
        (
            "a deleted preview",
            Scene {
                served: None,
                ..SCENE
            },
            unknown,
        ),
        (
            "another origin under that name",
            Scene {
                served: Some((OTHER_PREVIEW, Some(RELAY))),
                ..SCENE
            },
            unknown,
        ),
        (
            "the preview on another port",
            Scene {
                served: Some(("https://feat--app.previews.example:8443", Some(RELAY))),
                ..SCENE
            },
            unknown,
        ),
        (
            "the preview over plain HTTP",
            Scene {
                served: Some(("http://feat--app.previews.example", Some(RELAY))),
                ..SCENE
            },
            unknown,
        ),
        (
            "an origin without a relay",
            Scene {
                served: Some((PREVIEW, None)),
                ..SCENE
            },
            refused,
        ),
        (
            "an origin with another relay",
            Scene {
                served: Some((PREVIEW, Some("https://other.example"))),
                ..SCENE
            },
            refused,
        ),
        (
            "an origin whose relay is this host over plain HTTP",
            Scene {
                served: Some((PREVIEW, Some("http://app.example"))),
                ..SCENE
            },
            refused,
        ),
    ] {
        let state = attempt_at(PREVIEW, 1).state_parameter(&keys());
        assert_eq!(scene.judge(&state), Err(expected), "{case}");
    }
}

#[test]
fn answers_stay_within_the_relays_domain_unless_it_says_otherwise() {
    let served = |target| Scene {
        served: Some((target, Some(RELAY))),
        ..SCENE
    };
    for (target, allowed, passes) in [
        (PREVIEW, "", true),
        ("https://a.b.previews.example", "", true),
        ("https://previews.example", "", true),
        ("https://feat.app.example", "", true),
        ("https://feat.app.example:8443", "", true),
        ("https://foreign.example", "", false),
        ("https://evilpreviews.example", "", false),
        ("https://feat--app.previews.example.evil.example", "", false),
        ("https://evil-app.example", "", false),
        // ре in Cyrillic, as browsers send it.
        ("https://feat--app.xn--pvies-wof6j0a.example", "", false),
        ("https://feat--app.previews.example.", "", true),
        ("http://feat--app.previews.example", "", false),
        ("https://foreign.example", "https://foreign.example", true),
        (
            "https://foreign.example:444",
            "https://foreign.example",
            false,
        ),
        ("http://foreign.example", "http://foreign.example", false),
        ("https://x.foreign.example", "*.foreign.example", true),
        ("https://foreign.example", "*.foreign.example", false),
        ("https://xforeign.example", "*.foreign.example", false),
    ] {
        let scene = Scene {
            allowed,
            ..served(target)
        };
        let attempt = attempt_at(url(target).as_str(), 1);
        let judged = scene.judge(&attempt.state_parameter(&keys()));
        let expected = if passes {
            Ok(())
        } else {
            Err(RefusalCode::RelayTargetRefused)
        };
        assert_eq!(judged.map(|_| ()), expected, "{target} with {allowed:?}");
    }
}

#[test]
fn on_plain_http_a_relay_serves_plain_http() {
    let scene = Scene {
        relay: "http://localhost:3000",
        served: Some((
            "http://feat--app.localhost:3000",
            Some("http://localhost:3000"),
        )),
        ..SCENE
    };
    let relay = url("http://localhost:3000");
    let attempt = Attempt::begin(
        &provider(),
        "http://feat--app.localhost:3000",
        Some(&relay),
        ReturnTarget::default(),
        &[3; ATTEMPT_RANDOM_BYTES],
        NOW,
    );
    assert!(scene.judge(&attempt.state_parameter(&keys())).is_ok());
}

#[test]
fn a_code_that_crossed_is_of_use_to_its_own_attempt_alone() {
    let attempt = attempt_at(PREVIEW, 1);
    let there = location(&attempt, &[("code", "c0de")], None);
    assert!(!there.as_str().contains("c0de"), "{there}");

    // Whoever reads it at the preview hands it in elsewhere, with attempts of their own.
    let sealed = there
        .query_pairs()
        .find(|(name, _)| name == "code")
        .expect("a code")
        .1
        .into_owned();
    let handed_in = |attempt: &Attempt| {
        let response = answer(&[("code", &sealed), ("state", attempt.state())]);
        response
            .judge(attempt, &IssuerParameter::Ignored, &keys())
            .map(|code| code.secret().expose().to_owned())
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(handed_in(&attempt), Ok("c0de".to_owned()));
    for (case, other) in [
        ("another attempt there", attempt_at(PREVIEW, 2)),
        (
            "the same randomness at another preview",
            attempt_at(OTHER_PREVIEW, 1),
        ),
    ] {
        assert_eq!(
            handed_in(&other),
            Err(RefusalCode::RelayCodeInvalid),
            "{case}"
        );
    }
    let at_the_relay = crate::tests::test_provider::attempt(1);
    assert_eq!(
        handed_in(&at_the_relay),
        Ok(sealed.clone()),
        "what the provider then refuses is no code of its own"
    );
    assert_eq!(
        arrive(&attempt, &there, &other_keys()).map(|_| ()),
        Err(RefusalCode::RelayCodeInvalid)
    );
}

#[test]
fn a_code_that_came_around_the_relay_is_refused() {
    let attempt = attempt_at(PREVIEW, 1);
    for code in ["c0de", "A", &"A".repeat(5000)[..4000], "é"] {
        let response = answer(&[("code", code), ("state", attempt.state())]);
        let refusal = response
            .judge(&attempt, &IssuerParameter::Ignored, &keys())
            .expect_err(code);
        assert_eq!(refusal.code, RefusalCode::RelayCodeInvalid, "{code}");
    }
    let response = answer(&[("state", attempt.state())]);
    let refusal = response
        .judge(&attempt, &IssuerParameter::Ignored, &keys())
        .expect_err("no code");
    assert_eq!(refusal.code, RefusalCode::CodeMissing);
}

#[test]
fn an_answer_that_is_relayed_twice_is_the_same_attempt_to_spend() {
    let attempt = attempt_at(PREVIEW, 1);
    let state = |location: &url::Url| {
        location
            .query_pairs()
            .find(|(name, _)| name == "state")
            .map(|(_, state)| state.into_owned())
    };
    let (one, two) = (
        location(&attempt, &[("code", "c0de")], None),
        location(&attempt, &[("code", "c0de")], None),
    );
    assert_eq!(state(&one), state(&two));
    assert_eq!(state(&one).as_deref(), Some(attempt.state()));
}

#[test]
fn keys_may_change_while_somebody_is_at_the_provider() {
    let old = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";
    let new = "k2:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE";
    let ring = |text: &str| KeyRing::parse(text).expect("keys");
    let (before, after) = (ring(old), ring(&format!("{new},{old}")));
    let attempt = attempt_at(PREVIEW, 1);
    let response = answer(&[
        ("code", "c0de"),
        ("state", &attempt.state_parameter(&before)),
    ]);
    assert!(matches!(RelayState::of(&response, &after), Some(Ok(_))));
    assert!(matches!(
        RelayState::of(&response, &ring(new)),
        Some(Err(_))
    ));
    let location = passage(&attempt)
        .location(&response, None, &before, &[1; SEAL_RANDOM_BYTES])
        .expect("a location");
    let there = url::Url::parse(&location).expect("a URL");
    assert!(arrive(&attempt, &there, &after).is_ok());
}

#[test]
fn errors_go_on_within_limits_and_nothing_else_does() {
    let attempt = attempt_at(PREVIEW, 1);
    let long = "é".repeat(1000);
    let there = location(
        &attempt,
        &[
            ("error", "access_denied"),
            ("error_description", &long),
            ("error_uri", "https://evil.example"),
            ("target", "https://evil.example"),
            ("redirect_uri", "https://evil.example"),
            ("user", r#"{"email":"x@example.com"}"#),
        ],
        None,
    );
    let pairs: Vec<(String, String)> = there.query_pairs().into_owned().collect();
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["state", "error", "error_description"]);
    assert!(pairs[2].1.len() <= PASSED_MAX_BYTES && long.starts_with(&pairs[2].1));
    assert_eq!(
        arrive(&attempt, &there, &keys()).map(|_| ()),
        Err(RefusalCode::Denied)
    );

    let longest = "e".repeat(512);
    for name in ["iss", "error"] {
        let there = location(&attempt, &[(name, &longest)], None);
        let mut went_on = there.query_pairs().filter(|(passed, _)| passed == name);
        assert_eq!(went_on.next().expect(name).1, longest);
    }
    let state = attempt.state_parameter(&keys());
    for (case, parameters) in [
        ("code", [("code", "c".repeat(8 * 1024 + 1))]),
        ("code", [("code", "c\r\nx".to_owned())]),
        ("iss", [("iss", "i".repeat(513))]),
        ("error", [("error", "e".repeat(513))]),
    ] {
        let [(name, value)] = &parameters;
        let response = answer(&[(name, value), ("state", &state)]);
        let refusal = passage(&attempt)
            .location(&response, None, &keys(), &[1; SEAL_RANDOM_BYTES])
            .expect_err(case);
        assert_eq!(refusal.code, RefusalCode::ParametersMalformed, "{case}");
    }
}

#[test]
fn what_apple_says_of_a_person_goes_along_unreadably() {
    let attempt = attempt_at(PREVIEW, 1);
    let apple = r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"ada@example.com"}"#;
    let oversized = format!(r#"{{"name":"{}"}}"#, "x".repeat(600));
    for (user, goes_along) in [
        (apple, true),
        ("", false),
        ("Ada", false),
        ("[1]", false),
        (r#"{"name":"#, false),
        (&oversized, false),
    ] {
        let there = location(&attempt, &[("code", &"c".repeat(2048))], Some(user));
        assert!(there.as_str().len() < 6000);
        let code = arrive(&attempt, &there, &keys()).expect("a code");
        assert_eq!(
            code.unverified_user().map(|user| user.expose()),
            goes_along.then_some(user)
        );
    }
}

#[test]
fn debug_shows_no_state() {
    let attempt = attempt_at(PREVIEW, 1);
    let response = answer(&[("state", &attempt.state_parameter(&keys()))]);
    let state = RelayState::of(&response, &keys())
        .expect("one")
        .expect("ours");
    let passage = passage(&attempt);
    for shown in [format!("{state:?}"), format!("{passage:?}")] {
        assert!(shown.contains(PREVIEW), "{shown}");
        assert!(!shown.contains(attempt.state()), "{shown}");
    }
}

proptest! {
    #[test]
    fn no_text_is_a_relay_state_but_ours(text in any::<String>(), tail in "[A-Za-z0-9_.-]{0,300}") {
        for state in [text.clone(), format!("{PREFIX}{text}"), format!("{PREFIX}k1.{tail}")] {
            if let Ok(response) = AuthorizationResponse::parse(gatelet_forms::encode([("state", state.as_str())]).as_bytes()) {
                prop_assert!(RelayState::of(&response, &keys()).is_none_or(|judged| judged.is_err()));
            }
        }
    }

    #[test]
    fn codes_come_out_as_they_went_in(code in "[ -~]{1,300}", seed in any::<u8>(), random in any::<[u8; SEAL_RANDOM_BYTES]>()) {
        let attempt = attempt_at(PREVIEW, seed);
        let state = attempt.state_parameter(&keys());
        let location = passage(&attempt).location(&answer(&[("code", &code), ("state", &state)]), None, &keys(), &random).expect("a location");
        let there = url::Url::parse(&location).expect("a URL");
        let arrived = arrive(&attempt, &there, &keys()).expect("a code");
        prop_assert_eq!(arrived.secret().expose(), code);
    }

    #[test]
    fn a_sealed_code_with_any_byte_altered_is_refused(position in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_-]") {
        let attempt = attempt_at(PREVIEW, 1);
        let there = location(&attempt, &[("code", "c0de")], None);
        let sealed = there.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
        // The last character of base64 has bits that say nothing; the decoder refuses them.
        let position = position.index(sealed.len());
        prop_assume!(sealed[position..=position] != letter);
        let mut altered = sealed;
        altered.replace_range(position..=position, &letter);
        let response = answer(&[("code", &altered), ("state", attempt.state())]);
        prop_assert!(response.judge(&attempt, &IssuerParameter::Ignored, &keys()).is_err());
    }
}
