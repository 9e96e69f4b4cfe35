//! Where is somebody signed in, and where no longer?

use super::{
    ORIGIN, Subject, digest, identity, on_both_engines_in_every_place,
    own_account::holder,
    ports::{
        session_writer::NewSession,
        types::Error,
        user_sessions::{After, Listed, Over},
    },
    session,
    types::User,
    user, with_redis,
};

on_both_engines_in_every_place! {
    a_session_is_listed_with_what_its_user_knows_it_by
    a_session_was_last_seen_when_it_last_slid
    sessions_are_listed_newest_first_a_page_at_a_time
    a_session_that_is_over_is_not_listed
    nobody_sees_or_ends_somebody_elses_sessions
    a_session_that_has_ended_ends_no_other
    all_others_end_and_the_one_that_asks_stays
    a_session_that_was_ended_stays_ended_however_it_is_used_at_that_moment
    what_is_over_at_a_provider_ends_by_its_name_and_no_other
    all_that_an_account_of_a_provider_began_end_at_once
    what_no_provider_calls_its_session_ends_none_and_begins_none
    what_is_over_is_known_for_sign_ins_that_have_had_their_first_step
    of_a_session_that_begins_and_its_end_whichever_comes_last_sees_the_other
}

with_redis! {
    a_session_is_listed_with_what_its_user_knows_it_by
    a_session_was_last_seen_when_it_last_slid
    sessions_are_listed_newest_first_a_page_at_a_time
    a_session_that_is_over_is_not_listed
    nobody_sees_or_ends_somebody_elses_sessions
    a_session_that_has_ended_ends_no_other
    all_others_end_and_the_one_that_asks_stays
    a_session_that_was_ended_stays_ended_however_it_is_used_at_that_moment
    what_is_over_at_a_provider_ends_by_its_name_and_no_other
    all_that_an_account_of_a_provider_began_end_at_once
    what_no_provider_calls_its_session_ends_none_and_begins_none
    what_is_over_is_known_for_sign_ins_that_have_had_their_first_step
    of_a_session_that_begins_and_its_end_whichever_comes_last_sees_the_other
}

impl Subject {
    fn listed(&mut self, user: &User, now: u64) -> Vec<Listed> {
        let all = self.list_sessions(user.id.clone(), None, 100, now);
        all.expect("an answer")
    }

    fn tokens(&mut self, user: &User, now: u64) -> Vec<u8> {
        let listed = self.listed(user, now);
        listed.into_iter().map(|listed| listed.token[0]).collect()
    }
}

fn a_session_is_listed_with_what_its_user_knows_it_by(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let begun = NewSession {
        user_agent: "Mozilla/5.0 (X11; Linux x86_64) ünï".into(),
        address: "2001:db8::1".into(),
        region: "Berlin, DE".into(),
        amr: "pwd otp".into(),
        ..session(1)
    };
    store.sign_in(&ann, begun.clone()).expect("a session");
    let listed = Listed {
        token: digest(1),
        provider: "password".into(),
        amr: "pwd otp".into(),
        audience: ORIGIN.into(),
        auth_time: 90,
        created_at: 100,
        seen_at: 100,
        user_agent: begun.user_agent,
        address: begun.address,
        region: begun.region,
    };
    let found = store.find_own_session(holder(&ann, 1), 200);
    assert_eq!(found.expect("an answer").as_ref(), Some(&listed));
    assert_eq!(store.listed(&ann, 200), [listed]);
}

fn a_session_was_last_seen_when_it_last_slid(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    for (now, idle, seen_at) in [(200, 600, 200), (250, 0, 200), (300, 700, 300)] {
        let resumed = store.resume_at(digest(1), ORIGIN.into(), now, idle);
        assert!(resumed.expect("an answer").is_some());
        assert_eq!(store.listed(&ann, now)[0].seen_at, seen_at, "at {now}");
    }
    // From before the idle time was kept.
    store.execute("UPDATE auth_sessions SET idle_seconds = NULL");
    let seen_at = match store.keeps_uses_elsewhere() {
        true => 300,
        false => 100,
    };
    assert_eq!(store.listed(&ann, 300)[0].seen_at, seen_at);
}

