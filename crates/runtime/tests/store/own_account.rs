//! What people change of their own account: by a session that lives, on what they saw,
//! and never somebody else's.

use super::{
    HASH, Subject, digest, identity, on_both_engines_in_every_place,
    ports::own_account::{Holder, Profile},
    proved, session,
    types::{Error, User},
    user,
};

const OTHER_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$b3RoZXI";

on_both_engines_in_every_place! {
    a_profile_has_every_way_in_and_no_secret
    a_name_that_the_user_chose_is_no_providers_to_change
    a_name_that_nobody_chose_follows_the_provider
    a_session_that_has_ended_changes_nothing
    nobody_changes_somebody_elses_account
    a_password_that_changes_ends_every_other_session_and_moves_this_one
    a_password_is_set_where_there_was_none
    a_change_of_password_that_missed_a_session_is_refused
    of_two_changes_of_password_at_once_the_second_is_told
    an_account_is_linked_once_and_to_one_user
    a_way_in_goes_with_the_sessions_that_came_through_it
    the_last_way_in_stays
    of_two_who_each_take_one_of_two_ways_in_away_the_second_is_told
    whoever_leaves_has_no_session_and_gets_none
    whoever_leaves_may_stay_until_the_time_is_over
    whoever_left_is_gone_with_all_that_was_theirs
}

/// The holder of this token.
pub(super) fn holder(user: &User, token: u8) -> Holder {
    Holder {
        user_id: user.id.clone(),
        session: digest(token),
    }
}

impl Subject {
    fn own(&mut self, user: &User) -> Profile {
        let found = self.profile(user.id.clone()).expect("an answer");
        found.expect("a user")
    }

    /// Somebody with a password, and a session by it.
    fn with_holder(&mut self, user: &User, token: u8) -> Holder {
        self.with_user(user);
        self.with_session(user, token);
        holder(user, token)
    }

    fn lives(&mut self, token: u8) -> bool {
        self.resume(token, 200).expect("an answer").is_some()
    }
}

fn a_profile_has_every_way_in_and_no_secret(mut store: Subject) {
    let ann = proved("ann");
    store.with_user(&ann);
    store.link(&ann, identity("google", "g")).expect("linked");
    let own = store.own(&ann);
    assert_eq!(own.user, ann);
    assert_eq!(own.leaves_at, None);
    let mut ways: Vec<_> = own.ways.iter().map(|way| way.provider.as_str()).collect();
    ways.sort_unstable();
    assert_eq!(ways, ["google", "password"]);
    assert!(!format!("{own:?}").contains("argon2"));
    assert!(store.profile("nobody".into()).expect("an answer").is_none());
}

fn named_by_google(store: &mut Subject, token: u8, name: &str) {
    let google = identity("google", "g");
    let found = store.find_linked(google.clone()).expect("an answer");
    let linked = super::ports::session_writer::LinkedSignIn {
        seen: found.expect("linked").seen,
        identity: google,
        name: Some(name.into()),
        word: None,
    };
    let sign_in = super::ports::session_writer::SignIn::Linked(linked);
    store.begin(sign_in, session(token)).expect("a session");
}

fn a_name_that_the_user_chose_is_no_providers_to_change(mut store: Subject) {
    let ann = proved("ann");
    store
        .register_linked(ann.clone(), identity("google", "g"))
        .expect("a user");
    store.with_linked_session(identity("google", "g"), 1);
    store
        .rename(holder(&ann, 1), "Annie".into(), 200)
        .expect("renamed");
    assert_eq!(store.own(&ann).user.name, "Annie");
    named_by_google(&mut store, 2, "Ann Lee");
    assert_eq!(store.own(&ann).user.name, "Annie");

    // Nor is one that was typed when the account was made.
    let bob = proved("bob");
    store.with_user(&bob);
    store.link(&bob, identity("acme", "a")).expect("linked");
    assert_eq!(store.own(&bob).user.name, "bob");
}

fn a_name_that_nobody_chose_follows_the_provider(mut store: Subject) {
    let ann = proved("ann");
    store
        .register_linked(ann.clone(), identity("google", "g"))
        .expect("a user");
    named_by_google(&mut store, 1, "Ann Lee");
    assert_eq!(store.own(&ann).user.name, "Ann Lee");
}

fn a_session_that_has_ended_changes_nothing(mut store: Subject) {
    let ann = proved("ann");
    let by = store.with_holder(&ann, 1);
    store.link(&ann, identity("google", "g")).expect("linked");
    store.end(digest(1)).expect("ended");
    let before = store.own(&ann);
    let seen = || before.seen.clone();
    let conflicts = [
        store.rename(by.clone(), "Annie".into(), 200),
        store.set_password(by.clone(), seen(), OTHER_HASH.into(), digest(9), 200),
        store.link_own(by.clone(), seen(), identity("acme", "a"), None, 200),
        store.remove_way(by.clone(), seen(), "password".into(), ann.id.clone(), 200),
        store.leave(by.clone(), seen(), 900, 200),
    ];
    for (number, answer) in conflicts.into_iter().enumerate() {
        assert_eq!(answer, Err(Error::Conflict), "{number}");
    }
    assert_eq!(store.own(&ann), before);

    // One whose time is over has ended, whether or not it is swept.
    store.with_session(&ann, 2);
    let late = store.rename(holder(&ann, 2), "Annie".into(), 500);
    assert_eq!(late, Err(Error::Conflict));
}

