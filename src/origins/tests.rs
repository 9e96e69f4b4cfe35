use proptest::prelude::*;

use super::*;
use crate::fixture::{KEY, NOW, settings};
use crate::origin_record::{MAIN, Place};
use crate::settings::GateSettings;

fn resolves(base_url: &str, authority: &str) -> Result<(), Code> {
    let settings = settings(&[("base_url", base_url), ("insecure_http", "allow")]);
    let found = settings.origins.resolve(authority, NOW);
    found.map(drop).map_err(|none| none.code)
}

#[test]
fn the_base_urls_host_is_the_only_one() {
    let default = "https://app.example.com";
    let other_port = "http://localhost:3000";
    let v6 = "http://[2001:db8::1]:3000";
    for (base_url, authority, expected) in [
        (default, "app.example.com", Ok(())),
        (default, "APP.example.com", Ok(())),
        (default, "app.example.com.", Ok(())),
        (default, "app.example.com:443", Ok(())),
        (default, "app.example.com.:443", Ok(())),
        (default, "app.example.com:", Ok(())),
        (default, "app.example.com:80", Err(Code::OriginUnknown)),
        (default, "example.com", Err(Code::OriginUnknown)),
        (default, "evil.app.example.com", Err(Code::OriginUnknown)),
        (
            default,
            "app.example.com.evil.example",
            Err(Code::OriginUnknown),
        ),
        (default, "evilapp.example.com", Err(Code::OriginUnknown)),
        (default, "", Err(Code::OriginUnknown)),
        (default, "app.example.com..", Err(Code::RequestMalformed)),
        (
            default,
            "app.example.com, evil.example",
            Err(Code::RequestMalformed),
        ),
        (
            default,
            "app.example.com@evil.example",
            Err(Code::RequestMalformed),
        ),
        (default, "app.example.com:443x", Err(Code::RequestMalformed)),
        (
            default,
            "app.example.com:0443443",
            Err(Code::RequestMalformed),
        ),
        (default, "app.example.com/", Err(Code::RequestMalformed)),
        (default, "app.example.com\0", Err(Code::RequestMalformed)),
        (default, " app.example.com", Err(Code::RequestMalformed)),
        (default, "аpp.example.com", Err(Code::RequestMalformed)),
        (other_port, "localhost:3000", Ok(())),
        (other_port, "localhost", Err(Code::OriginUnknown)),
        (other_port, "127.0.0.1:3000", Err(Code::OriginUnknown)),
        (v6, "[2001:db8::1]:3000", Ok(())),
        (v6, "[2001:DB8:0:0::1]:3000", Ok(())),
        (v6, "[2001:db8::2]:3000", Err(Code::OriginUnknown)),
        (v6, "2001:db8::1:3000", Err(Code::RequestMalformed)),
        (v6, "[2001:db8::1", Err(Code::RequestMalformed)),
    ] {
        assert_eq!(
            resolves(base_url, authority),
            expected,
            "{authority} at {base_url}"
        );
    }
}

const MAIN_URL: &str = "https://app.example.com";

fn record(name: &str, base_url: &str) -> OriginRecord {
    OriginRecord {
        name: name.to_owned(),
        parent: MAIN.to_owned(),
        is_preview: false,
        values: vec![("base_url".to_owned(), base_url.to_owned())],
        place: Place::main(),
        created_at: 0,
        expires_at: None,
    }
}

fn with(mut record: OriginRecord, name: &str, value: &str) -> OriginRecord {
    record.values.push((name.to_owned(), value.to_owned()));
    record
}

fn below(parent: &str, record: OriginRecord) -> OriginRecord {
    OriginRecord {
        parent: parent.to_owned(),
        ..record
    }
}

fn elsewhere(schema: &str, record: OriginRecord) -> OriginRecord {
    let place = Place {
        schema: schema.to_owned(),
        ..Place::main()
    };
    OriginRecord { place, ..record }
}

fn gate(more: &[(&str, &str)], records: Vec<OriginRecord>) -> GateSettings {
    let standard = [
        ("base_url", MAIN_URL),
        ("upstream", "http://localhost:8080"),
        ("session_keys", KEY),
    ];
    let base = Base::of_variables(more.iter().chain(&standard).copied());
    GateSettings::new(base, records, true).expect("the variables are valid")
}

