//! Where in a provider's claims is something? The path to it.

use serde_json::{Map, Value};

/// Most members that a path leads through.
const DEPTH_MAX: usize = 8;
/// Longest name of one, in bytes.
const NAME_MAX_BYTES: usize = 256;

/// The names of members, each within the one before: of at least one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// Of one text: the name of a claim, `groups`; names with dots between, where it is
    /// within others, `realm_access.roles`; or a URL as it is, `https://example.com/groups`,
    /// because dots in that part no names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.contains("://") {
            true => Self::of_names(vec![text.to_owned()]),
            false => Self::of_names(text.split('.').map(str::to_owned).collect()),
        }
    }

    /// Of names as they are, dots and all.
    #[must_use]
    pub fn of_names(names: Vec<String>) -> Option<Self> {
        let is_name = |name: &String| {
            (1..=NAME_MAX_BYTES).contains(&name.len())
                && !name.chars().any(|c| c.is_control() || c.is_whitespace())
        };
        let fits = (1..=DEPTH_MAX).contains(&names.len()) && names.iter().all(is_name);
        fits.then_some(Self(names))
    }

    /// What is there; None where nothing is, or null.
    #[must_use]
    pub fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, within) = self.0.split_first()?;
        let mut found = claims.get(first)?;
        for name in within {
            found = found.as_object()?.get(name)?;
        }
        (!found.is_null()).then_some(found)
    }

    /// The claim that it begins with.
    #[must_use]
    pub fn claim(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims() -> Map<String, Value> {
        let claims = json!({
            "groups": ["a"],
            "realm_access": {"roles": ["b"], "deep.er": {"x": "c"}},
            "https://example.com/groups": ["d"],
            "cognito:groups": ["e"],
            "urn.example": ["f"],
            "none": null,
        });
        claims.as_object().expect("an object").clone()
    }

    #[test]
    fn a_path_is_a_name_or_names_with_dots_or_a_url() {
        for (text, expected) in [
            ("groups", Some(json!(["a"]))),
            ("realm_access.roles", Some(json!(["b"]))),
            ("https://example.com/groups", Some(json!(["d"]))),
            ("cognito:groups", Some(json!(["e"]))),
            (
                "realm_access",
                Some(json!({"roles": ["b"], "deep.er": {"x": "c"}})),
            ),
            ("urn.example", None),
            ("groups.a", None),
            ("groups.0", None),
            ("realm_access.roles.b", None),
            ("none", None),
            ("none.x", None),
            ("Groups", None),
            ("https://example.com/", None),
        ] {
            let path = ClaimPath::parse(text).expect(text);
            assert_eq!(path.find(&claims()), expected.as_ref(), "{text}");
        }
    }

    #[test]
    fn names_with_dots_in_them_are_given_one_by_one() {
        let path =
            |names: &[&str]| ClaimPath::of_names(names.iter().map(|n| (*n).to_owned()).collect());
        let found = |names: &[&str]| path(names).and_then(|path| path.find(&claims()).cloned());
        assert_eq!(found(&["urn.example"]), Some(json!(["f"])));
        assert_eq!(found(&["realm_access", "deep.er", "x"]), Some(json!("c")));
        assert_eq!(found(&["realm_access.roles"]), None);
        assert_eq!(path(&[]), None);
        assert_eq!(
            path(&["realm_access", "x"]).expect("a path").claim(),
            "realm_access"
        );
    }

    #[test]
    fn what_leads_nowhere_is_no_path() {
        let long = "a".repeat(257);
        let deep = ["a"; 9].join(".");
        for text in ["", ".", "a.", ".a", "a..b", "a b", "a\n", &long, &deep] {
            assert_eq!(ClaimPath::parse(text), None, "{text:?}");
        }
        let longest = "a".repeat(256);
        let deepest = ["a"; 8].join(".");
        for text in [longest.as_str(), &deepest] {
            assert!(ClaimPath::parse(text).is_some(), "{text:?}");
        }
    }
}
