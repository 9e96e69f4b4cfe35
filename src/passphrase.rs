//! Has this browser shown the shared passphrase? A signed cookie of its own says
//! so: there is no account behind it and no row.

use core::fmt;

use crate::cookie::{COOKIES_MAX, CookieAge, TRIES_MAX};
use crate::key::KeyRing;
use crate::origin::Origin;
use crate::secret::Secret;

/// Longest hash, in bytes.
const HASH_MAX_BYTES: usize = 256;
/// Longest cookie that is looked at, in bytes. A sealed one has at most 72.
const VALUE_MAX_BYTES: usize = 128;

/// The Argon2id hash of an origin's passphrase, as a PHC string. The passphrase
/// itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassphraseHash(Secret);

/// A text that is no such hash. It is not repeated: it may be the passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassphraseHashError;

impl PassphraseHash {
    /// Takes `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, by its looks: whoever only
    /// asks for cookies checks nothing against it. For who does there is
    /// `gatelet_sign_in::passphrase::is_checkable`.
    pub fn parse(text: &str) -> Result<Self, PassphraseHashError> {
        let looks_like_one = text.starts_with("$argon2id$v=19$m=")
            && text.len() <= HASH_MAX_BYTES
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        looks_like_one
            .then(|| Self(Secret::new(text.to_owned())))
            .ok_or(PassphraseHashError)
    }

    /// The PHC string, for the one place that checks what somebody typed.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A `Set-Cookie` value for a browser that has just shown the passphrase: good
/// for as long as a session is that nobody uses. None where there is none.
#[must_use]
pub fn set_cookie(origin: &Origin, keys: &KeyRing, now: u64) -> Option<String> {
    let (expires_at, _) = origin.lifetimes().begin(now);
    let value = keys.seal(purpose(origin)?.expose(), &expires_at.to_be_bytes());
    let age = CookieAge::Seconds(expires_at.saturating_sub(now));
    Some(origin.cookies().set(&cookie_name(origin), &value, age))
}

/// Whether one of a request's cookies says that this browser has shown the
/// passphrase. Every cookie of the name is tried. It was sealed by us, for this
/// origin's audience and for the passphrase of today, and has not run out.
#[must_use]
pub fn is_known<'c>(
    cookies: impl Iterator<Item = (&'c [u8], &'c [u8])>,
    origin: &Origin,
    keys: &KeyRing,
    now: u64,
) -> bool {
    let Some(purpose) = purpose(origin) else {
        return false;
    };
    let wanted = cookie_name(origin);
    cookies
        .take(COOKIES_MAX)
        .filter(|(name, value)| *name == wanted.as_bytes() && value.len() <= VALUE_MAX_BYTES)
        .take(TRIES_MAX)
        .any(|(_, value)| {
            core::str::from_utf8(value)
                .ok()
                .and_then(|value| keys.open(purpose.expose(), value))
                .and_then(|expires_at| expires_at.try_into().ok())
                .is_some_and(|expires_at| now < u64::from_be_bytes(expires_at))
        })
}

/// What the cookie is sealed for. With the hash in it a cookie ends with the
/// passphrase that it was given for; with the audience it opens nowhere else.
/// Neither of them has a blank.
fn purpose(origin: &Origin) -> Option<Secret> {
    let hash = origin.passphrase()?.expose();
    Some(Secret::new(
        ["passphrase", origin.audience(), hash].join(" "),
    ))
}

fn cookie_name(origin: &Origin) -> String {
    origin.cookies().named("passphrase")
}

impl fmt::Display for PassphraseHashError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("is not a hash of a passphrase: make one with `gatelet keys passphrase`")
    }
}

impl std::error::Error for PassphraseHashError {}

#[cfg(test)]
mod tests;
