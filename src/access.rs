//! Who may see a path? Rules by path alone: never the query, the fragment or a
//! header.

use core::fmt;

use crate::path::CanonicalPath;

/// Most rules of an origin.
pub const RULES_MAX: usize = 64;
/// Longest rule, in bytes.
const RULE_MAX_BYTES: usize = 256;

/// The paths that are open to everybody; all others are for those signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessRules(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// `/robots.txt`: this path.
    Exact(String),
    /// `/assets/*`: what is below; kept with its slash.
    Below(String),
}

/// Why rules are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleError {
    /// Over [`RULES_MAX`].
    TooMany,
    /// Not `/exact` or `/prefix/*` in canonical form.
    Malformed(String),
}

impl AccessRules {
    /// Parses `/exact, /prefix/*, …`. `*` stands at the end after a slash, and
    /// matches everything below it; `/*` opens the whole app.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        for rule in text
            .split(',')
            .map(str::trim)
            .filter(|rule| !rule.is_empty())
        {
            if rules.len() == RULES_MAX {
                return Err(RuleError::TooMany);
            }
            rules.push(Rule::parse(rule)?);
        }
        Ok(Self(rules))
    }

    /// Whether a path without query is open to everybody. One that servers could
    /// read in several ways is not.
    #[must_use]
    pub fn is_public(&self, path: &str) -> bool {
        !self.0.is_empty()
            && CanonicalPath::parse(path)
                .is_some_and(|path| self.0.iter().any(|rule| rule.matches(path)))
    }
}

impl Rule {
    fn parse(rule: &str) -> Result<Self, RuleError> {
        let malformed = || RuleError::Malformed(rule.chars().take(RULE_MAX_BYTES).collect());
        let (path, below) = rule
            .strip_suffix("/*")
            .map_or((rule, false), |prefix| (&rule[..=prefix.len()], true));
        if rule.len() > RULE_MAX_BYTES || path.contains('*') || CanonicalPath::parse(path).is_none()
        {
            return Err(malformed());
        }
        Ok(if below {
            Self::Below(path.to_owned())
        } else {
            Self::Exact(path.to_owned())
        })
    }

    fn matches(&self, path: CanonicalPath<'_>) -> bool {
        match self {
            Self::Exact(exact) => path.as_str() == exact,
            Self::Below(prefix) => path.as_str().starts_with(prefix.as_str()),
        }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(out, "there are more than {RULES_MAX} paths"),
            Self::Malformed(rule) => write!(
                out,
                "{rule:?} is not a plain path such as /robots.txt or /assets/*"
            ),
        }
    }
}

impl std::error::Error for RuleError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_paths_look_at_the_path_that_is_forwarded() {
        let rules = AccessRules::parse(" /robots.txt,/assets/*, /a/b/ ,").unwrap();
        for path in [
            "/robots.txt",
            "/assets/",
            "/assets/a.css",
            "/assets/deep/b.js",
            "/a/b/",
        ] {
            assert!(rules.is_public(path), "{path}");
        }
        for path in [
            "",
            "/",
            "*",
            "/robots.txt/",
            "/robots.txtx",
            "/Robots.txt",
            "/robots%2etxt",
            "/assets",
            "/assetsx/a",
            "/a/b",
            "/a/b/c",
            "/assets/../secret",
            "/assets/..%2fsecret",
            "/assets/%2e%2e/secret",
            "/assets/.%2e/secret",
            "/assets/%2e%2e%2fsecret",
            "/assets//secret",
            "//assets/a",
            "/./assets/a",
            "/assets/./a",
            "/assets/..;/secret",
            "/assets/a;b",
            "/assets/%5c..%5csecret",
            "/assets/\\..\\secret",
            "/assets/%zz",
            "/assets/%00",
            "/assets/%0a",
            "/secret;/assets/a",
            "/secret/..;/assets/a",
            "/assets/%252e%252e/secret",
            "/%61ssets/a",
            "/assets/..",
            "/assets/.",
            "/robots.txt?x",
            "/robots.txt#x",
            "/assets/é",
        ] {
            assert!(!rules.is_public(path), "{path}");
        }
        assert!(
            AccessRules::parse("/*")
                .unwrap()
                .is_public("/anything/at/all")
        );
        assert!(!AccessRules::parse("/*").unwrap().is_public("/a/../b"));
        assert!(!AccessRules::default().is_public("/"));
    }

    #[test]
    fn rules_that_could_mean_more_than_they_say_are_refused() {
        for rule in [
            "robots.txt",
            "*",
            "/a*",
            "/*/a",
            "/a/**",
            "/a//*",
            "//*",
            "/a/../*",
            "/a?x",
            "/a#x",
            "/a b",
            "/a;b",
            "/%2e",
            "https://x/",
        ] {
            assert_eq!(
                AccessRules::parse(rule),
                Err(RuleError::Malformed(rule.to_owned())),
                "{rule}"
            );
        }
        assert_eq!(
            AccessRules::parse(&"/a,".repeat(RULES_MAX + 1)),
            Err(RuleError::TooMany)
        );
        assert!(AccessRules::parse(&format!("/{}", "a".repeat(RULE_MAX_BYTES))).is_err());
    }
}
