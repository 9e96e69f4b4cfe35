//! How are the URL of an origin's own database and the secret of an authenticator kept?
//! Encrypted with a key that comes from the session keys, so that whoever reads the
//! table, a dump or a backup does not thereby reach another database, or make codes.
//!
//! XChaCha20-Poly1305, whose nonces are long enough to be drawn at random. Each
//! origin has a key of its own, so a sealed URL moved to another's record does
//! not open there. The first session key seals, all open: rotation needs nothing
//! but that every record is written again before the old key goes.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _},
};
use gatelet_core::key::KeyRing;
use gatelet_wasi::random;

/// What stands for a URL that no key opens. It is no database's URL, so whatever
/// asks that origin's place is refused, and nothing falls back to the main one.
pub(crate) const UNOPENED: &str = "sealed";

const PURPOSE: &str = "origin-database-url";
const PURPOSE_AUTHENTICATOR: &str = "authenticator-secret";

/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 24;

/// The URL for this origin's record.
pub(crate) fn seal(keys: &KeyRing, origin: &str, url: &str, nonce: [u8; NONCE_BYTES]) -> String {
    let encrypted = cipher(keys.derive(PURPOSE, origin.as_bytes()))
        .encrypt(&XNonce::from(nonce), url.as_bytes())
        .expect("a URL is within the cipher's limit of 256 GiB");
    URL_SAFE_NO_PAD.encode([nonce.as_slice(), &encrypted].concat())
}

/// The URL out of this origin's record. None when no key of ours sealed it there.
pub(crate) fn open(keys: &KeyRing, origin: &str, sealed: &str) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let opened = keys
        .derives(PURPOSE, origin.as_bytes())
        .find_map(|key| cipher(key).decrypt(&XNonce::from(*nonce), encrypted).ok())?;
    String::from_utf8(opened).ok()
}

/// The secret of this user's authenticator.
pub(crate) fn seal_secret(
    keys: &KeyRing,
    user_id: &str,
    secret: &[u8],
    nonce: [u8; NONCE_BYTES],
) -> String {
    let encrypted = cipher(keys.derive(PURPOSE_AUTHENTICATOR, user_id.as_bytes()))
        .encrypt(&XNonce::from(nonce), secret)
        .expect("a secret is within the cipher's limit of 256 GiB");
    URL_SAFE_NO_PAD.encode([nonce.as_slice(), &encrypted].concat())
}

/// The secret out of this user's row. None when no key of ours sealed it there.
pub(crate) fn open_secret(keys: &KeyRing, user_id: &str, sealed: &str) -> Option<Vec<u8>> {
    opened_secret(keys, user_id, sealed).map(|(_, secret)| secret)
}

/// The same, where another key than the first sealed it.
pub(crate) fn outdated_secret(keys: &KeyRing, user_id: &str, sealed: &str) -> Option<Vec<u8>> {
    let (number, secret) = opened_secret(keys, user_id, sealed)?;
    (number > 0).then_some(secret)
}

fn opened_secret(keys: &KeyRing, user_id: &str, sealed: &str) -> Option<(usize, Vec<u8>)> {
    let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let derived = keys.derives(PURPOSE_AUTHENTICATOR, user_id.as_bytes());
    derived.enumerate().find_map(|(number, key)| {
        let opened = cipher(key).decrypt(&XNonce::from(*nonce), encrypted);
        opened.ok().map(|secret| (number, secret))
    })
}

/// A fresh nonce.
pub(crate) fn nonce() -> [u8; NONCE_BYTES] {
    random::bytes()
}

fn cipher(key: [u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key))
}

#[cfg(test)]
mod tests {
    use gatelet_core::key::KeyRing;

    use super::{NONCE_BYTES, UNOPENED, open, open_secret, outdated_secret, seal, seal_secret};
    use crate::settings::{DatabaseUrl, Whose};

    const URL: &str = "postgres://gatelet:hunter2@db.example/preview";
    const NONCE: [u8; NONCE_BYTES] = [7; NONCE_BYTES];

    fn keys(seeds: &[u8]) -> KeyRing {
        let entry = |seed: &u8| {
            let bytes: [u8; 32] = std::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ seed);
            KeyRing::entry(&format!("k{seed}"), &bytes)
        };
        KeyRing::parse(&seeds.iter().map(entry).collect::<Vec<_>>().join(",")).unwrap()
    }

    #[test]
    fn a_url_opens_as_it_was_sealed() {
        let keys = keys(&[1]);
        for url in [URL, "sqlite:other", "", "postgres://ü:%40@h/d?x=1"] {
            let sealed = seal(&keys, "review-1", url, NONCE);
            assert_eq!(open(&keys, "review-1", &sealed).as_deref(), Some(url));
        }
    }

    #[test]
    fn a_sealed_url_shows_nothing_of_itself() {
        let sealed = seal(&keys(&[1]), "review-1", URL, NONCE);
        for part in ["hunter2", "postgres", "gatelet", "example"] {
            assert!(!sealed.contains(part), "{sealed}");
        }
        let other = seal(&keys(&[1]), "review-1", URL, [8; NONCE_BYTES]);
        assert_ne!(sealed, other);
    }

    #[test]
    fn the_secret_of_an_authenticator_opens_for_its_user_alone_and_is_sealed_anew_after_rotation() {
        let secret = b"12345678901234567890";
        let sealed = seal_secret(&keys(&[1]), "ann", secret, NONCE);
        let opened = |seeds: &[u8], user: &str| open_secret(&keys(seeds), user, &sealed);
        assert_eq!(opened(&[1], "ann").as_deref(), Some(&secret[..]));
        assert_eq!(opened(&[2, 1], "ann").as_deref(), Some(&secret[..]));
        assert_eq!(opened(&[2], "ann"), None, "the key is gone");
        assert_eq!(opened(&[1], "bob"), None, "another's row");
        assert_eq!(open(&keys(&[1]), "ann", &sealed), None, "no URL");
        assert_eq!(outdated_secret(&keys(&[1, 2]), "ann", &sealed), None);
        let outdated = outdated_secret(&keys(&[2, 1]), "ann", &sealed);
        assert_eq!(outdated.as_deref(), Some(&secret[..]));
    }

    #[test]
    fn a_sealed_url_opens_in_no_other_record() {
        let keys = keys(&[1]);
        let sealed = seal(&keys, "review-1", URL, NONCE);
        for other in ["review-2", "review-", "", "main"] {
            assert_eq!(open(&keys, other, &sealed), None, "{other}");
        }
    }

    #[test]
    fn a_key_that_was_rotated_out_of_signing_still_opens_and_one_that_is_gone_does_not() {
        let sealed = seal(&keys(&[1]), "a", URL, NONCE);
        assert_eq!(open(&keys(&[2, 1]), "a", &sealed).as_deref(), Some(URL));
        assert_eq!(open(&keys(&[2]), "a", &sealed), None);
    }

    #[test]
    fn no_byte_of_a_sealed_url_can_be_changed() {
        let keys = keys(&[1]);
        let sealed = seal(&keys, "a", URL, NONCE);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&keys, "a", &changed), None, "{at}");
        }
        for text in [
            "",
            "!",
            "AAAA",
            &sealed[..sealed.len() - 4],
            &sealed[..32],
            &sealed[..40],
        ] {
            assert_eq!(open(&keys, "a", text), None, "{text:?}");
        }
    }

    #[test]
    fn what_does_not_open_names_no_database() {
        let refused = DatabaseUrl::parse(UNOPENED, Whose::Origin).map(|_| ());
        assert!(refused.unwrap_err().detail.contains("session_keys"));
    }
}
