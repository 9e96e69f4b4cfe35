use proptest::prelude::*;

use super::*;
use crate::claims::{
    AMR_MAX_BYTES, AUDIENCE_MAX_BYTES, EMAIL_MAX_BYTES, GROUPS_MAX_BYTES, NAME_MAX_BYTES,
    PROVIDER_MAX_BYTES, SessionToken, USER_ID_MAX_BYTES,
};
use crate::fixture::{BASE_URL, KEY, NOW, OTHER_KEY, claims, keys, signed, stale_claims};

const NAME: &str = "__Host-gatelet";

fn found(field: &str) -> Result<String, NoSession> {
    found_with(field, KEY)
}

fn found_with(field: &str, key: &str) -> Result<String, NoSession> {
    let mut scratch = Scratch::new();
    let cookies = RawCookies::new(field.as_bytes());
    find(cookies, NAME, &keys(key), BASE_URL, NOW, &mut scratch)
        .map(|claims| claims.email.to_owned())
}

fn value(claims: &Claims<'_>) -> Result<String, NoSession> {
    found(&format!("{NAME}={}", signed(claims)))
}

#[test]
fn a_tokens_presence_is_no_proof() {
    let good = signed(&claims());
    assert_eq!(
        found(&format!("{NAME}={good}")).as_deref(),
        Ok("ada@example.com")
    );
    let parts: Vec<&str> = good.split('.').collect();
    let with = |position: usize, text: &str| {
        let mut parts = parts.clone();
        parts[position] = text;
        parts.join(".")
    };
    let other = signed(&Claims {
        email: "eve@example.com",
        ..claims()
    });
    let other_claims = other.split('.').nth(2).unwrap();
    let other_key = sign(&claims(), &keys(&OTHER_KEY.replace("k2", "k1"))).unwrap();
    for (what, forged) in [
        ("nothing", String::new()),
        ("words", "hello".to_owned()),
        ("dots", "v1...".to_owned()),
        ("many dots", ".".repeat(1000)),
        ("another version", with(0, "v2")),
        ("no version", with(0, "")),
        ("no key id", with(1, "")),
        ("an unknown key id", with(1, "k2")),
        ("a long key id", with(1, &"k".repeat(300))),
        ("no claims", with(2, "")),
        ("other claims", with(2, other_claims)),
        ("no MAC", with(3, "")),
        ("a short MAC", with(3, &parts[3][1..])),
        ("another MAC", with(3, &"A".repeat(43))),
        ("a MAC that is no base64url", with(3, &"+".repeat(43))),
        ("another key", other_key),
        ("padding", format!("{good}=")),
        ("quotes", format!("\"{good}\"")),
        ("percent encoding", good.replace('.', "%2e")),
        ("something after it", format!("{good}.{good}")),
        (
            "too long",
            format!("v1.k1.{}.{}", "A".repeat(VALUE_MAX_BYTES), parts[3]),
        ),
    ] {
        assert_eq!(
            found(&format!("{NAME}={forged}")),
            Err(NoSession::Invalid),
            "{what}"
        );
    }
    for field in [
        "",
        ";;;",
        "=",
        "a=b",
        "gatelet",
        &format!("gatelet={good}"),
        &format!("x{NAME}={good}"),
        &format!("__host-gatelet={good}"),
    ] {
        assert_eq!(found(field), Err(NoSession::None), "{field}");
    }
}

#[test]
fn what_we_signed_counts_here_and_until_it_expires() {
    assert_eq!(
        value(&Claims {
            audience: "https://other.example",
            ..claims()
        }),
        Err(NoSession::Invalid)
    );
    assert_eq!(
        value(&Claims {
            audience: "https://app.example.com.evil.example",
            ..claims()
        }),
        Err(NoSession::Invalid)
    );
    assert_eq!(
        value(&Claims {
            audience: "",
            ..claims()
        }),
        Err(NoSession::Invalid)
    );
    assert_eq!(
        value(&Claims {
            expires_at: NOW,
            ..claims()
        }),
        Err(NoSession::Expired)
    );
    assert!(
        value(&Claims {
            expires_at: NOW + 1,
            ..claims()
        })
        .is_ok()
    );
    let sealed = keys(KEY).seal("session", signed(&claims()).as_bytes());
    assert_eq!(found(&format!("{NAME}={sealed}")), Err(NoSession::Invalid));
}

