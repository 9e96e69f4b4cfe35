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
        self.number(setting, least, most).ok_or_else(|| {
            SettingError::new(
                setting,
                format_args!("is not a whole number of seconds from {least} to {most}"),
            )
        })
    }

    /// A whole number within a range.
    pub fn whole(&self, setting: Setting, least: u64, most: u64) -> Result<u64, SettingError> {
        self.number(setting, least, most).ok_or_else(|| {
            SettingError::new(
                setting,
                format_args!("is not a whole number from {least} to {most}"),
            )
        })
    }

    fn number(&self, setting: Setting, least: u64, most: u64) -> Option<u64> {
        let value = self.get(setting);
        // A sign parses.
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let number = value.parse().ok();
        number.filter(|number| digits && (least..=most).contains(number))
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
    fn seconds_are_whole_numbers_within_a_range() {
        for (value, expected) in [
            ("10", Some(10)),
            ("20", Some(20)),
            (" 15 ", Some(15)),
            ("9", None),
            ("21", None),
            ("+15", None),
            ("-15", None),
            ("1.5", None),
            ("15s", None),
            ("99999999999999999999", None),
        ] {
            let values = Values::new([(Setting::HstsSeconds, value)]);
            let read = values.seconds(Setting::HstsSeconds, 10, 20);
            assert_eq!(read.as_ref().ok(), expected.as_ref(), "{value}");
            let line = read.map_or_else(|error| error.to_string(), |_| String::new());
            let says = "hsts_seconds: is not a whole number of seconds from 10 to 20";
            assert_eq!(line, if expected.is_some() { "" } else { says }, "{value}");
        }
        let none = Values::default();
        assert!(none.seconds(Setting::SessionKeys, 0, 9).is_err(), "nothing");
    }

    #[test]
    fn one_of_two_words_is_one_of_them() {
        let is =
            |value| Values::new([(Setting::SignUp, value)]).is(Setting::SignUp, "open", "closed");
        assert_eq!((is("open"), is("closed")), (Ok(true), Ok(false)));
        for value in ["OPEN", "opened", "yes"] {
            let line = is(value).expect_err(value).to_string();
            assert_eq!(line, "sign_up: is neither open nor closed", "{value}");
        }
    }

    #[test]
    fn values_show_their_names_alone() {
        let values = Values::new([(Setting::SessionKeys, "k1:hunter2")]);
        assert_eq!(format!("{values:?}"), "[\"session_keys\"]");
    }
}
