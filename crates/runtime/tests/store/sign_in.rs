//! On what does a session begin, and what changes with it? Whatever was decided, the
//! store does it only where what was seen still holds, and all of it or nothing.

use super::{
    HASH, Subject, digest, identity, on_both_engines_in_every_place, owner_of,
    ports::{
        accounts::Seen,
        session_writer::{
            Link, LinkedRegistration, LinkedSignIn, PasswordRegistration, PasswordSignIn, Reclaim,
            SignIn,
        },
        types::{Error, User},
    },
    proved, session, user,
};

on_both_engines_in_every_place! {
    each_sign_in_begins_one_session_and_answers_it
    what_was_seen_no_longer_holds_and_nothing_changes
    a_session_begins_only_on_the_hash_that_was_checked
    a_hash_is_replaced_with_the_sign_in_that_checked_it
    a_name_follows_the_provider
    an_account_from_before_gets_its_issuer_when_it_signs_in
    an_account_from_before_gives_way_to_one_with_its_issuer
    a_sign_in_that_fails_halfway_leaves_nothing
}

fn linked(seen: Seen, provider: &str, subject: &str) -> LinkedSignIn {
    LinkedSignIn {
        seen,
        identity: identity(provider, subject),
        name: None,
        word: None,
    }
}

fn password(seen: Seen, hash: &str, new_hash: Option<&str>) -> SignIn {
    SignIn::Password(PasswordSignIn {
        seen,
        hash: hash.into(),
        new_hash: new_hash.map(str::to_owned),
    })
}

fn each_sign_in_begins_one_session_and_answers_it(mut store: Subject) {
    let (ann, bob, cat) = (user("ann"), proved("bob"), user("cat"));
    let registration = |user: &User| PasswordRegistration {
        user: user.clone(),
        hash: HASH.into(),
    };
    let mut token = 0;
    let mut begins = |store: &mut Subject, sign_in, whose: &User, provider: &str| {
        token += 1;
        let begun = store.begin(sign_in, session(token)).expect("a session");
        let found = store
            .resume(token, 200)
            .expect("an answer")
            .expect("a session");
        assert_eq!(format!("{begun:?}"), format!("{found:?}"));
        assert_eq!(
            (begun.user.id.as_str(), begun.provider.as_str()),
            (&*whose.id, provider)
        );
        assert_eq!(store.count("auth_sessions"), u64::from(token));
        begun
    };
    begins(
        &mut store,
        SignIn::PasswordRegistration(registration(&ann)),
        &ann,
        "password",
    );
    begins(
        &mut store,
        SignIn::PasswordRegistration(registration(&bob)),
        &bob,
        "password",
    );
    let new = LinkedRegistration {
        user: cat.clone(),
        identity: identity("acme", "cat"),
    };
    begins(&mut store, SignIn::LinkedRegistration(new), &cat, "acme");

    let seen = store.seen(&ann).expect("an answer");
    begins(&mut store, password(seen, HASH, None), &ann, "password");
    let seen = store.seen(&cat).expect("an answer");
    begins(
        &mut store,
        SignIn::Linked(linked(seen, "acme", "cat")),
        &cat,
        "acme",
    );
    let link = Link {
        seen: store.seen(&bob).expect("an answer"),
        identity: identity("google", "bob"),
        vouched_email: bob.email.clone(),
    };
    begins(&mut store, SignIn::Link(link), &bob, "google");
    let seen = store.seen(&ann).expect("an answer");
    let reclaim = Reclaim {
        seen,
        user: owner_of(&ann),
        identity: identity("google", "ann"),
    };
    // Two sessions go, this one begins.
    let begun = store
        .begin(SignIn::Reclaim(reclaim), session(9))
        .expect("a session");
    assert_eq!(begun.user.name, "Owner");
    assert_eq!(store.count("auth_sessions"), 5);
    assert_eq!(
        (store.count("auth_users"), store.count("auth_accounts")),
        (4, 5)
    );
}

