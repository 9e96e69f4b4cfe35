//! A refresh token of another program is exchanged by one caller, and what came of it is
//! for all who came meanwhile.

use super::{Subject, digest, on_both_engines, ports::refreshes::Claimed};

on_both_engines! {
    a_refresh_token_is_one_callers_until_it_is_settled_or_given_up
    what_came_of_a_refresh_is_told_until_it_is_forgotten
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
    let long = store.settle_refresh(digest(1), Some("x".repeat(8_193)), 900);
    assert!(long.is_err(), "longer than a cookie");
}
