//! Who keeps users and sessions? Gatelet, or another program whose sessions are asked
//! about: [`BetterAuth`], [`WorkOs`].
//!
//! Of another's session the browser gets a signed copy too, which is good for the usual
//! window. It is bound to the very cookie that it was made from: beside another, or none,
//! it says nothing.

mod address;
pub mod better_auth;
mod credential;
mod foreign;
mod table_name;
pub mod workos;

use std::sync::Arc;

use gatelet_settings::{Setting, SettingError, Values};

pub use address::AppAddress;
pub use better_auth::BetterAuth;
pub use credential::{Confirmed, ForeignCredential, ForeignLookUp, recognise_foreign};
pub use foreign::{Foreign, ForeignAnswer};
pub use table_name::{TableName, TableNameError};
pub use workos::WorkOs;

/// Who keeps an origin's users and sessions.
#[derive(Clone, Debug)]
pub enum Backend {
    /// We do, and people sign in on our pages.
    Gatelet,
    /// A Better Auth, in tables of its own; people sign in at the app.
    BetterAuth(Arc<BetterAuth>),
    /// WorkOS, in a sealed cookie; people sign in with AuthKit.
    WorkOs(Arc<WorkOs>),
}

impl Backend {
    /// `auth_backend`, and what belongs to it. A missing secret is for
    /// [`Backend::require`]: not everybody who reads origins is given it.
    pub(crate) fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        match values.get(Setting::AuthBackend) {
            "gatelet" | "kv-oauth" => Ok(Self::Gatelet),
            "better-auth" => Ok(Self::BetterAuth(Arc::new(BetterAuth::from_values(values)?))),
            "workos" => Ok(Self::WorkOs(Arc::new(WorkOs::from_values(values)?))),
            _ => Err(SettingError::new(
                Setting::AuthBackend,
                "is none of gatelet, kv-oauth (the same), better-auth and workos",
            )),
        }
    }

    /// An error where what it needs for judging is missing.
    pub(crate) fn require(&self) -> Result<(), SettingError> {
        match self {
            Self::BetterAuth(backend) if !backend.has_secret() => Err(SettingError::new(
                Setting::BetterAuthSecret,
                "is not set, and auth_backend is better-auth: set it to Better Auth's own secret, BETTER_AUTH_SECRET",
            )),
            // What WorkOS needs is for `auth` alone, which asks it.
            Self::Gatelet | Self::BetterAuth(_) | Self::WorkOs(_) => Ok(()),
        }
    }

    /// The other program whose sessions count, where they are not ours.
    #[must_use]
    pub fn foreign(&self) -> Option<Foreign<'_>> {
        match self {
            Self::Gatelet => None,
            Self::BetterAuth(backend) => Some(Foreign::BetterAuth(backend)),
            Self::WorkOs(backend) => Some(Foreign::WorkOs(backend)),
        }
    }

    /// As the setting says it, and `X-Forwarded-Provider`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Gatelet => "gatelet",
            Self::BetterAuth(_) => better_auth::PROVIDER,
            Self::WorkOs(_) => workos::PROVIDER,
        }
    }

    /// What an audience ends in, so that no copy of one backend's session is believed
    /// under another. Short: it is in every cookie.
    pub(crate) const fn mark(&self) -> &'static str {
        match self {
            Self::Gatelet => "",
            Self::BetterAuth(_) => "#b",
            Self::WorkOs(_) => "#w",
        }
    }
}

#[cfg(test)]
mod tests;
