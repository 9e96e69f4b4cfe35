//! How long is a session good, and what goes into its cookie?

use serde::{Deserialize, Serialize};

use crate::claims::{Claims, OversizedClaims, SessionToken};
use crate::cookie;
use crate::key::KeyRing;
use crate::origin::Origin;

/// Longest name that a provider may have for a session of its own, in bytes: it is as long as
/// a subject.
pub const PROVIDER_SESSION_MAX_BYTES: usize = 255;

/// How long sessions last, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// How long a cookie is believed without asking the database. 0 asks every time.
    pub fresh_seconds: u64,
    /// How much longer it is believed while the database is away.
    pub grace_seconds: u64,
    /// How long an unused session lasts.
    pub idle_seconds: u64,
    /// How long a session lasts, however much it is used.
    pub lifetime_seconds: u64,
}

/// A session as the store has it: `gatelet:store/types.session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSession {
    /// Whose.
    pub user: StoredUser,
    /// How it began: `password`, or a provider's id.
    pub provider: String,
    /// The origin or shared cookie domain that it is good for.
    pub audience: String,
    /// By which methods the user signed in: RFC 8176 values, separated by spaces.
    pub amr: String,
    /// When the user did so last, in Unix seconds.
    pub auth_time: u64,
    /// The groups that the user is in: names in order, separated by commas.
    pub groups: String,
    /// Unix seconds.
    pub created_at: u64,
    /// Not after this, however active.
    pub expires_at: u64,
    /// Not after this unless used.
    pub idle_expires_at: u64,
}

/// A personal access token as the store has it, with its user:
/// `gatelet:store/access-tokens.resumed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredToken {
    /// Whose.
    pub user: StoredUser,
    /// The groups that the user is in: names in order, separated by commas.
    pub groups: String,
    /// The origin or shared cookie domain that it is good for.
    pub audience: String,
    /// The apps there that it is good for, separated by spaces, or `*` for all.
    pub scopes: String,
    /// Unix seconds.
    pub created_at: u64,
    /// Not after this.
    pub expires_at: u64,
    /// Whether its user was granted the app; none where no app was asked for.
    pub granted: Option<bool>,
}

/// What the store says of a session's token: `gatelet:store/sessions.resumed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// Whose it is, and until when.
    pub session: StoredSession,
    /// Whether its user was granted the app; none where no app was asked for.
    pub granted: Option<bool>,
}

/// A user as the store has it: `gatelet:store/types.user`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredUser {
    /// A UUID.
    pub id: String,
    /// Canonical address.
    pub email: String,
    /// Whether somebody proved to read mail there.
    pub email_verified: bool,
    /// Display name; may be empty.
    pub name: String,
    /// Unix seconds.
    pub created_at: u64,
}

impl Lifetimes {
    /// When a session that is used now runs out unless it is used again, and
    /// when it ends in any case: `(idle_expires_at, expires_at)`.
    #[must_use]
    pub fn begin(&self, now: u64) -> (u64, u64) {
        let expires_at = now.saturating_add(self.lifetime_seconds);
        (self.slide(now).min(expires_at), expires_at)
    }

    /// How long what was let in goes on before it is judged anew. Where every request
    /// asks the store, an open tunnel asks every few seconds.
    #[must_use]
    pub fn window_seconds(&self) -> u64 {
        const SHORTEST: u64 = 5;
        match self.fresh_seconds {
            0 => SHORTEST,
            seconds => seconds,
        }
    }

    /// The idle expiry of a session that is used now. The store keeps it within
    /// `expires_at`.
    #[must_use]
    pub fn slide(&self, now: u64) -> u64 {
        now.saturating_add(self.idle_seconds)
    }
}

impl StoredSession {
    /// Whether it is good at `now` for this audience.
    #[must_use]
    pub fn is_live(&self, audience: &str, now: u64) -> bool {
        self.audience == audience && now < self.good_until()
    }

    /// The signed copy of this row that a browser gets at `now`.
    #[must_use]
    pub fn claims(&self, token: SessionToken, lifetimes: &Lifetimes, now: u64) -> Claims<'_> {
        let Self {
            user,
            provider,
            audience,
            amr,
            auth_time,
            groups,
            created_at: _,
            expires_at: _,
            idle_expires_at: _,
        } = self;
        let StoredUser {
            id,
            email,
            email_verified,
            name,
            created_at: _,
        } = user;
        let expires_at = self.good_until();
        Claims {
            token,
            user_id: id,
            email,
            email_verified: *email_verified,
            name,
            provider,
            audience,
            amr,
            auth_time: *auth_time,
            groups,
            issued_at: now,
            fresh_until: now.saturating_add(lifetimes.fresh_seconds).min(expires_at),
            expires_at,
        }
    }

    /// A `Set-Cookie` value with the signed copy of this row, for the gateway
    /// when it resumes a session and for a sign-in when it begins one.
    pub fn set_cookie(
        &self,
        token: SessionToken,
        lifetimes: &Lifetimes,
        origin: &Origin,
        keys: &KeyRing,
        now: u64,
    ) -> Result<String, OversizedClaims> {
        cookie::set_session(
            &self.claims(token, lifetimes, now),
            origin.cookies(),
            keys,
            now,
        )
    }

    /// The end of it, in Unix seconds, unless it is used.
    #[must_use]
    pub fn good_until(&self) -> u64 {
        self.expires_at.min(self.idle_expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{BASE_URL, NOW, stored};

    const LIFETIMES: Lifetimes = Lifetimes {
        fresh_seconds: 60,
        grace_seconds: 0,
        idle_seconds: 600,
        lifetime_seconds: 3600,
    };

    #[test]
    fn a_session_lasts_as_long_as_the_shorter_of_its_limits() {
        assert_eq!(LIFETIMES.begin(NOW), (NOW + 600, NOW + 3600));
        let lifetimes = Lifetimes {
            idle_seconds: 7200,
            ..LIFETIMES
        };
        assert_eq!(lifetimes.begin(NOW), (NOW + 3600, NOW + 3600));
        assert_eq!(lifetimes.begin(u64::MAX), (u64::MAX, u64::MAX));

        let token = || SessionToken::from_random([1; 32]);
        let session = StoredSession {
            idle_expires_at: NOW + 30,
            expires_at: NOW + 3600,
            ..stored()
        };
        let claims = session.claims(token(), &LIFETIMES, NOW);
        assert_eq!(
            (claims.issued_at, claims.fresh_until, claims.expires_at),
            (NOW, NOW + 30, NOW + 30)
        );
        assert!(session.is_live(BASE_URL, NOW + 29) && !session.is_live(BASE_URL, NOW + 30));
        assert!(!session.is_live("https://other.example", NOW));
        let session = StoredSession {
            idle_expires_at: NOW + 3600,
            expires_at: NOW + 10,
            ..stored()
        };
        assert_eq!(
            session.claims(token(), &LIFETIMES, NOW).expires_at,
            NOW + 10
        );
    }
}
