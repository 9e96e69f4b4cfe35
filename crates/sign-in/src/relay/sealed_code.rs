//! Who can use a code that goes through a relay? The sign-in of the origin that
//! it is for, and nobody who merely reads it on the way.
//!
//! A code lands in the address bar of the target, where the app behind that
//! origin can read it: a service worker sees every navigation. In the clear it
//! could be handed in at the relay's own callback, whose redirect URI it is
//! issued for, by somebody who wrote PKCE challenge and nonce of the request to
//! fit. So it crosses encrypted, for one target, one provider and one attempt.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Passage;
use crate::attempt::Attempt;
use gatelet_core::key::KeyRing;
use gatelet_core::secret::Secret;

/// Random bytes that sealing takes: a nonce of XChaCha20-Poly1305.
pub const SEAL_RANDOM_BYTES: usize = 24;
/// Longest `user` that goes along, in bytes.
const USER_MAX_BYTES: usize = 512;
/// Longest sealed code that is opened, in bytes.
const SEALED_MAX_BYTES: usize = 16 * 1024;
const PURPOSE: &str = "relay-code";

/// A code, and what a provider said about the person beside it, sealed.
pub(crate) struct SealedCode(String);

#[derive(Serialize, Deserialize)]
struct Content<'a> {
    code: &'a str,
    user: Option<&'a str>,
}

impl SealedCode {
    /// Seals for the target, provider and attempt of a passage.
    pub(super) fn seal(
        passage: &Passage,
        code: &str,
        user: Option<&str>,
        keys: &KeyRing,
        random: &[u8; SEAL_RANDOM_BYTES],
    ) -> Self {
        let user = user.filter(|user| is_bounded_object(user));
        let content = postcard::to_allocvec(&Content { code, user }).expect("text serialises");
        let content = Zeroizing::new(content);
        let bound = bound_to(
            passage.target.as_str(),
            passage.callback.seal_name(),
            &passage.state,
        );
        let key = Zeroizing::new(keys.derive(PURPOSE, &bound));
        let encrypted = cipher(&key)
            .encrypt(&XNonce::from(*random), content.as_slice())
            .expect("a few kilobytes are within the cipher's limit");
        let mut sealed = random.to_vec();
        sealed.extend(encrypted);
        Self(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The code and `user`, where it was sealed for this attempt at its own origin.
    pub(crate) fn open(
        sealed: &str,
        attempt: &Attempt,
        keys: &KeyRing,
    ) -> Option<(Secret, Option<Secret>)> {
        if sealed.len() > SEALED_MAX_BYTES {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, encrypted) = sealed.split_first_chunk::<SEAL_RANDOM_BYTES>()?;
        let bound = bound_to(
            attempt.origin(),
            attempt.callback_path().seal_name(),
            attempt.state(),
        );
        // Sealed before a rotation, opened after it.
        let content = keys.derives(PURPOSE, &bound).find_map(|key| {
            let key = Zeroizing::new(key);
            cipher(&key).decrypt(&XNonce::from(*nonce), encrypted).ok()
        })?;
        let content = Zeroizing::new(content);
        let Content { code, user } = postcard::from_bytes(&content).ok()?;
        let secret = |text: &str| Secret::new(text.to_owned());
        Some((secret(code), user.map(secret)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key of its own for every attempt: what is sealed for one opens for no other.
fn bound_to(target: &str, provider: &str, state: &str) -> Vec<u8> {
    postcard::to_allocvec(&(target, provider, state)).expect("text serialises")
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}

fn is_bounded_object(user: &str) -> bool {
    user.len() <= USER_MAX_BYTES
        && serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(user).is_ok()
}
