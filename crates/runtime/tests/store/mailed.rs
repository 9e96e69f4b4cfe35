//! What does the use of a mailed link change? All that it is for or nothing, and of many
//! uses of one link one.

use super::{
    Database, HASH, Subject, digest, identity,
    links::link,
    on_both_engines_in_every_place,
    own_account::holder,
    owner_of,
    ports::{
        accounts::Seen,
        links::{Link, Purpose},
        own_account::EmailChange,
        session_writer::{MailedReclaim, MailedRegistration, MailedSignIn, OtherWays, SignIn},
        types::{Error, User},
    },
    proved, session, user,
};

on_both_engines_in_every_place! {
    a_used_link_proves_the_address_and_begins_a_session
    every_use_of_a_link_is_its_last
    of_many_uses_of_one_link_at_once_one_has_an_effect
    a_link_that_is_not_good_changes_nothing
    a_reset_replaces_the_password_and_ends_every_session
    a_user_without_a_password_gets_one_by_a_reset
    what_nobody_had_proved_is_dropped_with_every_session
    a_new_user_by_a_link_has_proved_the_address
    a_squatter_loses_the_address_and_the_sessions_to_a_link
    an_address_changes_with_the_links_that_were_mailed_to_it
    whoever_takes_an_address_back_puts_out_who_took_it
    an_address_changes_in_a_session_of_the_users_alone
    an_address_that_somebody_has_is_nobody_elses
    a_mailbox_that_was_proved_vouches_as_a_provider_does
}

fn keep(store: &mut Subject, token: u8, email: &str) {
    let link = Link {
        email: email.into(),
        ..link(token)
    };
    store.keep_link(link).expect("kept");
}

fn mailed(seen: Seen, token: u8, whose: &User, hash: Option<&str>, others: OtherWays) -> SignIn {
    SignIn::Mailed(MailedSignIn {
        seen,
        link: digest(token),
        email: whose.email.clone(),
        new_hash: hash.map(str::to_owned),
        others,
    })
}

/// A personal access token of this user's.
fn with_access_token(store: &Subject, user_id: &str) {
    let digest = match store.database() {
        Database::Postgres(_) => format!("'\\x{}'", "07".repeat(32)),
        Database::MySql(_) | Database::Sqlite(_) => format!("x'{}'", "07".repeat(32)),
    };
    store.execute(&format!(
        "INSERT INTO auth_access_tokens (token_digest, id, user_id, name, audience, scopes, \
         created_at, expires_at) VALUES ({digest}, 't', '{user_id}', 'n', 'https://app.example', \
         '*', 100, 1000)"
    ));
    assert_eq!(store.count("auth_access_tokens"), 1);
}

fn rows(store: &Subject) -> (Vec<u64>, Option<String>) {
    let tables = ["auth_users", "auth_accounts", "auth_sessions", "auth_links"];
    let sums = "SELECT SUM(revision) || '-' || SUM(sessions_begun) || '-' || MAX(email) \
                FROM auth_users";
    let counts = tables.map(|table| store.count(table)).into();
    (counts, store.value(sums))
}

fn a_used_link_proves_the_address_and_begins_a_session(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    keep(&mut store, 50, &ann.email);
    let seen = store.seen(&ann).expect("an answer");
    let begun = store
        .begin(mailed(seen, 50, &ann, None, OtherWays::Keep), session(2))
        .expect("a session");
    assert!(begun.user.email_verified && begun.provider == "email");
    let found = store.resume(2, 200).expect("an answer");
    assert_eq!(format!("{:?}", Some(begun)), format!("{found:?}"));
    assert!(store.resume(1, 200).expect("an answer").is_some());
    let after = store.found(&ann.email).expect("a user");
    assert!(after.user.email_verified);
    assert_eq!(store.sign_in(&ann, session(3)).map(drop), Ok(()));
}

