//! How often may something be done in a while, and how long does who failed wait?

use super::{
    Subject, digest, on_both_engines_in_every_place,
    ports::limits::{Bucket, Lockout, Rule, State},
    types::Error,
};

on_both_engines_in_every_place! {
    a_bucket_is_taken_from_until_it_is_empty_and_fills_up_evenly
    what_is_more_than_is_left_is_not_taken_and_takes_nothing
    buckets_are_apart_by_purpose_and_by_digest
    a_limit_holds_as_it_is_now
    a_clock_that_was_ahead_locks_nobody_out
    what_is_given_back_can_be_taken_again_and_no_more
    a_rule_that_refuses_ends_the_asking
    a_door_is_shut_for_twice_as_long_each_time
    a_door_opens_by_pardon_and_by_time
    a_clock_that_is_behind_finds_no_door_shut_that_is_open
    of_many_at_once_no_more_get_through_than_the_limit
    of_three_instances_at_once_no_more_get_through_than_the_limit
    of_many_guesses_at_once_no_more_get_through_than_are_free
    a_bucket_is_a_digest_and_times_are_in_range
    what_is_counted_against_one_is_forgotten_and_nothing_else
}

pub(crate) fn bucket(whose: u8, amount: u32, limit: u32, window_seconds: u32) -> Rule {
    Rule::Bucket(Bucket {
        purpose: "sign-in".into(),
        whose: digest(whose),
        amount,
        limit,
        window_seconds,
    })
}

/// Two are free, then 10 s, at most 35 s; forgotten after 100 s.
pub(crate) fn lockout(whose: u8) -> Rule {
    Rule::Lockout(Lockout {
        whose: digest(whose),
        free: 2,
        delay_seconds: 10,
        longest_seconds: 35,
        forget_seconds: 100,
    })
}

fn admit(store: &mut Subject, rule: Rule, now: u64) -> State {
    let states = store.admit(vec![rule], now).expect("an answer");
    let [state] = states.try_into().expect("one rule, one answer");
    state
}

/// What is left to wait; none for what was admitted. Whether a door is shut is known
/// before that, and looking counts nothing.
fn wait(store: &mut Subject, rule: Rule, now: u64) -> Option<u64> {
    let shut = match &rule {
        Rule::Bucket(_) => None,
        Rule::Lockout(lockout) => {
            let mut look = || store.shut(lockout.clone(), now).expect("an answer");
            Some([look(), look()])
        }
    };
    let state = admit(store, rule, now);
    let wait = (!state.admitted).then_some(state.seconds);
    assert_eq!(shut.unwrap_or([wait; 2]), [wait; 2], "as it was looked at");
    wait
}

fn a_bucket_is_taken_from_until_it_is_empty_and_fills_up_evenly(mut store: Subject) {
    for left in (0..5).rev() {
        let state = admit(&mut store, bucket(1, 1, 5, 60), 100);
        assert!(state.admitted && state.left == left, "{state:?}");
        assert_eq!(state.seconds, 60 - u64::from(left) * 12, "full again");
    }
    assert_eq!(wait(&mut store, bucket(1, 1, 5, 60), 100), Some(12));
    assert_eq!(wait(&mut store, bucket(1, 1, 5, 60), 111), Some(1));
    assert_eq!(wait(&mut store, bucket(1, 1, 5, 60), 112), None);
    assert_eq!(wait(&mut store, bucket(1, 1, 5, 60), 112), Some(12));
    assert_eq!(wait(&mut store, bucket(1, 3, 5, 60), 148), None);
    assert_eq!(wait(&mut store, bucket(1, 5, 5, 60), 208), None, "full");
    assert_eq!(store.count("auth_counters"), 1);
}

fn what_is_more_than_is_left_is_not_taken_and_takes_nothing(mut store: Subject) {
    assert!(wait(&mut store, bucket(1, 6, 5, 60), 100).is_some());
    assert_eq!(wait(&mut store, bucket(1, 3, 5, 60), 100), None);
    assert_eq!(wait(&mut store, bucket(1, 3, 5, 60), 100), Some(12));
    assert_eq!(wait(&mut store, bucket(1, 2, 5, 60), 100), None, "the rest");
    assert_eq!(wait(&mut store, bucket(1, 1, 5, 60), 100), Some(12));
    assert_eq!(wait(&mut store, bucket(1, 0, 5, 60), 100), None, "nothing");
    assert!(wait(&mut store, bucket(1, 1, 0, 60), 500).is_some());
}

