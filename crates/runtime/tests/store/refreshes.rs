//! A refresh token of another program is exchanged by one caller, and what came of it is
//! for all who came meanwhile.

use super::{Subject, digest, on_both_engines, ports::refreshes::Claimed};

on_both_engines! {
    a_refresh_token_is_one_callers_until_it_is_settled_or_given_up
    what_came_of_a_refresh_is_told_until_it_is_forgotten
    an_exchange_sweeps_what_is_over_now_and_then
}

fn claim(store: &mut Subject, whose: u8, now: u64) -> Claimed {
    let claimed = store.claim_refresh(digest(whose), now, now + 15);
    claimed.expect("an answer")
}

fn a_refresh_token_is_one_callers_until_it_is_settled_or_given_up(mut store: Subject) {
    assert_eq!(claim(&mut store, 1, 100), Claimed::Yours);
    assert_eq!(claim(&mut store, 1, 100), Claimed::Pending);
    assert_eq!(claim(&mut store, 1, 114), Claimed::Pending);
    assert_eq!(claim(&mut store, 2, 100), Claimed::Yours, "another token");
    // Whoever had it is gone.
    assert_eq!(claim(&mut store, 1, 115), Claimed::Yours);
    assert_eq!(claim(&mut store, 1, 116), Claimed::Pending);
    store.release_refresh(digest(1)).expect("given up");
    assert_eq!(claim(&mut store, 1, 116), Claimed::Yours);
    let short = store.claim_refresh(vec![1; 31], 100, 115);
    assert!(short.is_err(), "no digest");
}

fn what_came_of_a_refresh_is_told_until_it_is_forgotten(mut store: Subject) {
    for (whose, outcome, told) in [
        (
            1,
            Some("Fe26.2*…".to_owned()),
            Claimed::Renewed("Fe26.2*…".to_owned()),
        ),
        (2, None, Claimed::Ended),
    ] {
        assert_eq!(claim(&mut store, whose, 100), Claimed::Yours);
        store
            .settle_refresh(digest(whose), outcome, 200)
            .expect("settled");
        assert_eq!(claim(&mut store, whose, 100), told);
        // Nobody has it any more who could change it.
        store.release_refresh(digest(whose)).expect("nothing");
        store
            .settle_refresh(digest(whose), Some("other".to_owned()), 900)
            .expect("nothing");
        assert_eq!(claim(&mut store, whose, 199), told);
        assert_eq!(claim(&mut store, whose, 200), Claimed::Yours);
    }
    assert_eq!(claim(&mut store, 3, 100), Claimed::Yours);
    let settle = |store: &mut Subject, length: usize| {
        store.settle_refresh(digest(3), Some("x".repeat(length)), 200)
    };
    assert!(settle(&mut store, 11_265).is_err(), "longer than a cookie");
    settle(&mut store, 11_264).expect("as long as one");
    let told = Claimed::Renewed("x".repeat(11_264));
    assert_eq!(claim(&mut store, 3, 199), told);
}

/// Where people sign in elsewhere, nothing else does on a host that only serves requests.
/// Whether it is time the token's first byte says.
fn an_exchange_sweeps_what_is_over_now_and_then(mut store: Subject) {
    for whose in [1, 2, 3] {
        assert_eq!(claim(&mut store, whose, 100), Claimed::Yours);
        let outcome = Some("sealed".to_owned());
        let until = if whose == 3 { 900_000 } else { 200 };
        let settled = store.settle_refresh(digest(whose), outcome, until);
        settled.expect("settled");
    }
    for (whose, left) in [(5, 4), (4, 3), (4, 3)] {
        claim(&mut store, whose, 400_000);
        assert_eq!(store.count("auth_refreshes"), left, "{whose}");
    }
}
