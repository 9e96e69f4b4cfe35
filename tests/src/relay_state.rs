//! What if somebody had the key, or nearly? Takes a relayed `state` apart and seals
//! it anew, written against the documented format (docs/design/0005) and not with
//! the code under test: `relay.<kid>.<base64url postcard>.<base64url HMAC-SHA256>`.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::session_cookie::{put_bytes, put_number, take_number, take_text};

/// What a relayed `state` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayState {
    /// Id of the key that seals.
    pub key_id: String,
    /// Base URL of the relay.
    pub relay: String,
    /// Base URL of the origin that began.
    pub target: String,
    /// The provider that was asked.
    pub provider: String,
    /// The attempt's own state.
    pub state: String,
    /// Unix seconds.
    pub expires: u64,
}

impl RelayState {
    /// Takes a `state` apart; fails the test when it is none.
    pub fn parse(value: &str) -> Self {
        let parts: Vec<&str> = value.split('.').collect();
        assert!(
            parts.len() == 4 && parts[0] == "relay",
            "a relayed state: {value}"
        );
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).expect("base64url");
        let mut rest = bytes.as_slice();
        let state = Self {
            key_id: parts[1].to_owned(),
            relay: take_text(&mut rest),
            target: take_text(&mut rest),
            provider: take_text(&mut rest),
            state: take_text(&mut rest),
            expires: take_number(&mut rest),
        };
        assert!(rest.is_empty(), "nothing is left over");
        state
    }

    /// The value, sealed with an entry of `session_keys` (`kid:base64url`).
    pub fn sealed_with(&self, key: &str) -> String {
        self.sealed_for("relay-state", key)
    }

    /// The same for another purpose.
    pub fn sealed_for(&self, purpose: &str, key: &str) -> String {
        let mut payload = Vec::new();
        for text in [&self.relay, &self.target, &self.provider, &self.state] {
            put_bytes(&mut payload, text.as_bytes());
        }
        put_number(&mut payload, self.expires);
        let signed = format!("{}.{}", self.key_id, BASE64_URL_SAFE_NO_PAD.encode(payload));
        let (_, secret) = key.split_once(':').expect("kid:key");
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret).expect("base64url");
        // RFC 5869 §2.3, one block, the purpose as `info`.
        let own = mac(&secret, &[b"gatelet ", purpose.as_bytes(), &[1]]);
        let mac = BASE64_URL_SAFE_NO_PAD.encode(mac(&own, &[signed.as_bytes()]));
        format!("relay.{signed}.{mac}")
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}