fn buckets_are_apart_by_purpose_and_by_digest(store: Subject) {
    let mut store = store.at_new("elsewhere");
    for schema in ["", "elsewhere"] {
        store.at(schema);
        for (purpose, whose) in [("sign-in", 1), ("sign-in", 2), ("mail", 1)] {
            let rule = || match bucket(whose, 1, 1, 60) {
                Rule::Bucket(bucket) => Rule::Bucket(Bucket {
                    purpose: purpose.into(),
                    ..bucket
                }),
                lockout @ Rule::Lockout(_) => lockout,
            };
            assert_eq!(wait(&mut store, rule(), 100), None, "{purpose} {whose}");
            assert_eq!(wait(&mut store, rule(), 100), Some(60));
        }
    }
}

fn a_limit_holds_as_it_is_now(mut store: Subject) {
    assert_eq!(wait(&mut store, bucket(1, 4, 5, 60), 100), None);
    assert!(wait(&mut store, bucket(1, 1, 3, 60), 100).is_some(), "less");
    assert_eq!(wait(&mut store, bucket(1, 1, 10, 60), 100), None, "more");
    assert!(wait(&mut store, bucket(1, 1, 10, 30), 100).is_some());
    assert_eq!(
        wait(&mut store, bucket(1, 1, 10, 5), 100),
        None,
        "much shorter than it was"
    );
}

fn a_clock_that_was_ahead_locks_nobody_out(mut store: Subject) {
    const DAY: u64 = 86_400;
    assert_eq!(wait(&mut store, bucket(1, 5, 5, 60), 100 + DAY), None);
    assert_eq!(wait(&mut store, bucket(1, 4, 5, 60), 100), None, "right");
    assert_eq!(wait(&mut store, bucket(1, 2, 5, 60), 98), Some(14), "near");
    for _ in 0..2 {
        assert_eq!(wait(&mut store, lockout(1), 100 + DAY), None);
    }
    assert_eq!(wait(&mut store, lockout(1), 100 + DAY), Some(10));
    assert_eq!(wait(&mut store, lockout(1), 100), None, "nor by a lockout");
}

fn what_is_given_back_can_be_taken_again_and_no_more(mut store: Subject) {
    for _ in 0..3 {
        assert_eq!(wait(&mut store, bucket(1, 5, 5, 60), 100), None);
        assert!(wait(&mut store, bucket(1, 1, 5, 60), 100).is_some());
        let all = vec![bucket(1, 5, 5, 60), bucket(2, 1, 5, 60), lockout(3)];
        store.give_back(all, 100).expect("given back");
    }
    // What never was taken makes no bucket larger.
    store
        .give_back(vec![bucket(1, 5, 5, 60)], 100)
        .expect("given back");
    assert_eq!(wait(&mut store, bucket(1, 5, 5, 60), 100), None);
    assert!(wait(&mut store, bucket(1, 1, 5, 60), 100).is_some());
    assert_eq!(store.count("auth_counters"), 1);
}

fn a_rule_that_refuses_ends_the_asking(mut store: Subject) {
    let rules = || {
        vec![
            bucket(1, 1, 9, 60),
            bucket(2, 1, 2, 60),
            bucket(3, 1, 9, 60),
            lockout(4),
        ]
    };
    let left = |states: Vec<State>| {
        let of = |state: State| (state.admitted, state.left);
        states.into_iter().map(of).collect::<Vec<_>>()
    };
    let mut ask = || left(store.admit(rules(), 100).expect("an answer"));
    assert_eq!(ask(), [(true, 8), (true, 1), (true, 8), (true, 1)]);
    assert_eq!(ask(), [(true, 7), (true, 0), (true, 7), (true, 0)]);
    assert_eq!(ask(), [(true, 6), (false, 0)]);
    assert_eq!(ask(), [(true, 5), (false, 0)]);
    let third = admit(&mut store, bucket(3, 0, 9, 60), 100);
    assert_eq!(third.left, 7, "what was not asked counts nothing");
    assert_eq!(store.admit(vec![], 100), Ok(vec![]));
    store.give_back(vec![], 100).expect("nothing to do");
}

fn a_door_is_shut_for_twice_as_long_each_time(mut store: Subject) {
    let mut now = 1_000;
    assert_eq!(admit(&mut store, lockout(1), now).left, 1);
    assert_eq!(admit(&mut store, lockout(1), now).left, 0);
    for delay in [10, 20, 35, 35] {
        assert_eq!(wait(&mut store, lockout(1), now), Some(delay));
        assert_eq!(wait(&mut store, lockout(1), now + 1), Some(delay - 1));
        now += delay;
        assert_eq!(wait(&mut store, lockout(1), now), None, "one each time");
    }
    assert_eq!(wait(&mut store, lockout(2), now), None, "nobody else's");
}

