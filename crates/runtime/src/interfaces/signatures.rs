//! `gatelet:signatures@0.1.0` in native code: the curve of most passkeys by a library that
//! has it in assembly, the others as the component has them.

use gatelet_verifying::{Claim, Key};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

use super::bindings::gatelet::signatures::verifying::{self as port, Host};
use crate::state::State;

impl Host for State {
    fn verify(
        &mut self,
        key: port::Key,
        message: Vec<u8>,
        signature: Vec<u8>,
    ) -> wasmtime::Result<bool> {
        Ok(key_of(key).is_some_and(|key| {
            holds(&Claim {
                key: &key,
                message: &message,
                signature: &signature,
            })
        }))
    }
}

fn key_of(key: port::Key) -> Option<Key> {
    match key {
        port::Key::Es256(point) => Key::es256(&point),
        port::Key::Ed25519(bytes) => Key::ed25519(&bytes),
        port::Key::Rs256(key) => Key::rs256(key.n, key.e),
    }
}

fn holds(claim: &Claim<'_>) -> bool {
    match claim.key {
        Key::Es256(point) => {
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
            key.verify(claim.message, claim.signature).is_ok()
        }
        Key::Ed25519(_) | Key::Rs256(_) => claim.holds(),
    }
}

#[cfg(test)]
mod tests {
    use gatelet_verifying::contract::assert_verifies;

    #[test]
    fn native_code_judges_as_the_component_does() {
        assert_verifies(super::holds);
    }
}
