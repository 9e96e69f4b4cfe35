//! Who is a user, for ever? An identifier that no change of name, email or
//! provider touches.

use core::fmt;

/// A UUID of version 4 (RFC 9562 §5.4) in its lower-case text form, 36 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(String);

impl UserId {
    /// A new identifier out of 16 random bytes, of which 122 bits are kept.
    #[must_use]
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = (bytes[6] & 0x0f) + 0x40;
        bytes[8] = (bytes[8] & 0x3f) + 0x80;
        let mut text = String::with_capacity(36);
        for (position, byte) in bytes.iter().enumerate() {
            if matches!(position, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 0x0f] {
                text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_carry_version_and_variant() {
        assert_eq!(
            UserId::from_random([0; 16]).as_str(),
            "00000000-0000-4000-8000-000000000000"
        );
        assert_eq!(
            UserId::from_random([0xff; 16]).as_str(),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
        let counting = core::array::from_fn(|n| u8::try_from(n * 16 + n).expect("below 256"));
        assert_eq!(
            UserId::from_random(counting).as_str(),
            "00112233-4455-4677-8899-aabbccddeeff"
        );
        let user = UserId::from_random(counting);
        assert_eq!(user.to_string(), user.as_str());
    }
}
