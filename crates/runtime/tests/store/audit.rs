//! What is written down of what people did, and for how long?

use super::{
    Subject, on_both_engines_in_every_place,
    ports::{
        Filter,
        audit::{Actor, Cursor, Event, Kept},
        session_writer::{PasswordSignIn, SignIn},
        types::Error,
    },
    session, user,
};
use crate::store::HASH;

on_both_engines_in_every_place! {
    what_was_done_is_a_row_each_and_comes_newest_first
    what_was_refused_is_counted_under_its_id
    what_a_sign_in_does_is_written_down_with_its_session_or_neither_is
    an_event_outlives_its_user_and_keeps_the_id
    events_are_found_by_user_by_act_and_since_when
    pages_of_events_follow_each_other_without_gaps
    old_events_are_forgotten_a_few_at_a_time
}

fn event(id: &str, at: u64, user_id: &str) -> Event {
    Event {
        id: id.into(),
        at,
        act: "session.begun".into(),
        done: true,
        actor: Actor::Visitor,
        user_id: user_id.into(),
        target: "google".into(),
        origin: "https://app.example".into(),
        address: "192.0.2.1".into(),
        user_agent: "Browser \"1\" 'ü'".into(),
    }
}

fn all(store: &mut Subject) -> Vec<Kept> {
    let filter = Filter {
        user_id: None,
        act: None,
        since: 0,
    };
    store.events(filter, None, 1_000).expect("an answer")
}

fn ids(events: &[Kept]) -> Vec<&str> {
    events.iter().map(|kept| kept.event.id.as_str()).collect()
}

fn what_was_done_is_a_row_each_and_comes_newest_first(mut store: Subject) {
    let (first, second) = (event("b", 100, "ann"), event("a", 200, ""));
    store
        .append(vec![first.clone(), second.clone()])
        .expect("kept");
    store.append(vec![first.clone()]).expect("twice is once");
    let kept = all(&mut store);
    assert_eq!(
        kept.iter().map(|one| &one.event).collect::<Vec<_>>(),
        [&second, &first]
    );
    for one in kept {
        assert_eq!((one.last_at, one.times), (one.event.at, 1));
    }
}

fn what_a_sign_in_does_is_written_down_with_its_session_or_neither_is(mut store: Subject) {
    store.with_user(&user("ann"));
    let found = store.find_factors("id-of-ann".into()).expect("an answer");
    let seen = found.expect("a user").seen;
    let by_password = |hash: &str| {
        SignIn::Password(PasswordSignIn {
            seen: seen.clone(),
            hash: hash.into(),
            new_hash: None,
        })
    };
    let events = || vec![event("a", 100, "id-of-ann"), event("b", 100, "id-of-ann")];
    let refused = store.begin_and_note(by_password("$other"), session(1), events());
    assert_eq!(refused, Err(Error::Conflict));
    assert!(all(&mut store).is_empty());
    let begun = store.begin_and_note(by_password(HASH), session(1), events());
    begun.expect("a session");
    let kept = all(&mut store);
    let kept: Vec<_> = kept.iter().map(|one| one.event.clone()).collect();
    assert_eq!(
        kept,
        [event("b", 100, "id-of-ann"), event("a", 100, "id-of-ann")]
    );
    // What was refused may be counted: it comes with no session.
    let refused_before = Event {
        done: false,
        ..event("d", 100, "id-of-ann")
    };
    let refused = store.begin_and_note(by_password(HASH), session(2), vec![refused_before]);
    assert_eq!(refused, Err(Error::Internal));
    // A row of that id is there: nothing happens, no session either.
    let taken = vec![event("c", 100, "id-of-ann"), event("a", 100, "id-of-ann")];
    let refused = store.begin_and_note(by_password(HASH), session(2), taken);
    assert_eq!(refused, Err(Error::Conflict));
    assert_eq!(
        (all(&mut store).len(), store.count("auth_sessions")),
        (2, 1)
    );
}

