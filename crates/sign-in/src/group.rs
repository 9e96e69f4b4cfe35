//! What is a group called? As access rules call it, so that each can be named there.

use gatelet_core::is_group_name;

/// The group whose people are owners of the vault.
pub const OWNERS: &str = "owners";
/// The group whose people are admins of the console and the vault.
pub const ADMINS: &str = "admins";

/// The name of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName(String);

impl GroupName {
    /// What a rule could not name is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let joins_ways = matches!(text, "or" | "with");
        (is_group_name(text) && !joins_ways).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_a_name_that_a_rule_can_say() {
        let longest = "a".repeat(64);
        for name in ["admins", "ops.eu", "team-1", "a_b", "0", &longest] {
            assert_eq!(
                GroupName::parse(name).as_ref().map(GroupName::as_str),
                Some(name)
            );
        }
        let long = "a".repeat(65);
        for name in [
            "",
            "Admins",
            "a b",
            "a,b",
            "-a",
            ".a",
            "ä",
            "org",
            "public",
            "signed-in",
            "or",
            "with",
            &long,
        ] {
            assert_eq!(GroupName::parse(name), None, "{name:?}");
        }
    }
}
