//! Under which name does one request appear in logs here and upstream?

use std::cell::Cell;

use http::HeaderValue;

/// Makes request ids on one thread: 32 hexadecimal digits, unique by a random
/// start, not secret.
pub(super) struct RequestIds {
    high: u64,
    low: Cell<u64>,
}

/// One request's id.
#[derive(Clone)]
pub(super) struct RequestId(HeaderValue);

impl RequestIds {
    pub(super) fn new() -> Self {
        let word = || getrandom::u64().expect("the operating system has random bytes");
        Self {
            high: word(),
            low: Cell::new(word()),
        }
    }

    pub(super) fn next(&self) -> RequestId {
        // A Weyl sequence never repeats within 2^64 steps; the mix (SplitMix64's
        // finalizer) makes neighbours look unrelated in a log.
        let low = self.low.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.low.set(low);
        let mut mixed = low;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let mut text = [0_u8; 32];
        write_hex(self.high, &mut text[..16]);
        write_hex(mixed, &mut text[16..]);
        RequestId(HeaderValue::from_bytes(&text).expect("hexadecimal digits are visible ASCII"))
    }
}

impl RequestId {
    /// A trusted peer's id, if it is one that a log line can carry: up to 128
    /// letters, digits, `-`, `_`, `.`, `:`.
    pub(super) fn adopt(value: &HeaderValue) -> Option<Self> {
        let bytes = value.as_bytes();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
        (!bytes.is_empty() && bytes.len() <= 128 && bytes.iter().all(plain))
            .then(|| Self(value.clone()))
    }

    pub(super) fn value(&self) -> HeaderValue {
        self.0.clone()
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

fn write_hex(word: u64, out: &mut [u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (place, digit) in out.iter_mut().enumerate() {
        let shift = 60 - 4 * place;
        *digit = DIGITS[((word >> shift) & 15) as usize];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_are_hexadecimal() {
        let ids = RequestIds::new();
        let made: std::collections::HashSet<String> =
            (0..1000).map(|_| ids.next().as_str().to_owned()).collect();
        assert_eq!(made.len(), 1000);
        assert!(
            made.iter()
                .all(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()))
        );
    }

    #[test]
    fn an_id_that_could_forge_a_log_line_is_not_adopted() {
        for (value, adopted) in [
            ("abc-1", true),
            ("", false),
            ("a b", false),
            ("a\"b", false),
            ("a=b", false),
            (&"a".repeat(129), false),
        ] {
            let value = HeaderValue::from_str(value).expect("a field value");
            assert_eq!(RequestId::adopt(&value).is_some(), adopted, "{value:?}");
        }
    }
}