fn nobody_changes_somebody_elses_account(mut store: Subject) {
    let (ann, bob) = (proved("ann"), proved("bob"));
    store.with_holder(&ann, 1);
    store.with_holder(&bob, 2);
    let before = store.own(&ann);
    // Bob's session, and Ann's id.
    let forged = holder(&ann, 2);
    let seen = || before.seen.clone();
    for answer in [
        store.rename(forged.clone(), "Mallory".into(), 200),
        store.set_password(forged.clone(), seen(), OTHER_HASH.into(), digest(9), 200),
        store.link_own(forged.clone(), seen(), identity("acme", "a"), None, 200),
        store.leave(forged, seen(), 900, 200),
    ] {
        assert_eq!(answer, Err(Error::Conflict));
    }
    // Bob's own session and id, and what was seen of Ann.
    let mixed = store.leave(holder(&bob, 2), seen(), 900, 200);
    assert_eq!(mixed, Err(Error::Internal));
    assert_eq!(store.own(&ann), before);
    assert!(store.lives(1) && store.lives(2));
}

fn a_password_that_changes_ends_every_other_session_and_moves_this_one(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    let by = store.with_holder(&ann, 1);
    store.with_session(&ann, 2);
    store.with_holder(&bob, 3);
    let seen = store.own(&ann).seen;
    store
        .set_password(by, seen, OTHER_HASH.into(), digest(9), 200)
        .expect("set");
    assert!(!store.lives(1), "its token is good for nothing now");
    assert!(!store.lives(2));
    assert!(store.lives(9) && store.lives(3));
    let found = store.find_password(ann.email.clone()).expect("an answer");
    assert_eq!(found.expect("a password").hash, OTHER_HASH);
    let own = store.own(&ann);
    assert_eq!(own.ways.len(), 1);
}

fn a_password_is_set_where_there_was_none(mut store: Subject) {
    let ann = proved("ann");
    store
        .register_linked(ann.clone(), identity("google", "g"))
        .expect("a user");
    store.with_linked_session(identity("google", "g"), 1);
    let seen = store.own(&ann).seen;
    store
        .set_password(holder(&ann, 1), seen, OTHER_HASH.into(), digest(9), 200)
        .expect("set");
    assert_eq!(store.own(&ann).ways.len(), 2);
    let found = store.find_password(ann.email.clone()).expect("an answer");
    assert_eq!(found.expect("a password").hash, OTHER_HASH);
    assert!(store.lives(9), "and it goes on as it began");
}

/// A session that begins after the look, by the old password, would outlive it.
fn a_change_of_password_that_missed_a_session_is_refused(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_holder(&ann, 1);
    let seen = store.own(&ann).seen;
    store.with_session(&ann, 2);
    let answer = store.set_password(by, seen, OTHER_HASH.into(), digest(9), 200);
    assert_eq!(answer, Err(Error::Conflict));
    assert!(store.lives(1) && store.lives(2) && !store.lives(9));
}

fn of_two_changes_of_password_at_once_the_second_is_told(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_holder(&ann, 1);
    let seen = store.own(&ann).seen;
    store
        .set_password(by.clone(), seen.clone(), OTHER_HASH.into(), digest(8), 200)
        .expect("the first");
    let second = store.set_password(by, seen, HASH.into(), digest(9), 200);
    assert_eq!(second, Err(Error::Conflict));
    assert!(store.lives(8) && !store.lives(9));
}

fn an_account_is_linked_once_and_to_one_user(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    let (by_ann, by_bob) = (store.with_holder(&ann, 1), store.with_holder(&bob, 2));
    let seen = store.own(&ann).seen;
    let vouched = Some("ann@elsewhere.example".to_owned());
    store
        .link_own(by_ann, seen, identity("acme", "a"), vouched.clone(), 200)
        .expect("linked");
    let own = store.own(&ann);
    let linked = own.ways.iter().find(|way| way.provider == "acme");
    assert_eq!(linked.expect("linked").vouched_email, vouched);
    assert!(!own.user.email_verified, "it is another address");

    let seen = store.own(&bob).seen;
    let taken = store.link_own(by_bob, seen, identity("acme", "a"), None, 200);
    assert_eq!(taken, Err(Error::Conflict));
    assert_eq!(store.own(&bob).ways.len(), 1);
    let found = store.find_linked(identity("acme", "a")).expect("an answer");
    assert_eq!(found.expect("linked").user.id, ann.id);
}

