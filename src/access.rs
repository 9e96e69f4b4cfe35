//! Who may see a path? Rules by path and method alone: never the query, the
//! fragment or a header.
//!
//! As text, rules are separated by `;` or line ends, each `[METHODS] PATH WHO`:
//!
//! ```text
//! GET /assets/* public; /admin/* org acme.com, acme.org; /* signed-in
//! ```
//!
//! The most specific path that matches counts, and of two rules for one path the
//! one that names the method. What no rule names is for those signed in.

mod method;
mod pattern;
mod rule;
mod who;

pub(crate) use rule::{Rule, RuleError};
pub(crate) use who::{Denied, Person, Visitor};

use crate::path::CanonicalPath;
use core::fmt;
use method::Methods;
use pattern::{loosened, trimmed};
use who::Who;
pub use who::is_group_name;

/// Most rules of an origin.
pub(crate) const RULES_MAX: usize = 64;

/// An origin's rules, the most specific first. The last one matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRules {
    rules: Vec<Rule>,
    /// Whether being signed in opens every path.
    signed_in_suffices: bool,
}

impl AccessRules {
    /// Puts rules in order. Two that would both count for one request and differ
    /// are an error: which one was meant cannot be told.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        if rules.len() > RULES_MAX {
            return Err(RuleError::TooMany);
        }
        let mut sorted = Self {
            rules: Vec::with_capacity(rules.len() + 1),
            signed_in_suffices: true,
        };
        for rule in rules {
            sorted.insert(rule)?;
        }
        if !sorted.rules.iter().any(Rule::matches_everything) {
            sorted.insert(Rule::for_the_rest())?;
        }
        Ok(sorted)
    }

    /// Puts a rule behind those that are no less specific. They are few: a sort
    /// of the library's would take nine KiB of the gateway's room.
    #[inline(never)]
    fn insert(&mut self, rule: Rule) -> Result<(), RuleError> {
        let mut place = 0;
        for (index, earlier) in self.rules.iter().enumerate() {
            if earlier.ties(&rule) {
                return Err(RuleError::Tie(rule.pattern.text()));
            }
            if earlier.order() <= rule.order() {
                place = index + 1;
            }
        }
        self.signed_in_suffices &= rule.who.signed_in_suffices();
        self.rules.insert(place, rule);
        Ok(())
    }

    /// Whether being signed in opens every path: then nothing else need be asked.
    #[must_use]
    pub const fn signed_in_suffices(&self) -> bool {
        self.signed_in_suffices
    }

    /// Whether any rule asks for the passphrase.
    #[must_use]
    pub fn ask_for_a_passphrase(&self) -> bool {
        self.rules.iter().any(|rule| rule.who.passphrase())
    }

    /// Whether, where a rule asks for the passphrase, an account may do as well.
    #[must_use]
    pub fn take_accounts_for_the_passphrase(&self) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.who.passphrase_or_account())
    }

    /// Whether any rule looks at how, or how lately, somebody signed in.
    #[must_use]
    pub fn ask_how_people_signed_in(&self) -> bool {
        self.rules.iter().any(|rule| rule.who.asks_how())
    }

    /// Whether a path is open to everybody who asks for it as browsers do.
    #[must_use]
    pub fn is_public(&self, path: &str) -> bool {
        self.is_open("GET", path)
    }

    /// The same by this method.
    pub(crate) fn is_open(&self, method: &str, path: &str) -> bool {
        let nobody = Visitor {
            person: None,
            knows_passphrase: false,
        };
        self.judge(method, path, &nobody).is_ok()
    }

    /// Whether this visitor may see a path without query, by this method.
    ///
    /// 1. A path that servers could read in several ways might be any path:
    ///    every rule for the method must let the visitor in, and it is open to
    ///    nobody who is not known at all.
    /// 2. For any other path, its rule must.
    /// 3. So must the rule for what servers often take for the same path: letters
    ///    in the other case, percent-encoded where they need not be, a slash at
    ///    the end or none. Otherwise `/Admin` would be a way around `/admin`.
    /// 4. And the rule for what servers on Windows take it for: without dots and
    ///    blanks around names, and what stands behind a colon.
    pub fn judge(&self, method: &str, path: &str, visitor: &Visitor<'_>) -> Result<(), Denied> {
        let methods = Methods::of_request(method);
        let rules = self.rules.iter().filter(|rule| rule.covers(methods));
        let Some(path) = CanonicalPath::parse(path) else {
            let mut closed = rules.filter(|rule| rule.who != Who::Public).peekable();
            return match closed.peek() {
                Some(_) => closed.try_for_each(|rule| rule.who.judge(visitor)),
                None => Who::SIGNED_IN.judge(visitor),
            };
        };
        // The last rule matches everything, so each search finds one.
        if let Some(rule) = rules.clone().find(|rule| rule.pattern.matches(path)) {
            rule.who.judge(visitor)?;
        }
        let loosened = loosened(path);
        let loosely = |path: &[u8]| {
            let found = rules
                .clone()
                .find(|rule| rule.pattern.matches_loosely(path));
            found
                .map_or(&Who::SIGNED_IN, |rule| &rule.who)
                .judge(visitor)
        };
        loosely(&loosened)?;
        trimmed(&loosened).map_or(Ok(()), |trimmed| loosely(&trimmed))
    }
}

/// Everything is for those signed in.
impl Default for AccessRules {
    fn default() -> Self {
        Self {
            rules: vec![Rule::for_the_rest()],
            signed_in_suffices: true,
        }
    }
}

/// All of them in the form that [`Rule::parse_all`] reads.
impl fmt::Display for AccessRules {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rule) in self.rules.iter().enumerate() {
            let joint = if index == 0 { "" } else { "; " };
            write!(out, "{joint}{rule}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
