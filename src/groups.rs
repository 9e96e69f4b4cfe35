//! Which groups is somebody in? Their names, their own and a provider's, as one list.

use crate::access::is_group_name;
use crate::claims::GROUPS_MAX_BYTES;

/// Most groups that somebody is in: a session says all of them.
pub const GROUPS_MAX: usize = 32;
/// Longest name of a provider's group, with what stands before it.
pub const PROVIDER_GROUP_MAX_BYTES: usize = 128;
/// Longest part of it that says whose it is.
const QUALIFIER_MAX_BYTES: usize = 32;

/// Whether a provider's group can have this name here: one of ours, or such a one with
/// whose it is before the first colon: `okta:Engineering/Web`. What stands behind that is
/// ASCII letters, digits and `. _ - / : @ +`. No group of our own has a colon.
#[must_use]
pub fn is_provider_group_name(text: &str) -> bool {
    let Some((qualifier, name)) = text.split_once(':') else {
        return is_group_name(text);
    };
    let is_qualifier = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    text.len() <= PROVIDER_GROUP_MAX_BYTES
        && (1..=QUALIFIER_MAX_BYTES).contains(&qualifier.len())
        && qualifier.bytes().all(is_qualifier)
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@+".contains(&byte))
}

/// The user's own groups and those that a provider named, both separated by commas, as
/// one list in order: at most [`GROUPS_MAX`] of at most [`GROUPS_MAX_BYTES`] together.
/// The user's own come first; of the provider's, whole names that find no room are left
/// out.
#[must_use]
pub fn joined(own: &str, provided: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    let mut bytes = 0;
    for name in own.split(',').chain(provided.split(',')) {
        let length = name.len() + usize::from(!all.is_empty());
        let has_room = all.len() < GROUPS_MAX && bytes + length <= GROUPS_MAX_BYTES;
        if !name.is_empty() && has_room && !all.contains(&name) {
            bytes += length;
            all.push(name);
        }
    }
    all.sort_unstable();
    all.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_providers_group_has_a_name_that_a_rule_can_say() {
        let longest = format!("okta:{}", "a".repeat(123));
        let long = format!("okta:{}", "a".repeat(124));
        let qualifier = format!("{}:a", "q".repeat(32));
        let long_qualifier = format!("{}:a", "q".repeat(33));
        for (name, expected) in [
            ("staff", true),
            ("okta:admins", true),
            ("okta:Admins", true),
            ("okta:/eng/web", true),
            ("okta:a:b", true),
            ("okta::", true),
            ("8-x.y_z:ops@acme.com", true),
            (&longest, true),
            (&qualifier, true),
            (&long, false),
            (&long_qualifier, false),
            ("Staff", false),
            ("public", false),
            ("", false),
            (":admins", false),
            ("okta:", false),
            ("Okta:admins", false),
            ("okta:a b", false),
            ("okta:a,b", false),
            ("okta:a;b", false),
            ("okta:ä", false),
            ("okta:a\n", false),
        ] {
            assert_eq!(is_provider_group_name(name), expected, "{name:?}");
        }
    }

    #[test]
    fn own_groups_and_a_providers_are_one_list_in_order() {
        for (own, provided, expected) in [
            ("", "", ""),
            ("admins,staff", "", "admins,staff"),
            ("", "okta:b,okta:a", "okta:a,okta:b"),
            ("staff", "admins,okta:a", "admins,okta:a,staff"),
            ("staff", "staff", "staff"),
        ] {
            assert_eq!(joined(own, provided), expected, "{own} {provided}");
        }
    }

    #[test]
    fn what_finds_no_room_is_left_out_whole_and_own_groups_have_theirs_first() {
        let own: Vec<String> = (0..GROUPS_MAX - 1).map(|n| format!("own-{n:02}")).collect();
        let both = joined(&own.join(","), "okta:a,okta:b");
        assert!(
            both.contains("okta:a") && !both.contains("okta:b"),
            "{both}"
        );
        assert_eq!(both.split(',').count(), GROUPS_MAX);

        let long: Vec<String> = (0..20)
            .map(|n| format!("okta:{n:02}{}", "x".repeat(93)))
            .collect();
        let fitting = joined("staff", &format!("{},okta:y", long.join(",")));
        // Ten of them with their commas are 1,015 bytes, and what is short still fits.
        assert_eq!(fitting.split(',').count(), 1 + 10 + 1, "{fitting}");
        assert!(
            fitting.len() <= GROUPS_MAX_BYTES && fitting.contains("okta:y,"),
            "{fitting}"
        );
        let is_whole =
            |name: &str| name == "staff" || name == "okta:y" || long.iter().any(|one| one == name);
        assert!(fitting.split(',').all(is_whole), "{fitting}");
    }

    proptest! {
        #[test]
        fn a_list_has_its_bounds_whatever_is_joined(own in "[a-c,]{0,300}", provided in "[a-z:,]{0,3000}") {
            let all = joined(&own, &provided);
            prop_assert!(all.len() <= GROUPS_MAX_BYTES);
            let names: Vec<&str> = all.split(',').collect();
            prop_assert!(names.len() <= GROUPS_MAX);
            prop_assert!(names.is_sorted_by(|one, next| one < next));
            prop_assert_eq!(joined(&all, ""), all.clone());
            prop_assert_eq!(joined("", &all), all);
        }
    }
}
