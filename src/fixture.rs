//! What do the tests of this crate judge? One gateway, one person, heads by need.

use crate::claims::{Claims, SessionToken};
use crate::cookie;
use crate::decide::{Edits, Verdict, decide};
use crate::head::{Head, write_fields};
use crate::key::KeyRing;
use crate::reply::Reply;
use crate::session::{Resumed, StoredSession, StoredToken, StoredUser};
use crate::settings::GateSettings;

pub(crate) const NOW: u64 = 1_800_000_000;
/// Random, and used nowhere else.
pub(crate) const KEY: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";
pub(crate) const OTHER_KEY: &str = "k2:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE";
/// Of `correct horse battery staple`.
pub(crate) const PASSPHRASE_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$eZ8SueF3EIJEgtgpg1rLafWpNVv3dMTwc0KCOxG5CSg";
pub(crate) const BASE_URL: &str = "https://app.example.com";
pub(crate) const HOST: &str = "app.example.com";
pub(crate) const USER_ID: &str = "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c11";
pub(crate) const BROWSER: &[(&str, &str)] = &[
    ("accept", "text/html,*/*;q=0.8"),
    ("sec-fetch-mode", "navigate"),
];

/// The gateway of [`BASE_URL`], with some variables set otherwise.
pub(crate) fn settings(changes: &[(&str, &str)]) -> GateSettings {
    let standard = [
        ("base_url", BASE_URL),
        ("upstream", "http://localhost:8080"),
        ("session_keys", KEY),
    ];
    let pairs = changes.iter().copied().chain(standard);
    GateSettings::from_variables(pairs).expect("the fixture's settings are valid")
}

pub(crate) fn keys(text: &str) -> KeyRing {
    KeyRing::parse(text).expect("the fixture's keys are valid")
}

/// A session that was signed ten seconds ago.
pub(crate) fn claims() -> Claims<'static> {
    Claims {
        token: SessionToken::from_random([7; 32]),
        user_id: USER_ID,
        email: "ada@example.com",
        email_verified: true,
        name: "Ada Lovelace",
        provider: "google",
        audience: BASE_URL,
        amr: "fed",
        auth_time: NOW - 1000,
        groups: "admins,staff",
        issued_at: NOW - 10,
        fresh_until: NOW + 50,
        expires_at: NOW + 86_400,
    }
}

/// One whose freshness has run out.
pub(crate) fn stale_claims() -> Claims<'static> {
    Claims {
        issued_at: NOW - 600,
        fresh_until: NOW - 540,
        ..claims()
    }
}

/// The row behind [`claims`].
pub(crate) fn stored() -> StoredSession {
    StoredSession {
        user: StoredUser {
            id: USER_ID.to_owned(),
            email: "ada@example.com".to_owned(),
            email_verified: true,
            name: "Ada Lovelace".to_owned(),
            created_at: NOW - 1_000_000,
        },
        provider: "google".to_owned(),
        audience: BASE_URL.to_owned(),
        amr: "fed".to_owned(),
        auth_time: NOW - 1000,
        groups: "admins,staff".to_owned(),
        created_at: NOW - 1000,
        expires_at: NOW + 2_000_000,
        idle_expires_at: NOW + 604_800,
    }
}

/// A personal access token's row, of the same person.
pub(crate) fn stored_token() -> StoredToken {
    let StoredSession { user, groups, .. } = stored();
    StoredToken {
        user,
        groups,
        audience: BASE_URL.to_owned(),
        scopes: "*".to_owned(),
        created_at: NOW - 1000,
        expires_at: NOW + 86_400,
        granted: None,
    }
}

/// What the store answers with a row, where no app was asked for.
pub(crate) fn resumed(session: StoredSession) -> Resumed {
    Resumed {
        session,
        granted: None,
    }
}

/// A session cookie's value under [`KEY`].
pub(crate) fn signed(claims: &Claims<'_>) -> String {
    cookie::sign(claims, &keys(KEY)).expect("the fixture's claims fit")
}

/// `Cookie` with a session of the fixture's.
pub(crate) fn session_cookie(claims: &Claims<'_>) -> String {
    format!("__Host-gatelet={}", signed(claims))
}

/// A request to be written field by field.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) authority: String,
    pub(crate) tls: bool,
    pub(crate) peer: String,
    pub(crate) fields: Vec<u8>,
}

impl Asked {
    pub(crate) fn get(target: &str) -> Self {
        Self {
            method: "GET",
            target: target.to_owned(),
            authority: HOST.to_owned(),
            tls: false,
            peer: "192.0.2.7".to_owned(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields.iter().map(|(name, value)| (*name, value.as_bytes()));
        self.fields
            .extend(write_fields(pairs).expect("the fixture's fields are valid"));
        self
    }

    pub(crate) fn signed_in(self) -> Self {
        let cookie = session_cookie(&claims());
        self.with(&[("cookie", &cookie)])
    }

    pub(crate) fn stale(self) -> Self {
        let cookie = session_cookie(&stale_claims());
        self.with(&[("cookie", &cookie)])
    }

    pub(crate) fn head(&self) -> Head<'_> {
        Head {
            method: self.method,
            target: &self.target,
            authority: &self.authority,
            tls: self.tls,
            peer: &self.peer,
            fields: &self.fields,
        }
    }

    pub(crate) fn judged(&self, settings: &GateSettings) -> Verdict {
        decide(&self.head(), settings, NOW)
    }
}

impl Verdict {
    pub(crate) fn edits(self) -> Edits {
        match self {
            Self::Forward(edits) => edits,
            other => panic!("not forwarded: {other:?}"),
        }
    }

    pub(crate) fn reply(self) -> Reply {
        match self {
            Self::Respond(reply) => reply,
            other => panic!("not answered: {other:?}"),
        }
    }
}