fn sessions_are_listed_newest_first_a_page_at_a_time(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    for token in 1..=9 {
        let mut begun = session(token);
        // Three of a second each.
        begun.created_at = 100 + u64::from(token / 3);
        store.sign_in(&ann, begun).expect("a session");
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_sessions(ann.id.clone(), after, 2, 200);
        let page = page.expect("an answer");
        let Some(last) = page.last() else { break };
        after = Some(After {
            created_at: last.created_at,
            token: last.token.clone(),
        });
        seen.extend(page.iter().map(|listed| listed.token[0]));
    }
    assert_eq!(seen, [9, 8, 7, 6, 5, 4, 3, 2, 1]);
}

fn a_session_that_is_over_is_not_listed(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    assert_eq!(store.tokens(&ann, 499), [1]);
    assert!(store.tokens(&ann, 500).is_empty());
    let found = store.find_own_session(holder(&ann, 1), 500);
    assert_eq!(found, Ok(None));
}

fn nobody_sees_or_ends_somebody_elses_sessions(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    store.with_session(&ann, 1);
    store.with_session(&bob, 2);
    assert_eq!(store.tokens(&bob, 200), [2]);
    assert_eq!(store.end_own(holder(&bob, 2), digest(1), 200), Ok(false));
    // With the other's id, by a session that is not the other's.
    assert_eq!(store.end_own(holder(&ann, 2), digest(1), 200), Ok(false));
    assert_eq!(store.end_others(holder(&ann, 2), 200), Ok(0));
    assert_eq!(store.find_own_session(holder(&ann, 2), 200), Ok(None));
    assert_eq!(store.tokens(&ann, 200), [1]);
    assert_eq!(store.end_own(holder(&ann, 1), digest(1), 200), Ok(true));
    assert_eq!(store.tokens(&bob, 200), [2]);
}

fn a_session_that_has_ended_ends_no_other(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    store.with_session(&ann, 2);
    assert_eq!(store.end_own(holder(&ann, 1), digest(2), 200), Ok(true));
    assert_eq!(store.end_own(holder(&ann, 2), digest(1), 200), Ok(false));
    assert_eq!(store.end_others(holder(&ann, 2), 200), Ok(0));
    assert_eq!(store.tokens(&ann, 200), [1]);
}

fn all_others_end_and_the_one_that_asks_stays(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    for token in 1..=4 {
        store.with_session(&ann, token);
    }
    store.with_session(&bob, 9);
    assert_eq!(store.end_others(holder(&ann, 3), 200), Ok(3));
    assert_eq!(store.tokens(&ann, 200), [3]);
    assert_eq!(store.tokens(&bob, 200), [9]);
}

/// Whatever order they happen in, nothing brings it back.
fn a_session_that_was_ended_stays_ended_however_it_is_used_at_that_moment(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    for token in 2..=5 {
        store.with_session(&ann, token);
        let mut user_of_it = store.another();
        let using = std::thread::spawn(move || {
            for now in 200..230 {
                let answer = user_of_it.resume_at(digest(token), ORIGIN.into(), now, now + 400);
                answer.expect("an answer");
            }
            user_of_it
        });
        assert_eq!(store.end_own(holder(&ann, 1), digest(token), 200), Ok(true));
        let mut user_of_it = using.join().expect("no panic");
        assert!(user_of_it.resume(token, 230).expect("an answer").is_none());
        assert_eq!(store.tokens(&ann, 230), [1]);
    }
}

/// Ann and Bob, each with an account at two providers, and with sessions: Ann's of `acme` are
/// 1 and 2 of one session there and 3 of another, 4 is from before those were kept, 5 is of the
/// other provider under the same name, and 6 is by password. Bob's of `acme` is 7.
fn by_providers(store: &mut Subject) -> [User; 2] {
    let people = [user("ann"), user("bob")];
    for (person, subject) in people.iter().zip(["a", "b"]) {
        store.with_user(person);
        store.execute("UPDATE auth_users SET email_verified = TRUE");
        for provider in ["acme", "other"] {
            let account = identity(provider, subject);
            store.link(person, account).expect("linked");
        }
    }
    for (token, provider, subject, named) in [
        (1, "acme", "a", "s-1"),
        (2, "acme", "a", "s-1"),
        (3, "acme", "a", "s-2"),
        (4, "acme", "a", ""),
        (5, "other", "a", "s-1"),
        (7, "acme", "b", "s-3"),
    ] {
        let begun = NewSession {
            provider_session: named.into(),
            ..session(token)
        };
        let account = identity(provider, subject);
        store.sign_in_linked(account, begun).expect("a session");
    }
    store.with_session(&people[0], 6);
    people
}

