//! What may an agent's token be used for?

use core::fmt;

/// A scope of a token for agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read names: of secrets, applications, variables.
    SecretsNames,
    /// Ask for a secret to be entered, and how that stands.
    SecretsRequest,
    /// Change what applications are given, and delete secrets.
    EnvWrite,
    /// Make and delete origins.
    OriginsWrite,
}

/// Scopes of one token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [
        Self::SecretsNames,
        Self::SecretsRequest,
        Self::EnvWrite,
        Self::OriginsWrite,
    ];

    /// As it stands in a token: `secrets:names`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretsNames => "secrets:names",
            Self::SecretsRequest => "secrets:request",
            Self::EnvWrite => "env:write",
            Self::OriginsWrite => "origins:write",
        }
    }

    /// The scope of this text.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

impl Scopes {
    /// Parses a list with spaces between (RFC 6749 §3.3). None where one is not known:
    /// what a token is asked for it must not silently lack.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut scopes = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let scope = Scope::named(word)?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Some(Self(scopes))
    }

    /// Those of a kept token that are known. Others, such as apps' ids, allow nothing here.
    #[must_use]
    pub fn known(text: &str) -> Self {
        let mut scopes: Vec<_> = text.split(' ').filter_map(Scope::named).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }

    /// Whether one is among them.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// As it stands in a token.
impl fmt::Display for Scopes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Scope::as_str).collect();
        out.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        let scopes = Scopes::parse("env:write  secrets:names env:write").unwrap();
        assert_eq!(scopes.to_string(), "env:write secrets:names");
        assert!(scopes.allow(Scope::EnvWrite) && scopes.allow(Scope::SecretsNames));
        assert!(!scopes.allow(Scope::SecretsRequest) && !scopes.allow(Scope::OriginsWrite));
        for scope in Scope::ALL {
            assert_eq!(Scope::named(scope.as_str()), Some(scope));
        }
        assert_eq!(Scopes::parse(""), Some(Scopes::default()));
    }

    #[test]
    fn what_is_no_scope_is_refused_in_a_request_and_allows_nothing_in_a_token() {
        for text in [
            "*",
            "env",
            "ENV:WRITE",
            "env:write,secrets:names",
            "wiki",
            "\tenv:write",
        ] {
            assert_eq!(Scopes::parse(text), None, "{text:?}");
            assert_eq!(Scopes::known(text), Scopes::default(), "{text:?}");
        }
        let known = Scopes::known("wiki env:write");
        assert_eq!(known, Scopes::parse("env:write").unwrap());
    }
}