#[test]
fn keys_rotate_without_logging_anybody_out() {
    let field = format!("{NAME}={}", signed(&claims()));
    assert!(found_with(&field, &format!("{OTHER_KEY},{KEY}")).is_ok());
    assert_eq!(found_with(&field, OTHER_KEY), Err(NoSession::Invalid));
    // A key of the longest id too.
    let longest = KEY.replace("k1", "0123456789abcdef");
    let value = sign(&claims(), &keys(&longest)).unwrap();
    assert!(found_with(&format!("{NAME}={value}"), &longest).is_ok());
}

#[test]
fn of_several_good_cookies_the_freshest_counts() {
    let fresh = format!(
        "{NAME}={}",
        signed(&Claims {
            email: "fresh",
            ..claims()
        })
    );
    let stale = format!(
        "{NAME}={}",
        signed(&Claims {
            email: "stale",
            ..stale_claims()
        })
    );
    let expired = format!(
        "{NAME}={}",
        signed(&Claims {
            expires_at: NOW,
            fresh_until: NOW + 900,
            ..claims()
        })
    );
    let foreign = format!(
        "{NAME}={}",
        signed(&Claims {
            audience: "https://x.example",
            fresh_until: NOW + 900,
            ..claims()
        })
    );
    for field in [
        format!("{stale}; {fresh}"),
        format!("{fresh}; {stale}"),
        format!("{expired};{foreign};{fresh};{stale}"),
    ] {
        assert_eq!(found(&field).as_deref(), Ok("fresh"), "{field}");
    }
    assert_eq!(
        found(&format!("{expired};{stale};{foreign}")).as_deref(),
        Ok("stale")
    );
    assert_eq!(
        found(&format!("{foreign};{expired}")),
        Err(NoSession::Expired)
    );
    assert_eq!(
        found(&format!("{expired};{foreign}")),
        Err(NoSession::Expired)
    );
}

#[test]
fn parsing_has_bounds_on_count_and_size() {
    let good = format!("{NAME}={}", signed(&claims()));
    let other_key = keys(&OTHER_KEY.replace("k2", "k1"));
    let bad = format!("{NAME}={};", sign(&claims(), &other_key).unwrap());
    assert!(found(&(bad.repeat(TRIES_MAX - 1) + &good)).is_ok());
    assert_eq!(
        found(&(bad.repeat(TRIES_MAX) + &good)),
        Err(NoSession::Invalid)
    );
    // What costs no MAC counts for nothing.
    assert!(found(&(format!("{NAME}=x;").repeat(200) + &good)).is_ok());
    assert!(found(&("a=b;".repeat(COOKIES_MAX - 1) + &good)).is_ok());
    assert_eq!(
        found(&("a=b;".repeat(COOKIES_MAX) + &good)),
        Err(NoSession::None)
    );
}

#[test]
fn a_value_is_looked_at_up_to_its_longest() {
    let good = format!("{NAME}={}", signed(&claims()));
    // Looked at, each costs one of the tries.
    let after_tries = |bytes: usize| {
        let (start, end) = ("v1.k1.", format!(".{}", "A".repeat(MAC_TEXT_BYTES)));
        let claims = "A".repeat(bytes - start.len() - end.len());
        let bad = format!("{NAME}={start}{claims}{end};");
        found(&(bad.repeat(TRIES_MAX) + &good))
    };
    assert_eq!(after_tries(VALUE_MAX_BYTES), Err(NoSession::Invalid));
    assert!(after_tries(VALUE_MAX_BYTES + 1).is_ok());
}

