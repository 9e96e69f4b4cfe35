//! How are users found, made and linked, and who keeps what?

use super::{HASH, Subject, identity, on_both_engines_in_every_place, types::Error, user};

on_both_engines_in_every_place! {
    a_registered_user_is_found_by_email
    an_email_is_taken_once_and_the_second_leaves_nothing
    a_subject_is_linked_once_and_the_second_leaves_nothing
    of_many_who_register_one_email_at_once_one_does
    a_link_is_one_more_way_in
    a_hash_is_replaced_if_it_is_still_the_one_given
    a_profile_follows_the_provider
    a_user_that_goes_takes_everything_along
}

fn a_registered_user_is_found_by_email(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let found = store
        .find_password(ann.email.clone())
        .expect("an answer")
        .expect("a user");
    assert_eq!((found.user.id, found.hash.as_str()), (ann.id.clone(), HASH));
    let found = store
        .find_by_email(ann.email.clone())
        .expect("an answer")
        .expect("a user");
    assert_eq!((found.id, found.email_verified), (ann.id, false));
    for nobody in [
        "bob@example.com",
        "ANN@example.com",
        "ann@example.com ",
        "%",
        "",
    ] {
        assert!(
            store
                .find_password(nobody.into())
                .expect("an answer")
                .is_none(),
            "{nobody:?}"
        );
        assert!(
            store
                .find_by_email(nobody.into())
                .expect("an answer")
                .is_none(),
            "{nobody:?}"
        );
    }

    let mut bob = user("bob");
    bob.email_verified = true;
    store
        .register_linked(bob.clone(), identity("google", "g"))
        .expect("a user");
    assert!(
        store
            .find_password(bob.email.clone())
            .expect("an answer")
            .is_none(),
        "no password"
    );
    let found = store
        .find_by_email(bob.email.clone())
        .expect("an answer")
        .expect("a user");
    assert_eq!((found.id, found.email_verified), (bob.id.clone(), true));
    let found = store
        .find_linked(identity("google", "g"))
        .expect("an answer")
        .expect("a user");
    assert_eq!(found.id, bob.id);
    assert!(
        store
            .find_linked(identity("github", "g"))
            .expect("an answer")
            .is_none()
    );
    assert!(
        store
            .find_linked(identity("google", "G"))
            .expect("an answer")
            .is_none()
    );
}

fn an_email_is_taken_once_and_the_second_leaves_nothing(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let mut twin = user("twin");
    twin.email = ann.email.clone();
    assert!(matches!(
        store.register(twin.clone(), HASH.into()),
        Err(Error::Conflict)
    ));
    let linked = store.register_linked(twin.clone(), identity("google", "g"));
    assert!(matches!(linked, Err(Error::Conflict)));
    assert_eq!(store.count("auth_users"), 1);
    assert_eq!(store.count("auth_accounts"), 1);

    twin.email = "twin@example.com".into();
    twin.id = ann.id;
    assert!(
        matches!(store.register(twin, HASH.into()), Err(Error::Conflict)),
        "nor an id"
    );
    assert_eq!(store.count("auth_users"), 1);
}

fn a_subject_is_linked_once_and_the_second_leaves_nothing(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store
        .register_linked(ann, identity("google", "g"))
        .expect("a user");
    let second = store.register_linked(bob.clone(), identity("google", "g"));
    assert!(matches!(second, Err(Error::Conflict)));
    assert!(
        store
            .find_by_email(bob.email.clone())
            .expect("an answer")
            .is_none(),
        "whole or not"
    );
    store
        .register_linked(bob, identity("github", "g"))
        .expect("another provider's subject");
}

fn of_many_who_register_one_email_at_once_one_does(store: Subject) {
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| {
                let mut store = store.another();
                scope.spawn(move || {
                    let mut twin = user(&format!("twin{number}"));
                    twin.email = "twin@example.com".into();
                    store.register(twin, HASH.into())
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
        1,
        "{outcomes:?}"
    );
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Ok(()) | Err(Error::Conflict)))
    );
    assert_eq!(store.count("auth_accounts"), 1);
}

fn a_link_is_one_more_way_in(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    store
        .link(ann.id.clone(), identity("google", "g"), 200)
        .expect("a link");
    store
        .link(ann.id.clone(), identity("google", "g2"), 300)
        .expect("two of one provider");
    for subject in ["g", "g2"] {
        let found = store
            .find_linked(identity("google", subject))
            .expect("an answer");
        assert_eq!(found.expect("a user").id, ann.id);
    }
    assert!(
        store
            .find_password(ann.email.clone())
            .expect("an answer")
            .is_some()
    );
    store.with_session(&ann, "google", 1);

    let taken = store.link(bob.id, identity("google", "g"), 200);
    assert!(matches!(taken, Err(Error::Conflict)));
    let nobody = store.link("nobody".into(), identity("google", "g3"), 200);
    assert!(matches!(nobody, Err(Error::Conflict)));
    assert_eq!(store.count("auth_accounts"), 4);
}

fn a_hash_is_replaced_if_it_is_still_the_one_given(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, "password", 1);
    store
        .rehash(ann.id.clone(), HASH.into(), "$new".into(), 200)
        .expect("replaced");
    store
        .rehash(ann.id.clone(), HASH.into(), "$late".into(), 300)
        .expect("no error");
    store
        .rehash("nobody".into(), HASH.into(), "$other".into(), 300)
        .expect("no error");
    let found = store
        .find_password(ann.email)
        .expect("an answer")
        .expect("a user");
    assert_eq!(found.hash, "$new");
    assert!(
        store.resume(1, 200).expect("an answer").is_some(),
        "the same password still"
    );
}

fn a_profile_follows_the_provider(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store
        .update_profile(ann.id.clone(), "Ann Ä".into(), true, 200)
        .expect("updated");
    let found = store
        .find_by_email(ann.email.clone())
        .expect("an answer")
        .expect("a user");
    assert_eq!((found.name.as_str(), found.email_verified), ("Ann Ä", true));
    let nobody = store.update_profile("nobody".into(), "N".into(), true, 200);
    assert!(matches!(nobody, Err(Error::Conflict)));
}

fn a_user_that_goes_takes_everything_along(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    store
        .link(ann.id.clone(), identity("google", "g"), 100)
        .expect("a link");
    store.with_session(&ann, "google", 1);
    store.with_session(&bob, "password", 2);
    store.execute("DELETE FROM auth_users WHERE id = 'id-of-ann'");
    assert!(store.resume(1, 200).expect("an answer").is_none());
    assert!(
        store
            .find_linked(identity("google", "g"))
            .expect("an answer")
            .is_none()
    );
    assert_eq!(store.count("auth_accounts"), 1);
    assert_eq!(store.count("auth_sessions"), 1);
}
