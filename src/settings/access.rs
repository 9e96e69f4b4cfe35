//! Who may see what, as the operator wrote it.

use gatelet_settings::{Setting, SettingError, Values};

use crate::access::{AccessRules, Rule};
use crate::passphrase::PassphraseHash;

impl AccessRules {
    /// `access_rules`, and `public_paths` among them.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let refuse = |error| SettingError::new(Setting::AccessRules, error);
        let mut rules = Rule::parse_all(values.get(Setting::AccessRules)).map_err(refuse)?;
        rules.extend(
            Rule::parse_public_paths(values.get(Setting::PublicPaths))
                .map_err(|error| SettingError::new(Setting::PublicPaths, error))?,
        );
        Self::new(rules).map_err(refuse)
    }
}

impl PassphraseHash {
    /// `passphrase_hash`; none where it is empty.
    pub fn from_values(values: &Values<'_>) -> Result<Option<Self>, SettingError> {
        match values.get(Setting::PassphraseHash) {
            "" => Ok(None),
            text => Self::parse(text)
                .map(Some)
                .map_err(|error| SettingError::new(Setting::PassphraseHash, error)),
        }
    }
}
