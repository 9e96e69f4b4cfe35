//! On whose behalf is the vault asked?

use gatelet_secrets::{Actor, DEFAULT_ORG, Kind, Role};
use gatelet_sign_in::audit::user_agent;
use gatelet_web::Arrival;

/// Whoever asks by this request.
pub(crate) fn actor(arrival: &Arrival<'_>, kind: Kind, user_id: &str, role: Role) -> Actor {
    let address = arrival.client.map(|client| client.ip().to_string());
    Actor {
        kind,
        org: DEFAULT_ORG,
        user_id: user_id.to_owned(),
        role,
        origin: arrival.base_url().as_str().to_owned(),
        address: address.unwrap_or_default(),
        user_agent: user_agent(arrival.head.field("user-agent").unwrap_or_default()),
    }
}
