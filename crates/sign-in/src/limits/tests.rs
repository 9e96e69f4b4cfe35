use super::*;

fn email(text: &str) -> Email {
    Email::parse(text).expect(text)
}

fn network(text: &str) -> Option<Network> {
    Network::of(text.parse().expect(text))
}

fn names(rules: &[Rule]) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.name).collect()
}

#[test]
fn addresses_of_one_network_are_one_asker() {
    for (one, other, same) in [
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("2001:db8::1", "2001:db8::2:3:4", true),
        ("2001:db8::1", "2001:db8:0:1::1", false),
    ] {
        assert_eq!(network(one) == network(other), same, "{one} {other}");
    }
    for here in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(network(here), None, "{here}");
    }
}

#[test]
fn one_account_is_counted_as_one_however_it_is_typed() {
    let rules = |typed: &str| {
        let email = email(typed);
        let asker = Asker {
            account: Some(&email),
            ..Asker::default()
        };
        Limits::default().rules(Act::Password, &asker)
    };
    for typed in [
        "Ann@EXAMPLE.com",
        "  ann@example.com\t",
        "ann@example\u{3002}com",
    ] {
        assert_eq!(rules(typed), rules("ann@example.com"), "{typed:?}");
    }
    assert_ne!(rules("ann@example.com"), rules("amn@example.com"));
}

#[test]
fn what_is_counted_against_an_account_is_all_that_strangers_can_fill() {
    let ann = email("ann@example.com");
    let against: Vec<_> = Rule::against(&ann).collect();
    assert_eq!(
        names(&against),
        ["lockout", "sign-up.account", "mail.account", "code.account"]
    );
    let asker = Asker {
        account: Some(&ann),
        ..Asker::default()
    };
    let asked = [Act::Password, Act::SignUp, Act::Mail, Act::Code]
        .map(|act| Limits::default().rules(act, &asker));
    for rule in &against {
        assert!(asked.iter().flatten().any(|one| one == rule), "{rule:?}");
    }
}

#[test]
fn what_others_try_does_not_count_on_a_device_of_ones_own() {
    let ann = email("ann@example.com");
    let stranger = Asker {
        network: network("192.0.2.1"),
        account: Some(&ann),
        device: None,
    };
    let own = Asker {
        device: Some([1; 16]),
        ..stranger
    };
    let limits = Limits::default();
    assert_eq!(
        names(&limits.rules(Act::Password, &stranger)),
        [
            "password.network",
            "password.pair",
            "password.all",
            "lockout"
        ]
    );
    assert_eq!(
        names(&limits.rules(Act::Password, &own)),
        ["password.device"]
    );
    let bob = email("bob@example.com");
    let other = Asker {
        account: Some(&bob),
        ..own
    };
    assert_ne!(
        limits.rules(Act::Password, &own),
        limits.rules(Act::Password, &other)
    );
    let without = Limits::parse("password.device off").expect("limits");
    assert_eq!(
        without.rules(Act::Password, &own),
        without.rules(Act::Password, &stranger),
        "no way around the others"
    );
}

#[test]
fn nobody_known_has_no_network_and_is_counted_by_the_rest() {
    let ann = email("ann@example.com");
    let asker = Asker {
        account: Some(&ann),
        ..Asker::default()
    };
    let limits = Limits::default();
    let of = |act| names(&limits.rules(act, &asker));
    assert_eq!(of(Act::Password), ["password.all", "lockout"]);
    assert_eq!(of(Act::SignUp), ["sign-up.account", "sign-up.all"]);
    assert_eq!(of(Act::Mail), ["mail.account", "mail.all"]);
    assert_eq!(of(Act::Passphrase), ["passphrase.all"]);
    assert_eq!(of(Act::Start), [""; 0]);
}

#[test]
fn parts_of_whom_a_rule_is_for_do_not_run_into_each_other() {
    assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    assert_ne!(digest(&[b"ab"]), digest(&[b"ab", b""]));
    assert_ne!(digest(&[]), digest(&[b""]));
}

#[test]
fn every_act_is_limited_and_every_name_is_one() {
    let ann = email("ann@example.com");
    let asker = Asker {
        network: network("192.0.2.1"),
        account: Some(&ann),
        device: None,
    };
    let limits = Limits {
        api: Some(Limit {
            most: 1,
            seconds: 1,
        }),
        ..Limits::default()
    };
    for act in [
        Act::Password,
        Act::SignUp,
        Act::Mail,
        Act::Code,
        Act::Passphrase,
        Act::Start,
        Act::Callback,
        Act::Api,
    ] {
        assert!(!limits.rules(act, &asker).is_empty(), "{act:?}");
    }
    let mut names: Vec<_> = TABLE.iter().map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TABLE.len());
}

#[test]
fn the_setting_changes_single_limits_or_all() {
    let asker = Asker {
        network: network("192.0.2.1"),
        ..Asker::default()
    };
    let of = |text: &str| {
        let limits = Limits::parse(text).expect(text);
        let rules = limits.rules(Act::Passphrase, &asker).into_iter();
        let limits = rules.map(|rule| (rule.limit.most, rule.limit.seconds));
        limits.collect::<Vec<_>>()
    };
    assert_eq!(of("on"), [(10, 600), (120, 60)]);
    assert_eq!(of("off"), []);
    assert_eq!(of("passphrase.network 2/5"), [(2, 5), (120, 60)]);
    assert_eq!(of("passphrase.all off, lockout 3/2"), [(10, 600)]);
    for wrong in [
        "yes",
        "on, off",
        "passphrase.network",
        "passphrase.network 0/5",
        "passphrase.network 5/0",
        "passphrase.network 5",
        "passphrase.network +5/5",
        "passphrase.network 5/5s",
        "passphrase.network 1000001/5",
        "passphrase 5/5",
        "api.network 5/5",
    ] {
        let line = Limits::parse(wrong).expect_err(wrong).to_string();
        assert!(
            line.starts_with("limits: ") && !line.contains('\n'),
            "{line}"
        );
    }
}

#[test]
fn the_api_has_a_limit_where_one_is_set() {
    let asker = Asker {
        network: network("192.0.2.1"),
        ..Asker::default()
    };
    let of = |values: &[(&str, &str)]| {
        let values = Values::of_variables(values.iter().copied());
        let limits = Limits::from_values(&values).map_err(|error| error.to_string())?;
        let rules = limits.rules(Act::Api, &asker);
        Ok(rules
            .first()
            .map(|rule| (rule.limit.most, rule.limit.seconds)))
    };
    assert_eq!(of(&[]), Ok(None));
    assert_eq!(of(&[("rate_limit_max", "100")]), Ok(Some((100, 900))));
    assert_eq!(
        of(&[("rate_limit_max", "5"), ("rate_limit_window_seconds", "60")]),
        Ok(Some((5, 60)))
    );
    for wrong in [
        ("rate_limit_max", "-1"),
        ("rate_limit_window_seconds", "0"),
        ("limits", "none"),
    ] {
        let line: String = of(&[wrong]).expect_err(wrong.0);
        assert!(line.starts_with(wrong.0), "{line}");
    }
}
