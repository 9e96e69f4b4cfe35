//! What do users prove a sign-in with beside a password or a provider?

use super::{
    KEYS, Subject, digest, on_both_engines_in_every_place,
    ports::{
        accounts::Seen,
        factors::{Assertion, Held, Passkey, PasskeyUse},
        session_writer::{PasskeySignIn, PasswordSignIn, SignIn},
        types::Error,
    },
    session, user,
};
use crate::store::HASH;

on_both_engines_in_every_place! {
    an_authenticator_is_added_once_and_its_secret_is_sealed
    a_code_works_once_and_none_before_it
    of_many_at_once_one_uses_a_code
    recovery_codes_work_once_each_and_new_ones_void_the_old
    a_passkey_is_kept_found_named_and_counted
    a_counter_that_does_not_grow_is_refused
    a_challenge_is_used_up_by_whatever_has_signed_it_first
    of_many_at_once_one_uses_a_challenge
    a_session_begins_on_what_a_passkey_has_signed_once_and_counted
    of_many_at_once_one_begins_a_session_on_a_challenge_and_on_a_count
    a_passkey_begins_sessions_until_it_is_removed_and_they_go_with_it
    a_passkey_of_the_longest_id_begins_sessions_as_any
    whatever_changes_a_factor_makes_what_was_seen_before_void
    recovery_codes_go_with_the_last_factor
    a_user_has_twenty_passkeys_at_most
    nobody_has_anothers
    another_key_seals_anew_when_a_code_is_used
    all_go_by_the_operators_hand_and_nobody_elses_do
}

const SECRET: &[u8] = b"12345678901234567890";

fn ann(store: &mut Subject) -> Seen {
    store.with_user(&user("ann"));
    seen(store, "ann")
}

fn held(store: &mut Subject, name: &str) -> Held {
    let found = store.find_factors(format!("id-of-{name}"));
    found.expect("an answer").expect("a user")
}

fn seen(store: &mut Subject, name: &str) -> Seen {
    held(store, name).seen
}

/// What a passkey has signed that has counted so far, of this challenge.
fn assertion(id: &str, sign_count: u32, challenge: u8) -> Assertion {
    Assertion {
        id: id.into(),
        sign_count,
        backed_up: false,
        challenge: digest(challenge),
        expires_at: 500,
    }
}

/// Signs in on that.
fn by_passkey(seen: Seen, assertion: Assertion) -> SignIn {
    SignIn::Passkey(PasskeySignIn { seen, assertion })
}

fn passkey(id: &str) -> Passkey {
    Passkey {
        id: id.into(),
        public_key: "pQECAyYgASFYIA".into(),
        sign_count: 0,
        backup_eligible: true,
        backed_up: false,
        transports: "internal hybrid".into(),
        name: "Laptop".into(),
        created_at: 0,
        last_used_at: None,
    }
}

fn codes(from: u8) -> Vec<Vec<u8>> {
    (from..from + 10).map(digest).collect()
}

fn an_authenticator_is_added_once_and_its_secret_is_sealed(mut store: Subject) {
    let seen = ann(&mut store);
    assert!(held(&mut store, "ann").authenticator.is_none());
    let add =
        |store: &mut Subject, seen: Seen| store.add_authenticator(seen, SECRET.to_vec(), 7, 100);
    add(&mut store, seen.clone()).expect("the first");
    let now = held(&mut store, "ann");
    let app = now.authenticator.expect("there");
    assert_eq!(app.secret.as_deref(), Some(SECRET));
    assert_eq!((app.last_step, app.created_at), (7, 100));
    assert_eq!(now.seen.revision, seen.revision + 1);
    assert_eq!(add(&mut store, now.seen), Err(Error::Conflict), "another");
    let kept = store.value("SELECT sealed_secret FROM auth_authenticators");
    let kept = kept.expect("a row");
    for plain in ["12345678", "MTIzNDU2Nzg"] {
        assert!(!kept.contains(plain), "sealed, and not only in base64");
    }
}

