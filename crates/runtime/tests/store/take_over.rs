//! What becomes of an account that somebody made with another's email?

use super::{
    HASH, Subject, identity, on_both_engines_in_every_place,
    ports::session_writer::{SignIn, TakeOver},
    proved, session,
    types::Error,
    user,
};

on_both_engines_in_every_place! {
    a_take_over_leaves_the_new_owner_alone
    a_proved_email_is_not_taken_over
    a_take_over_that_conflicts_changes_nothing
    no_session_outlives_the_take_over_that_it_begins_beside
}

fn a_take_over_leaves_the_new_owner_alone(mut store: Subject) {
    let (squatted, bob) = (user("ann"), user("bob"));
    store.with_user(&squatted);
    store.with_user(&bob);
    // Another way in of the squatter's.
    store.execute(
        "INSERT INTO auth_accounts (issuer, subject, provider, user_id, created_at, updated_at) \
         VALUES ('https://github.com', 'squatter', 'github', 'id-of-ann', 100, 100)",
    );
    store.with_session(&squatted, 1);
    store.with_linked_session(identity("github", "squatter"), 2);
    store.with_session(&bob, 3);

    let seen = store.seen(&squatted).expect("an answer");
    let take_over = TakeOver {
        seen,
        identity: identity("google", "ann"),
        name: "Ann".into(),
    };
    let begun = store.begin(SignIn::TakeOver(take_over), session(4));
    let begun = begun.expect("taken over");
    assert_eq!(
        (begun.user.name.as_str(), begun.user.email_verified),
        ("Ann", true)
    );
    assert_eq!(begun.provider, "google");

    assert!(
        store
            .find_password(squatted.email.clone())
            .expect("an answer")
            .is_none()
    );
    assert!(
        store
            .find_linked(identity("github", "squatter"))
            .expect("an answer")
            .is_none()
    );
    assert!(store.resume(1, 200).expect("an answer").is_none());
    assert!(store.resume(2, 200).expect("an answer").is_none());
    let found = store
        .find_linked(identity("google", "ann"))
        .expect("an answer")
        .expect("a user")
        .user;
    assert_eq!((found.id, found.email_verified), (squatted.id, true));
    assert_eq!(found.name, "Ann");
    assert!(store.resume(4, 200).expect("an answer").is_some());
    assert!(
        store.resume(3, 200).expect("an answer").is_some(),
        "somebody else's stays"
    );
    assert!(store.find_password(bob.email).expect("an answer").is_some());
}

fn a_proved_email_is_not_taken_over(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    for whose in [&ann, &user("nobody")] {
        let refused = store.take_over(whose, identity("google", "g"));
        assert!(matches!(refused, Err(Error::Conflict)), "{}", whose.id);
    }
    assert!(store.find_password(ann.email).expect("an answer").is_some());
    assert!(store.resume(1, 200).expect("an answer").is_some());
    assert!(
        store
            .find_linked(identity("google", "g"))
            .expect("an answer")
            .is_none()
    );
}

fn a_take_over_that_conflicts_changes_nothing(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_session(&ann, 1);
    store
        .register_linked(bob.clone(), identity("google", "g"))
        .expect("a user");

    let refused = store.take_over(&ann, identity("google", "g"));
    assert!(matches!(refused, Err(Error::Conflict)));
    assert!(
        store
            .find_password(ann.email.clone())
            .expect("an answer")
            .is_some()
    );
    assert!(store.resume(1, 200).expect("an answer").is_some());
    assert!(!store.found(&ann.email).expect("a user").user.email_verified);
    let found = store
        .find_linked(identity("google", "g"))
        .expect("an answer")
        .expect("a user");
    assert_eq!(found.user.id, bob.id);
}

fn no_session_outlives_the_take_over_that_it_begins_beside(store: Subject) {
    let mut squatter = store.another();
    let mut owner = store.another();
    for round in 0..20 {
        let ann = user(&format!("ann{round}"));
        squatter
            .register(ann.clone(), HASH.into())
            .expect("a new user");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for token in 0..6 {
                    let begun = squatter.sign_in(&ann, session(round * 6 + token));
                    assert!(matches!(begun, Ok(_) | Err(Error::Conflict)), "{begun:?}");
                }
            });
            scope.spawn(|| {
                let identity = identity("google", &ann.id);
                // Each time somebody else was faster, it looks again.
                while let Err(error) = owner.take_over(&ann, identity.clone()) {
                    assert!(matches!(error, Error::Conflict), "{error:?}");
                }
            });
        });
        assert_eq!(store.count("auth_sessions"), 0, "round {round}");
        assert!(matches!(
            squatter.sign_in(&ann, session(200)),
            Err(Error::Conflict)
        ));
    }
}
