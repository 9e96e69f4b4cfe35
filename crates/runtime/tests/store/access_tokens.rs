//! Which tokens have people made for their programs, and whose is this one?

use super::{
    ORIGIN, Subject, digest, on_both_engines, on_both_engines_in_every_place,
    own_account::holder,
    ports::{access_tokens::Token, own_account::Holder},
    types::{Error, User},
    user,
};

mod in_every_place {
    use super::*;

    on_both_engines_in_every_place! {
        a_token_is_its_users_at_one_audience_until_it_expires
        a_token_says_to_the_hour_when_it_was_used
        a_token_says_whether_its_user_was_granted_the_app
        nobody_sees_or_revokes_somebody_elses_tokens
        a_session_that_has_ended_makes_and_revokes_no_token
        nobody_has_more_tokens_than_anybody_may
        a_token_ends_when_its_user_is_switched_off
        a_token_that_was_decided_before_what_ends_all_is_none
        a_token_dies_with_its_user_and_is_no_good_while_the_user_leaves
        what_has_expired_is_swept
    }
}

mod without_writes {
    use super::*;

    on_both_engines! {
        a_token_is_found_while_the_database_takes_no_writes
    }
}

fn token(id: &str) -> Token {
    Token {
        id: id.into(),
        name: "A script".into(),
        audience: ORIGIN.into(),
        scopes: "wiki blog".into(),
        created_at: 200,
        expires_at: 10_000,
        used_at: None,
    }
}

impl Subject {
    /// Somebody who has made a token, kept under this digest.
    fn with_token(&mut self, user: &User, number: u8) -> Holder {
        self.with_user(user);
        self.with_session(user, number);
        let by = holder(user, number);
        self.keep_token(by.clone(), token(&user.name), digest(number), 10, 200)
            .expect("a token");
        by
    }

    /// On what the holder's account is now.
    fn keep_token(
        &mut self,
        by: Holder,
        token: Token,
        digest: Vec<u8>,
        most: u32,
        now: u64,
    ) -> Result<(), Error> {
        let seen = self.profile(by.user_id.clone()).expect("an answer");
        let seen = seen.expect("a user").seen;
        self.create_token(by, seen, token, digest, most, now)
    }

    fn ids(&mut self, user: &User) -> Vec<String> {
        let listed = self.list_tokens(user.id.clone(), 200).expect("an answer");
        listed.into_iter().map(|token| token.id).collect()
    }
}

fn a_token_is_its_users_at_one_audience_until_it_expires(mut store: Subject) {
    let ann = user("ann");
    store.with_token(&ann, 1);
    let found = store.resume_token(digest(1), ORIGIN.into(), None, 9_999);
    let found = found.expect("an answer").expect("a token");
    assert_eq!(found.user, ann);
    assert_eq!(found.token, token("ann"));
    assert_eq!(found.granted, None);
    let listed = store.list_tokens(ann.id.clone(), 9_999).expect("an answer");
    assert_eq!(listed.len(), 1);
    for (number, now) in [(1, 10_000), (2, 200)] {
        assert_eq!(
            store.resume_token(digest(number), ORIGIN.into(), None, now),
            Ok(None)
        );
    }
    let elsewhere = store.resume_token(digest(1), "https://other.example".into(), None, 300);
    assert_eq!(elsewhere, Ok(None));
    let late = store.list_tokens(ann.id.clone(), 10_000);
    assert_eq!(late.expect("an answer"), []);
}

fn a_token_says_to_the_hour_when_it_was_used(mut store: Subject) {
    let ann = user("ann");
    store.with_token(&ann, 1);
    for (now, kept) in [(300, 300), (3_899, 300), (3_900, 3_900), (5_000, 3_900)] {
        let found = store.resume_token(digest(1), ORIGIN.into(), None, now);
        assert!(found.expect("an answer").is_some());
        let listed = store.list_tokens(ann.id.clone(), now).expect("an answer");
        assert_eq!(listed[0].used_at, Some(kept), "at {now}");
    }
}

fn a_token_says_whether_its_user_was_granted_the_app(mut store: Subject) {
    let ann = user("ann");
    store.with_token(&ann, 1);
    store
        .grant_app(ann.email.clone(), "wiki".into(), 100)
        .expect("granted");
    for (app, granted) in [("wiki", true), ("WIKI", true), ("blog", false)] {
        let found = store.resume_token(digest(1), ORIGIN.into(), Some(app.into()), 300);
        let found = found.expect("an answer").expect("a token");
        assert_eq!(found.granted, Some(granted), "{app}");
    }
}

