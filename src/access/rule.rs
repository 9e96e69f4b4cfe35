//! One rule: methods, path, who.

use core::fmt;

use super::RULES_MAX;
use super::method::Methods;
use super::pattern::Pattern;
use super::who::Who;

/// One rule of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub(super) methods: Methods,
    pub(super) pattern: Pattern,
    pub(super) who: Who,
}

/// Why rules are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleError {
    /// Over [`RULES_MAX`].
    TooMany,
    /// Not `/exact` or `/prefix/*` in canonical form.
    Path(String),
    /// Not a list of known methods.
    Method(String),
    /// Not one of the words for who is let in.
    Who(String),
    /// Not the ASCII form of an email domain.
    Domain(String),
    /// More email domains than a rule may have.
    TooManyDomains,
    /// Two rules for the same path and method.
    Tie(String, String),
}

impl Rule {
    /// Parses `[METHODS] PATH WHO; …`, or a rule a line.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, RuleError> {
        gathered(text.split([';', '\n']), Self::parse)
    }

    /// Parses `/exact, /prefix/*, …`: the short form of rules that open paths.
    pub fn parse_public_paths(text: &str) -> Result<Vec<Self>, RuleError> {
        gathered(text.split(','), |path| {
            Ok(Self {
                methods: Methods::ALL,
                pattern: parse_pattern(path)?,
                who: Who::Public,
            })
        })
    }

    /// What holds where no rule says anything.
    pub(super) fn for_the_rest() -> Self {
        Self {
            methods: Methods::ALL,
            pattern: Pattern::everything(),
            who: Who::SIGNED_IN,
        }
    }

    fn parse(text: &str) -> Result<Self, RuleError> {
        let (first, rest) = split_word(text);
        let (methods, path, who) = if first.starts_with('/') {
            (Methods::ALL, first, rest)
        } else {
            let (path, who) = split_word(rest);
            let methods = Methods::parse(first).ok_or_else(|| RuleError::Method(cut(first)))?;
            (methods, path, who)
        };
        Ok(Self {
            methods,
            pattern: parse_pattern(path)?,
            who: Who::parse(who)?,
        })
    }

    /// Whether it stands for a request's method.
    pub(super) fn covers(&self, method: Methods) -> bool {
        self.methods.overlaps(method)
    }

    pub(super) fn matches_everything(&self) -> bool {
        self.methods == Methods::ALL && self.pattern.is_everything()
    }

    /// Whether both would count for some request, and say different things.
    pub(super) fn ties(&self, other: &Self) -> bool {
        let named = [self, other].map(|rule| rule.methods != Methods::ALL);
        self.pattern.is_like(&other.pattern)
            && named[0] == named[1]
            && self.methods.overlaps(other.methods)
            && self.who != other.who
    }

    /// The more specific, the smaller.
    pub(super) fn order(&self) -> impl Ord + use<> {
        (self.pattern.order(), self.methods == Methods::ALL)
    }
}

fn gathered<'t>(
    texts: impl Iterator<Item = &'t str>,
    parse: impl Fn(&'t str) -> Result<Rule, RuleError>,
) -> Result<Vec<Rule>, RuleError> {
    let mut rules = Vec::new();
    for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
        if rules.len() == RULES_MAX {
            return Err(RuleError::TooMany);
        }
        rules.push(parse(text)?);
    }
    Ok(rules)
}

fn parse_pattern(text: &str) -> Result<Pattern, RuleError> {
    Pattern::parse(text).ok_or_else(|| RuleError::Path(cut(text)))
}

fn split_word(text: &str) -> (&str, &str) {
    match text.split_once([' ', '\t']) {
        Some((word, rest)) => (word, rest.trim_start_matches([' ', '\t'])),
        None => (text, ""),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(256).collect()
}

/// In the form that [`Rule::parse_all`] reads.
impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            methods,
            pattern,
            who,
        } = self;
        let blank = if *methods == Methods::ALL { "" } else { " " };
        write!(out, "{methods}{blank}{pattern} {who}")
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(out, "there are more than {RULES_MAX} rules"),
            Self::Path(path) => write!(
                out,
                "{path:?} is not a plain path such as /robots.txt or /assets/*"
            ),
            Self::Method(method) => write!(
                out,
                "{method:?} is neither a path nor a list of methods such as GET,POST (HEAD counts as GET)"
            ),
            Self::Who(who) => write!(
                out,
                "{who:?} is not public, signed-in, passphrase or org with email domains"
            ),
            Self::Domain(domain) => write!(
                out,
                "{domain:?} is not an email domain such as acme.com (in its ASCII form: xn--…)"
            ),
            Self::TooManyDomains => out.write_str("a rule has more than 32 email domains"),
            Self::Tie(one, other) => write!(
                out,
                "`{one}` and `{other}` are for the same requests: keep one"
            ),
        }
    }
}

impl std::error::Error for RuleError {}