/// Every decision, on a state that is one change behind.
fn what_was_seen_no_longer_holds_and_nothing_changes(mut store: Subject) {
    let (ann, bob) = (user("ann"), proved("bob"));
    store.with_user(&ann);
    store
        .register_linked(bob.clone(), identity("acme", "bob"))
        .expect("a user");
    let ann_before = store.seen(&ann).expect("an answer");
    let bob_before = store.seen(&bob).expect("an answer");
    store
        .reclaim(&ann, identity("google", "ann"))
        .expect("reclaimed");
    store.link(&bob, identity("google", "bob")).expect("a link");
    let nobody = Seen {
        user_id: "nobody".into(),
        ..bob_before.clone()
    };
    let ann_now = store.seen(&ann).expect("an answer");
    let bob_now = store.seen(&bob).expect("an answer");
    let registration = |email: &User| PasswordRegistration {
        user: User {
            email: email.email.clone(),
            ..user("new")
        },
        hash: HASH.into(),
    };
    let linked_registration = |whose: User, subject: &str| {
        SignIn::LinkedRegistration(LinkedRegistration {
            user: whose,
            identity: identity("google", subject),
        })
    };
    let link = |seen: &Seen, subject: &str| {
        SignIn::Link(Link {
            seen: seen.clone(),
            identity: identity("github", subject),
            vouched_email: bob.email.clone(),
        })
    };
    let reclaim = |seen: &Seen, whose: &User| {
        SignIn::Reclaim(Reclaim {
            seen: seen.clone(),
            user: User {
                id: "x".into(),
                ..owner_of(whose)
            },
            identity: identity("github", "x"),
        })
    };
    let rows = |store: &Subject| {
        let tables = ["auth_users", "auth_accounts", "auth_sessions"];
        let counts = tables.map(|table| store.count(table));
        let sums = "SELECT SUM(revision) || '-' || SUM(sessions_begun) || '-' || MAX(name) \
                    FROM auth_users";
        (counts, store.value(sums))
    };
    let before = rows(&store);
    let cases = [
        (
            "the email is taken",
            SignIn::PasswordRegistration(registration(&ann)),
        ),
        (
            "and so for an account",
            linked_registration(
                User {
                    id: "n".into(),
                    ..ann.clone()
                },
                "new",
            ),
        ),
        (
            "the account is taken",
            linked_registration(user("new"), "bob"),
        ),
        (
            "the password is gone",
            password(ann_before.clone(), HASH, None),
        ),
        (
            "and was, looked at again",
            password(ann_now.clone(), HASH, None),
        ),
        (
            "a new hash makes no difference",
            password(ann_before.clone(), HASH, Some("$new")),
        ),
        (
            "a way in came",
            SignIn::Linked(linked(bob_before.clone(), "acme", "bob")),
        ),
        (
            "another's account",
            SignIn::Linked(linked(bob_now.clone(), "google", "ann")),
        ),
        (
            "nobody's account",
            SignIn::Linked(linked(bob_now.clone(), "acme", "x")),
        ),
        (
            "nobody",
            SignIn::Linked(linked(nobody.clone(), "acme", "bob")),
        ),
        ("a way in came before the link", link(&bob_before, "bob")),
        ("nobody to link to", link(&nobody, "bob")),
        (
            "the account is linked",
            SignIn::Link(Link {
                seen: bob_now.clone(),
                identity: identity("google", "ann"),
                vouched_email: bob.email.clone(),
            }),
        ),
        (
            "another address than the user's",
            SignIn::Link(Link {
                seen: bob_now.clone(),
                identity: identity("github", "bob"),
                vouched_email: "other@example.com".into(),
            }),
        ),
        ("the email is proved by now", reclaim(&ann_before, &ann)),
        ("and was, looked at again", reclaim(&ann_now, &ann)),
        ("nobody to reclaim from", reclaim(&nobody, &ann)),
    ];
    for (why, sign_in) in cases {
        let begun = store.begin(sign_in, session(9));
        assert!(matches!(begun, Err(Error::Conflict)), "{why}: {begun:?}");
        assert_eq!(rows(&store), before, "{why}");
        assert!(store.resume(9, 200).expect("an answer").is_none(), "{why}");
    }

    // A session that has begun since is of a reclaim's interest alone.
    let cat = user("cat");
    store.with_user(&cat);
    let seen = store.seen(&cat).expect("an answer");
    store.with_session(&cat, 1);
    let refused = store.begin(reclaim(&seen, &cat), session(9));
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    assert!(store.resume(1, 200).expect("an answer").is_some());
    store
        .begin(password(seen, HASH, None), session(2))
        .expect("a session");

    // To an email that nobody has proved, nothing is linked.
    let link = Link {
        seen: store.seen(&cat).expect("an answer"),
        identity: identity("github", "cat"),
        vouched_email: cat.email.clone(),
    };
    let refused = store.begin(SignIn::Link(link), session(9));
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
}