#[test]
fn a_cookie_that_browsers_would_drop_is_not_made() {
    let made = |domain: usize| {
        let names = CookieNames::new(CookieScope::Domain("d".repeat(domain)), None);
        set_session(&claims(), &names, &keys(KEY), NOW)
    };
    let rest = made(0).unwrap().len();
    let longest = SET_COOKIE_MAX_BYTES - rest;
    assert_eq!(
        made(longest).map(|cookie| cookie.len()),
        Ok(SET_COOKIE_MAX_BYTES)
    );
    assert_eq!(made(longest + 1), Err(OversizedClaims));
}

#[test]
fn no_cookie_grows_past_4096_bytes() {
    let texts = [
        USER_ID_MAX_BYTES,
        EMAIL_MAX_BYTES,
        10 * NAME_MAX_BYTES,
        PROVIDER_MAX_BYTES,
        AUDIENCE_MAX_BYTES,
        AMR_MAX_BYTES,
        GROUPS_MAX_BYTES,
    ]
    .map(|bytes| "x".repeat(bytes));
    let [user_id, email, name, provider, audience, amr, groups] =
        texts.each_ref().map(String::as_str);
    let largest = Claims {
        token: SessionToken::from_random([255; 32]),
        user_id,
        email,
        email_verified: true,
        name,
        provider,
        audience,
        amr,
        auth_time: 0,
        groups,
        issued_at: u64::MAX / 2,
        fresh_until: u64::MAX,
        expires_at: u64::MAX,
    };
    let names = CookieNames::new(CookieScope::Domain("d".repeat(253)), Some(65535));
    let cookie = set_session(
        &largest,
        &names,
        &keys(&KEY.replace("k1", "0123456789abcdef")),
        0,
    )
    .unwrap();
    assert!(cookie.len() <= SET_COOKIE_MAX_BYTES, "{}", cookie.len());
    assert!(signed(&largest).len() <= VALUE_MAX_BYTES);
}

#[test]
fn names_and_attributes_follow_from_the_scope() {
    let domain = || "example.com".to_owned();
    for (scope, name, csrf, attributes) in [
        (
            CookieScope::Host,
            "__Host-gatelet",
            "__Host-gatelet-csrf",
            "; Path=/; Max-Age=5; HttpOnly; Secure; SameSite=Lax",
        ),
        (
            CookieScope::Domain(domain()),
            "__Secure-gatelet",
            "__Secure-gatelet-csrf",
            "; Path=/; Domain=example.com; Max-Age=5; HttpOnly; Secure; SameSite=Lax",
        ),
        (
            CookieScope::InsecureHost,
            "gatelet",
            "gatelet-csrf",
            "; Path=/; Max-Age=5; HttpOnly; SameSite=Lax",
        ),
        (
            CookieScope::InsecureDomain(domain()),
            "gatelet",
            "gatelet-csrf",
            "; Path=/; Domain=example.com; Max-Age=5; HttpOnly; SameSite=Lax",
        ),
    ] {
        let names = CookieNames::new(scope, None);
        assert_eq!(names.session(), name);
        assert_eq!(names.named("csrf"), csrf);
        assert_eq!(
            names.set(name, "v", CookieAge::Seconds(5)),
            format!("{name}=v{attributes}")
        );
        assert_eq!(
            names.set(csrf, "v", CookieAge::BrowserSession),
            format!("{csrf}=v{attributes}").replace("; Max-Age=5", "")
        );
        let cleared = names.clear_session();
        assert!(
            cleared.starts_with(&format!("{name}=; "))
                && cleared.contains("; Max-Age=0; Expires=Thu, 01 Jan 1970"),
            "{cleared}"
        );
        assert!(is_ours(name) && is_ours(csrf));
    }
    for name in [
        "",
        "g",
        "gatelets",
        "xgatelet",
        "Gatelet",
        "__Host-",
        "__Host-gate",
        "__Host-__Secure-gatelet",
    ] {
        assert!(!is_ours(name), "{name}");
    }
    assert!(is_ours_raw(b"gatelet-\xff") && !is_ours_raw(b"gatelet\xff"));
}

