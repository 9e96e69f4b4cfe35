//! What was mailed and not used yet: until when is it good, and how often is a code
//! tried?

use super::{
    Subject, digest, on_both_engines_in_every_place,
    ports::links::{Link, Purpose},
    user,
};

on_both_engines_in_every_place! {
    a_link_is_found_as_it_was_kept_until_it_expires
    of_links_of_one_purpose_to_one_address_three_are_good
    a_code_is_tried_so_often_and_no_more
    many_tries_of_a_code_at_once_are_no_more_than_one_after_the_other
    a_code_is_held_against_links_of_this_browser_and_purpose_alone
    a_link_about_a_user_goes_with_the_user
    what_expired_is_swept
}

/// Kept at 100, to an address that nobody has.
pub(crate) fn link(token: u8) -> Link {
    Link {
        token: digest(token),
        purpose: Purpose::SignIn,
        email: "ann@example.com".into(),
        user_id: None,
        base_url: "https://app.example".into(),
        return_to: "/".into(),
        name: String::new(),
        hash: None,
        code: digest(200),
        browser: digest(100),
        created_at: 100,
        expires_at: 1_000,
    }
}

fn kept(store: &mut Subject, link: Link) {
    store.keep_link(link).expect("kept");
}

fn is_good(store: &mut Subject, token: u8) -> bool {
    let found = store.find_link(digest(token), 200);
    found.expect("an answer").is_some()
}

fn a_link_is_found_as_it_was_kept_until_it_expires(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    for (token, purpose) in [
        (1, Purpose::VerifyEmail),
        (2, Purpose::SignUp),
        (3, Purpose::SignIn),
        (4, Purpose::ResetPassword),
        (5, Purpose::ChangeEmail),
        (6, Purpose::UndoChange),
    ] {
        let whole = Link {
            purpose,
            user_id: Some(ann.id.clone()),
            name: "Ann".into(),
            hash: Some("h".into()),
            ..link(token)
        };
        kept(&mut store, whole.clone());
        let found = store.find_link(digest(token), 999).expect("an answer");
        assert_eq!(format!("{found:?}"), format!("{:?}", Some(whole)));
        let late = store.find_link(digest(token), 1_000).expect("an answer");
        assert!(late.is_none(), "{purpose:?}");
    }
    assert!(!is_good(&mut store, 9), "nobody kept it");
}

fn of_links_of_one_purpose_to_one_address_three_are_good(mut store: Subject) {
    for token in 1..=5 {
        let created_at = 100 + u64::from(token);
        kept(
            &mut store,
            Link {
                created_at,
                ..link(token)
            },
        );
    }
    let good: Vec<u8> = (1..=5)
        .filter(|token| is_good(&mut store, *token))
        .collect();
    assert_eq!(good, [3, 4, 5]);
    let reset = Link {
        purpose: Purpose::ResetPassword,
        ..link(6)
    };
    let others = Link {
        email: "bob@example.com".into(),
        ..link(7)
    };
    kept(&mut store, reset);
    kept(&mut store, others);
    let good: Vec<u8> = (1..=7)
        .filter(|token| is_good(&mut store, *token))
        .collect();
    assert_eq!(good, [3, 4, 5, 6, 7]);
}

fn tries(store: &mut Subject) -> usize {
    let found = store.try_code(Purpose::SignIn, digest(100), 5, 200);
    found.expect("an answer").len()
}

fn a_code_is_tried_so_often_and_no_more(mut store: Subject) {
    kept(&mut store, link(1));
    let found: Vec<usize> = (0..7).map(|_| tries(&mut store)).collect();
    assert_eq!(found, [1, 1, 1, 1, 1, 0, 0]);
    assert!(is_good(&mut store, 1), "the link itself is as good as ever");
}

fn many_tries_of_a_code_at_once_are_no_more_than_one_after_the_other(mut store: Subject) {
    kept(&mut store, link(1));
    let found: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..12)
            .map(|_| {
                let mut another = store.another();
                scope.spawn(move || tries(&mut another))
            })
            .collect();
        let found = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        found.sum()
    });
    assert_eq!(found, 5);
}

fn a_code_is_held_against_links_of_this_browser_and_purpose_alone(mut store: Subject) {
    kept(&mut store, link(1));
    let found = |store: &mut Subject, purpose, browser, now| {
        let found = store.try_code(purpose, digest(browser), 5, now);
        found.expect("an answer").len()
    };
    assert_eq!(
        found(&mut store, Purpose::SignIn, 101, 200),
        0,
        "another browser's"
    );
    assert_eq!(
        found(&mut store, Purpose::ResetPassword, 100, 200),
        0,
        "for another purpose"
    );
    assert_eq!(found(&mut store, Purpose::SignIn, 100, 1_000), 0, "expired");
    assert_eq!(found(&mut store, Purpose::SignIn, 100, 999), 1);
    let tries = store.value("SELECT CAST(MAX(tries) AS TEXT) FROM auth_links");
    assert_eq!(tries.as_deref(), Some("1"), "others cost no try");
}

fn a_link_about_a_user_goes_with_the_user(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let about = Link {
        user_id: Some(ann.id.clone()),
        ..link(1)
    };
    kept(&mut store, about);
    kept(&mut store, link(2));
    store.execute("DELETE FROM auth_users");
    assert!(!is_good(&mut store, 1));
    assert!(is_good(&mut store, 2));
}

fn what_expired_is_swept(mut store: Subject) {
    for (token, expires_at) in [(1, 300), (2, 300), (3, 301)] {
        kept(
            &mut store,
            Link {
                expires_at,
                ..link(token)
            },
        );
    }
    assert_eq!(store.sweep(299, 10).expect("swept"), 0);
    assert_eq!(store.sweep(300, 10).expect("swept"), 2);
    assert_eq!(store.count("auth_links"), 1);
}
