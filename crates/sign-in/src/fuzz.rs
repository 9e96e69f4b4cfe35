//! Does any input panic, or get through that must not? One door to the outside a
//! function, called by the fuzz targets, and by a test with what is kept for it and with
//! random bytes. What must not happen is asserted, where it can be by another judge than
//! the one that is asked; the answer is whether the door let the input in.

mod callback;
mod id_token;
mod provider;
mod relay;
mod typed;

use crate::attempt::{ATTEMPT_RANDOM_BYTES, Attempt};
use crate::client_secret::ClientSecret;
use crate::endpoint::Issuer;
use crate::provider::Provider;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::fuzz::{Door, lines, marked};
use gatelet_core::key::KeyRing;
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;

/// Every door.
pub const DOORS: [Door; 13] = [
    (
        "attempt_cookie",
        callback::attempt_cookie,
        include!("../../../fuzz/corpus/attempt_cookie.rs"),
    ),
    (
        "callback",
        callback::callback,
        include!("../../../fuzz/corpus/callback.rs"),
    ),
    (
        "discovery",
        provider::discovery,
        include!("../../../fuzz/corpus/discovery.rs"),
    ),
    (
        "display_name",
        typed::display_name,
        include!("../../../fuzz/corpus/display_name.rs"),
    ),
    (
        "email",
        typed::email,
        include!("../../../fuzz/corpus/email.rs"),
    ),
    (
        "github_user",
        provider::github_user,
        include!("../../../fuzz/corpus/github_user.rs"),
    ),
    (
        "id_token",
        id_token::id_token,
        include!("../../../fuzz/corpus/id_token.rs"),
    ),
    (
        "jwks",
        id_token::jwks,
        include!("../../../fuzz/corpus/jwks.rs"),
    ),
    (
        "password",
        typed::password,
        include!("../../../fuzz/corpus/password.rs"),
    ),
    (
        "provider_settings",
        provider::settings,
        include!("../../../fuzz/corpus/provider_settings.rs"),
    ),
    (
        "relay_origins",
        relay::origins,
        include!("../../../fuzz/corpus/relay_origins.rs"),
    ),
    (
        "relayed_callback",
        relay::callback,
        include!("../../../fuzz/corpus/relayed_callback.rs"),
    ),
    (
        "token_response",
        provider::token_response,
        include!("../../../fuzz/corpus/token_response.rs"),
    ),
];

const NOW: u64 = 1_800_000_000;
const ORIGIN: &str = "https://app.example";
const RELAY: &str = "https://relay.example";

fn url(text: &str) -> BaseUrl {
    BaseUrl::parse(text).expect("the literal is a base URL")
}

fn issuer() -> Issuer {
    Issuer::parse("https://id.example").expect("the literal is an issuer")
}

fn keys() -> KeyRing {
    KeyRing::parse("k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE").expect("the literal is a key")
}

fn provider() -> Provider {
    Provider::google(
        "client".to_owned(),
        ClientSecret::Given(Secret::new("secret".to_owned())),
    )
}

fn attempt() -> Attempt {
    let random = [7; ATTEMPT_RANDOM_BYTES];
    let return_target = ReturnTarget::default();
    Attempt::begin(&provider(), ORIGIN, None, return_target, &random, NOW)
}

/// One at `origin` that goes through [`RELAY`].
fn relayed_attempt(origin: &str) -> Attempt {
    let (random, relay) = ([9; ATTEMPT_RANDOM_BYTES], url(RELAY));
    let return_target = ReturnTarget::default();
    Attempt::begin(
        &provider(),
        origin,
        Some(&relay),
        return_target,
        &random,
        NOW,
    )
}

#[cfg(test)]
mod tests {
    use gatelet_core::fuzz::assert_both_ways;
    use proptest::prelude::*;

    use super::DOORS;

    #[test]
    fn what_is_kept_is_let_in_and_refused_at_every_door() {
        assert_both_ways(&DOORS);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn damaged_inputs_are_answered(one in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            for (_, door, kept) in DOORS {
                let mut damaged = kept[one.index(kept.len())].to_vec();
                if !damaged.is_empty() {
                    let at = at.index(damaged.len());
                    door(&damaged[..at]);
                    damaged[at] = byte;
                    door(&damaged);
                }
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for (_, door, _) in DOORS {
                door(&bytes);
            }
        }
    }
}
