//! Where does this line, or this cookie, end? Eight bytes at a time: header
//! sections are read whole for every request.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Position of the first byte that is `wanted`.
#[inline]
pub(crate) fn find(wanted: u8, bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let differs = u64::from_le_bytes(*word) ^ (ONES * u64::from(wanted));
        // The lowest byte that is zero borrows from above it, so the lowest high
        // bit that is left marks the first hit.
        let zero = differs.wrapping_sub(ONES) & !differs & HIGH;
        if zero != 0 {
            return Some(index * 8 + (zero.trailing_zeros() / 8) as usize);
        }
    }
    let tail = rest.iter().position(|byte| *byte == wanted)?;
    Some(words.len() * 8 + tail)
}

/// Whether there is a control character (RFC 5234 §B.1) other than tab.
#[inline]
pub(crate) fn has_control(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let suspect = words.iter().any(|word| {
        let word = u64::from_le_bytes(*word);
        // High bits where a byte is below a space, or is DEL; a borrow may mark
        // one byte too many, so what is marked is looked at again.
        let low = word.wrapping_sub(ONES * 0x20) & !word;
        let del = word ^ (ONES * 0x7f);
        (low | (del.wrapping_sub(ONES) & !del)) & HIGH != 0
    });
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    rest.iter().any(is_control) || suspect && bytes.iter().any(is_control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let odd = prop_oneof![
            Just(b'\n'),
            Just(b';'),
            Just(0x0b),
            Just(0x8a),
            Just(0x1f),
            Just(0x20),
            Just(0x7f),
            Just(0x7e),
            Just(0x80),
            Just(0xff),
            Just(b'\t'),
            any::<u8>(),
        ];
        prop_oneof![
            proptest::collection::vec(odd, 0..40),
            proptest::collection::vec(0x20_u8..0x7f, 0..40),
            proptest::collection::vec(0x80_u8.., 0..40),
        ]
    }

    #[test]
    fn every_byte_alone_is_judged_at_every_place() {
        for plain in [b'a', b' ', b'~', 0x80, 0xff] {
            for at in 0..17 {
                for byte in 0..=u8::MAX {
                    let mut bytes = [plain; 17];
                    bytes[at] = byte;
                    let expected = matches!(byte, 0..=8 | 10..=31 | 127);
                    assert_eq!(has_control(&bytes), expected, "{byte} at {at}");
                    let found = find(byte, &bytes);
                    let expected = if byte == plain { 0 } else { at };
                    assert_eq!(found, Some(expected), "{byte} at {at}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_first_hit_is_found(bytes in bytes(), wanted in prop_oneof![Just(b'\n'), Just(b';')]) {
            prop_assert_eq!(find(wanted, &bytes), bytes.iter().position(|byte| *byte == wanted));
        }

        #[test]
        fn control_characters_are_found(bytes in bytes()) {
            let expected = bytes.iter().any(|byte| matches!(byte, 0..=8 | 10..=31 | 127));
            prop_assert_eq!(has_control(&bytes), expected);
        }
    }
}
