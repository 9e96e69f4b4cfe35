//! How does a session end?

use crate::device;
use crate::visit::Visit;
use gatelet_core::cookie::{CookieAge, CookieNames, CookieScope, Scratch, TRIES_MAX};
use gatelet_core::credential::recognise;
use gatelet_ports::store::session_writer;
use gatelet_ports::store::types::Error;

/// Most cookies that one answer clears.
const CLEARED_MAX: usize = 32;

/// Ends every session that the browser came with, where sessions are kept.
pub(crate) async fn end(visit: &Visit<'_>) -> Result<(), Error> {
    for digest in shown(visit) {
        session_writer::end(visit.arrival.place(), digest.to_vec()).await?;
    }
    Ok(())
}

/// What the store would know the sessions by that the browser came with.
pub(crate) fn shown(visit: &Visit<'_>) -> Vec<[u8; 32]> {
    let name = visit.arrival.cookie_names().session();
    let mut digests = Vec::new();
    // Each alone: of several `recognise` picks one, and all must go.
    for (_, value) in visit
        .arrival
        .cookies()
        .filter(|(found, _)| *found == name)
        .take(TRIES_MAX)
    {
        let only = std::iter::once((name.as_bytes(), value.as_bytes()));
        let (origin, keys, now) = (visit.arrival.origin, visit.arrival.keys, visit.arrival.now);
        let mut scratch = Scratch::new();
        if let Ok(credential) = recognise(only, origin, keys, now, &mut scratch) {
            digests.push(credential.look_up(origin, now).token_digest);
        }
    }
    digests
}

/// `Set-Cookie` values that remove every cookie of ours that came along, in
/// whatever scope an earlier configuration had set it. Those of another server on this
/// host, at another port, stay.
pub(crate) fn all_cleared(visit: &Visit<'_>) -> Vec<String> {
    let here = visit.arrival.cookie_names();
    // Whoever signs in here next is no stranger.
    let device = device::cookie_name(visit);
    let (host, here_alone) = (CookieNames::new(CookieScope::Host, None), here.host_only());
    let mut names: Vec<&str> = visit
        .arrival
        .cookies()
        .map(|(name, _)| name)
        .filter(|name| here.own(name) && *name != device)
        .take(CLEARED_MAX)
        .collect();
    names.push(here.session());
    names.sort_unstable();
    names.dedup();
    let cleared = names.into_iter().flat_map(|name| {
        // By its name a `__Host-` cookie has one scope; any other may have been set
        // with a domain or without one.
        let scopes: &[&CookieNames] = match name.starts_with("__Host-") {
            true => &[&host],
            false if here.domain().is_some() && !name.starts_with("__Secure-") => {
                &[here, &here_alone]
            }
            false => &[here],
        };
        scopes
            .iter()
            .map(|scope| scope.set(name, "", CookieAge::Clear))
            .collect::<Vec<_>>()
    });
    cleared.collect()
}