fn nobody_sees_or_revokes_somebody_elses_tokens(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_token(&ann, 1);
    let by_bob = store.with_token(&bob, 2);
    assert_eq!(store.ids(&bob), ["bob"]);
    assert_eq!(
        store.revoke_token(by_bob.clone(), "ann".into(), 200),
        Ok(false)
    );
    let forged = holder(&ann, 2);
    assert_eq!(
        store.revoke_token(forged.clone(), "ann".into(), 200),
        Ok(false)
    );
    let made = store.keep_token(forged, token("forged"), digest(9), 10, 200);
    assert_eq!(made, Err(Error::Conflict));
    assert_eq!(store.ids(&ann), ["ann"]);
    assert_eq!(store.revoke_token(by_bob, "bob".into(), 200), Ok(true));
    assert_eq!(
        store.resume_token(digest(2), ORIGIN.into(), None, 200),
        Ok(None)
    );
    assert!(
        store
            .resume_token(digest(1), ORIGIN.into(), None, 200)
            .expect("an answer")
            .is_some()
    );
}

fn a_session_that_has_ended_makes_and_revokes_no_token(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_token(&ann, 1);
    store.end(digest(1)).expect("ended");
    let made = store.keep_token(by.clone(), token("late"), digest(9), 10, 200);
    assert_eq!(made, Err(Error::Conflict));
    assert_eq!(store.revoke_token(by, "ann".into(), 200), Ok(false));
    assert_eq!(store.ids(&ann), ["ann"]);
}

fn nobody_has_more_tokens_than_anybody_may(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_token(&ann, 1);
    let second = store.keep_token(by.clone(), token("second"), digest(2), 2, 200);
    assert_eq!(second, Ok(()));
    let third = store.keep_token(by.clone(), token("third"), digest(3), 2, 200);
    assert_eq!(third, Err(Error::Conflict));
    assert_eq!(
        store.revoke_token(by.clone(), "second".into(), 200),
        Ok(true)
    );
    assert_eq!(
        store.keep_token(by, token("third"), digest(3), 2, 200),
        Ok(())
    );
}

fn a_token_ends_when_its_user_is_switched_off(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_token(&ann, 1);
    store.with_token(&bob, 2);
    store.disable(ann.id.clone(), 300).expect("off");
    store.enable(ann.id.clone(), 310).expect("on");
    let mut resumed = |token| {
        let found = store.resume_token(digest(token), ORIGIN.into(), None, 320);
        found.expect("an answer").is_some()
    };
    assert!(!resumed(1), "switched on again, it is still over");
    assert!(resumed(2), "somebody else's");
}

fn a_token_dies_with_its_user_and_is_no_good_while_the_user_leaves(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_token(&ann, 1);
    let own = store.profile(ann.id.clone()).expect("an answer");
    store
        .leave(by, own.expect("a user").seen, 900, 200)
        .expect("leaving");
    assert_eq!(
        store.resume_token(digest(1), ORIGIN.into(), None, 300),
        Ok(None)
    );
    assert_eq!(store.stay(ann.id.clone(), 300), Ok(true));
    assert!(
        store
            .resume_token(digest(1), ORIGIN.into(), None, 300)
            .expect("an answer")
            .is_some()
    );
    store.execute("DELETE FROM auth_users");
    assert_eq!(store.count("auth_access_tokens"), 0);
}

fn what_has_expired_is_swept(mut store: Subject) {
    let ann = user("ann");
    store.with_token(&ann, 1);
    store.sweep(9_999, 100).expect("swept");
    assert_eq!(store.count("auth_access_tokens"), 1);
    store.sweep(10_000, 100).expect("swept");
    assert_eq!(store.count("auth_access_tokens"), 0);
}

fn a_token_is_found_while_the_database_takes_no_writes(mut store: Subject) {
    let ann = user("ann");
    store.with_token(&ann, 1);
    let mut store = store.read_only();
    let found = store.resume_token(digest(1), ORIGIN.into(), None, 300);
    assert_eq!(found.expect("an answer").expect("a token").user, ann);
}

fn a_token_that_was_decided_before_what_ends_all_is_none(mut store: Subject) {
    let ann = user("ann");
    let by = store.with_token(&ann, 1);
    let seen = |store: &mut Subject| {
        let found = store.profile(ann.id.clone()).expect("an answer");
        found.expect("a user").seen
    };
    // Each makes the account another one: of two at once the second looks again.
    let before = seen(&mut store);
    let set = store.set_password(
        by.clone(),
        before.clone(),
        "$argon2id$new".into(),
        digest(2),
        200,
    );
    set.expect("set");
    let late = store.create_token(holder(&ann, 2), before, token("late"), digest(8), 10, 200);
    assert_eq!(late, Err(Error::Conflict));
    assert_eq!(store.ids(&ann), [""; 0]);

    let before = seen(&mut store);
    let made = store.keep_token(holder(&ann, 2), token("made"), digest(8), 10, 200);
    made.expect("made");
    let late = store.set_password(
        holder(&ann, 2),
        before,
        "$argon2id$newer".into(),
        digest(3),
        200,
    );
    assert_eq!(late, Err(Error::Conflict));

    let before = seen(&mut store);
    store.disable(ann.id.clone(), 200).expect("off");
    let late = store.create_token(holder(&ann, 2), before, token("late"), digest(9), 10, 200);
    assert_eq!(late, Err(Error::Conflict));
    assert_eq!(store.count("auth_access_tokens"), 0);
}
