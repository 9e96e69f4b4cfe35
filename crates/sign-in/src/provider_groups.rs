//! Which groups does a provider say that somebody is in, and what are they called here?
//!
//! A name comes from outside, and access to things hangs on it. So it never is made to
//! fit: what is no name here is left out, and said in the log. What stands before it keeps
//! it from being one of our own groups by accident, or by the will of whoever may name
//! groups there.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_core::claims::GROUPS_MAX_BYTES;
use gatelet_core::groups::{GROUPS_MAX, is_provider_group_name};
use serde_json::{Map, Value};

use crate::claim_path::ClaimPath;
use crate::group::{ADMINS, OWNERS};
use crate::refusal::{one_line, quoted};

/// Most names that are looked at: some people are in hundreds of groups.
const NAMES_MAX: usize = 1000;
/// Most names that the log says of those that are left out.
const SAID_MAX: usize = 5;

/// How a provider's groups are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRules {
    /// Where they are among the claims.
    pub claim: ClaimPath,
    /// What stands before a name here: `okta:`, or nothing.
    pub prefix: String,
    /// What is called otherwise here, by its name at the provider. This alone makes
    /// somebody an admin or an owner.
    pub map: BTreeMap<String, String>,
}

/// The groups that a provider named at a sign-in, by their names here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderGroups {
    names: Vec<String>,
    left_out: Option<String>,
}

/// Why a name is none here.
enum LeftOut {
    Malformed,
    Reserved,
    NoRoom,
}

impl GroupRules {
    /// The groups that the claims name; None where they say nothing of groups.
    ///
    /// They are a list of names, or one name. Names that are mapped come first, then the
    /// others in order, while there is room: [`GROUPS_MAX`] of [`GROUPS_MAX_BYTES`]
    /// together, with commas between.
    #[must_use]
    pub fn read(&self, claims: &Map<String, Value>) -> Option<ProviderGroups> {
        let Some(found) = self.claim.find(claims) else {
            return self.read_elsewhere(claims);
        };
        let given: Vec<&Value> = match found {
            Value::Array(names) => names.iter().collect(),
            Value::String(_) => vec![found],
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                return Some(ProviderGroups::without("the claim is no list of names"));
            }
        };
        let mut left_out = Vec::new();
        if given.len() > NAMES_MAX {
            left_out.push(format!(
                "{} names after the first {NAMES_MAX}",
                given.len() - NAMES_MAX
            ));
        }
        let (mut mapped, mut others) = (BTreeSet::new(), BTreeSet::new());
        let mut say =
            |given: &str, why: LeftOut| left_out.push(format!("{} {}", quoted(given), why.said()));
        for value in given.into_iter().take(NAMES_MAX) {
            let Some(given) = value.as_str() else {
                say(&value.to_string(), LeftOut::Malformed);
                continue;
            };
            match self.map.get(given) {
                Some(name) => drop(mapped.insert((name.clone(), given))),
                None => match self.prefixed(given) {
                    Ok(name) => drop(others.insert((name, given))),
                    Err(why) => say(given, why),
                },
            }
        }
        let mut names: Vec<String> = Vec::new();
        let mut bytes = 0;
        for (name, given) in mapped.into_iter().chain(others) {
            if names.contains(&name) {
                continue;
            }
            let length = name.len() + usize::from(!names.is_empty());
            match names.len() < GROUPS_MAX && bytes + length <= GROUPS_MAX_BYTES {
                true => {
                    bytes += length;
                    names.push(name);
                }
                false => say(given, LeftOut::NoRoom),
            }
        }
        names.sort_unstable();
        Some(ProviderGroups {
            names,
            left_out: told(&left_out),
        })
    }

    /// Where somebody is in too many groups for a token, Entra says where to ask for them:
    /// <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>.
    fn read_elsewhere(&self, claims: &Map<String, Value>) -> Option<ProviderGroups> {
        let elsewhere = claims.get("_claim_names")?.get(self.claim.claim());
        elsewhere.map(|_| {
            ProviderGroups::without("too many for a token: have the provider send fewer, such as those of this application")
        })
    }

    fn prefixed(&self, given: &str) -> Result<String, LeftOut> {
        let name = format!("{}{given}", self.prefix);
        // Whose it is, is ours to say and not the provider's.
        let is_anothers = given.contains(':') && !self.prefix.contains(':');
        match name.as_str() {
            _ if is_anothers => Err(LeftOut::Malformed),
            // A rule would take them for its own words.
            "or" | "with" | "within" => Err(LeftOut::Malformed),
            ADMINS | OWNERS => Err(LeftOut::Reserved),
            text if !is_provider_group_name(text) => Err(LeftOut::Malformed),
            _ => Ok(name),
        }
    }
}

impl LeftOut {
    fn said(&self) -> &'static str {
        match self {
            Self::Malformed => "is no name of a group here: name it in groups_map",
            Self::Reserved => "has power here, which groups_map alone gives",
            Self::NoRoom => "finds no room",
        }
    }
}

impl ProviderGroups {
    fn without(why: &str) -> Self {
        Self {
            names: Vec::new(),
            left_out: Some(why.to_owned()),
        }
    }

    /// What was kept between two steps of a sign-in.
    pub(crate) fn of_kept(text: &str) -> Self {
        let names = text.split(',').filter(|name| !name.is_empty());
        Self {
            names: names.map(str::to_owned).collect(),
            left_out: None,
        }
    }

    /// Their names in order, with commas between.
    #[must_use]
    pub fn joined(&self) -> String {
        self.names.join(",")
    }

    /// What was left out, and why: one line for the log, with quoted pieces of what came
    /// from outside. None where nothing was.
    #[must_use]
    pub fn left_out(&self) -> Option<&str> {
        self.left_out.as_deref()
    }

    /// Those that a session has not, because the user's own leave no room for them.
    pub fn missing_from<'a>(&'a self, session: &str) -> Vec<&'a str> {
        let is_there = |name: &str| session.split(',').any(|one| one == name);
        let names = self.names.iter().map(String::as_str);
        names.filter(|name| !is_there(name)).collect()
    }
}

/// One line of many.
fn told(left_out: &[String]) -> Option<String> {
    let more = left_out.len().saturating_sub(SAID_MAX);
    let said = left_out.get(..SAID_MAX).unwrap_or(left_out).join("; ");
    match (left_out.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(said),
        (false, more) => Some(format!("{}; and {more} more", one_line(&said, 1000))),
    }
}

#[cfg(test)]
mod tests;
