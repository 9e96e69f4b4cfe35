//! On whose behalf is the vault asked?

use serde::Serialize;

use crate::names::DEFAULT_ORG;
use crate::permission::{Kind, Role};

/// Whoever asks, as `wit/vault` has it.
#[derive(Clone, Debug, Serialize)]
pub struct Actor {
    /// A person in a browser, an agent with a person's token, or the host.
    pub kind: Kind,
    /// `default` is the installation.
    pub org: &'static str,
    /// A UUID; empty for the host.
    pub user_id: String,
    /// What the user may do in the org, as the store says now.
    pub role: Role,
    /// The base URL; or empty.
    pub origin: String,
    /// The IP address; or empty.
    pub address: String,
    /// What the program calls itself, cut.
    pub user_agent: String,
}

impl Actor {
    /// The host's own component, for its own settings.
    #[must_use]
    pub fn host() -> Self {
        Self {
            kind: Kind::Operator,
            org: DEFAULT_ORG,
            user_id: String::new(),
            role: Role::Owner,
            origin: String::new(),
            address: String::new(),
            user_agent: String::new(),
        }
    }
}
