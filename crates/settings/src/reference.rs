//! What stands for a secret that is in the vault: `vault:NAME`.

use crate::{Scope, Setting};

/// What such a value begins with.
pub const VAULT_PREFIX: &str = "vault:";

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

/// The name in `vault:NAME`.
#[must_use]
pub fn name_in_vault(value: &str) -> Option<&str> {
    let name = value.trim().strip_prefix(VAULT_PREFIX)?;
    is_secret_name(name).then_some(name)
}

/// Whether a secret may be called this: `[A-Z][A-Z0-9_]{0,127}`.
#[must_use]
pub fn is_secret_name(text: &str) -> bool {
    let rest = |byte: u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_');
    text.len() <= NAME_MAX_BYTES
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_capitals_digits_and_underscores() {
        let longest = "A".repeat(128);
        for name in ["A", "A1__", "Z9", &longest] {
            assert!(is_secret_name(name), "{name}");
            let value = format!(" {VAULT_PREFIX}{name} ");
            assert_eq!(name_in_vault(&value), Some(name));
        }
        let long = "A".repeat(129);
        for name in [
            "", "a", "Ab", "A[", "A`", "A/", "A:", "A-B", "A B", "1A", "_A", "Ä", &long,
        ] {
            assert!(!is_secret_name(name), "{name}");
            assert_eq!(name_in_vault(&format!("{VAULT_PREFIX}{name}")), None);
        }
        assert_eq!(name_in_vault("A"), None);
    }
}
