//! Attempts that come back, and attempts that must not.

use super::*;
use crate::tests::test_provider::{NOW, attempt, keys, other_keys};
use proptest::prelude::*;

const HERE: &str = "https://app.example";

fn own(id: &str) -> CallbackPath {
    CallbackPath::Own(ProviderId::parse(id).expect("an id"))
}

fn find(cookies: &[(&str, &str)], state: &str, now: u64) -> Result<Attempt, RefusalCode> {
    Attempt::find(
        cookies.iter().copied(),
        "__Host-gatelet",
        state,
        &own("acme"),
        HERE,
        &keys(),
        now,
    )
    .map_err(|refusal| refusal.code)
}

#[test]
fn an_attempt_comes_back_from_its_cookie_as_it_was() {
    let attempt = attempt(1);
    let (name, value) = (attempt.cookie_name("__Host-gatelet"), attempt.seal(&keys()));
    assert_eq!(
        name,
        format!("__Host-gatelet-attempt-{}", &attempt.state()[..8])
    );
    assert!(
        name.len() + value.len() < 600,
        "four must fit a header section: {}",
        value.len()
    );
    let found = find(
        &[("other", "x"), (&name, &value)],
        attempt.state(),
        NOW + ATTEMPT_SECONDS - 1,
    )
    .expect("the attempt");
    assert_eq!(
        (
            found.state(),
            found.nonce(),
            found.code_verifier(),
            found.return_target().as_str(),
            found.expires(),
            found.digest()
        ),
        (
            attempt.state(),
            attempt.nonce(),
            attempt.code_verifier(),
            "/inbox?page=2",
            NOW + ATTEMPT_SECONDS,
            attempt.digest()
        )
    );
}

/// A program of before would take one for any other, and date the proof now.
#[test]
fn an_attempt_to_prove_it_again_comes_back_as_one_and_opens_as_no_other() {
    for anew in [false, true] {
        let attempt = attempt(1).asking_anew(anew);
        let (name, value) = (attempt.cookie_name("__Host-gatelet"), attempt.seal(&keys()));
        let found = find(&[(&name, &value)], attempt.state(), NOW).expect("ours");
        assert_eq!(found.is_anew(), anew);
        assert_eq!(keys().open(PURPOSE, &value).is_some(), !anew);
    }
}

#[test]
fn state_nonce_and_verifier_are_256_bits_each_and_differ() {
    let attempt = attempt(1);
    let all = [
        attempt.state(),
        attempt.nonce(),
        attempt.code_verifier().expose(),
    ];
    assert!(all.iter().all(|text| text.len() == 43));
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
}

