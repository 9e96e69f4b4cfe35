//! What lets somebody in who has lost every other factor? Codes on paper.
//!
//! Each is 80 random bits. Argon2 is for what people think up: of such a code nobody who
//! has its SHA-256 finds a single one by trying, at any speed.

use sha2::{Digest as _, Sha256};

use crate::second_factor::SecondProof;

/// How many a user gets at once.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of each.
pub const CODE_BYTES: usize = 10;
/// Letters and digits that nobody takes for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const CODE_CHARACTERS: usize = CODE_BYTES * 8 / 5;

/// A code, by its sixteen characters.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new one, out of fresh random bytes.
    #[must_use]
    pub fn from_random(bytes: &[u8; CODE_BYTES]) -> Self {
        let mut text = String::with_capacity(CODE_CHARACTERS);
        for group in bytes.chunks(5) {
            let bits = group
                .iter()
                .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for at in (0..8).rev() {
                let index = usize::try_from(bits >> (at * 5) & 31).unwrap_or_default();
                text.push(char::from(ALPHABET[index]));
            }
        }
        Self(text)
    }

    /// As somebody typed it: in groups or not, in any case, with `o` for `0`, and `i` and
    /// `l` for `1`.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut text = String::with_capacity(CODE_CHARACTERS);
        for character in typed.chars() {
            match character.to_ascii_lowercase() {
                '-' => {}
                c if c.is_whitespace() => {}
                'o' => text.push('0'),
                'i' | 'l' => text.push('1'),
                c if c.is_ascii() && ALPHABET.contains(&(c as u8)) => text.push(c),
                _ => return None,
            }
            if text.len() > CODE_CHARACTERS {
                return None;
            }
        }
        (text.len() == CODE_CHARACTERS).then_some(Self(text))
    }

    /// As it is shown, once.
    #[must_use]
    pub fn shown(&self) -> String {
        let groups = [&self.0[..4], &self.0[4..8], &self.0[8..12], &self.0[12..]];
        groups.join("-")
    }

    /// As it is kept. The user is part of it: one code in two rows does not show.
    #[must_use]
    pub fn digest(&self, user_id: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(b"gatelet recovery code\0");
        digest.update(user_id.as_bytes());
        digest.update([0]);
        digest.update(self.0.as_bytes());
        digest.finalize().into()
    }

    /// Proof, where the user had it and has it no more.
    #[must_use]
    pub fn used(self, user_id: &str, was_there: bool) -> Option<SecondProof> {
        was_there.then(|| SecondProof::code(user_id.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_as_people_type_it() {
        let code = RecoveryCode::from_random(&[0, 1, 2, 3, 0xff, 0x10, 0x20, 0x44, 0x80, 9]);
        let shown = code.shown();
        assert_eq!(shown.len(), 19);
        for typed in [
            shown.clone(),
            shown.to_uppercase(),
            shown.replace('-', ""),
            format!("  {}\n", shown.replace('-', " ")),
            shown.replace('0', "O").replace('1', "l"),
        ] {
            assert!(RecoveryCode::parse(&typed) == Some(code.clone()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for wrong in [
            "",
            "123456",
            "0123-4567-89ab-cde",
            "0123-4567-89ab-cdefg",
            "0123-4567-89ab-cdeu",
            "0123-4567-89ab-cdeé",
        ] {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_bit_counts_and_so_does_the_user() {
        let code = RecoveryCode::from_random(&[0; CODE_BYTES]);
        for bit in 0..80 {
            let mut bytes = [0; CODE_BYTES];
            bytes[bit / 8] = 1 << (bit % 8);
            let other = RecoveryCode::from_random(&bytes);
            assert!(other != code, "{bit}");
            assert_ne!(other.digest("ann"), code.digest("ann"), "{bit}");
        }
        assert_ne!(code.digest("ann"), code.digest("bob"));
    }

    #[test]
    fn a_code_that_was_not_there_proves_nothing() {
        let code = RecoveryCode::from_random(&[3; CODE_BYTES]);
        assert!(code.clone().used("ann", false).is_none());
        assert!(code.used("ann", true).is_some());
    }
}
