//! Where login is off, everything passes as nobody's, and nobody is asked about.

use super::*;
use crate::fixture::{OTHER_KEY, signed};
use crate::origin_record::{MAIN, OriginRecord, Place, SWITCH};
use crate::settings::Base;

const OFF: [(&str, &str); 3] = [
    ("login", "off"),
    ("access_rules", "/* group none"),
    ("session_fresh_seconds", "0"),
];

fn record(name: &str, values: &[(&str, &str)]) -> OriginRecord {
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    OriginRecord {
        name: name.to_owned(),
        parent: MAIN.to_owned(),
        is_preview: false,
        values: values.iter().map(text).collect(),
        place: Place::main(),
        created_at: 0,
        expires_at: None,
    }
}

fn with_records(login: &str, records: Vec<OriginRecord>) -> GateSettings {
    let variables = [
        ("base_url", BASE_URL),
        ("upstream", "http://localhost:8080"),
        ("session_keys", crate::fixture::KEY),
        ("login", login),
    ];
    GateSettings::new(Base::of_variables(variables), records, true).expect("they parse")
}

/// Whether a stranger gets through to the app at this host.
fn is_open(settings: &GateSettings, host: &str) -> bool {
    let asked = Asked {
        authority: host.to_owned(),
        tls: true,
        ..Asked::get("/a")
    };
    match asked.judged(settings) {
        Verdict::Forward(_) => true,
        Verdict::Respond(reply) => {
            assert_eq!(reply.code, Some(Code::SessionNone), "{host}");
            false
        }
        Verdict::Ask => panic!("{host}: nobody is asked about"),
    }
}

#[test]
fn where_login_is_off_every_request_passes_as_nobodys_and_the_store_is_not_asked() {
    let lies = [
        ("x-forwarded-user", "root"),
        ("x_forwarded_email", "root"),
        ("remote-user", "root"),
    ];
    let token = [("authorization", "Bearer gat_nonsense")];
    for asked in [
        Asked::get("/a"),
        Asked::get("/a").signed_in(),
        Asked::get("/a").stale(),
        Asked::get("/a").with(&token),
    ] {
        let asked = asked.with(&lies);
        let edits = asked.judged(&settings(&OFF)).edits();
        for (name, _) in lies {
            assert!(edits.remove.iter().any(|removed| removed == name), "{name}");
        }
        for name in IDENTITY_FIELDS {
            assert_eq!(edits.set.get(name), None, "{name}");
        }
        let set = edits.set.as_str();
        assert!(
            !set.contains(&signed(&claims())),
            "our cookie is ours: {set}"
        );
        assert_eq!(edits.response.get("set-cookie"), None);
    }
    let edits = Asked::get("/a")
        .with(&token)
        .judged(&settings(&OFF))
        .edits();
    assert_eq!(edits.remove, ["authorization"], "the app cannot use it");
}

#[test]
fn an_answer_of_the_store_that_comes_after_the_switch_makes_nobody_of_anybody() {
    let asked = Asked::get("/a").stale();
    let resume = resume(&asked, &settings(&[]));
    let answer = Ok(Some(resumed(stored())));
    let edits = resume
        .answered(answer, &asked.head(), &settings(&OFF), NOW)
        .edits();
    assert_eq!(edits.set.get("x-forwarded-user"), None);
}

#[test]
fn what_is_no_request_for_this_origin_is_refused_where_login_is_off_too() {
    let elsewhere = Asked {
        authority: "evil.example".to_owned(),
        ..Asked::get("/a")
    };
    let reply = elsewhere.judged(&settings(&OFF)).reply();
    assert_eq!(reply.code, Some(Code::OriginUnknown));
    let reply = Asked::get("nonsense").judged(&settings(&OFF)).reply();
    assert_eq!(reply.code, Some(Code::RequestMalformed));
}

#[test]
fn one_word_alone_switches_login_off_and_what_is_neither_stops_the_start() {
    let read = |value| {
        GateSettings::from_variables([
            ("base_url", BASE_URL),
            ("session_keys", OTHER_KEY),
            ("login", value),
        ])
    };
    for (value, has_login) in [("on", true), ("", true), (" ", true), ("off", false)] {
        let settings = read(value).expect("it reads");
        assert_eq!(settings.origins.main().has_login(), has_login, "{value:?}");
    }
    for value in ["OFF", "false", "0", "no", "offf", "off,on", "disabled"] {
        let error = read(value).expect_err(value).to_string();
        assert_eq!(error, "login: is neither on nor off", "{value}");
    }
}

#[test]
fn the_switch_switches_the_main_origin_and_those_that_start_from_it() {
    let shop = || record("shop", &[("base_url", "https://shop.example.com")]);
    let own = || {
        let values = [("base_url", "https://own.example.com"), ("login", "on")];
        record("own", &values)
    };
    for (variable, switch, is_off) in [
        ("on", None, false),
        ("off", None, true),
        ("on", Some("off"), true),
        ("off", Some("on"), false),
        ("on", Some(""), false),
    ] {
        let switch = switch.map(|value| record(SWITCH, &[("login", value)]));
        let records = [shop(), own()].into_iter().chain(switch).collect();
        let settings = with_records(variable, records);
        assert_eq!(is_open(&settings, "app.example.com"), is_off, "{variable}");
        assert_eq!(is_open(&settings, "shop.example.com"), is_off, "{variable}");
        assert!(
            !is_open(&settings, "own.example.com"),
            "its own word counts"
        );
    }
}

#[test]
fn a_record_of_another_origin_does_not_switch_the_main_one() {
    let preview = OriginRecord {
        is_preview: true,
        ..record(
            "feat--shop",
            &[("base_url", "https://feat.example.com"), ("login", "off")],
        )
    };
    let settings = with_records("on", vec![preview]);
    assert!(is_open(&settings, "feat.example.com"));
    assert!(!is_open(&settings, "app.example.com"));
    // Nor one that is made for a branch, or for a while, whatever it is called.
    let off = [("login", "off")];
    let for_a_branch = OriginRecord {
        is_preview: true,
        ..record(SWITCH, &off)
    };
    let for_a_while = OriginRecord {
        expires_at: Some(NOW + 1),
        ..record(SWITCH, &off)
    };
    for wrong in [for_a_branch, for_a_while] {
        assert!(!is_open(
            &with_records("on", vec![wrong]),
            "app.example.com"
        ));
    }
    // And it says nothing else.
    let more = record(SWITCH, &[("access_rules", "/* public")]);
    assert!(!is_open(&with_records("on", vec![more]), "app.example.com"));
}

#[test]
fn a_switch_that_says_neither_opens_nothing() {
    let variables = [
        ("base_url", BASE_URL),
        ("session_keys", OTHER_KEY),
        ("login", "on"),
    ];
    let records = vec![record(SWITCH, &[("login", "maybe")])];
    let read = GateSettings::new(Base::of_variables(variables), records, true);
    let error = read.expect_err("it is no word of ours").to_string();
    assert_eq!(error, "login: is neither on nor off");
}
