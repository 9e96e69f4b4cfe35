//! By what key does a program find a variable?

use core::fmt;

use super::refusal::{NameRefusal, Rule};
use super::reserved::is_reserved;
use super::secret::SecretName;

/// Longest key, in bytes.
const MAX_BYTES: usize = 128;

/// A key of an application's environment: `[A-Za-z_][A-Za-z0-9_]{0,127}`, and none that is
/// known to run somebody else's code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvKey(String);

impl EnvKey {
    /// Takes a key as it is written.
    pub fn parse(text: &str) -> Result<Self, NameRefusal> {
        let key = Self::parse_kept(text)?;
        match key.is_reserved() {
            true => Err(NameRefusal::new(Rule::Reserved)),
            false => Ok(key),
        }
    }

    /// Takes the key of a variable that is there: it may have been set before its key was
    /// reserved, and is to stay or to go all the same.
    pub fn parse_kept(text: &str) -> Result<Self, NameRefusal> {
        let rest = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_key = (1..=MAX_BYTES).contains(&text.len())
            && !text.starts_with(|first: char| first.is_ascii_digit())
            && text.bytes().all(rest);
        match is_key {
            true => Ok(Self(text.to_owned())),
            false => Err(NameRefusal::new(Rule::EnvKey)),
        }
    }

    /// The key that a secret has where none is said: its own name.
    pub fn of(name: &SecretName) -> Result<Self, NameRefusal> {
        Self::parse(name.as_str())
    }

    /// Whether it is one that runs somebody else's code: only a variable that is there has it.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        is_reserved(&self.0)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_shells_take_for_one() {
        let longest = "a".repeat(128);
        for key in [
            "A", "_", "_a1", "EmailKey", "path", "LD", "MY_PATH", &longest,
        ] {
            assert_eq!(EnvKey::parse(key).map(|key| key.0), Ok(key.into()));
        }
        let long = "a".repeat(129);
        for key in [
            "",
            "1a",
            "a-b",
            "a=b",
            "a b",
            "a\0",
            "BASH_FUNC_x%%",
            "ä",
            &long,
        ] {
            let refused = EnvKey::parse(key);
            assert_eq!(refused, Err(NameRefusal::new(Rule::EnvKey)), "{key:?}");
        }
    }

    #[test]
    fn a_key_that_takes_over_a_process_is_refused_even_as_a_secrets_name() {
        for key in ["PATH", "LD_PRELOAD", "LD_", "DYLD_X", "NODE_OPTIONS", "IFS"] {
            let refused = Err(NameRefusal::new(Rule::Reserved));
            assert_eq!(EnvKey::parse(key), refused, "{key}");
            let name = SecretName::parse(key).unwrap();
            assert_eq!(EnvKey::of(&name), refused, "{key}");
        }
        let name = SecretName::parse("API_KEY").unwrap();
        assert_eq!(EnvKey::of(&name).unwrap().as_str(), "API_KEY");
        // One that is there from before can be named, to go.
        let kept = EnvKey::parse_kept("NODE_OPTIONS");
        assert_eq!(kept.map(|key| key.0), Ok("NODE_OPTIONS".into()));
        let refused = EnvKey::parse_kept("NODE-OPTIONS");
        assert_eq!(refused, Err(NameRefusal::new(Rule::EnvKey)));
    }
}
