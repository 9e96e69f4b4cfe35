//! What may be a value? Any text that an environment can hold, up to a limit, byte for
//! byte as it was entered.

use core::fmt;

use gatelet_core::secret::Secret;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::names::EnvKey;

/// Longest value, in bytes of UTF-8.
pub const VALUE_MAX_BYTES: usize = 8_192;

/// A value. Shows nothing of itself, has no text form, is compared in constant time and
/// zeroed on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(Secret);

/// Why a value is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// There is none.
    Empty,
    /// Over [`VALUE_MAX_BYTES`].
    TooLong,
    /// It has a NUL, where an environment ends it.
    Nul,
}

impl SecretValue {
    /// A secret's value, as it is.
    pub fn parse(text: String) -> Result<Self, ValueError> {
        let value = Self::parse_variable(text)?;
        match value.0.is_empty() {
            true => Err(ValueError::Empty),
            false => Ok(value),
        }
    }

    /// A secret's value out of a form's text area. Browsers send its line ends as CR LF,
    /// whatever was pasted: they become LF again. A break after a single line goes, for it
    /// came along with what was copied; a text of several lines keeps its last.
    pub fn parse_form(text: String) -> Result<Self, ValueError> {
        let text = Zeroizing::new(text);
        let mut text = Zeroizing::new(text.replace("\r\n", "\n"));
        if text.find('\n').is_some_and(|first| first + 1 == text.len()) {
            text.pop();
        }
        Self::parse(core::mem::take(&mut *text))
    }

    /// A variable's value, which may be empty.
    pub fn parse_variable(text: String) -> Result<Self, ValueError> {
        let value = Secret::new(text);
        if value.expose().len() > VALUE_MAX_BYTES {
            return Err(ValueError::TooLong);
        }
        if value.expose().contains('\0') {
            return Err(ValueError::Nul);
        }
        Ok(Self(value))
    }

    /// The text itself, for the one place that seals it or hands it to a process.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecretValue(…)")
    }
}

impl ValueError {
    /// The same about a variable.
    #[must_use]
    pub fn of_variable(self, key: &EnvKey) -> VaultError {
        VaultError::invalid(match self {
            Self::Empty => format!("{key}: a value must not be empty"),
            Self::TooLong => format!("{key}: a value must be ≤ {VALUE_MAX_BYTES} bytes"),
            Self::Nul => format!("{key}: a value must have no NUL character"),
        })
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => out.write_str("Secret value must not be empty."),
            Self::TooLong => write!(out, "Secret value must be ≤ {VALUE_MAX_BYTES} bytes."),
            Self::Nul => out.write_str("Secret value must have no NUL character."),
        }
    }
}

impl std::error::Error for ValueError {}

impl From<ValueError> for VaultError {
    fn from(error: ValueError) -> Self {
        Self::invalid(error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<String, ValueError> {
        SecretValue::parse(text.into()).map(|value| value.expose().to_owned())
    }

    fn parse_form(text: &str) -> Result<String, ValueError> {
        SecretValue::parse_form(text.into()).map(|value| value.expose().to_owned())
    }

    #[test]
    fn a_value_over_8192_bytes_is_refused_by_these_words() {
        assert_eq!(
            parse(&"ä".repeat(4_096)).map(|value| value.len()),
            Ok(8_192)
        );
        let refused = parse(&format!("{}a", "ä".repeat(4_096))).unwrap_err();
        assert_eq!(
            VaultError::from(refused).message,
            "Secret value must be ≤ 8192 bytes."
        );
    }

    #[test]
    fn nothing_and_what_an_environment_cannot_hold_is_refused() {
        assert_eq!(parse(""), Err(ValueError::Empty));
        assert_eq!(parse("a\0b"), Err(ValueError::Nul));
        for value in [" ", "\n", "a\r\nb\r\n", "日本\u{202e}", "\u{1}"] {
            assert_eq!(parse(value).as_deref(), Ok(value), "{value:?}");
        }
    }

    #[test]
    fn a_variable_may_be_empty_and_no_more() {
        let variable = |text: &str| SecretValue::parse_variable(text.into());
        assert_eq!(variable("").unwrap().expose(), "");
        assert_eq!(variable("\0"), Err(ValueError::Nul));
        let refused = variable(&"a".repeat(8_193)).unwrap_err();
        let key = EnvKey::parse("PORT").unwrap();
        let message = refused.of_variable(&key).message;
        assert_eq!(message, "PORT: a value must be ≤ 8192 bytes");
    }

    #[test]
    fn a_forms_line_ends_are_those_that_were_pasted() {
        for (sent, kept) in [
            ("key", "key"),
            ("key\r\n", "key"),
            ("key\n", "key"),
            ("key\r\n\r\n", "key\n\n"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("a\rb", "a\rb"),
            ("key\r", "key\r"),
            (" key ", " key "),
        ] {
            assert_eq!(parse_form(sent).as_deref(), Ok(kept), "{sent:?}");
        }
        assert_eq!(parse_form("\r\n"), Err(ValueError::Empty));
        let lines = "a\r\n".repeat(4_096);
        assert_eq!(parse_form(&lines).map(|value| value.len()), Ok(8_192));
    }

    #[test]
    fn a_value_shows_nothing_of_itself() {
        let value = SecretValue::parse("hunter2".into()).unwrap();
        assert_eq!(format!("{value:?}"), "SecretValue(…)");
    }

    proptest! {
        #[test]
        fn what_is_taken_is_kept_byte_for_byte(text in any::<String>()) {
            if let Ok(kept) = parse(&text) {
                prop_assert_eq!(kept, text);
            }
        }
    }
}