/// The base URL that an authority leads to, or the code.
fn found(settings: &GateSettings, authority: &str) -> String {
    match settings.origins.resolve(authority, NOW) {
        Ok(origin) => origin.base_url().as_str().to_owned(),
        Err(none) => none.code.as_str().to_owned(),
    }
}

#[test]
fn the_most_specific_host_counts() {
    let over = OriginRecord {
        expires_at: Some(NOW),
        ..record("over", "https://over.apps.example.com")
    };
    let over_shop = OriginRecord {
        expires_at: Some(NOW),
        ..record("over-shop", "https://*-x--shop.apps.example.com")
    };
    let settings = gate(
        &[],
        vec![
            record("apps", "https://*.apps.example.com"),
            record("shop", "https://*--shop.apps.example.com"),
            over_shop,
            record("one", "https://one--shop.apps.example.com"),
            over,
            record("port", "https://*.apps.example.com:8443"),
            record("plain", "http://*.localhost:3000"),
            record("v6", "https://[2001:db8::1]"),
            record("mine", "https://*.example.com"),
        ],
    );
    for (authority, expected) in [
        ("app.example.com", MAIN_URL),
        ("app.example.com:443", MAIN_URL),
        ("a.apps.example.com", "https://a.apps.example.com"),
        ("A.Apps.Example.COM.:443", "https://a.apps.example.com"),
        ("a.apps.example.com:80", "origin.unknown"),
        ("a.apps.example.com:8443", "https://a.apps.example.com:8443"),
        (
            "a--shop.apps.example.com",
            "https://a--shop.apps.example.com",
        ),
        (
            "one--shop.apps.example.com",
            "https://one--shop.apps.example.com",
        ),
        ("over.apps.example.com", "https://over.apps.example.com"),
        ("--shop.apps.example.com", "https://--shop.apps.example.com"),
        ("a.b.apps.example.com", "origin.unknown"),
        ("apps.example.com", "https://apps.example.com"),
        (".apps.example.com", "request.malformed"),
        ("a.apps.example.org", "origin.unknown"),
        ("a.apps.example.com.evil.example", "origin.unknown"),
        ("a.xapps.example.com", "origin.unknown"),
        ("*.apps.example.com", "request.malformed"),
        ("x.localhost:3000", "http://x.localhost:3000"),
        ("x.localhost", "origin.unknown"),
        ("localhost:3000", "origin.unknown"),
        ("[2001:db8::1]", "https://[2001:db8::1]"),
        ("[2001:DB8:0::1]:443", "https://[2001:db8::1]"),
        ("[2001:db8::1]:80", "origin.unknown"),
        ("example.com", "origin.unknown"),
        // Cyrillic letters that look like these, in Punycode and not.
        ("xn--pp-6kc.example.com", "https://xn--pp-6kc.example.com"),
        ("\u{430}pp.example.com", "request.malformed"),
    ] {
        assert_eq!(found(&settings, authority), expected, "{authority}");
    }
    let shop = settings
        .origins
        .resolve("a-x--shop.apps.example.com", NOW - 1);
    assert!(shop.is_ok());
    // The longer pattern is over, so the next one counts.
    let name = |authority: &str, now| {
        let settings = gate(
            &[],
            vec![
                with(
                    record("apps", "https://*.apps.example.com"),
                    "site_name",
                    "Apps",
                ),
                with(
                    record("shop", "https://*--shop.apps.example.com"),
                    "site_name",
                    "Shop",
                ),
                OriginRecord {
                    expires_at: Some(NOW),
                    ..with(
                        record("x", "https://*-x--shop.apps.example.com"),
                        "site_name",
                        "X",
                    )
                },
            ],
        );
        let origin = settings.origins.resolve(authority, now).expect(authority);
        origin.site_name().to_owned()
    };
    for (authority, now, expected) in [
        ("a.apps.example.com", NOW, "Apps"),
        ("a--shop.apps.example.com", NOW, "Shop"),
        ("a-x--shop.apps.example.com", NOW - 1, "X"),
        ("a-x--shop.apps.example.com", NOW, "Shop"),
        ("-x--shop.apps.example.com", NOW - 1, "Shop"),
        ("--shop.apps.example.com", NOW, "Apps"),
    ] {
        assert_eq!(name(authority, now), expected, "{authority} at {now}");
    }
}

