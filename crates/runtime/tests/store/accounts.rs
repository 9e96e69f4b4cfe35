//! How are users found, made and linked, and who keeps what?

use super::{
    HASH, Subject, identity, on_both_engines_in_every_place, proved, session,
    types::{Error, Identity},
    user,
};

on_both_engines_in_every_place! {
    a_registered_user_is_found_by_email
    an_email_is_taken_once_and_the_second_leaves_nothing
    a_subject_is_linked_once_and_the_second_leaves_nothing
    of_many_who_register_one_email_at_once_one_does
    a_link_is_one_more_way_in
    an_account_is_known_by_its_issuer_whatever_the_provider_is_called
    no_identity_passes_for_a_password_or_an_account_from_before
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
    assert_eq!((found.user.id, found.user.email_verified), (ann.id, false));
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
    assert_eq!(
        (found.user.id, found.user.email_verified),
        (bob.id.clone(), true)
    );
    let found = store
        .find_linked(identity("google", "g"))
        .expect("an answer")
        .expect("a user");
    assert_eq!(found.user.id, bob.id);
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
    let (ann, bob) = (proved("ann"), proved("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    store.link(&ann, identity("google", "g")).expect("a link");
    store
        .link(&ann, identity("google", "g2"))
        .expect("two of one provider");
    for subject in ["g", "g2"] {
        let found = store
            .find_linked(identity("google", subject))
            .expect("an answer");
        assert_eq!(found.expect("a user").user.id, ann.id);
    }
    assert!(
        store
            .find_password(ann.email.clone())
            .expect("an answer")
            .is_some()
    );
    store.with_linked_session(identity("google", "g"), 1);

    let taken = store.link(&bob, identity("google", "g"));
    assert!(matches!(taken, Err(Error::Conflict)));
    let nobody = store.link(&user("nobody"), identity("google", "g3"));
    assert!(matches!(nobody, Err(Error::Conflict)));
    assert_eq!(store.count("auth_accounts"), 4);
}

/// A provider's id is the operator's word; what it stood for yesterday is somebody else.
fn an_account_is_known_by_its_issuer_whatever_the_provider_is_called(mut store: Subject) {
    let ann = user("ann");
    let at = |issuer: &str, provider: &str| Identity {
        issuer: issuer.into(),
        subject: "s".into(),
        provider: provider.into(),
    };
    let known = at("https://login.example", "acme");
    store
        .register_linked(ann.clone(), known.clone())
        .expect("a user");

    let renamed = at("https://login.example", "corp");
    let found = store.find_linked(renamed.clone()).expect("an answer");
    assert_eq!(found.expect("the same account").user.id, ann.id);
    let begun = store
        .sign_in_linked(renamed, session(1))
        .expect("a session");
    assert_eq!(begun.provider, "corp");
    let shown = store.value("SELECT provider FROM auth_accounts");
    assert_eq!(shown.as_deref(), Some("corp"), "what it is called now");

    for other in [
        "https://login.example/",
        "http://login.example",
        "https://other.example",
    ] {
        let found = store.find_linked(at(other, "acme")).expect("an answer");
        assert!(found.is_none(), "{other}");
    }
    store
        .register_linked(user("bob"), at("https://other.example", "acme"))
        .expect("another account by the same names");
}

fn no_identity_passes_for_a_password_or_an_account_from_before(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    for issuer in ["password", "provider:acme", "", "acme"] {
        let identity = Identity {
            issuer: issuer.into(),
            subject: ann.id.clone(),
            provider: "acme".into(),
        };
        let found = store.find_linked(identity.clone());
        assert!(matches!(found, Err(Error::Internal)), "{issuer}");
        let begun = store.register_linked(user("bob"), identity);
        assert!(matches!(begun, Err(Error::Internal)), "{issuer}");
    }
    assert_eq!(store.count("auth_users"), 1);
}

fn a_user_that_goes_takes_everything_along(mut store: Subject) {
    let (ann, bob) = (proved("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    store.link(&ann, identity("google", "g")).expect("a link");
    store.with_linked_session(identity("google", "g"), 1);
    store.with_session(&bob, 2);
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
