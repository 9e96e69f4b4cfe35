//! Has this browser shown the shared passphrase? A signed cookie of its own says
//! so: there is no account behind it and no row.

use core::fmt;

use crate::cookie::{COOKIES_MAX, CookieAge, TRIES_MAX};
use crate::key::KeyRing;
use crate::origin::Origin;
use crate::secret::Secret;

/// Longest hash, in bytes.
const HASH_MAX_BYTES: usize = 256;
/// Longest cookie that is looked at, in bytes. A sealed one has at most 83.
const VALUE_MAX_BYTES: usize = 128;
/// What a hash may ask for: more would take the instance's memory, or seconds.
const MEMORY_MAX_KIB: u32 = 64 * 1024;
const PASSES_MAX: u32 = 10;
const LANES_MAX: u32 = 4;

/// The Argon2id hash of an origin's passphrase, as a PHC string. The passphrase
/// itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassphraseHash(Secret);

/// A text that is no such hash. It is not repeated: it may be the passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassphraseHashError;

/// How long a browser that has shown the passphrase is let in: like a session,
/// as long as it is used, and not for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassphraseSession {
    /// Unix seconds.
    idle_expires_at: u64,
    /// Unix seconds. Not before `idle_expires_at`.
    expires_at: u64,
}

impl PassphraseHash {
    /// Takes `$argon2id$v=19$m=…,t=…,p=…$salt$hash` (the PHC string format) with
    /// parameters that can be afforded for every guess.
    pub fn parse(text: &str) -> Result<Self, PassphraseHashError> {
        is_hash(text)
            .then(|| Self(Secret::new(text.to_owned())))
            .ok_or(PassphraseHashError)
    }

    /// The PHC string, for the one place that checks what somebody typed.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl PassphraseSession {
    /// One that begins now, as the passphrase was right.
    #[must_use]
    pub fn begin(origin: &Origin, now: u64) -> Self {
        let (idle_expires_at, expires_at) = origin.lifetimes().begin(now);
        Self {
            idle_expires_at,
            expires_at,
        }
    }

    /// Finds one among a request's cookies. Every cookie of the name is tried.
    /// It was sealed by us, for this origin's audience and for the passphrase of
    /// today, and has not run out.
    #[must_use]
    pub fn find<'c>(
        cookies: impl Iterator<Item = (&'c [u8], &'c [u8])>,
        origin: &Origin,
        keys: &KeyRing,
        now: u64,
    ) -> Option<Self> {
        let purpose = purpose(origin)?;
        let wanted = cookie_name(origin);
        cookies
            .take(COOKIES_MAX)
            .filter(|(name, value)| *name == wanted.as_bytes() && value.len() <= VALUE_MAX_BYTES)
            .take(TRIES_MAX)
            .filter_map(|(_, value)| {
                Self::decode(&keys.open(purpose.expose(), core::str::from_utf8(value).ok()?)?)
            })
            .find(|session| now < session.idle_expires_at.min(session.expires_at))
    }

    /// A `Set-Cookie` value. None where the origin has no passphrase.
    #[must_use]
    pub fn set_cookie(&self, origin: &Origin, keys: &KeyRing, now: u64) -> Option<String> {
        let value = keys.seal(purpose(origin)?.expose(), &self.encode());
        let age = CookieAge::Seconds(self.idle_expires_at.saturating_sub(now));
        Some(origin.cookies().set(&cookie_name(origin), &value, age))
    }

    /// A `Set-Cookie` value that lets it last longer, as it is being used. None
    /// while more than half of its time is left, or where no more is to be had.
    pub(crate) fn slide(&self, origin: &Origin, keys: &KeyRing, now: u64) -> Option<String> {
        let idle_expires_at = origin.lifetimes().slide(now).min(self.expires_at);
        let left = self.idle_expires_at.saturating_sub(now);
        let to_be_had = idle_expires_at.saturating_sub(now);
        if left > to_be_had / 2 || idle_expires_at <= self.idle_expires_at {
            return None;
        }
        let session = Self {
            idle_expires_at,
            ..*self
        };
        session.set_cookie(origin, keys, now)
    }

    fn encode(&self) -> [u8; 16] {
        (u128::from(self.idle_expires_at) << 64 | u128::from(self.expires_at)).to_be_bytes()
    }

    fn decode(payload: &[u8]) -> Option<Self> {
        let both = u128::from_be_bytes(payload.try_into().ok()?);
        Some(Self {
            idle_expires_at: (both >> 64) as u64,
            expires_at: both as u64,
        })
    }
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

fn is_hash(text: &str) -> bool {
    if text.len() > HASH_MAX_BYTES {
        return false;
    }
    let mut parts = text.split('$');
    let mut next = || parts.next().unwrap_or_default();
    let (before, algorithm, version) = (next(), next(), next());
    let (parameters, salt, hash) = (next(), next(), next());
    before.is_empty()
        && algorithm == "argon2id"
        && version == "v=19"
        && is_affordable(parameters)
        && is_base64(salt, 11)
        && is_base64(hash, 43)
        && parts.next().is_none()
}

/// `m=19456,t=2,p=1`.
fn is_affordable(parameters: &str) -> bool {
    let limits = [
        ("m=", MEMORY_MAX_KIB),
        ("t=", PASSES_MAX),
        ("p=", LANES_MAX),
    ];
    let mut parameters = parameters.split(',');
    limits.into_iter().all(|(name, most)| {
        parameters
            .next()
            .and_then(|parameter| parameter.strip_prefix(name))
            .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|number| number.parse().ok())
            .is_some_and(|number: u32| (1..=most).contains(&number))
    }) && parameters.next().is_none()
}

/// Base64 without padding (RFC 4648 §4), of at least so many characters.
fn is_base64(text: &str, least: usize) -> bool {
    text.len() >= least
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

impl fmt::Display for PassphraseHashError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("is not a hash of a passphrase: make one with `gatelet keys passphrase`")
    }
}

impl std::error::Error for PassphraseHashError {}

#[cfg(test)]
mod tests;
