//! Whose session does a cookie of Better Auth's name? It is a session's token with a
//! signature by Better Auth's own secret; the rest stands in its tables.
//!
//! The cookie `PREFIX.session_token`, with `__Secure-` before it over HTTPS, holds
//! `TOKEN.SIGNATURE` percent-encoded; the signature is HMAC-SHA256 of the token under the
//! secret, in base64 with padding. What it keeps in `PREFIX.session_data` beside it, a copy
//! of the session for a while, is not looked at: a ban or a sign-out would be seen too late
//! by the sum of two windows, and its form is Better Auth's to change.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatelet_settings::{Setting, SettingError, Values};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::table_name::TableName;
use crate::access::is_group_name;
use crate::claims::GROUPS_MAX_BYTES;
use crate::percent;
use crate::secret::{self, Secret};
use crate::session::{StoredSession, StoredUser};

/// What `X-Forwarded-Provider` says.
pub const PROVIDER: &str = "better-auth";
/// Most cookies of the name that are looked at: each costs a MAC.
pub const TRIES_MAX: usize = 4;
/// Longest cookie that is looked at, in bytes.
pub const VALUE_MAX_BYTES: usize = 512;
/// Longest session token, in bytes; Better Auth makes 32 characters.
pub const TOKEN_MAX_BYTES: usize = 191;
/// Shortest secret, in bytes: what Better Auth itself asks for.
const SECRET_MIN_BYTES: usize = 32;
/// What Better Auth falls back to where nobody sets one: everybody knows it.
const PUBLISHED_SECRET: &str = "better-auth-secret-12345678901234567890";
/// Longest prefix of cookies' names, in bytes.
const PREFIX_MAX_BYTES: usize = 64;
/// Of a base64 MAC with padding.
const SIGNATURE_BYTES: usize = 44;

/// A Better Auth whose sessions count.
#[derive(Clone, Debug)]
pub struct BetterAuth {
    /// None where whoever reads the settings is not given it: nobody is signed in then.
    secret: Option<Secret>,
    /// Names of the cookie, the one that counts first first.
    names: [String; 2],
    has_roles: bool,
}

/// Where its tables are, and how their columns are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// Of users.
    pub users: TableName,
    /// Of sessions.
    pub sessions: TableName,
    /// `user_id` and not `userId`.
    pub is_snake_case: bool,
}

/// A session as its tables have it: `gatelet:store/better-auth.session`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignSession {
    /// By which it was found.
    #[serde(serialize_with = "secret::expose")]
    pub token: Secret,
    /// Whose.
    pub user: StoredUser,
    /// When it began, in Unix seconds.
    pub created_at: u64,
    /// Not after this.
    pub expires_at: u64,
    /// Whether an admin has banned the user.
    pub is_banned: bool,
    /// Until when, where that ends.
    pub ban_expires_at: Option<u64>,
    /// Roles of the user, separated by commas; empty for none.
    pub role: String,
}

