//! What does an entry say of the groups that its provider names?

use std::collections::BTreeMap;

use gatelet_core::groups::is_provider_group_name;
use serde::Deserialize;

use crate::claim_path::ClaimPath;
use crate::provider_groups::GroupRules;
use crate::refusal::quoted;

const MAP_MAX: usize = 64;
const MAPPED_MAX_BYTES: usize = 256;
const PREFIX_MAX_BYTES: usize = 33;

/// A path to a claim: one text, or its names one by one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum GivenPath {
    Text(String),
    Names(Vec<String>),
}

/// The rules, where there is a claim to read. The prefix is what the entry says, or else
/// what its id makes of it.
pub(super) fn parse_groups(
    claim: Option<GivenPath>,
    prefix: Option<String>,
    map: Option<BTreeMap<String, String>>,
) -> Result<Option<GroupRules>, String> {
    let Some(claim) = claim else {
        return match (prefix, map) {
            (None, None) => Ok(None),
            (Some(_), _) => Err("`groups_prefix` is for an entry with `groups_claim`".into()),
            (None, Some(_)) => Err("`groups_map` is for an entry with `groups_claim`".into()),
        };
    };
    let claim = match claim {
        GivenPath::Text(text) => ClaimPath::parse(&text),
        GivenPath::Names(names) => ClaimPath::of_names(names),
    };
    let claim = claim.ok_or("`groups_claim` must be a claim such as groups, a path such as realm_access.roles, a URL, or a list of names where they have dots in them")?;
    let prefix = prefix.unwrap_or_default();
    // Whatever may follow it: a name with it is one, or none is.
    if !is_prefix(&prefix) {
        return Err("`groups_prefix` must be empty, or begin with a-z or 0-9, go on with those, dot, _ and -, and may end in a colon: 33 at most".into());
    }
    let map = map.unwrap_or_default();
    if map.len() > MAP_MAX {
        return Err(format!("`groups_map` must have at most {MAP_MAX} names"));
    }
    for (given, name) in &map {
        let is_said =
            (1..=MAPPED_MAX_BYTES).contains(&given.len()) && !given.chars().any(char::is_control);
        let joins_ways = matches!(name.as_str(), "or" | "with" | "within");
        if !is_said || joins_ways || !is_provider_group_name(name) {
            return Err(format!(
                "`groups_map` must lead from names at the provider to names of groups here: {} to {} does not",
                quoted(given),
                quoted(name)
            ));
        }
    }
    Ok(Some(GroupRules { claim, prefix, map }))
}

/// What may stand before a name: the beginning of one of ours, or whose it is.
fn is_prefix(text: &str) -> bool {
    let name = text.strip_suffix(':').unwrap_or(text);
    text.is_empty()
        || text.len() <= PREFIX_MAX_BYTES
            && !name.contains(':')
            && name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && is_provider_group_name(&format!("{name}:x"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(
        claim: Option<&str>,
        prefix: Option<&str>,
        map: &[(&str, &str)],
    ) -> Result<Option<GroupRules>, String> {
        let map = map
            .iter()
            .map(|(given, name)| ((*given).to_owned(), (*name).to_owned()));
        let map: BTreeMap<_, _> = map.collect();
        parse_groups(
            claim.map(|claim| GivenPath::Text(claim.to_owned())),
            prefix.map(str::to_owned),
            (!map.is_empty()).then_some(map),
        )
    }

    #[test]
    fn a_prefix_is_nothing_or_the_beginning_of_a_name() {
        let longest = format!("{}:", "a".repeat(32));
        let long = format!("{}:", "a".repeat(33));
        for (prefix, fits) in [
            ("", true),
            ("okta:", true),
            ("okta-", true),
            ("8.", true),
            (longest.as_str(), true),
            (&long, false),
            (":", false),
            ("a:b:", false),
            ("a:b", false),
            ("-a:", false),
            ("Okta:", false),
            ("a b", false),
            ("a,", false),
        ] {
            let parsed = parse(Some("groups"), Some(prefix), &[]);
            assert_eq!(parsed.is_ok(), fits, "{prefix:?}");
        }
    }

    #[test]
    fn what_a_map_leads_to_is_a_group_of_ours_or_a_providers() {
        let (given, long) = ("g".repeat(256), "g".repeat(257));
        for (map, fits) in [
            (("Domain Users", "staff"), true),
            (("Chefs ü", "admins"), true),
            (("x", "okta:x"), true),
            ((given.as_str(), "x"), true),
            ((&long, "x"), false),
            (("", "x"), false),
            (("a\n", "x"), false),
            (("x", ""), false),
            (("x", "Staff"), false),
            (("x", "a,admins"), false),
            (("x", "or"), false),
            (("x", "within"), false),
        ] {
            let parsed = parse(Some("groups"), None, &[map]);
            assert_eq!(parsed.is_ok(), fits, "{map:?}: {parsed:?}");
        }
        let many = |count: usize| (0..count).map(|n| (format!("g{n}"), "x".to_owned()));
        for (count, fits) in [(64, true), (65, false)] {
            let claim = GivenPath::Text("groups".to_owned());
            let parsed = parse_groups(Some(claim), None, Some(many(count).collect()));
            assert_eq!(parsed.is_ok(), fits, "{count}");
        }
    }

    #[test]
    fn nothing_is_read_where_no_claim_is_named() {
        assert_eq!(parse(None, None, &[]), Ok(None));
        for (prefix, map, named) in [
            (Some("x:"), &[][..], "`groups_prefix`"),
            (None, &[("a", "b")][..], "`groups_map`"),
        ] {
            let refused = parse(None, prefix, map).expect_err(named);
            assert!(refused.starts_with(named), "{refused}");
        }
        let refused = parse(Some("a..b"), None, &[]).expect_err("no path");
        assert!(refused.contains("`groups_claim`"), "{refused}");
    }
}
