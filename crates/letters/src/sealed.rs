//! How does a letter wait in the database? Encrypted with a key that comes from the
//! session keys: it holds links that sign people in, and whoever reads a dump must not.
//!
//! XChaCha20-Poly1305, whose nonces are long enough to be drawn at random. Each letter
//! has a key of its own, so one that was moved to another's row does not open there.

use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _},
};
use gatelet_core::key::KeyRing;

use crate::message::Message;

const PURPOSE: &str = "mail-outbox";

/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 24;

/// The message, for the row with its id.
#[must_use]
pub fn seal(keys: &KeyRing, message: &Message, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
    let plain = postcard::to_allocvec(message).expect("a message has a postcard form");
    let encrypted = cipher(keys.derive(PURPOSE, message.id.as_str().as_bytes()))
        .encrypt(&XNonce::from(nonce), plain.as_slice())
        .expect("a message is within the cipher's limit of 256 GiB");
    [nonce.as_slice(), &encrypted].concat()
}

/// The message out of the row with this id. None when no key of ours sealed it there.
#[must_use]
pub fn open(keys: &KeyRing, id: &str, sealed: &[u8]) -> Option<Message> {
    let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let plain = keys
        .derives(PURPOSE, id.as_bytes())
        .find_map(|key| cipher(key).decrypt(&XNonce::from(*nonce), encrypted).ok())?;
    let message: Message = postcard::from_bytes(&plain).ok()?;
    (message.id.as_str() == id).then_some(message)
}

fn cipher(key: [u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key))
}
