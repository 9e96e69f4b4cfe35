use super::*;
use proptest::prelude::*;
use serde_json::json;

fn rules(prefix: &str, map: &[(&str, &str)]) -> GroupRules {
    let map = map
        .iter()
        .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()));
    GroupRules {
        claim: ClaimPath::parse("groups").expect("a path"),
        prefix: prefix.to_owned(),
        map: map.collect(),
    }
}

fn read(rules: &GroupRules, groups: Value) -> ProviderGroups {
    let claims = json!({ "groups": groups });
    rules
        .read(claims.as_object().expect("an object"))
        .expect("said")
}

#[test]
fn groups_are_called_by_their_names_with_whose_they_are_before() {
    let okta = rules("okta:", &[]);
    for (said, expected) in [
        (json!(["staff", "Admins"]), "okta:Admins,okta:staff"),
        (json!("staff"), "okta:staff"),
        (json!(["b", "a", "b"]), "okta:a,okta:b"),
        (json!(["/eng/web"]), "okta:/eng/web"),
        (json!(["admins", "owners"]), "okta:admins,okta:owners"),
        (json!([]), ""),
    ] {
        let groups = read(&okta, said.clone());
        assert_eq!(
            (groups.joined().as_str(), groups.left_out()),
            (expected, None),
            "{said}"
        );
    }
}

#[test]
fn what_is_malformed_is_left_out_and_never_made_to_fit() {
    let okta = rules("okta:", &[]);
    for malformed in [
        json!("Domain Users"),
        json!("a,okta:b"),
        json!("a;b"),
        json!("ä"),
        json!("a\r\nx"),
        json!(""),
        json!("a".repeat(124)),
        json!(7),
        json!(null),
        json!(["nested"]),
        json!({"name": "a"}),
    ] {
        let groups = read(&okta, json!(["staff", malformed]));
        assert_eq!(groups.joined(), "okta:staff", "{malformed}");
        let said = groups.left_out().expect("said");
        assert!(
            said.contains("no name of a group") && !said.contains(['\r', '\n']),
            "{said}"
        );
    }
    for no_list in [json!({"staff": {}}), json!(true), json!(1)] {
        let groups = read(&okta, no_list.clone());
        assert_eq!(groups.joined(), "", "{no_list}");
        assert_eq!(groups.left_out(), Some("the claim is no list of names"));
    }
}

#[test]
fn no_group_is_an_admins_but_by_the_map() {
    for name in ["admins", "owners"] {
        let plain = read(&rules("", &[]), json!([name, "staff"]));
        assert_eq!(plain.joined(), "staff");
        assert!(
            plain.left_out().expect("said").contains("groups_map alone"),
            "{plain:?}"
        );
        // Not by a prefix that makes one of two halves either.
        let (prefix, half) = name.split_at(2);
        let halves = read(&rules(prefix, &[]), json!([half, "x"]));
        assert_eq!(halves.joined(), format!("{prefix}x"), "{name}");
        let mapped = read(
            &rules("okta:", &[("Gatelet", name)]),
            json!(["Gatelet", name]),
        );
        let mut both = [name.to_owned(), format!("okta:{name}")];
        both.sort_unstable();
        assert_eq!(mapped.joined(), both.join(","));
    }
}

#[test]
fn without_a_prefix_a_name_is_one_that_our_own_groups_can_have() {
    let plain = rules("", &[]);
    let groups = read(
        &plain,
        json!(["staff", "Staff", "or", "within", "public", "org", "-x"]),
    );
    assert_eq!(groups.joined(), "staff");
    for prefix in ["", "ok", "okta"] {
        let anothers = read(
            &rules(prefix, &[]),
            json!(["okta:staff", "ta:staff", ":staff"]),
        );
        assert_eq!(
            anothers.joined(),
            "",
            "another provider's, by way of this one"
        );
    }
}

