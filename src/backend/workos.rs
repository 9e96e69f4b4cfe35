//! What of WorkOS can be judged without its keys? Its cookie is sealed: what is in it,
//! `auth` says, which has the password and may ask WorkOS. Here it is a text that a copy of
//! ours is bound to.

use core::fmt;

use gatelet_settings::{Setting, SettingError, Values};
use serde::{Deserialize, Serialize};

use crate::session::{StoredSession, StoredUser};

/// What `X-Forwarded-Provider` says.
pub const PROVIDER: &str = "workos";
/// Longest cookie that is looked at, in bytes. Browsers keep none that is longer.
pub const VALUE_MAX_BYTES: usize = 4096;
/// What every seal begins with.
const PREFIX: &[u8] = b"Fe26.2*";
/// What a seal is made of, with stars between.
const SEAL_PARTS: usize = 8;
/// Of the MAC at its end, in base64url.
const MAC_BYTES: usize = 43;
/// Longest name of a cookie, in bytes.
const NAME_MAX_BYTES: usize = 64;

/// A WorkOS whose sessions count.
#[derive(Clone, Debug)]
pub struct WorkOs {
    names: [String; 1],
}

/// A session that was found in a sealed cookie and is one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsealedSession {
    /// The cookie that it was found in.
    pub seal: String,
    /// What takes that one's place, where its tokens were exchanged.
    pub replacement: Option<String>,
    /// Whose.
    pub user: StoredUser,
    /// When its access token was issued, in Unix seconds.
    pub issued_at: u64,
    /// When that runs out.
    pub expires_at: u64,
}

impl WorkOs {
    pub(super) fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let name = values.get(Setting::WorkosCookieName);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.len() > NAME_MAX_BYTES || !name.bytes().all(plain) || crate::cookie::is_ours(name) {
            return Err(SettingError::new(
                Setting::WorkosCookieName,
                "is no cookie's name: up to 64 letters, digits, dots, dashes and underscores, and none of Gatelet's own",
            ));
        }
        Ok(Self {
            names: [name.to_owned()],
        })
    }

    pub(super) const fn cookie_names(&self) -> &[String] {
        &self.names
    }

    /// What a cookie holds, if that can be a seal: printable ASCII in eight parts, the last
    /// of which has a MAC of 32 bytes in base64url and perhaps a version (`~2`).
    pub(super) fn open(value: &[u8]) -> Option<String> {
        let can_be = value.len() <= VALUE_MAX_BYTES
            && value.starts_with(PREFIX)
            && value.split(|byte| *byte == b'*').count() == SEAL_PARTS
            && value
                .rsplit(|byte| *byte == b'*')
                .next()
                .is_some_and(|last| last.len() >= MAC_BYTES)
            && value.iter().all(u8::is_ascii_graphic);
        can_be
            .then(|| core::str::from_utf8(value).ok().map(str::to_owned))
            .flatten()
    }

    /// The session, as ours are, where it is good at `now` in Unix seconds.
    pub(super) fn live(found: &UnsealedSession, audience: &str, now: u64) -> Option<StoredSession> {
        let UnsealedSession {
            seal: _,
            replacement: _,
            user,
            issued_at,
            expires_at,
        } = found;
        (now < *expires_at).then(|| StoredSession {
            user: user.clone(),
            provider: PROVIDER.to_owned(),
            audience: audience.to_owned(),
            amr: String::new(),
            auth_time: (*issued_at).min(now),
            groups: String::new(),
            created_at: *issued_at,
            expires_at: *expires_at,
            idle_expires_at: *expires_at,
        })
    }
}

/// Neither seal nor person.
impl fmt::Debug for UnsealedSession {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("UnsealedSession")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_seal_is_asked_about() {
        let mac = "m".repeat(MAC_BYTES);
        let seal = format!("Fe26.2*1*salt*iv*sealed*1800000000*salt*{mac}");
        for good in [seal.clone(), format!("{seal}~2")] {
            assert_eq!(WorkOs::open(good.as_bytes()), Some(good));
        }
        for bad in [
            "",
            "Fe26.2*x",
            "Fe26.1*1*salt*iv*sealed*1800000000*salt*mac",
            &seal[..seal.len() - 1],
            &seal.replace("*iv*", "*"),
            &seal.replace("*iv*", "*iv**"),
            &seal.replace("iv", "i v"),
            &seal.replace("sealed", &"s".repeat(VALUE_MAX_BYTES)),
        ] {
            assert_eq!(WorkOs::open(bad.as_bytes()), None, "{bad:.60}");
        }
    }
}
