//! Who is signed in, and how does a session begin and end?

use crate::visit::Visit;
use gatelet_core::claims::{Scratch, SessionToken};
use gatelet_core::cookie::{self, CookieAge, CookieNames, CookieScope, TRIES_MAX};
use gatelet_core::session::StoredSession;
use gatelet_ports::store::session_writer::{self, NewSession, SignIn};
use gatelet_ports::store::types::Error;
use gatelet_web::signed;

/// Most cookies that one answer clears.
const CLEARED_MAX: usize = 32;

/// Begins a session on what was decided, by the methods given, under a new token;
/// ends those that the browser came with, and returns the cookies to set. `Conflict`
/// where what was decided on has changed meanwhile.
pub(crate) async fn begin(
    visit: &Visit<'_>,
    sign_in: SignIn,
    methods: &str,
) -> Result<Vec<String>, Error> {
    let token = SessionToken::from_random(gatelet_wasi::random::bytes());
    let (idle_expires_at, expires_at) = visit.arrival.lifetimes().begin(visit.arrival.now);
    let row = NewSession {
        token: token.digest().to_vec(),
        audience: visit.arrival.audience().to_owned(),
        amr: methods.to_owned(),
        auth_time: visit.arrival.now,
        created_at: visit.arrival.now,
        expires_at,
        idle_expires_at,
    };
    let session = session_writer::begin(visit.arrival.place(), sign_in, row).await?;
    // A session id from before must be good for nothing afterwards. The new one
    // exists first: if this fails, nobody is left without either.
    end(visit).await?;
    let session = StoredSession::from(session);
    gatelet_web::log::note(
        "session.begun",
        &format!("user {} by {}", session.user.id, session.provider),
    );
    Ok(vec![signed(&visit.arrival, &session, token)?])
}

/// Ends every session that the browser came with, where sessions are kept.
pub(crate) async fn end(visit: &Visit<'_>) -> Result<(), Error> {
    let name = visit.arrival.cookie_names().session();
    let mut digests = Vec::new();
    // Each alone: `find` picks one, and all must go.
    for cookie in visit
        .arrival
        .cookies()
        .filter(|(found, _)| *found == name)
        .take(TRIES_MAX)
    {
        let mut scratch = Scratch::new();
        let only = std::iter::once(cookie);
        if let Ok(claims) = cookie::find(
            only,
            name,
            visit.arrival.keys,
            visit.arrival.audience(),
            visit.arrival.now,
            &mut scratch,
        ) {
            digests.push(claims.token.digest().to_vec());
        }
    }
    for digest in digests {
        session_writer::end(visit.arrival.place(), digest).await?;
    }
    Ok(())
}

/// `Set-Cookie` values that remove every cookie of ours that came along, in
/// whatever scope an earlier configuration had set it.
pub(crate) fn all_cleared(visit: &Visit<'_>) -> Vec<String> {
    let here = visit.arrival.cookie_names();
    let host = CookieNames::new(CookieScope::Host);
    let mut names: Vec<&str> = visit
        .arrival
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
