//! Who is let in, and what would help whoever is not?

use core::fmt;

use crate::base_url::is_host_name;
use crate::groups::is_provider_group_name;

use super::rule::{RuleError, cut, split};

/// Most email domains, and most groups, of a rule.
const NAMES_MAX: usize = 32;
/// Longest name of a group, in bytes.
const GROUP_MAX_BYTES: usize = 64;
/// Longest time for which having signed in counts as recent, in seconds: a month.
const WITHIN_MAX_SECONDS: u64 = 31 * 86_400;

/// Whom a rule lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Everybody.
    Public,
    /// Whoever has one of these.
    Known(Ways),
}

/// What lets somebody in, any one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ways {
    /// A session, whoever's.
    signed_in: bool,
    /// The shared passphrase.
    passphrase: bool,
    /// The session of somebody with a verified address at one of these, in
    /// lower-case ASCII.
    domains: Vec<String>,
    /// The session of somebody in one of these.
    groups: Vec<String>,
    /// By which method whoever has a session must have signed in.
    with: Option<Method>,
    /// How long ago at most, in seconds.
    within: Option<u64>,
}

/// A way of signing in that a rule can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Passkey,
    SecondFactor,
}

/// Who stands at the door.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'a> {
    /// Who is signed in, if anybody is.
    pub person: Option<Person<'a>>,
    /// Whether this browser has shown the passphrase.
    pub knows_passphrase: bool,
}

/// As much of somebody signed in as rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Canonical address.
    pub email: &'a str,
    /// Whether somebody proved to read mail there.
    pub email_verified: bool,
    /// The groups that the user is in: names separated by commas.
    pub groups: &'a str,
    /// By which methods the user signed in: RFC 8176 values, separated by spaces.
    pub amr: &'a str,
    /// How long ago, in seconds; none where that is not known.
    pub age: Option<u64>,
}

/// Why a visitor is not let in, by what would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Signing in.
    SignIn,
    /// The passphrase.
    Passphrase,
    /// Another account, at one of some organisations: this one is signed in and not
    /// enough.
    OtherAccount,
    /// Another account, or being in a group.
    Group,
    /// Signing in again: it was too long ago.
    Recent,
    /// Signing in again, with a passkey.
    Passkey,
    /// Signing in again, with a second factor.
    SecondFactor,
}

impl Who {
    /// What holds where nothing is said.
    pub(super) const SIGNED_IN: Self = Self::Known(Ways {
        signed_in: true,
        passphrase: false,
        domains: Vec::new(),
        groups: Vec::new(),
        with: None,
        within: None,
    });

    /// Parses `public`, or any of `signed-in`, `passphrase`, `org DOMAIN…` and `group
    /// NAME…` with `or` between them; behind those `with passkey` or `with
    /// second-factor`, and `within 10m`, which hold for whoever comes by a session.
    pub(super) fn parse(text: &str) -> Result<Self, RuleError> {
        if text == "public" {
            return Ok(Self::Public);
        }
        let mut ways = Ways::NONE;
        let mut next = Next::Way;
        // Whether the words so far are a rule.
        let mut complete = false;
        let mut rest = text;
        while !rest.is_empty() {
            let (word, after) = split(rest, b" \t,");
            rest = after;
            let (then, is_complete) = match (next, word) {
                (_, "") => continue,
                (Next::Way, "signed-in") => {
                    ways.signed_in = true;
                    (Next::Joint, true)
                }
                (Next::Way, "passphrase") => {
                    ways.passphrase = true;
                    (Next::Joint, true)
                }
                (Next::Way, "org") => (Next::Domain, false),
                (Next::Way, "group") => (Next::Group, false),
                (Next::Joint | Next::Domain | Next::Group, "or") if complete => (Next::Way, false),
                (Next::Joint | Next::Domain | Next::Group, "with")
                    if complete && ways.by_account() && ways.with.is_none() =>
                {
                    (Next::Method, false)
                }
                (Next::Joint | Next::Domain | Next::Group | Next::Demand, "within")
                    if complete && ways.by_account() && ways.within.is_none() =>
                {
                    (Next::Seconds, false)
                }
                (Next::Method, word) if Method::named(word).is_some() => {
                    ways.with = Method::named(word);
                    (Next::Demand, true)
                }
                (Next::Seconds, word) if seconds(word).is_some() => {
                    ways.within = seconds(word);
                    (Next::End, true)
                }
                (Next::Domain, "or" | "with" | "within")
                | (Next::Group, "or" | "with" | "within") => {
                    return Err(RuleError::Who(cut(text)));
                }
                (Next::Domain, domain) => {
                    push(&mut ways.domains, parse_domain(domain)?)?;
                    (next, true)
                }
                (Next::Group, group) => {
                    push(&mut ways.groups, parse_group(group)?)?;
                    (next, true)
                }
                _ => return Err(RuleError::Who(cut(text))),
            };
            (next, complete) = (then, is_complete);
        }
        if complete {
            Ok(Self::Known(ways))
        } else {
            Err(RuleError::Who(cut(text)))
        }
    }

