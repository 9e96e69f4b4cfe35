//! Where does a variable's value come from, and is it still the secret's?

use serde::{Deserialize, Serialize};

use crate::key::{Copied, EncryptionKeys};
use crate::value::SecretValue;

/// Where a variable's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all(serialize = "kebab-case"))]
pub enum Source {
    /// From a secret of the org's.
    OrgLinked,
    /// The application's own, where a secret would be.
    AppOverride,
    /// The application's own.
    App,
}

/// What is kept of a variable, as far as its source goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The secret that is bound to it, and the version that was written; or none.
    pub bound: Option<(&'a str, u64)>,
    /// Whether the value is another than was written.
    pub overridden: bool,
}

/// A variable's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sourced {
    /// Where the value comes from.
    pub source: Source,
    /// Whether the secret has been rotated or deleted since it was written here. What
    /// is the application's own never is.
    pub stale: bool,
}

impl Source {
    /// As it is written for programs: `org-linked`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrgLinked => "org-linked",
            Self::AppOverride => "app-override",
            Self::App => "app",
        }
    }
}

impl Kept<'_> {
    /// Judges the source of the variable with this key; `version` is which version of a
    /// secret there is now, by its name.
    ///
    /// 1. Bound and not overridden, it is the org's.
    /// 2. Bound and overridden, it is the application's in place of the org's.
    /// 3. Not bound, it is so too where a secret has its very name: reconciling leaves it.
    /// 4. Anything else is the application's.
    #[must_use]
    pub fn source(&self, key: &str, version: impl Fn(&str) -> Option<u64>) -> Sourced {
        let own = |source| Sourced {
            source,
            stale: false,
        };
        match self.bound {
            Some((name, written)) if !self.overridden => Sourced {
                source: Source::OrgLinked,
                stale: version(name) != Some(written),
            },
            Some(_) => own(Source::AppOverride),
            None if version(key).is_some() => own(Source::AppOverride),
            None => own(Source::App),
        }
    }
}

/// Whether a value that somebody sets is an override: there is something written for a
/// secret, and this is another. `written` is its fingerprint, empty where none is bound.
#[must_use]
pub fn is_override(
    keys: &EncryptionKeys,
    copied: &Copied<'_>,
    value: &SecretValue,
    written: &[u8],
) -> bool {
    !written.is_empty() && !keys.matches_any_fingerprint(copied, value, written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::{KEY, keys};
    use crate::names::{EnvKey, OrgName, application};

    #[test]
    fn a_source_is_told_from_what_is_kept() {
        // `A` is at version 2, `KEY` at 1.
        let version = |name: &str| {
            [("A", 2), ("KEY", 1)]
                .into_iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| v)
        };
        for (key, bound, overridden, source, stale) in [
            ("X", Some(("A", 2)), false, Source::OrgLinked, false),
            ("X", Some(("A", 1)), false, Source::OrgLinked, true),
            ("X", Some(("GONE", 1)), false, Source::OrgLinked, true),
            ("X", Some(("A", 2)), true, Source::AppOverride, false),
            ("X", Some(("A", 1)), true, Source::AppOverride, false),
            ("KEY", None, false, Source::AppOverride, false),
            ("X", None, false, Source::App, false),
            ("X", None, true, Source::App, false),
        ] {
            let kept = Kept { bound, overridden };
            let sourced = Sourced { source, stale };
            assert_eq!(kept.source(key, version), sourced, "{key} {kept:?}");
            let written = serde_json::to_string(&source).unwrap();
            assert_eq!(written, format!("\"{}\"", source.as_str()));
        }
    }

    #[test]
    fn another_value_is_an_override_and_the_same_is_not() {
        let (org, app) = (OrgName::default(), application("web").unwrap());
        let key = EnvKey::parse("API_KEY").unwrap();
        let copied = Copied {
            org: &org,
            application: &app,
            key: &key,
        };
        let value = |text: &str| SecretValue::parse(text.into()).unwrap();
        let keys = keys(KEY);
        let written = keys.fingerprint(&copied, &value("hunter2"));
        assert!(!is_override(&keys, &copied, &value("hunter2"), &written));
        assert!(is_override(&keys, &copied, &value("hunter3"), &written));
        assert!(!is_override(&keys, &copied, &value("hunter3"), &[]));
    }
}
