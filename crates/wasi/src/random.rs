//! What can nobody guess?

use wasip3::random::random::get_random_bytes;

/// `N` random bytes. The host may hand out fewer at a time than asked for.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let mut filled = 0;
    while filled < N {
        let missing = N - filled;
        let chunk = get_random_bytes(missing as u64);
        let taken = chunk.len().min(missing);
        bytes[filled..filled + taken].copy_from_slice(&chunk[..taken]);
        filled += taken;
    }
    bytes
}