    /// Whether a session of anybody's is enough.
    pub(super) fn signed_in_suffices(&self) -> bool {
        match self {
            Self::Public => true,
            Self::Known(ways) => ways.signed_in && ways.with.is_none() && ways.within.is_none(),
        }
    }

    /// Whether the passphrase lets in.
    pub(super) fn passphrase(&self) -> bool {
        matches!(self, Self::Known(ways) if ways.passphrase)
    }

    /// Whether it looks at how, or how lately, somebody signed in.
    pub(super) fn asks_how(&self) -> bool {
        matches!(self, Self::Known(ways) if ways.with.is_some() || ways.within.is_some())
    }

    /// Whether the passphrase lets in, and some account does too.
    pub(super) fn passphrase_or_account(&self) -> bool {
        matches!(self, Self::Known(ways) if ways.passphrase && ways.by_account())
    }

    pub(super) fn judge(&self, visitor: &Visitor<'_>) -> Result<(), Denied> {
        let ways = match self {
            Self::Public => return Ok(()),
            Self::Known(ways) => ways,
        };
        let entitled = visitor.person.filter(|person| {
            ways.signed_in
                || person.email_verified && ways.has(person.email)
                || ways.has_group_of(person.groups)
        });
        let missing = match entitled.map(|person| ways.missing(&person)) {
            Some(None) => return Ok(()),
            Some(missing) => missing,
            None => None,
        };
        if ways.passphrase && visitor.knows_passphrase {
            return Ok(());
        }
        Err(match missing {
            Some(denied) => denied,
            None if ways.passphrase => Denied::Passphrase,
            None if visitor.person.is_none() => Denied::SignIn,
            None if ways.groups.is_empty() => Denied::OtherAccount,
            None => Denied::Group,
        })
    }
}

/// What may come next in the words of a rule.
#[derive(Clone, Copy)]
enum Next {
    Way,
    Joint,
    Domain,
    Group,
    Method,
    Seconds,
    Demand,
    End,
}

impl Method {
    const ALL: [(&'static str, Self); 2] = [
        ("passkey", Self::Passkey),
        ("second-factor", Self::SecondFactor),
    ];

    fn named(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, method)| *method)
    }

    /// Whether somebody has signed in by it, in the words of RFC 8176 §2.
    fn is_among(self, amr: &str) -> bool {
        let values: &[&str] = match self {
            Self::Passkey => &["hwk", "swk", "pop"],
            Self::SecondFactor => &["mfa"],
        };
        amr.split(' ').any(|value| values.contains(&value))
    }
}

impl Ways {
    const NONE: Self = Self {
        signed_in: false,
        passphrase: false,
        domains: Vec::new(),
        groups: Vec::new(),
        with: None,
        within: None,
    };