fn a_code_works_once_and_none_before_it(mut store: Subject) {
    let seen = ann(&mut store);
    let id = || "id-of-ann".to_owned();
    assert_eq!(store.use_authenticator(id(), 8), Ok(false), "there is none");
    store
        .add_authenticator(seen, SECRET.to_vec(), 7, 100)
        .expect("added");
    for (step, first) in [
        (7, false),
        (6, false),
        (9, true),
        (9, false),
        (8, false),
        (10, true),
    ] {
        assert_eq!(store.use_authenticator(id(), step), Ok(first), "{step}");
    }
}

fn of_many_at_once_one_uses_a_code(mut store: Subject) {
    let seen = ann(&mut store);
    store
        .add_authenticator(seen, SECRET.to_vec(), 7, 100)
        .expect("added");
    let seen = self::seen(&mut store, "ann");
    store
        .set_recovery_codes(seen, codes(1), 100)
        .expect("codes");
    let instances: Vec<Subject> = (0..4).map(|_| store.another()).collect();
    let threads: Vec<_> = instances
        .into_iter()
        .map(|mut store| {
            std::thread::spawn(move || {
                let code = store
                    .use_authenticator("id-of-ann".into(), 8)
                    .expect("an answer");
                let paper = store.use_recovery_code("id-of-ann".into(), digest(3));
                (usize::from(code), usize::from(paper.expect("an answer")))
            })
        })
        .collect();
    let used = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic"));
    let (codes, papers) = used.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!((codes, papers), (1, 1));
}

fn recovery_codes_work_once_each_and_new_ones_void_the_old(mut store: Subject) {
    let seen = ann(&mut store);
    store
        .set_recovery_codes(seen.clone(), codes(1), 100)
        .expect("ten");
    assert_eq!(held(&mut store, "ann").recovery_codes, 10);
    let used = |store: &mut Subject, code| {
        store
            .use_recovery_code("id-of-ann".into(), digest(code))
            .expect("an answer")
    };
    assert!(used(&mut store, 3) && !used(&mut store, 3) && !used(&mut store, 77));
    assert_eq!(held(&mut store, "ann").recovery_codes, 9);
    let stale = store.set_recovery_codes(seen, codes(20), 100);
    assert_eq!(stale, Err(Error::Conflict), "others were made since");
    let seen = self::seen(&mut store, "ann");
    store
        .set_recovery_codes(seen, codes(40), 100)
        .expect("ten more");
    assert!(!used(&mut store, 4) && used(&mut store, 41));
    assert_eq!(held(&mut store, "ann").recovery_codes, 9);
    let seen = self::seen(&mut store, "ann");
    for wrong in [
        Vec::new(),
        codes(1)[..9].to_vec(),
        [codes(1), codes(20)].concat(),
    ] {
        let refused = store.set_recovery_codes(seen.clone(), wrong, 100);
        assert_eq!(refused, Err(Error::Internal), "ten");
    }
}

fn a_passkey_is_kept_found_named_and_counted(mut store: Subject) {
    let seen = ann(&mut store);
    store
        .add_passkey(seen, passkey("one"), 100)
        .expect("the first");
    let seen = self::seen(&mut store, "ann");
    store
        .add_passkey(seen.clone(), passkey("two"), 101)
        .expect("the second");
    let again = self::seen(&mut store, "ann");
    assert_eq!(
        store.add_passkey(again, passkey("two"), 102),
        Err(Error::Conflict)
    );
    let all = store.passkeys("id-of-ann".into()).expect("an answer");
    let one = Passkey {
        created_at: 100,
        ..passkey("one")
    };
    let two = Passkey {
        created_at: 101,
        ..passkey("two")
    };
    assert_eq!(all, [one, two.clone()]);
    assert_eq!(held(&mut store, "ann").passkeys, 2);
    let named = store.rename_passkey("id-of-ann".into(), "two".into(), "Phone".into());
    assert_eq!(named, Ok(true));
    let signed = Assertion {
        backed_up: true,
        ..assertion("two", 5, 1)
    };
    assert_eq!(store.use_passkey(signed, 200), Ok(PasskeyUse::Done));
    let found = store
        .find_passkey("two".into())
        .expect("an answer")
        .expect("there");
    assert_eq!(found.user.id, "id-of-ann");
    assert_eq!(found.seen, held(&mut store, "ann").seen);
    let used = Passkey {
        name: "Phone".into(),
        sign_count: 5,
        backed_up: true,
        last_used_at: Some(200),
        ..two
    };
    assert_eq!(found.passkey, used);
    assert_eq!(store.find_passkey("three".into()), Ok(None));
}