#[test]
fn names_that_are_mapped_are_called_otherwise_and_are_never_crowded_out() {
    let rules = rules(
        "ad:",
        &[
            ("Domain Users", "staff"),
            ("Everyone", "staff"),
            ("zz", "zz-top"),
        ],
    );
    let mut all: Vec<String> = (0..200).map(|n| format!("g{n:03}")).collect();
    all.extend(["zz", "Everyone", "Domain Users"].map(str::to_owned));
    let groups = read(&rules, json!(all));
    let joined = groups.joined();
    let names: Vec<&str> = joined.split(',').collect();
    assert_eq!(names.len(), GROUPS_MAX);
    assert!(
        names.contains(&"staff") && names.contains(&"zz-top"),
        "{joined}"
    );
    assert!(
        names.contains(&"ad:g000") && names.contains(&"ad:g029") && !names.contains(&"ad:g030")
    );
    let said = groups.left_out().expect("said");
    assert!(
        said.contains("“g030” finds no room") && said.ends_with("and 165 more"),
        "{said}"
    );
}

#[test]
fn long_names_are_left_out_whole_and_thousands_are_not_looked_at() {
    let rules = rules("ad:", &[]);
    let long: Vec<String> = (0..20)
        .map(|n| format!("{n:02}{}", "x".repeat(118)))
        .collect();
    let joined = read(&rules, json!(long)).joined();
    assert!(joined.len() <= GROUPS_MAX_BYTES);
    assert_eq!(joined.split(',').count(), 8);
    assert!(
        joined
            .split(',')
            .all(|name| long.iter().any(|one| name == format!("ad:{one}")))
    );
    let many: Vec<Value> = (0..1001)
        .map(|n| json!(if n < 1000 { "a" } else { "b" }))
        .collect();
    let groups = read(&rules, json!(many));
    assert_eq!(groups.joined(), "ad:a");
    assert_eq!(groups.left_out(), Some("1 names after the first 1000"));
}

#[test]
fn a_provider_that_says_nothing_of_groups_says_nothing() {
    let rules = rules("ad:", &[]);
    let of = |claims: Value| rules.read(claims.as_object().expect("an object"));
    for claims in [
        json!({}),
        json!({"groups": null}),
        json!({"_claim_names": {"other": "x"}}),
    ] {
        assert_eq!(of(claims.clone()), None, "{claims}");
    }
    let elsewhere = of(json!({"_claim_names": {"groups": "src1"}})).expect("said");
    assert_eq!(elsewhere.joined(), "");
    assert!(
        elsewhere
            .left_out()
            .expect("said")
            .contains("too many for a token")
    );
}

#[test]
fn what_a_session_has_no_room_for_is_known() {
    let groups = read(&rules("a:", &[]), json!(["x", "y"]));
    assert_eq!(groups.missing_from("a:x,staff"), ["a:y"]);
    assert!(groups.missing_from("a:x,a:y").is_empty());
    assert_eq!(ProviderGroups::of_kept(&groups.joined()), groups);
    assert_eq!(ProviderGroups::of_kept(""), ProviderGroups::default());
}

proptest! {
    #[test]
    fn whatever_is_said_a_rule_can_say_it_and_it_has_its_bounds(
        prefix in prop::sample::select(vec!["", "okta:", "ad", "own", "admin", "x-"]),
        names in prop::collection::vec("(admins|owners|s|ers|[ -~]{0,12}|[a-z:/,]{0,140})", 0..60),
    ) {
        let joined = read(&rules(prefix, &[]), json!(names)).joined();
        prop_assert!(joined.len() <= GROUPS_MAX_BYTES);
        let kept: Vec<&str> = joined.split(',').filter(|name| !name.is_empty()).collect();
        prop_assert!(kept.len() <= GROUPS_MAX && kept.is_sorted_by(|one, next| one < next));
        for name in kept {
            prop_assert!(is_provider_group_name(name) && name != ADMINS && name != OWNERS, "{}", name);
            let given = name.strip_prefix(prefix).expect("the prefix");
            prop_assert!(names.iter().any(|one| one == given), "{}", name);
        }
    }
}
