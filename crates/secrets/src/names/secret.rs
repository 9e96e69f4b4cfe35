//! What is a secret called?

use core::fmt;

use gatelet_settings::is_secret_name;

use super::refusal::{NameRefusal, Rule};

/// A secret's name: `[A-Z][A-Z0-9_]{0,127}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

impl SecretName {
    /// Takes a name as it is written.
    pub fn parse(text: &str) -> Result<Self, NameRefusal> {
        if is_secret_name(text) {
            return Ok(Self(text.to_owned()));
        }
        let upper = text.to_ascii_uppercase();
        Err(match is_secret_name(&upper) {
            true => NameRefusal::mended(Rule::Secret, &upper),
            false => NameRefusal::new(Rule::Secret),
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_of_capitals_digits_and_underscores() {
        let longest = "A".repeat(128);
        for name in ["A", "ANTHROPIC_API_KEY", "A1__", &longest] {
            assert_eq!(SecretName::parse(name).map(|name| name.0), Ok(name.into()));
        }
        let long = "A".repeat(129);
        for name in [
            "", "1A", "_A", "A-B", "A B", " A", "A\n", "Ä", "sk-ant-1", &long,
        ] {
            let refused = SecretName::parse(name);
            assert_eq!(refused, Err(NameRefusal::new(Rule::Secret)), "{name:?}");
        }
    }

    #[test]
    fn a_name_in_the_wrong_case_is_refused_with_the_right_one() {
        let refusal = SecretName::parse("anthropic_Api_key").unwrap_err();
        assert_eq!(refusal.mend.as_deref(), Some("ANTHROPIC_API_KEY"));
        assert!(
            refusal
                .to_string()
                .ends_with(": write it as ANTHROPIC_API_KEY")
        );
        let mend = |length| SecretName::parse(&"a".repeat(length)).unwrap_err().mend;
        assert_eq!(mend(100).map(|mend| mend.len()), Some(100));
        assert_eq!(mend(101), None);
    }

    proptest! {
        #[test]
        fn nothing_but_a_mend_is_repeated(text in "[ -~]{8,200}|\\PC{8,60}") {
            if let Err(refusal) = SecretName::parse(&text) {
                prop_assert!(refusal.mend.is_some() || !refusal.to_string().contains(&text));
                prop_assert!(refusal.to_string().chars().count() <= 230);
            }
        }
    }
}