#[test]
fn those_served_now_are_listed_and_hosts_at_patterns_are_not() {
    let until = |expires_at, record| OriginRecord {
        expires_at: Some(expires_at),
        ..record
    };
    let settings = gate(
        &[],
        vec![
            record("shop", "https://shop.example.com"),
            until(NOW, record("over", "https://over.example.com")),
            until(NOW + 1, record("last", "https://last.example.com")),
            record("apps", "https://*.apps.example.com"),
            until(NOW, record("gone", "https://*.gone.example.com")),
            record("broken", "nonsense"),
        ],
    );
    let listed = settings.origins.iter(NOW);
    let listed: Vec<String> = listed
        .map(|found| found.map_or_else(|line| line, |origin| origin.base_url().to_string()))
        .collect();
    assert_eq!(
        listed[..3],
        [
            MAIN_URL,
            "https://shop.example.com",
            "https://last.example.com"
        ]
    );
    assert!(
        listed[3].starts_with("origin broken: base_url: "),
        "{listed:?}"
    );
    assert_eq!(listed.len(), 4);
    let shown = format!("{:?}", settings.origins);
    assert!(shown.contains("shop") && !shown.contains(KEY), "{shown}");
}

#[test]
fn nobody_takes_the_main_origins_host() {
    let settings = gate(
        &[],
        vec![
            with(
                record("a", "http://app.example.com:443"),
                "insecure_http",
                "allow",
            ),
            record("b", "https://app.example.com."),
            record("c", "https://*.example.com"),
        ],
    );
    for authority in ["app.example.com", "APP.example.com:443", "app.example.com."] {
        let origin = settings.origins.resolve(authority, NOW).expect(authority);
        assert!(Arc::ptr_eq(&origin, settings.origins.main()), "{authority}");
    }
}

#[test]
fn a_host_at_a_pattern_is_an_origin_of_its_own() {
    let settings = gate(&[], vec![record("apps", "https://*.apps.example.com")]);
    let at = |host: &str| settings.origins.resolve(host, NOW).expect(host);
    let (a, b) = (at("a.apps.example.com"), at("b.apps.example.com"));
    assert_eq!(a.audience(), "https://a.apps.example.com");
    assert_eq!(b.audience(), "https://b.apps.example.com");
    assert_eq!(a.cookies().session(), "__Host-gatelet");
    assert!(Arc::ptr_eq(&a, &at("A.apps.EXAMPLE.com.")), "parsed once");
    // However many hosts somebody makes up, some are kept.
    for n in 0..1000 {
        let host = format!("h{n}.apps.example.com");
        assert_eq!(found(&settings, &host), format!("https://{host}"));
    }
    assert!(settings.origins.at_patterns.borrow().len() <= AT_PATTERNS_MAX);
}

#[test]
fn an_origin_starts_from_its_parents_settings() {
    let settings = gate(
        &[
            ("site_name", "Base"),
            ("cookie_domain", "example.com"),
            ("session_fresh_seconds", "9"),
        ],
        vec![
            with(
                record("shop", "https://shop.example.com"),
                "site_name",
                "Shop",
            ),
            below(
                "shop",
                with(
                    record("child", "https://child.example.com"),
                    "session_fresh_seconds",
                    "",
                ),
            ),
            elsewhere(
                "own",
                below("shop", record("own", "https://own.example.com")),
            ),
            elsewhere(
                "own",
                below("own", record("sub", "https://sub.own.example.com")),
            ),
            elsewhere(
                "own",
                with(
                    record("team", "https://team.example.com"),
                    "cookie_domain",
                    "team.example.com",
                ),
            ),
            elsewhere(
                "own",
                below("team", record("mate", "https://mate.team.example.com")),
            ),
            with(
                record("apart", "https://apart.example.com"),
                "cookie_domain",
                "",
            ),
        ],
    );
    let mark = elsewhere("own", record("x", "")).place.mark();
    let team = format!("*.team.example.com{mark}");
    let [own, sub] = ["own", "sub.own"].map(|host| format!("https://{host}.example.com{mark}"));
    for (host, site_name, fresh, audience) in [
        ("app", "Base", 9, "*.example.com"),
        ("shop", "Shop", 9, "*.example.com"),
        // A blank one is the default, and not the parent's.
        ("child", "Shop", 60, "*.example.com"),
        // Its users are elsewhere, so the cookie is not shared.
        ("own", "Shop", 9, &own),
        ("sub.own", "Shop", 9, &sub),
        ("team", "Base", 9, &team),
        ("mate.team", "Base", 9, &team),
        ("apart", "Base", 9, "https://apart.example.com"),
    ] {
        let origin = settings
            .origins
            .resolve(&format!("{host}.example.com"), NOW);
        let origin = origin.unwrap_or_else(|none| panic!("{host}: {none:?}"));
        assert_eq!(
            (
                origin.site_name(),
                origin.lifetimes().fresh_seconds,
                origin.audience()
            ),
            (site_name, fresh, audience),
            "{host}"
        );
    }
}

