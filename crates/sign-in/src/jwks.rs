//! With which key may this token be signed? A provider's published keys
//! (RFC 7517), and when to ask for them again.

use core::fmt;

use jwt_compact::alg::{Es256, RsaPublicKey};
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, alg::Ed25519};
use serde_json::Value;

use crate::es384::{self, Es384};
use crate::provider::SigningAlgorithm;
use crate::refusal::{Refusal, RefusalCode};

/// Longest key set, in bytes.
pub const JWKS_MAX_BYTES: usize = 256 * 1024;
/// Most keys that are looked at.
pub const JWKS_MAX_KEYS: usize = 64;
/// How long a key set is used before it is fetched again: so long does a key
/// that the provider withdrew stay good.
pub const JWKS_MAX_AGE_SECONDS: u64 = 3600;
/// How long after a fetch an unknown key identifier causes no other. Tokens come
/// from the provider itself, so this bounds its own mistakes alone and can be
/// short: a key that it begins to use right after a fetch is found at the next try.
pub const JWKS_REFETCH_INTERVAL_SECONDS: u64 = 5;

const KEY_ID_MAX_BYTES: usize = 512;
/// RFC 7518 §3.3 sets the lower bound; the upper bounds the work of a verification.
const RSA_MODULUS_BITS: core::ops::RangeInclusive<usize> = 2048..=4096;

/// A provider's keys for signatures that we can verify.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<PublishedKey>,
}

/// A key set and when it was fetched, for keeping under its URL.
#[derive(Clone, Debug)]
pub struct CachedKeySet {
    /// The keys.
    pub keys: KeySet,
    /// When they were fetched, in Unix seconds.
    pub fetched: u64,
}

/// One key. Its type and what it says of itself, not the token, tell with which
/// algorithms it verifies.
#[derive(Clone)]
pub(super) struct PublishedKey {
    id: Option<String>,
    only: Option<SigningAlgorithm>,
    pub(super) key: VerifyingKey,
}

#[derive(Clone)]
pub(super) enum VerifyingKey {
    Rsa(Box<RsaPublicKey>),
    P256(<Es256 as Algorithm>::VerifyingKey),
    P384(Box<<Es384 as Algorithm>::VerifyingKey>),
    Ed25519(<Ed25519 as Algorithm>::VerifyingKey),
}

impl CachedKeySet {
    /// Whether the set is too old to be used.
    #[must_use]
    pub fn is_stale(&self, now: u64) -> bool {
        now.saturating_sub(self.fetched) >= JWKS_MAX_AGE_SECONDS
    }

    /// Whether a token signed with an unknown key is worth another fetch.
    #[must_use]
    pub fn may_refetch(&self, now: u64) -> bool {
        now.saturating_sub(self.fetched) >= JWKS_REFETCH_INTERVAL_SECONDS
    }
}

impl KeySet {
    /// Judges the answer to `GET` `jwks_uri`.
    ///
    /// Keys of unknown type, for encryption, too weak, malformed, symmetric or
    /// with their private half are passed over, as RFC 7517 §5 says of keys that
    /// are not understood: one odd key must not lock everybody out.
    pub fn judge(status: u16, body: &[u8]) -> Result<Self, Refusal> {
        let malformed = |detail: String| Refusal::new(RefusalCode::JwksMalformed, detail);
        if status != 200 {
            return Err(malformed(format!("answered {status}")));
        }
        if body.len() > JWKS_MAX_BYTES {
            return Err(malformed(format!("{} bytes", body.len())));
        }
        let document: Value = serde_json::from_slice(body).map_err(|error| {
            malformed(format!(
                "not JSON at line {} column {}",
                error.line(),
                error.column()
            ))
        })?;
        let keys = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or_else(|| malformed("no `keys`".into()))?;
        if keys.len() > JWKS_MAX_KEYS {
            return Err(malformed(format!("{} keys", keys.len())));
        }
        Ok(Self {
            keys: keys.iter().filter_map(PublishedKey::parse).collect(),
        })
    }

