use proptest::prelude::*;

use super::*;
use crate::fixture::{KEY, NOW, OTHER_KEY, PASSPHRASE_HASH, keys, settings};
use crate::settings::GateSettings;

const DAY: u64 = 86_400;
const OTHER_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$CAgICAgICAgICAgICAgICA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn asking(more: &[(&str, &str)]) -> GateSettings {
    let changes: Vec<_> = more
        .iter()
        .copied()
        .chain([("passphrase_hash", PASSPHRASE_HASH)])
        .collect();
    settings(&changes)
}

fn origin(settings: &GateSettings) -> &Origin {
    settings.origins.main()
}

/// Name and value of the cookie that a right passphrase gets at `now`.
fn given(settings: &GateSettings, now: u64) -> (String, String) {
    let origin = origin(settings);
    let set = set_cookie(origin, &settings.keys, now).expect("there is a passphrase");
    let (pair, _) = set.split_once(';').unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    (name.to_owned(), value.to_owned())
}

fn known(settings: &GateSettings, cookies: &[(&str, &str)], now: u64) -> bool {
    let raw = cookies
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    is_known(raw, origin(settings), &settings.keys, now)
}

#[test]
fn a_passphrase_itself_is_taken_for_no_hash() {
    assert!(PassphraseHash::parse(PASSPHRASE_HASH).is_ok());
    for text in [
        "",
        "correct horse battery staple",
        "hunter2hunter2",
        "$argon2id$",
        "$2b$12$abcdefghijklmnopqrstuv",
        &PASSPHRASE_HASH.replace("argon2id", "argon2i"),
        &format!(" {PASSPHRASE_HASH}"),
        &format!("{PASSPHRASE_HASH} x"),
        &format!("{PASSPHRASE_HASH}\u{e9}"),
        &format!("{PASSPHRASE_HASH}{}", "A".repeat(HASH_MAX_BYTES)),
    ] {
        assert_eq!(
            PassphraseHash::parse(text),
            Err(PassphraseHashError),
            "{text}"
        );
    }
    let shown = format!("{:?}", PassphraseHash::parse(PASSPHRASE_HASH));
    assert!(!shown.contains("argon2id"), "{shown}");
}

#[test]
fn whoever_showed_the_passphrase_is_known_for_as_long_as_an_unused_session_lasts() {
    let settings = asking(&[]);
    let (name, value) = given(&settings, NOW);
    assert_eq!(name, "__Host-gatelet-passphrase");
    assert!(value.len() <= VALUE_MAX_BYTES, "{}", value.len());
    let cookie = [(name.as_str(), value.as_str())];
    assert!(known(&settings, &cookie, NOW));
    assert!(known(&settings, &cookie, NOW + 7 * DAY - 1));
    assert!(!known(&settings, &cookie, NOW + 7 * DAY));
    assert!(!known(&settings, &cookie, u64::MAX));
    // A bad copy does not hide the good one.
    let behind = [(name.as_str(), "junk"), (name.as_str(), ""), cookie[0]];
    assert!(known(&settings, &behind, NOW));
    // The tries are bounded.
    let far = [[(name.as_str(), "junk")].repeat(TRIES_MAX), cookie.to_vec()].concat();
    assert!(!known(&settings, &far, NOW));
}

#[test]
fn a_passphrase_cookie_that_is_not_for_here_and_now_is_nothing() {
    let settings = asking(&[]);
    let (name, value) = given(&settings, NOW);
    let elsewhere = asking(&[("base_url", "https://other.example.com")]);
    let changed = crate::fixture::settings(&[("passphrase_hash", OTHER_HASH)]);
    let removed = crate::fixture::settings(&[]);
    let other_keys = asking(&[("session_keys", OTHER_KEY)]);
    for (what, there) in [
        ("another origin's", &elsewhere),
        ("one for yesterday's passphrase", &changed),
        ("one where there is no passphrase any more", &removed),
        ("another deployment's", &other_keys),
    ] {
        let cookie = [(name.as_str(), value.as_str())];
        assert!(!known(there, &cookie, NOW), "{what}");
    }
    let rotated = asking(&[("session_keys", &format!("{OTHER_KEY},{KEY}"))]);
    assert!(known(&rotated, &[(&name, &value)], NOW));

    // Sealed by us, for something else.
    let keys = keys(KEY);
    let payload = (NOW + 1).to_be_bytes();
    for purpose in [
        "passphrase".to_owned(),
        format!("passphrase {}", crate::fixture::BASE_URL),
        "csrf:passphrase".to_owned(),
        "attempt".to_owned(),
    ] {
        let sealed = keys.seal(&purpose, &payload);
        assert!(!known(&settings, &[(&name, &sealed)], NOW), "{purpose}");
    }
    let right = purpose(origin(&settings)).unwrap();
    for payload in [&payload[..7], &[&payload[..], &[0]].concat(), &[]] {
        let sealed = keys.seal(right.expose(), payload);
        assert!(!known(&settings, &[(&name, &sealed)], NOW));
    }
    // Under another name.
    for other in [
        "__Host-gatelet",
        "gatelet-passphrase",
        "__Host-gatelet-passphras",
    ] {
        assert!(!known(&settings, &[(other, &value)], NOW), "{other}");
    }
    let session = crate::fixture::signed(&crate::fixture::claims());
    assert!(!known(&settings, &[(&name, &session)], NOW));
}

#[test]
fn a_short_session_means_a_short_passphrase() {
    let settings = asking(&[("session_lifetime_seconds", "100")]);
    let set = set_cookie(origin(&settings), &settings.keys, NOW).expect("there is a passphrase");
    assert!(
        set.ends_with("; Path=/; Max-Age=100; HttpOnly; Secure; SameSite=Lax"),
        "{set}"
    );
    let (name, value) = given(&settings, NOW);
    assert!(known(&settings, &[(&name, &value)], NOW + 99));
    assert!(!known(&settings, &[(&name, &value)], NOW + 100));
    assert_eq!(
        set_cookie(origin(&crate::fixture::settings(&[])), &settings.keys, NOW),
        None,
        "where there is no passphrase"
    );
}

proptest! {
    #[test]
    fn nothing_that_we_did_not_seal_is_a_session(value in prop_oneof![".{0,140}", "k1\\.[A-Za-z0-9_-]{11}\\.[A-Za-z0-9_-]{43}"]) {
        let settings = asking(&[]);
        prop_assert!(!known(&settings, &[("__Host-gatelet-passphrase", &value)], NOW));
    }

    #[test]
    fn no_changed_byte_passes(at in 0_usize..72, flip in 1_u8..=127) {
        let settings = asking(&[]);
        let (name, value) = given(&settings, NOW);
        let mut bytes = value.into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(value) = String::from_utf8(bytes) {
            prop_assert!(!known(&settings, &[(&name, &value)], NOW));
        }
    }

    #[test]
    fn no_text_breaks_the_hash(text in any::<String>(), near in "\\$argon2id\\$v=19\\$[mtp=,0-9]{0,20}\\$[A-Za-z0-9+/]{0,20}\\$[A-Za-z0-9+/]{0,50}") {
        let _ = (PassphraseHash::parse(&text), PassphraseHash::parse(&near));
    }
}
