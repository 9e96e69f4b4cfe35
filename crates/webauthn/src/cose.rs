//! Which key, and what has it signed? COSE_Key (RFC 9052, RFC 9053, RFC 8230) of the
//! three algorithms that authenticators have, and their signatures.

use ed25519_compact as ed25519;
use p256::ecdsa;
use p256::ecdsa::signature::Verifier as _;
use rsa::signature::Verifier as _;
use rsa::{BigUint, RsaPublicKey, pkcs1v15};

use crate::cbor::map;
use crate::refusal::Refusal;

const ES256: i64 = -7;
const ED25519: i64 = -8;
const RS256: i64 = -257;

/// Those that are asked for, the preferred first.
pub const ALGORITHMS: [i64; 3] = [ES256, ED25519, RS256];

const RSA_MIN_BYTES: usize = 256;
const RSA_MAX_BITS: usize = 4096;

/// A key that signatures are verified with.
#[derive(Debug)]
pub(crate) enum PublicKey {
    Es256(ecdsa::VerifyingKey),
    Ed25519(ed25519::PublicKey),
    Rs256(pkcs1v15::VerifyingKey<rsa::sha2::Sha256>),
}

/// What a COSE_Key says.
#[derive(Default)]
struct Parts<'b> {
    kind: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    /// `x` of a curve.
    x: Option<&'b [u8]>,
    y: Option<&'b [u8]>,
    /// `n` of RSA, which has the label of a curve's name.
    n: Option<&'b [u8]>,
}

impl PublicKey {
    /// The key at the beginning of these bytes, and how many they are.
    pub(crate) fn parse(bytes: &[u8]) -> Result<(Self, usize), Refusal> {
        let mut parts = Parts::default();
        let length = map(
            bytes,
            |key| key.i64().ok(),
            |key, value| {
                match key {
                    1 => parts.kind = Some(value.i64().ok()?),
                    3 => parts.algorithm = Some(value.i64().ok()?),
                    -1 => match value.datatype().ok()? {
                        minicbor::data::Type::Bytes => parts.n = Some(value.bytes().ok()?),
                        _ => parts.curve = Some(value.i64().ok()?),
                    },
                    -2 => parts.x = Some(value.bytes().ok()?),
                    -3 => parts.y = Some(value.bytes().ok()?),
                    _ => return Some(false),
                }
                Some(true)
            },
        );
        let length = length.ok_or(Refusal::PublicKey)?;
        let key = Self::of(&parts).ok_or(Refusal::PublicKey)?;
        Ok((key, length))
    }

    fn of(parts: &Parts<'_>) -> Option<Self> {
        match (parts.kind?, parts.algorithm?, parts.curve) {
            (2, ES256, Some(1)) => {
                let x: [u8; 32] = parts.x?.try_into().ok()?;
                let y: [u8; 32] = parts.y?.try_into().ok()?;
                let point = [&[4][..], &x, &y].concat();
                // Refuses what is not on the curve.
                let key = ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()?;
                Some(Self::Es256(key))
            }
            (1, ED25519, Some(6)) => {
                let key = ed25519::PublicKey::from_slice(parts.x?).ok()?;
                Some(Self::Ed25519(key))
            }
            (3, RS256, None) => {
                // RFC 8230 §4: -1 is n, and -2 is e.
                let (n, e) = (parts.n?, parts.x?);
                if n.len() < RSA_MIN_BYTES || e.len() > 4 {
                    return None;
                }
                let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
                let key = RsaPublicKey::new_with_max_size(n, e, RSA_MAX_BITS).ok()?;
                Some(Self::Rs256(pkcs1v15::VerifyingKey::new(key)))
            }
            _ => None,
        }
    }

    /// Whether it has signed this (§6.5.5: ECDSA in DER, the others as they are).
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::Ed25519(key) => ed25519::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::Rs256(key) => pkcs1v15::Signature::try_from(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}