fn a_session_begins_only_on_the_hash_that_was_checked(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let seen = store.seen(&ann).expect("an answer");
    for hash in ["$other", "", "%"] {
        let refused = store.begin(password(seen.clone(), hash, None), session(9));
        assert!(matches!(refused, Err(Error::Conflict)), "{hash}");
        let refused = store.begin(password(seen.clone(), hash, Some("$x")), session(9));
        assert!(matches!(refused, Err(Error::Conflict)), "{hash}");
    }
    // Changed behind everybody's back, by somebody who leaves the revision alone.
    store.execute("UPDATE auth_accounts SET password_hash = '$changed'");
    let refused = store.begin(password(seen.clone(), HASH, None), session(9));
    assert!(matches!(refused, Err(Error::Conflict)));
    store
        .begin(password(seen, "$changed", None), session(1))
        .expect("the one that is there");
}

fn a_hash_is_replaced_with_the_sign_in_that_checked_it(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    let seen = store.seen(&ann).expect("an answer");
    store
        .begin(password(seen.clone(), HASH, Some("$new")), session(2))
        .expect("a session");
    let late = store.begin(password(seen, HASH, Some("$late")), session(3));
    assert!(matches!(late, Err(Error::Conflict)));
    let found = store
        .find_password(ann.email)
        .expect("an answer")
        .expect("a user");
    assert_eq!(found.hash, "$new");
    for token in [1, 2] {
        let found = store.resume(token, 200).expect("an answer");
        assert!(found.is_some(), "the same password still");
    }
}

fn a_name_follows_the_provider(mut store: Subject) {
    let ann = user("ann");
    store
        .register_linked(ann.clone(), identity("google", "g"))
        .expect("a user");
    for (name, expected) in [(Some("Ann Ä"), "Ann Ä"), (None, "Ann Ä"), (Some("A"), "A")] {
        let sign_in = LinkedSignIn {
            name: name.map(str::to_owned),
            ..linked(store.seen(&ann).expect("an answer"), "google", "g")
        };
        let session = super::ways_in::some_session();
        let begun = store
            .begin(SignIn::Linked(sign_in), session)
            .expect("a session");
        assert_eq!(begun.user.name, expected);
        assert_eq!(store.found(&ann.email).expect("a user").user.name, expected);
    }
}

fn insert_account_from_before(store: &Subject, subject: &str, user_id: &str) {
    store.execute(&format!(
        "INSERT INTO auth_accounts (issuer, subject, provider, user_id, created_at, updated_at) \
         VALUES ('provider:acme', '{subject}', 'acme', '{user_id}', 100, 100)"
    ));
}

fn an_account_from_before_gets_its_issuer_when_it_signs_in(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    insert_account_from_before(&store, "s", &ann.id);
    insert_account_from_before(&store, "other", &bob.id);
    let bytes = match store.database() {
        super::Database::Postgres(_) => {
            "'\\x0707070707070707070707070707070707070707070707070707070707070707'"
        }
        super::Database::MySql(_) | super::Database::Sqlite(_) => {
            "x'0707070707070707070707070707070707070707070707070707070707070707'"
        }
    };
    assert_eq!(digest(7).len(), 32);
    store.execute(&format!(
        "INSERT INTO auth_sessions (token_digest, user_id, issuer, subject, provider, amr, \
         authenticated_at, audience, created_at, expires_at, idle_expires_at) VALUES ({bytes}, \
         'id-of-ann', 'provider:acme', 's', 'acme', 'fed', 100, 'https://app.example', 100, 1000, 500)"
    ));

    let begun = store.sign_in_linked(identity("acme", "s"), session(1));
    assert_eq!(begun.expect("a session").user.id, ann.id);
    let count = |store: &Subject, what: &str| store.value(&format!("SELECT COUNT(*) FROM {what}"));
    let now = "issuer = 'https://acme.example' AND subject = 's'";
    assert_eq!(
        count(&store, &format!("auth_accounts WHERE {now}")).as_deref(),
        Some("1")
    );
    assert_eq!(
        count(&store, &format!("auth_sessions WHERE {now}")).as_deref(),
        Some("2")
    );
    let before = count(&store, "auth_accounts WHERE issuer = 'provider:acme'");
    assert_eq!(before.as_deref(), Some("1"), "bob's, who has not signed in");

    // From now on another provider by that name is another.
    let elsewhere = super::types::Identity {
        issuer: "https://elsewhere.example".into(),
        ..identity("acme", "s")
    };
    assert!(store.find_linked(elsewhere).expect("an answer").is_none());
    store
        .sign_in_linked(identity("acme", "s"), session(2))
        .expect("and again");
    assert_eq!(store.count("auth_accounts"), 4);
}

