//! What did the operator set? Raw values, a place for each setting.

use core::fmt;

use crate::{Setting, SettingError};

/// Raw values; what is missing or blank has its default.
#[derive(Clone)]
pub struct Values<'a>([Option<&'a str>; Setting::ALL.len()]);

impl<'a> Values<'a> {
    /// Of settings and their values.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (Setting, &'a str)>) -> Self {
        let mut values = Self::default();
        for (setting, value) in pairs {
            values.push(setting, value);
        }
        values
    }

    /// Of variables by name, as the operator wrote them. One that is no setting is
    /// somebody else's.
    #[must_use]
    pub fn of_variables(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let named = |(name, value)| Some((Setting::named(name)?, value));
        Self::new(variables.into_iter().filter_map(named))
    }

    /// Adds a value, which counts where there was none before.
    pub fn push(&mut self, setting: Setting, value: &'a str) {
        self.0[setting as usize].get_or_insert(value.trim());
    }

    /// A setting's value, without blanks around it, or its default; empty when it has
    /// none. A blank one is the default. Out of line: the gateway's room is small.
    #[must_use]
    #[inline(never)]
    pub fn get(&self, setting: Setting) -> &'a str {
        self.0[setting as usize]
            .filter(|value| !value.is_empty())
            .or(setting.default())
            .unwrap_or_default()
    }

    /// Whole seconds within a range.
    pub fn seconds(&self, setting: Setting, least: u64, most: u64) -> Result<u64, SettingError> {
        let value = self.get(setting);
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        value
            .parse()
            .ok()
            .filter(|seconds| digits && (least..=most).contains(seconds))
            .ok_or_else(|| {
                SettingError::new(
                    setting,
                    format_args!("is not a whole number of seconds from {least} to {most}"),
                )
            })
    }

    /// One of two words: whether it is the first.
    pub fn is(&self, setting: Setting, yes: &str, no: &str) -> Result<bool, SettingError> {
        match self.get(setting) {
            value if value == yes => Ok(true),
            value if value == no => Ok(false),
            _ => Err(SettingError::new(
                setting,
                format_args!("is neither {yes} nor {no}"),
            )),
        }
    }
}

impl Default for Values<'_> {
    fn default() -> Self {
        Self([None; Setting::ALL.len()])
    }
}

/// Names alone: values may be secrets.
impl fmt::Debug for Values<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = |setting: &&Setting| self.0[**setting as usize].is_some();
        out.debug_list()
            .entries(
                Setting::ALL
                    .iter()
                    .filter(set)
                    .map(|setting| setting.name()),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_counts_and_a_blank_one_is_the_default() {
        let mut values = Values::of_variables([
            ("site_name", " Acme "),
            ("site_name", "Other"),
            ("sign_up", "  "),
            ("sign_up", "closed"),
            ("own_variable", "x"),
        ]);
        values.push(Setting::Upstream, "http://localhost:8080");
        for (setting, value) in [
            (Setting::SiteName, "Acme"),
            (Setting::SignUp, "open"),
            (Setting::Upstream, "http://localhost:8080"),
            (Setting::BaseUrl, "http://localhost:3000"),
            (Setting::SessionKeys, ""),
        ] {
            assert_eq!(values.get(setting), value, "{setting}");
        }
    }

    #[test]
    fn values_show_their_names_alone() {
        let values = Values::new([(Setting::SessionKeys, "k1:hunter2")]);
        assert_eq!(format!("{values:?}"), "[\"session_keys\"]");
    }
}
