//! What do all other programs that keep sessions have in common? A cookie that one is known
//! by, and an answer about it.

use super::better_auth::{self, BetterAuth, ForeignSession};
use super::credential::Confirmed;
use super::workos::{UnsealedSession, WorkOs};
use crate::claims::SessionToken;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Most cookies of one name that are looked at: each costs a MAC, if no more.
pub(super) const TRIES_MAX: usize = better_auth::TRIES_MAX;

/// Another program that keeps sessions.
#[derive(Clone, Copy, Debug)]
pub enum Foreign<'a> {
    /// A Better Auth.
    BetterAuth(&'a BetterAuth),
    /// WorkOS.
    WorkOs(&'a WorkOs),
}

/// Whom to ask about what a request shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The store: `gatelet:store/better-auth.find`.
    BetterAuth,
    /// `auth`, which may ask WorkOS.
    WorkOs,
}

/// What is said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ForeignAnswer {
    /// Rows of its tables.
    BetterAuth(Vec<ForeignSession>),
    /// Sessions in sealed cookies.
    WorkOs(Vec<UnsealedSession>),
}

impl<'a> Foreign<'a> {
    /// Names of the cookie that a session is known by, the one that counts first first.
    #[must_use]
    pub fn cookie_names(self) -> &'a [String] {
        match self {
            Self::BetterAuth(backend) => backend.cookie_names(),
            Self::WorkOs(backend) => backend.cookie_names(),
        }
    }

    /// Whether a cookie is one of its sessions': what it is known by, or a copy of it.
    #[must_use]
    pub fn is_of_session(self, name: &str) -> bool {
        match self {
            Self::BetterAuth(backend) => backend.is_of_session(name),
            Self::WorkOs(backend) => backend.cookie_names().iter().any(|own| own == name),
        }
    }

    pub(super) const fn asked(self) -> Asked {
        match self {
            Self::BetterAuth(_) => Asked::BetterAuth,
            Self::WorkOs(_) => Asked::WorkOs,
        }
    }

    /// What the cookies show of its sessions, in the order in which it counts.
    pub(super) fn shown<'c, C>(self, cookies: impl Fn() -> C) -> Vec<&'c [u8]>
    where
        C: Iterator<Item = (&'c [u8], &'c [u8])>,
    {
        let mut shown = Vec::new();
        for own in self.cookie_names() {
            let all = cookies().take(crate::cookie::COOKIES_MAX);
            let of_name = all.filter(|(name, _)| *name == own.as_bytes());
            shown.extend(of_name.map(|(_, value)| value));
        }
        shown.truncate(TRIES_MAX);
        shown
    }

    /// What is to be asked about a cookie, where that can be one of its.
    pub(super) fn open(self, value: &[u8]) -> Option<String> {
        match self {
            Self::BetterAuth(backend) => backend.open(value),
            Self::WorkOs(_) => WorkOs::open(value),
        }
    }

    /// By what our copy of a session is bound to the cookie that it was made from: a
    /// digest of all of it, so that nothing else passes for it.
    pub(super) fn binding(self, value: &[u8]) -> SessionToken {
        let label: &[u8] = match self {
            Self::BetterAuth(_) => b"gatelet backend better-auth\0",
            Self::WorkOs(_) => b"gatelet backend workos\0",
        };
        let digest = Sha256::new().chain_update(label).chain_update(value);
        SessionToken::from_random(digest.finalize().into())
    }

    /// What an answer says about the cookie that is bound so and was asked about so, where
    /// it is good.
    pub(super) fn confirmed(
        self,
        binding: &SessionToken,
        opened: &str,
        answer: &ForeignAnswer,
        audience: &str,
        now: u64,
    ) -> Option<Confirmed> {
        match (self, answer) {
            (Self::BetterAuth(backend), ForeignAnswer::BetterAuth(found)) => {
                let row = found.iter().find(|one| one.token.expose() == opened)?;
                Some(Confirmed {
                    binding: binding.clone(),
                    session: backend.live(row.clone(), audience, now)?,
                    replacement: None,
                })
            }
            (Self::WorkOs(_), ForeignAnswer::WorkOs(found)) => {
                let one = found.iter().find(|one| one.seal == opened)?;
                let replaced = one.replacement.as_ref();
                Some(Confirmed {
                    binding: replaced
                        .map_or_else(|| binding.clone(), |value| self.binding(value.as_bytes())),
                    session: WorkOs::live(one, audience, now)?,
                    replacement: replaced.map(|value| (opened.to_owned(), value.clone())),
                })
            }
            // Settings changed while it was asked.
            (Self::BetterAuth(_), ForeignAnswer::WorkOs(_))
            | (Self::WorkOs(_), ForeignAnswer::BetterAuth(_)) => None,
        }
    }
}
