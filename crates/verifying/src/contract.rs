//! What whoever verifies signatures must say: Project Wycheproof's vectors, forged,
//! malleable and malformed signatures of every kind that has broken some library. For the
//! crate itself, the `signatures` component and the native code alike.

use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify};

use crate::{Claim, Key};

/// Has all of it judged. What the vectors leave open is judged as this crate does.
///
/// # Panics
/// Where one is judged otherwise.
pub fn assert_verifies(mut verify: impl FnMut(&Claim<'_>) -> bool) {
    let mut count = [0; 2];
    for (key, message, signature, expected, why) in vectors() {
        let claim = Claim {
            key: &key,
            message: &message,
            signature: &signature,
        };
        let expected = match expected {
            TestResult::Valid => true,
            TestResult::Invalid => false,
            TestResult::Acceptable => claim.holds(),
        };
        assert_eq!(verify(&claim), expected, "{key:?}: {why}");
        count[usize::from(expected)] += 1;
    }
    let [refused, held] = count;
    assert!(
        refused > 500 && held > 200,
        "{held} held, {refused} refused"
    );
}

/// A key, a message, a signature, whether it is one, and what is odd about it.
type Vector = (Key, Vec<u8>, Vec<u8>, TestResult, String);

fn vectors() -> Vec<Vector> {
    let mut vectors = Vec::new();
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).expect("vectors");
    for group in set.test_groups {
        let key = Key::es256(&group.key.key).expect("on the curve");
        for test in group.tests {
            let (message, signature) = (test.msg.to_vec(), test.sig.to_vec());
            vectors.push((key.clone(), message, signature, test.result, test.comment));
        }
    }
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("vectors");
    for group in set.test_groups {
        let key = Key::ed25519(&group.key.pk).expect("32 bytes");
        for test in group.tests {
            let (message, signature) = (test.msg.to_vec(), test.sig.to_vec());
            vectors.push((key.clone(), message, signature, test.result, test.comment));
        }
    }
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256};
    for name in [Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256] {
        let set = rsa_pkcs1_verify::TestSet::load(name).expect("vectors");
        for group in set.test_groups {
            let key = Key::rs256(group.key.n.to_vec(), group.key.e.to_vec());
            let key = key.expect("long enough");
            for test in group.tests {
                let (message, signature) = (test.msg.to_vec(), test.sig.to_vec());
                vectors.push((key.clone(), message, signature, test.result, test.comment));
            }
        }
    }
    vectors
}
