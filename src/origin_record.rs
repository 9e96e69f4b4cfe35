//! What is kept of an origin? Its name, the origin it starts from, and what differs
//! there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use gatelet_settings::Setting;

use crate::secret::{self, Secret};

/// The name of the origin that the variables describe.
pub const MAIN: &str = "main";
/// The name of the record that switches the main origin's login. No origin has it: no label
/// of a host begins so.
pub const SWITCH: &str = "-main";

/// An origin as the store lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginRecord {
    /// Its own name: `[a-z0-9-]{1,63}`.
    pub name: String,
    /// The one whose values it starts from: [`MAIN`] for the variables.
    pub parent: String,
    /// Whether it was made for a branch.
    pub is_preview: bool,
    /// Setting name and value, where they differ from the parent's.
    pub values: Vec<(String, String)>,
    /// Where its users and sessions are.
    pub place: Place,
    /// Unix seconds; 0 for one that has always been there.
    pub created_at: u64,
    /// Unix seconds from which on it is not served.
    pub expires_at: Option<u64>,
}

/// Where users and sessions are: `place` of the store's ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// A database of its own, with its password; empty for `database_url`'s.
    #[serde(serialize_with = "secret::expose")]
    pub url: Secret,
    /// A schema of its own; empty for the main origin's tables.
    pub schema: String,
}

impl OriginRecord {
    /// Its own value of a setting.
    #[must_use]
    pub fn value(&self, setting: Setting) -> Option<&str> {
        self.values()
            .find_map(|(name, value)| (name == setting.name()).then_some(value))
    }

    /// Its own values, by name: whatever somebody kept.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether its time is not over at `now`, in Unix seconds.
    #[must_use]
    pub fn is_live(&self, now: u64) -> bool {
        self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

impl Place {
    /// The main origin's.
    #[must_use]
    pub fn main() -> Self {
        Self {
            url: Secret::new(String::new()),
            schema: String::new(),
        }
    }

    /// Whether it is the main origin's.
    #[must_use]
    pub fn is_main(&self) -> bool {
        self.url.is_empty() && self.schema.is_empty()
    }

    /// `@` and 96 bits of a hash, to tell it from other places without telling what
    /// it is; nothing for the main origin's. Visitors can read it, so no password is in
    /// it: short ones could be guessed from it.
    #[must_use]
    pub fn mark(&self) -> String {
        if self.is_main() {
            return String::new();
        }
        let (address, parameters) = match self.url.expose().split_once('?') {
            Some((address, parameters)) => (address, parameters),
            None => (self.url.expose(), ""),
        };
        let (login, host) = address.rsplit_once('@').unwrap_or(("", address));
        // `postgres` and `//user` of `postgres://user:password`.
        let user = login.splitn(3, ':').take(2);
        let is_password = |one: &&str| one.as_bytes().windows(4).any(|four| four == b"pass");
        let parameters = parameters.split('&').filter(|one| !is_password(one));
        let mut digest = Sha256::new().chain_update(self.schema.as_bytes());
        for part in user.chain([host]).chain(parameters) {
            digest = digest.chain_update([0]).chain_update(part.as_bytes());
        }
        ["@", &URL_SAFE_NO_PAD.encode(&digest.finalize()[..12])].concat()
    }
}
