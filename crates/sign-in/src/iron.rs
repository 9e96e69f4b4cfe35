//! What is in a sealed cookie, and is it as somebody with the password sealed it? The
//! format of `@hapi/iron` as iron-webcrypto, iron-session and WorkOS write it.
//!
//! `Fe26.2*ID*SALT*IV*CIPHERTEXT*EXPIRES*MAC_SALT*MAC`, and `~2` behind it: AES-256-CBC under
//! PBKDF2-HMAC-SHA1(password, SALT, 1 round), and HMAC-SHA256 of all before the last two
//! parts, under a key derived in the same way from MAC_SALT. All in base64url without
//! padding, salts in hexadecimal as text, the time in milliseconds or empty.

use core::fmt;

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use gatelet_core::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Longest seal that is looked at, in bytes. What is sealed is shorter: nothing in it is
/// compressed.
pub const SEAL_MAX_BYTES: usize = 8 * 1024;
/// Shortest password, in bytes, as the format asks for.
pub const PASSWORD_MIN_BYTES: usize = 32;
const PREFIX: &str = "Fe26.2";
/// What iron-session and WorkOS write behind a seal.
const VERSION: &str = "~2";
/// Which password it is: there is one.
const PASSWORD_ID: &str = "1";
const PARTS: usize = 8;
/// Longest salt, in bytes; 64 are usual.
const SALT_MAX_BYTES: usize = 128;
const ROUNDS: u32 = 1;
/// Clocks differ, as the format allows for.
const SKEW_MILLISECONDS: u64 = 60_000;

/// Why a seal opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    /// Over [`SEAL_MAX_BYTES`].
    TooLong,
    /// Of another format, or of another version of it.
    Version,
    /// Cut short, or written otherwise than the format says.
    Malformed,
    /// Its time is over.
    Expired,
    /// Sealed under another password, or changed since.
    Mac,
}

/// Opens a seal at `now`, in Unix seconds.
///
/// 1. Within the limit, before anything is decoded.
/// 2. `Fe26.2`, eight parts, version 2 where one is said.
/// 3. The MAC, in constant time, before anything is decrypted.
/// 4. It has not expired.
/// 5. Whole blocks with PKCS #7 padding, and UTF-8.
pub fn unseal(seal: &str, password: &Secret, now: u64) -> Result<Secret, SealError> {
    if seal.len() > SEAL_MAX_BYTES {
        return Err(SealError::TooLong);
    }
    if !seal.starts_with(PREFIX) {
        return Err(SealError::Version);
    }
    let sealed = match seal.split_once('~') {
        None => seal,
        Some((sealed, version)) if ["~", version].concat() == VERSION => sealed,
        Some(_) => return Err(SealError::Version),
    };
    let parts: Vec<&str> = sealed.split('*').collect();
    let parts: [&str; PARTS] = parts.try_into().map_err(|_| SealError::Malformed)?;
    let [prefix, _, salt, iv, encrypted, expires, mac_salt, mac] = parts;
    if prefix != PREFIX {
        return Err(SealError::Version);
    }
    if salt.len() > SALT_MAX_BYTES || mac_salt.len() > SALT_MAX_BYTES {
        return Err(SealError::Malformed);
    }
    let decoded = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text);
        bytes.map_err(|_| SealError::Malformed)
    };
    let signed = &sealed[..sealed.len() - mac_salt.len() - mac.len() - 2];
    let mut state = mac_of(password, mac_salt);
    state.update(signed.as_bytes());
    state
        .verify_slice(&decoded(mac)?)
        .map_err(|_| SealError::Mac)?;
    if !expires.is_empty() {
        let until: u64 = expires.parse().map_err(|_| SealError::Malformed)?;
        let is_over = now.saturating_mul(1000) >= until.saturating_add(SKEW_MILLISECONDS);
        if is_over {
            return Err(SealError::Expired);
        }
    }
    let key = key(password, salt);
    let iv: [u8; 16] = decoded(iv)?.try_into().map_err(|_| SealError::Malformed)?;
    let cipher = cbc::Decryptor::<Aes256>::new(&(*key).into(), &iv.into());
    let plain = cipher
        .decrypt_padded_vec::<Pkcs7>(&decoded(encrypted)?)
        .map_err(|_| SealError::Malformed)?;
    let text = String::from_utf8(plain).map_err(|_| SealError::Malformed)?;
    Ok(Secret::new(text))
}

/// Seals a text, without an end of its own. `random` makes the salts and the initialization
/// vector.
#[must_use]
pub fn seal(text: &Secret, password: &Secret, random: &[u8; 80]) -> String {
    let (salts, iv) = random.split_at(64);
    let (salt, mac_salt) = salts.split_at(32);
    let iv: [u8; 16] = iv.try_into().expect("80 bytes without 64");
    let (salt, mac_salt) = (hex(salt), hex(mac_salt));
    let key = key(password, &salt);
    let cipher = cbc::Encryptor::<Aes256>::new(&(*key).into(), &iv.into());
    let encrypted = cipher.encrypt_padded_vec::<Pkcs7>(text.expose().as_bytes());
    let signed = [
        PREFIX,
        PASSWORD_ID,
        &salt,
        &URL_SAFE_NO_PAD.encode(iv),
        &URL_SAFE_NO_PAD.encode(encrypted),
        "",
    ]
    .join("*");
    let mut state = mac_of(password, &mac_salt);
    state.update(signed.as_bytes());
    let mac = URL_SAFE_NO_PAD.encode(state.finalize().into_bytes());
    [&signed, "*", &mac_salt, "*", &mac, VERSION].concat()
}

fn mac_of(password: &Secret, salt: &str) -> Hmac<Sha256> {
    let key = key(password, salt);
    Hmac::<Sha256>::new_from_slice(&*key).expect("HMAC takes keys of every length")
}

fn key(password: &Secret, salt: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let password = password.expose().as_bytes();
    pbkdf2::pbkdf2_hmac::<Sha1>(password, salt.as_bytes(), ROUNDS, &mut *key);
    key
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a String takes every write");
    }
    text
}

impl fmt::Display for SealError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::TooLong => "longer than any that is looked at",
            Self::Version => "of another format or version",
            Self::Malformed => "cut short or malformed",
            Self::Expired => "its time is over",
            Self::Mac => "sealed under another password, or changed since",
        })
    }
}

impl std::error::Error for SealError {}

#[cfg(test)]
mod tests;
