//! What goes in, how often, and does it come back the same?

use super::{
    HASH, ORIGIN, Subject, digest, identity, on_both_engines_in_every_place, types::Error, user,
};

on_both_engines_in_every_place! {
    a_value_is_spent_once
    a_value_is_spent_once_by_many_at_once
    text_comes_back_as_it_went_in
    what_one_engine_could_not_hold_both_refuse
}

fn a_value_is_spent_once(mut store: Subject) {
    assert!(
        store
            .spend("state".into(), digest(1), 100, 200)
            .expect("an answer")
    );
    for now in [100, 199, 200, 5_000] {
        assert!(
            !store
                .spend("state".into(), digest(1), now, 9_000)
                .expect("an answer"),
            "{now}"
        );
    }
    assert!(
        store
            .spend("state".into(), digest(2), 100, 200)
            .expect("another value")
    );
    assert!(
        store
            .spend("reset".into(), digest(1), 100, 200)
            .expect("another purpose")
    );
}

fn a_value_is_spent_once_by_many_at_once(mut store: Subject) {
    let spent = store.spend_at_once(16, digest(7));
    assert_eq!(spent.len(), 16);
    assert_eq!(spent.iter().filter(|first| **first).count(), 1);
}

fn text_comes_back_as_it_went_in(mut store: Subject) {
    let long = "x".repeat(4_096);
    let names = [
        "'; DROP TABLE auth_users; --",
        "\"$1\" ?1 :a @b",
        "ä🦀\u{202e}\u{301}",
        "",
        " \t\n",
        &long,
    ];
    for (number, name) in names.into_iter().enumerate() {
        let mut ann = user(&format!("ann{number}"));
        ann.name = name.into();
        let subject = format!(
            "{number}{}",
            &name[..name.len().min(200)].replace('\u{202e}', "")
        );
        store
            .register_linked(ann.clone(), identity("acme", &subject))
            .expect("a user");
        let found = store
            .find_linked(identity("acme", &subject))
            .expect("an answer");
        assert_eq!(found.expect("a user").user.name, name);
    }
}

fn what_one_engine_could_not_hold_both_refuse(mut store: Subject) {
    let mut ann = user("ann");
    for name in ["a\0b".to_owned(), "x".repeat(4_097)] {
        ann.name = name;
        assert!(matches!(
            store.register(ann.clone(), HASH.into()),
            Err(Error::Internal)
        ));
    }
    assert!(matches!(
        store.find_by_email("a\0@b".into()),
        Err(Error::Internal)
    ));
    for length in [0, 31, 33] {
        assert!(
            matches!(store.end(vec![1; length]), Err(Error::Internal)),
            "{length}"
        );
        let spent = store.spend("p".into(), vec![1; length], 1, 2);
        assert!(matches!(spent, Err(Error::Internal)), "{length}");
    }
    let late = store.resume_at(digest(1), ORIGIN.into(), u64::MAX, 1);
    assert!(matches!(late, Err(Error::Internal)));
    assert_eq!(store.count("auth_users"), 0);
}