fn a_counter_that_does_not_grow_is_refused(mut store: Subject) {
    let seen = ann(&mut store);
    store.add_passkey(seen, passkey("one"), 100).expect("added");
    for (challenge, (count, expected)) in (1..).zip([
        (0, PasskeyUse::Done),
        (0, PasskeyUse::Done),
        (5, PasskeyUse::Done),
        (5, PasskeyUse::Uncounted),
        (4, PasskeyUse::Uncounted),
        (0, PasskeyUse::Uncounted),
        (6, PasskeyUse::Done),
    ]) {
        let used = store.use_passkey(assertion("one", count, challenge), 200);
        assert_eq!(used, Ok(expected), "{count}");
    }
    let used = store.use_passkey(assertion("two", 9, 9), 200);
    assert_eq!(used, Ok(PasskeyUse::Uncounted));
    // What was refused used no challenge up.
    assert_eq!(store.count("auth_verifications"), 4);
}

/// Ann, with the passkeys `one` and `two`.
fn with_two_passkeys(store: &mut Subject) {
    ann(store);
    for id in ["one", "two"] {
        let seen = seen(store, "ann");
        store.add_passkey(seen, passkey(id), 100).expect("added");
    }
}

fn a_challenge_is_used_up_by_whatever_has_signed_it_first(mut store: Subject) {
    with_two_passkeys(&mut store);
    let used = store.use_passkey(assertion("one", 1, 1), 200);
    assert_eq!(used, Ok(PasskeyUse::Done));
    for (id, count) in [("one", 2), ("two", 1), ("one", 0), ("none", 1)] {
        let used = store.use_passkey(assertion(id, count, 1), 200);
        assert_eq!(used, Ok(PasskeyUse::Spent), "{id} {count}");
    }
    let all = store.passkeys("id-of-ann".into()).expect("an answer");
    let counts: Vec<_> = all.iter().map(|one| one.sign_count).collect();
    assert_eq!(counts, [1, 0], "what came late counts nothing");
    // Elsewhere the same value is another.
    let spent = store.spend("attempt".into(), digest(1), 200, 300);
    assert_eq!(spent, Ok(true));
    let spent = store.spend("passkey".into(), digest(1), 200, 300);
    assert_eq!(spent, Ok(false));
}

/// A passkey that is kept in several devices counts nothing, so nothing but the challenge
/// tells one use from another.
fn of_many_at_once_one_uses_a_challenge(mut store: Subject) {
    with_two_passkeys(&mut store);
    let instances: Vec<Subject> = (0..4).map(|_| store.another()).collect();
    let threads: Vec<_> = (0..)
        .zip(instances)
        .map(|(number, mut store)| {
            std::thread::spawn(move || {
                let id = ["one", "two"][number % 2];
                let used = (1..=20).map(|challenge| {
                    let used = store.use_passkey(assertion(id, 0, challenge), 200);
                    usize::from(used.expect("an answer") == PasskeyUse::Done)
                });
                used.sum::<usize>()
            })
        })
        .collect();
    let used = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic"));
    assert_eq!(used.sum::<usize>(), 20);
    assert_eq!(store.count("auth_verifications"), 20);
}