#[test]
fn a_record_that_does_not_parse_costs_its_own_host_alone() {
    let settings = gate(
        &[],
        vec![
            with(
                record("bad", "https://bad.example.com"),
                "upstream",
                "nowhere",
            ),
            with(record("odd", "https://odd.example.com"), "colour", "red"),
            with(
                record("key", "https://key.example.com"),
                "session_keys",
                "hunter2",
            ),
            with(
                record("ids", "https://ids.example.com"),
                "secrets_enc_key",
                "hunter2",
            ),
            below("gone", record("orphan", "https://orphan.example.com")),
            below("ring-b", record("ring-a", "https://ring-a.example.com")),
            below("ring-a", record("ring-b", "https://ring-b.example.com")),
            below("key", record("heir", "https://heir.example.com")),
            with(
                record("wild", "https://*.wild.example.com"),
                "access_rules",
                "?",
            ),
            record("nowhere", "nowhere"),
            below("nowhere", record("fine", "https://fine.example.com")),
        ],
    );
    for (host, says) in [
        ("bad.example.com", "origin bad: upstream: "),
        ("odd.example.com", "origin odd: colour: is no setting"),
        ("key.example.com", "origin key: session_keys: is no setting"),
        (
            "ids.example.com",
            "origin ids: secrets_enc_key: is no setting",
        ),
        (
            "orphan.example.com",
            "origin orphan: its parent gone is gone",
        ),
        (
            "ring-a.example.com",
            "origin ring-a: it has more than 4 parents",
        ),
        (
            "heir.example.com",
            "origin heir: session_keys: is no setting",
        ),
        ("x.wild.example.com", "origin wild: access_rules: "),
    ] {
        let none = settings.origins.resolve(host, NOW).expect_err(host);
        assert_eq!(none.code, Code::SettingsInvalid, "{host}");
        let line = none.detail;
        assert!(
            line.starts_with(says) && !line.contains("hunter2"),
            "{line}"
        );
    }
    assert_eq!(found(&settings, "app.example.com"), MAIN_URL);
    assert_eq!(
        found(&settings, "fine.example.com"),
        "https://fine.example.com"
    );
    assert_eq!(found(&settings, "nowhere"), "origin.unknown");
}

#[test]
fn origins_may_be_written_down_in_the_variables() {
    let text = r#"[
        {"name":"shop","values":{"base_url":"https://shop.example.com","site_name":"Written"}},
        {"name":"docs","parent":"shop","schema":"docs","values":{"base_url":"https://docs.example.com"}}
    ]"#;
    let base = [
        ("base_url", MAIN_URL),
        ("session_keys", KEY),
        ("origins", text),
    ];
    let settings = GateSettings::from_variables(base).expect("settings");
    let docs = settings.origins.resolve("docs.example.com", NOW);
    let docs = docs.expect("docs");
    assert_eq!(
        (docs.site_name(), docs.place().schema.as_str()),
        ("Written", "docs")
    );
    assert_eq!(settings.origins.iter(NOW).count(), 3);
}

