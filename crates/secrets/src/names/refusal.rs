//! Why is a name refused?

use core::fmt;

use gatelet_core::printable::is_unprintable;

use crate::error::VaultError;

/// As much of a name as a mend repeats.
const MEND_MAX_CHARACTERS: usize = 100;

/// The rule that a name does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A secret's name.
    Secret,
    /// A key of an environment.
    EnvKey,
    /// A key that takes over the process it is given to.
    Reserved,
    /// An application's id.
    Application,
    /// An org's name.
    Org,
}

/// Why a name is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRefusal {
    /// The rule.
    pub rule: Rule,
    /// How to write it, where only the case of letters is wrong.
    pub mend: Option<String>,
}

impl Rule {
    /// The rule in words, which repeats nothing.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => {
                "the name of a secret is A-Z, 0-9 and _, begins with a letter and has at most 128 characters"
            }
            Self::EnvKey => {
                "a key is letters, digits and _, begins with no digit and has at most 128 characters"
            }
            Self::Reserved => {
                "a key that changes how programs start, such as PATH or LD_PRELOAD, is not set from here"
            }
            Self::Application => {
                "an application id is letters, digits, - and _ and has at most 63 characters"
            }
            Self::Org => "the name of an org is a-z, 0-9 and - and has at most 63 characters",
        }
    }
}

impl NameRefusal {
    /// Without a mend.
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, mend: None }
    }

    /// With what would be right; more than a reader takes in is left out.
    pub(super) fn mended(rule: Rule, mend: &str) -> Self {
        let is_short = mend.chars().take(MEND_MAX_CHARACTERS + 1).count() <= MEND_MAX_CHARACTERS;
        let mend = (is_short && !mend.contains(is_unprintable)).then(|| mend.to_owned());
        Self { rule, mend }
    }
}

impl fmt::Display for NameRefusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.rule.as_str())?;
        match &self.mend {
            Some(mend) => write!(out, ": write it as {mend}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for NameRefusal {}

impl From<NameRefusal> for VaultError {
    fn from(refusal: NameRefusal) -> Self {
        Self::invalid(refusal)
    }
}
