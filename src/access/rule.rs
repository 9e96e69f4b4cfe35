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
    /// Not the name of a group.
    Group(String),
    /// More email domains, or groups, than a rule may have.
    TooManyNames,
    /// Two rules for this path and the same methods.
    Tie(String),
}

impl Rule {
    /// Parses `[METHODS] PATH WHO; …`, or a rule a line.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, RuleError> {
        gathered(text, b";\n", Self::parse)
    }

    /// Parses `/exact, /prefix/*, …`: the short form of rules that open paths.
    pub fn parse_public_paths(text: &str) -> Result<Vec<Self>, RuleError> {
        gathered(text, b",", |path| {
            Ok(Self {
                methods: Methods::ALL,
                pattern: Pattern::parse(path)?,
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
        let (mut path, mut who) = split(text, b" \t");
        let mut methods = Methods::ALL;
        if !path.starts_with('/') {
            methods = Methods::parse(path).ok_or_else(|| RuleError::Method(cut(path)))?;
            (path, who) = split(who.trim(), b" \t");
        }
        Ok(Self {
            methods,
            pattern: Pattern::parse(path)?,
            who: Who::parse(who.trim())?,
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
        self.pattern.is_like(&other.pattern)
            && (self.methods == Methods::ALL) == (other.methods == Methods::ALL)
            && self.methods.overlaps(other.methods)
            && self.who != other.who
    }

    /// The more specific, the smaller.
    pub(super) fn order(&self) -> impl Ord + use<> {
        (self.pattern.order(), self.methods == Methods::ALL)
    }
}

fn gathered(
    text: &str,
    separators: &[u8],
    parse: fn(&str) -> Result<Rule, RuleError>,
) -> Result<Vec<Rule>, RuleError> {
    let mut rules = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (text, after) = split(rest, separators);
        rest = after;
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if rules.len() == RULES_MAX {
            return Err(RuleError::TooMany);
        }
        rules.push(parse(text)?);
    }
    Ok(rules)
}

/// What stands before the first of these ASCII characters, and what behind it.
/// Out of line, as [`cut`] is: the gateway's room is small.
#[inline(never)]
pub(super) fn split<'t>(text: &'t str, separators: &[u8]) -> (&'t str, &'t str) {
    let end = text.bytes().position(|byte| separators.contains(&byte));
    let end = end.unwrap_or(text.len());
    (&text[..end], text.get(end + 1..).unwrap_or_default())
}

/// What of a mistake is repeated to the operator.
#[inline(never)]
pub(super) fn cut(text: &str) -> String {
    text.get(..text.floor_char_boundary(256))
        .unwrap_or_default()
        .to_owned()
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
                "{who:?} is not public, signed-in, passphrase, org with email domains or group with names; then perhaps with passkey, with second-factor, within 10m"
            ),
            Self::Domain(domain) => write!(
                out,
                "{domain:?} is not an email domain such as acme.com (in its ASCII form: xn--…)"
            ),
            Self::Group(group) => write!(
                out,
                "{group:?} is not the name of a group: a-z, 0-9, dot, _ and -, 64 at most; or a provider's, such as okta:Admins"
            ),
            Self::TooManyNames => out.write_str("a rule has more than 32 email domains or groups"),
            Self::Tie(path) => write!(
                out,
                "{path:?} has two rules for the same requests: keep one"
            ),
        }
    }
}

impl std::error::Error for RuleError {}
