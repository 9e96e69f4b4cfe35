//! How does the cookie that takes another's place lie in the database, for those who still
//! bring the one before? A cookie signs in whoever has it, so it lies encrypted: with a key
//! that comes from the session keys and from the refresh token that was spent for it. The
//! database has a digest of that token alone, so a copy of it signs nobody in, not even with
//! the session keys beside it; and what was moved to another token's row opens nothing.
//!
//! XChaCha20-Poly1305, whose nonces are long enough to be drawn at random.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use gatelet_core::key::KeyRing;
use zeroize::Zeroizing;

use super::Content;

/// Random bytes that sealing takes: a nonce.
pub const REPLACEMENT_RANDOM_BYTES: usize = 24;
const PURPOSE: &str = "workos-replacement";

impl Content {
    /// Seals the cookie that takes the place of this one.
    #[must_use]
    pub fn seal_replacement(
        &self,
        replacement: &str,
        keys: &KeyRing,
        random: [u8; REPLACEMENT_RANDOM_BYTES],
    ) -> String {
        let key = Zeroizing::new(keys.derive(PURPOSE, self.refresh_token.expose().as_bytes()));
        let encrypted = cipher(&key)
            .encrypt(&XNonce::from(random), replacement.as_bytes())
            .expect("a cookie is within the cipher's limit");
        URL_SAFE_NO_PAD.encode([random.as_slice(), &encrypted].concat())
    }

    /// The cookie that takes the place of this one. None where it was sealed for another, or
    /// under a key that is none of ours.
    #[must_use]
    pub fn open_replacement(&self, sealed: &str, keys: &KeyRing) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, encrypted) = sealed.split_first_chunk::<REPLACEMENT_RANDOM_BYTES>()?;
        let bound = self.refresh_token.expose().as_bytes();
        // Sealed before a rotation, opened after it.
        let opened = keys.derives(PURPOSE, bound).find_map(|key| {
            let key = Zeroizing::new(key);
            cipher(&key).decrypt(&XNonce::from(*nonce), encrypted).ok()
        })?;
        String::from_utf8(opened).ok()
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}
