//! Who is signed in in this browser?

use gatelet_core::claims::{Claims, Scratch, SessionToken};
use gatelet_core::cookie::{self, NoSession};
use gatelet_core::session::StoredSession;
use gatelet_ports::store::sessions;
use gatelet_ports::store::types::Error;

use crate::arrival::Arrival;
use crate::log;
use crate::person::Person;

/// What a request's cookies come to, and the cookies to set because of it.
pub enum Current {
    /// Somebody.
    Live(Live, Vec<String>),
    /// Nobody.
    Nobody(Vec<String>),
}

/// A session, by its fresh cookie or by the store.
pub struct Live {
    /// A UUID.
    pub user_id: String,
    /// Canonical address.
    pub email: String,
    /// Whether somebody proved to read mail there.
    pub email_verified: bool,
    /// Display name; may be empty.
    pub name: String,
    /// `password`, or a provider's id.
    pub provider: String,
    /// Unix seconds: it ends then unless it is used.
    pub expires_at: u64,
}

impl Live {
    /// As pages show it.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            id: self.user_id.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            name: self.name.clone(),
        }
    }

    fn of(claims: &Claims<'_>) -> Self {
        let Claims {
            token: _,
            user_id,
            email,
            email_verified,
            name,
            provider,
            audience: _,
            amr: _,
            auth_time: _,
            issued_at: _,
            fresh_until: _,
            expires_at,
        } = claims;
        Self {
            user_id: (*user_id).to_owned(),
            email: (*email).to_owned(),
            email_verified: *email_verified,
            name: (*name).to_owned(),
            provider: (*provider).to_owned(),
            expires_at: *expires_at,
        }
    }
}

/// Who is signed in. Asks the store where the cookie is stale, and signs it anew.
pub async fn current(arrival: &Arrival<'_>) -> Result<Current, Error> {
    find(arrival, |claims| {
        arrival.origin.believes(claims, arrival.now)
    })
    .await
}

/// The same by the store alone, however fresh the cookie is.
pub async fn in_store(arrival: &Arrival<'_>) -> Result<Current, Error> {
    find(arrival, |_| false).await
}

/// `believes` says whether a cookie will do.
async fn find(
    arrival: &Arrival<'_>,
    believes: impl Fn(&Claims<'_>) -> bool,
) -> Result<Current, Error> {
    let (names, audience) = (arrival.cookie_names(), arrival.audience());
    let (lifetimes, now) = (arrival.lifetimes(), arrival.now);
    let mut scratch = Scratch::new();
    let claims = match cookie::find(
        arrival.cookies(),
        names.session(),
        arrival.keys,
        audience,
        now,
        &mut scratch,
    ) {
        Ok(claims) => claims,
        // Another program's, or one that a key signed which is gone: not ours to clear.
        Err(NoSession::None | NoSession::Invalid) => return Ok(Current::Nobody(Vec::new())),
        Err(NoSession::Expired) => return Ok(Current::Nobody(vec![names.clear_session()])),
    };
    if believes(&claims) {
        return Ok(Current::Live(Live::of(&claims), Vec::new()));
    }
    let digest = claims.token.digest().to_vec();
    let found = sessions::resume(
        arrival.place(),
        digest,
        audience.to_owned(),
        None,
        now,
        lifetimes.slide(now),
    )
    .await?;
    let Some(session) = found
        .map(|resumed| StoredSession::from(resumed.session))
        .filter(|session| session.is_live(audience, now))
    else {
        return Ok(Current::Nobody(vec![names.clear_session()]));
    };
    let token = claims.token.clone();
    Ok(Current::Live(
        Live::of(&session.claims(token.clone(), lifetimes, now)),
        vec![signed(arrival, &session, token)?],
    ))
}

/// The cookie of a session.
pub fn signed(
    arrival: &Arrival<'_>,
    session: &StoredSession,
    token: SessionToken,
) -> Result<String, Error> {
    session
        .set_cookie(
            token,
            arrival.lifetimes(),
            arrival.origin,
            arrival.keys,
            arrival.now,
        )
        .map_err(|error| {
            // Every field was bounded before it was stored.
            log::error("session.oversized", &error.to_string());
            Error::Internal
        })
}
