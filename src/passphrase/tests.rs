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
    settings.origins.iter().next().expect("there is one")
}

/// Name and value of the cookie that a right passphrase gets at `now`.
fn given(settings: &GateSettings, now: u64) -> (String, String) {
    let origin = origin(settings);
    let set = PassphraseSession::begin(origin, now)
        .set_cookie(origin, &settings.keys, now)
        .expect("there is a passphrase");
    let (pair, _) = set.split_once(';').unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    (name.to_owned(), value.to_owned())
}

fn found(settings: &GateSettings, cookies: &[(&str, &str)], now: u64) -> Option<PassphraseSession> {
    let raw = cookies
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    PassphraseSession::find(raw, origin(settings), &settings.keys, now)
}

#[test]
fn only_an_affordable_argon2id_hash_is_one() {
    assert!(PassphraseHash::parse(PASSPHRASE_HASH).is_ok());
    let part = |from: &str, to: &str| PASSPHRASE_HASH.replace(from, to);
    for text in [
        "",
        "correct horse battery staple",
        "$argon2id$",
        "$2b$12$abcdefghijklmnopqrstuv",
        &part("argon2id", "argon2i"),
        &part("v=19", "v=16"),
        &part("m=19456,", ""),
        &part("m=19456", "m=4194304"),
        &part("m=19456", "m=0"),
        &part("m=19456", "m=+19456"),
        &part("m=19456", "m=99999999999"),
        &part("t=2", "t=1000"),
        &part("p=1", "p=64"),
        &part("p=1", "p=1,x=2"),
        &part("m=19456,t=2", "t=2,m=19456"),
        &part("$m", "$$m"),
        &format!("{PASSPHRASE_HASH}$x"),
        &format!("{PASSPHRASE_HASH} "),
        &format!("{PASSPHRASE_HASH}{}", "A".repeat(HASH_MAX_BYTES)),
        PASSPHRASE_HASH.rsplit_once('$').unwrap().0,
        &PASSPHRASE_HASH[..PASSPHRASE_HASH.len() - 1],
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
fn whoever_showed_the_passphrase_is_known_as_long_as_a_session_lasts() {
    let settings = asking(&[]);
    let (name, value) = given(&settings, NOW);
    assert_eq!(name, "__Host-gatelet-passphrase");
    assert!(value.len() <= VALUE_MAX_BYTES, "{}", value.len());
    let cookie = [(name.as_str(), value.as_str())];
    assert!(found(&settings, &cookie, NOW).is_some());
    assert!(found(&settings, &cookie, NOW + 7 * DAY - 1).is_some());
    assert_eq!(found(&settings, &cookie, NOW + 7 * DAY), None);
    assert_eq!(found(&settings, &cookie, u64::MAX), None);
    // A bad copy does not hide the good one.
    let behind = [(name.as_str(), "junk"), (name.as_str(), ""), cookie[0]];
    assert!(found(&settings, &behind, NOW).is_some());
    // The tries are bounded.
    let far = [[(name.as_str(), "junk")].repeat(TRIES_MAX), cookie.to_vec()].concat();
    assert_eq!(found(&settings, &far, NOW), None);
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
        assert_eq!(found(there, &cookie, NOW), None, "{what}");
    }
    let rotated = asking(&[("session_keys", &format!("{OTHER_KEY},{KEY}"))]);
    assert!(found(&rotated, &[(&name, &value)], NOW).is_some());

    // Sealed by us, for something else.
    let keys = keys(KEY);
    let payload = PassphraseSession::begin(origin(&settings), NOW).encode();
    for purpose in [
        "passphrase".to_owned(),
        format!("passphrase {}", crate::fixture::BASE_URL),
        "csrf:passphrase".to_owned(),
        "attempt".to_owned(),
    ] {
        let sealed = keys.seal(&purpose, &payload);
        assert_eq!(
            found(&settings, &[(&name, &sealed)], NOW),
            None,
            "{purpose}"
        );
    }
    let right = purpose(origin(&settings)).unwrap();
    for payload in [&payload[..15], &[&payload[..], &[0]].concat(), &[]] {
        let sealed = keys.seal(right.expose(), payload);
        assert_eq!(found(&settings, &[(&name, &sealed)], NOW), None);
    }
    // Under another name.
    for other in [
        "__Host-gatelet",
        "gatelet-passphrase",
        "__Host-gatelet-passphras",
    ] {
        assert_eq!(found(&settings, &[(other, &value)], NOW), None, "{other}");
    }
    let session = crate::fixture::signed(&crate::fixture::claims());
    assert_eq!(found(&settings, &[(&name, &session)], NOW), None);
}

#[test]
fn it_lasts_longer_while_it_is_used_and_not_for_ever() {
    let settings = asking(&[
        ("session_idle_seconds", "1000"),
        ("session_lifetime_seconds", "2500"),
    ]);
    let (origin, keys) = (origin(&settings), &settings.keys);
    let begun = PassphraseSession::begin(origin, NOW);
    let slid = |session: &PassphraseSession, now| session.slide(origin, keys, now);
    assert_eq!(slid(&begun, NOW), None);
    assert_eq!(slid(&begun, NOW + 499), None, "more than half is left");
    let set = slid(&begun, NOW + 500).expect("half is left");
    assert!(
        set.starts_with("__Host-gatelet-passphrase=")
            && set.ends_with("; Path=/; Max-Age=1000; HttpOnly; Secure; SameSite=Lax"),
        "{set}"
    );
    let next = PassphraseSession {
        idle_expires_at: NOW + 2000,
        expires_at: NOW + 2500,
    };
    let set = slid(&next, NOW + 1900).expect("little is left");
    assert!(set.contains("Max-Age=600;"), "{set}");
    let last = PassphraseSession {
        idle_expires_at: NOW + 2500,
        ..next
    };
    assert_eq!(slid(&last, NOW + 2499), None, "no more is to be had");
}

proptest! {
    #[test]
    fn nothing_that_we_did_not_seal_is_a_session(value in prop_oneof![".{0,140}", "k1\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}"]) {
        let settings = asking(&[]);
        prop_assert_eq!(found(&settings, &[("__Host-gatelet-passphrase", &value)], NOW), None);
    }

    #[test]
    fn no_changed_byte_passes(at in 0_usize..83, flip in 1_u8..=127) {
        let settings = asking(&[]);
        let (name, value) = given(&settings, NOW);
        let mut bytes = value.into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(value) = String::from_utf8(bytes) {
            prop_assert_eq!(found(&settings, &[(&name, &value)], NOW), None);
        }
    }

    #[test]
    fn times_come_back(idle_expires_at in any::<u64>(), expires_at in any::<u64>()) {
        let session = PassphraseSession { idle_expires_at, expires_at };
        prop_assert_eq!(PassphraseSession::decode(&session.encode()), Some(session));
    }

    #[test]
    fn no_text_breaks_the_hash(text in any::<String>(), near in "\\$argon2id\\$v=19\\$[mtp=,0-9]{0,20}\\$[A-Za-z0-9+/]{0,20}\\$[A-Za-z0-9+/]{0,50}") {
        let _ = (PassphraseHash::parse(&text), PassphraseHash::parse(&near));
    }
}
