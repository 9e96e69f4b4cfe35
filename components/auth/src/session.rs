//! Who is signed in, and how does a session begin and end?

use crate::pages::Person;
use crate::ports::{Error, NewSession, User, session_writer, sessions, stored_session};
use crate::visit::Visit;
use gatelet_core::claims::{Claims, Scratch, SessionToken};
use gatelet_core::cookie::{self, CookieAge, CookieNames, CookieScope, NoSession, TRIES_MAX};
use gatelet_core::session::StoredSession;

/// Most cookies that one answer clears.
const CLEARED_MAX: usize = 32;

/// What a request's cookies come to, and the cookies to set because of it.
pub(crate) enum Current {
    /// Somebody.
    Live(Live, Vec<String>),
    /// Nobody.
    Nobody(Vec<String>),
}

/// A session, by its fresh cookie or by the store.
pub(crate) struct Live {
    pub(crate) user_id: String,
    pub email: String,
    pub email_verified: bool,
    pub name: String,
    /// `password`, or a provider's id.
    pub provider: String,
    /// Unix seconds: it ends then unless it is used.
    pub expires_at: u64,
}

impl Live {
    /// As pages show it.
    pub(crate) fn person(&self) -> Person {
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
pub(crate) async fn current(visit: &Visit<'_>) -> Result<Current, Error> {
    let origin = &visit.site.origin;
    find(visit, |claims| origin.believes(claims, visit.now)).await
}

/// The same by the store alone, however fresh the cookie is.
pub(crate) async fn in_store(visit: &Visit<'_>) -> Result<Current, Error> {
    find(visit, |_| false).await
}

/// `believes` says whether a cookie will do.
async fn find(visit: &Visit<'_>, believes: impl Fn(&Claims<'_>) -> bool) -> Result<Current, Error> {
    let (names, audience, lifetimes) = (visit.cookie_names(), visit.audience(), visit.lifetimes());
    let mut scratch = Scratch::new();
    let claims = match cookie::find(
        visit.cookies(),
        names.session(),
        visit.keys(),
        audience,
        visit.now,
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
        visit.place(),
        digest,
        audience.to_owned(),
        String::new(),
        visit.now,
        lifetimes.slide(visit.now),
    )
    .await?;
    let Some(session) = found
        .map(stored_session)
        .filter(|session| session.is_live(audience, visit.now))
    else {
        return Ok(Current::Nobody(vec![names.clear_session()]));
    };
    let token = claims.token.clone();
    Ok(Current::Live(
        Live::of(&session.claims(token.clone(), lifetimes, visit.now)),
        vec![signed(visit, &session, token)?],
    ))
}

/// Begins a session for this user under a new token, ends those that the browser
/// came with, and returns the cookies to set.
pub(crate) async fn begin(
    visit: &Visit<'_>,
    user: &User,
    provider: &str,
) -> Result<Vec<String>, Error> {
    let token = SessionToken::from_random(crate::random::bytes());
    let (idle_expires_at, expires_at) = visit.lifetimes().begin(visit.now);
    let row = NewSession {
        token: token.digest().to_vec(),
        user_id: user.id.clone(),
        provider: provider.to_owned(),
        audience: visit.audience().to_owned(),
        created_at: visit.now,
        expires_at,
        idle_expires_at,
    };
    session_writer::create(visit.place(), row.clone()).await?;
    // A session id from before must be good for nothing afterwards. The new one
    // exists first: if this fails, nobody is left without either.
    end(visit).await?;
    let session = stored_session(crate::ports::Session {
        user: user.clone(),
        provider: row.provider,
        audience: row.audience,
        created_at: row.created_at,
        expires_at,
        idle_expires_at,
        granted: false,
    });
    crate::log::note("session.begun", &format!("user {} by {provider}", user.id));
    Ok(vec![signed(visit, &session, token)?])
}

/// Ends every session that the browser came with, where sessions are kept.
pub(crate) async fn end(visit: &Visit<'_>) -> Result<(), Error> {
    let name = visit.cookie_names().session();
    let mut digests = Vec::new();
    // Each alone: `find` picks one, and all must go.
    for cookie in visit
        .cookies()
        .filter(|(found, _)| *found == name)
        .take(TRIES_MAX)
    {
        let mut scratch = Scratch::new();
        let only = std::iter::once(cookie);
        if let Ok(claims) = cookie::find(
            only,
            name,
            visit.keys(),
            visit.audience(),
            visit.now,
            &mut scratch,
        ) {
            digests.push(claims.token.digest().to_vec());
        }
    }
    for digest in digests {
        session_writer::end(visit.place(), digest).await?;
    }
    Ok(())
}

/// `Set-Cookie` values that remove every cookie of ours that came along, in
/// whatever scope an earlier configuration had set it.
pub(crate) fn all_cleared(visit: &Visit<'_>) -> Vec<String> {
    let here = visit.cookie_names();
    let host = CookieNames::new(CookieScope::Host);
    let mut names: Vec<&str> = visit
        .cookies()
        .map(|(name, _)| name)
        .filter(|name| cookie::is_ours(name))
        .take(CLEARED_MAX)
        .collect();
    names.push(here.session());
    names.sort_unstable();
    names.dedup();
    let cleared = names.into_iter().map(|name| {
        let scope = if name.starts_with(host.prefix()) {
            &host
        } else {
            here
        };
        scope.set(name, "", CookieAge::Clear)
    });
    cleared.collect()
}

fn signed(
    visit: &Visit<'_>,
    session: &StoredSession,
    token: SessionToken,
) -> Result<String, Error> {
    session
        .set_cookie(
            token,
            visit.lifetimes(),
            &visit.site.origin,
            visit.keys(),
            visit.now,
        )
        .map_err(|error| {
            // Every field was bounded before it was stored.
            crate::log::error("session.oversized", &error.to_string());
            Error::Internal
        })
}
