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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::MessageId;
    use gatelet_mail::address::{Address, Mailbox};

    const NONCE: [u8; NONCE_BYTES] = [7; NONCE_BYTES];

    fn keys(seeds: &[u8]) -> KeyRing {
        let entry = |seed: &u8| {
            let bytes: [u8; 32] = std::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ seed);
            KeyRing::entry(&format!("k{seed}"), &bytes)
        };
        KeyRing::parse(&seeds.iter().map(entry).collect::<Vec<_>>().join(",")).expect("keys")
    }

    fn message() -> Message {
        Message {
            id: MessageId::from_random([1; 16]),
            kind: "magic-link".to_owned(),
            id_host: "app.example.com".to_owned(),
            from: Mailbox::parse("Acme <a@example.com>").expect("a mailbox"),
            to: Address::parse("ann@example.com").expect("an address"),
            subject: "Sign in".to_owned(),
            text: "https://app.example.com/?token=hunter2".to_owned(),
            html: "<p>hunter2".to_owned(),
            written_at: 1,
        }
    }

    #[test]
    fn a_letter_opens_as_it_was_sealed_and_shows_nothing_of_itself() {
        let (keys, message) = (keys(&[1]), message());
        let sealed = seal(&keys, &message, NONCE);
        for part in [&b"hunter2"[..], b"ann@", b"example"] {
            assert!(!sealed.windows(part.len()).any(|window| window == part));
        }
        assert_eq!(open(&keys, message.id.as_str(), &sealed), Some(message));
    }

    #[test]
    fn a_letter_opens_in_no_other_row_and_under_no_other_key() {
        let message = message();
        let sealed = seal(&keys(&[1]), &message, NONCE);
        let id = message.id.as_str();
        assert_eq!(open(&keys(&[1]), "other", &sealed), None);
        assert_eq!(open(&keys(&[2]), id, &sealed), None);
        assert_eq!(open(&keys(&[2, 1]), id, &sealed), Some(message.clone()));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&keys(&[1]), id, &changed), None, "{at}");
        }
        for bytes in 0..NONCE_BYTES + 16 {
            assert_eq!(open(&keys(&[1]), id, &sealed[..bytes]), None);
        }
    }
}
