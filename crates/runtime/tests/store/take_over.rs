//! What becomes of an account that somebody made with another's email?

use super::{Subject, identity, on_both_engines_in_every_place, session, types::Error, user};

on_both_engines_in_every_place! {
    a_take_over_leaves_the_new_owner_alone
    a_proved_email_is_not_taken_over
    a_take_over_that_conflicts_changes_nothing
    no_session_outlives_the_account_it_is_beginning_with
}

fn a_take_over_leaves_the_new_owner_alone(mut store: Subject) {
    let (squatted, bob) = (user("ann"), user("bob"));
    store.with_user(&squatted);
    store.with_user(&bob);
    store
        .link(squatted.id.clone(), identity("github", "squatter"), 100)
        .expect("a link");
    store.with_session(&squatted, "password", 1);
    store.with_session(&squatted, "github", 2);
    store.with_session(&bob, "password", 3);

    store
        .take_over(squatted.id.clone(), identity("google", "ann"), 200)
        .expect("taken over");

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
        .expect("a user");
    assert_eq!((found.id, found.email_verified), (squatted.id, true));
    assert!(
        store.resume(3, 200).expect("an answer").is_some(),
        "somebody else's stays"
    );
    assert!(store.find_password(bob.email).expect("an answer").is_some());
}

fn a_proved_email_is_not_taken_over(mut store: Subject) {
    let mut ann = user("ann");
    ann.email_verified = true;
    store.with_user(&ann);
    store.with_session(&ann, "password", 1);
    for id in [ann.id.as_str(), "nobody"] {
        let refused = store.take_over(id.into(), identity("google", "g"), 200);
        assert!(matches!(refused, Err(Error::Conflict)), "{id}");
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
    store.with_session(&ann, "password", 1);
    store
        .register_linked(bob.clone(), identity("google", "g"))
        .expect("a user");

    let refused = store.take_over(ann.id, identity("google", "g"), 200);
    assert!(matches!(refused, Err(Error::Conflict)));
    assert!(
        store
            .find_password(ann.email.clone())
            .expect("an answer")
            .is_some()
    );
    assert!(store.resume(1, 200).expect("an answer").is_some());
    let found = store
        .find_by_email(ann.email)
        .expect("an answer")
        .expect("a user");
    assert!(!found.email_verified);
    let found = store
        .find_linked(identity("google", "g"))
        .expect("an answer")
        .expect("a user");
    assert_eq!(found.id, bob.id);
}

fn no_session_outlives_the_account_it_is_beginning_with(store: Subject) {
    let mut squatter = store.another();
    let mut owner = store.another();
    for round in 0..20 {
        let ann = user(&format!("ann{round}"));
        squatter.with_user(&ann);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for token in 0..6 {
                    let begun = squatter.create(session(&ann, "password", round * 6 + token));
                    assert!(matches!(begun, Ok(()) | Err(Error::Conflict)), "{begun:?}");
                }
            });
            scope.spawn(|| {
                let identity = identity("google", &ann.id);
                owner
                    .take_over(ann.id.clone(), identity, 200)
                    .expect("taken over");
            });
        });
        assert_eq!(store.count("auth_sessions"), 0, "round {round}");
    }
}
