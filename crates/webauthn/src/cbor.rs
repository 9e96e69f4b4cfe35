//! Maps of CBOR as authenticators write them: of definite length, each key once, nothing
//! behind them (CTAP 2.2, section 8).

use minicbor::Decoder;
use minicbor::data::Type;

/// Most entries of a map that is read.
const ENTRIES_MAX: u64 = 32;
/// Deepest nesting that is skipped, the outermost map or list counted.
const DEPTH_MAX: u8 = 4;

/// A map at the beginning of `bytes`: calls `entry` for each key, which reads the value
/// and answers whether it knew it, or leaves it to be skipped. Answers how many bytes the
/// map has.
pub(crate) fn map<'b, K: PartialEq>(
    bytes: &'b [u8],
    key: impl Fn(&mut Decoder<'b>) -> Option<K>,
    mut entry: impl FnMut(&K, &mut Decoder<'b>) -> Option<bool>,
) -> Option<usize> {
    let mut decoder = Decoder::new(bytes);
    let entries = decoder.map().ok()??;
    if entries > ENTRIES_MAX {
        return None;
    }
    let mut seen = Vec::new();
    for _ in 0..entries {
        let key = key(&mut decoder)?;
        if seen.contains(&key) {
            return None;
        }
        if !entry(&key, &mut decoder)? {
            skip(&mut decoder, DEPTH_MAX - 1)?;
        }
        seen.push(key);
    }
    Some(decoder.position())
}

/// How many bytes one value has, of whatever kind.
pub(crate) fn length_of_value(bytes: &[u8]) -> Option<usize> {
    let mut decoder = Decoder::new(bytes);
    skip(&mut decoder, DEPTH_MAX)?;
    Some(decoder.position())
}

/// Past one value of definite length.
fn skip(decoder: &mut Decoder<'_>, depth: u8) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match decoder.datatype().ok()? {
        Type::Map => {
            let entries = decoder.map().ok()??;
            for _ in 0..entries.checked_mul(2)? {
                skip(decoder, depth)?;
            }
        }
        Type::Array => {
            for _ in 0..decoder.array().ok()?? {
                skip(decoder, depth)?;
            }
        }
        Type::Bytes => drop(decoder.bytes().ok()?),
        Type::String => drop(decoder.str().ok()?),
        Type::BytesIndef | Type::StringIndef | Type::ArrayIndef | Type::MapIndef => return None,
        Type::Tag | Type::Break | Type::Unknown(_) => return None,
        _ => decoder.skip().ok()?,
    }
    Some(())
}