fn a_door_opens_by_pardon_and_by_time(mut store: Subject) {
    for pardoned in [true, false] {
        for _ in 0..2 {
            assert_eq!(wait(&mut store, lockout(1), 100), None);
        }
        assert_eq!(wait(&mut store, lockout(1), 100), Some(10));
        if pardoned {
            store.give_back(vec![lockout(1)], 100).expect("given back");
            assert_eq!(store.count("auth_lockouts"), 0);
        }
    }
    // 10 s shut, 100 s remembered.
    let state = admit(&mut store, lockout(1), 210);
    assert_eq!((state.admitted, state.left), (true, 1), "all forgotten");
}

fn a_clock_that_is_behind_finds_no_door_shut_that_is_open(mut store: Subject) {
    let rule = || match lockout(1) {
        Rule::Lockout(lockout) => Rule::Lockout(Lockout { free: 5, ..lockout }),
        bucket @ Rule::Bucket(_) => bucket,
    };
    for now in [100, 101, 99, 100] {
        assert_eq!(wait(&mut store, rule(), now), None, "{now}");
    }
}

fn of_many_at_once_no_more_get_through_than_the_limit(mut store: Subject) {
    assert_eq!(store.admit_at_once(16, &bucket(7, 1, 5, 60)), 5);
    assert_eq!(store.admit_at_once(4, &bucket(7, 1, 5, 60)), 0);
}

fn at_three_instances(store: &Subject, rules: fn() -> Vec<Rule>) -> usize {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let mut store = store.another();
                scope.spawn(move || {
                    let ask = |_| store.admit(rules(), 100).expect("an answer");
                    let all = |states: &Vec<State>| states.iter().all(|state| state.admitted);
                    (0..10).map(ask).filter(all).count()
                })
            })
            .collect();
        let threads = threads.into_iter();
        threads.map(|thread| thread.join().expect("no panic")).sum()
    })
}

fn of_three_instances_at_once_no_more_get_through_than_the_limit(store: Subject) {
    let rules = || vec![bucket(1, 1, 100, 60), bucket(2, 2, 21, 60)];
    assert_eq!(at_three_instances(&store, rules), 10, "two each of 21");
}

fn of_many_guesses_at_once_no_more_get_through_than_are_free(mut store: Subject) {
    assert_eq!(at_three_instances(&store, || vec![lockout(1)]), 2);
    assert_eq!(store.admit_at_once(16, &lockout(2)), 2);
}

fn a_bucket_is_a_digest_and_times_are_in_range(mut store: Subject) {
    for length in [0, 31, 33] {
        let rule = Rule::Bucket(Bucket {
            purpose: "p".into(),
            whose: vec![1; length],
            amount: 1,
            limit: 1,
            window_seconds: 1,
        });
        let asked = store.admit(vec![rule], 1);
        assert!(matches!(asked, Err(Error::Internal)), "{length}");
    }
    for late in [u64::MAX, 1 << 43] {
        let asked = store.admit(vec![bucket(1, 1, 1, 1)], late);
        assert!(matches!(asked, Err(Error::Internal)), "{late}");
    }
    let most = || bucket(1, u32::MAX, u32::MAX, u32::MAX);
    assert_eq!(wait(&mut store, most(), 1 << 40), None);
    assert!(wait(&mut store, bucket(1, 1, u32::MAX, u32::MAX), 1 << 40).is_some());
    let asked = store.admit((0..9).map(|n| bucket(n, 1, 1, 1)).collect(), 1);
    assert!(matches!(asked, Err(Error::Internal)), "too many at once");
}

fn what_is_counted_against_one_is_forgotten_and_nothing_else(mut store: Subject) {
    for whose in [1, 2] {
        for _ in 0..3 {
            admit(&mut store, lockout(whose), 100);
        }
        assert!(!admit(&mut store, lockout(whose), 100).admitted);
        admit(&mut store, bucket(whose, 5, 5, 60), 100);
        assert!(!admit(&mut store, bucket(whose, 1, 5, 60), 100).admitted);
    }
    let buckets = || {
        vec![
            ("sign-in".to_owned(), digest(1)),
            ("other".into(), digest(2)),
        ]
    };
    let forget = |store: &mut Subject| store.unlock(Some(digest(1)), buckets());
    assert_eq!(forget(&mut store), Ok(true));
    assert_eq!(forget(&mut store), Ok(false), "nothing was counted since");
    assert_eq!(store.unlock(None, Vec::new()), Ok(false));
    assert!(admit(&mut store, lockout(1), 100).admitted);
    assert!(admit(&mut store, bucket(1, 5, 5, 60), 100).admitted);
    assert!(!admit(&mut store, lockout(2), 100).admitted);
    assert!(!admit(&mut store, bucket(2, 1, 5, 60), 100).admitted);
}