fn over(subject: Option<&str>, session: Option<&str>) -> Over {
    Over {
        provider: "acme".into(),
        issuer: Some("https://acme.example".into()),
        subject: subject.map(str::to_owned),
        session: session.map(str::to_owned),
        until: 100,
        first_step_until: 100,
        known_until: Some(700),
    }
}

impl Subject {
    /// Which of them live.
    fn alive(&mut self) -> Vec<u8> {
        let lives = |token: &u8| self.resume(*token, 200).expect("an answer").is_some();
        (1..=7).filter(lives).collect()
    }
}

fn what_is_over_at_a_provider_ends_by_its_name_and_no_other(mut store: Subject) {
    let [ann, _] = by_providers(&mut store);
    assert_eq!(store.alive(), [1, 2, 3, 4, 5, 6, 7]);
    for (subject, session) in [
        (None, "s-4"),
        (None, "S-1"),
        (Some("nobody"), "s-1"),
        (Some("b"), "s-1"),
    ] {
        let ended = store.end_over(over(subject, Some(session)));
        assert_eq!(ended, Ok(Vec::new()), "{subject:?} {session}");
    }
    assert_eq!(store.alive(), [1, 2, 3, 4, 5, 6, 7]);
    let of_any = |provider: &str| Over {
        provider: provider.into(),
        issuer: None,
        ..over(None, Some("s-1"))
    };
    assert_eq!(store.end_over(of_any("nowhere")), Ok(Vec::new()));
    assert_eq!(store.end_over(of_any("other")), Ok(vec![ann.id.clone()]));
    assert_eq!(store.alive(), [1, 2, 3, 4, 6, 7]);
    let ended = store.end_over(over(None, Some("s-1")));
    assert_eq!(ended, Ok(vec![ann.id.clone()]));
    assert_eq!(store.alive(), [3, 4, 6, 7]);
    assert_eq!(store.end_over(over(None, Some("s-1"))), Ok(Vec::new()));
    // What is not known to be another may be the one.
    let ended = store.end_over(over(Some("a"), Some("s-1")));
    assert_eq!(ended, Ok(vec![ann.id.clone()]));
    assert_eq!(store.alive(), [3, 6, 7]);
    // Whether or not it is kept.
    let ended = store.end_over(Over {
        known_until: None,
        ..over(Some("a"), Some("s-2"))
    });
    assert_eq!(ended, Ok(vec![ann.id]));
    assert_eq!(store.alive(), [6, 7]);
}

fn all_that_an_account_of_a_provider_began_end_at_once(mut store: Subject) {
    let [ann, _] = by_providers(&mut store);
    assert_eq!(store.end_over(over(Some("a"), None)), Ok(vec![ann.id]));
    assert_eq!(store.alive(), [5, 6, 7]);
    assert_eq!(store.end_over(over(Some("a"), None)), Ok(Vec::new()));
}

fn what_no_provider_calls_its_session_ends_none_and_begins_none(mut store: Subject) {
    by_providers(&mut store);
    let earlier = |over| Over { until: 99, ..over };
    for nothing in [
        over(None, None),
        over(None, Some("")),
        Over {
            issuer: None,
            ..over(None, None)
        },
        // They all began since.
        earlier(over(None, Some("s-1"))),
        earlier(over(Some("a"), None)),
    ] {
        assert_eq!(store.end_over(nothing), Ok(Vec::new()));
    }
    let longest = "s".repeat(255);
    let ended = store.end_over(over(None, Some(&longest)));
    assert_eq!(ended, Ok(Vec::new()));
    for none in [&format!("{longest}s"), "a\n", "\0"] {
        let ended = store.end_over(over(None, Some(none)));
        assert_eq!(ended, Err(Error::Internal), "{none:?}");
        let begun = NewSession {
            provider_session: none.to_owned(),
            ..session(8)
        };
        let begun = store.sign_in_linked(identity("acme", "a"), begun);
        assert_eq!(begun.err(), Some(Error::Internal), "{none:?}");
    }
    assert_eq!(store.alive(), [1, 2, 3, 4, 5, 6, 7]);
}

