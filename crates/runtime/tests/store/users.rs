//! What does the operator see of users, and what ends when one is switched off?

use super::{
    HASH, Subject, digest, identity, on_both_engines_in_every_place,
    ports::{
        NewUser,
        session_writer::{LinkedSignIn, PasswordSignIn, SignIn},
        types::Error,
    },
    proved, session, user,
};

on_both_engines_in_every_place! {
    users_are_listed_by_email_page_by_page_with_what_is_kept_of_them
    a_user_is_found_by_id_and_by_email_with_every_way_in
    whoever_is_switched_off_has_no_session_and_begins_none_by_any_way
    a_sign_in_that_was_decided_before_the_switch_does_not_go_through_after_it
    the_address_of_somebody_who_is_switched_off_is_reclaimed_by_nobody
    whoever_is_switched_on_again_signs_in
    a_session_that_outlived_the_switch_is_not_resumed
    a_user_who_is_deleted_leaves_nothing_but_the_address_free
    users_come_from_elsewhere_once_however_often_they_are_brought
    running_sessions_are_listed_page_by_page
}

fn users_are_listed_by_email_page_by_page_with_what_is_kept_of_them(mut store: Subject) {
    for name in ["cy", "ann", "bob"] {
        store.with_user(&user(name));
    }
    store.with_session(&user("bob"), 1);
    store.with_session(&user("bob"), 2);
    let first = store.users(String::new(), 2, 200).expect("an answer");
    let emails: Vec<_> = first.iter().map(|one| one.user.email.as_str()).collect();
    assert_eq!(emails, ["ann@example.com", "bob@example.com"]);
    assert_eq!((first[0].sessions, first[1].sessions), (0, 2));
    assert_eq!((first[1].disabled_at, first[1].groups.as_str()), (None, ""));
    let second = store
        .users("bob@example.com".into(), 2, 200)
        .expect("an answer");
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].user.id, "id-of-cy");
    let later = store.users(String::new(), 2, 500).expect("an answer");
    assert_eq!(later[1].sessions, 0, "they have run out");
}

fn a_user_is_found_by_id_and_by_email_with_every_way_in(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.link(&ann, identity("google", "g")).expect("a link");
    for who in ["id-of-ann", "ann@example.com"] {
        let found = store.find(who.into(), 200).expect("an answer");
        assert_eq!(found.expect("a user").user.name, "ann", "{who}");
    }
    for who in ["id-of-an", "ann", "ANN@example.com", "%", ""] {
        assert!(
            store.find(who.into(), 200).expect("an answer").is_none(),
            "{who:?}"
        );
    }
    let ways = store.ways_in("id-of-ann".into()).expect("an answer");
    let mut names: Vec<_> = ways.iter().map(|way| way.provider.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["google", "password"]);
}

fn whoever_is_switched_off_has_no_session_and_begins_none_by_any_way(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.link(&ann, identity("google", "g")).expect("a link");
    store.with_session(&ann, 1);
    store.with_linked_session(identity("google", "g"), 2);
    assert_eq!(store.disable("id-of-ann".into(), 150), Ok(true));
    assert_eq!(store.disable("id-of-ann".into(), 160), Ok(false), "no news");
    for token in [1, 2] {
        assert_eq!(store.resume(token, 200), Ok(None));
    }
    assert_eq!(store.count("auth_sessions"), 0);

    let seen = store.seen(&ann).expect("an answer");
    assert!(seen.disabled);
    assert_eq!(store.sign_in(&ann, session(3)), Err(Error::Conflict));
    let linked = store.sign_in_linked(identity("google", "g"), session(3));
    assert_eq!(linked, Err(Error::Conflict));
    let linked = store.link(&ann, identity("github", "h"));
    assert_eq!(linked, Err(Error::Conflict));
    let rehashed = SignIn::Password(PasswordSignIn {
        seen,
        hash: HASH.into(),
        new_hash: Some("$argon2id$new".into()),
    });
    assert_eq!(store.begin(rehashed, session(3)), Err(Error::Conflict));
    assert_eq!(store.count("auth_sessions"), 0);
    let shown = store.find("id-of-ann".into(), 200).expect("an answer");
    assert_eq!(shown.expect("a user").disabled_at, Some(150));
}

fn a_sign_in_that_was_decided_before_the_switch_does_not_go_through_after_it(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.link(&ann, identity("google", "g")).expect("a link");
    let found = store.find_password(ann.email.clone()).expect("an answer");
    let password = SignIn::Password(PasswordSignIn {
        seen: found.expect("a user").seen,
        hash: HASH.into(),
        new_hash: None,
    });
    let found = store
        .find_linked(identity("google", "g"))
        .expect("an answer");
    let linked = SignIn::Linked(LinkedSignIn {
        seen: found.expect("a user").seen,
        identity: identity("google", "g"),
        name: None,
        word: None,
    });
    store.disable("id-of-ann".into(), 150).expect("off");
    // Even where somebody has switched on again meanwhile: it is decided anew.
    for switched_on in [false, true] {
        if switched_on {
            store.enable("id-of-ann".into(), 160).expect("on");
        }
        for sign_in in [password.clone(), linked.clone()] {
            assert_eq!(store.begin(sign_in, session(1)), Err(Error::Conflict));
        }
    }
}

