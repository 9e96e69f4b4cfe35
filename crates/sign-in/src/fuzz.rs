//! Does any input panic, or get through that must not? One function for each
//! door to the outside, called by the fuzz targets and, with random bytes, by a
//! test. What must not happen is asserted.

use crate::attempt::{ATTEMPT_RANDOM_BYTES, Attempt};
use crate::authorization::IssuerParameter;
use crate::callback::AuthorizationResponse;
use crate::discovery::ProviderMetadata;
use crate::email::Email;
use crate::endpoint::Issuer;
use crate::github::GitHubUser;
use crate::id_token::{Expected, VerifiedIdToken};
use crate::jwks::KeySet;
use crate::name::DisplayName;
use crate::password::NewPassword;
use crate::provider::{OpenIdConnect, Provider, ProviderId, Providers, SigningAlgorithm};
use crate::relay::{RelayOrigins, RelayState};
use crate::token::TokenResponse;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;
use gatelet_settings::{Setting, Values};

const NOW: u64 = 1_800_000_000;
const ORIGIN: &str = "https://app.example";

/// The query of a callback, or the body of one by `form_post`.
pub fn callback(input: &[u8]) {
    let attempt = attempt();
    let Ok(response) = AuthorizationResponse::parse(input) else {
        return;
    };
    let issuer = IssuerParameter::Required(issuer());
    if response.judge(&attempt, &issuer, &keys()).is_ok() {
        assert_eq!(
            response.state().ok(),
            Some(attempt.state()),
            "only the attempt's own state passes"
        );
    }
}

/// Name and value of an attempt's cookie, and a `state`, a line each.
pub fn attempt_cookie(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let [name, value, state] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let provider = ProviderId::parse("acme").expect("the literal is an id");
    let cookies = [(name, value)];
    let keys = keys();
    let found = Attempt::find(
        cookies,
        "__Host-gatelet",
        state,
        &provider,
        ORIGIN,
        &keys,
        NOW,
    );
    assert!(found.is_err(), "nothing that we did not seal passes");
    let _ = Attempt::superseded(cookies, "__Host-gatelet", &keys, NOW);
}

/// The query of a callback at a relay, then at the origin behind it.
pub fn relayed_callback(input: &[u8]) {
    let Ok(response) = AuthorizationResponse::parse(input) else {
        return;
    };
    if let Some(state) = RelayState::of(&response, &keys()) {
        assert!(state.is_err(), "nothing that we did not seal goes on");
    }
    let issuer = IssuerParameter::Optional(issuer());
    let arrived = response.judge(&relayed_attempt(), &issuer, &keys());
    assert!(arrived.is_err(), "no code arrives that no relay sealed");
}

/// `relay_origins`.
pub fn relay_origins(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let elsewhere = BaseUrl::parse("https://evil.test").expect("the literal is a base URL");
    match RelayOrigins::parse(text) {
        Ok(allowed) => assert!(
            !allowed.contain(&elsewhere) || text.to_ascii_lowercase().contains("evil.test"),
            "nobody is allowed who is not named"
        ),
        Err(error) => assert!(!error.to_string().contains(char::is_control), "one line"),
    }
}

/// A discovery document.
pub fn discovery(input: &[u8]) {
    let wanted = OpenIdConnect::at(issuer());
    if let Ok(metadata) = ProviderMetadata::judge(&wanted, 200, "application/json", input) {
        let endpoints = [
            &metadata.endpoints.authorization,
            &metadata.endpoints.token,
            &metadata.jwks_uri,
        ];
        for endpoint in endpoints.into_iter().chain(&metadata.userinfo) {
            let url = url::Url::parse(endpoint.as_str()).expect("a screened URL parses");
            assert!(
                url.scheme() == "https"
                    || url.host_str().is_some_and(|host| host.contains("localhost")
                        || host.starts_with("127.")
                        || host == "[::1]"),
                "{url}"
            );
            assert!(
                url.username().is_empty() && url.password().is_none() && url.fragment().is_none(),
                "{url}"
            );
        }
    }
}

/// A key set.
pub fn jwks(input: &[u8]) {
    let _ = KeySet::judge(200, input);
}

/// An ID token.
pub fn id_token(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    // RFC 7517 appendix A.1 and RFC 8037 appendix A.2.
    const KEYS: &str = r#"{"keys":[
        {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"},
        {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"2"}]}"#;
    let keys = KeySet::judge(200, KEYS.as_bytes()).expect("the literal is a key set");
    assert_eq!(keys.len(), 2);
    let (oidc, access_token) = (
        OpenIdConnect::at(issuer()),
        Secret::new("access".to_owned()),
    );
    let expected = Expected {
        oidc: &oidc,
        issuer: &oidc.issuer,
        client_id: "client",
        algorithms: &SigningAlgorithm::ALL,
        nonce: "nonce",
        access_token: &access_token,
        now: NOW,
    };
    let verified = VerifiedIdToken::verify(&Secret::new(text.to_owned()), &keys, &expected);
    assert!(verified.is_err(), "nobody signs with these keys");
}

