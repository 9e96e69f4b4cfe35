//! Does a verdict depend on what was asked before? What is kept of earlier requests makes
//! judging cheap, and decides nothing.

use proptest::prelude::*;

use crate::claims::Claims;
use crate::cookie;
use crate::decide::*;
use crate::fixture::{Asked, BASE_URL, HOST, KEY, NOW, OTHER_KEY, claims, keys};
use crate::origin_record::{MAIN, OriginRecord, Place};
use crate::settings::Base;

const PREVIEW_URL: &str = "https://feat.example.com";

/// One origin, and a preview whose rules differ.
fn fresh() -> GateSettings {
    let base = Base::of_variables([
        ("base_url", BASE_URL),
        ("upstream", "http://localhost:8080"),
        ("session_keys", KEY),
        ("access_rules", "/admin/* group admins\n/* signed-in"),
    ]);
    let preview = OriginRecord {
        name: "feat".to_owned(),
        parent: MAIN.to_owned(),
        is_preview: true,
        values: vec![
            ("base_url".to_owned(), PREVIEW_URL.to_owned()),
            ("access_rules".to_owned(), "/* signed-in".to_owned()),
        ],
        place: Place::main(),
        created_at: 0,
        expires_at: Some(NOW + 1000),
    };
    GateSettings::new(base, vec![preview], true).expect("settings")
}

/// What somebody shows: whose, for where, until when, by which key, broken or not.
fn any_cookie() -> impl Strategy<Value = String> {
    let parts = (
        0..3_u8,
        any::<bool>(),
        0..3_u8,
        any::<bool>(),
        any::<bool>(),
    );
    let cookie = parts.prop_map(|(who, here, until, ours, whole)| {
        let email = format!("{who}@example.com");
        let claims = Claims {
            email: &email,
            groups: if who == 0 { "admins" } else { "" },
            audience: if here { BASE_URL } else { PREVIEW_URL },
            fresh_until: if until == 0 { NOW - 5 } else { NOW + 50 },
            expires_at: if until == 1 { NOW + 60 } else { NOW + 90_000 },
            ..claims()
        };
        let key = if ours { KEY } else { OTHER_KEY };
        let mut value = cookie::sign(&claims, &keys(key)).expect("fits");
        if !whole {
            let last = value.pop();
            value.push(if last == Some('A') { 'Q' } else { 'A' });
        }
        format!("__Host-gatelet={value}")
    });
    prop_oneof![9 => cookie, 1 => Just("theme=dark".to_owned())]
}

/// A request, and when it comes.
fn any_request() -> impl Strategy<Value = (Asked, u64)> {
    let host = prop_oneof![
        Just(HOST),
        Just("feat.example.com"),
        Just("other.example.com")
    ];
    let target = prop_oneof![Just("/"), Just("/admin/users")];
    let cookies = proptest::collection::vec(any_cookie(), 0..3);
    let after = prop_oneof![Just(0), Just(45), Just(70), Just(2000), Just(100_000)];
    (host, target, cookies, after).prop_map(|(host, target, cookies, after)| {
        let mut asked = Asked::get(target).with(&[("cookie", &cookies.join("; "))]);
        asked.authority = host.to_owned();
        (asked, NOW + after)
    })
}

proptest! {
    #[test]
    fn what_was_asked_before_decides_nothing(
        requests in proptest::collection::vec(any_request(), 1..10),
    ) {
        let lasting = fresh();
        for (asked, now) in requests {
            let head = asked.head();
            prop_assert_eq!(decide(&head, &lasting, now), decide(&head, &fresh(), now));
        }
    }
}
