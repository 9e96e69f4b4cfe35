//! What stands for a secret that is in the vault: `vault:NAME`.

use crate::{Scope, Setting};

/// What such a value begins with.
pub const PREFIX: &str = "vault:";

/// Longest name of a secret, in bytes.
const NAME_MAX_BYTES: usize = 128;

impl Setting {
    /// Whether its value may be in the vault. What the vault is reached by may not:
    /// `session_keys`, `database_url` and `secrets_enc_key`.
    #[must_use]
    pub fn may_be_in_vault(self) -> bool {
        self.scope() == Scope::Vault || self == Self::MailUrl
    }
}

/// The name in `vault:NAME`: `[A-Z][A-Z0-9_]{0,127}`.
#[must_use]
pub fn name_in_vault(value: &str) -> Option<&str> {
    let name = value.trim().strip_prefix(PREFIX)?;
    let is_name = name.len() <= NAME_MAX_BYTES
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    is_name.then_some(name)
}
