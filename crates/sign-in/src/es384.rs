//! ECDSA on P-384 with SHA-384 (RFC 7518 §3.4), for jwt-compact, which has P-256.

use std::borrow::Cow;
use std::num::NonZeroUsize;

use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, AlgorithmSignature};
use p384::ecdsa::signature::{Signer as _, Verifier as _};
use p384::ecdsa::{Signature, SigningKey, VerifyingKey};

const COORDINATE_BYTES: usize = 48;

/// The algorithm.
pub(crate) struct Es384;

/// Both halves of a signature, 48 bytes each.
pub(crate) struct Es384Signature(Signature);

impl AlgorithmSignature for Es384Signature {
    const LENGTH: Option<NonZeroUsize> = NonZeroUsize::new(2 * COORDINATE_BYTES);

    fn try_from_slice(slice: &[u8]) -> anyhow::Result<Self> {
        Signature::from_slice(slice)
            .map(Self)
            .map_err(|error| anyhow::anyhow!("{error}"))
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.0.to_bytes().to_vec())
    }
}

impl Algorithm for Es384 {
    type SigningKey = SigningKey;
    type VerifyingKey = VerifyingKey;
    type Signature = Es384Signature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("ES384")
    }

    fn sign(&self, signing_key: &SigningKey, message: &[u8]) -> Es384Signature {
        Es384Signature(signing_key.sign(message))
    }

    fn verify_signature(
        &self,
        signature: &Es384Signature,
        verifying_key: &VerifyingKey,
        message: &[u8],
    ) -> bool {
        verifying_key.verify(message, &signature.0).is_ok()
    }
}

/// The key of a published one on this curve. None where it is not on it.
pub(crate) fn verifying_key(jwk: &JsonWebKey<'_>) -> Option<VerifyingKey> {
    let JsonWebKey::EllipticCurve { curve, x, y, .. } = jwk else {
        return None;
    };
    if curve != "P-384" || x.len() != COORDINATE_BYTES {
        return None;
    }
    // SEC 1 §2.3.4: uncompressed. It has one length, so the other coordinate has its own.
    let point: Vec<u8> = [4]
        .iter()
        .chain(x.iter())
        .chain(y.iter())
        .copied()
        .collect();
    VerifyingKey::from_sec1_bytes(&point).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::encode;
    use serde_json::{Value, json};

    fn jwk(curve: &str, x: &[u8], y: &[u8]) -> Option<VerifyingKey> {
        let jwk: Value = json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)});
        verifying_key(&serde_json::from_value(jwk).expect("a JWK"))
    }

    #[test]
    fn a_key_is_of_this_curve_and_its_coordinates_have_its_length() {
        let key = SigningKey::from_slice(&[7; COORDINATE_BYTES]).expect("a scalar");
        let point = key.verifying_key().to_encoded_point(false);
        let coordinates = &point.as_bytes()[1..];
        let split = |curve: &str, at: usize| jwk(curve, &coordinates[..at], &coordinates[at..]);
        assert_eq!(split("P-384", 48).as_ref(), Some(key.verifying_key()));
        assert_eq!(split("P-256", 48), None, "another curve's name");
        assert_eq!((split("P-384", 47), split("P-384", 49)), (None, None));
        let (x, y) = coordinates.split_at(48);
        let longer = [y, &[0]].concat();
        assert_eq!(
            (jwk("P-384", x, &y[1..]), jwk("P-384", x, &longer)),
            (None, None)
        );
        assert_eq!(jwk("P-384", &[7; 48], &[7; 48]), None, "not on it");
    }
}
