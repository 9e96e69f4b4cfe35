//! Under which key is a value sealed? The setting `secrets_enc_key`: a list of which the
//! first seals and all open, each known by an id that comes out of the key itself.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use gatelet_core::key::is_weak;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::VaultError;

mod fingerprint;
mod sealed;

pub use fingerprint::{Copied, FINGERPRINT_BYTES};
pub use sealed::{Context, NONCE_BYTES, OpenError};

/// Bytes of a key: AES-256's.
pub const KEY_BYTES: usize = 32;
/// Most keys at once.
pub const KEYS_MAX: usize = 8;
/// Bytes of a key's id.
const KEY_ID_BYTES: usize = 8;
/// Of which HMAC a key's id is the beginning.
const ID_LABEL: &[u8] = b"gatelet vault key id";

/// The keys of `secrets_enc_key`: the first seals, all open.
#[derive(Clone)]
pub struct EncryptionKeys {
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    id: KeyId,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

/// By what a key is known: the first eight bytes of HMAC-SHA256 under it of a fixed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KEY_ID_BYTES]);

/// Why keys are refused. The text never repeats a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// There is none: the vault is not configured.
    Missing,
    /// Over [`KEYS_MAX`].
    TooMany,
    /// An entry is not base64url.
    Malformed,
    /// A key has not 32 bytes.
    Length,
    /// Not random: one byte over and over, a sequence, text.
    Weak,
    /// One key is there twice.
    Duplicate,
}

impl EncryptionKeys {
    /// Parses `base64url,base64url,…`, padded or not, each of 32 random bytes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<Key> = Vec::new();
        let entries = text.split(',').map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            if keys.len() == KEYS_MAX {
                return Err(KeyError::TooMany);
            }
            let key = Key::parse(entry)?;
            if keys.iter().any(|earlier| earlier.id == key.id) {
                return Err(KeyError::Duplicate);
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(KeyError::Missing);
        }
        Ok(Self { keys })
    }

    /// One entry of the list that [`EncryptionKeys::parse`] takes, out of fresh random bytes.
    #[must_use]
    pub fn entry(random: &[u8; KEY_BYTES]) -> String {
        URL_SAFE_NO_PAD.encode(random)
    }

    /// Ids of the keys, the sealing one first.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = KeyId> {
        self.keys.iter().map(|key| key.id)
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn sealing_id(&self) -> KeyId {
        self.sealing().id
    }

    fn sealing(&self) -> &Key {
        self.keys.first().expect("parse refuses an empty list")
    }

    fn key(&self, id: KeyId) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl Key {
    fn parse(entry: &str) -> Result<Self, KeyError> {
        let decoded = URL_SAFE_NO_PAD
            .decode(entry)
            .or_else(|_| URL_SAFE.decode(entry));
        let decoded = Zeroizing::new(decoded.map_err(|_| KeyError::Malformed)?);
        if decoded.len() != KEY_BYTES {
            return Err(KeyError::Length);
        }
        if is_weak(&decoded) {
            return Err(KeyError::Weak);
        }
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        bytes.copy_from_slice(&decoded);
        Ok(Self {
            id: KeyId::of(&bytes),
            bytes,
        })
    }
}

impl KeyId {
    fn of(key: &[u8; KEY_BYTES]) -> Self {
        let mac = hmac(key, [ID_LABEL]);
        let (id, _) = mac.split_first_chunk().expect("32 bytes begin with 8");
        Self(*id)
    }
}

/// HMAC-SHA256 of parts that follow each other.
fn hmac<'a>(key: &[u8], parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut state = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        state.update(part);
    }
    state.finalize().into_bytes().into()
}

/// Parts, each with its length before it: no other parts make the same bytes.
fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(*part);
    }
    bytes
}

impl fmt::Debug for EncryptionKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.ids().map(|id| id.to_string()).collect();
        write!(out, "EncryptionKeys({})", ids.join(" "))
    }
}

/// Sixteen hexadecimal digits.
impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Missing => "there is no key",
            Self::TooMany => "there are more than 8 keys",
            Self::Malformed => "a key is not base64url, which is A-Z, a-z, 0-9, - and _",
            Self::Length => "a key has not 32 bytes",
            Self::Weak => "a key is not random",
            Self::Duplicate => "one key is there twice",
        })
    }
}