/// A token response, and an answer of GitHub's API.
pub fn token_response(input: &[u8]) {
    if let Ok(tokens) = TokenResponse::judge(200, "application/json", input) {
        assert!(
            tokens
                .access_token
                .expose()
                .bytes()
                .all(|byte| byte.is_ascii_graphic()),
            "fit for a header"
        );
    }
    if let Ok(user) = GitHubUser::judge(200, "application/json", input) {
        let github = ProviderId::parse("github").expect("the literal is an id");
        let _ = user.identity(&github, 200, "application/json", input);
    }
}

/// What people type: address, name, password.
pub fn typed(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    if let Ok(email) = Email::parse(text) {
        assert_eq!(
            Email::parse(email.as_str()),
            Ok(email.clone()),
            "canonical is canonical"
        );
        assert!(email.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if let Ok(name) = DisplayName::parse(text) {
        assert_eq!(
            DisplayName::parse(name.as_str()),
            Ok(name.clone()),
            "canonical is canonical"
        );
    }
    let _ = DisplayName::from_provider(text);
    let email = Email::parse("ann@example.com").expect("the literal is an address");
    let _ = NewPassword::parse(text, &email, "Ann");
}

/// The two JSON settings about providers, separated by a NUL.
pub fn provider_settings(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let (providers, secrets) = text.split_once('\0').unwrap_or((text, ""));
    let values = Values::new([
        (Setting::OidcProviders, providers),
        (Setting::OidcClientSecrets, secrets),
    ]);
    if let Err(error) = Providers::from_values(&values) {
        assert!(!error.to_string().contains(char::is_control), "one line");
    }
}

/// Takes any bytes; panics when something gets through that must not.
pub type Door = fn(&[u8]);

/// Every door by name.
pub const DOORS: [(&str, Door); 10] = [
    ("callback", callback),
    ("relayed_callback", relayed_callback),
    ("relay_origins", relay_origins),
    ("attempt_cookie", attempt_cookie),
    ("discovery", discovery),
    ("jwks", jwks),
    ("id_token", id_token),
    ("token_response", token_response),
    ("typed", typed),
    ("provider_settings", provider_settings),
];

fn issuer() -> Issuer {
    Issuer::parse("https://id.example").expect("the literal is an issuer")
}

fn keys() -> KeyRing {
    KeyRing::parse("k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE").expect("the literal is a key")
}

fn attempt() -> Attempt {
    let provider = Provider::google("client".to_owned(), Secret::new("secret".to_owned()));
    Attempt::begin(
        &provider,
        ORIGIN,
        None,
        ReturnTarget::default(),
        &[7; ATTEMPT_RANDOM_BYTES],
        NOW,
    )
}

fn relayed_attempt() -> Attempt {
    let provider = Provider::google("client".to_owned(), Secret::new("secret".to_owned()));
    let relay = BaseUrl::parse("https://relay.example").expect("the literal is a base URL");
    Attempt::begin(
        &provider,
        ORIGIN,
        Some(&relay),
        ReturnTarget::default(),
        &[9; ATTEMPT_RANDOM_BYTES],
        NOW,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{Signer, claims, document, other_keys};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// One good input for each door, to be damaged. Made once: signing is slow.
    static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let attempt = attempt();
        let signer = Signer::es256("1");
        vec![
            format!(
                "code=c&state={}&iss=https%3A%2F%2Fid.example",
                attempt.state()
            )
            .into_bytes(),
            format!(
                "code=AAAA&state={}&iss=https%3A%2F%2Fid.example",
                // Of a key with the same name, so that no damage makes it ours.
                relayed_attempt().state_parameter(&other_keys())
            )
            .into_bytes(),
            b"https://demo.example.net, *.example.org".to_vec(),
            format!(
                "{}\n{}\n{}",
                attempt.cookie_name("__Host-gatelet"),
                attempt.seal(&keys()),
                attempt.state()
            )
            .into_bytes(),
            document().to_string().into_bytes(),
            format!(r#"{{"keys":[{}]}}"#, signer.jwk()).into_bytes(),
            signer.sign(&claims()).expose().as_bytes().to_vec(),
            br#"{"access_token":"a","token_type":"Bearer","id_token":"x.y.z"}"#.to_vec(),
            "ann@ex\u{e4}mple.com".as_bytes().to_vec(),
            b"[{\"id\":\"a\",\"issuer\":\"https://a.example\",\"client_id\":\"a\"}]\0{\"a\":\"s\"}"
                .to_vec(),
        ]
    });

    #[test]
    fn good_inputs_go_through_their_doors() {
        for ((name, door), seed) in DOORS.iter().zip(SEEDS.iter()) {
            // The attempt's own cookie would pass: that is another test's.
            if *name != "attempt_cookie" {
                door(seed);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn damaged_inputs_are_answered(position in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            for ((_, door), seed) in DOORS.iter().zip(SEEDS.iter()) {
                let mut damaged = seed.clone();
                let position = position.index(damaged.len());
                prop_assume!(damaged[position] != byte);
                damaged[position] = byte;
                door(&damaged);
                door(&seed[..cut.index(seed.len())]);
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for (_, door) in DOORS {
                door(&bytes);
            }
        }
    }
}
