//! What becomes of a user whom somebody made with another's email?

use super::{
    HASH, Subject, identity, on_both_engines_in_every_place, owner_of,
    ports::session_writer::{Reclaim, SignIn},
    proved, session,
    types::Error,
    user,
};

on_both_engines_in_every_place! {
    whoever_proves_an_email_gets_a_user_of_their_own
    the_one_before_keeps_all_but_the_email_and_what_came_by_it
    a_proved_email_is_not_reclaimed
    a_reclaim_that_conflicts_changes_nothing
    no_session_outlives_the_reclaim_that_it_begins_beside
}

fn whoever_proves_an_email_gets_a_user_of_their_own(mut store: Subject) {
    let (squatted, bob) = (user("ann"), user("bob"));
    store.with_user(&squatted);
    store.with_user(&bob);
    store
        .grant_app(squatted.email.clone(), "wiki".into(), 1)
        .expect("granted");
    store.with_session(&squatted, 1);
    store.with_session(&bob, 3);

    let reclaim = Reclaim {
        seen: store.seen(&squatted).expect("an answer"),
        user: owner_of(&squatted),
        identity: identity("google", "ann"),
    };
    let begun = store.begin(SignIn::Reclaim(reclaim), session(4));
    let begun = begun.expect("reclaimed");
    let owner = owner_of(&squatted);
    assert_eq!(
        (&*begun.user.id, &*begun.user.email, &*begun.user.name),
        (&*owner.id, &*owner.email, "Owner")
    );
    assert!(begun.user.email_verified && begun.provider == "google");

    assert!(store.resume(1, 200).expect("an answer").is_none());
    assert!(
        store.resume(3, 200).expect("an answer").is_some(),
        "somebody else's stays"
    );
    let found = store.resume(4, 200).expect("an answer").expect("a session");
    assert_eq!(
        (&*found.user.id, found.user.email_verified),
        (&*owner.id, true)
    );
    let found = store.find_linked(identity("google", "ann"));
    let found = found.expect("an answer").expect("a user");
    assert_eq!(found.user.id, owner.id);
    assert_eq!(found.vouched_email.as_deref(), Some(&*owner.email));
    assert_eq!((found.sole, found.vouched_elsewhere), (true, false));
    let granted = store.is_granted(owner.id, "wiki".into());
    assert!(
        !granted.expect("an answer"),
        "nothing of the other's is joined"
    );
}

fn the_one_before_keeps_all_but_the_email_and_what_came_by_it(mut store: Subject) {
    let squatted = user("ann");
    store
        .register_linked(squatted.clone(), identity("github", "squatter"))
        .expect("a user");
    store
        .grant_app(squatted.email.clone(), "wiki".into(), 1)
        .expect("granted");
    store.with_linked_session(identity("github", "squatter"), 1);
    store
        .reclaim(&squatted, identity("google", "ann"))
        .expect("reclaimed");

    assert!(store.resume(1, 200).expect("an answer").is_none());
    let found = store.find_linked(identity("github", "squatter"));
    let found = found.expect("an answer").expect("a user").user;
    assert_eq!((&*found.id, &*found.name), (&*squatted.id, &*squatted.name));
    assert_eq!((&*found.email, found.email_verified), ("", false));
    // Who is granted an app is named by the email.
    let granted = store.is_granted(squatted.id.clone(), "wiki".into());
    assert!(!granted.expect("an answer"));

    // Back by the account that is theirs, as somebody without an address.
    let begun = store.sign_in_linked(identity("github", "squatter"), session(2));
    let begun = begun.expect("a session").user;
    assert_eq!((&*begun.email, begun.email_verified), ("", false));
    let found = store
        .resume(2, 200)
        .expect("an answer")
        .expect("a session")
        .user;
    assert_eq!((&*found.email, found.email_verified), ("", false));
    for nobodys in ["", &squatted.id] {
        let found = store.find_password(nobodys.into()).expect("an answer");
        assert!(found.is_none(), "{nobodys:?}");
    }

    // And so a password that was set with the address fits no address.
    let bob = user("bob");
    store.with_user(&bob);
    store
        .reclaim(&bob, identity("google", "bob"))
        .expect("reclaimed");
    let found = store.find_password(bob.email.clone()).expect("an answer");
    assert!(found.is_none());
    let kept =
        "SELECT COUNT(*) FROM auth_accounts WHERE user_id = 'id-of-bob' AND issuer = 'password'";
    assert_eq!(store.value(kept).as_deref(), Some("1"), "kept, not deleted");
}

fn a_proved_email_is_not_reclaimed(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    for whose in [&ann, &user("nobody")] {
        let refused = store.reclaim(whose, identity("google", "g"));
        assert!(matches!(refused, Err(Error::Conflict)), "{}", whose.id);
    }
    // Nor is another user's email by the way.
    let bob = user("bob");
    store.with_user(&bob);
    let reclaim = Reclaim {
        seen: store.seen(&bob).expect("an answer"),
        user: owner_of(&ann),
        identity: identity("google", "g"),
    };
    let refused = store.begin(SignIn::Reclaim(reclaim), session(9));
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    assert!(store.find_password(ann.email).expect("an answer").is_some());
    assert!(store.resume(1, 200).expect("an answer").is_some());
    let found = store.find_linked(identity("google", "g"));
    assert!(found.expect("an answer").is_none());
}

fn a_reclaim_that_conflicts_changes_nothing(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_session(&ann, 1);
    store
        .register_linked(bob.clone(), identity("google", "g"))
        .expect("a user");

    let refused = store.reclaim(&ann, identity("google", "g"));
    assert!(matches!(refused, Err(Error::Conflict)));
    let found = store.find_password(ann.email.clone());
    assert!(found.expect("an answer").is_some());
    assert!(store.resume(1, 200).expect("an answer").is_some());
    let found = store.found(&ann.email).expect("a user").user;
    assert_eq!((&*found.id, found.email_verified), (&*ann.id, false));
    assert_eq!(store.count("auth_users"), 2);
    let found = store.find_linked(identity("google", "g"));
    let found = found.expect("an answer").expect("a user");
    assert_eq!(found.user.id, bob.id);
}

fn no_session_outlives_the_reclaim_that_it_begins_beside(store: Subject) {
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
                while let Err(error) = owner.reclaim(&ann, identity.clone()) {
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