fn the_address_of_somebody_who_is_switched_off_is_reclaimed_by_nobody(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.disable("id-of-ann".into(), 150).expect("off");
    let reclaimed = store.reclaim(&ann, identity("google", "g"));
    assert_eq!(reclaimed, Err(Error::Conflict));
    assert_eq!(store.count("auth_users"), 1);
}

fn whoever_is_switched_on_again_signs_in(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    assert_eq!(store.enable("id-of-ann".into(), 140), Ok(false));
    store.disable("id-of-ann".into(), 150).expect("off");
    assert_eq!(store.enable("id-of-ann".into(), 160), Ok(true));
    store.with_session(&ann, 1);
    assert!(store.resume(1, 200).expect("an answer").is_some());
    assert_eq!(store.disable("nobody".into(), 170), Ok(false));
}

fn a_session_that_outlived_the_switch_is_not_resumed(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    // Whoever switched off stopped in the middle.
    store.execute("UPDATE auth_users SET disabled_at = 150");
    assert_eq!(store.resume(1, 200), Ok(None));
    assert_eq!(store.count("auth_sessions"), 1);
    assert_eq!(store.disable("id-of-ann".into(), 160), Ok(false));
    assert_eq!(store.count("auth_sessions"), 0, "said again, it is done");
}

fn a_user_who_is_deleted_leaves_nothing_but_the_address_free(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.link(&ann, identity("google", "g")).expect("a link");
    store.with_session(&ann, 1);
    store
        .grant_app(ann.email.clone(), "wiki".into(), 1)
        .expect("granted");
    store.create_group("team".into(), 1).expect("made");
    store
        .add_to_group("team".into(), ann.id.clone(), 1)
        .expect("added");
    assert_eq!(store.delete_user(ann.id.clone()), Ok(true));
    assert_eq!(store.delete_user(ann.id.clone()), Ok(false));
    for table in [
        "auth_users",
        "auth_accounts",
        "auth_sessions",
        "auth_app_grants",
        "auth_group_members",
    ] {
        assert_eq!(store.count(table), 0, "{table}");
    }
    store.with_user(&user("ann"));
}

fn users_come_from_elsewhere_once_however_often_they_are_brought(mut store: Subject) {
    let from_elsewhere = |name: &str, hash: Option<&str>, disabled| NewUser {
        user: proved(name),
        hash: hash.map(str::to_owned),
        disabled,
    };
    store.with_user(&user("there"));
    let batch = [
        from_elsewhere("ann", Some("$2b$10$hash"), false),
        from_elsewhere("there", Some("$2b$10$other"), false),
        from_elsewhere("linked", None, false),
        from_elsewhere("off", Some("$2b$10$hash"), true),
    ];
    let made = store.insert_users(batch.to_vec());
    assert_eq!(made.expect("an answer"), [true, false, true, true]);
    let again = store.insert_users(batch.to_vec());
    assert_eq!(again.expect("an answer"), [false; 4]);
    let found = store
        .find_password("ann@example.com".into())
        .expect("an answer");
    let found = found.expect("a user");
    assert_eq!(found.hash, "$2b$10$hash");
    assert!(found.user.email_verified && !found.seen.disabled);
    let there = store
        .find_password("there@example.com".into())
        .expect("an answer");
    assert_eq!(there.expect("a user").hash, HASH, "who was there stays");
    assert_eq!(store.find_password("linked@example.com".into()), Ok(None));
    assert!(store.seen(&user("off")).expect("an answer").disabled);
    assert_eq!(store.count("auth_users"), 4);
}

fn running_sessions_are_listed_page_by_page(mut store: Subject) {
    store.with_user(&user("ann"));
    store.with_user(&user("bob"));
    for token in [1, 3, 5] {
        store.with_session(&user("ann"), token);
    }
    for token in [2, 4] {
        store.with_session(&user("bob"), token);
    }
    let mut tokens = |user: Option<&str>, after: Option<u8>, limit, now| {
        let user = user.map(str::to_owned);
        let page = store.running(user, after.map(digest), limit, now);
        let page = page.expect("an answer").into_iter();
        page.map(|one| one.token[0]).collect::<Vec<_>>()
    };
    assert_eq!(tokens(None, None, 3, 200), [1, 2, 3]);
    assert_eq!(tokens(None, Some(3), 3, 200), [4, 5]);
    assert_eq!(tokens(Some("id-of-ann"), None, 2, 200), [1, 3]);
    assert_eq!(tokens(Some("id-of-ann"), Some(3), 2, 200), [5]);
    assert_eq!(tokens(None, None, 3, 500), [0u8; 0]);
}
