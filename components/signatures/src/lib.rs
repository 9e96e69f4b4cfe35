//! Verifies signatures, and reaches nothing. `gatelet up` puts native code in its place.

mod bindings;

use bindings::exports::gatelet::signatures::verifying::{Guest, Key};
use gatelet_verifying::Claim;

struct Signatures;

impl Guest for Signatures {
    fn verify(key: Key, message: Vec<u8>, signature: Vec<u8>) -> bool {
        key_of(key).is_some_and(|key| {
            let claim = Claim {
                key: &key,
                message: &message,
                signature: &signature,
            };
            claim.holds()
        })
    }
}

fn key_of(key: Key) -> Option<gatelet_verifying::Key> {
    match key {
        Key::Es256(point) => gatelet_verifying::Key::es256(&point),
        Key::Ed25519(bytes) => gatelet_verifying::Key::ed25519(&bytes),
        Key::Rs256(key) => gatelet_verifying::Key::rs256(key.n, key.e),
    }
}
