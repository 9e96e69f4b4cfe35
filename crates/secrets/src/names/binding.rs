//! Which secret is found by which key?

use core::fmt;
use std::collections::HashMap;

use super::env_key::EnvKey;
use super::refusal::NameRefusal;
use super::secret::SecretName;
use crate::error::VaultError;
use crate::limits::BINDINGS_MAX;

/// A secret, and the key by which an application finds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Binding {
    /// The secret.
    pub name: SecretName,
    /// The key.
    pub key: EnvKey,
}

/// Bindings of one application, in the order written: no key is there twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings(Vec<Binding>);

/// Why bindings do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingsError {
    /// Over [`BINDINGS_MAX`].
    TooMany,
    /// Two have one key; their places, from 0.
    SameKey(usize, usize),
}

impl Binding {
    /// A secret under the key that is said, or under its own name.
    pub fn parse(name: &str, key: Option<&str>) -> Result<Self, NameRefusal> {
        let name = SecretName::parse(name)?;
        let key = match key {
            Some(key) => EnvKey::parse(key)?,
            None => EnvKey::of(&name)?,
        };
        Ok(Self { name, key })
    }

    /// One that may be there from before its key was reserved: planning asks whether it is.
    pub fn parse_kept(name: &str, key: &str) -> Result<Self, NameRefusal> {
        Ok(Self {
            name: SecretName::parse(name)?,
            key: EnvKey::parse_kept(key)?,
        })
    }
}

impl Bindings {
    /// Takes them together. One secret may be under several keys, each of which is
    /// written; two secrets under one key would fight for it.
    pub fn new(bindings: Vec<Binding>) -> Result<Self, BindingsError> {
        if bindings.len() > BINDINGS_MAX {
            return Err(BindingsError::TooMany);
        }
        let mut seen = HashMap::new();
        for (at, binding) in bindings.iter().enumerate() {
            if let Some(earlier) = seen.insert(&binding.key, at) {
                return Err(BindingsError::SameKey(earlier, at));
            }
        }
        Ok(Self(bindings))
    }

    /// All of them, in the order written.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Binding> {
        self.0.iter()
    }

    /// The secrets' names, each once, sorted: what to look up.
    #[must_use]
    pub fn names(&self) -> Vec<&SecretName> {
        let mut names: Vec<_> = self.0.iter().map(|binding| &binding.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl fmt::Display for BindingsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(out, "secrets: has more than {BINDINGS_MAX} entries"),
            Self::SameKey(one, other) => write!(
                out,
                "secrets[{one}] and secrets[{other}]: have the same key; give one of them another with \"as\""
            ),
        }
    }
}

impl std::error::Error for BindingsError {}

impl From<BindingsError> for VaultError {
    fn from(error: BindingsError) -> Self {
        Self::invalid(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(name: &str, key: Option<&str>) -> Binding {
        Binding::parse(name, key).unwrap()
    }

    #[test]
    fn a_secret_is_bound_under_its_name_unless_another_key_is_said() {
        assert_eq!(binding("A_KEY", None).key.as_str(), "A_KEY");
        assert_eq!(binding("A_KEY", Some("mail")).key.as_str(), "mail");
        assert!(Binding::parse("A_KEY", Some("LD_PRELOAD")).is_err());
        assert!(Binding::parse("PATH", None).is_err());
        assert!(Binding::parse("PATH", Some("MY_PATH")).is_ok());
    }

    #[test]
    fn one_secret_may_have_two_keys_and_two_secrets_not_one() {
        let two_keys = vec![
            binding("B", None),
            binding("A", None),
            binding("B", Some("C")),
        ];
        let bindings = Bindings::new(two_keys).unwrap();
        assert_eq!(bindings.iter().len(), 3);
        let names: Vec<_> = bindings.names().iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
        let one_key = vec![
            binding("B", None),
            binding("C", None),
            binding("A", Some("B")),
        ];
        let refused = Bindings::new(one_key).unwrap_err();
        assert_eq!(refused, BindingsError::SameKey(0, 2));
        assert!(
            refused
                .to_string()
                .starts_with("secrets[0] and secrets[2]: ")
        );
    }

    #[test]
    fn a_thousand_are_taken_and_no_more() {
        let many = |count: usize| {
            let bindings = (0..count).map(|n| binding(&format!("A{n}"), None));
            Bindings::new(bindings.collect())
        };
        assert_eq!(many(1_000).unwrap().iter().len(), 1_000);
        assert_eq!(many(1_001), Err(BindingsError::TooMany));
    }
}
