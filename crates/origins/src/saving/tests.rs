use super::*;
use crate::tests::{KEY, NOW};
use gatelet_core::origin_record::Place;

const BASE_URL: &str = "https://app.example.com";

fn base(more: &[(&str, &str)]) -> Base {
    let standard = [
        ("base_url", BASE_URL),
        ("upstream", "http://localhost:8080"),
        ("session_keys", KEY),
    ];
    Base::of_variables(more.iter().chain(&standard).copied())
}

fn record(name: &str, values: &[(&str, &str)]) -> OriginRecord {
    OriginRecord {
        name: name.to_owned(),
        parent: MAIN.to_owned(),
        is_preview: false,
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        place: Place::main(),
        created_at: 0,
        expires_at: None,
    }
}

fn at(name: &str, base_url: &str) -> OriginRecord {
    record(name, &[("base_url", base_url)])
}

fn elsewhere(schema: &str, record: OriginRecord) -> OriginRecord {
    let place = Place {
        schema: schema.to_owned(),
        ..Place::main()
    };
    OriginRecord { place, ..record }
}

fn below(parent: &str, record: OriginRecord) -> OriginRecord {
    OriginRecord {
        parent: parent.to_owned(),
        ..record
    }
}

/// The line, empty where the record may be kept.
fn judged(base: &Base, records: &[OriginRecord], record: &OriginRecord) -> String {
    let saving = Saving {
        base,
        records,
        now: NOW,
    };
    match saving.judge(record) {
        Ok(()) => String::new(),
        Err(error) => {
            let line = error.to_string();
            assert!(!line.contains('\n'), "{line:?}");
            line
        }
    }
}

fn line(records: &[OriginRecord], record: &OriginRecord) -> String {
    judged(&base(&[]), records, record)
}

#[test]
fn what_can_be_served_may_be_kept() {
    let shop = at("shop", "https://shop.example.com");
    for one in [
        shop.clone(),
        at("0-a", "https://xn--bcher-kva.example.com"),
        at("v6", "https://[2001:db8::1]:8443"),
        at("apps", "https://*.apps.example.com"),
        at("shops", "https://*--shop.apps.example.com:8443"),
        at("local", "http://*.localhost:3000"),
        below("shop", at("child", "https://child.example.com")),
        elsewhere("preview_x", at("x", "https://x.example.com")),
        record(
            "all",
            &[
                ("base_url", "https://all.example.org"),
                ("upstream", "http://all.spin.internal"),
                ("session_fresh_seconds", "0"),
                ("cookie_domain", "example.org"),
                ("public_paths", "/open/*"),
                ("access_rules", "/admin/* org example.org"),
                ("site_name", "All"),
                ("sign_up", "closed"),
                ("providers", "none"),
                ("relay", "off"),
                ("app_name", "all"),
            ],
        ),
        record(
            "plain",
            &[
                ("base_url", "http://plain.example.com"),
                ("insecure_http", "allow"),
            ],
        ),
    ] {
        assert_eq!(line(std::slice::from_ref(&shop), &one), "", "{}", one.name);
    }
}

#[test]
fn what_no_preview_may_say_is_refused() {
    let preview = |domain| OriginRecord {
        is_preview: true,
        ..record(
            "feat--app",
            &[
                ("base_url", "https://feat--app.example.com"),
                ("cookie_domain", domain),
            ],
        )
    };
    let base = base(&[("cookie_domain", "example.com")]);
    for place in ["", "own"] {
        let refused = judged(&base, &[], &elsewhere(place, preview("example.com")));
        assert!(
            refused.starts_with("origin feat--app: cookie_domain: "),
            "{refused}"
        );
        assert_eq!(judged(&base, &[], &elsewhere(place, preview(""))), "");
    }
}

#[test]
fn a_place_is_shared_on_purpose_alone() {
    let docs = elsewhere("docs", at("docs", "https://docs.example.com"));
    let written =
        r#"[{"name":"wiki","schema":"wiki","values":{"base_url":"https://wiki.example.com"}}]"#;
    let base = base(&[("origins", written)]);
    let there = std::slice::from_ref(&docs);
    for schema in ["docs", "wiki"] {
        let new = elsewhere(schema, at("new", "https://new.example.com"));
        let refused = judged(&base, there, &new);
        let says = format!("origin new: the users of {schema} are in {schema} already: ");
        assert!(refused.starts_with(&says), "{refused}");
        assert_eq!(judged(&base, there, &below(schema, new)), "");
    }
    let own = elsewhere("own", at("new", "https://new.example.com"));
    assert_eq!(judged(&base, there, &own), "");
    // One that is there is changed all the same.
    assert_eq!(judged(&base, there, &docs), "");
}

