//! A link that lets somebody make an account where not everybody may.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatelet_core::secret::Secret;
use sha2::{Digest as _, Sha256};

/// Bytes of one.
pub const TOKEN_BYTES: usize = 32;
/// How long one is good that names an address.
pub const GOOD_SECONDS: u64 = 7 * 24 * 3_600;
/// How long the first administrator's is good.
pub const FIRST_ADMIN_SECONDS: u64 = 3_600;
/// The group that the first administrator comes into.
pub const ADMINS: &str = "admins";
/// The form's field, and the link's parameter.
pub const FIELD: &str = "invitation";

/// What stands in the link. Whoever has it makes the account: the store keeps its
/// digest alone.
#[derive(Clone, Debug)]
pub struct InvitationToken(Secret);

impl InvitationToken {
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

    /// By which it is kept.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.expose().as_bytes()).into()
    }

    /// The link, at the origin of this base URL.
    #[must_use]
    pub fn link(&self, base_url: &str) -> String {
        format!("{base_url}/auth/sign-up?{FIELD}={}", self.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_from_its_link_and_shown_nowhere_else() {
        let token = InvitationToken::from_random([7; TOKEN_BYTES]);
        let link = token.link("https://app.example");
        let (before, text) = link.split_once('=').expect("a parameter");
        assert_eq!(before, "https://app.example/auth/sign-up?invitation");
        assert_eq!(text.len(), 43);
        let read = InvitationToken::parse(text).expect("a token");
        assert_eq!(read.digest(), token.digest());
        assert!(!format!("{token:?}").contains(text));
        let other = InvitationToken::from_random([8; TOKEN_BYTES]);
        assert_ne!(other.digest(), token.digest());
    }

    #[test]
    fn what_is_no_token_is_none() {
        let good = InvitationToken::from_random([7; TOKEN_BYTES]);
        let good = good.expose();
        for text in [
            "",
            "x",
            &good[1..],
            &format!("{good}A"),
            &format!("{good}="),
            &good.replace('B', " "),
        ] {
            assert!(InvitationToken::parse(text).is_none(), "{text:?}");
        }
    }
}
