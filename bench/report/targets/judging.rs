//! What judging a request may cost, and a password.

use super::{Bound, Target, once};
use crate::Judging;
use crate::contender::Turn;
use crate::turns::Turns;
use crate::who::Who;

pub(super) fn targets(judging: &Judging) -> Vec<Target> {
    let Judging {
        endurance,
        passwords,
        transactions_a_request,
        ..
    } = judging;
    let grown = endurance.after_kib as f64 - endurance.half_way_kib as f64;
    let mut targets = of_doors(judging.at(32));
    targets.extend([
        Target {
            what: "transactions a request, asking each time",
            bound: Bound::AtMost(1.0),
            decimals: 2,
            measured: once(*transactions_a_request),
            from: "Postgres' own count, refreshes among it, 32 connections, asking Postgres",
        },
        Target {
            what: "memory under 128 connections, MiB",
            bound: Bound::AtMost(100.0),
            decimals: 0,
            measured: once(judging.at(128).memory_mib(Who::Gate)),
            from: "128 connections, memory: gate door",
        },
        Target {
            what: "memory gained in the second half, MiB",
            bound: Bound::AtMost(2.0),
            decimals: 1,
            measured: once(grown / 1024.0),
            from: "memory over a million requests: after − half-way",
        },
        Target {
            what: "password sign-ins a second",
            bound: Bound::AtLeast(80.0),
            decimals: 1,
            measured: passwords.per_second,
            from: "passwords, last line",
        },
    ]);
    targets
}

/// By the turns of the contenders at the doors, at 32 connections.
pub(super) fn of_doors(at_32: &Turns) -> Vec<Target> {
    let gate_to_bare = |one: f64, other: f64| 100.0 * (1.0 - one / other);
    let per_second = |turn: &Turn| turn.per_second;
    let mut targets = vec![
        Target {
            what: "signed in, of nginx",
            bound: Bound::AtLeast(0.85),
            decimals: 2,
            measured: at_32.share(Who::Gate, Who::Nginx),
            from: "32 connections, req/s: gate door ÷ nginx, 2 workers",
        },
        Target {
            what: "throughput that judging takes, %",
            bound: Bound::AtMost(8.0),
            decimals: 1,
            measured: at_32.beside((Who::Gate, Who::Bare), per_second, gate_to_bare),
            from: "32 connections, req/s: 1 − gate door ÷ bare forward",
        },
        Target {
            what: "CPU that judging adds, µs",
            bound: Bound::AtMost(3.0),
            decimals: 1,
            measured: at_32.added_us(Who::Gate, Who::Bare),
            from: "32 connections, CPU: gate door − bare forward",
        },
        Target {
            what: "refusals, of the signed-in rate",
            bound: Bound::AtLeast(2.0),
            decimals: 2,
            measured: at_32.share(Who::GateRefusing, Who::Gate),
            from: "32 connections, req/s: gate door, 401 ÷ gate door",
        },
        Target {
            what: "signed in, handler door, of nginx",
            bound: Bound::AtLeast(0.4),
            decimals: 2,
            measured: at_32.share(Who::Handler, Who::Nginx),
            from: "32 connections, req/s: handler door ÷ nginx, 2 workers",
        },
        Target {
            what: "signed in, handler door, of the smallest component",
            bound: Bound::AtLeast(0.85),
            decimals: 2,
            measured: at_32.share(Who::Handler, Who::Floor),
            from: "32 connections, req/s: handler door ÷ the smallest component",
        },
    ];
    // 12,000 requests a second where nginx does 36,000.
    for (what, who, from) in [
        (
            "asking SQLite each time, of nginx",
            Who::AskingSqlite,
            "32 connections, req/s: asking SQLite ÷ nginx, 2 workers",
        ),
        (
            "asking Postgres each time, of nginx",
            Who::AskingPostgres,
            "32 connections, req/s: asking Postgres ÷ nginx, 2 workers",
        ),
    ] {
        targets.push(Target {
            what,
            bound: Bound::AtLeast(0.33),
            decimals: 2,
            measured: at_32.share(who, Who::Nginx),
            from,
        });
    }
    targets
}
