//! What opens the page on which a secret is entered? 32 random bytes in a link, which the
//! store knows by their digest alone.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatelet_core::secret::Secret;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Bytes of one.
pub const TOKEN_BYTES: usize = 32;
/// How long a link is good.
pub const ENTRY_SECONDS: u64 = 900;
/// Where the page is.
pub const ENTRY_PATH: &str = "/auth/console/enter";
/// The link's parameter, and the form's field.
pub const TOKEN_FIELD: &str = "token";

/// What stands in the link.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct EntryToken(Secret);

impl EntryToken {
    /// A new one.
    #[must_use]
    pub fn from_random(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(Secret::new(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// As it stands in a link; nothing else is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let is_one = bytes.len() == TOKEN_BYTES;
        is_one.then(|| Self(Secret::new(text.to_owned())))
    }

    /// For the link, and the form behind it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// By which it is kept: SHA-256 of the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.expose()).into()
    }

    /// The link, at the origin of this base URL.
    #[must_use]
    pub fn link(&self, base_url: &str) -> String {
        let base_url = base_url.trim_end_matches('/');
        format!("{base_url}{ENTRY_PATH}?{TOKEN_FIELD}={}", self.expose())
    }
}

impl TryFrom<String> for EntryToken {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no token of a link")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_from_its_link_and_shown_nowhere_else() {
        let token = EntryToken::from_random([7; 32]);
        for base_url in ["https://app.example", "https://app.example/"] {
            let link = token.link(base_url);
            let (before, text) = link.split_once('=').unwrap();
            assert_eq!(before, "https://app.example/auth/console/enter?token");
            assert_eq!(text.len(), 43);
            assert_eq!(EntryToken::parse(text).unwrap().digest(), token.digest());
            assert!(!format!("{token:?}").contains(text));
        }
        assert_ne!(EntryToken::from_random([8; 32]).digest(), token.digest());
    }

    #[test]
    fn the_digest_is_sha_256_of_the_text() {
        let token = EntryToken::from_random([0; 32]);
        assert_eq!(token.expose(), "A".repeat(43));
        let digest: [u8; 32] = Sha256::digest("A".repeat(43)).into();
        assert_eq!(token.digest(), digest);
    }

    #[test]
    fn what_is_no_token_is_none() {
        let good = EntryToken::from_random([7; 32]);
        let good = good.expose();
        for text in [
            "",
            &good[..42],
            &format!("{good}A"),
            &format!("{good}="),
            &format!(" {good}"),
            // The last character has two bits too many.
            &format!("{}B", "A".repeat(42)),
            &"+".repeat(43),
            &"A".repeat(100_000),
        ] {
            assert!(EntryToken::parse(text).is_none(), "{text:.60}");
        }
        assert!(EntryToken::parse(good).is_some());
    }

    #[test]
    fn a_link_is_good_for_fifteen_minutes() {
        assert_eq!(ENTRY_SECONDS, 15 * 60);
    }
}