fn an_account_from_before_gives_way_to_one_with_its_issuer(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store
        .register_linked(ann.clone(), identity("acme", "s"))
        .expect("a user");
    store.with_user(&bob);
    insert_account_from_before(&store, "s", &bob.id);
    for token in [1, 2] {
        let begun = store.sign_in_linked(identity("acme", "s"), session(token));
        assert_eq!(begun.expect("a session").user.id, ann.id);
    }
    // The same where both are of one user: there is only one key to have.
    store.execute("DELETE FROM auth_accounts WHERE issuer = 'provider:acme'");
    insert_account_from_before(&store, "s", &ann.id);
    let begun = store.sign_in_linked(identity("acme", "s"), session(3));
    assert_eq!(begun.expect("a session").user.id, ann.id);
}

/// A token that is taken stands for whatever may go wrong with the last statement.
fn a_sign_in_that_fails_halfway_leaves_nothing(mut store: Subject) {
    let (ann, bob) = (user("ann"), proved("bob"));
    store.with_user(&ann);
    store
        .register_linked(bob.clone(), identity("acme", "bob"))
        .expect("a user");
    store.with_session(&ann, 1);
    let ann_seen = store.seen(&ann).expect("an answer");
    let bob_seen = store.seen(&bob).expect("an answer");
    let profile = LinkedSignIn {
        name: Some("X".into()),
        ..linked(bob_seen.clone(), "acme", "bob")
    };
    let sign_ins = [
        SignIn::PasswordRegistration(PasswordRegistration {
            user: user("new"),
            hash: HASH.into(),
        }),
        SignIn::LinkedRegistration(LinkedRegistration {
            user: user("new"),
            identity: identity("google", "new"),
        }),
        password(ann_seen.clone(), HASH, Some("$new")),
        SignIn::Linked(profile),
        SignIn::Link(Link {
            seen: bob_seen.clone(),
            identity: identity("google", "bob"),
            vouched_email: bob.email.clone(),
        }),
    ];
    for sign_in in sign_ins {
        let refused = store.begin(sign_in, session(1));
        assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    }
    assert_eq!(
        (store.count("auth_users"), store.count("auth_accounts")),
        (2, 2)
    );
    assert_eq!(store.count("auth_sessions"), 1);
    assert_eq!(store.found(&bob.email).expect("bob").user.name, bob.name);
    for (user, seen) in [(&ann, ann_seen), (&bob, bob_seen)] {
        let now = store.seen(user).expect("an answer");
        assert_eq!(format!("{now:?}"), format!("{seen:?}"));
    }
    let found = store.find_password(ann.email.clone()).expect("an answer");
    assert_eq!(found.expect("ann").hash, HASH);

    // One that ends sessions: here the token is somebody else's.
    store.with_linked_session(identity("acme", "bob"), 2);
    let reclaim = SignIn::Reclaim(Reclaim {
        seen: store.seen(&ann).expect("an answer"),
        user: owner_of(&ann),
        identity: identity("google", "ann"),
    });
    let refused = store.begin(reclaim, session(2));
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    assert_eq!(store.count("auth_users"), 2);
    let found = store.resume(1, 200).expect("an answer").expect("a session");
    assert_eq!(found.user.email, ann.email);
}
