//! What is kept, what is nearly that, and random bytes.

use proptest::prelude::*;

use super::{DOORS, assert_both_ways};

#[test]
fn what_is_kept_is_let_in_and_refused_at_every_door() {
    assert_both_ways(&DOORS);
    for (_, door, _) in DOORS {
        door(b"");
    }
}

/// Seeds and regressions come first.
const CHANGED: usize = 16;

#[test]
fn what_is_nearly_kept_gets_through_no_door() {
    for (_, door, kept) in DOORS {
        for input in kept.iter().take(CHANGED) {
            for cut in 0..input.len() {
                door(&input[..cut]);
                let mut changed = input.to_vec();
                changed[cut] ^= 1 << (cut % 8);
                door(&changed);
            }
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_get_through_no_door(input in proptest::collection::vec(any::<u8>(), 0..300), text in "[ -~\\n%./\\\\;:=_-]{0,200}") {
        for (_, door, _) in DOORS {
            door(&input);
            door(text.as_bytes());
        }
    }

    #[test]
    fn spliced_inputs_get_through_no_door(splices in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4)) {
        for (_, door, kept) in DOORS {
            let mut input = Vec::new();
            for (one, from, to) in &splices {
                let one = kept[one.index(kept.len())];
                let (from, to) = (from.index(one.len() + 1), to.index(one.len() + 1));
                input.extend_from_slice(&one[from.min(to)..from.max(to)]);
            }
            door(&input);
        }
    }
}
