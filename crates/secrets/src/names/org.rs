//! Whose secrets are they?

use core::fmt;

use super::refusal::{NameRefusal, Rule};

/// The org that the installation itself is.
pub const DEFAULT_ORG: &str = "default";
/// Longest name, in bytes.
const MAX_BYTES: usize = 63;

/// An org's name: `[a-z0-9-]{1,63}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgName(String);

impl OrgName {
    /// Takes a name as it is written.
    pub fn parse(text: &str) -> Result<Self, NameRefusal> {
        if is_name(text) {
            return Ok(Self(text.to_owned()));
        }
        let lower = text.to_ascii_lowercase();
        Err(match is_name(&lower) {
            true => NameRefusal::mended(Rule::Org, &lower),
            false => NameRefusal::new(Rule::Org),
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for OrgName {
    fn default() -> Self {
        Self(DEFAULT_ORG.to_owned())
    }
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(plain)
}

impl fmt::Display for OrgName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_org_is_of_small_letters_digits_and_hyphens() {
        assert_eq!(OrgName::parse(DEFAULT_ORG), Ok(OrgName::default()));
        let longest = "a".repeat(63);
        for name in ["a", "acme-1", &longest] {
            assert_eq!(OrgName::parse(name).map(|org| org.0), Ok(name.into()));
        }
        let long = "a".repeat(64);
        for name in ["", "a_b", "a b", "a.b", "ä", &long] {
            let refused = OrgName::parse(name);
            assert_eq!(refused, Err(NameRefusal::new(Rule::Org)), "{name:?}");
        }
        let refusal = OrgName::parse("Acme").unwrap_err();
        assert!(refusal.to_string().ends_with(": write it as acme"));
    }
}