fn a_session_begins_on_what_a_passkey_has_signed_once_and_counted(mut store: Subject) {
    with_two_passkeys(&mut store);
    let seen = seen(&mut store, "ann");
    for (token, (id, count, challenge, expected)) in (1..).zip([
        ("one", 0, 1, Ok(())),
        ("one", 0, 2, Ok(())),
        ("one", 5, 3, Ok(())),
        ("one", 5, 4, Err(Error::Conflict)),
        ("one", 4, 4, Err(Error::Conflict)),
        ("one", 0, 4, Err(Error::Conflict)),
        ("one", 6, 3, Err(Error::Conflict)),
        ("two", 1, 3, Err(Error::Conflict)),
        ("none", 1, 4, Err(Error::Conflict)),
        // What was refused used no challenge up, and counted nothing.
        ("one", 6, 4, Ok(())),
    ]) {
        let assertion = Assertion {
            backed_up: true,
            ..assertion(id, count, challenge)
        };
        let begun = store.begin(by_passkey(seen.clone(), assertion), session(token));
        assert_eq!(begun.map(drop), expected, "{id} {count} {challenge}");
        let live = store.resume(token, 200).expect("an answer");
        assert_eq!(live.is_some(), expected.is_ok(), "{id} {count} {challenge}");
    }
    let all = store.passkeys("id-of-ann".into()).expect("an answer");
    let kept: Vec<_> = all
        .iter()
        .map(|one| (one.sign_count, one.backed_up, one.last_used_at.is_some()))
        .collect();
    assert_eq!(kept, [(6, true, true), (0, false, false)]);
    assert_eq!(store.count("auth_verifications"), 4);
    assert_eq!(store.count("auth_sessions"), 4);
    // In a second step it is the same challenge, and the same counter.
    for (count, challenge, expected) in [
        (7, 4, PasskeyUse::Spent),
        (6, 5, PasskeyUse::Uncounted),
        (7, 5, PasskeyUse::Done),
    ] {
        let used = store.use_passkey(assertion("one", count, challenge), 200);
        assert_eq!(used, Ok(expected), "{count} {challenge}");
    }
    let begun = store.begin(by_passkey(seen, assertion("one", 8, 5)), session(20));
    assert_eq!(begun, Err(Error::Conflict));
}

/// A passkey that counts nothing is told by its challenge alone, and one that is copied by
/// its count alone.
fn of_many_at_once_one_begins_a_session_on_a_challenge_and_on_a_count(mut store: Subject) {
    with_two_passkeys(&mut store);
    let seen = seen(&mut store, "ann");
    let instances: Vec<Subject> = (0..4).map(|_| store.another()).collect();
    let threads: Vec<_> = (0..)
        .zip(instances)
        .map(|(number, mut store): (u8, Subject)| {
            let seen = seen.clone();
            std::thread::spawn(move || {
                let mut begin = |assertion, token| {
                    let sign_in = by_passkey(seen.clone(), assertion);
                    match store.begin(sign_in, session(token)) {
                        Ok(_) => 1,
                        Err(error) => {
                            assert_eq!(error, Error::Conflict);
                            0
                        }
                    }
                };
                (1..=20).fold((0, 0), |(challenges, counts), round| {
                    let token = 10 * round + number;
                    let same_challenge = assertion("one", 0, round);
                    let same_count = assertion("two", round.into(), 50 + token);
                    (
                        challenges + begin(same_challenge, token),
                        counts + begin(same_count, token + 5),
                    )
                })
            })
        })
        .collect();
    let begun = threads
        .into_iter()
        .map(|thread| thread.join().expect("no panic"));
    let begun = begun.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!(begun, (20, 20));
    assert_eq!(store.count("auth_sessions"), 40);
    assert_eq!(store.count("auth_verifications"), 40);
}

/// 1,023 bytes are the longest that authenticators may make: 1,364 characters.
fn a_passkey_of_the_longest_id_begins_sessions_as_any(mut store: Subject) {
    let (id, padded) = ("a".repeat(1364), format!("{} ", "a".repeat(1364)));
    let seen = ann(&mut store);
    store.add_passkey(seen, passkey(&id), 100).expect("added");
    let seen = self::seen(&mut store, "ann");
    let sign_in = by_passkey(seen, assertion(&id, 0, 1));
    store.begin(sign_in, session(1)).expect("a session");
    assert!(store.resume(1, 200).expect("an answer").is_some());
    // No other id is this one, and none is an error.
    for other in [padded.as_str(), "\u{e9}", ""] {
        assert_eq!(store.find_passkey(other.into()), Ok(None));
        let seen = self::seen(&mut store, "ann");
        assert!(store.remove_passkey(seen, other.into(), 300).is_err());
    }
    assert!(store.resume(1, 200).expect("an answer").is_some());
    let seen = self::seen(&mut store, "ann");
    store.remove_passkey(seen, id, 300).expect("removed");
    assert_eq!(store.resume(1, 300), Ok(None));
}