impl std::error::Error for KeyError {}

/// Where the setting is read only when a tool is called: no key is its own code.
impl From<KeyError> for VaultError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Missing => Self::not_configured(),
            KeyError::TooMany
            | KeyError::Malformed
            | KeyError::Length
            | KeyError::Weak
            | KeyError::Duplicate => Self::new(
                crate::error::Code::NotConfigured,
                format_args!(
                    "the vault is not configured: secrets_enc_key (SECRETS_ENC_KEY): {error}"
                ),
            ),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Code;

    /// Random, and used nowhere else.
    pub(crate) const KEY: &str = "S8rQx0vJm3uT6yHnB1zKf5wPdE7aGcL9oRi2XsUe4hY";
    pub(crate) const OTHER_KEY: &str = "pV2nZ8kWq5tYx1cR7bM0sJ4gF9dH3lA6uEoKiTjPwNw";

    pub(crate) fn keys(text: &str) -> EncryptionKeys {
        EncryptionKeys::parse(text).expect("the fixture's keys are valid")
    }

    #[test]
    fn no_key_is_a_case_of_its_own_and_one_that_will_not_do_another() {
        let key = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let counting: Vec<u8> = (0..32).collect();
        let many: Vec<_> = (1..=9_u8)
            .map(|n| {
                key(&core::array::from_fn::<_, 32, _>(|at| {
                    (at as u8).wrapping_mul(37) ^ n
                }))
            })
            .collect();
        for (text, error) in [
            ("", KeyError::Missing),
            (" , ", KeyError::Missing),
            ("***", KeyError::Malformed),
            // The form of session keys, and base64 that is not for URLs.
            (&format!("k1:{KEY}"), KeyError::Malformed),
            (&KEY.replace('0', "+"), KeyError::Malformed),
            (&format!("{KEY}=="), KeyError::Malformed),
            (&key(&[7; 31]), KeyError::Length),
            (&key(&[7; 33]), KeyError::Length),
            (&key(&[0; 32]), KeyError::Weak),
            (&key(&counting), KeyError::Weak),
            (&key(b"0123456789abcdefghijklmnopqrstuv"), KeyError::Weak),
            (&format!("{KEY},{OTHER_KEY},{KEY}"), KeyError::Duplicate),
            (&format!("{KEY},{KEY}="), KeyError::Duplicate),
            (&many.join(","), KeyError::TooMany),
        ] {
            assert_eq!(EncryptionKeys::parse(text).err(), Some(error), "{text}");
            assert_eq!(VaultError::from(error).code, Code::NotConfigured);
        }
        assert_eq!(keys(&many[..8].join(",")).ids().len(), 8);
        let padded = keys(&format!("{KEY}= , {OTHER_KEY},"));
        assert!(padded.ids().eq(keys(&format!("{KEY},{OTHER_KEY}")).ids()));
    }

    #[test]
    fn a_keys_id_comes_out_of_the_key_alone() {
        let id = keys(KEY).sealing_id();
        assert_eq!(id.to_string().len(), 16);
        assert!(
            keys(&format!("{OTHER_KEY},{KEY}"))
                .ids()
                .eq([keys(OTHER_KEY).sealing_id(), id])
        );
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(KEY).unwrap().try_into().unwrap();
        assert_eq!(EncryptionKeys::entry(&bytes), KEY);
        let mac = hmac(&bytes, [&b"gatelet vault key id"[..]]);
        assert_eq!(id.0, mac[..8]);
    }

    #[test]
    fn errors_and_debug_never_repeat_a_key() {
        let shown = format!("{:?}", keys(KEY));
        assert_eq!(shown, format!("EncryptionKeys({})", keys(KEY).sealing_id()));
        let error = EncryptionKeys::parse(&format!("{KEY},{KEY}")).unwrap_err();
        let shown = format!("{error} {error:?} {}", VaultError::from(error));
        assert!(!shown.contains(KEY), "{shown}");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = EncryptionKeys::parse(&text);
        }

        #[test]
        fn other_parts_are_other_bytes(one in proptest::collection::vec(".{0,4}", 0..4), other in proptest::collection::vec(".{0,4}", 0..4)) {
            let bytes = |parts: &[String]| framed(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>());
            prop_assert_eq!(bytes(&one) == bytes(&other), one == other);
        }
    }
}