#[test]
fn the_challenge_is_the_one_of_rfc_7636() {
    let mut attempt = attempt(1);
    attempt.code_verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
    assert_eq!(
        attempt.code_challenge(),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[test]
fn callback_from_another_browser_is_refused() {
    let attempt = attempt(1);
    assert_eq!(
        find(&[], attempt.state(), NOW).err(),
        Some(RefusalCode::StateMismatch)
    );
    let other = crate::tests::test_provider::attempt(2);
    let (name, value) = (other.cookie_name("__Host-gatelet"), other.seal(&keys()));
    assert_eq!(
        find(&[(&name, &value)], attempt.state(), NOW).err(),
        Some(RefusalCode::StateMismatch)
    );
    // The other's cookie under this attempt's name.
    let name = attempt.cookie_name("__Host-gatelet");
    assert_eq!(
        find(&[(&name, &value)], attempt.state(), NOW).err(),
        Some(RefusalCode::StateMismatch)
    );
}

#[test]
fn callback_of_another_provider_is_refused() {
    let attempt = attempt(1);
    let (name, value) = (attempt.cookie_name(""), attempt.seal(&keys()));
    let refusal = Attempt::find(
        [(name.as_str(), value.as_str())],
        "",
        attempt.state(),
        &own("evil"),
        HERE,
        &keys(),
        NOW,
    )
    .expect_err("crossed");
    assert_eq!(refusal.code, RefusalCode::ProviderMismatch);
}

#[test]
fn an_answer_at_another_address_than_was_sent_is_refused() {
    let find = |attempt: &Attempt, path: &CallbackPath| {
        let (name, value) = (attempt.cookie_name(""), attempt.seal(&keys()));
        let cookies = [(name.as_str(), value.as_str())];
        let found = Attempt::find(cookies, "", attempt.state(), path, HERE, &keys(), NOW);
        found
            .map(|found| found.callback_path())
            .map_err(|refusal| refusal.code)
    };
    let (its_own, shared) = (attempt(1), attempt(1).sharing_callback());
    let mismatch = Err(RefusalCode::CallbackMismatch);
    assert_eq!(find(&its_own, &own("acme")), Ok(own("acme")));
    assert_eq!(find(&its_own, &CallbackPath::Shared), mismatch);
    assert_eq!(
        find(&shared, &CallbackPath::Shared),
        Ok(CallbackPath::Shared)
    );
    assert_eq!(find(&shared, &own("acme")), mismatch);
}

#[test]
fn the_redirect_uri_is_the_one_that_the_answer_is_good_at() {
    let provider = crate::tests::test_provider::provider();
    let relay = gatelet_core::base_url::BaseUrl::parse("https://relay.example").expect("a URL");
    let begun = |relay| {
        let (target, random) = (ReturnTarget::default(), [9; ATTEMPT_RANDOM_BYTES]);
        Attempt::begin(&provider, HERE, relay, target, &random, NOW)
    };
    for (attempt, uri) in [
        (begun(None), "https://app.example/auth/callback/acme"),
        (
            begun(None).sharing_callback(),
            "https://app.example/api/v1/auth/callback",
        ),
        (
            begun(Some(&relay)).sharing_callback(),
            "https://relay.example/auth/callback/acme",
        ),
    ] {
        assert_eq!(attempt.redirect_uri(&provider), uri);
        let path = attempt.callback_path().to_string();
        assert!(uri.ends_with(&path), "{uri} {path}");
    }
}

#[test]
fn callback_at_another_origin_is_refused() {
    let attempt = attempt(1);
    let (name, value) = (attempt.cookie_name(""), attempt.seal(&keys()));
    let refusal = Attempt::find(
        [(name.as_str(), value.as_str())],
        "",
        attempt.state(),
        &own("acme"),
        "https://preview.app.example",
        &keys(),
        NOW,
    )
    .expect_err("crossed");
    assert_eq!(refusal.code, RefusalCode::OriginMismatch);
}

#[test]
fn expired_attempt_is_refused() {
    let attempt = attempt(1);
    let (name, value) = (attempt.cookie_name("__Host-gatelet"), attempt.seal(&keys()));
    assert_eq!(
        find(&[(&name, &value)], attempt.state(), NOW + ATTEMPT_SECONDS).err(),
        Some(RefusalCode::AttemptExpired)
    );
}

#[test]
fn a_cookie_is_named_by_eight_characters_of_base64url() {
    for (state, expected) in [
        ("aZ09-_xy", Some("aZ09-_xy")),
        ("aZ09-_xyz", Some("aZ09-_xy")),
        ("aZ09-_x", None),
        ("aZ09;_xy", None),
        ("aZ09 _xy", None),
        ("aZ09\u{fc}_xy", None),
        ("", None),
    ] {
        assert_eq!(mark(state), expected, "{state:?}");
    }
}

#[test]
fn debug_shows_no_secret_of_an_attempt() {
    let attempt = attempt(1);
    let shown = format!("{attempt:?}");
    assert!(shown.contains("acme") && shown.contains(HERE), "{shown}");
    let verifier = attempt.code_verifier().expose();
    for secret in [attempt.state(), attempt.nonce(), verifier] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn cookie_that_we_did_not_seal_is_refused() {
    let attempt = attempt(1);
    let (name, value) = (attempt.cookie_name("__Host-gatelet"), attempt.seal(&keys()));
    assert_eq!(
        find(
            &[(&name, &attempt.seal(&other_keys()))],
            attempt.state(),
            NOW
        )
        .err(),
        Some(RefusalCode::StateMismatch),
        "another key"
    );
    for cut in 0..value.len() {
        assert!(
            find(&[(&name, &value[..cut])], attempt.state(), NOW).is_err(),
            "cut at {cut}"
        );
        let mut bytes = value.clone().into_bytes();
        bytes[cut] = if bytes[cut] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(bytes).expect("ASCII");
        if let Ok(found) = find(&[(&name, &altered)], attempt.state(), NOW) {
            panic!("altered at {cut}: {found:?}");
        }
    }
    // A value sealed for another purpose, and one without the prefix.
    let session = keys().seal("session", b"x");
    assert!(find(&[(&name, &session)], attempt.state(), NOW).is_err());
    assert!(find(&[(&attempt.cookie_name(""), &value)], attempt.state(), NOW).is_err());
}

#[test]
fn a_bad_copy_does_not_hide_the_good_one() {
    let attempt = attempt(1);
    let (name, value) = (attempt.cookie_name("__Host-gatelet"), attempt.seal(&keys()));
    assert!(find(&[(&name, "junk"), (&name, &value)], attempt.state(), NOW).is_ok());
}

#[test]
fn two_tabs_keep_an_attempt_each() {
    let (one, other) = (attempt(1), attempt(2));
    let cookies = [
        (one.cookie_name("__Host-gatelet"), one.seal(&keys())),
        (other.cookie_name("__Host-gatelet"), other.seal(&keys())),
    ];
    let cookies: Vec<(&str, &str)> = cookies
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    for attempt in [&one, &other] {
        assert_eq!(
            find(&cookies, attempt.state(), NOW)
                .expect("an attempt")
                .nonce(),
            attempt.nonce()
        );
    }
}

#[test]
fn at_most_four_attempts_are_kept_and_the_oldest_goes() {
    let cookies: Vec<(String, String)> = (0..6)
        .map(|n| {
            let mut attempt = attempt(n);
            attempt.expires = NOW + 100 + u64::from(n);
            (attempt.cookie_name("__Host-gatelet"), attempt.seal(&keys()))
        })
        .collect();
    let mut request: Vec<(&str, &str)> = cookies
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    request.rotate_left(2);
    request.push(("__Host-gatelet", "session"));
    let mut cleared =
        Attempt::superseded(request.iter().copied(), "__Host-gatelet", 0, &keys(), NOW);
    cleared.sort_unstable();
    let mut oldest: Vec<&str> = cookies[..3].iter().map(|(name, _)| name.as_str()).collect();
    oldest.sort_unstable();
    assert_eq!(
        cleared, oldest,
        "three of six stay, and the new one makes four"
    );

    assert!(
        Attempt::superseded(
            request[..1].iter().copied(),
            "__Host-gatelet",
            0,
            &keys(),
            NOW
        )
        .is_empty()
    );
    assert_eq!(
        Attempt::superseded(
            request.iter().copied(),
            "__Host-gatelet",
            0,
            &keys(),
            NOW + 1000
        )
        .len(),
        6,
        "all have expired"
    );
    let last = [(cookies[5].0.as_str(), cookies[5].1.as_str())];
    for (now, cleared) in [(NOW + 104, 0), (NOW + 105, 1)] {
        let superseded = Attempt::superseded(last, "__Host-gatelet", 0, &keys(), now);
        assert_eq!(superseded.len(), cleared, "at {now} of {}", NOW + 105);
    }
    assert_eq!(
        Attempt::superseded(
            [("__Host-gatelet-attempt-x", "junk")],
            "__Host-gatelet",
            0,
            &keys(),
            NOW
        ),
        ["__Host-gatelet-attempt-x"]
    );
}

#[test]
fn each_attempt_is_spent_by_the_sha_256_of_its_own_state() {
    use sha2::{Digest as _, Sha256};
    let (one, other) = (attempt(1), attempt(2));
    let expected: [u8; 32] = Sha256::digest(one.state()).into();
    assert_eq!(one.digest(), expected);
    assert_ne!(one.digest(), other.digest());
}

#[test]
fn a_long_return_target_does_not_fill_the_cookie() {
    let begun = |bytes: usize| {
        let target = ReturnTarget::parse(&format!("/{}", "x".repeat(bytes - 1)));
        Attempt::begin(
            &crate::tests::test_provider::provider(),
            HERE,
            None,
            target.expect("a target"),
            &[9; ATTEMPT_RANDOM_BYTES],
            NOW,
        )
    };
    for (bytes, kept) in [(1600, 1600), (1601, 1), (2000, 1)] {
        let attempt = begun(bytes);
        assert_eq!(attempt.return_target().as_str().len(), kept, "{bytes}");
    }
    assert_eq!(begun(2000).return_target().as_str(), "/");
    assert!(begun(2000).seal(&keys()).len() < 600);
    // Beside the longest one more of its length stays, or three that are short.
    let longest = begun(1600).seal(&keys());
    let cookie = |n: u8, value: &str| (format!("__Host-gatelet-attempt-{n}"), value.to_owned());
    let short = attempt(1).seal(&keys());
    for (values, cleared) in [
        (vec![&longest], 0),
        (vec![&short, &short, &short], 0),
        (vec![&longest, &longest], 1),
        (vec![&longest, &longest, &short], 1),
    ] {
        let numbered = (0..).zip(&values);
        let cookies: Vec<_> = numbered.map(|(n, value)| cookie(n, value)).collect();
        let cookies = cookies
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let superseded =
            Attempt::superseded(cookies, "__Host-gatelet", longest.len(), &keys(), NOW);
        assert_eq!(superseded.len(), cleared, "of {}", values.len());
    }
}

proptest! {
    #[test]
    fn any_cookie_and_state_are_answered(state in ".{0,60}", value in ".{0,200}") {
        let name = format!("__Host-gatelet{COOKIE_STEM}{}", state.get(..8).unwrap_or("12345678"));
        prop_assert!(find(&[(&name, &value)], &state, NOW).is_err());
    }
}

#[test]
fn where_an_attempt_led_is_known_by_its_own_state_alone() {
    let target = ReturnTarget::parse("/inbox?page=2").expect("a target");
    let value = seal_landed("s-1", &target, &keys());
    assert_eq!(
        landed_at(&value, "s-1", &keys()).as_deref(),
        Some("/inbox?page=2")
    );
    assert_eq!(landed_at(&value, "s-2", &keys()), None);
    assert_eq!(landed_at(&value, "", &keys()), None);
    assert_eq!(landed_at(&value, "s-1", &other_keys()), None);
    assert_eq!(landed_at("", "s-1", &keys()), None);
    // Neither is taken for the other.
    assert_eq!(
        landed_at(&attempt(1).seal(&keys()), attempt(1).state(), &keys()),
        None
    );
}