fn a_passkey_begins_sessions_until_it_is_removed_and_they_go_with_it(mut store: Subject) {
    let seen = ann(&mut store);
    store.add_passkey(seen, passkey("one"), 100).expect("added");
    let begin = |store: &mut Subject, seen: Seen, id: &str, token| {
        store.begin(by_passkey(seen, assertion(id, 0, token)), session(token))
    };
    let seen = self::seen(&mut store, "ann");
    let begun = begin(&mut store, seen.clone(), "one", 1).expect("a session");
    assert_eq!(
        (begun.provider.as_str(), begun.user.id.as_str()),
        ("passkey", "id-of-ann")
    );
    assert_eq!(
        store
            .resume(1, 200)
            .expect("an answer")
            .expect("live")
            .provider,
        "passkey"
    );
    assert_eq!(
        begin(&mut store, seen, "two", 2),
        Err(Error::Conflict),
        "no such passkey"
    );
    store.with_session(&user("ann"), 3);
    let seen = self::seen(&mut store, "ann");
    store
        .remove_passkey(seen.clone(), "one".into(), 300)
        .expect("removed");
    assert_eq!(store.resume(1, 300), Ok(None));
    assert!(
        store.resume(3, 300).expect("an answer").is_some(),
        "by the password"
    );
    let now = self::seen(&mut store, "ann");
    assert_eq!(
        begin(&mut store, now.clone(), "one", 4),
        Err(Error::Conflict)
    );
    assert_eq!(
        store.remove_passkey(now, "one".into(), 300),
        Err(Error::Conflict),
        "gone"
    );
}

fn whatever_changes_a_factor_makes_what_was_seen_before_void(mut store: Subject) {
    let mut before = ann(&mut store);
    type Change = fn(&mut Subject, Seen) -> Result<(), Error>;
    let changes: [Change; 5] = [
        |store, seen| store.add_authenticator(seen, SECRET.to_vec(), 7, 100),
        |store, seen| store.set_recovery_codes(seen, codes(1), 100),
        |store, seen| store.add_passkey(seen, passkey("one"), 100),
        |store, seen| store.remove_authenticator(seen, 100),
        |store, seen| store.remove_passkey(seen, "one".into(), 100),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        change(&mut store, before.clone()).expect("as seen");
        assert_eq!(
            change(&mut store, before.clone()),
            Err(Error::Conflict),
            "{number}"
        );
        let sign_in = SignIn::Password(PasswordSignIn {
            seen: before,
            hash: HASH.into(),
            new_hash: None,
        });
        let begun = store.begin(sign_in, session(9));
        assert_eq!(begun, Err(Error::Conflict), "{number}");
        before = seen(&mut store, "ann");
    }
}

fn recovery_codes_go_with_the_last_factor(mut store: Subject) {
    let seen = ann(&mut store);
    store
        .add_authenticator(seen, SECRET.to_vec(), 7, 100)
        .expect("an app");
    let seen = self::seen(&mut store, "ann");
    store
        .add_passkey(seen, passkey("one"), 100)
        .expect("a passkey");
    let seen = self::seen(&mut store, "ann");
    store
        .set_recovery_codes(seen, codes(1), 100)
        .expect("codes");
    let seen = self::seen(&mut store, "ann");
    store.remove_authenticator(seen, 100).expect("removed");
    assert_eq!(
        held(&mut store, "ann").recovery_codes,
        10,
        "a passkey is left"
    );
    let seen = self::seen(&mut store, "ann");
    store
        .remove_passkey(seen, "one".into(), 100)
        .expect("removed");
    assert_eq!(held(&mut store, "ann").recovery_codes, 0);
    let seen = self::seen(&mut store, "ann");
    assert_eq!(
        store.remove_authenticator(seen, 100),
        Err(Error::Conflict),
        "gone"
    );
}

fn a_user_has_twenty_passkeys_at_most(mut store: Subject) {
    ann(&mut store);
    for number in 0..20 {
        let seen = self::seen(&mut store, "ann");
        store
            .add_passkey(seen, passkey(&number.to_string()), 100)
            .expect("room");
    }
    let seen = self::seen(&mut store, "ann");
    assert_eq!(
        store.add_passkey(seen, passkey("20"), 100),
        Err(Error::Conflict)
    );
}