fn what_was_refused_is_counted_under_its_id(mut store: Subject) {
    for (at, address) in [(100, "192.0.2.1"), (130, "192.0.2.2"), (150, "192.0.2.3")] {
        let refused = Event {
            done: false,
            act: "credentials.wrong".into(),
            address: address.into(),
            ..event("x", at, "ann")
        };
        store.append(vec![refused]).expect("counted");
    }
    let kept = all(&mut store);
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].event.at, kept[0].last_at, kept[0].times),
        (100, 150, 3)
    );
    assert_eq!(kept[0].event.address, "192.0.2.3", "who was last");
}

fn an_event_outlives_its_user_and_keeps_the_id(mut store: Subject) {
    store.with_user(&user("ann"));
    store
        .append(vec![event("x", 100, "id-of-ann")])
        .expect("kept");
    store.execute("DELETE FROM auth_users WHERE id = 'id-of-ann'");
    let kept = store.events_of_user("id-of-ann".into(), None, 10);
    assert_eq!(ids(&kept.expect("an answer")), ["x"]);
}

fn events_are_found_by_user_by_act_and_since_when(mut store: Subject) {
    let ended = Event {
        act: "session.ended".into(),
        ..event("c", 300, "ann")
    };
    let events = vec![event("a", 100, "ann"), event("b", 200, "bob"), ended];
    store.append(events).expect("kept");
    for (user_id, act, since, expected) in [
        (None, None, 0, &["c", "b", "a"][..]),
        (Some("ann"), None, 0, &["c", "a"]),
        (Some("ann"), None, 101, &["c"]),
        (Some("an"), None, 0, &[]),
        (Some("%"), None, 0, &[]),
        (None, Some("session.begun"), 0, &["b", "a"]),
        (Some("ann"), Some("session.begun"), 0, &["a"]),
        (None, Some("session"), 0, &[]),
        (None, None, 300, &["c"]),
        (None, None, 301, &[]),
    ] {
        let filter = Filter {
            user_id: user_id.map(str::to_owned),
            act: act.map(str::to_owned),
            since,
        };
        let found = store.events(filter, None, 10).expect("an answer");
        assert_eq!(ids(&found), expected, "{user_id:?} {act:?} {since}");
    }
    let kept = store.events_of_user("bob".into(), None, 10);
    assert_eq!(ids(&kept.expect("an answer")), ["b"]);
}

fn pages_of_events_follow_each_other_without_gaps(mut store: Subject) {
    // Three at each second: the time alone tells no two of them apart.
    let name = |number: u64| format!("{number:02}");
    let events = (0..12).map(|number| event(&name(number), 100 + number / 3, "ann"));
    store.append(events.collect()).expect("kept");
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store
            .events_of_user("ann".into(), after, 5)
            .expect("an answer");
        let Some(last) = page.last() else { break };
        after = Some(Cursor {
            at: last.event.at,
            id: last.event.id.clone(),
        });
        assert!(page.len() <= 5);
        seen.extend(page.into_iter().map(|kept| kept.event.id));
    }
    let expected: Vec<_> = (0..12).rev().map(name).collect();
    assert_eq!(seen, expected);
}

fn old_events_are_forgotten_a_few_at_a_time(mut store: Subject) {
    let events = (0..10).map(|number| event(&number.to_string(), 100 + number, "ann"));
    store.append(events.collect()).expect("kept");
    let again = Event {
        done: false,
        ..event("0", 500, "ann")
    };
    store.append(vec![again]).expect("counted");
    assert_eq!(store.forget_events(105, 3).expect("forgotten"), 3);
    assert_eq!(store.forget_events(105, 3).expect("forgotten"), 1);
    assert_eq!(store.forget_events(105, 3).expect("forgotten"), 0);
    let mut left = ids(&all(&mut store)).join(" ");
    assert_eq!(left, "9 8 7 6 5 0", "what happened again is not old");
    store
        .append(vec![event("new", u32::MAX.into(), "ann")])
        .expect("kept");
    let future = u64::from(u32::MAX) + 1;
    store.forget_events(future, 100).expect("forgotten");
    left = ids(&all(&mut store)).join(" ");
    assert_eq!(
        left, "new",
        "a clock that is ahead forgets nothing of today"
    );
}
