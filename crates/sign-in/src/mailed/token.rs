//! What stands in the link?

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::secret::Secret;
use sha2::{Digest as _, Sha256};

const TOKEN_BYTES: usize = 32;
const TOKEN_TEXT_BYTES: usize = 43;

/// 256 random bits, known to whoever reads the mail. Only its digest is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct MailedToken(Secret);

impl MailedToken {
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

    /// What it is kept by.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose()).into()
    }

    /// The text, for the link and for the form that the link leads to.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for MailedToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MailedToken(…)")
    }
}
