//! Has this key signed that? The three algorithms that passkeys have, by the field's own
//! crates: for the `signatures` component, and for those that judge what was signed.

#![forbid(unsafe_code)]

use ed25519_compact as ed25519;
use p256::ecdsa;
use p256::ecdsa::signature::Verifier as _;
use rsa::signature::Verifier as _;
use rsa::{BigUint, RsaPublicKey, pkcs1v15};

#[cfg(any(test, feature = "contract"))]
pub mod contract;
#[cfg(test)]
mod tests;

/// Of a coordinate of P-256 and of a key of Ed25519, in bytes.
const COORDINATE_BYTES: usize = 32;
/// Shortest modulus, in bits.
const RSA_MIN_BITS: usize = 2048;
/// Longest modulus, in bits.
const RSA_MAX_BITS: usize = 4096;
/// Longest public exponent, in bytes.
const RSA_EXPONENT_MAX_BYTES: usize = 4;

/// A public key that somebody may have signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// ECDSA over P-256 with SHA-256: `0x04`, x and y (SEC 1, section 2.3.3).
    Es256([u8; 1 + 2 * COORDINATE_BYTES]),
    /// EdDSA over Curve25519, RFC 8032.
    Ed25519([u8; COORDINATE_BYTES]),
    /// RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017.
    Rs256(RsaKey),
}

/// A key of RSA, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    /// The modulus.
    pub n: Vec<u8>,
    /// The public exponent.
    pub e: Vec<u8>,
}

/// That a key has signed a message.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Who is said to have signed.
    pub key: &'a Key,
    /// What.
    pub message: &'a [u8],
    /// Of ECDSA in DER, of the others as they are.
    pub signature: &'a [u8],
}

impl Key {
    /// A point that is on the curve, uncompressed.
    #[must_use]
    pub fn es256(point: &[u8]) -> Option<Self> {
        ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
        Some(Self::Es256(point.try_into().ok()?))
    }

    /// As many bytes as it has.
    #[must_use]
    pub fn ed25519(bytes: &[u8]) -> Option<Self> {
        Some(Self::Ed25519(bytes.try_into().ok()?))
    }

    /// A modulus of 2048 bits at least, and 4096 at most.
    #[must_use]
    pub fn rs256(n: Vec<u8>, e: Vec<u8>) -> Option<Self> {
        let key = RsaKey { n, e };
        key.parsed()?;
        Some(Self::Rs256(key))
    }
}

impl RsaKey {
    fn parsed(&self) -> Option<RsaPublicKey> {
        let Self { n, e } = self;
        if e.len() > RSA_EXPONENT_MAX_BYTES {
            return None;
        }
        let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
        // Zeros in front make no modulus longer.
        if n.bits() < RSA_MIN_BITS {
            return None;
        }
        RsaPublicKey::new_with_max_size(n, e, RSA_MAX_BITS).ok()
    }
}

impl Claim<'_> {
    /// Whether it has.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.verified().is_some()
    }

    fn verified(&self) -> Option<()> {
        let Self {
            key,
            message,
            signature,
        } = self;
        match key {
            Key::Es256(point) => {
                let key = ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
                let signature = ecdsa::Signature::from_der(signature).ok()?;
                key.verify(message, &signature).ok()
            }
            Key::Ed25519(bytes) => {
                let key = ed25519::PublicKey::from_slice(bytes).ok()?;
                let signature = ed25519::Signature::from_slice(signature).ok()?;
                key.verify(message, &signature).ok()
            }
            Key::Rs256(key) => {
                let key = pkcs1v15::VerifyingKey::<rsa::sha2::Sha256>::new(key.parsed()?);
                let signature = pkcs1v15::Signature::try_from(*signature).ok()?;
                key.verify(message, &signature).ok()
            }
        }
    }
}
