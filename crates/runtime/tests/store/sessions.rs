//! How do sessions begin, go on and end?

use super::{
    ORIGIN, Subject, digest, on_both_engines_in_every_place, session, types::Error, user,
    with_redis,
};

on_both_engines_in_every_place! {
    a_session_is_resumed_with_its_user
    resuming_slides_the_idle_expiry_but_not_past_the_end
    an_idle_expiry_is_written_once_a_minute_and_a_stricter_one_at_once
    the_strictest_of_the_origins_that_used_a_session_says_how_long_it_idles
    looking_at_a_session_that_is_not_in_use_leaves_its_idle_expiry
    a_session_ends_at_the_second_it_expires
    a_session_ends_at_the_second_its_idle_time_runs_out
    a_session_is_good_for_its_audience_alone
    a_token_is_used_once
    a_session_says_by_which_methods_and_when
    a_session_never_begins_with_an_idle_expiry_past_its_end
    ending_a_session_ends_that_one
    ending_all_sessions_of_a_user_keeps_the_one_that_asks
}

with_redis! {
    a_session_is_resumed_with_its_user
    resuming_slides_the_idle_expiry_but_not_past_the_end
    the_strictest_of_the_origins_that_used_a_session_says_how_long_it_idles
    looking_at_a_session_that_is_not_in_use_leaves_its_idle_expiry
    a_session_ends_at_the_second_it_expires
    a_session_ends_at_the_second_its_idle_time_runs_out
    a_session_is_good_for_its_audience_alone
    a_token_is_used_once
    a_session_says_by_which_methods_and_when
    a_session_never_begins_with_an_idle_expiry_past_its_end
    ending_a_session_ends_that_one
    ending_all_sessions_of_a_user_keeps_the_one_that_asks
}

fn a_session_is_resumed_with_its_user(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);

    let found = store.resume(1, 200).expect("an answer").expect("a session");
    assert_eq!(found.user.id, ann.id);
    assert_eq!(found.user.email, ann.email);
    assert_eq!(found.user.email_verified, ann.email_verified);
    assert_eq!(found.user.name, ann.name);
    assert_eq!(found.user.created_at, ann.created_at);
    assert_eq!(
        (found.provider.as_str(), found.audience.as_str()),
        ("password", ORIGIN)
    );
    assert_eq!(
        (found.created_at, found.expires_at, found.idle_expires_at),
        (100, 1_000, 500)
    );

    assert!(
        store.resume(2, 200).expect("an answer").is_none(),
        "nobody has this token"
    );
}

fn resuming_slides_the_idle_expiry_but_not_past_the_end(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    for (token, asked, expected) in [
        (1, 600, 600),
        (2, 999, 999),
        (3, 1_000, 1_000),
        (4, 5_000, 1_000),
        (5, 700, 700),
    ] {
        let mut lasting = session(token);
        lasting.idle_expires_at = 1_000;
        store.sign_in(&ann, lasting).expect("a session");
        let found = store.resume_at(digest(token), ORIGIN.into(), 200, asked);
        let found = found.expect("an answer").expect("a session");
        assert_eq!(found.idle_expires_at, expected, "asked for {asked}");
    }
    assert!(
        store.resume(5, 699).expect("an answer").is_some(),
        "the slide is kept"
    );
}

fn an_idle_expiry_is_written_once_a_minute_and_a_stricter_one_at_once(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let mut lasting = session(1);
    (lasting.expires_at, lasting.idle_expires_at) = (10_000, 2_100);
    store.sign_in(&ann, lasting).expect("a session");
    for (now, seconds, expected, why) in [
        (150, 2_000, 2_100, "fifty seconds are too few"),
        (
            159,
            2_000,
            2_100,
            "fifty-nine, too, and none was written meanwhile",
        ),
        (160, 2_000, 2_160, "a minute"),
        (170, 1_000, 1_170, "a stricter origin"),
        (180, 2_000, 1_170, "a lax one changes nothing of that"),
        (230, 2_000, 1_230, "and slides by what is left"),
        (231, 300, 531, "stricter still"),
        (260, 2_000, 531, "of five minutes a tenth is worth a write"),
        (261, 2_000, 561, "that is thirty seconds"),
    ] {
        let found = store.resume_at(digest(1), ORIGIN.into(), now, now + seconds);
        let found = found.expect("an answer").expect("a session");
        assert_eq!(found.idle_expires_at, expected, "{why}");
        let looked_at = store.resume_at(digest(1), ORIGIN.into(), now, 0);
        let kept = looked_at.expect("an answer").expect("a session");
        assert_eq!(kept.idle_expires_at, expected, "{why}");
    }
}

/// Apps of one login may allow different times without use.
fn the_strictest_of_the_origins_that_used_a_session_says_how_long_it_idles(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let at = |store: &mut Subject, token, now, seconds| {
        let found = store.resume_at(digest(token), ORIGIN.into(), now, now + seconds);
        found.expect("an answer").map(|found| found.idle_expires_at)
    };
    let mut lasting = session(1);
    lasting.idle_expires_at = 1_000;
    store.sign_in(&ann, lasting).expect("a session");
    assert_eq!(at(&mut store, 1, 200, 500), Some(700), "the lax one's");
    assert_eq!(at(&mut store, 1, 300, 100), Some(400), "the strict one's");
    assert_eq!(
        at(&mut store, 1, 350, 500),
        Some(450),
        "by no use of the other's"
    );
    assert_eq!(at(&mut store, 1, 450, 500), None);

    // Where it began counts too.
    let mut strict = session(2);
    strict.idle_expires_at = 200;
    store.sign_in(&ann, strict).expect("a session");
    assert_eq!(at(&mut store, 2, 150, 500), Some(250));
}

