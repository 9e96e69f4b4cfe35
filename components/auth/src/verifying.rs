//! Where are signatures of passkeys verified? In `signatures`, which has native code in its
//! place where the host has some: P-256 takes WebAssembly some fourteen times as long.

use crate::bindings::gatelet::signatures::verifying::{self, RsaKey};
use gatelet_verifying::{Claim, Key};

/// Whether the key has signed that.
pub(crate) fn holds(claim: &Claim<'_>) -> bool {
    let key = match claim.key {
        Key::Es256(point) => verifying::Key::Es256(point.to_vec()),
        Key::Ed25519(bytes) => verifying::Key::Ed25519(bytes.to_vec()),
        Key::Rs256(key) => verifying::Key::Rs256(RsaKey {
            n: key.n.clone(),
            e: key.e.clone(),
        }),
    };
    verifying::verify(&key, claim.message, claim.signature)
}
