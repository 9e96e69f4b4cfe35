//! Who is let in, and what would help whoever is not?

use core::fmt;

use crate::base_url::is_host_name;

use super::rule::{RuleError, cut, split};

/// Most email domains of a rule.
const DOMAINS_MAX: usize = 32;

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
}

/// Why a visitor is not let in, by what would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Signing in.
    SignIn,
    /// The passphrase.
    Passphrase,
    /// Another account: this one is signed in and not enough.
    OtherAccount,
}

impl Who {
    /// What holds where nothing is said.
    pub(super) const SIGNED_IN: Self = Self::Known(Ways {
        signed_in: true,
        passphrase: false,
        domains: Vec::new(),
    });

    /// Parses `public`, or any of `signed-in`, `passphrase` and `org DOMAIN…`
    /// with `or` between them.
    pub(super) fn parse(text: &str) -> Result<Self, RuleError> {
        if text == "public" {
            return Ok(Self::Public);
        }
        let mut ways = Ways {
            signed_in: false,
            passphrase: false,
            domains: Vec::new(),
        };
        // What the words so far leave open: a way, or an `or` behind one.
        let (mut behind_way, mut within_org) = (false, false);
        let mut rest = text;
        while !rest.is_empty() {
            let (word, after) = split(rest, b" \t,");
            rest = after;
            match word {
                "" => {}
                "or" if behind_way => (behind_way, within_org) = (false, false),
                "signed-in" if !behind_way && !within_org => {
                    (ways.signed_in, behind_way) = (true, true);
                }
                "passphrase" if !behind_way && !within_org => {
                    (ways.passphrase, behind_way) = (true, true);
                }
                "org" if !behind_way && !within_org => within_org = true,
                domain if within_org && domain != "or" => {
                    if ways.domains.len() == DOMAINS_MAX {
                        return Err(RuleError::TooManyDomains);
                    }
                    ways.domains.push(parse_domain(domain)?);
                    behind_way = true;
                }
                _ => return Err(RuleError::Who(cut(text))),
            }
        }
        if behind_way {
            Ok(Self::Known(ways))
        } else {
            Err(RuleError::Who(cut(text)))
        }
    }

    /// Whether a session of anybody's is enough.
    pub(super) fn signed_in_suffices(&self) -> bool {
        match self {
            Self::Public => true,
            Self::Known(ways) => ways.signed_in,
        }
    }

    /// Whether the passphrase lets in.
    pub(super) fn passphrase(&self) -> bool {
        matches!(self, Self::Known(ways) if ways.passphrase)
    }

    /// Whether the passphrase lets in, and some account does too.
    pub(super) fn passphrase_or_account(&self) -> bool {
        matches!(self, Self::Known(ways) if ways.passphrase && (ways.signed_in || !ways.domains.is_empty()))
    }

    pub(super) fn judge(&self, visitor: &Visitor<'_>) -> Result<(), Denied> {
        let ways = match self {
            Self::Public => return Ok(()),
            Self::Known(ways) => ways,
        };
        let by_account = visitor.person.is_some_and(|person| {
            ways.signed_in || person.email_verified && ways.has(person.email)
        });
        if by_account || ways.passphrase && visitor.knows_passphrase {
            return Ok(());
        }
        Err(if ways.passphrase {
            Denied::Passphrase
        } else if visitor.person.is_some() {
            Denied::OtherAccount
        } else {
            Denied::SignIn
        })
    }
}

impl Ways {
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

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ways {
            signed_in,
            passphrase,
            domains,
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
        if !domains.is_empty() {
            write!(out, "{joint}org {}", domains.join(","))?;
        }
        Ok(())
    }
}