    /// Whether some account lets in.
    fn by_account(&self) -> bool {
        self.signed_in || !self.domains.is_empty() || !self.groups.is_empty()
    }

    /// What somebody who is entitled must do all the same.
    fn missing(&self, person: &Person<'_>) -> Option<Denied> {
        match self.with {
            Some(method) if !method.is_among(person.amr) => Some(match method {
                Method::Passkey => Denied::Passkey,
                Method::SecondFactor => Denied::SecondFactor,
            }),
            _ => {
                let limit = self.within?;
                let is_recent = person.age.is_some_and(|age| age <= limit);
                (!is_recent).then_some(match self.with {
                    None => Denied::Recent,
                    Some(Method::Passkey) => Denied::Passkey,
                    Some(Method::SecondFactor) => Denied::SecondFactor,
                })
            }
        }
    }

    fn has_group_of(&self, groups: &str) -> bool {
        groups
            .split(',')
            .any(|group| self.groups.iter().any(|listed| listed == group))
    }

    /// Whether an address is at one of the domains: the whole of what stands
    /// after its last `@`, so that neither a subdomain nor a longer name is.
    fn has(&self, email: &str) -> bool {
        email.rsplit_once('@').is_some_and(|(_, domain)| {
            self.domains
                .iter()
                .any(|listed| listed.eq_ignore_ascii_case(domain))
        })
    }
}

/// A host name of at least two labels in ASCII, the last no number. Addresses are
/// kept in their IDNA form, and the gateway has no room for the tables that would
/// make one.
fn parse_domain(text: &str) -> Result<String, RuleError> {
    let last = text.rsplit_once('.').map_or("", |(_, last)| last);
    let valid = last.starts_with(|first: char| first.is_ascii_alphabetic())
        && is_host_name(text)
        && !text.contains('_');
    if valid {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(RuleError::Domain(cut(text)))
    }
}

/// `[a-z0-9][a-z0-9._-]{0,63}`, and no word for a way, which stands there by mistake; or a
/// provider's.
fn parse_group(text: &str) -> Result<String, RuleError> {
    if is_provider_group_name(text) {
        Ok(text.to_owned())
    } else {
        Err(RuleError::Group(cut(text)))
    }
}

/// Whether a group of our own can have this name: one that a rule can say.
#[must_use]
pub fn is_group_name(text: &str) -> bool {
    const WAYS: [&str; 5] = ["public", "signed-in", "passphrase", "org", "group"];
    text.len() <= GROUP_MAX_BYTES
        && !WAYS.contains(&text)
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

fn push(names: &mut Vec<String>, name: String) -> Result<(), RuleError> {
    if names.len() == NAMES_MAX {
        return Err(RuleError::TooManyNames);
    }
    names.push(name);
    Ok(())
}

/// `45s`, `10m`, `12h`, `7d`: at least a second.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = number
        .parse::<u64>()
        .ok()
        .filter(|_| is_number)?
        .checked_mul(factor)?;
    (1..=WITHIN_MAX_SECONDS)
        .contains(&seconds)
        .then_some(seconds)
}

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ways {
            signed_in,
            passphrase,
            domains,
            groups,
            with,
            within,
        } = match self {
            Self::Public => return out.write_str("public"),
            Self::Known(ways) => ways,
        };
        let mut joint = "";
        for (set, word) in [(signed_in, "signed-in"), (passphrase, "passphrase")] {
            if *set {
                write!(out, "{joint}{word}")?;
                joint = " or ";
            }
        }
        for (names, word) in [(domains, "org"), (groups, "group")] {
            if !names.is_empty() {
                write!(out, "{joint}{word} {}", names.join(","))?;
                joint = " or ";
            }
        }
        if let Some((name, _)) = Method::ALL
            .iter()
            .find(|(_, method)| Some(*method) == *with)
        {
            write!(out, " with {name}")?;
        }
        if let Some(seconds) = within {
            write!(out, " within {seconds}s")?;
        }
        Ok(())
    }
}
