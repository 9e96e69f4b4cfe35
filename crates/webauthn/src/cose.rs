//! Which key? COSE_Key (RFC 9052, RFC 9053, RFC 8230) of the three algorithms that
//! authenticators have.

use gatelet_verifying::Key;

use crate::cbor::map;
use crate::refusal::Refusal;

const ES256: i64 = -7;
const ED25519: i64 = -8;
const RS256: i64 = -257;

/// Those that are asked for, the preferred first.
pub const ALGORITHMS: [i64; 3] = [ES256, ED25519, RS256];

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

/// The key at the beginning of these bytes, and how many they are.
pub(crate) fn public_key(bytes: &[u8]) -> Result<(Key, usize), Refusal> {
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
    let key = key_of(&parts).ok_or(Refusal::PublicKey)?;
    Ok((key, length))
}

fn key_of(parts: &Parts<'_>) -> Option<Key> {
    match (parts.kind?, parts.algorithm?, parts.curve) {
        (2, ES256, Some(1)) => {
            let (x, y) = (parts.x?, parts.y?);
            // Each as long as the other: 65 bytes alone would not say where x ends.
            (x.len() == y.len()).then(|| Key::es256(&[&[4], x, y].concat()))?
        }
        (1, ED25519, Some(6)) => Key::ed25519(parts.x?),
        // RFC 8230 §4: -1 is n, and -2 is e.
        (3, RS256, None) => Key::rs256(parts.n?.to_owned(), parts.x?.to_owned()),
        _ => None,
    }
}