/// Each case begins a session once, and changes nothing when it is done again.
fn every_use_of_a_link_is_its_last(mut store: Subject) {
    let (ann, bob, cat) = (user("ann"), user("bob"), user("cat"));
    store.with_user(&ann);
    store.with_user(&bob);
    let mut token = 0;
    let mut once =
        |store: &mut Subject, email: &str, use_of: &mut dyn FnMut(&mut Subject) -> SignIn| {
            token += 2;
            keep(store, 50, email);
            let first = use_of(store);
            store.begin(first, session(token)).expect("a session");
            let before = rows(store);
            // As whoever looked again would.
            let second = use_of(store);
            let again = store.begin(second, session(token + 1));
            assert!(matches!(again, Err(Error::Conflict)), "{email}: {again:?}");
            assert_eq!(rows(store), before, "{email}");
        };
    for others in [OtherWays::Keep, OtherWays::EndSessions, OtherWays::Drop] {
        once(&mut store, &ann.email, &mut |store| {
            let seen = store.seen(&ann).expect("an answer");
            mailed(seen, 50, &ann, Some("new"), others)
        });
    }
    let new = User {
        email: "dan@example.com".into(),
        ..owner_of(&cat)
    };
    let mut id = 0;
    once(&mut store, "dan@example.com", &mut |_| {
        id += 1;
        let user = User {
            id: format!("dan-{id}"),
            ..new.clone()
        };
        SignIn::MailedRegistration(MailedRegistration {
            link: digest(50),
            user,
            hash: None,
        })
    });
    once(&mut store, &bob.email, &mut |store| {
        id += 1;
        let user = User {
            id: format!("bob-{id}"),
            ..owner_of(&bob)
        };
        SignIn::MailedReclaim(MailedReclaim {
            link: digest(50),
            seen: store.seen(&bob).expect("an answer"),
            user,
            hash: None,
        })
    });
    store.with_session(&ann, 60);
    keep(&mut store, 50, "new@example.com");
    change(&mut store, &ann, 60, "new@example.com", 61).expect("changed");
    let before = rows(&store);
    let again = change(&mut store, &ann, 61, "new@example.com", 62);
    assert_eq!(again, Err(Error::Conflict));
    assert_eq!(rows(&store), before);
    keep(&mut store, 50, &ann.email);
    take_back(&mut store, &ann, &ann.email).expect("taken back");
    let before = rows(&store);
    let again = take_back(&mut store, &ann, &ann.email);
    assert_eq!(again, Err(Error::Conflict));
    assert_eq!(rows(&store), before);
}

