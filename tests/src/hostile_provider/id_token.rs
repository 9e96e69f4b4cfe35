//! ID tokens, signed honestly and otherwise. Written out by hand: a JOSE library
//! would refuse to make most of these.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{CLIENT_SECRET, Plan, Signing};

/// The published key's id.
pub(super) const KEY_ID: &str = "published";

pub(super) fn new_key() -> SigningKey {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system has randomness");
        // All but a few numbers of 256 bits are keys of this curve.
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return key;
        }
    }
}

/// The public half as a JWK (RFC 7518 §6.2).
pub(super) fn public(key: &SigningKey, id: &str) -> Value {
    let point = key.verifying_key().to_encoded_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| {
        BASE64_URL_SAFE_NO_PAD.encode(bytes.expect("an uncompressed point has both"))
    };
    json!({
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": id,
        "x": coordinate(point.x()), "y": coordinate(point.y()),
    })
}

/// A token with these claims, header and signature as planned.
pub(super) fn made(plan: &Plan, key: &SigningKey, mut claims: Value) -> String {
    (plan.claims)(&mut claims);
    let other = new_key();
    let mut header = match plan.signing {
        Signing::None => json!({ "alg": "none", "typ": "JWT" }),
        Signing::NoneInCapitals => json!({ "alg": "NONE", "typ": "JWT" }),
        Signing::HmacWithPublicKey | Signing::HmacWithClientSecret => {
            json!({ "alg": "HS256", "typ": "JWT", "kid": KEY_ID })
        }
        Signing::NoKeyId => json!({ "alg": "ES256", "typ": "JWT" }),
        Signing::UnknownKeyId => json!({ "alg": "ES256", "typ": "JWT", "kid": "unheard-of" }),
        Signing::EmbeddedKey => {
            json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID, "jwk": public(&other, KEY_ID) })
        }
        Signing::Honest
        | Signing::OtherKey
        | Signing::BrokenSignature
        | Signing::TruncatedSignature => json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID }),
    };
    (plan.header)(&mut header);

    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    let ecdsa = |key: &SigningKey| {
        let signature: Signature = key.sign(signed.as_bytes());
        signature.to_bytes().to_vec()
    };
    let signature = match plan.signing {
        Signing::None | Signing::NoneInCapitals => Vec::new(),
        Signing::HmacWithPublicKey => hmac(public(key, KEY_ID).to_string().as_bytes(), &signed),
        Signing::HmacWithClientSecret => hmac(CLIENT_SECRET.as_bytes(), &signed),
        Signing::OtherKey | Signing::UnknownKeyId | Signing::EmbeddedKey => ecdsa(&other),
        Signing::Honest | Signing::NoKeyId => ecdsa(key),
        Signing::BrokenSignature => {
            let mut signature = ecdsa(key);
            *signature.last_mut().expect("64 bytes") ^= 1;
            signature
        }
        Signing::TruncatedSignature => ecdsa(key)[..63].to_vec(),
    };
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
