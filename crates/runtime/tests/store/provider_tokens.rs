//! Tokens that a provider gave are in their account's row: for sessions of its user alone,
//! and gone with the account, with the user's last session, and with the operator's word.

use super::{
    ORIGIN, Subject, digest, identity, on_both_engines_in_every_place,
    own_account::holder,
    ports::provider_tokens::Kept,
    proved,
    types::{Identity, User},
    user,
};

on_both_engines_in_every_place! {
    tokens_are_for_live_sessions_of_their_user_at_that_audience
    of_several_accounts_the_sessions_own_comes_first
    tokens_take_the_place_of_the_ones_that_were_seen
    tokens_that_are_void_end_the_sessions_of_their_account_and_no_others
    tokens_are_taken_out_once_nobody_has_a_session
    an_operator_who_ends_a_users_sessions_leaves_no_tokens
    an_account_takes_its_tokens_along
    nothing_but_an_account_has_tokens
}

const SEALED: &[u8] = b"\x00\xffsealed";

fn acme(subject: &str) -> Identity {
    identity("acme", subject)
}

impl Subject {
    fn keep(&mut self, of: &Identity, sealed: &[u8], before: Option<&[u8]>) -> bool {
        let (issuer, subject) = (of.issuer.clone(), of.subject.clone());
        let kept = self.keep_tokens(issuer, subject, sealed.into(), before.map(<[u8]>::to_vec));
        kept.expect("an answer")
    }

    fn of_session(&mut self, token: u8, now: u64) -> Option<Kept> {
        let found = self.tokens_of_session(digest(token), ORIGIN.into(), "acme".into(), now);
        found.expect("an answer")
    }

    fn of_account(&mut self, of: &Identity) -> Option<Vec<u8>> {
        let found = self.tokens_of_account(of.issuer.clone(), of.subject.clone());
        found.expect("an answer")
    }

    /// A user with an account at the provider, tokens kept, and a session by it.
    fn with_tokens(&mut self, user: &User, of: &Identity, token: u8) {
        self.register_linked(user.clone(), of.clone()).expect("new");
        self.with_linked_session(of.clone(), token);
        assert!(self.keep(of, SEALED, None));
    }
}

fn tokens_are_for_live_sessions_of_their_user_at_that_audience(mut store: Subject) {
    let (ann, bob) = (proved("ann"), user("bob"));
    store.with_tokens(&ann, &acme("a"), 1);
    store.with_user(&bob);
    store.with_session(&bob, 2);
    let found = store.of_session(1, 200).expect("hers");
    assert_eq!((&found.user_id, &found.sealed[..]), (&ann.id, SEALED));
    assert_eq!((found.identity, found.of_session), (acme("a"), true));
    assert_eq!(store.of_session(2, 200), None, "another user's");
    assert_eq!(store.of_session(3, 200), None, "nobody's");
    assert_eq!(store.of_session(1, 1_000), None, "it is over");
    for (audience, provider) in [("https://other.example", "acme"), (ORIGIN, "google")] {
        let found = store.tokens_of_session(digest(1), audience.into(), provider.into(), 200);
        assert_eq!(found, Ok(None), "{audience} {provider}");
    }
    store.end(digest(1)).expect("ended");
    assert_eq!(store.of_session(1, 200), None);
    let short = store.tokens_of_session(vec![1; 31], ORIGIN.into(), "acme".into(), 200);
    assert!(short.is_err(), "no digest");
}

fn of_several_accounts_the_sessions_own_comes_first(mut store: Subject) {
    let ann = proved("ann");
    store.with_tokens(&ann, &acme("a"), 1);
    store.link(&ann, acme("b")).expect("linked");
    store.with_linked_session(acme("b"), 2);
    store.link(&ann, identity("google", "g")).expect("linked");
    store.with_linked_session(identity("google", "g"), 3);
    assert!(store.keep(&acme("b"), b"b", None));
    for (token, subject, own) in [(1, "a", true), (2, "b", true), (3, "a", false)] {
        let found = store.of_session(token, 200).expect("hers");
        assert_eq!(found.of_session, own, "{token}");
        if own {
            assert_eq!(found.identity.subject, subject, "{token}");
        }
    }
}

