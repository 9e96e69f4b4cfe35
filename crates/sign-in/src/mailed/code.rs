//! What is typed instead of following the link?

use core::fmt;

use gatelet_core::key::KeyRing;
use gatelet_core::secret::Secret;
use subtle::ConstantTimeEq as _;

use crate::digits;

/// How often a code may be tried: of a million, five are no guess.
pub const CODE_TRIES: u32 = 5;
const CODE_DIGITS: usize = 6;
/// More than any way of typing them takes.
const TYPED_MAX_BYTES: usize = 64;
const PURPOSE: &str = "mailed-code";

/// Six digits. What is kept is a MAC under the session keys: a million digests are
/// computed in a second, so a digest would tell the code.
#[derive(Clone, PartialEq, Eq)]
pub struct MailedCode(Secret);

impl MailedCode {
    /// A new one, out of fresh random bytes.
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        // Of 2^128 values, what is left over of a million is no bias.
        let number = u128::from_be_bytes(random) % 1_000_000;
        Self(Secret::new(format!("{number:06}")))
    }

    /// Reads what was typed, with blanks and hyphens wherever people put them, in the digits
    /// of any keyboard.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > TYPED_MAX_BYTES {
            return None;
        }
        let digits = digits::plain(typed);
        let is_code =
            digits.len() == CODE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| Self(Secret::new(digits)))
    }

    /// What is kept of it, beside the token that it goes with.
    #[must_use]
    pub fn mac(&self, token_digest: &[u8; 32], keys: &KeyRing) -> [u8; 32] {
        keys.derive(PURPOSE, &self.message(token_digest))
    }

    /// Whether it is the one that was mailed with this token.
    pub(super) fn fits(&self, token_digest: &[u8; 32], mac: &[u8; 32], keys: &KeyRing) -> bool {
        let message = self.message(token_digest);
        keys.derives(PURPOSE, &message)
            .fold(false, |fits, expected| {
                fits | bool::from(expected.ct_eq(mac))
            })
    }

    fn message(&self, token_digest: &[u8; 32]) -> Vec<u8> {
        [token_digest, self.0.expose().as_bytes()].concat()
    }

    /// The digits, for the letter, in two groups.
    #[must_use]
    pub fn spaced(&self) -> String {
        let (first, second) = self.0.expose().split_at(CODE_DIGITS / 2);
        format!("{first} {second}")
    }
}

impl fmt::Debug for MailedCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MailedCode(…)")
    }
}