impl BetterAuth {
    pub(super) fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let secret = values.get(Setting::BetterAuthSecret);
        let refused = |setting, why| Err(SettingError::new(setting, why));
        if !secret.is_empty() && secret.len() < SECRET_MIN_BYTES {
            return refused(
                Setting::BetterAuthSecret,
                "is shorter than 32 bytes: give Better Auth a longer one, and the same here",
            );
        }
        if secret == PUBLISHED_SECRET {
            return refused(
                Setting::BetterAuthSecret,
                "is the one that Better Auth publishes, by which anybody can sign a session: give it one of your own, and the same here",
            );
        }
        let prefix = values.get(Setting::BetterAuthCookiePrefix);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if prefix.len() > PREFIX_MAX_BYTES || !prefix.bytes().all(plain) {
            return refused(
                Setting::BetterAuthCookiePrefix,
                "is no part of a cookie's name: up to 64 letters, digits, dots, dashes and underscores",
            );
        }
        // Parsed here so that a mistake stops the start; the store goes by them.
        Tables::from_values(values)?;
        let plain_name = [prefix, ".session_token"].concat();
        Ok(Self {
            secret: (!secret.is_empty()).then(|| Secret::new(secret.to_owned())),
            names: [["__Secure-", &plain_name].concat(), plain_name],
            has_roles: values.is(Setting::BetterAuthRoles, "groups", "ignore")?,
        })
    }

    pub(super) const fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// Names of the cookie that has a session's token, the one that counts first first.
    #[must_use]
    pub const fn cookie_names(&self) -> &[String; 2] {
        &self.names
    }

    /// Whether a cookie is one of its session: token, or a copy of the session, whole or
    /// in pieces.
    #[must_use]
    pub fn is_of_session(&self, name: &str) -> bool {
        self.names.iter().any(|own| {
            name == own
                || own
                    .strip_suffix("token")
                    .and_then(|stem| name.strip_prefix(stem))
                    .and_then(|rest| rest.strip_prefix("data"))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The token of a cookie that this secret has signed.
    ///
    /// 1. Within the limit, percent-decoded once, UTF-8.
    /// 2. `TOKEN.SIGNATURE`, split at the last dot, as Better Auth reads it.
    /// 3. The signature is 44 characters of base64, and the MAC of the token in constant
    ///    time.
    pub(super) fn open(&self, value: &[u8]) -> Option<String> {
        let secret = self.secret.as_ref()?;
        if value.len() > VALUE_MAX_BYTES {
            return None;
        }
        let text = String::from_utf8(percent::decoded(value)).ok()?;
        let (token, signature) = text.rsplit_once('.')?;
        if token.is_empty() || token.len() > TOKEN_MAX_BYTES || signature.len() != SIGNATURE_BYTES {
            return None;
        }
        let signature = STANDARD.decode(signature).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
            .expect("HMAC takes keys of every length");
        mac.update(token.as_bytes());
        mac.verify_slice(&signature).ok()?;
        Some(token.to_owned())
    }

    /// The session, as ours are, where it is good at `now` in Unix seconds: it has not run
    /// out, and its user is not banned.
    pub(super) fn live(
        &self,
        found: ForeignSession,
        audience: &str,
        now: u64,
    ) -> Option<StoredSession> {
        let ForeignSession {
            token: _,
            mut user,
            created_at,
            expires_at,
            is_banned,
            ban_expires_at,
            role,
        } = found;
        let is_banned = is_banned && ban_expires_at.is_none_or(|until| now < until);
        if now >= expires_at || is_banned {
            return None;
        }
        user.email.make_ascii_lowercase();
        Some(StoredSession {
            user,
            provider: PROVIDER.to_owned(),
            audience: audience.to_owned(),
            amr: String::new(),
            auth_time: created_at.min(now),
            groups: match self.has_roles {
                true => groups(&role),
                false => String::new(),
            },
            created_at,
            expires_at,
            idle_expires_at: expires_at,
        })
    }
}

impl Tables {
    /// `better_auth_tables`, `better_auth_columns`
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let [users, sessions] = TableName::parse_pair(values.get(Setting::BetterAuthTables))
            .map_err(|error| SettingError::new(Setting::BetterAuthTables, error))?;
        Ok(Self {
            users,
            sessions,
            is_snake_case: values.is(Setting::BetterAuthColumns, "snake", "camel")?,
        })
    }
}

/// Neither token nor person.
impl fmt::Debug for ForeignSession {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ForeignSession")
            .field("expires_at", &self.expires_at)
            .field("is_banned", &self.is_banned)
            .finish_non_exhaustive()
    }
}

/// Roles that can be groups' names, each once and in order, as many as fit.
fn groups(role: &str) -> String {
    let mut names: Vec<&str> = role
        .split(',')
        .map(str::trim)
        .filter(|name| is_group_name(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut groups = String::new();
    for name in names {
        if groups.len() + 1 + name.len() > GROUPS_MAX_BYTES {
            break;
        }
        if !groups.is_empty() {
            groups.push(',');
        }
        groups.push_str(name);
    }
    groups
}
