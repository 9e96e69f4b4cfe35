//! What more of everything may cost, and how late the slowest may be.

use super::{Bound, Target, once};
use crate::scale::Measured;
use crate::tails::Tails;
use crate::who::Who;

pub(super) fn scale(measured: &Measured) -> Vec<Target> {
    let Measured {
        sessions,
        fleet,
        connections,
        sweeping,
    } = measured;
    let mut targets = vec![
        Target {
            what: "asking among 1,000,000 sessions, of the rate among 1,000",
            bound: Bound::AtLeast(0.95),
            decimals: 2,
            measured: sessions.share(Who::MillionSessions, Who::ThousandSessions),
            from: "scale, req/s: 1,000,000 sessions ÷ 1,000 sessions",
        },
        Target {
            what: "CPU that a request takes more at three servers, beyond what it does at three nginx, %",
            bound: Bound::AtMost(5.0),
            decimals: 1,
            measured: fleet.added_beyond(
                (Who::FleetOfThree, Who::FleetOfOne),
                (Who::NginxFleetOfThree, Who::NginxFleetOfOne),
            ),
            from: "scale, CPU: ((three − one behind nginx) − (three nginx − one nginx)) ÷ one behind nginx",
        },
        Target {
            what: "memory with 10,000 kept connections, MiB",
            bound: Bound::AtMost(250.0),
            decimals: 0,
            measured: once(connections.of_all_kib() / 1024.0),
            from: "scale: before + 10,000 ÷ 9,000 × what 9,000 kept connections add",
        },
    ];
    targets.extend(sweeping.iter().map(|one| Target {
        what: one.called,
        bound: Bound::AtMost(5.0),
        decimals: 1,
        measured: once(one.each_ms),
        from: "scale, expired previews",
    }));
    targets
}

pub(super) fn tails(tails: &Tails) -> Vec<Target> {
    vec![Target {
        what: "p99.9 beside mixed traffic, times the bare forward's",
        bound: Bound::AtMost(2.0),
        decimals: 2,
        measured: tails.ratio,
        from: "tails, last line",
    }]
}