#[test]
fn what_another_host_must_not_read_or_set_has_no_domain() {
    let domain = || "example.com".to_owned();
    for (scope, port, csrf, attributes) in [
        (
            CookieScope::Host,
            None,
            "__Host-gatelet-csrf",
            "; HttpOnly; Secure; SameSite=Lax",
        ),
        (
            CookieScope::Domain(domain()),
            None,
            "__Host-gatelet-csrf",
            "; HttpOnly; Secure; SameSite=Lax",
        ),
        (
            CookieScope::InsecureHost,
            Some(3000),
            "gatelet-3000-csrf",
            "; HttpOnly; SameSite=Lax",
        ),
        (
            CookieScope::InsecureDomain(domain()),
            Some(3000),
            "gatelet-3000-csrf",
            "; HttpOnly; SameSite=Lax",
        ),
    ] {
        let names = CookieNames::new(scope, port).host_only();
        assert_eq!(names.named("csrf"), csrf);
        let set = names.set(csrf, "v", CookieAge::BrowserSession);
        assert_eq!(set, format!("{csrf}=v; Path=/{attributes}"));
    }
}

#[test]
fn servers_at_two_ports_of_one_host_have_cookies_of_their_own() {
    let at = |port| CookieNames::new(CookieScope::InsecureHost, port);
    let ports = [None, Some(3000), Some(3001), Some(300)];
    for port in ports {
        let names = at(port);
        let attempt = names.named("attempt-12345678");
        for other in ports {
            for name in [names.session(), &names.named("csrf"), &attempt] {
                assert_eq!(at(other).own(name), port == other, "{name} at {other:?}");
                assert!(is_ours(name), "{name}: no app sees it");
            }
        }
    }
    for (name, own) in [
        ("__Host-gatelet", true),
        ("__Secure-gatelet-csrf", true),
        ("__Host-gatelet-443", false),
        ("gatelet-attempt-3000abcd", true),
        ("gatelets", false),
        ("theirs", false),
    ] {
        assert_eq!(at(None).own(name), own, "{name}");
    }
}

#[test]
fn cookies_are_read_as_browsers_write_them() {
    for (field, pairs) in [
        (&b"a=1; b=2"[..], &[("a", "1"), ("b", "2")][..]),
        (b"a=1;b=2;", &[("a", "1"), ("b", "2")]),
        (b" a = 1 ;\tb=", &[("a", "1"), ("b", "")]),
        (b"a=b=c; =d; e", &[("a", "b=c"), ("", "d"), ("", "e")]),
        (b"a=\"1;2\"", &[("a", "\"1"), ("", "2\"")]),
        (b"a=\xff; b=2", &[("b", "2")]),
        (b"\xffa=1; b=\x012; c=3", &[("c", "3")]),
        (b"", &[]),
        (b";;; ;", &[]),
    ] {
        assert_eq!(Cookies::new(field).collect::<Vec<_>>(), pairs, "{field:?}");
    }
}

proptest! {
    #[test]
    fn no_cookie_field_breaks_it(field in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut scratch = Scratch::new();
        let session = find(RawCookies::new(&field), NAME, &keys(KEY), BASE_URL, NOW, &mut scratch);
        prop_assert!(session.is_err());
        for (name, value) in Cookies::new(&field) {
            prop_assert!(!name.contains([';', '=', '\n']) && !value.contains([';', '\n']));
        }
    }

    #[test]
    fn a_changed_cookie_is_no_session(at in any::<prop::sample::Index>(), flip in 1_u8..=255) {
        let mut value = signed(&claims()).into_bytes();
        let at = at.index(value.len());
        value[at] ^= flip;
        let mut scratch = Scratch::new();
        let cookies = std::iter::once((NAME.as_bytes(), value.as_slice()));
        prop_assert!(find(cookies, NAME, &keys(KEY), BASE_URL, NOW, &mut scratch).is_err());
    }
}
