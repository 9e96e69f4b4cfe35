//! Where does a line of the header section end? Eight bytes at a time: header
//! sections are read whole for every request.

/// Position of the first line feed.
#[inline]
pub(crate) fn find_line_end(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const FEEDS: u64 = ONES * b'\n' as u64;

    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let differs = u64::from_le_bytes(*word) ^ FEEDS;
        // The lowest byte that is zero borrows from above it, so the lowest high
        // bit that is left marks the first line feed.
        let zero = differs.wrapping_sub(ONES) & !differs & HIGH;
        if zero != 0 {
            return Some(index * 8 + (zero.trailing_zeros() / 8) as usize);
        }
    }
    let tail = rest.iter().position(|byte| *byte == b'\n')?;
    Some(words.len() * 8 + tail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_line_feed_is_found(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(0x0b), Just(0x8a), any::<u8>()], 0..40)) {
            prop_assert_eq!(find_line_end(&bytes), bytes.iter().position(|byte| *byte == b'\n'));
        }
    }
}