    /// How many keys can be used.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that a token which names `key_id` and `algorithm` can be signed
    /// with (OpenID Connect Core 1.0 §10.1): those of that identifier, or without
    /// one the only key of the algorithm.
    pub(super) fn select(
        &self,
        key_id: Option<&str>,
        algorithm: SigningAlgorithm,
    ) -> Result<Vec<&PublishedKey>, Refusal> {
        let fitting = self.keys.iter().filter(|key| key.fits(algorithm));
        let selected: Vec<&PublishedKey> = match key_id {
            Some(wanted) => fitting
                .filter(|key| key.id.as_deref() == Some(wanted))
                .collect(),
            None => fitting.collect(),
        };
        match (key_id, selected.len()) {
            (_, 0) => Err(RefusalCode::IdTokenKeyUnknown.into()),
            (Some(_), _) | (None, 1) => Ok(selected),
            (None, several) => Err(Refusal::new(
                RefusalCode::IdTokenKeyAmbiguous,
                format!("{several} keys for {}", algorithm.as_str()),
            )),
        }
    }
}

impl PublishedKey {
    fn parse(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).map(|value| value.as_str());
        // RFC 7517 §4.2, §4.3: what a key says of its use binds.
        if text("use").is_some_and(|usage| usage != Some("sig")) {
            return None;
        }
        if let Some(operations) = jwk.get("key_ops")
            && !operations
                .as_array()?
                .iter()
                .any(|operation| operation == "verify")
        {
            return None;
        }
        // A private key that is published is nobody's key any more.
        if jwk.get("d").is_some() {
            return None;
        }
        let id = match text("kid") {
            None => None,
            Some(id) => Some(id.filter(|id| id.len() <= KEY_ID_MAX_BYTES)?.to_owned()),
        };
        let parsed: JsonWebKey<'_> = serde_json::from_value(jwk.clone()).ok()?;
        let key = VerifyingKey::parse(&parsed)?;
        // RFC 7517 §4.4: and so does what it says of its algorithm. RFC 9864 has
        // `Ed25519` for what used to be `EdDSA` alone.
        let only = match text("alg") {
            None => None,
            Some(Some("Ed25519")) => Some(SigningAlgorithm::EdDsa),
            Some(named) => Some(SigningAlgorithm::parse(named?)?),
        };
        let published = Self { id, only, key };
        only.is_none_or(|only| published.key.fits(only))
            .then_some(published)
    }

    fn fits(&self, algorithm: SigningAlgorithm) -> bool {
        self.key.fits(algorithm) && self.only.is_none_or(|only| only == algorithm)
    }
}

impl VerifyingKey {
    fn fits(&self, algorithm: SigningAlgorithm) -> bool {
        match algorithm {
            SigningAlgorithm::Rs256
            | SigningAlgorithm::Rs384
            | SigningAlgorithm::Rs512
            | SigningAlgorithm::Ps256
            | SigningAlgorithm::Ps384
            | SigningAlgorithm::Ps512 => matches!(self, Self::Rsa(_)),
            SigningAlgorithm::Es256 => matches!(self, Self::P256(_)),
            SigningAlgorithm::Es384 => matches!(self, Self::P384(_)),
            SigningAlgorithm::EdDsa => matches!(self, Self::Ed25519(_)),
        }
    }

    fn parse(jwk: &JsonWebKey<'_>) -> Option<Self> {
        match jwk {
            JsonWebKey::Rsa { modulus, .. } => {
                let leading_zeros = modulus.iter().take_while(|byte| **byte == 0).count();
                let significant = &modulus[leading_zeros..];
                let bits = significant.len() * 8
                    - usize::try_from(significant.first()?.leading_zeros()).ok()?;
                if !RSA_MODULUS_BITS.contains(&bits) {
                    return None;
                }
                RsaPublicKey::try_from(jwk)
                    .ok()
                    .map(|key| Self::Rsa(Box::new(key)))
            }
            JsonWebKey::EllipticCurve { .. } => <Es256 as Algorithm>::VerifyingKey::try_from(jwk)
                .ok()
                .map(Self::P256)
                .or_else(|| es384::verifying_key(jwk).map(|key| Self::P384(Box::new(key)))),
            JsonWebKey::KeyPair { .. } => <Ed25519 as Algorithm>::VerifyingKey::try_from(jwk)
                .ok()
                .map(Self::Ed25519),
            // A symmetric key would make every reader of the set a signer. The
            // enum is open: a type that a later version knows is unknown here.
            _ => None,
        }
    }
}

