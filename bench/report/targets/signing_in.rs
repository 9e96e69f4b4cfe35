//! What people who sign in may cost, and those who guess.

use super::{Bound, Target, once};
use crate::crowd::Crowd;
use crate::guesses::Guesses;
use crate::passkeys::Passkeys;

pub(super) fn guesses(guesses: &[Guesses]) -> Vec<Target> {
    let targets = |one: &Guesses| {
        let [asked, remembered] = one.called;
        [(asked, one.asked), (remembered, one.remembered)].map(|(what, took)| Target {
            what,
            bound: Bound::AtMost(1.0),
            decimals: 2,
            measured: took.p50_ms,
            from: "refused guesses, p50",
        })
    };
    guesses.iter().flat_map(targets).collect()
}

pub(super) fn passkeys(passkeys: &[Passkeys]) -> Vec<Target> {
    let target = |one: &Passkeys| Target {
        what: one.called,
        bound: Bound::AtLeast(1000.0),
        decimals: 0,
        measured: one.per_second,
        from: "passkeys",
    };
    passkeys.iter().map(target).collect()
}

pub(super) fn crowds(crowds: &[Crowd]) -> Vec<Target> {
    let mut targets = Vec::new();
    for crowd in crowds.iter().filter(|crowd| crowd.at_once > 0) {
        let (p99, memory) = match crowd.at_once {
            16 => (
                "p99 of those passing while 16 sign in, times that beside it",
                "memory while 16 sign in, MiB",
            ),
            _ => (
                "p99 of those passing while 200 sign in, times that beside it",
                "memory while 200 sign in, MiB",
            ),
        };
        let beside = crowd.beside_p99_ms.median;
        targets.push(Target {
            what: p99,
            bound: Bound::AtMost(2.0),
            decimals: 1,
            measured: once(crowd.passing_p99_ms.median / beside),
            from: "crowds: passing ÷ passing beside it",
        });
        targets.push(Target {
            what: memory,
            bound: Bound::AtMost(300.0),
            decimals: 0,
            measured: once(crowd.memory_mib),
            from: "crowds",
        });
    }
    targets
}