/// Each of them looks just before, as callers do, and once more where it is told to.
fn of_many_uses_of_one_link_at_once_one_has_an_effect(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let new = User {
        email: "dan@example.com".into(),
        ..owner_of(&ann)
    };
    for round in 0..6 {
        let is_new = round % 2 == 1;
        let email = match is_new {
            true => format!("dan-{round}@example.com"),
            false => ann.email.clone(),
        };
        keep(&mut store, 50, &email);
        let winners: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|number| {
                    let (mut another, ann, new, email) =
                        (store.another(), ann.clone(), new.clone(), email.clone());
                    scope.spawn(move || {
                        let wins = (0..3).filter(|_| {
                            let seen = another.seen(&ann).expect("an answer");
                            let sign_in = match is_new {
                                false => {
                                    mailed(seen, 50, &ann, Some("new"), OtherWays::EndSessions)
                                }
                                true => SignIn::MailedRegistration(MailedRegistration {
                                    link: digest(50),
                                    user: User {
                                        id: format!("dan-{round}-{number}"),
                                        email: email.clone(),
                                        ..new.clone()
                                    },
                                    hash: Some("h".into()),
                                }),
                            };
                            another
                                .begin(sign_in, super::ways_in::some_session())
                                .is_ok()
                        });
                        wins.count()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .sum()
        });
        assert_eq!(winners, 1, "round {round}");
        assert_eq!(store.count("auth_links"), 0, "round {round}");
    }
    assert_eq!(store.count("auth_users"), 4);
}

fn a_link_that_is_not_good_changes_nothing(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    let before_a_session = store.seen(&ann).expect("an answer");
    store.with_session(&ann, 1);
    keep(&mut store, 50, &ann.email);
    keep(&mut store, 51, &bob.email);
    let late = Link {
        purpose: Purpose::ResetPassword,
        expires_at: 100,
        ..link(52)
    };
    store.keep_link(late).expect("kept");
    let seen = store.seen(&ann).expect("an answer");
    let old = Seen {
        revision: seen.revision + 1,
        ..seen.clone()
    };
    let before = rows(&store);
    let dan = User {
        id: "dan".into(),
        email: "dan@example.com".into(),
        ..user("dan")
    };
    let register = |token, user: &User| {
        SignIn::MailedRegistration(MailedRegistration {
            link: digest(token),
            user: user.clone(),
            hash: None,
        })
    };
    let reclaim = |seen: &Seen, token| {
        SignIn::MailedReclaim(MailedReclaim {
            link: digest(token),
            seen: seen.clone(),
            user: owner_of(&ann),
            hash: None,
        })
    };
    for (case, sign_in) in [
        (
            "nobody's",
            mailed(seen.clone(), 60, &ann, None, OtherWays::Keep),
        ),
        (
            "another's",
            mailed(seen.clone(), 51, &ann, None, OtherWays::Keep),
        ),
        (
            "expired",
            mailed(seen.clone(), 52, &ann, None, OtherWays::Keep),
        ),
        (
            "seen otherwise",
            mailed(old, 50, &ann, None, OtherWays::Keep),
        ),
        (
            "a session has begun",
            mailed(before_a_session.clone(), 50, &ann, None, OtherWays::Drop),
        ),
        ("mailed to another", register(51, &dan)),
        (
            "taken",
            register(
                50,
                &User {
                    email: ann.email.clone(),
                    ..dan.clone()
                },
            ),
        ),
        ("reclaimed by another's", reclaim(&seen, 51)),
        (
            "reclaimed, and a session has begun",
            reclaim(&before_a_session, 50),
        ),
    ] {
        let refused = store.begin(sign_in, session(9));
        assert!(
            matches!(refused, Err(Error::Conflict)),
            "{case}: {refused:?}"
        );
        assert_eq!(rows(&store), before, "{case}");
    }
    assert_eq!(
        store
            .begin(mailed(seen, 50, &ann, None, OtherWays::Keep), session(9))
            .map(drop),
        Ok(())
    );
}

fn a_reset_replaces_the_password_and_ends_every_session(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    store.with_session(&ann, 2);
    with_access_token(&store, &ann.id);
    keep(&mut store, 50, &ann.email);
    let seen = store.seen(&ann).expect("an answer");
    store
        .begin(
            mailed(seen, 50, &ann, Some("new"), OtherWays::EndSessions),
            session(3),
        )
        .expect("a session");
    assert_eq!(store.count("auth_access_tokens"), 0);
    for (token, is_live) in [(1, false), (2, false), (3, true)] {
        let found = store.resume(token, 200).expect("an answer");
        assert_eq!(found.is_some(), is_live, "{token}");
    }
    let found = store.find_password(ann.email.clone()).expect("an answer");
    assert_eq!(found.expect("a password").hash, "new");
}

fn a_user_without_a_password_gets_one_by_a_reset(mut store: Subject) {
    let cat = proved("cat");
    store
        .register_linked(cat.clone(), identity("acme", "cat"))
        .expect("a user");
    keep(&mut store, 50, &cat.email);
    let seen = store.seen(&cat).expect("an answer");
    store
        .begin(
            mailed(seen, 50, &cat, Some("new"), OtherWays::EndSessions),
            session(1),
        )
        .expect("a session");
    let found = store.find_password(cat.email.clone()).expect("an answer");
    assert_eq!(found.expect("a password").hash, "new");
    let linked = store
        .find_linked(identity("acme", "cat"))
        .expect("an answer");
    assert!(linked.is_some(), "the other way in stays");
}

fn what_nobody_had_proved_is_dropped_with_every_session(mut store: Subject) {
    for (round, hash) in [(0, None), (1, Some("new"))] {
        let eve = user(&format!("eve{round}"));
        let account = identity("acme", &format!("eve{round}"));
        store.with_user(&eve);
        store.execute(&format!(
            "INSERT INTO auth_accounts (issuer, subject, provider, user_id, created_at, updated_at) \
             VALUES ('https://acme.example', 'eve{round}', 'acme', '{}', 1, 1)",
            eve.id
        ));
        store.with_linked_session(account.clone(), 1 + round * 10);
        with_access_token(&store, &eve.id);
        keep(&mut store, 50, &eve.email);
        let seen = store.seen(&eve).expect("an answer");
        store
            .begin(
                mailed(seen, 50, &eve, hash, OtherWays::Drop),
                session(2 + round * 10),
            )
            .expect("a session");
        assert!(
            store
                .resume(1 + round * 10, 200)
                .expect("an answer")
                .is_none()
        );
        assert!(store.find_linked(account).expect("an answer").is_none());
        let password = store.find_password(eve.email.clone()).expect("an answer");
        assert_eq!(password.map(|found| found.hash).as_deref(), hash);
        let found = store.found(&eve.email).expect("a user");
        assert!(found.user.id == eve.id && found.user.email_verified);
        assert_eq!(store.count("auth_access_tokens"), 0);
    }
}

fn a_new_user_by_a_link_has_proved_the_address(mut store: Subject) {
    for (token, hash) in [(1, None), (2, Some(HASH))] {
        let dan = User {
            email_verified: true,
            ..user(&format!("dan{token}"))
        };
        keep(&mut store, 50, &dan.email);
        let registration = MailedRegistration {
            link: digest(50),
            user: dan.clone(),
            hash: hash.map(str::to_owned),
        };
        let begun = store
            .begin(SignIn::MailedRegistration(registration), session(token))
            .expect("a session");
        assert_eq!(format!("{:?}", begun.user), format!("{dan:?}"));
        let password = store.find_password(dan.email.clone()).expect("an answer");
        assert_eq!(password.map(|found| found.hash).as_deref(), hash);
    }
}

fn a_squatter_loses_the_address_and_the_sessions_to_a_link(mut store: Subject) {
    let eve = user("ann");
    store.with_user(&eve);
    store.with_session(&eve, 1);
    keep(&mut store, 50, &eve.email);
    let reclaim = MailedReclaim {
        link: digest(50),
        seen: store.seen(&eve).expect("an answer"),
        user: owner_of(&eve),
        hash: Some("new".into()),
    };
    let begun = store
        .begin(SignIn::MailedReclaim(reclaim), session(2))
        .expect("a session");
    assert_eq!(begun.user.id, owner_of(&eve).id);
    assert!(store.resume(1, 200).expect("an answer").is_none());
    let found = store.find_password(eve.email.clone()).expect("an answer");
    let found = found.expect("the owner's password");
    assert_eq!(
        (found.user.id, found.hash),
        (owner_of(&eve).id, "new".to_owned())
    );
    assert_eq!(store.count("auth_users"), 2);
}

/// What a link with the digest of 50 does to a user, as they are now.
fn email_change(store: &mut Subject, user: &User, after: &str) -> (Seen, EmailChange) {
    let now = store.profile(user.id.clone()).expect("an answer");
    let now = now.expect("a user");
    let change = EmailChange {
        link: digest(50),
        before: now.user.email,
        after: after.into(),
    };
    (now.seen, change)
}

/// In a session that goes on under another token.
fn change(
    store: &mut Subject,
    user: &User,
    session: u8,
    after: &str,
    token: u8,
) -> Result<(), Error> {
    let (seen, change) = email_change(store, user, after);
    store.change_email(holder(user, session), seen, change, digest(token), 200)
}

fn take_back(store: &mut Subject, user: &User, after: &str) -> Result<(), Error> {
    let (seen, change) = email_change(store, user, after);
    store.take_back_email(seen, change, 200)
}

fn an_address_changes_with_the_links_that_were_mailed_to_it(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    store.with_session(&ann, 2);
    keep(&mut store, 49, &ann.email);
    keep(&mut store, 48, "earlier@example.com");
    with_access_token(&store, &ann.id);
    let before = store.resume(1, 200).expect("an answer").expect("a session");

    keep(&mut store, 50, "new@example.com");
    change(&mut store, &ann, 1, "new@example.com", 3).expect("changed");
    let found = store.found("new@example.com").expect("a user");
    assert!(found.user.id == ann.id && found.user.email_verified);
    assert!(store.found(&ann.email).is_none());
    assert!(store.resume(1, 200).expect("an answer").is_none());
    assert!(store.resume(2, 200).expect("an answer").is_some());
    // A letter is no sign-in: the session is what it was, for as long.
    let after = store.resume(3, 200).expect("an answer").expect("a session");
    assert_eq!(
        (
            &after.provider,
            &after.amr,
            after.auth_time,
            after.expires_at
        ),
        (
            &before.provider,
            &before.amr,
            before.auth_time,
            before.expires_at
        )
    );
    assert_eq!(store.count("auth_access_tokens"), 1);
    let good = [49, 48].map(|token| store.find_link(digest(token), 200).expect("an answer"));
    assert!(good[0].is_none() && good[1].is_some());

    keep(&mut store, 50, &ann.email);
    take_back(&mut store, &ann, &ann.email).expect("taken back");
    assert!(store.found(&ann.email).expect("a user").user.email_verified);
    for token in [2, 3] {
        assert!(store.resume(token, 200).expect("an answer").is_none());
    }
    assert_eq!(store.count("auth_access_tokens"), 0);
    assert!(
        store
            .find_link(digest(48), 200)
            .expect("an answer")
            .is_some()
    );
}

fn an_address_changes_in_a_session_of_the_users_alone(mut store: Subject) {
    let (ann, bob) = (proved("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    store.with_session(&ann, 1);
    store.with_session(&bob, 2);
    keep(&mut store, 50, "new@example.com");
    for session in [2, 7] {
        let refused = change(&mut store, &ann, session, "new@example.com", 3);
        assert_eq!(refused, Err(Error::Conflict), "{session}");
    }
    let (seen, said) = email_change(&mut store, &ann, "new@example.com");
    store.end(digest(1)).expect("ended");
    let refused = store.change_email(holder(&ann, 1), seen, said, digest(3), 200);
    assert_eq!(refused, Err(Error::Conflict), "it ended meanwhile");
    assert!(store.found(&ann.email).is_some());
    assert!(
        store
            .find_link(digest(50), 200)
            .expect("an answer")
            .is_some()
    );
}

/// Somebody had Ann's account for a while: changed its address twice, added ways in, and asked
/// for its end.
fn whoever_takes_an_address_back_puts_out_who_took_it(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    with_access_token(&store, &ann.id);
    let (changed, id) = (200_000, &ann.id);
    let ways = |store: &Subject, which: &str, at: u64| {
        store.execute(&format!(
            "INSERT INTO auth_passkeys (credential_id, user_id, public_key, sign_count, \
             backup_eligible, backed_up, transports, name, created_at, last_used_at) VALUES \
             ('{which}', '{id}', 'k', 0, TRUE, TRUE, '', 'n', {at}, NULL); \
             INSERT INTO auth_accounts (issuer, subject, provider, user_id, created_at, \
             updated_at) VALUES ('https://acme.example', '{which}', 'acme', '{id}', {at}, {at})"
        ));
    };
    ways(&store, "own", 100_000);
    ways(&store, "taken", 199_000);
    store.execute(&format!(
        "INSERT INTO auth_authenticators (user_id, sealed_secret, last_step, created_at) \
         VALUES ('{id}', 's', 1, 199000); \
         UPDATE auth_users SET leaves_at = 900000, email = 'thief@example.com' WHERE id = '{id}'"
    ));
    for (token, to, created_at) in [
        (48, "older@example.com", 100),
        (50, ann.email.as_str(), changed),
        (51, "first-of-thief@example.com", changed + 1),
    ] {
        let undo = Link {
            purpose: Purpose::UndoChange,
            email: to.into(),
            user_id: Some(id.clone()),
            created_at,
            expires_at: 900_000,
            ..link(token)
        };
        store.keep_link(undo).expect("kept");
    }
    take_back(&mut store, &ann, &ann.email).expect("taken back");
    assert_eq!(store.found(&ann.email).expect("a user").user.id, ann.id);
    assert!(store.resume(1, 200).expect("an answer").is_none());
    for (table, left) in [
        ("auth_access_tokens", 0),
        ("auth_authenticators", 0),
        ("auth_passkeys", 1),
    ] {
        assert_eq!(store.count(table), left, "{table}");
    }
    let own = "SELECT MIN(credential_id) FROM auth_passkeys";
    assert_eq!(store.value(own).as_deref(), Some("own"));
    let linked = "SELECT MAX(subject) FROM auth_accounts WHERE provider = 'acme'";
    assert_eq!(store.value(linked).as_deref(), Some("own"));
    let leaving = "SELECT COUNT(*) FROM auth_users WHERE leaves_at IS NOT NULL";
    assert_eq!(store.value(leaving).as_deref(), Some("0"));
    let good = [48, 50, 51].map(|token| store.find_link(digest(token), 200).expect("an answer"));
    assert!(good[0].is_some(), "what undoes an earlier change");
    assert!(good[1].is_none() && good[2].is_none());
}

fn an_address_that_somebody_has_is_nobody_elses(mut store: Subject) {
    let (ann, bob) = (proved("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    keep(&mut store, 50, &bob.email);
    store.with_session(&ann, 1);
    let before = rows(&store);
    let refused = change(&mut store, &ann, 1, &bob.email, 2);
    assert_eq!(refused, Err(Error::Conflict));
    let refused = take_back(&mut store, &ann, &bob.email);
    assert_eq!(refused, Err(Error::Conflict));
    assert_eq!(rows(&store), before);
}

/// Who has proved a mailbox here is not unproved by what a provider says later, and has
/// another way in beside that provider's account.
fn a_mailbox_that_was_proved_vouches_as_a_provider_does(mut store: Subject) {
    let cat = proved("cat");
    store
        .register_linked(cat.clone(), identity("acme", "cat"))
        .expect("a user");
    let linked = |store: &mut Subject| {
        let found = store.find_linked(identity("acme", "cat"));
        found.expect("an answer").expect("a user")
    };
    let before = linked(&mut store);
    assert!(before.sole && !before.vouched_elsewhere);
    keep(&mut store, 50, &cat.email);
    let seen = store.seen(&cat).expect("an answer");
    store
        .begin(mailed(seen, 50, &cat, None, OtherWays::Keep), session(1))
        .expect("a session");
    let after = linked(&mut store);
    assert!(!after.sole && after.vouched_elsewhere);
}
