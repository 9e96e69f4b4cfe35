//! Is this the browser that asked?

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::key::KeyRing;
use sha2::{Digest as _, Sha256};

const MARK_BYTES: usize = 32;
const PURPOSE: &str = "browser-mark";

/// 256 random bits in a cookie of the browser's. A code is good in the browser that asked
/// for it, and an account that nobody proved is proved by it alone.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserMark([u8; MARK_BYTES]);

impl BrowserMark {
    /// A new one, out of fresh random bytes.
    #[must_use]
    pub const fn from_random(random: [u8; MARK_BYTES]) -> Self {
        Self(random)
    }

    /// Reads a cookie's value: one that we signed.
    #[must_use]
    pub fn open(cookie: &str, keys: &KeyRing) -> Option<Self> {
        let bytes = keys.open(PURPOSE, cookie)?;
        bytes.try_into().ok().map(Self)
    }

    /// The cookie's value.
    #[must_use]
    pub fn seal(&self, keys: &KeyRing) -> String {
        keys.seal(PURPOSE, &self.0)
    }

    /// What links are kept with that this browser asks for.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(URL_SAFE_NO_PAD.encode(self.0)).into()
    }
}

impl fmt::Debug for BrowserMark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("BrowserMark(…)")
    }
}
