//! Who is a user, for ever? An identifier that no change of name, email or
//! provider touches.

use core::fmt;

use sha2::{Digest as _, Sha256};

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

    /// Takes the lower-case text form of any UUID (RFC 9562 §4).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            });
        fits.then(|| Self(text.to_owned()))
    }

    /// The identifier that follows from a text: the same each time, and another's for
    /// another text. For people who are made up: real ones get a random one.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self::from_random(bytes)
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
    fn a_uuid_is_taken_in_its_one_form() {
        let text = "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c11";
        assert_eq!(UserId::parse(text).as_ref().map(UserId::as_str), Some(text));
        for wrong in [
            "",
            "2F1C8F0E-6A57-4B52-9D0F-1F0D6A3B7C11",
            "2f1c8f0e06a57-4b52-9d0f-1f0d6a3b7c11",
            "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c1",
            "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c111",
            "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c1-",
            "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c1\n",
        ] {
            assert_eq!(UserId::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_identifier_of_a_text_is_its_alone() {
        let ada = UserId::of_text("ada@example.org");
        assert_eq!(ada, UserId::of_text("ada@example.org"));
        assert_ne!(ada, UserId::of_text("bob@example.org"));
        assert_eq!(UserId::parse(ada.as_str()), Some(ada));
    }

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