fn a_way_in_goes_with_the_sessions_that_came_through_it(mut store: Subject) {
    let ann = proved("ann");
    let by = store.with_holder(&ann, 1);
    let google = identity("google", "g");
    store.link(&ann, google.clone()).expect("linked");
    store.with_linked_session(google.clone(), 2);
    let seen = store.own(&ann).seen;
    store
        .remove_way(by, seen, google.issuer.clone(), google.subject.clone(), 200)
        .expect("gone");
    assert!(store.lives(1) && !store.lives(2));
    assert!(store.find_linked(google).expect("an answer").is_none());
    assert_eq!(store.own(&ann).ways.len(), 1);
}

fn the_last_way_in_stays(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_holder(&ann, 1);
    let seen = store.own(&ann).seen;
    let answer = store.remove_way(by, seen, "password".into(), ann.id.clone(), 200);
    assert_eq!(answer, Err(Error::Conflict));
    assert_eq!(store.own(&ann).ways.len(), 1);
}

fn of_two_who_each_take_one_of_two_ways_in_away_the_second_is_told(mut store: Subject) {
    let ann = proved("ann");
    let by = store.with_holder(&ann, 1);
    let google = identity("google", "g");
    store.link(&ann, google.clone()).expect("linked");
    let seen = store.own(&ann).seen;
    store
        .remove_way(by.clone(), seen.clone(), google.issuer, google.subject, 200)
        .expect("the first");
    let second = store.remove_way(by, seen, "password".into(), ann.id.clone(), 200);
    assert_eq!(second, Err(Error::Conflict));
    assert_eq!(store.own(&ann).ways.len(), 1);
}

fn whoever_leaves_has_no_session_and_gets_none(mut store: Subject) {
    let ann = proved("ann");
    let by = store.with_holder(&ann, 1);
    store.link(&ann, identity("google", "g")).expect("linked");
    store.with_session(&ann, 2);
    let seen = store.own(&ann).seen;
    store.leave(by, seen, 900, 200).expect("leaving");
    assert_eq!(store.own(&ann).leaves_at, Some(900));
    assert!(!store.lives(1) && !store.lives(2));
    let by_password = store.sign_in(&ann, session(3));
    assert!(matches!(by_password, Err(Error::Conflict)));
    let by_google = store.sign_in_linked(identity("google", "g"), session(4));
    assert!(matches!(by_google, Err(Error::Conflict)));
    let linking = store.link(&ann, identity("acme", "a"));
    assert_eq!(linking, Err(Error::Conflict));
    assert!(!store.lives(3) && !store.lives(4));
}

fn whoever_leaves_may_stay_until_the_time_is_over(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_holder(&ann, 1);
    assert_eq!(
        store.stay(ann.id.clone(), 200),
        Ok(false),
        "nothing to stop"
    );
    let seen = store.own(&ann).seen;
    store.leave(by, seen, 900, 200).expect("leaving");
    assert_eq!(store.stay(ann.id.clone(), 900), Ok(false), "over");
    store.disable(ann.id.clone(), 300).expect("off");
    assert_eq!(store.stay(ann.id.clone(), 899), Ok(false), "switched off");
    store.enable(ann.id.clone(), 300).expect("on");
    assert_eq!(store.stay(ann.id.clone(), 899), Ok(true));
    assert_eq!(
        store.stay(ann.id.clone(), 899),
        Ok(false),
        "stopped already"
    );
    assert_eq!(store.own(&ann).leaves_at, None);
    store.sign_in(&ann, session(2)).expect("in again");
}

fn whoever_left_is_gone_with_all_that_was_theirs(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    let by = store.with_holder(&ann, 1);
    store.with_holder(&bob, 2);
    store
        .grant_app(ann.email.clone(), "wiki".into(), 100)
        .expect("granted");
    let grants = store.own_grants(ann.id.clone());
    assert_eq!(grants, Ok(vec![("wiki".to_owned(), 100)]));
    let seen = store.own(&ann).seen;
    store.leave(by, seen, 900, 200).expect("leaving");
    store.sweep(899, 100).expect("swept");
    assert!(store.profile(ann.id.clone()).expect("an answer").is_some());
    // Whom an operator has switched off stays to be looked at.
    store.disable(ann.id.clone(), 300).expect("off");
    store.sweep(900, 100).expect("swept");
    assert!(store.profile(ann.id.clone()).expect("an answer").is_some());
    store.enable(ann.id.clone(), 300).expect("on");
    store.sweep(900, 100).expect("swept");
    assert!(store.profile(ann.id.clone()).expect("an answer").is_none());
    for table in ["auth_users", "auth_accounts"] {
        assert_eq!(store.count(table), 1, "{table}");
    }
    assert_eq!(store.count("auth_app_grants"), 0);
    assert_eq!(store.own(&bob).user, bob);
    store
        .register(ann, HASH.into())
        .expect("the address is free");
}
