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

    /// What a cookie holds, if that can be a seal: printable ASCII, as it is.
    pub(super) fn open(value: &[u8]) -> Option<String> {
        let can_be = value.len() <= VALUE_MAX_BYTES
            && value.starts_with(PREFIX)
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