fn what_is_over_is_known_for_sign_ins_that_have_had_their_first_step(mut store: Subject) {
    let is_over = |store: &mut Subject, subject: &str, session: &str, first_step_at| {
        let account = identity("acme", subject);
        let over = store.is_over(account, session.to_owned(), first_step_at);
        over.expect("an answer")
    };
    assert!(!is_over(&mut store, "a", "s-1", 100));
    // Nobody's session, which may begin yet; said twice, and once more late.
    for until in [90, 100, 95] {
        let said = Over {
            first_step_until: until,
            known_until: Some(until + 600),
            ..over(None, Some("s-1"))
        };
        assert_eq!(store.end_over(said), Ok(Vec::new()));
    }
    for (subject, session, first_step_at, expected) in [
        ("a", "s-1", 100, true),
        ("b", "s-1", 0, true),
        ("a", "s-1", 101, false),
        ("a", "s-2", 100, false),
        ("a", "S-1", 100, false),
        ("a", "", 100, false),
    ] {
        let found = is_over(&mut store, subject, session, first_step_at);
        assert_eq!(found, expected, "{subject} {session} {first_step_at}");
    }
    let other = store.is_over(identity("other", "a"), "s-1".into(), 100);
    assert_eq!(other, Ok(false), "another provider's");

    assert_eq!(store.end_over(over(Some("b"), None)), Ok(Vec::new()));
    for (subject, session) in [("b", ""), ("b", "s-2")] {
        assert!(is_over(&mut store, subject, session, 100), "{session}");
        assert!(!is_over(&mut store, subject, session, 101), "{session}");
    }
    assert_eq!(store.end_over(over(Some("a"), Some("s-3"))), Ok(Vec::new()));
    assert!(is_over(&mut store, "a", "s-3", 100) && is_over(&mut store, "a", "", 100));
    assert!(!is_over(&mut store, "a", "s-4", 100));
    let of_any = Over {
        issuer: None,
        ..over(None, Some("s-5"))
    };
    assert_eq!(store.end_over(of_any), Ok(Vec::new()));
    assert!(is_over(&mut store, "a", "s-5", 100));
    // What names nobody leaves nothing.
    let before = store.count("auth_verifications");
    assert_eq!(store.end_over(over(None, None)), Ok(Vec::new()));
    // Nor does what is not to be kept.
    let unkept = Over {
        known_until: None,
        ..over(None, Some("s-6"))
    };
    assert_eq!(store.end_over(unkept), Ok(Vec::new()));
    assert!(!is_over(&mut store, "a", "s-6", 100));
    assert_eq!(store.count("auth_verifications"), before);
    // No second step may come after that.
    store.sweep(699, 100).expect("swept");
    assert!(is_over(&mut store, "a", "s-1", 100));
    store.sweep(700, 100).expect("swept");
    assert!(!is_over(&mut store, "a", "s-1", 100));
    assert_eq!(store.count("auth_verifications"), 0);
}

fn of_a_session_that_begins_and_its_end_whichever_comes_last_sees_the_other(mut store: Subject) {
    by_providers(&mut store);
    for token in 11..=18 {
        let named = format!("s-{token}");
        let mut provider = store.another();
        let said = over(None, Some(&named));
        let saying = std::thread::spawn(move || provider.end_over(said).expect("an answer"));
        let begun = NewSession {
            provider_session: named.clone(),
            ..session(token)
        };
        let account = identity("acme", "a");
        store
            .sign_in_linked(account.clone(), begun)
            .expect("a session");
        let is_known = store.is_over(account, named, 100).expect("an answer");
        saying.join().expect("no panic");
        let lives = store.resume(token, 200).expect("an answer").is_some();
        assert!(is_known || !lives, "{token}: nobody has ended it");
    }
}