#[test]
fn origins_written_down_have_names_of_their_own_and_are_a_thousand_at_most() {
    let written = |names: &[String]| {
        let list: Vec<String> = names
            .iter()
            .map(|name| format!(r#"{{"name":"{name}","values":{{}}}}"#))
            .collect();
        written::parse(&format!("[{}]", list.join(",")))
    };
    let names: Vec<String> = (0..1000).map(|n| format!("shop-{n}")).collect();
    assert_eq!(written(&names).expect("as many as may be").len(), 1000);
    let longest = "x".repeat(63);
    let record = written(std::slice::from_ref(&longest)).expect("as long as may be");
    assert_eq!(record[0].name, longest);
    for name in ["x".repeat(64), "a b".to_owned(), "a_b".to_owned()] {
        let line = written(&[name]).expect_err("no name").to_string();
        assert!(
            line.starts_with("origins: has an origin without a name"),
            "{line}"
        );
    }
}

#[test]
fn an_origin_has_four_parents_at_most_main_included() {
    let chained = |name: &str, parent: &str| {
        below(parent, record(name, &format!("https://{name}.example.com")))
    };
    let chain = [("a", MAIN), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")];
    let records = chain.map(|(name, parent)| chained(name, parent));
    let settings = gate(&[], records.to_vec());
    assert_eq!(found(&settings, "d.example.com"), "https://d.example.com");
    assert_eq!(found(&settings, "e.example.com"), "settings.invalid");
}

#[test]
fn whoever_has_its_parents_place_shares_its_users() {
    let base = [("base_url", MAIN_URL), ("session_keys", KEY)];
    let records = vec![
        record("shop", "https://shop.example.com"),
        elsewhere("docs", record("docs", "https://docs.example.com")),
        below(
            "docs",
            elsewhere("docs", record("api", "https://api.example.com")),
        ),
        below("docs", record("apart", "https://apart.example.com")),
    ];
    let origins = Origins::new(Base::of_variables(base), records, true, |layers| {
        Ok(layers.shares_data)
    });
    let origins = origins.expect("valid variables");
    for (name, shares) in [
        ("shop", true),
        ("docs", false),
        ("api", true),
        ("apart", false),
    ] {
        let found = origins.resolve(&format!("{name}.example.com"), NOW);
        assert_eq!(*found.expect(name), shares, "{name}");
    }
}

#[test]
fn a_list_of_origins_that_is_none_is_told_in_one_line() {
    let long = format!("[{}]", vec![r#"{"name":"a","values":{}}"#; 1001].join(","));
    for (text, says) in [
        ("{}", "is no list of origins at line 1, column "),
        ("[", "is no list of origins at line 1, column 1"),
        ("[1]", "is no list of origins"),
        (r#"[{"name":"shop"}]"#, "is no list of origins"),
        (
            r#"[{"name":"shop","values":{"base_url":1}}]"#,
            "is no list of origins",
        ),
        (
            r#"[{"name":"shop","values":{},"hunter2":""}]"#,
            "is no list of origins",
        ),
        (
            r#"[{"name":"shop","values":{"a":"hunter2"},"name":"b"}]"#,
            "is no list",
        ),
        (
            r#"[{"name":"main","values":{}}]"#,
            "has an origin without a name of its own",
        ),
        (
            r#"[{"name":"Shop","values":{}}]"#,
            "has an origin without a name of its own",
        ),
        (
            r#"[{"name":"","values":{}}]"#,
            "has an origin without a name of its own",
        ),
        (
            r#"[{"name":"a","values":{}},{"name":"a","values":{}}]"#,
            "has two origins a: ",
        ),
        (&long, "has more than 1000 origins"),
    ] {
        let base = [("session_keys", KEY), ("origins", text)];
        let error = GateSettings::from_variables(base)
            .expect_err(text)
            .to_string();
        assert!(error.starts_with(&format!("origins: {says}")), "{error}");
        assert!(
            !error.contains('\n') && !error.contains("hunter2"),
            "{error}"
        );
    }
    assert!(GateSettings::from_variables([("session_keys", KEY), ("origins", "[]")]).is_ok());
}

#[test]
fn while_the_list_is_away_an_unknown_host_may_be_one_of_it() {
    let base = [("base_url", MAIN_URL), ("session_keys", KEY)];
    let settings =
        GateSettings::new(Base::of_variables(base), Vec::new(), false).expect("settings");
    for (authority, expected) in [
        ("app.example.com", MAIN_URL),
        ("shop.example.com", "store.unavailable"),
        ("", "store.unavailable"),
        ("a b", "request.malformed"),
    ] {
        assert_eq!(found(&settings, authority), expected, "{authority}");
    }
}

mod audience;

proptest! {
    #[test]
    fn the_index_finds_what_a_search_finds(
        hosts in proptest::collection::vec(
            ("(https|http)", "(\\*)?[ab-]{0,2}", "[.](a|b)(\\.[ab])?", "(:80|:443|:8080)?"), 0..24),
        asked in proptest::collection::vec(
            ("[abAB-]{0,4}", "(\\.[ab]){0,3}\\.?", "(:80|:443|:8080|:)?"), 1..24),
    ) {
        let hosts: Vec<OriginRecord> = hosts
            .iter()
            .enumerate()
            .map(|(n, (scheme, label, rest, port))| {
                let base_url = format!("{scheme}://{label}{rest}{port}");
                with(record(&format!("o{n}"), &base_url), "insecure_http", "allow")
            })
            .collect();
        let settings = gate(&[("insecure_http", "allow")], hosts.clone());
        for (label, rest, port) in asked {
            let authority = format!("{label}{rest}{port}");
            let Some(read) = Authority::parse(&authority) else {
                let found = found(&settings, &authority);
                prop_assert!(matches!(found.as_str(), "request.malformed" | "origin.unknown"));
                continue;
            };
            let exact = hosts.iter().find(|record| {
                BaseUrl::parse(&record.values[0].1).is_ok_and(|url| url.matches(&read))
            });
            let mut patterns: Vec<(HostPattern, &OriginRecord)> = hosts
                .iter()
                .filter_map(|record| Some((HostPattern::parse(&record.values[0].1)?, record)))
                .filter(|(pattern, _)| pattern.base_url_for(&read).is_some())
                .collect();
            // Stable, so of equal ones the first counts.
            patterns.sort_by_key(|(pattern, _)| core::cmp::Reverse(pattern.suffix().len()));
            let expected = exact
                .and_then(|record| BaseUrl::parse(&record.values[0].1).ok())
                .or_else(|| patterns.first()?.0.base_url_for(&read));
            let expected = expected.map_or("origin.unknown".to_owned(), |url| url.to_string());
            prop_assert_eq!(found(&settings, &authority), expected, "{}", authority);
        }
    }

    #[test]
    fn any_authority_is_answered(authority in any::<String>()) {
        let settings = gate(&[], vec![record("apps", "https://*.apps.example.com")]);
        prop_assert_ne!(found(&settings, &authority), "settings.invalid");
    }
}

/// Prints what finding an origin among a thousand costs.
#[test]
#[ignore = "a measurement"]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn cost() {
    let records: Vec<_> = (0..1000)
        .map(|n| match n % 2 {
            0 => record(
                &format!("o{n}"),
                &format!("https://feat-{n}--shop.previews.example.com"),
            ),
            _ => record(
                &format!("o{n}"),
                &format!("https://*--app{n}.apps.example.com"),
            ),
        })
        .collect();
    let settings = gate(&[], records.clone());
    for (what, authority) in [
        ("main", "app.example.com"),
        ("exact", "feat-500--shop.previews.example.com"),
        ("exact, in capitals", "FEAT-500--shop.previews.example.com"),
        ("exact, with a dot", "feat-500--shop.previews.example.com."),
        (
            "pattern",
            "feature-login-2ui4g3b9pfcs--app501.apps.example.com",
        ),
        (
            "unknown",
            "feature-login-2ui4g3b9pfcs--none.apps.example.com",
        ),
    ] {
        let mut best = f64::MAX;
        for _ in 0..20 {
            let start = std::time::Instant::now();
            for _ in 0..10_000 {
                drop(core::hint::black_box(
                    settings.origins.resolve(authority, NOW),
                ));
            }
            best = best.min(start.elapsed().as_nanos() as f64 / 10_000.0);
        }
        println!("{what}: {best:.0} ns");
    }
    let start = std::time::Instant::now();
    drop(gate(&[], records));
    println!("a list of 1000: {} us", start.elapsed().as_micros());
}
