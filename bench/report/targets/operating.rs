//! What many origins, previews and starts may cost, and how large the gateway may be.

use super::{Bound, Target, once};
use crate::origins::Measured;
use crate::previews::Previews;
use crate::start::Starts;
use crate::vault::Vault;
use crate::who::Who;

pub(super) fn starts(starts: &Starts) -> Vec<Target> {
    vec![
        Target {
            what: "first page, compiled before, ms",
            bound: Bound::AtMost(50.0),
            decimals: 0,
            measured: starts.warm.page_ms,
            from: "starts, second line",
        },
        Target {
            what: "first page, nothing compiled before, ms",
            bound: Bound::AtMost(3000.0),
            decimals: 0,
            measured: starts.cold.page_ms,
            from: "starts, first line",
        },
        Target {
            what: "memory after a start that compiled, MiB",
            bound: Bound::AtMost(70.0),
            decimals: 0,
            measured: starts.cold.memory_mib,
            from: "starts, first line",
        },
        Target {
            what: "CPU of a server that nobody asks, % of a core",
            bound: Bound::AtMost(0.1),
            decimals: 2,
            measured: starts.idle_percent,
            from: "starts, below the table",
        },
        Target {
            what: "first page of what `make dist` makes, ms",
            bound: Bound::AtMost(1000.0),
            decimals: 0,
            measured: starts.bundled_ms,
            from: "starts, third line",
        },
    ]
}

pub(super) fn vault(vaults: &[Vault]) -> Vec<Target> {
    let targets = |one: &Vault| {
        let [list, reconcile] = one.called;
        [
            (list, one.list_ms, 20.0),
            (reconcile, one.reconcile_ms, 50.0),
        ]
        .map(|(what, measured, most)| Target {
            what,
            bound: Bound::AtMost(most),
            decimals: 1,
            measured,
            from: "the vault",
        })
    };
    vaults.iter().flat_map(targets).collect()
}

pub(super) fn origins(origins: &Measured) -> Vec<Target> {
    let slowest = origins.resolution.iter().map(|(_, ns)| *ns);
    let slowest = slowest.max_by(|one, other| one.median.total_cmp(&other.median));
    // A refresh more or less fits into a window.
    let beyond_idle = origins
        .under_load
        .transactions
        .saturating_sub(origins.idle.transactions + 8);
    let mut targets = vec![
        Target {
            what: "transactions a request, fresh",
            bound: Bound::AtMost(0.0),
            decimals: 4,
            measured: once(beyond_idle as f64 / origins.under_load.requests as f64),
            from: "a thousand origins: (under load − idle − 8, for a refresh more) ÷ requests",
        },
        Target {
            what: "CPU that 1,000 origins add, µs",
            bound: Bound::AtMost(1.0),
            decimals: 1,
            measured: origins.turns.added_us(Who::ThousandOrigins, Who::OneOrigin),
            from: "a thousand origins, CPU: 1,000 origins − 1 origin",
        },
    ];
    targets.extend(slowest.map(|slowest| Target {
        what: "resolution among 1,000 origins, ns",
        bound: Bound::AtMost(1000.0),
        decimals: 0,
        measured: slowest,
        from: "a thousand origins: the slowest kind of host",
    }));
    targets
}

pub(super) fn previews(previews: &[Previews]) -> Vec<Target> {
    let target = |one: &Previews| Target {
        what: one.created,
        bound: Bound::AtMost(2000.0),
        decimals: 0,
        measured: one.create_ms,
        from: "previews",
    };
    previews.iter().map(target).collect()
}

pub(super) fn sizes(sizes: &[(String, u64)]) -> Vec<Target> {
    let gateway = sizes.iter().filter(|(name, _)| name == "gateway.wasm");
    let target = |(_, bytes): &(String, u64)| Target {
        what: "gateway.wasm, bytes",
        bound: Bound::AtMost(307_200.0),
        decimals: 0,
        measured: once(*bytes as f64),
        from: "sizes",
    };
    gateway.map(target).collect()
}