impl fmt::Debug for PublishedKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PublishedKey")
            .field("id", &self.id)
            .field("only", &self.only)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::{NOW, Signer, padded};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_key_is_shown_by_its_id() {
        let document = json!({ "keys": [Signer::es256("k1").jwk()] }).to_string();
        let keys = KeySet::judge(200, document.as_bytes()).expect("a key set");
        assert!(format!("{keys:?}").contains("\"k1\""), "{keys:?}");
    }

    fn count(key: Value) -> usize {
        KeySet::judge(200, json!({ "keys": [key] }).to_string().as_bytes())
            .expect("a key set")
            .len()
    }

    fn with(signer: &Signer, name: &str, value: Value) -> Value {
        let mut jwk = signer.jwk();
        match value {
            Value::Null => drop(jwk.as_object_mut().expect("an object").remove(name)),
            value => jwk[name] = value,
        }
        jwk
    }

    #[test]
    fn keys_that_cannot_verify_an_id_token_are_passed_over() {
        let (rsa, ec, ed) = (
            Signer::rs256("k1"),
            Signer::es256("k2"),
            Signer::eddsa("k3"),
        );
        for (case, key, expected) in [
            ("RSA", rsa.jwk(), 1),
            ("P-256", ec.jwk(), 1),
            ("Ed25519", ed.jwk(), 1),
            ("without use and alg", with(&rsa, "use", Value::Null), 1),
            ("with key_ops", with(&rsa, "key_ops", json!(["verify"])), 1),
            (
                "Ed25519 by its newer name",
                with(&ed, "alg", "Ed25519".into()),
                1,
            ),
            ("for encryption", with(&rsa, "use", "enc".into()), 0),
            ("odd use", with(&rsa, "use", 5.into()), 0),
            ("for wrapping", with(&rsa, "key_ops", json!(["wrapKey"])), 0),
            ("key_ops no list", with(&rsa, "key_ops", "verify".into()), 0),
            ("for PS256", with(&rsa, "alg", "PS256".into()), 1),
            ("for RS512", with(&rsa, "alg", "RS512".into()), 1),
            ("RSA for HS256", with(&rsa, "alg", "HS256".into()), 0),
            ("EC for RS256", with(&ec, "alg", "RS256".into()), 0),
            ("with its private half", with(&rsa, "d", "AQAB".into()), 0),
            (
                "symmetric",
                json!({"kty": "oct", "k": "c2VjcmV0", "kid": "k"}),
                0,
            ),
            ("unknown type", json!({"kty": "AKP", "pub": "AAAA"}), 0),
            ("no type", json!({"n": "AAAA"}), 0),
            ("another curve", with(&ec, "crv", "P-384".into()), 0),
            (
                "not on the curve",
                with(
                    &ec,
                    "x",
                    json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                ),
                0,
            ),
            ("short coordinate", with(&ec, "x", json!("AAAA")), 0),
            ("X25519", with(&ed, "crv", "X25519".into()), 0),
            ("short Ed25519 key", with(&ed, "x", json!("AAAA")), 0),
            (
                "RSA of 1024 bits",
                with(&rsa, "n", URL_SAFE_NO_PAD.encode([0xff; 128]).into()),
                0,
            ),
            (
                "RSA of 2047 bits",
                with(
                    &rsa,
                    "n",
                    URL_SAFE_NO_PAD
                        .encode([&[0x7f][..], &[0xff; 255]].concat())
                        .into(),
                ),
                0,
            ),
            (
                "RSA of 1024 bits behind zeros",
                with(
                    &rsa,
                    "n",
                    URL_SAFE_NO_PAD
                        .encode([[0; 128], [0xff; 128]].concat())
                        .into(),
                ),
                0,
            ),
            (
                "RSA of 8192 bits",
                with(&rsa, "n", URL_SAFE_NO_PAD.encode([0xff; 1024]).into()),
                0,
            ),
            ("RSA of nothing", with(&rsa, "n", "".into()), 0),
            (
                "RSA of zeros",
                with(&rsa, "n", URL_SAFE_NO_PAD.encode([0; 256]).into()),
                0,
            ),
            ("exponent 1", with(&rsa, "e", "AQ".into()), 0),
            ("exponent 0", with(&rsa, "e", "AA".into()), 0),
            ("no base64url", with(&rsa, "n", "+/==".into()), 0),
            ("identifier no text", with(&rsa, "kid", 5.into()), 0),
            (
                "identifier too long",
                with(&rsa, "kid", "k".repeat(513).into()),
                0,
            ),
            (
                "identifier of the longest",
                with(&rsa, "kid", "k".repeat(512).into()),
                1,
            ),
            ("no object", json!("key"), 0),
        ] {
            assert_eq!(count(key), expected, "{case}");
        }
    }

    #[test]
    fn answers_that_are_no_key_sets_are_refused() {
        let many: Vec<Value> = (0..=JWKS_MAX_KEYS).map(|_| json!({})).collect();
        let many = json!({ "keys": many }).to_string();
        let large = format!("{{\"keys\":[]}}{}", " ".repeat(JWKS_MAX_BYTES));
        for (case, status, body) in [
            ("an error", 500, r#"{"keys":[]}"#),
            ("a redirect", 302, r#"{"keys":[]}"#),
            ("nothing", 200, ""),
            ("no object", 200, "[]"),
            ("no keys", 200, "{}"),
            ("keys no list", 200, r#"{"keys":{}}"#),
            ("too many", 200, &many),
            ("too large", 200, &large),
            ("too deep", 200, &"[".repeat(100_000)),
        ] {
            assert_eq!(
                KeySet::judge(status, body.as_bytes()).expect_err(case).code,
                RefusalCode::JwksMalformed,
                "{case}"
            );
        }
        assert!(
            KeySet::judge(200, br#"{"keys":[]}"#)
                .expect("an empty set")
                .is_empty()
        );
        let most: Vec<Value> = (0..JWKS_MAX_KEYS).map(|_| json!({})).collect();
        let most = json!({ "keys": most }).to_string();
        let largest = padded(r#"{"keys":[]}"#, 256 * 1024);
        for (case, body) in [("many", most), ("large", largest)] {
            assert!(KeySet::judge(200, body.as_bytes()).is_ok(), "{case}");
        }
    }

    #[test]
    fn the_identifier_and_the_algorithm_select_the_key() {
        let (rsa, other, ec) = (
            Signer::rs256("k1"),
            Signer::other_rs256("k2"),
            Signer::es256("k1"),
        );
        let set = crate::tests::test_provider::key_set(&[&rsa, &other, &ec]);
        let select = |id, algorithm| {
            set.select(id, algorithm)
                .map(|keys| keys.len())
                .map_err(|refusal| refusal.code)
        };
        assert_eq!(select(Some("k1"), SigningAlgorithm::Rs256), Ok(1));
        assert_eq!(select(Some("k1"), SigningAlgorithm::Es256), Ok(1));
        assert_eq!(
            select(Some("k1"), SigningAlgorithm::EdDsa),
            Err(RefusalCode::IdTokenKeyUnknown)
        );
        assert_eq!(
            select(Some("k2"), SigningAlgorithm::Es256),
            Err(RefusalCode::IdTokenKeyUnknown)
        );
        assert_eq!(
            select(Some("K1"), SigningAlgorithm::Rs256),
            Err(RefusalCode::IdTokenKeyUnknown)
        );
        assert_eq!(
            select(None, SigningAlgorithm::Rs256),
            Err(RefusalCode::IdTokenKeyAmbiguous)
        );
        assert_eq!(select(None, SigningAlgorithm::Es256), Ok(1));
    }

    #[test]
    fn key_sets_age() {
        let set = CachedKeySet {
            keys: KeySet::default(),
            fetched: NOW,
        };
        assert!(
            !set.is_stale(NOW + JWKS_MAX_AGE_SECONDS - 1)
                && set.is_stale(NOW + JWKS_MAX_AGE_SECONDS)
        );
        assert!(
            !set.may_refetch(NOW) && !set.may_refetch(0),
            "a clock that went back is no reason"
        );
    }

    proptest! {
        #[test]
        fn any_key_is_answered(kty in "RSA|EC|OKP|oct", n in "[A-Za-z0-9_-]{0,400}", e in "[A-Za-z0-9_-]{0,8}", crv in "P-256|Ed25519") {
            let _ = count(json!({"kty": kty, "n": n, "e": e, "crv": crv, "x": n, "y": e, "k": e}));
        }
    }
}
