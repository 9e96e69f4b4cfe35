//! Whose is a token? The store says so each time, and in which groups its user is now.

use gatelet_core::access_token::AccessToken;
use gatelet_core::error::StoreError;
use gatelet_mcp::{Agent, Denial, Endpoint};
use gatelet_ports::store::access_tokens;
use gatelet_web::log;

use crate::visit::Visit;

/// The agent that shows a token. A token of the app is for another audience, and is not
/// found; no app is asked about, for none is behind the endpoint.
pub(crate) async fn agent(
    visit: &Visit<'_>,
    endpoint: &Endpoint,
    token: &AccessToken,
) -> Result<Agent, Denial> {
    let now = visit.arrival.now;
    let found = access_tokens::resume(
        visit.arrival.place(),
        token.digest().to_vec(),
        endpoint.audience().to_owned(),
        None,
        now,
    );
    let found = found.await.map_err(|error| {
        let (code, denial) = match StoreError::from(error) {
            StoreError::Unavailable => ("store.unavailable", Denial::Unavailable),
            StoreError::ReadOnly
            | StoreError::Full
            | StoreError::Conflict
            | StoreError::Schema
            | StoreError::Internal => ("store.failed", Denial::Internal),
        };
        log::error(code, "a token of an agent");
        denial
    })?;
    Agent::of(found.map(Into::into), endpoint, now)
}
