//! Who may see what, as the operator wrote it.

use crate::access::{AccessRules, Rule};
use crate::passphrase::PassphraseHash;

use super::{SettingError, Values};

impl Values<'_> {
    /// `access_rules`, and `public_paths` among them. A rule that asks for a
    /// passphrase wants one to be set.
    pub fn access_rules(
        &self,
        passphrase: Option<&PassphraseHash>,
    ) -> Result<AccessRules, SettingError> {
        const NAME: &str = "access_rules";
        let mut rules =
            Rule::parse_all(self.get(NAME)).map_err(|error| SettingError::new(NAME, error))?;
        rules.extend(
            Rule::parse_public_paths(self.get("public_paths"))
                .map_err(|error| SettingError::new("public_paths", error))?,
        );
        let rules = AccessRules::new(rules).map_err(|error| SettingError::new(NAME, error))?;
        if passphrase.is_none() && rules.ask_for_a_passphrase() {
            return Err(SettingError::new(
                NAME,
                "asks for a passphrase and passphrase_hash is not set: make one with `gatelet keys passphrase`",
            ));
        }
        Ok(rules)
    }

    /// `passphrase_hash`; none where it is empty.
    pub fn passphrase_hash(&self) -> Result<Option<PassphraseHash>, SettingError> {
        const NAME: &str = "passphrase_hash";
        match self.get(NAME) {
            "" => Ok(None),
            text => PassphraseHash::parse(text)
                .map(Some)
                .map_err(|error| SettingError::new(NAME, error)),
        }
    }
}