#[test]
fn a_name_is_a_label_and_not_the_main_origins() {
    for (name, says) in [
        ("main", "origin main: the variables describe that one: "),
        ("", "origin : is no name: "),
        ("Shop", "origin Shop: is no name: "),
        ("a_b", "origin a_b: is no name: "),
        ("a.b", "origin a.b: is no name: "),
        ("a\nb", "origin a\\nb: is no name: "),
        (&"a".repeat(64), "origin aaaa"),
    ] {
        let line = line(&[], &at(name, "https://shop.example.com"));
        assert!(line.starts_with(says), "{line}");
    }
}

#[test]
fn only_settings_that_may_differ_by_origin_are_kept() {
    for (name, value, says) in [
        (
            "base_ulr",
            "x",
            "base_ulr: is no setting: did you mean base_url? ",
        ),
        ("APP_SECRET", "x", "APP_SECRET: is no setting ("),
        ("a\nb", "x", "a\\nb: is no setting ("),
        (
            "session_keys",
            "hunter2",
            "session_keys: is a secret, and the same for all",
        ),
        (
            "google_client_secret",
            "hunter2",
            "google_client_secret: is a secret, and ",
        ),
        (
            "database_url",
            "postgres://u:hunter2@h/d",
            "database_url: is a secret, and ",
        ),
        (
            "trusted_proxies",
            "10.0.0.0/8",
            "trusted_proxies: is the same for all origins: ",
        ),
        (
            "google_client_secret",
            "hunter2",
            "google_client_secret: is a secret, and is not written down at an origin: ",
        ),
        (
            "oidc_client_secrets",
            r#"{"acme":"vault:ACME","other":"hunter2"}"#,
            "oidc_client_secrets: is a secret, and is not written down at an origin: ",
        ),
        ("origins", "[]", "origins: is the same for all"),
        ("preview_domain", "x", "preview_domain: is the same for all"),
        (
            "base_url",
            "https://b.example.com",
            "base_url: is set twice: ",
        ),
        (
            "site_name",
            "${PREVIEW_URL}",
            "site_name: holds ${…}, and ${PREVIEW_URL} is",
        ),
        ("site_name", "${HOME}", "site_name: holds ${…}"),
        (
            "public_paths",
            &"/x,".repeat(4096),
            "public_paths: is longer than",
        ),
    ] {
        let record = record(
            "shop",
            &[("base_url", "https://shop.example.com"), (name, value)],
        );
        let line = line(&[], &record);
        assert!(line.starts_with(&format!("origin shop: {says}")), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
}

#[test]
fn a_client_secret_is_kept_by_the_name_that_it_has_in_the_vault() {
    let record = record(
        "shop",
        &[
            ("base_url", "https://shop.example.com"),
            ("google_client_id", "shop.apps.example"),
            ("google_client_secret", "vault:SHOP_GOOGLE_SECRET"),
        ],
    );
    assert_eq!(values(&record), Ok(()));
}

#[test]
fn a_value_may_be_so_long_and_no_longer() {
    let of = |bytes: usize| values(&record("x", &[("site_name", &"x".repeat(bytes))]));
    assert_eq!(of(8192), Ok(()));
    let line = of(8193).expect_err("too long");
    assert_eq!(line, "site_name: is longer than 8192 bytes");
}

#[test]
fn what_it_comes_to_over_its_parents_must_parse() {
    for (name, value, says) in [
        ("upstream", "shop:8080", "upstream: "),
        (
            "upstream",
            "https://shop.example.com",
            "upstream: is base_url itself",
        ),
        (
            "upstream",
            "http://u:hunter2@h",
            "upstream: has a user name",
        ),
        ("session_fresh_seconds", "soon", "session_fresh_seconds: "),
        ("cookie_domain", "example.org", "cookie_domain: "),
        ("cookie_domain", "com", "cookie_domain: "),
        ("access_rules", "everybody", "access_rules: "),
        ("site_name", "a\u{1b}", "site_name: "),
        ("sign_up", "maybe", "sign_up: "),
        (
            "password_sign_in",
            "off",
            "password_sign_in: is off and no provider",
        ),
        ("providers", "google", "providers: "),
        ("relay", "main", "relay: "),
        ("app_list", "a b", "app_list: "),
    ] {
        let record = record(
            "shop",
            &[("base_url", "https://shop.example.com"), (name, value)],
        );
        let line = line(&[], &record);
        assert!(line.starts_with(&format!("origin shop: {says}")), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
}

#[test]
fn a_base_url_is_a_host_or_a_pattern_of_hosts() {
    for (base_url, says) in [
        ("", "is not set: "),
        (
            "shop.example.com",
            "does not begin with http:// or https://: ",
        ),
        ("https://shop.example.com/x", "has a path"),
        (
            "https://bücher.example.com",
            "has letters beyond ASCII: write ",
        ),
        (
            "https://shop.ex\u{430}mple.com",
            "has letters beyond ASCII: ",
        ),
        ("https://shop.example.com:0", "has no valid port"),
        ("https://shop..example.com", "has no valid host"),
        ("https://*", "a pattern has one *"),
        ("https://*:8443", "a pattern has one *"),
        ("https://a*.example.com", "a pattern has one *"),
        ("https://a.*.example.com", "a pattern has one *"),
        ("https://*.*.example.com", "a pattern has one *"),
        ("https://*.0.2.7", "a pattern has one *"),
        (
            "http://shop.example.com",
            "http://shop.example.com is plain HTTP",
        ),
        ("http://*.example.com", "http://"),
    ] {
        let line = line(&[], &at("shop", base_url));
        assert!(
            line.starts_with(&format!("origin shop: base_url: {says}")),
            "{line}"
        );
    }
    let unset = line(&[], &record("shop", &[("upstream", "http://localhost:1")]));
    assert!(
        unset.starts_with("origin shop: base_url: is not set: "),
        "{unset}"
    );
}

#[test]
fn a_pattern_keeps_to_its_own_at_every_host() {
    let with = |name: &str, value: &str| {
        let values = [("base_url", "https://*.apps.example.com"), (name, value)];
        line(&[], &record("apps", &values))
    };
    assert_eq!(with("cookie_domain", "apps.example.com"), "");
    assert_eq!(with("cookie_domain", "example.com"), "");
    // Within the host that one sample has, and no other.
    for domain in [
        "a.apps.example.com",
        "gatelet-3f9c.apps.example.com",
        "pps.example.com",
    ] {
        let line = with("cookie_domain", domain);
        assert!(line.starts_with("origin apps: cookie_domain: "), "{line}");
    }
    for upstream in [
        "https://a.apps.example.com",
        "https://anything.apps.example.com",
    ] {
        let line = with("upstream", upstream);
        assert!(line.starts_with("origin apps: upstream: is "), "{line}");
    }
    assert_eq!(with("upstream", "https://apps.example.com"), "");
    assert_eq!(with("upstream", "http://a.apps.example.com"), "");
}

#[test]
fn no_two_have_the_same_host_or_pattern() {
    let there = [
        at("shop", "https://shop.example.com"),
        at("odd", "http://localhost:8443"),
        at("apps", "https://*.apps.example.com"),
        at("shops", "https://*--shop.apps.example.com"),
        OriginRecord {
            expires_at: Some(NOW),
            ..at("over", "https://over.example.com")
        },
    ];
    for (base_url, whose) in [
        ("https://app.example.com", "main"),
        ("https://APP.example.com.:443/", "main"),
        ("https://shop.example.com", "shop"),
        ("HTTPS://Shop.Example.com.", "shop"),
        ("https://*.apps.example.com", "apps"),
        ("https://*.APPS.example.com.:443", "apps"),
        ("https://*--shop.apps.example.com", "shops"),
    ] {
        let line = line(&there, &at("new", base_url));
        let says = format!(" is {whose}'s already: ");
        assert!(
            line.starts_with("origin new: base_url: ") && line.contains(&says),
            "{line}"
        );
    }
    // Without a port, plain HTTP or not cannot be told from the request's head.
    let allow =
        |base_url: &str| record("new", &[("base_url", base_url), ("insecure_http", "allow")]);
    for base_url in [
        "http://shop.example.com",
        "http://shop.example.com:443",
        "http://*.apps.example.com",
    ] {
        let line = line(&there, &allow(base_url));
        assert!(line.contains("'s already: "), "{line}");
    }
    for base_url in [
        "https://shop.example.com:8443",
        "http://shop.example.com:8080",
        "https://shop.example.org",
        "https://localhost:3000",
        "https://a.apps.example.com",
        "https://a--shop.apps.example.com",
        "https://*-shop.apps.example.com",
        "https://*.apps.example.com:8443",
        "https://*.b.apps.example.com",
        // Another host, whatever it looks like.
        "https://xn--shp-7cd.example.com",
        "https://over.example.com",
    ] {
        assert_eq!(line(&there, &allow(base_url)), "", "{base_url}");
    }
    // A record is not in its own way.
    assert_eq!(line(&there, &at("shop", "https://shop.example.com")), "");
}

#[test]
fn parents_lead_to_the_main_origin() {
    let host = |name: &str| at(name, &format!("https://{name}.example.com"));
    let there = [
        host("a"),
        below("a", host("b")),
        below("b", host("c")),
        below("gone", host("orphan")),
        OriginRecord {
            expires_at: Some(NOW),
            ..host("over")
        },
    ];
    for (name, parent, says) in [
        ("new", "main", ""),
        ("new", "a", ""),
        ("new", "c", ""),
        ("new", "new", "its parents lead back to it"),
        ("a", "c", "its parents lead back to it"),
        ("a", "b", "its parents lead back to it"),
        (
            "new",
            "nobody",
            "there is no origin nobody for it to start from",
        ),
        ("new", "", "there is no origin  for it"),
        ("new", "over", "there is no origin over"),
        ("new", "orphan", "there is no origin gone"),
    ] {
        let line = line(&there, &below(parent, host(name)));
        match says {
            "" => assert_eq!(line, "", "{name} below {parent}"),
            says => assert!(
                line.starts_with(&format!("origin {name}: {says}")),
                "{line}"
            ),
        }
    }
    let four = [&there[..3], &[below("c", host("d"))]].concat();
    let deep = line(&four, &below("d", host("e")));
    assert!(
        deep.starts_with("origin e: has more than 4 parents"),
        "{deep}"
    );
    // And whoever is below moves along.
    let deep = line(&four, &below("x", host("a")));
    assert!(deep.starts_with("origin a: there is no origin x"), "{deep}");
    let five = [&four[..], &[host("x")]].concat();
    let deep = line(&five, &below("x", host("a")));
    assert!(
        deep.starts_with("origin a: origin d, which starts from it, would break: "),
        "{deep}"
    );
}

#[test]
fn those_that_start_from_it_still_work() {
    let child = below("shop", at("child", "https://child.example.com"));
    let broken = below(
        "shop",
        record(
            "broken",
            &[
                ("base_url", "https://broken.example.com"),
                ("sign_up", "maybe"),
            ],
        ),
    );
    let there = [at("shop", "https://shop.example.com"), child, broken];
    let shop = |name: &str, value: &str| {
        let values = [("base_url", "https://shop.example.com"), (name, value)];
        line(&there, &record("shop", &values))
    };
    // What was broken before is no reason.
    assert_eq!(shop("site_name", "Shop"), "");
    let line = shop("cookie_domain", "shop.example.com");
    assert!(
        line.starts_with(
            "origin shop: origin child, which starts from it, would break: cookie_domain: "
        ),
        "{line}"
    );
}

#[test]
fn those_that_start_from_one_that_starts_from_it_still_work() {
    let there = [
        at("apart", "https://apart.example.com"),
        below("child", at("grandchild", "https://grandchild.example.com")),
        at("shop", "https://shop.example.com"),
        below("shop", at("child", "https://child.shop.example.com")),
    ];
    let values = [
        ("base_url", "https://shop.example.com"),
        ("cookie_domain", "shop.example.com"),
    ];
    let line = line(&there, &record("shop", &values));
    assert!(
        line.starts_with(
            "origin shop: origin grandchild, which starts from it, would break: cookie_domain: "
        ),
        "{line}"
    );
}

#[test]
fn shared_cookies_are_for_those_whose_users_are_in_one_place() {
    let base = base(&[("cookie_domain", "example.com")]);
    let with = |name: &str, domain: &str| {
        let host = format!("https://{name}.example.com");
        record(name, &[("base_url", &host), ("cookie_domain", domain)])
    };
    assert_eq!(judged(&base, &[], &with("shop", "example.com")), "");
    let line = judged(&base, &[], &elsewhere("own", with("shop", "example.com")));
    assert!(
        line.starts_with(
            "origin shop: cookie_domain: example.com is main's too, whose users are elsewhere: "
        ),
        "{line}"
    );
    // Its own users, its own cookie.
    assert_eq!(judged(&base, &[], &elsewhere("own", with("shop", ""))), "");
    let unsaid = at("shop", "https://shop.example.com");
    assert_eq!(judged(&base, &[], &elsewhere("own", unsaid)), "");
    let there = [elsewhere("own", with("a.b", "b.example.com"))];
    let shop = |schema| elsewhere(schema, with("c.b", "b.example.com"));
    let renamed = |mut record: OriginRecord| {
        record.name = record.name.replace('.', "-");
        record
    };
    let there = there.map(renamed);
    let on_purpose = below("a-b", renamed(shop("own")));
    assert_eq!(judged(&base, &there, &on_purpose), "");
    let line = judged(&base, &there, &renamed(shop("other")));
    assert!(line.contains(" is a-b's too"), "{line}");
}

#[test]
fn a_schema_is_one_that_the_store_takes() {
    let shop = || at("shop", "https://shop.example.com");
    for schema in ["", "a", "preview_feat__shop", &"a".repeat(48)] {
        assert_eq!(line(&[], &elsewhere(schema, shop())), "", "{schema}");
    }
    for schema in ["A", "1a", "_a", "a-b", "a.b", "a\"b", "ä", &"a".repeat(49)] {
        let line = line(&[], &elsewhere(schema, shop()));
        assert!(line.contains(" is no schema: "), "{line}");
    }
}

const WRITTEN: &str = r#"[
    {"name":"docs","values":{"base_url":"https://docs.example.com","site_name":"Docs"}},
    {"name":"apps","values":{"base_url":"https://*.apps.example.com"}},
    {"name":"child","parent":"shop","values":{"base_url":"https://child.example.com"}}
]"#;

#[test]
fn what_the_variable_writes_down_is_there_as_well() {
    let base = base(&[("origins", WRITTEN)]);
    let shop = at("shop", "https://shop.example.com");
    let kept = [shop.clone()];
    for (one, says) in [
        (at("new", "https://new.example.com"), ""),
        (below("docs", at("new", "https://new.example.com")), ""),
        (at("new", "https://a.apps.example.com"), ""),
        (
            at("new", "https://DOCS.example.com:443"),
            "origin new: base_url: https://docs.example.com is docs's already: ",
        ),
        (
            at("new", "https://*.apps.example.com"),
            "origin new: base_url: https://*.apps.example.com is apps's already: ",
        ),
        (
            at("docs", "https://other.example.com"),
            "origin docs: the variable origins writes one of that name down: ",
        ),
        (
            with(&shop, "cookie_domain", "shop.example.com"),
            "origin shop: origin child, which starts from it, would break: cookie_domain: ",
        ),
    ] {
        let line = judged(&base, &kept, &one);
        assert!(
            line.starts_with(says) && line.is_empty() == says.is_empty(),
            "{line}"
        );
    }
    let broken = self::base(&[("origins", "[")]);
    let line = judged(&broken, &kept, &at("new", "https://new.example.com"));
    assert!(
        line.starts_with("origin new: origins: is no list"),
        "{line}"
    );
}

fn with(record: &OriginRecord, name: &str, value: &str) -> OriginRecord {
    let mut record = record.clone();
    record.values.push((name.to_owned(), value.to_owned()));
    record
}

fn problems(base: &Base, records: &[OriginRecord]) -> Vec<String> {
    let saving = Saving {
        base,
        records,
        now: NOW,
    };
    let problems = saving.problems();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_wrong_with_those_that_there_are_is_told_in_a_line_each() {
    let fine = [
        at("shop", "https://shop.example.com"),
        at("a", "https://a.apps.example.com"),
        at("long", "https://*--x.apps.example.com"),
        below("docs", at("below", "https://below.example.com")),
    ];
    assert_eq!(problems(&base(&[("origins", WRITTEN)]), &fine), [""; 0]);
    let over = OriginRecord {
        expires_at: Some(NOW),
        ..below("gone", at("over", "https://over.example.com"))
    };
    assert_eq!(problems(&base(&[]), &[over]), [""; 0]);

    let shop = at("shop", "https://shop.example.com");
    let wrong = [
        below("gone", at("orphan", "https://orphan.example.com")),
        at("twin", "https://shop.example.com:443"),
        at("main-too", "https://app.example.com"),
        record("nowhere", &[]),
        record(
            "odd",
            &[("base_url", "https://odd.example.com"), ("colour", "red")],
        ),
        record(
            "key",
            &[
                ("base_url", "https://key.example.com"),
                ("session_keys", KEY),
            ],
        ),
        with(
            &at("soon", "https://soon.example.com"),
            "session_fresh_seconds",
            "soon",
        ),
        with(
            &at("pattern", "https://*.p.example.com"),
            "access_rules",
            "?",
        ),
        at("docs", "https://kept.example.com"),
    ];
    let records: Vec<_> = [shop].into_iter().chain(wrong).collect();
    let told = problems(&base(&[("origins", WRITTEN)]), &records);
    for (line, says) in told.iter().zip([
        "origin orphan: there is no origin gone",
        "origin twin: base_url: https://shop.example.com is shop's already: ",
        "origin main-too: base_url: https://app.example.com is main's already: ",
        "origin nowhere: base_url: is not set",
        "origin odd: colour: is no setting (",
        "origin key: session_keys: is a secret, and ",
        "origin soon: session_fresh_seconds: ",
        "origin pattern: access_rules: ",
        "origin docs: what the variable origins says of it does not count",
    ]) {
        assert!(line.starts_with(says), "{line:?} is not {says:?}");
        assert!(!line.contains('\n') && !line.contains("Zq8w"), "{line}");
    }
    assert_eq!(told.len(), 9, "{told:#?}");
    assert_eq!(
        problems(&base(&[("origins", "[")]), &[])[0]
            .split(" at line")
            .next(),
        Some("origin main: origins: is no list of origins")
    );
}

#[test]
fn a_thousand_are_looked_through_at_once() {
    let records: Vec<_> = (0..1000)
        .map(|number| {
            at(
                &format!("o{number}"),
                &format!("https://o{number}.example.com"),
            )
        })
        .collect();
    assert_eq!(problems(&base(&[]), &records), [""; 0]);
}

#[test]
fn access_by_grant_without_an_app_is_kept_by_nobody_and_told_of() {
    const SAYS: &str = "app_access: is granted and app_name is not set";
    const GRANTED: (&str, &str) = ("app_access", "granted");
    let family = base(&[GRANTED, ("app_name", "auth")]);
    let shop = at("shop", "https://shop.example.com");
    let own = with(&shop, "app_access", "granted");
    let nameless = with(&shop, "app_name", " ");
    for (base, record, refused, why) in [
        (&base(&[]), &shop, false, "nobody asks for grants"),
        (&base(&[]), &own, true, "grants of its own, for no app"),
        (
            &base(&[]),
            &with(&own, "app_name", "shop"),
            false,
            "for its app",
        ),
        (&family, &shop, false, "main's app, and main's grants"),
        (&family, &nameless, true, "main's grants, for no app"),
        (
            &family,
            &with(&nameless, "app_access", "all"),
            false,
            "neither",
        ),
        (&base(&[GRANTED]), &shop, true, "main's are for no app"),
    ] {
        let kept = judged(base, &[], record);
        assert_eq!(kept.contains(SAYS), refused, "{why}: {kept}");
        let told = problems(base, std::slice::from_ref(record)).concat();
        assert_eq!(told.contains(SAYS), refused, "{why}: {told}");
    }
}
