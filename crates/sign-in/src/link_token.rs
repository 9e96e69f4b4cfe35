//! What stands in a link that lets somebody in, or lets somebody do something once? 32
//! random bytes, which whoever has the link has: the store keeps their digest alone.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::secret::Secret;
use serde::{Deserialize, Deserializer, de};
use sha2::{Digest as _, Sha256};

/// Bytes of one.
pub const TOKEN_BYTES: usize = 32;
/// Characters of its text.
const TOKEN_TEXT_BYTES: usize = 43;

/// Of an invitation, of a letter, of a secret that is asked for: in which table it is looked
/// for says which.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(Secret);

impl LinkToken {
    /// A new one, out of fresh random bytes.
    #[must_use]
    pub fn from_random(random: [u8; TOKEN_BYTES]) -> Self {
        Self(Secret::new(URL_SAFE_NO_PAD.encode(random)))
    }

    /// Reads what came back. None for what is no token of ours: it is looked for nowhere.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == TOKEN_TEXT_BYTES && URL_SAFE_NO_PAD.decode(text).is_ok();
        is_token.then(|| Self(Secret::new(text.to_owned())))
    }

    /// The text, for the link and for the form that the link leads to.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What it is kept by: SHA-256 of the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.expose()).into()
    }
}

/// Read and never written.
impl<'de> Deserialize<'de> for LinkToken {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Secret::deserialize(from)?;
        Self::parse(text.expose()).ok_or_else(|| de::Error::custom("is no token of a link"))
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("LinkToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_from_its_text_and_shown_nowhere_else() {
        let token = LinkToken::from_random([7; TOKEN_BYTES]);
        let text = token.expose();
        assert_eq!(text.len(), 43);
        assert_eq!(LinkToken::parse(text).as_ref(), Some(&token));
        assert!(!format!("{token:?}").contains(text));
        let other = LinkToken::from_random([8; TOKEN_BYTES]);
        assert_ne!(other.digest(), token.digest());
        let read = |json: &str| serde_json::from_str::<LinkToken>(json).ok();
        assert_eq!(read(&format!("\"{text}\"")), Some(token.clone()));
        assert_eq!(read("\"x\""), None);
    }

    #[test]
    fn the_digest_is_sha_256_of_the_text() {
        let token = LinkToken::from_random([0; TOKEN_BYTES]);
        assert_eq!(token.expose(), "A".repeat(43));
        let digest: [u8; 32] = Sha256::digest("A".repeat(43)).into();
        assert_eq!(token.digest(), digest);
    }

    #[test]
    fn what_is_no_token_is_none() {
        let good = LinkToken::from_random([7; TOKEN_BYTES]);
        let good = good.expose();
        for text in [
            "",
            "x",
            &good[1..],
            &good[..42],
            &format!("{good}A"),
            &format!("{good}="),
            &format!(" {good}"),
            &good.replace('B', " "),
            // The last character has two bits too many.
            &format!("{}B", "A".repeat(42)),
            &"+".repeat(43),
            &"A".repeat(100_000),
        ] {
            assert!(LinkToken::parse(text).is_none(), "{text:.60}");
        }
        assert!(LinkToken::parse(good).is_some());
    }
}
