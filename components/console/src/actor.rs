//! On whose behalf is the vault asked?

use gatelet_secrets::{DEFAULT_ORG, Kind, Role};
use gatelet_sign_in::audit::user_agent;
use gatelet_web::Arrival;
use serde::Serialize;

/// As `wit/vault` has it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Actor {
    /// A person in a browser, or an agent with a person's token.
    pub kind: Kind,
    /// The installation.
    pub org: &'static str,
    /// A UUID.
    pub user_id: String,
    /// What the user may do in the org, as the store says now.
    pub role: Role,
    /// The base URL.
    pub origin: String,
    /// The IP address; or empty.
    pub address: String,
    /// What the program calls itself, cut.
    pub user_agent: String,
}

impl Actor {
    /// Whoever asks by this request.
    pub(crate) fn new(arrival: &Arrival<'_>, kind: Kind, user_id: &str, role: Role) -> Self {
        let address = arrival.client.map(|client| client.ip().to_string());
        Self {
            kind,
            org: DEFAULT_ORG,
            user_id: user_id.to_owned(),
            role,
            origin: arrival.base_url().as_str().to_owned(),
            address: address.unwrap_or_default(),
            user_agent: user_agent(arrival.head.field("user-agent").unwrap_or_default()),
        }
    }
}