fn looking_at_a_session_that_is_not_in_use_leaves_its_idle_expiry(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);

    for (at, asked, expected) in [
        (200, 0, Some(500)),
        (300, 600, Some(600)),
        (599, 0, Some(600)),
    ] {
        let found = store.resume_at(digest(1), ORIGIN.into(), at, asked);
        let found = found.expect("an answer").map(|found| found.idle_expires_at);
        assert_eq!(found, expected, "asked for {asked} at {at}");
    }
    let found = store.resume_at(digest(1), ORIGIN.into(), 600, 0);
    assert!(
        found.expect("an answer").is_none(),
        "nor does it revive one"
    );
}

fn a_session_ends_at_the_second_it_expires(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let mut lasting = session(1);
    lasting.idle_expires_at = 1_000;
    store.sign_in(&ann, lasting).expect("a session");

    let at = |store: &mut Subject, now| {
        store
            .resume_at(digest(1), ORIGIN.into(), now, 1_000)
            .expect("an answer")
            .is_some()
    };
    assert!(at(&mut store, 999));
    assert!(!at(&mut store, 1_000));
    assert!(!at(&mut store, i64::MAX as u64));
}

fn a_session_ends_at_the_second_its_idle_time_runs_out(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);

    assert!(store.resume(1, 500).expect("an answer").is_none());
    let late = store
        .resume_at(digest(1), ORIGIN.into(), 500, 900)
        .expect("an answer");
    assert!(late.is_none(), "nor does asking revive it");
    assert!(store.resume(1, 499).expect("an answer").is_some());
}

fn a_session_is_good_for_its_audience_alone(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);

    for other in [
        "https://app.example.",
        "https://APP.example",
        "https://other.example",
        "",
        "%",
    ] {
        let found = store
            .resume_at(digest(1), other.into(), 200, 900)
            .expect("an answer");
        assert!(found.is_none(), "{other:?}");
    }
    let found = store.resume(1, 200).expect("an answer").expect("a session");
    assert_eq!(found.idle_expires_at, 500, "asking elsewhere slid nothing");
}

fn a_token_is_used_once(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    store.with_session(&ann, 1);
    assert!(matches!(
        store.sign_in(&bob, session(1)),
        Err(Error::Conflict)
    ));
    assert_eq!(
        store
            .resume(1, 200)
            .expect("an answer")
            .expect("a session")
            .user
            .id,
        ann.id
    );
}

fn a_session_says_by_which_methods_and_when(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let mut new = session(1);
    (new.amr, new.auth_time) = ("pwd otp mfa".into(), 42);
    let begun = store.sign_in(&ann, new).expect("a session");
    let found = store.resume(1, 200).expect("an answer").expect("a session");
    for session in [begun, found] {
        assert_eq!(
            (session.amr.as_str(), session.auth_time),
            ("pwd otp mfa", 42)
        );
        assert_eq!(
            (session.user.id.as_str(), session.created_at),
            (&*ann.id, 100)
        );
    }
    for amr in ["", "PWD", "pwd  otp", &"x".repeat(49)] {
        let mut new = session(2);
        new.amr = amr.into();
        let refused = store.sign_in(&ann, new);
        assert!(matches!(refused, Err(Error::Internal)), "{amr:?}");
    }
}

fn a_session_never_begins_with_an_idle_expiry_past_its_end(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    let mut new = session(1);
    new.idle_expires_at = 5_000;
    store.sign_in(&ann, new).expect("a session");
    let kept = store.value("SELECT idle_expires_at FROM auth_sessions");
    assert_eq!(kept.as_deref(), Some("1000"));
}

fn ending_a_session_ends_that_one(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.with_session(&ann, 1);
    store.with_session(&ann, 2);

    store.end(digest(1)).expect("ended");
    store
        .end(digest(1))
        .expect("ending what is gone is no error");
    assert!(store.resume(1, 200).expect("an answer").is_none());
    assert!(store.resume(2, 200).expect("an answer").is_some());
}

fn ending_all_sessions_of_a_user_keeps_the_one_that_asks(mut store: Subject) {
    let (ann, bob) = (user("ann"), user("bob"));
    store.with_user(&ann);
    store.with_user(&bob);
    for token in 1..=4 {
        store.with_session(&ann, token);
    }
    store.with_session(&bob, 9);

    assert_eq!(
        store
            .end_all(ann.id.clone(), Some(digest(2)))
            .expect("ended"),
        3
    );
    assert!(store.resume(1, 200).expect("an answer").is_none());
    assert!(store.resume(2, 200).expect("an answer").is_some());
    assert_eq!(store.end_all(ann.id.clone(), None).expect("ended"), 1);
    assert!(store.resume(2, 200).expect("an answer").is_none());
    assert_eq!(store.end_all(ann.id, None).expect("nothing left"), 0);
    assert!(
        store.resume(9, 200).expect("an answer").is_some(),
        "somebody else's stays"
    );
}
