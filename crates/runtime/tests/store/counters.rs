//! How often may something be done in a while?

use super::{
    Subject, digest, on_both_engines_in_every_place, ports::counters::Outcome, types::Error,
};

on_both_engines_in_every_place! {
    a_bucket_is_taken_from_until_it_is_empty
    what_is_more_than_is_left_is_not_taken_and_takes_nothing
    a_window_begins_with_the_first_who_takes_and_is_over_at_its_last_second
    buckets_are_apart_by_purpose_and_by_digest
    a_limit_holds_as_it_is_now
    a_clock_that_was_ahead_locks_nobody_out
    of_many_at_once_no_more_get_through_than_the_limit
    of_many_instances_at_once_no_more_get_through_than_the_limit
    a_bucket_is_a_digest_and_times_are_in_range
}

/// What is left to wait; none for what was taken.
fn take(store: &mut Subject, amount: u32, limit: u32, now: u64) -> Option<u64> {
    let taken = store.take("sign-in".into(), digest(1), amount, limit, 60, now);
    wait(taken.expect("an answer"))
}

fn wait(outcome: Outcome) -> Option<u64> {
    match outcome {
        Outcome::Taken => None,
        Outcome::Refused(seconds) => Some(seconds),
    }
}

fn a_bucket_is_taken_from_until_it_is_empty(mut store: Subject) {
    for _ in 0..5 {
        assert_eq!(take(&mut store, 1, 5, 100), None);
    }
    assert_eq!(take(&mut store, 1, 5, 100), Some(60));
    assert_eq!(take(&mut store, 1, 5, 159), Some(1));
    assert_eq!(store.count("auth_counters"), 1);
}

fn what_is_more_than_is_left_is_not_taken_and_takes_nothing(mut store: Subject) {
    assert_eq!(
        take(&mut store, 6, 5, 100),
        Some(60),
        "more than there ever is"
    );
    assert_eq!(take(&mut store, 3, 5, 100), None);
    assert_eq!(take(&mut store, 3, 5, 100), Some(60));
    assert_eq!(take(&mut store, 2, 5, 100), None, "what is left");
    assert_eq!(take(&mut store, 1, 5, 100), Some(60));
    assert_eq!(take(&mut store, 0, 5, 100), None, "nothing is always there");
    assert_eq!(take(&mut store, 1, 0, 100), Some(60));
}

fn a_window_begins_with_the_first_who_takes_and_is_over_at_its_last_second(mut store: Subject) {
    assert_eq!(take(&mut store, 1, 2, 100), None);
    assert_eq!(take(&mut store, 1, 2, 150), None);
    assert_eq!(take(&mut store, 1, 2, 159), Some(1));
    assert_eq!(take(&mut store, 2, 2, 160), None, "full again");
    assert_eq!(take(&mut store, 1, 2, 219), Some(1));
    assert_eq!(
        take(&mut store, 3, 2, 220),
        Some(60),
        "a refusal begins one too"
    );
    assert_eq!(take(&mut store, 2, 2, 230), None);
}

fn a_clock_that_was_ahead_locks_nobody_out(mut store: Subject) {
    const DAY: u64 = 86_400;
    assert_eq!(take(&mut store, 5, 5, 100 + DAY), None, "a server ahead");
    assert_eq!(
        take(&mut store, 4, 5, 100),
        None,
        "and those that are right"
    );
    assert_eq!(take(&mut store, 2, 5, 130), Some(30));
    // Seconds apart is what servers are: that is one window.
    assert_eq!(take(&mut store, 2, 5, 98), Some(60));
    assert_eq!(take(&mut store, 5, 5, 160), None, "full again");
}

fn buckets_are_apart_by_purpose_and_by_digest(store: Subject) {
    let mut store = store.at_new("elsewhere");
    let whose = [("sign-in", 1), ("sign-in", 2), ("mail", 1)];
    for schema in ["", "elsewhere"] {
        store.at(schema);
        for (purpose, bucket) in whose {
            let mut take = || store.take(purpose.into(), digest(bucket), 1, 1, 60, 100);
            assert_eq!(wait(take().expect("an answer")), None, "{purpose} {bucket}");
            assert_eq!(wait(take().expect("an answer")), Some(60));
        }
    }
}

fn a_limit_holds_as_it_is_now(mut store: Subject) {
    assert_eq!(take(&mut store, 4, 5, 100), None);
    assert_eq!(take(&mut store, 1, 3, 100), Some(60), "lowered");
    assert_eq!(take(&mut store, 3, 10, 100), None, "raised");
    let within = |store: &mut Subject, seconds| {
        let taken = store.take("sign-in".into(), digest(1), 9, 10, seconds, 100);
        wait(taken.expect("an answer"))
    };
    assert_eq!(within(&mut store, 30), Some(30), "as long as it is now");
    assert_eq!(within(&mut store, 5), None, "much shorter than it was");
}

fn of_many_at_once_no_more_get_through_than_the_limit(mut store: Subject) {
    assert_eq!(store.take_at_once(16, digest(7), 5), 5);
    assert_eq!(store.take_at_once(4, digest(7), 5), 0);
}

fn of_many_instances_at_once_no_more_get_through_than_the_limit(store: Subject) {
    let taken: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| {
                let mut store = store.another();
                scope.spawn(move || {
                    let takes = (0..5).map(|_| take(&mut store, 2, 21, 100));
                    takes.filter(Option::is_none).count()
                })
            })
            .collect();
        let threads = threads.into_iter();
        threads.map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(taken, 10, "two each of twenty-one");
}

fn a_bucket_is_a_digest_and_times_are_in_range(mut store: Subject) {
    for length in [0, 31, 33] {
        let taken = store.take("p".into(), vec![1; length], 1, 1, 1, 1);
        assert!(matches!(taken, Err(Error::Internal)), "{length}");
    }
    let late = store.take("p".into(), digest(1), 1, 1, 1, u64::MAX);
    assert!(matches!(late, Err(Error::Internal)));
    let most = store.take("p".into(), digest(1), u32::MAX, u32::MAX, u32::MAX, 1 << 60);
    assert_eq!(wait(most.expect("an answer")), None);
}