fn tokens_take_the_place_of_the_ones_that_were_seen(mut store: Subject) {
    let a = acme("a");
    store.with_tokens(&user("ann"), &a, 1);
    assert!(
        !store.keep(&a, b"late", Some(b"other")),
        "not what is there"
    );
    assert_eq!(store.of_account(&a).as_deref(), Some(SEALED));
    assert!(store.keep(&a, b"new", Some(SEALED)));
    assert!(!store.keep(&a, b"newer", Some(SEALED)), "it has gone");
    assert_eq!(store.of_account(&a).as_deref(), Some(&b"new"[..]));
    assert!(store.keep(&a, b"signed in again", None));
    let long = vec![1; 32 * 1024 + 1];
    for sealed in [Vec::new(), long] {
        let kept = store.keep_tokens(a.issuer.clone(), a.subject.clone(), sealed, None);
        assert!(kept.is_err());
    }
    let longest = vec![1; 32 * 1024];
    assert!(store.keep(&a, &longest, None));
    assert_eq!(store.of_account(&a), Some(longest));
}

fn tokens_that_are_void_end_the_sessions_of_their_account_and_no_others(mut store: Subject) {
    let (ann, bob) = (proved("ann"), user("bob"));
    store.with_tokens(&ann, &acme("a"), 1);
    store.link(&ann, identity("google", "a")).expect("linked");
    store.with_linked_session(identity("google", "a"), 2);
    store.with_tokens(&bob, &acme("b"), 3);
    let mut end = |before: &[u8]| {
        let a = acme("a");
        let ended = store.end_tokens(a.issuer, a.subject, before.into());
        ended.expect("an answer")
    };
    assert!(!end(b"other"), "others are there by now");
    assert!(end(SEALED));
    assert!(!end(SEALED), "once");
    assert_eq!(store.of_account(&acme("a")), None);
    assert_eq!(store.resume(1, 200), Ok(None));
    for token in [2, 3] {
        assert!(store.resume(token, 200).expect("an answer").is_some());
    }
    assert_eq!(store.of_account(&acme("b")).as_deref(), Some(SEALED));
}

fn tokens_are_taken_out_once_nobody_has_a_session(mut store: Subject) {
    let (ann, bob) = (proved("ann"), user("bob"));
    store.with_tokens(&ann, &acme("a"), 1);
    store.with_linked_session(acme("a"), 2);
    store.with_tokens(&bob, &acme("b"), 3);
    let taken = |store: &mut Subject| {
        let taken = store.take_unused(ann.id.clone(), 200).expect("an answer");
        taken
            .into_iter()
            .map(|one| (one.identity, one.sealed))
            .collect::<Vec<_>>()
    };
    store.end(digest(1)).expect("ended");
    assert_eq!(taken(&mut store), [], "the other one is there");
    store.end(digest(2)).expect("ended");
    assert_eq!(taken(&mut store), [(acme("a"), SEALED.to_vec())]);
    assert_eq!(taken(&mut store), [], "once");
    assert_eq!(store.of_account(&acme("a")), None);
    assert_eq!(store.of_account(&acme("b")).as_deref(), Some(SEALED));
}

fn an_operator_who_ends_a_users_sessions_leaves_no_tokens(mut store: Subject) {
    let (ann, bob) = (proved("ann"), user("bob"));
    store.with_tokens(&ann, &acme("a"), 1);
    store.with_tokens(&bob, &acme("b"), 2);
    let kept = store.end_all(ann.id.clone(), Some(digest(1)));
    assert_eq!(kept, Ok(0));
    assert!(store.of_account(&acme("a")).is_some(), "one session stays");
    assert_eq!(store.end_all(ann.id, None), Ok(1));
    assert_eq!(store.of_account(&acme("a")), None);
    assert!(store.disable(bob.id, 200).expect("an answer"));
    assert_eq!(store.of_account(&acme("b")), None);
}

fn an_account_takes_its_tokens_along(mut store: Subject) {
    let (ann, a) = (proved("ann"), acme("a"));
    store.with_tokens(&ann, &a, 1);
    store.link(&ann, identity("google", "g")).expect("linked");
    store.with_linked_session(identity("google", "g"), 2);
    let seen = store.profile(ann.id.clone());
    let seen = seen.expect("an answer").expect("hers").seen;
    let removed = store.remove_way(
        holder(&ann, 2),
        seen,
        a.issuer.clone(),
        a.subject.clone(),
        200,
    );
    removed.expect("unlinked");
    assert_eq!(store.of_account(&a), None);
    // Whoever links it next begins with none.
    store.register_linked(user("bob"), a.clone()).expect("new");
    assert_eq!(store.of_account(&a), None);
}

fn nothing_but_an_account_has_tokens(mut store: Subject) {
    store.with_tokens(&user("ann"), &acme("a"), 1);
    assert!(!store.keep(&acme("b"), SEALED, None), "no such account");
    assert!(!store.keep(&identity("google", "a"), SEALED, None));
    assert_eq!(store.of_account(&acme("b")), None);
}
