//! What does a provider's word on an address do to a user, and to the sessions that
//! have begun before?

use super::{
    Subject, identity, on_both_engines_in_every_place,
    ports::session_writer::{LinkedSignIn, SignIn, Word},
    proved,
    types::{Error, Session},
    user,
    ways_in::some_session,
};

on_both_engines_in_every_place! {
    a_word_is_kept_with_the_account_and_counts_from_then_on
    a_session_is_as_verified_as_the_account_that_it_came_by
    an_address_that_somebody_has_is_a_conflict
    a_word_on_what_is_past_is_a_conflict
}

fn word(vouched: Option<&str>, email: &str, email_verified: bool) -> Option<Word> {
    Some(Word {
        vouched_email: vouched.map(str::to_owned),
        email: email.into(),
        email_verified,
    })
}

fn say(
    store: &mut Subject,
    provider: &str,
    word: Option<Word>,
) -> Result<(Session, Vec<u8>), Error> {
    let identity = identity(provider, "s");
    let found = store.find_linked(identity.clone()).expect("an answer");
    let sign_in = SignIn::Linked(LinkedSignIn {
        seen: found.expect("a user").seen,
        identity,
        name: None,
        word,
    });
    let session = some_session();
    let token = session.token.clone();
    Ok((store.begin(sign_in, session)?, token))
}

fn shown(store: &mut Subject, token: &[u8]) -> (String, bool) {
    let found = store.resume_at(token.to_vec(), super::ORIGIN.into(), 200, 500);
    let user = found.expect("an answer").expect("a session").user;
    (user.email, user.email_verified)
}

fn a_word_is_kept_with_the_account_and_counts_from_then_on(mut store: Subject) {
    let ann = user("ann");
    store
        .register_linked(ann.clone(), identity("google", "s"))
        .expect("a user");
    let mut tokens = Vec::new();
    for (case, said, email, verified) in [
        ("nothing new", None, &*ann.email, false),
        (
            "proved",
            word(Some(&ann.email), &ann.email, true),
            &*ann.email,
            true,
        ),
        ("nothing new again", None, &*ann.email, true),
        (
            "another",
            word(Some("new@example.com"), "new@example.com", true),
            "new@example.com",
            true,
        ),
        (
            "claimed",
            word(None, "third@example.com", false),
            "third@example.com",
            false,
        ),
        ("and none at all", word(None, "", false), "", false),
    ] {
        let revision = store.find_linked(identity("google", "s"));
        let revision = revision.expect("an answer").expect("a user").seen.revision;
        let is_news = said.is_some();
        let vouched = said.as_ref().map(|said| said.vouched_email.clone());
        let (begun, token) = say(&mut store, "google", said).expect(case);
        assert_eq!(
            (&*begun.user.email, begun.user.email_verified),
            (email, verified),
            "{case}"
        );
        tokens.push(token);
        // The sessions from before say the same from now on.
        for token in &tokens {
            assert_eq!(
                shown(&mut store, token),
                (email.to_owned(), verified),
                "{case}"
            );
        }
        let found = store.find_linked(identity("google", "s"));
        let found = found.expect("an answer").expect("a user");
        assert_eq!(
            (&*found.user.email, found.user.email_verified),
            (email, verified),
            "{case}"
        );
        assert_eq!(found.seen.revision - revision, u64::from(is_news), "{case}");
        if let Some(vouched) = vouched {
            assert_eq!(found.vouched_email, vouched, "{case}");
        }
    }
}

fn a_session_is_as_verified_as_the_account_that_it_came_by(mut store: Subject) {
    let ann = proved("ann");
    store
        .register_linked(ann.clone(), identity("google", "s"))
        .expect("a user");
    store.link(&ann, identity("github", "s")).expect("a link");
    let (_, by_google) = say(&mut store, "google", None).expect("a session");
    let found = store.find_linked(identity("github", "s"));
    let found = found.expect("an answer").expect("a user");
    assert_eq!((found.sole, found.vouched_elsewhere), (false, true));

    // GitHub vouches for another address now; Google, asked last, for this one.
    let other = word(Some("ann@home.example"), &ann.email, true);
    let (begun, by_github) = say(&mut store, "github", other).expect("a session");
    assert_eq!(
        (&*begun.user.email, begun.user.email_verified),
        (&*ann.email, false)
    );
    assert!(
        !shown(&mut store, &by_github).1,
        "not by whoever let this one in"
    );
    assert!(shown(&mut store, &by_google).1);
    let (begun, _) = say(&mut store, "github", None).expect("a session");
    assert!(!begun.user.email_verified, "nor the next time");
    let found = store.found(&ann.email).expect("a user").user;
    assert!(found.email_verified, "the user's is proved all the same");

    // An account that is gone vouches for nothing.
    store.execute("DELETE FROM auth_accounts WHERE provider = 'google'");
    assert!(!shown(&mut store, &by_google).1);
}

fn an_address_that_somebody_has_is_a_conflict(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store
        .register_linked(ann.clone(), identity("google", "s"))
        .expect("a user");
    store.with_user(&bob);
    let refused = say(
        &mut store,
        "google",
        word(Some(&bob.email), &bob.email, true),
    );
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    assert_eq!(store.found(&bob.email).expect("a user").user.id, bob.id);
    let found = store.find_linked(identity("google", "s"));
    let found = found.expect("an answer").expect("a user");
    assert_eq!((found.user.email, found.vouched_email), (ann.email, None));
}

fn a_word_on_what_is_past_is_a_conflict(mut store: Subject) {
    let ann = proved("ann");
    store
        .register_linked(ann.clone(), identity("google", "s"))
        .expect("a user");
    store.link(&ann, identity("github", "s")).expect("a link");
    let seen = store.seen(&ann).expect("an answer");
    // Each decided that the other still vouches.
    say(&mut store, "github", word(None, &ann.email, true)).expect("a session");
    let late = SignIn::Linked(LinkedSignIn {
        seen,
        identity: identity("google", "s"),
        name: None,
        word: word(None, &ann.email, true),
    });
    let refused = store.begin(late, some_session());
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
}