fn nobody_has_anothers(mut store: Subject) {
    let seen = ann(&mut store);
    store.with_user(&user("bob"));
    store
        .add_authenticator(seen, SECRET.to_vec(), 7, 100)
        .expect("an app");
    let seen = self::seen(&mut store, "ann");
    store
        .set_recovery_codes(seen, codes(1), 100)
        .expect("codes");
    let seen = self::seen(&mut store, "ann");
    store
        .add_passkey(seen, passkey("one"), 100)
        .expect("a passkey");
    let bob = held(&mut store, "bob");
    assert!(bob.authenticator.is_none() && bob.recovery_codes == 0 && bob.passkeys == 0);
    let id = || "id-of-bob".to_owned();
    assert_eq!(store.use_authenticator(id(), 9), Ok(false));
    assert_eq!(store.use_recovery_code(id(), digest(1)), Ok(false));
    assert_eq!(
        store.rename_passkey(id(), "one".into(), "x".into()),
        Ok(false)
    );
    assert_eq!(
        store.remove_authenticator(bob.seen.clone(), 100),
        Err(Error::Conflict)
    );
    assert_eq!(
        store.remove_passkey(bob.seen.clone(), "one".into(), 100),
        Err(Error::Conflict)
    );
    let sign_in = by_passkey(bob.seen, assertion("one", 1, 1));
    assert_eq!(store.begin(sign_in, session(1)), Err(Error::Conflict));
    assert_eq!(store.find_factors("id-of-nobody".into()), Ok(None));
}

fn another_key_seals_anew_when_a_code_is_used(mut store: Subject) {
    let seen = ann(&mut store);
    store
        .add_authenticator(seen, SECRET.to_vec(), 7, 100)
        .expect("an app");
    const OTHER: &str = "k2:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE";
    let with_keys = |keys: &str, store: &Subject| -> Subject {
        Subject::with_keys(store.database().clone(), keys).in_place_of(store)
    };
    let secret = |store: &mut Subject| held(store, "ann").authenticator.expect("there").secret;
    assert_eq!(
        secret(&mut with_keys(OTHER, &store)),
        None,
        "sealed by the old key"
    );
    let both = format!("{OTHER},{KEYS}");
    let mut rotated = with_keys(&both, &store);
    assert_eq!(secret(&mut rotated).as_deref(), Some(SECRET));
    assert_eq!(rotated.use_authenticator("id-of-ann".into(), 8), Ok(true));
    assert_eq!(
        secret(&mut with_keys(OTHER, &store)).as_deref(),
        Some(SECRET)
    );
}

fn all_go_by_the_operators_hand_and_nobody_elses_do(mut store: Subject) {
    for name in ["ann", "bob"] {
        store.with_user(&user(name));
        let before = seen(&mut store, name);
        let secret = SECRET.to_vec();
        store
            .add_authenticator(before, secret, 7, 100)
            .expect("app");
        let before = seen(&mut store, name);
        let key = passkey(&format!("key-of-{name}"));
        store.add_passkey(before, key, 100).expect("passkey");
        let before = seen(&mut store, name);
        let from = if name == "ann" { 1 } else { 21 };
        store
            .set_recovery_codes(before, codes(from), 100)
            .expect("codes");
    }
    let id = || "id-of-ann".to_owned();
    store.with_session(&user("ann"), 51);
    store.with_session(&user("bob"), 52);
    let before = held(&mut store, "ann").seen;
    assert_eq!(store.reset_factors(id(), 200), Ok(true));
    // Whoever has found the phone may have signed in by it.
    for (token, lives) in [(51, false), (52, true)] {
        let found = store.resume(token, 200).expect("an answer");
        assert_eq!(found.is_some(), lives, "{token}");
    }
    assert_eq!(store.reset_factors(id(), 200), Ok(false), "none is left");
    assert_eq!(store.reset_factors("nobody".into(), 200), Ok(false));
    let after = held(&mut store, "ann");
    assert!(after.authenticator.is_none());
    assert_eq!((after.passkeys, after.recovery_codes), (0, 0));
    let late = store.set_recovery_codes(before, codes(1), 200);
    assert_eq!(late, Err(Error::Conflict), "what was seen is void");
    let other = held(&mut store, "bob");
    assert!(other.authenticator.is_some());
    assert_eq!((other.passkeys, other.recovery_codes), (1, 10));
}
